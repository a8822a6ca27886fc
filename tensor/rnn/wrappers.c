/* Cells of cells. Source of behaviour: TensorFlow 1.15 python/ops/rnn_cell_impl.py. */
#include "rnn/cell.h"

#include <sumi/options.h>
#include <sumi/ops.h>

/* ---- Layers of cells ---- */

typedef struct layers {
  sumi_graph_t *graph;
  int count;
  sumi_rnn_cell_t **cells;
} layers_t;

static sumi_tensor_t layers_step(void *context, sumi_tensor_t input, const sumi_tensor_t *state,
                                 sumi_tensor_t *next) {
  const layers_t *layers = context;
  const sumi_site_t site = layers->graph->composite_site;
  sumi_tensor_t output = input;
  for (int i = 0, at = 0; i < layers->count && output.op; ++i) {
    const char *scope = sumi_arena_printf(layers->graph->arena, "cell_%d", i);
    if (!scope)
      sumi__tensor_graph_adopt_failure(layers->graph, sumi_fail_alloc("a cell's scope", 0));
    if (!sumi_variable_scope_begin_with(layers->graph, site, scope, NULL))
      return (sumi_tensor_t){0};
    output = sumi_rnn_cell_step_at(site, layers->cells[i], output, state + at, next + at);
    sumi_variable_scope_end(layers->graph);
    at += layers->cells[i]->def.state_count;
  }
  return output;
}

/* What is wrong with the list; the text is the thread's last message. */
static sumi_status_t check_cells(const sumi_graph_t *graph, sumi_rnn_cells_t cells) {
  if (cells.count < 1) return sumi_fail(SUMI_INVALID_ARGUMENT, "multi_rnn_cell: no cells");
  for (int i = 0; i < cells.count; ++i) {
    if (!cells.list[i])
      return sumi_fail(SUMI_INVALID_ARGUMENT, "multi_rnn_cell: cell %d is NULL", i);
    if (cells.list[i]->graph != graph)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "multi_rnn_cell: cell %d is of another graph", i);
    for (int k = 0; k < i; ++k)
      if (cells.list[k] == cells.list[i])
        return sumi_fail(SUMI_INVALID_ARGUMENT,
                         "multi_rnn_cell: cells %d and %d are the same; each layer needs its own",
                         k, i);
  }
  return SUMI_OK;
}

sumi_rnn_cell_t *sumi_multi_rnn_cell_new_at(sumi_site_t site, sumi_graph_t *graph,
                                            sumi_rnn_cells_t cells) {
  if (!graph || graph->status != SUMI_OK) return NULL;
  const sumi_status_t status = check_cells(graph, cells);
  if (status != SUMI_OK) {
    sumi_graph_refuse(graph, status, site);
    return NULL;
  }
  size_t count = 0;
  for (int i = 0; i < cells.count; ++i) count += (size_t)cells.list[i]->def.state_count;
  int64_t *sizes = sumi__tensor_graph_calloc(graph, count, sizeof *sizes);
  bool *is_memory = sumi__tensor_graph_calloc(graph, count, sizeof *is_memory);
  const layers_t layers = {
      graph, cells.count,
      sumi__tensor_cell_keep(graph, cells.list, (size_t)cells.count * sizeof *cells.list)};
  if (!sizes || !is_memory || !layers.cells) return NULL;
  for (int i = 0, at = 0; i < cells.count; ++i) {
    const sumi_rnn_cell_def_t *def = &cells.list[i]->def;
    for (int k = 0; k < def->state_count; ++k, ++at) {
      sizes[at] = def->state_sizes[k];
      is_memory[at] = def->is_memory && def->is_memory[k];
    }
  }
  return sumi_rnn_cell_new_with(
      graph, site,
      SUMI_OPTIONS(sumi_rnn_cell_def_t, .name = "multi_rnn_cell",
                   .output_size = cells.list[cells.count - 1]->def.output_size,
                   .state_count = (int)count, .state_sizes = sizes, .is_memory = is_memory,
                   .step = layers_step,
                   .context = sumi__tensor_cell_keep(graph, &layers, sizeof layers)));
}

/* ---- Wrappers: cells without variables of their own ---- */

typedef struct wrapped {
  sumi_rnn_cell_t *cell;
  sumi_dropout_wrapper_options_t keep;
} wrapped_t;

static sumi_rnn_cell_t *wrap(sumi_site_t site, const wrapped_t *wrapped, sumi_rnn_step_t step) {
  if (!wrapped->cell) return NULL;
  sumi_rnn_cell_def_t def = wrapped->cell->def;
  def.name = NULL, def.reuse = SUMI_REUSE_INHERITED;
  def.step = step;
  def.context = sumi__tensor_cell_keep(wrapped->cell->graph, wrapped, sizeof *wrapped);
  return sumi_rnn_cell_new_with(wrapped->cell->graph, site, &def);
}

static sumi_tensor_t dropped(sumi_tensor_t x, sumi_tensor_t keep_prob) {
  return sumi_tensor_is_null(keep_prob) || !x.op ? x : sumi_dropout(x, keep_prob);
}

static sumi_tensor_t dropout_step(void *context, sumi_tensor_t input, const sumi_tensor_t *state,
                                  sumi_tensor_t *next) {
  const wrapped_t *wrapped = context;
  const sumi_rnn_cell_def_t *def = &wrapped->cell->def;
  const sumi_tensor_t output = sumi_rnn_cell_step_at(
      wrapped->cell->graph->composite_site, wrapped->cell,
      dropped(input, wrapped->keep.input_keep_prob), state, next);
  for (int i = 0; i < def->state_count; ++i)
    if (!def->is_memory || !def->is_memory[i])
      next[i] = dropped(next[i], wrapped->keep.state_keep_prob);
  return dropped(output, wrapped->keep.output_keep_prob);
}

sumi_rnn_cell_t *sumi_dropout_wrapper_new_with(sumi_rnn_cell_t *cell, sumi_site_t site,
                                               const sumi_dropout_wrapper_options_t *given) {
  wrapped_t wrapped = {.cell = cell};
  if (!sumi__tensor_graph_options(cell ? cell->graph : NULL, site, &wrapped.keep,
                                  sizeof wrapped.keep, given))
    return NULL;
  return wrap(site, &wrapped, dropout_step);
}

static sumi_tensor_t residual_step(void *context, sumi_tensor_t input, const sumi_tensor_t *state,
                                   sumi_tensor_t *next) {
  const wrapped_t *wrapped = context;
  const sumi_tensor_t output = sumi_rnn_cell_step_at(wrapped->cell->graph->composite_site,
                                                     wrapped->cell, input, state, next);
  return output.op ? sumi_add(input, output) : output;
}

sumi_rnn_cell_t *sumi_residual_wrapper_new_at(sumi_site_t site, sumi_rnn_cell_t *cell) {
  return wrap(site, &(wrapped_t){.cell = cell}, residual_step);
}
