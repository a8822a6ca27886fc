/* Gradient descent, with and without momentum. */
#include "train/optimizer.h"

static sumi_op_t *descend(sumi__update_t *update, sumi_tensor_t variable, sumi_tensor_t gradient) {
  return sumi__apply("ApplyGradientDescent", SUMI_TENSORS(variable, update->rate, gradient)).op;
}

sumi_optimizer_t sumi_gradient_descent_with(sumi_optimizer_t optimizer) {
  static const sumi_optimizer_kind_t kind = {.name = "GradientDescent", .apply = descend};
  optimizer.kind = &kind;
  return optimizer;
}

static sumi_op_t *descend_with_momentum(sumi__update_t *update, sumi_tensor_t variable,
                                        sumi_tensor_t gradient) {
  const sumi_tensor_t slot = sumi__slot(update, variable, "Momentum");
  if (!slot.op) return NULL;
  const sumi_named_attr_t nesterov = {
      "use_nesterov", {.kind = SUMI_ATTR_BOOL, .boolean = update->optimizer->use_nesterov}};
  const sumi_tensor_t inputs[] = {variable, slot, SUMI_T(update->rate), gradient,
                                  sumi_tensor_of_number(update->optimizer->momentum)};
  return sumi_node(&(sumi_node_spec_t){.site = SUMI_HERE,
                                       .type = "ApplyMomentum",
                                       .inputs = SUMI_LIST(5, inputs),
                                       .attr_count = 1,
                                       .attrs = &nesterov})
      .op;
}

sumi_optimizer_t sumi_momentum_with(sumi_optimizer_t optimizer) {
  static const sumi_optimizer_kind_t kind = {.name = "Momentum", .apply = descend_with_momentum};
  optimizer.kind = &kind;
  return optimizer;
}
