/* LAMB (You et al., "Large batch optimization for deep learning", ICLR 2020): Adam's step, scaled
 * so that each variable moves by a share of its own norm. An expression of TensorFlow's ops: an
 * exported graph trains there, too. */
#include "train/optimizer.h"

#include <sumi/ops.h>

/* slot += (x - slot) (1 - beta): the slot afterwards. */
static sumi_tensor_t averaged(sumi_tensor_t slot, sumi_tensor_t x, double beta) {
  return sumi_assign_add(slot, sumi_mul(sumi_sub(x, slot), 1 - beta));
}

static sumi_tensor_t unbiased(sumi_tensor_t moment, sumi_tensor_t power) {
  return sumi_div(moment, sumi_sub(1, sumi__tensor_cast(power, sumi_tensor_dtype(moment))));
}

static sumi_tensor_t norm_of(sumi_tensor_t x) {
  return sumi_sqrt(sumi_mul(sumi_l2_loss(x), 2));
}

/* |w| / |step|, 1 where either is 0. */
static sumi_tensor_t trust_ratio(sumi_tensor_t variable, sumi_tensor_t step) {
  const sumi_tensor_t weights = norm_of(variable), steps = norm_of(step);
  const sumi_tensor_t both = sumi_logical_and(sumi_greater(weights, 0), sumi_greater(steps, 0));
  return sumi_select(both, sumi_div(weights, sumi_select(both, steps, 1)), 1);
}

static sumi_op_t *apply(sumi__tensor_update_t *update, sumi_tensor_t variable,
                        const sumi_tensor_t *slots, sumi_tensor_t gradient) {
  const sumi_optimizer_t *lamb = update->optimizer;
  const sumi_tensor_t m = averaged(slots[0], gradient, lamb->beta1);
  const sumi_tensor_t v = averaged(slots[1], sumi_square(gradient), lamb->beta2);
  sumi_tensor_t step = sumi_div(unbiased(m, update->state[0]),
                                sumi_add(sumi_sqrt(unbiased(v, update->state[1])), lamb->epsilon));
  if (lamb->weight_decay > 0) step = sumi_add(step, sumi_mul(variable, lamb->weight_decay));
  const sumi_tensor_t rate = sumi_mul(trust_ratio(variable, step), update->rate);
  return sumi_assign_sub(variable, sumi_mul(step, rate)).op;
}

const sumi__tensor_optimizer_t sumi__tensor_lamb = {.name = "Lamb",
                                                    .slot_count = 2,
                                                    .fill = sumi__tensor_fill_adam,
                                                    .prepare = sumi__tensor_prepare_adam,
                                                    .apply = apply,
                                                    .finish = sumi__tensor_finish_adam,
                                                    .decays = true};
