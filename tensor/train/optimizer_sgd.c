/* Gradient descent, with and without momentum. */
#include "train/optimizer.h"

static sumi_op_t *descend(sumi__tensor_update_t *update, sumi_tensor_t variable,
                          const sumi_tensor_t *slots, sumi_tensor_t gradient) {
  (void)slots;
  return sumi__tensor_apply("ApplyGradientDescent", SUMI_TENSORS(variable, update->rate, gradient))
      .op;
}

const sumi__tensor_optimizer_t sumi__tensor_gradient_descent = {.name = "GradientDescent",
                                                                .apply = descend};

static sumi_op_t *descend_with_momentum(sumi__tensor_update_t *update, sumi_tensor_t variable,
                                        const sumi_tensor_t *slots, sumi_tensor_t gradient) {
  const sumi_named_attr_t nesterov = {
      "use_nesterov", {.kind = SUMI_ATTR_BOOL, .boolean = update->optimizer->use_nesterov}};
  const sumi_tensor_t inputs[] = {variable, slots[0], SUMI_T(update->rate), gradient,
                                  sumi_tensor_of_number(update->optimizer->momentum)};
  return sumi_node(&(sumi_node_spec_t){.site = SUMI_HERE,
                                       .type = "ApplyMomentum",
                                       .inputs = SUMI_LIST(5, inputs),
                                       .attr_count = 1,
                                       .attrs = &nesterov})
      .op;
}

const sumi__tensor_optimizer_t sumi__tensor_momentum = {
    .name = "Momentum", .slot_count = 1, .apply = descend_with_momentum};
