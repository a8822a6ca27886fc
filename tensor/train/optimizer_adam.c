/* Adam (Kingma and Ba, ICLR 2015, https://arxiv.org/abs/1412.6980), as TensorFlow's AdamOptimizer
 * lays it out: slots <w>/Adam and <w>/Adam_1, and the powers of beta as variables that are
 * multiplied after all updates. */
#include "train/optimizer.h"
#include "train/variable.h"

#include <sumi/options.h>

static sumi_tensor_t power_variable(sumi__tensor_update_t *update, const char *name, double beta) {
  sumi_variable_options_t options = {.not_trainable = true};
  options.initializer.kind = SUMI_INIT_CONSTANT;
  options.initializer.a = beta;
  return sumi__tensor_new_variable(update->graph, update->graph->composite_site, name, SUMI_SCALAR,
                                   &options);
}

static void prepare(sumi__tensor_update_t *update) {
  update->powers[0] = power_variable(update, "beta1_power", update->optimizer->beta1);
  update->powers[1] = power_variable(update, "beta2_power", update->optimizer->beta2);
}

static sumi_op_t *apply(sumi__tensor_update_t *update, sumi_tensor_t variable,
                        const sumi_tensor_t *slots, sumi_tensor_t gradient) {
  const sumi_optimizer_t *adam = update->optimizer;
  const sumi_dtype_t dtype = sumi_tensor_dtype(variable);
  const sumi_named_attr_t nesterov = {"use_nesterov",
                                      {.kind = SUMI_ATTR_BOOL, .boolean = adam->use_nesterov}};
  const sumi_tensor_t inputs[] = {variable,
                                  slots[0],
                                  slots[1],
                                  sumi__tensor_cast(update->powers[0], dtype),
                                  sumi__tensor_cast(update->powers[1], dtype),
                                  update->rate,
                                  sumi_tensor_of_number(adam->beta1),
                                  sumi_tensor_of_number(adam->beta2),
                                  sumi_tensor_of_number(adam->epsilon),
                                  gradient};
  return sumi_node(&(sumi_node_spec_t){.site = SUMI_HERE,
                                       .type = "ApplyAdam",
                                       .inputs = SUMI_LIST(10, inputs),
                                       .attr_count = 1,
                                       .attrs = &nesterov})
      .op;
}

static sumi_tensor_t multiplied(sumi_tensor_t power, double beta) {
  return sumi__tensor_apply(
      "Assign", SUMI_TENSORS(power, sumi__tensor_apply("Mul", SUMI_TENSORS(power, beta))));
}

static void finish(sumi__tensor_update_t *update) {
  update->powers[0] = multiplied(update->powers[0], update->optimizer->beta1);
  update->powers[1] = multiplied(update->powers[1], update->optimizer->beta2);
}

static void fill(sumi_optimizer_t *adam) {
  adam->learning_rate = sumi_option_number(adam->learning_rate, 0.001);
  adam->beta1 = sumi_option_number(adam->beta1, 0.9);
  adam->beta2 = sumi_option_number(adam->beta2, 0.999);
  adam->epsilon = sumi_option_number(adam->epsilon, 1e-8);
}

const sumi__tensor_optimizer_t sumi__tensor_adam = {.name = "Adam",
                                                    .slot_count = 2,
                                                    .fill = fill,
                                                    .prepare = prepare,
                                                    .apply = apply,
                                                    .finish = finish};
