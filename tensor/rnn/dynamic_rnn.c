/* A cell in a loop over time. Source of behaviour: TensorFlow 1.15 python/ops/rnn.py. */
#include "rnn/over_time.h"

#include <sumi/control_flow.h>
#include <sumi/ops.h>
#include <sumi/options.h>

typedef struct loop {
  sumi_rnn_cell_t *cell;
  sumi_tensor_t lengths;
} loop_t;

/* Elements are an input [batch, size] and its time. */
static void body(const sumi_tensor_t *carried, const sumi_tensor_t *elements, sumi_tensor_t *next,
                 sumi_tensor_t *stacked, void *data) {
  const loop_t *loop = data;
  sumi_tensor_t is_within = {0};
  if (loop->lengths.op)
    is_within = sumi_expand_dims(
        sumi_less(sumi__tensor_cast(elements[1], sumi_tensor_dtype(loop->lengths)), loop->lengths),
        1);
  stacked[0] = sumi__tensor_rnn_step(loop->cell, elements[0], is_within, carried, next);
}

static bool is_sequence(sumi_graph_t *graph, sumi_tensor_t inputs) {
  if (inputs.op && sumi_tensor_dims(inputs).rank == 3) return true;
  sumi__tensor_graph_refuse_at(
      graph, graph->composite_site,
      "dynamic_rnn: inputs '%s' of shape %s; [batch, time, size] is wanted",
      inputs.op ? sumi_op_name(inputs.op) : "(none)",
      sumi_dims_text(sumi_tensor_dims(inputs)).text);
  return false;
}

static sumi_tensor_t time_first(sumi_tensor_t x) {
  return sumi_transpose(x, .perm = SUMI_AXES(1, 0, 2));
}

static sumi_dynamic_rnn_t run(sumi_rnn_cell_t *cell, sumi_tensor_t inputs,
                              const sumi_dynamic_rnn_options_t *options) {
  sumi_graph_t *graph = cell->graph;
  const int count = cell->def.state_count;
  const sumi_tensor_t x = options->time_major ? inputs : time_first(inputs);
  const sumi_tensor_t times = sumi_range(
      0, sumi__tensor_cast(sumi_index(sumi_shape(x), "0"), SUMI_INT32), 1);
  sumi_tensor_t *state = sumi__tensor_rnn_first_state(cell, x, 1, options->initial_state);
  sumi_tensor_t *last = sumi__tensor_graph_calloc(graph, (size_t)count, sizeof *last);
  sumi_tensor_t outputs = {0};
  if (!state || !last) return (sumi_dynamic_rnn_t){0};
  loop_t loop = {cell, options->sequence_length};
  sumi_scan_with(
      graph->composite_site, body, &loop, SUMI_TENSORS(x, times), SUMI_LIST(count, state), last,
      SUMI_OPTIONS(sumi_scan_options_t, .stack_count = 1, .stacks = &outputs, .name = "while"));
  if (!options->time_major) outputs = time_first(outputs);
  if (graph->status != SUMI_OK) return (sumi_dynamic_rnn_t){0};
  return (sumi_dynamic_rnn_t){outputs, SUMI_LIST(count, last)};
}

sumi_dynamic_rnn_t sumi_dynamic_rnn_with(sumi_rnn_cell_t *cell, sumi_site_t site,
                                         sumi_tensor_t inputs,
                                         const sumi_dynamic_rnn_options_t *given) {
  sumi_graph_t *graph = cell ? cell->graph : NULL;
  sumi_dynamic_rnn_t rnn = {0};
  sumi_dynamic_rnn_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given) || !graph)
    return rnn;
  if (!sumi__tensor_rnn_enter(graph, site, options.scope ? options.scope : "rnn")) return rnn;
  if (is_sequence(graph, inputs)) rnn = run(cell, inputs, &options);
  sumi__tensor_rnn_leave(graph);
  return rnn;
}

/* ---- In both directions ---- */

/* Each sequence from its end. */
static sumi_tensor_t reversed(sumi_tensor_t x, const sumi_bidirectional_dynamic_rnn_options_t *o) {
  const int64_t time = o->time_major ? 0 : 1;
  return o->sequence_length.op
             ? sumi_reverse_sequence(x, o->sequence_length, time, .batch_dim = 1 - time)
             : sumi_reverse(x, SUMI_AXES(time));
}

static sumi_bidirectional_dynamic_rnn_t both(sumi_rnn_cell_t *cell_fw, sumi_rnn_cell_t *cell_bw,
                                             sumi_tensor_t inputs,
                                             const sumi_bidirectional_dynamic_rnn_options_t *o) {
  const sumi_site_t site = cell_fw->graph->composite_site;
  const sumi_dynamic_rnn_t forward = sumi_dynamic_rnn_with(
      cell_fw, site, inputs,
      SUMI_OPTIONS(sumi_dynamic_rnn_options_t, .initial_state = o->initial_state_fw,
                   .sequence_length = o->sequence_length, .time_major = o->time_major,
                   .scope = "fw"));
  const sumi_dynamic_rnn_t backward = sumi_dynamic_rnn_with(
      cell_bw, site, reversed(inputs, o),
      SUMI_OPTIONS(sumi_dynamic_rnn_options_t, .initial_state = o->initial_state_bw,
                   .sequence_length = o->sequence_length, .time_major = o->time_major,
                   .scope = "bw"));
  const sumi_tensor_t in_order = reversed(backward.outputs, o);
  if (cell_fw->graph->status != SUMI_OK) return (sumi_bidirectional_dynamic_rnn_t){0};
  return (sumi_bidirectional_dynamic_rnn_t){forward.outputs, in_order, forward.state,
                                            backward.state};
}

sumi_bidirectional_dynamic_rnn_t
sumi_bidirectional_dynamic_rnn_with(sumi_rnn_cell_t *cell_fw, sumi_rnn_cell_t *cell_bw,
                                    sumi_site_t site, sumi_tensor_t inputs,
                                    const sumi_bidirectional_dynamic_rnn_options_t *given) {
  sumi_graph_t *graph = cell_fw ? cell_fw->graph : NULL;
  sumi_bidirectional_dynamic_rnn_t rnn = {0};
  sumi_bidirectional_dynamic_rnn_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given) || !graph ||
      !cell_bw)
    return rnn;
  if (!sumi__tensor_rnn_enter(graph, site, options.scope ? options.scope : "bidirectional_rnn"))
    return rnn;
  if (is_sequence(graph, inputs)) rnn = both(cell_fw, cell_bw, inputs, &options);
  sumi__tensor_rnn_leave(graph);
  return rnn;
}
