/* The variables that an optimizer keeps for each of the program's. Source of names: TensorFlow 1.15
 * python/training/slot_creator.py. */
#include "train/optimizer.h"

#include "train/variable.h"

/* Its name ends in "/": a slot has its scope's own name. */
static sumi_tensor_t slot_in(const sumi_variable_scope_t *scope, sumi_site_t site, sumi_dims_t dims,
                             sumi_dtype_t dtype, double first) {
  sumi_graph_t *graph = scope->graph;
  const char *name = sumi_arena_printf(graph->arena, "%s/", scope->name);
  if (!name) {
    sumi__tensor_graph_adopt_failure(graph, sumi_fail_alloc("an optimizer's variable", 0));
    return (sumi_tensor_t){0};
  }
  const sumi_tensor_t shared = sumi__tensor_stored_variable(graph->variable_store, name);
  if (shared.op) return shared;
  const sumi_variable_options_t options = {.not_trainable = true,
                                           .dtype = dtype,
                                           .initializer = {.kind = SUMI_INIT_CONSTANT, .a = first}};
  return sumi__tensor_named_variable(graph, site, name, dims, &options);
}

sumi_tensor_t sumi__tensor_make_slot(sumi_graph_t *graph, sumi_tensor_t variable, const char *kind,
                                     sumi_dims_t dims, sumi_dtype_t dtype, double first) {
  const sumi_op_t *owner = sumi__tensor_variable_of(variable);
  const char *name = sumi_arena_printf(graph->arena, "%s/%s", owner->name, kind);
  if (!name) sumi__tensor_graph_adopt_failure(graph, sumi_fail_alloc("an optimizer's variable", 0));
  const sumi_variable_scope_t *scope = sumi_variable_scope_begin(graph, NULL, .default_name = name);
  const sumi_tensor_t none = {0};
  const sumi_tensor_t slot = scope ? slot_in(scope, sumi_op_site(owner), dims, dtype, first) : none;
  sumi_variable_scope_end(graph);
  return slot;
}

void sumi__tensor_make_slots(sumi__tensor_update_t *update, const sumi__tensor_optimizer_t *kind,
                             sumi_tensor_t variable, sumi_tensor_t *slots) {
  sumi_graph_t *graph = update->graph;
  for (int i = 0; i < kind->slot_count && graph->status == SUMI_OK; ++i)
    slots[i] = sumi__tensor_make_slot(graph, variable, kind->name, sumi_tensor_dims(variable),
                                      sumi_tensor_dtype(variable),
                                      kind->first ? kind->first(update->optimizer, i) : 0);
}
