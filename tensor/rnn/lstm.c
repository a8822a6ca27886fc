/* Long short-term memory. Source of formulas, names and the order of the gates: TensorFlow 1.15
 * python/ops/rnn_cell_impl.py (LSTMCell; BasicLSTMCell is the same without its options). */
#include "rnn/cell.h"

#include <sumi/options.h>
#include <sumi/ops.h>

typedef struct lstm {
  int64_t units;
  double forget_bias;
  sumi_lstm_cell_options_t options;
} lstm_t;

/* `gate`, which with peepholes sees c, too. */
static sumi_tensor_t peep(const lstm_t *cell, const char *name, sumi_tensor_t gate,
                          sumi_tensor_t c) {
  if (!cell->options.use_peepholes || !gate.op) return gate;
  const sumi_tensor_t diagonal = sumi__tensor_layer_variable(gate, name, SUMI_DIMS(cell->units),
                                                             cell->options.initializer, true);
  return sumi_add(gate, sumi_mul(diagonal, c));
}

static sumi_tensor_t clipped(sumi_tensor_t x, double limit) {
  return limit > 0 ? sumi_clip_by_value(x, -limit, limit) : x;
}

static sumi_tensor_t projected(const lstm_t *cell, sumi_tensor_t h) {
  const int64_t size = cell->options.num_proj;
  if (size == 0 || !h.op) return h;
  const sumi_tensor_t kernel = sumi__tensor_layer_variable(
      h, "projection/kernel", SUMI_DIMS(cell->units, size), cell->options.initializer, true);
  return clipped(sumi_matmul(h, kernel), cell->options.proj_clip);
}

static sumi_tensor_t lstm_step(void *context, sumi_tensor_t input, const sumi_tensor_t *state,
                               sumi_tensor_t *next) {
  const lstm_t *cell = context;
  const sumi_lstm_cell_options_t *options = &cell->options;
  const sumi_tensor_t c = state[0], h = state[1];
  const sumi_tensor_t gates = sumi_split(
      sumi__tensor_cell_linear(
          input, h,
          &(sumi__tensor_cell_linear_t){.cell = "lstm_cell",
                                        .kernel = "kernel",
                                        .bias = "bias",
                                        .state_size = options->num_proj ? options->num_proj
                                                                        : cell->units,
                                        .units = 4 * cell->units,
                                        .kernel_initializer = options->initializer}),
      4, .axis = 1);
  if (!gates.op) return gates;
  const sumi_tensor_t i = sumi_output(gates, 0), j = sumi_output(gates, 1);
  const sumi_tensor_t f = sumi_add(sumi_output(gates, 2), cell->forget_bias);
  const sumi_tensor_t kept = sumi_mul(sumi_sigmoid(peep(cell, "w_f_diag", f, c)), c);
  const sumi_tensor_t added = sumi_mul(sumi_sigmoid(peep(cell, "w_i_diag", i, c)),
                                       options->activation(j));
  const sumi_tensor_t memory = clipped(sumi_add(kept, added), options->cell_clip);
  const sumi_tensor_t o = peep(cell, "w_o_diag", sumi_output(gates, 3), memory);
  if (!memory.op || !o.op) return memory;
  next[0] = memory;
  return next[1] = projected(cell, sumi_mul(sumi_sigmoid(o), options->activation(memory)));
}

static sumi_rnn_cell_t *new_lstm(sumi_graph_t *graph, sumi_site_t site, const char *name,
                                 int64_t units, const sumi_lstm_cell_options_t *given) {
  sumi_lstm_cell_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given)) return NULL;
  if (!options.activation) options.activation = sumi_activation_tanh;
  const lstm_t cell = {units, sumi_option_number(options.forget_bias, 1), options};
  const int64_t sizes[2] = {units, options.num_proj ? options.num_proj : units};
  return sumi_rnn_cell_new_with(
      graph, site,
      SUMI_OPTIONS(sumi_rnn_cell_def_t, .name = options.name ? options.name : name,
                   .reuse = options.reuse, .output_size = sizes[1], .state_count = 2,
                   .state_sizes = sizes, .is_memory = (const bool[]){true, false},
                   .step = lstm_step,
                   .context = sumi__tensor_cell_keep(graph, &cell, sizeof cell)));
}

sumi_rnn_cell_t *sumi_lstm_cell_new_with(sumi_graph_t *graph, sumi_site_t site, int64_t units,
                                         const sumi_lstm_cell_options_t *options) {
  return new_lstm(graph, site, "lstm_cell", units, options);
}

sumi_rnn_cell_t *sumi_basic_lstm_cell_new_with(sumi_graph_t *graph, sumi_site_t site, int64_t units,
                                               const sumi_lstm_cell_options_t *options) {
  return new_lstm(graph, site, "basic_lstm_cell", units, options);
}
