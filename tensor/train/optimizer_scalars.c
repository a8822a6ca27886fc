/* The scalars of an update: the rate, and the variables of an optimizer as a whole. */
#include "train/optimizer.h"
#include "train/variable.h"

sumi_tensor_t sumi__tensor_scaled_rate(const sumi__tensor_update_t *update, double factor) {
  if (sumi_tensor_is_number(update->rate))
    return sumi_tensor_of_number(update->rate.number * factor);
  return sumi__tensor_apply("Mul", SUMI_TENSORS(update->rate, factor));
}

sumi_tensor_t sumi__tensor_optimizer_state(sumi__tensor_update_t *update, const char *name,
                                           double first) {
  const sumi_variable_options_t options = {.not_trainable = true,
                                           .initializer = {.kind = SUMI_INIT_CONSTANT, .a = first}};
  return sumi__tensor_new_variable(update->graph, update->graph->composite_site, name, SUMI_SCALAR,
                                   &options);
}

sumi_tensor_t sumi__tensor_multiply_state(sumi_tensor_t state, sumi_tensor_t factor) {
  return sumi__tensor_apply(
      "Assign", SUMI_TENSORS(state, sumi__tensor_apply("Mul", SUMI_TENSORS(state, factor))));
}
