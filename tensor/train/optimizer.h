/* What one kind of optimizer consists of. */
#ifndef SUMI_TRAIN_OPTIMIZER_H
#define SUMI_TRAIN_OPTIMIZER_H

#include "graph/apply.h"

#include <sumi/train.h>

/* An update under construction. */
typedef struct sumi__tensor_update {
  sumi_graph_t *graph;
  const sumi_optimizer_t *optimizer; /* with its defaults filled in */
  const struct sumi__tensor_optimizer *kind;
  sumi_tensor_t rate;      /* of `dtype` */
  sumi_tensor_t powers[2]; /* adam: the variables beta1_power and beta2_power */
} sumi__tensor_update_t;

typedef struct sumi__tensor_optimizer {
  const char *name; /* "Adam": names the update node and the slots */
  /* Defaults of the members that are zero; may be NULL. */
  void (*fill)(sumi_optimizer_t *optimizer);
  /* Variables of the optimizer as a whole; may be NULL. */
  void (*prepare)(sumi__tensor_update_t *update);
  /* The update of one variable. */
  sumi_op_t *(*apply)(sumi__tensor_update_t *update, sumi_tensor_t variable,
                      sumi_tensor_t gradient);
  /* What runs after all variables have been updated; may be NULL. */
  void (*finish)(sumi__tensor_update_t *update);
} sumi__tensor_optimizer_t;

extern const sumi__tensor_optimizer_t sumi__tensor_gradient_descent, sumi__tensor_momentum,
    sumi__tensor_adam;

/* A new variable of the optimizer's for `variable`, "w/Adam": same shape, zeros at first, not
 * trainable. Each optimizer has its own; a second one's are "w/Adam_2", … */
sumi_tensor_t sumi__tensor_slot(sumi__tensor_update_t *update, sumi_tensor_t variable,
                                const char *name);

#endif
