/* A cell unrolled over a list of inputs. Source of behaviour: TensorFlow 1.15 python/ops/rnn.py. */
#include "rnn/over_time.h"

#include <sumi/options.h>
#include <sumi/ops.h>

static bool is_usable(const sumi_rnn_cell_t *cell, sumi_tensors_t inputs) {
  if (!cell || cell->graph->status != SUMI_OK) return false;
  if (inputs.count < 1 || !inputs.list)
    sumi_graph_refuse(cell->graph, sumi_fail(SUMI_INVALID_ARGUMENT, "static_rnn: no inputs"),
                      cell->graph->composite_site);
  for (int i = 0; i < inputs.count; ++i)
    if (!inputs.list[i].op)
      sumi_graph_refuse(cell->graph,
                        sumi_fail(SUMI_INVALID_ARGUMENT, "static_rnn: input %d is no tensor", i),
                        cell->graph->composite_site);
  return cell->graph->status == SUMI_OK;
}

static sumi_static_rnn_t unroll(sumi_rnn_cell_t *cell, sumi_tensors_t inputs,
                                const sumi_rnn_options_t *options) {
  sumi_graph_t *graph = cell->graph;
  const int count = cell->def.state_count;
  sumi_tensor_t *state = sumi__tensor_rnn_first_state(cell, inputs.list[0], 0,
                                                      options->initial_state);
  sumi_tensor_t *next = sumi__tensor_graph_calloc(graph, (size_t)count, sizeof *next);
  sumi_tensor_t *outputs = sumi__tensor_graph_calloc(graph, (size_t)inputs.count, sizeof *outputs);
  const sumi_tensor_t lengths = options->sequence_length;
  for (int time = 0; state && next && outputs && time < inputs.count; ++time) {
    const sumi_tensor_t is_within = lengths.op ? sumi_expand_dims(sumi_less(time, lengths), 1)
                                               : lengths;
    outputs[time] = sumi__tensor_rnn_step(cell, inputs.list[time], is_within, state, next);
    for (int i = 0; i < count; ++i) state[i] = next[i];
  }
  if (graph->status != SUMI_OK) return (sumi_static_rnn_t){0};
  return (sumi_static_rnn_t){SUMI_LIST(inputs.count, outputs), SUMI_LIST(count, state)};
}

sumi_static_rnn_t sumi_static_rnn_with(sumi_rnn_cell_t *cell, sumi_site_t site,
                                       sumi_tensors_t inputs, const sumi_rnn_options_t *given) {
  sumi_graph_t *graph = cell ? cell->graph : NULL;
  sumi_static_rnn_t rnn = {0};
  sumi_rnn_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given) || !graph)
    return rnn;
  if (!sumi__tensor_rnn_enter(graph, site, options.scope ? options.scope : "rnn")) return rnn;
  if (is_usable(cell, inputs)) rnn = unroll(cell, inputs, &options);
  sumi__tensor_rnn_leave(graph);
  return rnn;
}

/* ---- In both directions ---- */

/* The list from its end; with lengths, each sequence from its own. */
static sumi_tensors_t reversed(sumi_graph_t *graph, sumi_tensors_t list, sumi_tensor_t lengths) {
  if (lengths.op)
    return sumi_outputs(sumi_unstack(
        sumi_reverse_sequence(sumi_stack(list), lengths, 0, .batch_dim = 1), .num = list.count));
  sumi_tensor_t *turned = sumi__tensor_graph_calloc(graph, (size_t)list.count, sizeof *turned);
  for (int i = 0; turned && i < list.count; ++i) turned[i] = list.list[list.count - 1 - i];
  return SUMI_LIST(turned ? list.count : 0, turned);
}

static sumi_static_bidirectional_rnn_t both(sumi_rnn_cell_t *cell_fw, sumi_rnn_cell_t *cell_bw,
                                            sumi_tensors_t inputs,
                                            const sumi_bidirectional_rnn_options_t *options) {
  sumi_graph_t *graph = cell_fw->graph;
  const sumi_site_t site = graph->composite_site;
  const sumi_tensor_t lengths = options->sequence_length;
  const sumi_static_rnn_t forward = sumi_static_rnn_with(
      cell_fw, site, inputs,
      SUMI_OPTIONS(sumi_rnn_options_t, .initial_state = options->initial_state_fw,
                   .sequence_length = lengths, .scope = "fw"));
  const sumi_static_rnn_t backward = sumi_static_rnn_with(
      cell_bw, site, reversed(graph, inputs, lengths),
      SUMI_OPTIONS(sumi_rnn_options_t, .initial_state = options->initial_state_bw,
                   .sequence_length = lengths, .scope = "bw"));
  if (graph->status != SUMI_OK) return (sumi_static_bidirectional_rnn_t){0};
  const sumi_tensors_t in_order = reversed(graph, backward.outputs, lengths);
  sumi_tensor_t *outputs = sumi__tensor_graph_calloc(graph, (size_t)inputs.count, sizeof *outputs);
  for (int i = 0; outputs && in_order.list && i < inputs.count; ++i)
    outputs[i] = sumi_concat(SUMI_TENSORS(forward.outputs.list[i], in_order.list[i]), 1);
  if (graph->status != SUMI_OK) return (sumi_static_bidirectional_rnn_t){0};
  return (sumi_static_bidirectional_rnn_t){SUMI_LIST(inputs.count, outputs), forward.state,
                                           backward.state};
}

sumi_static_bidirectional_rnn_t
sumi_static_bidirectional_rnn_with(sumi_rnn_cell_t *cell_fw, sumi_rnn_cell_t *cell_bw,
                                   sumi_site_t site, sumi_tensors_t inputs,
                                   const sumi_bidirectional_rnn_options_t *given) {
  sumi_graph_t *graph = cell_fw ? cell_fw->graph : NULL;
  sumi_static_bidirectional_rnn_t rnn = {0};
  sumi_bidirectional_rnn_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given) || !graph ||
      !cell_bw)
    return rnn;
  if (!sumi__tensor_rnn_enter(graph, site, options.scope ? options.scope : "bidirectional_rnn"))
    return rnn;
  if (is_usable(cell_fw, inputs)) rnn = both(cell_fw, cell_bw, inputs, &options);
  sumi__tensor_rnn_leave(graph);
  return rnn;
}
