/* What one kind of optimizer consists of. */
#ifndef SUMI_TRAIN_OPTIMIZER_H
#define SUMI_TRAIN_OPTIMIZER_H

#include "graph/apply.h"

#include <sumi/train.h>

/* An update under construction. */
typedef struct sumi__update {
  sumi_graph_t *graph;
  const sumi_optimizer_t *optimizer;
  sumi_tensor_t rate;      /* of `dtype` */
  sumi_tensor_t powers[2]; /* adam: the variables beta1_power and beta2_power */
} sumi__update_t;

typedef struct sumi_optimizer_kind {
  const char *name; /* "Adam": names the update node and the slots */
  /* Variables of the optimizer as a whole; may be NULL. */
  void (*prepare)(sumi__update_t *update);
  /* The update of one variable. */
  sumi_op_t *(*apply)(sumi__update_t *update, sumi_tensor_t variable, sumi_tensor_t gradient);
  /* What runs after all variables have been updated; may be NULL. */
  void (*finish)(sumi__update_t *update);
} sumi_optimizer_kind_t;

/* A new variable of the optimizer's for `variable`, "w/Adam": same shape, zeros at first, not
 * trainable. Each optimizer has its own; a second one's are "w/Adam_2", … */
sumi_tensor_t sumi__slot(sumi__update_t *update, sumi_tensor_t variable, const char *name);

#endif
