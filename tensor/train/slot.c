/* The variables that an optimizer keeps for each of the program's. */
#include "train/optimizer.h"

#include "train/variable.h"

static const sumi_variable_options_t slot_options = {.not_trainable = true,
                                                     .initializer = {.kind = SUMI_INIT_CONSTANT}};

sumi_tensor_t sumi__tensor_slot(sumi__tensor_update_t *update, sumi_tensor_t variable,
                                const char *name) {
  sumi_tensor_t slot = {0};
  sumi_graph_t *graph = update->graph;
  const sumi_op_t *owner = sumi__tensor_variable_of(variable);
  if (sumi__tensor_scope_enter_below(graph, sumi_op_site(owner), owner) != SUMI_OK) return slot;
  sumi_variable_options_t options = slot_options;
  options.dtype = sumi_tensor_dtype(variable);
  slot = sumi__tensor_new_variable(graph, sumi_op_site(owner), name, sumi_tensor_dims(variable),
                                   &options);
  sumi__tensor_scope_leave(graph);
  return slot;
}
