/* Optimizers with a step of its own for each element. Sources: Duchi et al. 2011 (Adagrad);
 * Tieleman and Hinton 2012 (RMSProp), centred as in Graves 2013; Zeiler 2012 (Adadelta); names,
 * defaults and first values are TensorFlow 1.15's. */
#include "train/optimizer.h"

#include <sumi/options.h>
#include <sumi/ops.h>

/* ---- Adagrad ---- */

static void fill_adagrad(sumi_optimizer_t *optimizer) {
  optimizer->initial_accumulator_value = sumi_option_number(optimizer->initial_accumulator_value,
                                                            0.1);
}

static double first_of_adagrad(const sumi_optimizer_t *optimizer, int slot) {
  (void)slot;
  return optimizer->initial_accumulator_value;
}

static sumi_op_t *apply_adagrad(sumi__tensor_update_t *update, sumi_tensor_t variable,
                                const sumi_tensor_t *slots, sumi_tensor_t gradient) {
  return sumi_apply_adagrad(variable, slots[0], update->rate, gradient).op;
}

static sumi_op_t *apply_adagrad_rows(sumi__tensor_update_t *update, sumi_tensor_t variable,
                                     const sumi_tensor_t *slots, sumi_indexed_slices_t slices) {
  return sumi_sparse_apply_adagrad(variable, slots[0], update->rate, slices.values, slices.indices)
      .op;
}

const sumi__tensor_optimizer_t sumi__tensor_adagrad = {.name = "Adagrad",
                                                       .slot_count = 1,
                                                       .first = first_of_adagrad,
                                                       .fill = fill_adagrad,
                                                       .apply = apply_adagrad,
                                                       .apply_slices = apply_adagrad_rows};

/* ---- RMSProp: slots are the mean square, the mean when centred, and the momentum ---- */

static void fill_rms_prop(sumi_optimizer_t *optimizer) {
  optimizer->decay = sumi_option_number(optimizer->decay, 0.9);
  optimizer->epsilon = sumi_option_number(optimizer->epsilon, 1e-10);
}

static double first_of_rms_prop(const sumi_optimizer_t *optimizer, int slot) {
  (void)optimizer;
  return slot == 0 ? 1 : 0;
}

static sumi_op_t *apply_rms_prop(sumi__tensor_update_t *update, sumi_tensor_t variable,
                                 const sumi_tensor_t *slots, sumi_tensor_t gradient) {
  const sumi_optimizer_t *o = update->optimizer;
  return sumi_apply_rms_prop(variable, slots[0], slots[1], update->rate, o->decay, o->momentum,
                             o->epsilon, gradient)
      .op;
}

static sumi_op_t *apply_rms_prop_rows(sumi__tensor_update_t *update, sumi_tensor_t variable,
                                      const sumi_tensor_t *slots, sumi_indexed_slices_t slices) {
  const sumi_optimizer_t *o = update->optimizer;
  return sumi_sparse_apply_rms_prop(variable, slots[0], slots[1], update->rate, o->decay,
                                    o->momentum, o->epsilon, slices.values, slices.indices)
      .op;
}

const sumi__tensor_optimizer_t sumi__tensor_rms_prop = {.name = "RMSProp",
                                                        .slot_count = 2,
                                                        .first = first_of_rms_prop,
                                                        .fill = fill_rms_prop,
                                                        .apply = apply_rms_prop,
                                                        .apply_slices = apply_rms_prop_rows};

static sumi_op_t *apply_centered_rms_prop(sumi__tensor_update_t *update, sumi_tensor_t variable,
                                          const sumi_tensor_t *slots, sumi_tensor_t gradient) {
  const sumi_optimizer_t *o = update->optimizer;
  return sumi_apply_centered_rms_prop(variable, slots[1], slots[0], slots[2], update->rate,
                                      o->decay, o->momentum, o->epsilon, gradient)
      .op;
}

static sumi_op_t *apply_centered_rms_prop_rows(sumi__tensor_update_t *update,
                                               sumi_tensor_t variable, const sumi_tensor_t *slots,
                                               sumi_indexed_slices_t slices) {
  const sumi_optimizer_t *o = update->optimizer;
  return sumi_sparse_apply_centered_rms_prop(variable, slots[1], slots[0], slots[2], update->rate,
                                             o->decay, o->momentum, o->epsilon, slices.values,
                                             slices.indices)
      .op;
}

const sumi__tensor_optimizer_t sumi__tensor_centered_rms_prop = {
    .name = "RMSProp",
    .slot_count = 3,
    .first = first_of_rms_prop,
    .fill = fill_rms_prop,
    .apply = apply_centered_rms_prop,
    .apply_slices = apply_centered_rms_prop_rows};

/* ---- Adadelta ---- */

static void fill_adadelta(sumi_optimizer_t *optimizer) {
  optimizer->learning_rate = sumi_option_number(optimizer->learning_rate, 0.001);
  optimizer->rho = sumi_option_number(optimizer->rho, 0.95);
  optimizer->epsilon = sumi_option_number(optimizer->epsilon, 1e-8);
}

static sumi_op_t *apply_adadelta(sumi__tensor_update_t *update, sumi_tensor_t variable,
                                 const sumi_tensor_t *slots, sumi_tensor_t gradient) {
  const sumi_optimizer_t *o = update->optimizer;
  return sumi_apply_adadelta(variable, slots[0], slots[1], update->rate, o->rho, o->epsilon,
                             gradient)
      .op;
}

static sumi_op_t *apply_adadelta_rows(sumi__tensor_update_t *update, sumi_tensor_t variable,
                                      const sumi_tensor_t *slots, sumi_indexed_slices_t slices) {
  const sumi_optimizer_t *o = update->optimizer;
  return sumi_sparse_apply_adadelta(variable, slots[0], slots[1], update->rate, o->rho, o->epsilon,
                                    slices.values, slices.indices)
      .op;
}

const sumi__tensor_optimizer_t sumi__tensor_adadelta = {.name = "Adadelta",
                                                        .slot_count = 2,
                                                        .fill = fill_adadelta,
                                                        .apply = apply_adadelta,
                                                        .apply_slices = apply_adadelta_rows};
