/* Gradient descent, with and without momentum. */
#include "train/optimizer.h"

#include <sumi/ops.h>

static sumi_op_t *descend(sumi__tensor_update_t *update, sumi_tensor_t variable,
                          const sumi_tensor_t *slots, sumi_tensor_t gradient) {
  (void)slots;
  return sumi_apply_gradient_descent(variable, update->rate, gradient).op;
}

static sumi_op_t *descend_rows(sumi__tensor_update_t *update, sumi_tensor_t variable,
                               const sumi_tensor_t *slots, sumi_indexed_slices_t slices) {
  (void)slots;
  return sumi_scatter_sub(variable, slices.indices, sumi_mul(slices.values, update->rate)).op;
}

const sumi__tensor_optimizer_t sumi__tensor_gradient_descent = {
    .name = "GradientDescent", .apply = descend, .apply_slices = descend_rows, .rows_repeat = true};

static sumi_op_t *descend_with_momentum(sumi__tensor_update_t *update, sumi_tensor_t variable,
                                        const sumi_tensor_t *slots, sumi_tensor_t gradient) {
  const sumi_optimizer_t *o = update->optimizer;
  return sumi_apply_momentum(variable, slots[0], update->rate, gradient, o->momentum,
                             .use_nesterov = o->use_nesterov)
      .op;
}

static sumi_op_t *descend_rows_with_momentum(sumi__tensor_update_t *update, sumi_tensor_t variable,
                                             const sumi_tensor_t *slots,
                                             sumi_indexed_slices_t slices) {
  const sumi_optimizer_t *o = update->optimizer;
  return sumi_sparse_apply_momentum(variable, slots[0], update->rate, slices.values, slices.indices,
                                    o->momentum, .use_nesterov = o->use_nesterov)
      .op;
}

const sumi__tensor_optimizer_t sumi__tensor_momentum = {.name = "Momentum",
                                                        .slot_count = 1,
                                                        .apply = descend_with_momentum,
                                                        .apply_slices = descend_rows_with_momentum};
