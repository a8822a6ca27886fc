/* Adam (Kingma and Ba, ICLR 2015, https://arxiv.org/abs/1412.6980), as TensorFlow's AdamOptimizer
 * lays it out: slots <w>/Adam and <w>/Adam_1, and the powers of beta as variables that are
 * multiplied after all updates. AdamW, AMSGrad and Nadam have the defaults of Keras, but Adam's
 * epsilon. */
#include "train/optimizer.h"

#include <sumi/options.h>
#include <sumi/ops.h>

void sumi__tensor_fill_adam(sumi_optimizer_t *adam) {
  adam->learning_rate = sumi_option_number(adam->learning_rate, 0.001);
  adam->beta1 = sumi_option_number(adam->beta1, 0.9);
  adam->beta2 = sumi_option_number(adam->beta2, 0.999);
  adam->epsilon = sumi_option_number(adam->epsilon, 1e-8);
}

void sumi__tensor_prepare_adam(sumi__tensor_update_t *update) {
  update->state[0] = sumi__tensor_optimizer_state(update, "beta1_power", update->optimizer->beta1);
  update->state[1] = sumi__tensor_optimizer_state(update, "beta2_power", update->optimizer->beta2);
}

void sumi__tensor_finish_adam(sumi__tensor_update_t *update) {
  const double betas[] = {update->optimizer->beta1, update->optimizer->beta2};
  for (int i = 0; i < 2; ++i)
    update->state[i] = sumi__tensor_multiply_state(update->state[i],
                                                   sumi_tensor_of_number(betas[i]));
}

static sumi_op_t *apply(sumi__tensor_update_t *update, sumi_tensor_t variable,
                        const sumi_tensor_t *slots, sumi_tensor_t gradient) {
  const sumi_optimizer_t *adam = update->optimizer;
  const sumi_dtype_t dtype = sumi_tensor_dtype(variable);
  return sumi_apply_adam(variable, slots[0], slots[1], sumi__tensor_cast(update->state[0], dtype),
                         sumi__tensor_cast(update->state[1], dtype), update->rate, adam->beta1,
                         adam->beta2, adam->epsilon, gradient, .use_nesterov = adam->use_nesterov)
      .op;
}

/* TensorFlow has no Nesterov momentum by slices. */
static sumi_op_t *apply_rows(sumi__tensor_update_t *update, sumi_tensor_t variable,
                             const sumi_tensor_t *slots, sumi_indexed_slices_t slices) {
  if (!update->optimizer->use_nesterov)
    return sumi__tensor_apply_adam_rows(update, variable, slots, slices);
  return apply(update, variable, slots,
               sumi_indexed_slices(slices.values, slices.indices, slices.rows));
}

const sumi__tensor_optimizer_t sumi__tensor_adam = {.name = "Adam",
                                                    .slot_count = 2,
                                                    .fill = sumi__tensor_fill_adam,
                                                    .prepare = sumi__tensor_prepare_adam,
                                                    .apply = apply,
                                                    .apply_slices = apply_rows,
                                                    .finish = sumi__tensor_finish_adam};

static void fill_adamw(sumi_optimizer_t *adam) {
  sumi__tensor_fill_adam(adam);
  adam->weight_decay = sumi_option_number(adam->weight_decay, 0.004);
}

const sumi__tensor_optimizer_t sumi__tensor_adamw = {.name = "AdamW",
                                                     .slot_count = 2,
                                                     .fill = fill_adamw,
                                                     .prepare = sumi__tensor_prepare_adam,
                                                     .apply = apply,
                                                     .apply_slices = apply_rows,
                                                     .finish = sumi__tensor_finish_adam};

/* ---- AMSGrad: slots are the moments and the largest second one ---- */

static sumi_op_t *apply_amsgrad(sumi__tensor_update_t *update, sumi_tensor_t variable,
                                const sumi_tensor_t *slots, sumi_tensor_t gradient) {
  const sumi_optimizer_t *adam = update->optimizer;
  const sumi_dtype_t dtype = sumi_tensor_dtype(variable);
  return sumi_apply_adam_with_amsgrad(variable, slots[0], slots[1], slots[2],
                                      sumi__tensor_cast(update->state[0], dtype),
                                      sumi__tensor_cast(update->state[1], dtype), update->rate,
                                      adam->beta1, adam->beta2, adam->epsilon, gradient)
      .op;
}

const sumi__tensor_optimizer_t sumi__tensor_amsgrad = {.name = "AMSGrad",
                                                       .slot_count = 3,
                                                       .fill = sumi__tensor_fill_adam,
                                                       .prepare = sumi__tensor_prepare_adam,
                                                       .apply = apply_amsgrad,
                                                       .finish = sumi__tensor_finish_adam};

/* ---- Nadam: the momentum of step t is mu(t) = beta1 (1 - 0.96^t / 2) ---- */

#define MOMENTUM_DECAY 0.96

/* The first power of the decay, of beta2, and the product of no momenta. */
static void prepare_nadam(sumi__tensor_update_t *update) {
  update->state[0] = sumi__tensor_optimizer_state(update, "decay_power", MOMENTUM_DECAY);
  update->state[1] = sumi__tensor_optimizer_state(update, "beta2_power", update->optimizer->beta2);
  update->state[2] = sumi__tensor_optimizer_state(update, "momentum_product", 1);
}

static sumi_tensor_t momentum_of(const sumi__tensor_update_t *update, sumi_tensor_t decay_power) {
  return sumi_mul(sumi_sub(1, sumi_mul(decay_power, 0.5)), update->optimizer->beta1);
}

static sumi_op_t *apply_nadam(sumi__tensor_update_t *update, sumi_tensor_t variable,
                              const sumi_tensor_t *slots, sumi_tensor_t gradient) {
  const sumi_optimizer_t *nadam = update->optimizer;
  const sumi_dtype_t dtype = sumi_tensor_dtype(variable);
  const sumi_tensor_t decay_power = sumi__tensor_cast(update->state[0], dtype);
  const sumi_tensor_t mu = momentum_of(update, decay_power);
  const sumi_tensor_t next_mu = momentum_of(update, sumi_mul(decay_power, MOMENTUM_DECAY));
  const sumi_tensor_t product = sumi_mul(sumi__tensor_cast(update->state[2], dtype), mu);
  return sumi_apply_nadam(variable, slots[0], slots[1], mu, next_mu, product,
                          sumi__tensor_cast(update->state[1], dtype), update->rate, nadam->beta1,
                          nadam->beta2, nadam->epsilon, gradient)
      .op;
}

/* The product first: it takes the momentum of the step that ends. */
static void finish_nadam(sumi__tensor_update_t *update) {
  sumi_tensor_t *state = update->state;
  state[2] = sumi__tensor_multiply_state(state[2], momentum_of(update, state[0]));
  sumi_control_begin(update->graph, SUMI_OPS(state[2].op));
  state[0] = sumi__tensor_multiply_state(state[0], sumi_tensor_of_number(MOMENTUM_DECAY));
  sumi_control_end(update->graph);
  state[1] = sumi__tensor_multiply_state(state[1], sumi_tensor_of_number(update->optimizer->beta2));
}

const sumi__tensor_optimizer_t sumi__tensor_nadam = {.name = "Nadam",
                                                     .slot_count = 2,
                                                     .fill = sumi__tensor_fill_adam,
                                                     .prepare = prepare_nadam,
                                                     .apply = apply_nadam,
                                                     .finish = finish_nadam};
