/* What one kind of optimizer consists of. */
#ifndef SUMI_TRAIN_OPTIMIZER_H
#define SUMI_TRAIN_OPTIMIZER_H

#include "graph/apply.h"

#include <sumi/gradients.h>
#include <sumi/train.h>

enum { SUMI__TENSOR_MAX_SLOTS = 3, SUMI__TENSOR_MAX_STATE = 3 };

typedef struct sumi__tensor_slots {
  sumi_tensor_t of[SUMI__TENSOR_MAX_SLOTS];
} sumi__tensor_slots_t;

/* An update under construction. */
typedef struct sumi__tensor_update {
  sumi_graph_t *graph;
  sumi_site_t site;
  const sumi_optimizer_t *optimizer; /* with its defaults filled in: `filled` */
  sumi_optimizer_t filled;
  const struct sumi__tensor_optimizer *kind;
  sumi_tensors_t variables;
  sumi__tensor_slots_t *slots; /* of each of the variables */
  sumi_tensor_t rate;          /* a number, or of the variable's dtype */
  /* Scalar variables of the optimizer as a whole, and in the end what changes them. */
  sumi_tensor_t state[SUMI__TENSOR_MAX_STATE];
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
  /* The same by slices; NULL: they are made dense. Rows repeat in them only if `rows_repeat`. */
  sumi_op_t *(*apply_slices)(sumi__tensor_update_t *update, sumi_tensor_t variable,
                             const sumi_tensor_t *slots, sumi_indexed_slices_t slices);
  bool rows_repeat;
  /* What runs after all variables have been updated; may be NULL. */
  void (*finish)(sumi__tensor_update_t *update);
  /* Which variables it is meant for, NULL: all; and who updates the others. */
  bool (*takes)(sumi_tensor_t variable);
  const struct sumi__tensor_optimizer *otherwise;
  bool decays; /* weight_decay is part of its formula, not a step of its own */
} sumi__tensor_optimizer_t;

extern const sumi__tensor_optimizer_t sumi__tensor_gradient_descent, sumi__tensor_momentum,
    sumi__tensor_adam, sumi__tensor_adagrad, sumi__tensor_rms_prop, sumi__tensor_centered_rms_prop,
    sumi__tensor_adadelta, sumi__tensor_adamw, sumi__tensor_amsgrad, sumi__tensor_nadam,
    sumi__tensor_ftrl, sumi__tensor_lamb, sumi__tensor_lion, sumi__tensor_muon;

/* Makes the variables that the optimizer needs for these gradients; false when there is nothing to
 * update, and the graph has refused. Then the node that updates: NULL after a refusal. */
bool sumi__tensor_update_prepare(sumi__tensor_update_t *update, const sumi_optimizer_t *given,
                                 sumi_site_t site, sumi_tensors_t gradients,
                                 sumi_tensors_t variables);
sumi_op_t *sumi__tensor_update_build(sumi__tensor_update_t *update, sumi_tensors_t gradients,
                                     sumi_tensor_t global_step, const char *name);

/* The kind that updates this variable. */
const sumi__tensor_optimizer_t *sumi__tensor_optimizer_of(const sumi__tensor_optimizer_t *kind,
                                                          sumi_tensor_t variable);

/* What optimizers that keep Adam's moments share: the members' defaults, the powers of beta1 and
 * beta2 as state[0] and state[1], their multiplication, and updates by slices. */
void sumi__tensor_fill_adam(sumi_optimizer_t *optimizer);
void sumi__tensor_prepare_adam(sumi__tensor_update_t *update);
void sumi__tensor_finish_adam(sumi__tensor_update_t *update);
sumi_op_t *sumi__tensor_apply_adam_rows(sumi__tensor_update_t *update, sumi_tensor_t variable,
                                        const sumi_tensor_t *slots, sumi_indexed_slices_t slices);

/* The slices with rows that repeat added up. */
sumi_indexed_slices_t sumi__tensor_different_rows(sumi_indexed_slices_t slices);

/* The rate, which is a number or a tensor, times a number. */
sumi_tensor_t sumi__tensor_scaled_rate(const sumi__tensor_update_t *update, double factor);

/* A scalar variable of the optimizer's, and the multiplication of one. */
sumi_tensor_t sumi__tensor_optimizer_state(sumi__tensor_update_t *update, const char *name,
                                           double first);
sumi_tensor_t sumi__tensor_multiply_state(sumi_tensor_t state, sumi_tensor_t factor);

/* A variable that is kept beside `variable` under the name "w/kind", or "w/kind_1", … */
sumi_tensor_t sumi__tensor_make_slot(sumi_graph_t *graph, sumi_tensor_t variable, const char *kind,
                                     sumi_dims_t dims, sumi_dtype_t dtype, double first);

/* The variables that `kind` keeps for `variable`, "w/Adam", "w/Adam_1", …: same shape, not
 * trainable. Each optimizer has its own; a second one's are "w/Adam_2", … */
void sumi__tensor_make_slots(sumi__tensor_update_t *update, const sumi__tensor_optimizer_t *kind,
                             sumi_tensor_t variable, sumi_tensor_t *slots);

#endif
