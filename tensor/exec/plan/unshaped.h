/* Unshaped values: those whose shapes are known only while running. */
#ifndef SUMI_EXEC_PLAN_UNSHAPED_H
#define SUMI_EXEC_PLAN_UNSHAPED_H

#include "exec/plan/session.h"

/* A value of such a step, from its run until the plan's next. */
typedef struct sumi__tensor_unshaped_value {
  sumi_array_t *array;
} sumi__tensor_unshaped_value_t;

struct sumi__tensor_unshaped {
  sumi__tensor_plan_t *plan;
  int *inputs, *outputs; /* indices of unshaped values, SUMI__NONE where the view is bound */
  sumi_dims_t *dims;     /* [inputs + outputs], room for inference */
  sumi_known_t *known;   /* the same */
  sumi_array_t **held;   /* [outputs] what a dynamic op made */
};

/* Drops what unshaped steps of the plan's previous run made. */
void sumi__tensor_unshaped_release(sumi__tensor_plan_t *plan);

#endif
