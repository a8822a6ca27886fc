#include "rnn/over_time.h"

#include <sumi/ops.h>

sumi_tensor_t *sumi__tensor_rnn_first_state(sumi_rnn_cell_t *cell, sumi_tensor_t input, int batch,
                                            sumi_tensors_t given) {
  const int count = cell->def.state_count;
  if (given.list && given.count != count) {
    sumi_graph_refuse(cell->graph,
                      sumi_fail(SUMI_INVALID_ARGUMENT,
                                "the initial state has %d tensors, that of the cell has %d",
                                given.count, count),
                      cell->graph->composite_site);
    return NULL;
  }
  if (!given.list)
    given = sumi_rnn_cell_zero_state_at(cell->graph->composite_site, cell,
                                        sumi__tensor_size_of(input, batch),
                                        sumi_tensor_dtype(input));
  return given.list
             ? sumi__tensor_cell_keep(cell->graph, given.list, (size_t)count * sizeof *given.list)
             : NULL;
}

sumi_tensor_t sumi__tensor_rnn_step(sumi_rnn_cell_t *cell, sumi_tensor_t input,
                                    sumi_tensor_t is_within, const sumi_tensor_t *state,
                                    sumi_tensor_t *next) {
  const sumi_tensor_t output = sumi_rnn_cell_step_at(cell->graph->composite_site, cell, input,
                                                     state, next);
  if (!output.op || !is_within.op) return output;
  for (int i = 0; i < cell->def.state_count; ++i)
    next[i] = sumi_select(is_within, next[i], state[i]);
  return sumi_select(is_within, output, 0);
}

bool sumi__tensor_rnn_enter(sumi_graph_t *graph, sumi_site_t site, const char *name) {
  if (!sumi_variable_scope_begin_with(graph, site, name, NULL)) return false;
  sumi__tensor_composite_begin(graph, site);
  return true;
}

void sumi__tensor_rnn_leave(sumi_graph_t *graph) {
  sumi__tensor_composite_end(graph);
  sumi_variable_scope_end(graph);
}
