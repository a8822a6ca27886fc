/* What one kind of optimizer consists of. */
#ifndef SUMI_TRAIN_OPTIMIZER_H
#define SUMI_TRAIN_OPTIMIZER_H

#include "graph/apply.h"

#include <sumi/train.h>

enum { SUMI__TENSOR_MAX_SLOTS = 3 };

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
  int slot_count; /* variables it keeps for each of the program's; at most SUMI__TENSOR_MAX_SLOTS */
  /* What its slots start from; NULL: zeros. */
  double (*first)(const sumi_optimizer_t *optimizer, int slot);
  /* Defaults of the members that are zero; may be NULL. */
  void (*fill)(sumi_optimizer_t *optimizer);
  /* Variables of the optimizer as a whole; may be NULL. */
  void (*prepare)(sumi__tensor_update_t *update);
  /* The update of one variable, which has these slots. */
  sumi_op_t *(*apply)(sumi__tensor_update_t *update, sumi_tensor_t variable,
                      const sumi_tensor_t *slots, sumi_tensor_t gradient);
  /* What runs after all variables have been updated; may be NULL. */
  void (*finish)(sumi__tensor_update_t *update);
} sumi__tensor_optimizer_t;

extern const sumi__tensor_optimizer_t sumi__tensor_gradient_descent, sumi__tensor_momentum,
    sumi__tensor_adam, sumi__tensor_adagrad, sumi__tensor_rms_prop, sumi__tensor_centered_rms_prop,
    sumi__tensor_adadelta;

/* The optimizer's variables for `variable`, "w/Adam", "w/Adam_1", …: same shape, not
 * trainable. Each optimizer has its own; a second one's are "w/Adam_2", … */
void sumi__tensor_make_slots(sumi__tensor_update_t *update, sumi_tensor_t variable,
                             sumi_tensor_t *slots);

#endif
