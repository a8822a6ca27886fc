/* Steps whose shapes are known only while running: they infer, allocate and run. */
#ifndef SUMI_EXEC_LATE_H
#define SUMI_EXEC_LATE_H

#include "exec/draft.h"

/* A value of such a step, from its run until the plan's next. */
typedef struct sumi__late_value {
  sumi_array_t *array;
} sumi__late_value_t;

struct sumi__late {
  sumi__plan_t *plan;
  int *inputs, *outputs; /* indices of late values, SUMI__NONE where the view is bound */
  sumi_dims_t *dims;     /* [inputs + outputs], room for inference */
  sumi_known_t *known;   /* the same */
  sumi_array_t **held;   /* [outputs] what a dynamic op made */
};

/* Makes the step that interprets `node`. */
sumi_status_t sumi__late_step(sumi__draft_t *draft, const sumi__node_t *node, sumi__step_t *step);

/* Numbers the late values of the draft. */
sumi_status_t sumi__number_late_values(sumi__draft_t *draft);

/* Drops what late steps of the plan's previous run made. */
void sumi__late_release(sumi__plan_t *plan);

#endif
