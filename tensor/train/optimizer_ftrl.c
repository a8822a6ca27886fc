/* Ftrl-proximal (McMahan et al. 2013); names and defaults are TensorFlow 1.15's. */
#include "train/optimizer.h"

#include <sumi/options.h>
#include <sumi/ops.h>

static void fill(sumi_optimizer_t *ftrl) {
  ftrl->initial_accumulator_value = sumi_option_number(ftrl->initial_accumulator_value, 0.1);
  ftrl->learning_rate_power = sumi_option_number(ftrl->learning_rate_power, -0.5);
}

/* The slots: the sum of squares, and the linear term. */
static double first(const sumi_optimizer_t *ftrl, int slot) {
  return slot == 0 ? ftrl->initial_accumulator_value : 0;
}

static sumi_op_t *apply(sumi__tensor_update_t *update, sumi_tensor_t variable,
                        const sumi_tensor_t *slots, sumi_tensor_t gradient) {
  const sumi_optimizer_t *ftrl = update->optimizer;
  const double l1 = ftrl->l1_regularization_strength, l2 = ftrl->l2_regularization_strength;
  const double shrinkage = ftrl->l2_shrinkage_regularization_strength;
  if (shrinkage > 0)
    return sumi_apply_ftrl_v2(variable, slots[0], slots[1], gradient, update->rate, l1, l2,
                              shrinkage, ftrl->learning_rate_power)
        .op;
  return sumi_apply_ftrl(variable, slots[0], slots[1], gradient, update->rate, l1, l2,
                         ftrl->learning_rate_power)
      .op;
}

static sumi_op_t *apply_rows(sumi__tensor_update_t *update, sumi_tensor_t variable,
                             const sumi_tensor_t *slots, sumi_indexed_slices_t slices) {
  const sumi_optimizer_t *ftrl = update->optimizer;
  const double l1 = ftrl->l1_regularization_strength, l2 = ftrl->l2_regularization_strength;
  const double shrinkage = ftrl->l2_shrinkage_regularization_strength;
  if (shrinkage > 0)
    return sumi_sparse_apply_ftrl_v2(variable, slots[0], slots[1], slices.values, slices.indices,
                                     update->rate, l1, l2, shrinkage, ftrl->learning_rate_power)
        .op;
  return sumi_sparse_apply_ftrl(variable, slots[0], slots[1], slices.values, slices.indices,
                                update->rate, l1, l2, ftrl->learning_rate_power)
      .op;
}

const sumi__tensor_optimizer_t sumi__tensor_ftrl = {.name = "Ftrl",
                                                    .slot_count = 2,
                                                    .first = first,
                                                    .fill = fill,
                                                    .apply = apply,
                                                    .apply_slices = apply_rows};
