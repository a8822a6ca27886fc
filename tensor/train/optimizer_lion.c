/* Lion (Chen et al. 2023), with the defaults of Keras. */
#include "train/optimizer.h"

#include <sumi/options.h>
#include <sumi/ops.h>

static void fill(sumi_optimizer_t *lion) {
  lion->learning_rate = sumi_option_number(lion->learning_rate, 0.001);
  lion->beta1 = sumi_option_number(lion->beta1, 0.9);
  lion->beta2 = sumi_option_number(lion->beta2, 0.99);
}

static sumi_op_t *apply(sumi__tensor_update_t *update, sumi_tensor_t variable,
                        const sumi_tensor_t *slots, sumi_tensor_t gradient) {
  const sumi_optimizer_t *lion = update->optimizer;
  return sumi_apply_lion(variable, slots[0], update->rate, lion->beta1, lion->beta2, gradient).op;
}

const sumi__tensor_optimizer_t sumi__tensor_lion = {
    .name = "Lion", .slot_count = 1, .fill = fill, .apply = apply};
