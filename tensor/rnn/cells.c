/* The basic cell and the gated recurrent unit. Source of formulas and names: TensorFlow 1.15
 * python/ops/rnn_cell_impl.py. */
#include "rnn/cell.h"

#include <sumi/options.h>
#include <sumi/ops.h>

typedef struct plain {
  int64_t units;
  sumi_activation_t activation;
  sumi_initializer_t kernel_initializer, bias_initializer;
} plain_t;

static sumi_tensor_t basic_step(void *context, sumi_tensor_t input, const sumi_tensor_t *state,
                                sumi_tensor_t *next) {
  const plain_t *cell = context;
  const sumi_tensor_t sums = sumi__tensor_cell_linear(
      input, state[0],
      &(sumi__tensor_cell_linear_t){.cell = "basic_rnn_cell",
                                    .kernel = "kernel",
                                    .bias = "bias",
                                    .state_size = cell->units,
                                    .units = cell->units,
                                    .kernel_initializer = cell->kernel_initializer,
                                    .bias_initializer = cell->bias_initializer});
  return next[0] = sums.op ? cell->activation(sums) : sums;
}

static sumi_tensor_t gru_step(void *context, sumi_tensor_t input, const sumi_tensor_t *state,
                              sumi_tensor_t *next) {
  const plain_t *cell = context;
  sumi__tensor_cell_linear_t linear = {.cell = "gru_cell",
                                       .kernel = "gates/kernel",
                                       .bias = "gates/bias",
                                       .state_size = cell->units,
                                       .units = 2 * cell->units,
                                       .kernel_initializer = cell->kernel_initializer,
                                       .bias_initializer = cell->bias_initializer};
  /* Units start by keeping their state. */
  if (linear.bias_initializer.kind == SUMI_INIT_DEFAULT)
    linear.bias_initializer = SUMI_ONES_INITIALIZER;
  const sumi_tensor_t gates = sumi_split(
      sumi_sigmoid(sumi__tensor_cell_linear(input, state[0], &linear)), 2, .axis = 1);
  const sumi_tensor_t r = sumi_output(gates, 0), u = sumi_output(gates, 1);
  linear.kernel = "candidate/kernel", linear.bias = "candidate/bias";
  linear.units = cell->units;
  linear.bias_initializer = cell->bias_initializer;
  const sumi_tensor_t sums = sumi__tensor_cell_linear(input, sumi_mul(r, state[0]), &linear);
  if (!sums.op) return sums;
  const sumi_tensor_t candidate = cell->activation(sums);
  return next[0] = sumi_add(sumi_mul(u, state[0]), sumi_mul(sumi_sub(1, u), candidate));
}

static sumi_rnn_cell_t *new_cell(sumi_graph_t *graph, sumi_site_t site, const char *name,
                                 sumi_rnn_step_t step, int64_t units,
                                 const sumi_rnn_cell_options_t *given) {
  sumi_rnn_cell_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given)) return NULL;
  const plain_t cell = {units, options.activation ? options.activation : sumi_activation_tanh,
                        options.kernel_initializer, options.bias_initializer};
  return sumi_rnn_cell_new_with(
      graph, site,
      SUMI_OPTIONS(sumi_rnn_cell_def_t, .name = options.name ? options.name : name,
                   .reuse = options.reuse, .output_size = units, .state_count = 1,
                   .state_sizes = &units, .step = step,
                   .context = sumi__tensor_cell_keep(graph, &cell, sizeof cell)));
}

sumi_rnn_cell_t *sumi_basic_rnn_cell_new_with(sumi_graph_t *graph, sumi_site_t site, int64_t units,
                                              const sumi_rnn_cell_options_t *options) {
  return new_cell(graph, site, "basic_rnn_cell", basic_step, units, options);
}

sumi_rnn_cell_t *sumi_gru_cell_new_with(sumi_graph_t *graph, sumi_site_t site, int64_t units,
                                        const sumi_rnn_cell_options_t *options) {
  return new_cell(graph, site, "gru_cell", gru_step, units, options);
}
