/* Cells: what they are made of, where their variables are, one step. Source of behaviour:
 * TensorFlow 1.15 python/ops/rnn_cell_impl.py. */
#include "rnn/cell.h"

#include <sumi/options.h>
#include <sumi/ops.h>

#include <string.h>

void *sumi__tensor_cell_keep(sumi_graph_t *graph, const void *context, size_t size_bytes) {
  if (!graph || graph->status != SUMI_OK) return NULL;
  void *kept = sumi__tensor_graph_calloc(graph, 1, size_bytes);
  if (kept) memcpy(kept, context, size_bytes);
  return kept;
}

static sumi_status_t check(const sumi_rnn_cell_def_t *def) {
  const char *name = def->name ? def->name : "rnn cell";
  if (!def->step || def->output_size < 1 || def->state_count < 0 ||
      (def->state_count > 0 && !def->state_sizes))
    return sumi_fail(
        SUMI_INVALID_ARGUMENT,
        "%s: output_size is %lld, state_count %d%s%s; a positive size, a size for each "
        "state and a step are wanted",
        name, (long long)def->output_size, def->state_count,
        def->state_sizes ? "" : " without state_sizes", def->step ? "" : ", step NULL");
  for (int i = 0; i < def->state_count; ++i)
    if (def->state_sizes[i] < 1)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: state %d has size %lld; 1 or more is wanted",
                       name, i, (long long)def->state_sizes[i]);
  return SUMI_OK;
}

static bool keep_def(sumi_rnn_cell_t *cell, const sumi_rnn_cell_def_t *def) {
  const size_t count = (size_t)def->state_count;
  cell->def = *def;
  if (def->name) cell->def.name = sumi__tensor_graph_strdup(cell->graph, def->name);
  if (count > 0)
    cell->def.state_sizes = sumi__tensor_cell_keep(cell->graph, def->state_sizes,
                                                   count * sizeof *def->state_sizes);
  if (count > 0 && def->is_memory)
    cell->def.is_memory = sumi__tensor_cell_keep(cell->graph, def->is_memory,
                                                 count * sizeof *def->is_memory);
  return cell->graph->status == SUMI_OK;
}

sumi_rnn_cell_t *sumi_rnn_cell_new_with(sumi_graph_t *graph, sumi_site_t site,
                                        const sumi_rnn_cell_def_t *given) {
  sumi_rnn_cell_def_t def;
  if (!sumi__tensor_graph_options(graph, site, &def, sizeof def, given)) return NULL;
  if (!graph || graph->status != SUMI_OK) return NULL;
  const sumi_status_t status = check(&def);
  if (status != SUMI_OK) {
    sumi_graph_refuse(graph, status, site);
    return NULL;
  }
  sumi_rnn_cell_t *cell = sumi__tensor_graph_calloc(graph, 1, sizeof *cell);
  if (!cell) return NULL;
  cell->graph = graph;
  return keep_def(cell, &def) ? cell : NULL;
}

int sumi_rnn_cell_state_count(const sumi_rnn_cell_t *cell) {
  return cell ? cell->def.state_count : 0;
}

int64_t sumi_rnn_cell_state_size(const sumi_rnn_cell_t *cell, int index) {
  return cell && index >= 0 && index < cell->def.state_count ? cell->def.state_sizes[index] : 0;
}

int64_t sumi_rnn_cell_output_size(const sumi_rnn_cell_t *cell) {
  return cell ? cell->def.output_size : 0;
}

/* Enters the cell's scope: that of the first step, where there was one. */
static bool enter(sumi_rnn_cell_t *cell, sumi_site_t site) {
  const sumi_rnn_cell_def_t *def = &cell->def;
  if (cell->scope)
    return sumi_variable_scope_reenter_with(
        cell->scope, site, SUMI_OPTIONS(sumi_variable_scope_options_t, .reuse = SUMI_REUSE));
  cell->scope = sumi_variable_scope_begin_with(
      cell->graph, site, def->reuse ? def->name : NULL,
      SUMI_OPTIONS(sumi_variable_scope_options_t, .default_name = def->name, .reuse = def->reuse));
  return cell->scope;
}

sumi_tensor_t sumi_rnn_cell_step_at(sumi_site_t site, sumi_rnn_cell_t *cell, sumi_tensor_t input,
                                    const sumi_tensor_t *state, sumi_tensor_t *next) {
  sumi_tensor_t output = {0};
  if (!cell || cell->graph->status != SUMI_OK || !input.op) return output;
  const bool has_scope = cell->def.name;
  if (has_scope && !enter(cell, site)) return output;
  sumi__tensor_composite_begin(cell->graph, site);
  const size_t bytes = (size_t)cell->def.state_count * sizeof *state;
  sumi_tensor_t *before = sumi__tensor_cell_keep(cell->graph, state, bytes);
  if (before) output = cell->def.step(cell->def.context, input, before, next);
  sumi__tensor_composite_end(cell->graph);
  if (has_scope) sumi_variable_scope_end(cell->graph);
  return output;
}

sumi_tensors_t sumi_rnn_cell_zero_state_at(sumi_site_t site, sumi_rnn_cell_t *cell,
                                           sumi_tensor_t batch, sumi_dtype_t dtype) {
  const sumi_tensors_t nothing = {0, NULL};
  if (!cell || cell->graph->status != SUMI_OK || sumi_tensor_is_null(batch)) return nothing;
  const int count = cell->def.state_count;
  sumi_tensor_t *zeros = sumi__tensor_graph_calloc(cell->graph, (size_t)count, sizeof *zeros);
  if (!zeros) return nothing;
  sumi__tensor_composite_begin(cell->graph, site);
  for (int i = 0; i < count; ++i)
    zeros[i] = sumi_zeros(cell->graph, SUMI_SHAPE(batch, (double)cell->def.state_sizes[i]),
                          .dtype = dtype);
  sumi__tensor_composite_end(cell->graph);
  return SUMI_LIST(count, zeros);
}

sumi_tensor_t sumi__tensor_cell_linear(sumi_tensor_t input, sumi_tensor_t h,
                                       const sumi__tensor_cell_linear_t *linear) {
  int64_t size;
  sumi_initializer_t zeros = linear->bias_initializer;
  if (zeros.kind == SUMI_INIT_DEFAULT) zeros = SUMI_ZEROS_INITIALIZER;
  if (!sumi__tensor_layer_size(input, linear->cell, 2, &size)) return (sumi_tensor_t){0};
  const sumi_tensor_t kernel = sumi__tensor_layer_variable(
      input, linear->kernel, SUMI_DIMS(size + linear->state_size, linear->units),
      linear->kernel_initializer, true);
  const sumi_tensor_t bias = sumi__tensor_layer_variable(input, linear->bias,
                                                         SUMI_DIMS(linear->units), zeros, true);
  return sumi_bias_add(sumi_matmul(sumi_concat(SUMI_TENSORS(input, h), 1), kernel), bias);
}
