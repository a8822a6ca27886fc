/* Recurrent models for test_rnn_tensorflow.py; see common/model_run.h. Inputs: x [batch, time,
 * size] and the lengths [batch]. */
#include "model_run.h"

#include <sumi/ops.h>
#include <sumi/rnn.h>

static void unrolled(model_run_t *m, sumi_rnn_cell_t *cell, bool has_lengths) {
  const sumi_tensors_t inputs = sumi_outputs(sumi_unstack(m->inputs[0], .axis = 1));
  sumi_rnn_options_t options = {.struct_size = sizeof options};
  if (has_lengths) options.sequence_length = m->inputs[1];
  const sumi_static_rnn_t rnn = sumi_static_rnn_with(cell, SUMI_HERE, inputs, &options);
  model_outputs(m, rnn.outputs);
  model_outputs(m, rnn.state);
}

static void basic(model_run_t *m) {
  unrolled(m, sumi_basic_rnn_cell_new(m->graph, 4), false);
}

static void relu(model_run_t *m) {
  unrolled(m, sumi_basic_rnn_cell_new(m->graph, 4, .activation = sumi_activation_relu), true);
}

static void gru(model_run_t *m) {
  unrolled(m, sumi_gru_cell_new(m->graph, 5), true);
}

static void basic_lstm(model_run_t *m) {
  unrolled(m, sumi_basic_lstm_cell_new(m->graph, 4), false);
}

static void lstm(model_run_t *m) {
  unrolled(m, sumi_lstm_cell_new(m->graph, 4, .forget_bias = SUMI_ZERO), true);
}

static void full_lstm(model_run_t *m) {
  unrolled(m,
           sumi_lstm_cell_new(m->graph, 5, .use_peepholes = true, .cell_clip = .4, .num_proj = 3,
                              .proj_clip = .3, .forget_bias = .5),
           true);
}

static void layers(model_run_t *m) {
  sumi_rnn_cell_t *top = sumi_residual_wrapper_new(sumi_gru_cell_new(m->graph, 4));
  sumi_rnn_cell_t *bottom = sumi_lstm_cell_new(m->graph, 4, .name = "bottom");
  unrolled(m, sumi_multi_rnn_cell_new(m->graph, SUMI_CELLS(bottom, top)), true);
}

static void shared(model_run_t *m) {
  const sumi_tensors_t inputs = sumi_outputs(sumi_unstack(m->inputs[0], .axis = 1));
  sumi_rnn_cell_t *cell = sumi_gru_cell_new(m->graph, 4);
  const sumi_static_rnn_t first = sumi_static_rnn(cell, inputs);
  const sumi_static_rnn_t second = sumi_static_rnn(cell, inputs, .initial_state = first.state,
                                                   .sequence_length = m->inputs[1],
                                                   .scope = "again");
  model_outputs(m, second.outputs);
  model_outputs(m, second.state);
}

static void both_ways(model_run_t *m, bool has_lengths) {
  const sumi_tensors_t inputs = sumi_outputs(sumi_unstack(m->inputs[0], .axis = 1));
  sumi_rnn_cell_t *forward = sumi_basic_lstm_cell_new(m->graph, 3),
                  *backward = sumi_gru_cell_new(m->graph, 2);
  sumi_bidirectional_rnn_options_t options = {.struct_size = sizeof options};
  if (has_lengths) options.sequence_length = m->inputs[1];
  const sumi_static_bidirectional_rnn_t rnn = sumi_static_bidirectional_rnn_with(
      forward, backward, SUMI_HERE, inputs, &options);
  model_outputs(m, rnn.outputs);
  model_outputs(m, rnn.state_fw);
  model_outputs(m, rnn.state_bw);
}

static void bidirectional(model_run_t *m) {
  both_ways(m, false);
}

static void bidirectional_lengths(model_run_t *m) {
  both_ways(m, true);
}

static void looped(model_run_t *m) {
  sumi_rnn_cell_t *top = sumi_residual_wrapper_new(sumi_gru_cell_new(m->graph, 4));
  sumi_rnn_cell_t *layers = sumi_multi_rnn_cell_new(
      m->graph, SUMI_CELLS(sumi_lstm_cell_new(m->graph, 4, .use_peepholes = true), top));
  const sumi_dynamic_rnn_t first = sumi_dynamic_rnn(layers, m->inputs[0],
                                                    .sequence_length = m->inputs[1]);
  const sumi_dynamic_rnn_t second = sumi_dynamic_rnn(layers, first.outputs, .scope = "again",
                                                     .initial_state = first.state);
  model_output(m, first.outputs);
  model_output(m, second.outputs);
  model_outputs(m, second.state);
}

static void time_major(model_run_t *m) {
  const sumi_tensor_t x = sumi_transpose(m->inputs[0], .perm = SUMI_AXES(1, 0, 2));
  const sumi_dynamic_rnn_t rnn = sumi_dynamic_rnn(sumi_basic_lstm_cell_new(m->graph, 3), x,
                                                  .time_major = true);
  model_output(m, rnn.outputs);
  model_outputs(m, rnn.state);
}

static void looped_both_ways(model_run_t *m, bool has_lengths) {
  sumi_bidirectional_dynamic_rnn_options_t options = {.struct_size = sizeof options};
  if (has_lengths) options.sequence_length = m->inputs[1];
  const sumi_bidirectional_dynamic_rnn_t rnn = sumi_bidirectional_dynamic_rnn_with(
      sumi_basic_rnn_cell_new(m->graph, 3), sumi_gru_cell_new(m->graph, 2), SUMI_HERE, m->inputs[0],
      &options);
  model_outputs(m, SUMI_TENSORS(rnn.outputs_fw, rnn.outputs_bw));
  model_outputs(m, rnn.state_fw);
  model_outputs(m, rnn.state_bw);
}

static void looped_bidirectional(model_run_t *m) {
  looped_both_ways(m, false);
}

static void looped_bidirectional_lengths(model_run_t *m) {
  looped_both_ways(m, true);
}

int main(int argc, char **argv) {
  static const model_entry_t entries[] = {
      {"basic", basic},
      {"relu", relu},
      {"gru", gru},
      {"basic_lstm", basic_lstm},
      {"lstm", lstm},
      {"full_lstm", full_lstm},
      {"layers", layers},
      {"shared", shared},
      {"bidirectional", bidirectional},
      {"looped", looped},
      {"time_major", time_major},
      {"looped_bidirectional", looped_bidirectional},
      {"looped_bidirectional_lengths", looped_bidirectional_lengths},
      {"bidirectional_lengths", bidirectional_lengths}};
  return model_main(argc, argv, entries, (int)(sizeof entries / sizeof *entries));
}
