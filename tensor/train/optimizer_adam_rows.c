/* Adam by slices. Sources: TensorFlow 1.15 python/training/adam.py, where both moments of every row
 * decay and so every row moves; tensorflow/contrib/opt/python/training/lazy_adam_optimizer.py,
 * where rows that are not in the slices stay as they are. */
#include "train/optimizer.h"

#include <sumi/control.h>
#include <sumi/ops.h>

/* rate * sqrt(1 - beta2^t) / (1 - beta1^t) */
static sumi_tensor_t corrected_rate(const sumi__tensor_update_t *update, sumi_dtype_t dtype) {
  const sumi_tensor_t power1 = sumi__tensor_cast(update->state[0], dtype);
  const sumi_tensor_t power2 = sumi__tensor_cast(update->state[1], dtype);
  return sumi_div(sumi_mul(sumi_sqrt(sumi_sub(1, power2)), update->rate), sumi_sub(1, power1));
}

/* slot = beta * slot, and then (1 - beta) * values is added to the rows. */
static sumi_tensor_t averaged(sumi_tensor_t slot, double beta, sumi_tensor_t values,
                              sumi_tensor_t indices) {
  const sumi_tensor_t decayed = sumi_assign(slot, sumi_mul(slot, beta));
  sumi_control_begin(sumi_tensor_graph(slot), SUMI_OPS(decayed.op));
  const sumi_tensor_t changed = sumi_scatter_add(slot, indices, sumi_mul(values, 1 - beta));
  sumi_control_end(sumi_tensor_graph(slot));
  return changed;
}

static sumi_op_t *all_rows(sumi__tensor_update_t *update, sumi_tensor_t variable,
                           const sumi_tensor_t *slots, sumi_indexed_slices_t slices) {
  const sumi_optimizer_t *adam = update->optimizer;
  const sumi_tensor_t rate = corrected_rate(update, sumi_tensor_dtype(variable));
  const sumi_tensor_t m = averaged(slots[0], adam->beta1, slices.values, slices.indices);
  const sumi_tensor_t v = averaged(slots[1], adam->beta2, sumi_square(slices.values),
                                   slices.indices);
  const sumi_tensor_t root = sumi_add(sumi_sqrt(v), adam->epsilon);
  return sumi_assign_sub(variable, sumi_div(sumi_mul(m, rate), root)).op;
}

/* The rows of a slot, averaged with the values. */
static sumi_tensor_t averaged_rows(sumi_tensor_t slot, double beta, sumi_tensor_t values,
                                   sumi_tensor_t indices) {
  return sumi_add(sumi_mul(sumi_gather(slot, indices), beta), sumi_mul(values, 1 - beta));
}

static sumi_op_t *only_rows(sumi__tensor_update_t *update, sumi_tensor_t variable,
                            const sumi_tensor_t *slots, sumi_indexed_slices_t slices) {
  const sumi_optimizer_t *adam = update->optimizer;
  const sumi_tensor_t rate = corrected_rate(update, sumi_tensor_dtype(variable));
  const sumi_tensor_t m = averaged_rows(slots[0], adam->beta1, slices.values, slices.indices);
  const sumi_tensor_t v = averaged_rows(slots[1], adam->beta2, sumi_square(slices.values),
                                        slices.indices);
  const sumi_tensor_t root = sumi_add(sumi_sqrt(v), adam->epsilon);
  const sumi_tensor_t step = sumi_div(sumi_mul(m, rate), root);
  return sumi_group(update->graph, SUMI_OPS(sumi_scatter_sub(variable, slices.indices, step).op,
                                            sumi_scatter_update(slots[0], slices.indices, m).op,
                                            sumi_scatter_update(slots[1], slices.indices, v).op));
}

sumi_op_t *sumi__tensor_apply_adam_rows(sumi__tensor_update_t *update, sumi_tensor_t variable,
                                        const sumi_tensor_t *slots, sumi_indexed_slices_t slices) {
  return update->optimizer->lazy ? only_rows(update, variable, slots, slices)
                                 : all_rows(update, variable, slots, slices);
}
