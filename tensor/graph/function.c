/* The life of a function: its nodes are made between begin and end. */
#include "graph/flow.h"

#include <sumi/constants.h>

#include <string.h>

sumi_function_t *sumi__tensor_function_begin(sumi_graph_t *graph, const char *name,
                                             const sumi_function_t *of) {
  sumi_function_t *function = sumi__tensor_graph_calloc(graph, 1, sizeof *function);
  if (!function) return NULL;
  const sumi_status_t entered = sumi__tensor_names_enter(&graph->names, graph->arena, name);
  if (entered != SUMI_OK) {
    sumi__tensor_graph_adopt_failure(graph, entered);
    return NULL;
  }
  *function = (sumi_function_t){.graph = graph,
                                .name = sumi__tensor_names_scope(&graph->names),
                                .outer = graph->function,
                                .of = of,
                                .first = graph->op_count,
                                .last = graph->op_count,
                                .controls = graph->controls,
                                .resumed = graph->function};
  graph->function = function;
  graph->controls = NULL; /* the calling node has them */
  return function;
}

static sumi_status_t find_effects(sumi_function_t *function) {
  const sumi_graph_t *graph = function->graph;
  int count = 0;
  for (int i = function->first; i < function->last; ++i) {
    if (graph->ops[i]->function != function) continue;
    const unsigned flags = graph->ops[i]->type->def->flags;
    count += (flags & SUMI_OP_SIDE_EFFECT) != 0;
    function->stateful |= (flags & (SUMI_OP_STATEFUL | SUMI_OP_SIDE_EFFECT)) != 0;
  }
  function->effect_count = 0;
  function->effects = sumi__tensor_graph_calloc(function->graph, (size_t)count,
                                                sizeof *function->effects);
  if (!function->effects) return graph->status;
  for (int i = function->first; i < function->last; ++i) {
    sumi_op_t *op = graph->ops[i];
    if (op->function == function && (op->type->def->flags & SUMI_OP_SIDE_EFFECT))
      function->effects[function->effect_count++] = op;
  }
  return SUMI_OK;
}

sumi_status_t sumi__tensor_function_end(sumi_function_t *function, int result_count,
                                        const sumi_tensor_t *results) {
  sumi_graph_t *graph = function->graph;
  graph->function = function->resumed;
  graph->controls = function->controls;
  sumi__tensor_names_leave(&graph->names);
  if (graph->status != SUMI_OK) return graph->status;
  function->last = graph->op_count;
  function->result_count = result_count;
  function->results = sumi__tensor_graph_calloc(graph, (size_t)result_count,
                                                sizeof *function->results);
  if (!function->results) return graph->status;
  if (result_count) memcpy(function->results, results, (size_t)result_count * sizeof *results);
  return find_effects(function);
}

sumi_status_t sumi__tensor_function_reopen(sumi_function_t *function) {
  sumi_graph_t *graph = function->graph;
  const sumi_status_t status = sumi__tensor_names_enter(&graph->names, graph->arena,
                                                        function->name);
  if (status != SUMI_OK) return sumi__tensor_graph_adopt_failure(graph, status);
  function->controls = graph->controls;
  function->resumed = graph->function;
  graph->function = function;
  graph->controls = NULL;
  return SUMI_OK;
}

sumi_tensor_t sumi__tensor_function_parameter(const sumi_function_t *function, sumi_dtype_t dtype,
                                              sumi_dims_t dims) {
  const sumi_named_attr_t attrs[] = {{"dtype", {.kind = SUMI_ATTR_TYPE, .type = dtype}},
                                     {"shape", {.kind = SUMI_ATTR_SHAPE, .dims = dims}}};
  return sumi_node(&(sumi_node_spec_t){.site = SUMI_HERE,
                                       .graph = function->graph,
                                       .type = "Placeholder",
                                       .name = "input",
                                       .attr_count = 2,
                                       .attrs = attrs});
}

sumi_tensor_t sumi__tensor_of_number(sumi_graph_t *graph, sumi_site_t site, sumi_tensor_t tensor,
                                     sumi_dtype_t dtype) {
  if (!sumi_tensor_is_number(tensor) || graph->status != SUMI_OK) return tensor;
  return sumi_scalar_with(graph, site, dtype, tensor.number, NULL);
}

const sumi_function_t *sumi_op_function(const sumi_op_t *op) {
  return op ? op->function : NULL;
}

/* ---- What a function uses from outside ---- */

int sumi__tensor_list_find(const sumi__tensor_list_t *list, sumi_tensor_t tensor) {
  for (int i = 0; i < list->count; ++i)
    if (sumi__tensor_same(list->items[i], tensor)) return i;
  return -1;
}

sumi_status_t sumi__tensor_list_add(sumi_graph_t *graph, sumi__tensor_list_t *list,
                                    sumi_tensor_t tensor) {
  if (list->count == list->capacity) {
    const int capacity = list->capacity ? 2 * list->capacity : 8;
    sumi_tensor_t *items = sumi__tensor_graph_calloc(graph, (size_t)capacity, sizeof *items);
    if (!items) return graph->status;
    if (list->count) memcpy(items, list->items, (size_t)list->count * sizeof *items);
    list->items = items;
    list->capacity = capacity;
  }
  list->items[list->count++] = tensor;
  return SUMI_OK;
}

static sumi_status_t add_once(sumi_graph_t *graph, sumi__tensor_list_t *list,
                              sumi_tensor_t tensor) {
  return sumi__tensor_list_find(list, tensor) >= 0 ? SUMI_OK
                                                   : sumi__tensor_list_add(graph, list, tensor);
}

bool sumi__tensor_reads_variable(const sumi__tensor_list_t *variables, sumi_tensor_t tensor) {
  sumi_op_t *variable = sumi__tensor_variable_of(tensor);
  return variable && sumi__tensor_list_find(variables, (sumi_tensor_t){.op = variable}) >= 0;
}

static sumi_status_t add_variables(const sumi_function_t *function,
                                   sumi__tensor_list_t *variables) {
  const sumi_graph_t *graph = function->graph;
  for (int i = function->first; i < function->last; ++i) {
    const sumi_op_t *op = graph->ops[i];
    for (int k = 0; op->function == function && k < op->input_count; ++k)
      if (sumi__tensor_input_is_ref(op, k) && sumi__tensor_variable_of(op->inputs[k]))
        SUMI_TRY(add_once(function->graph, variables,
                          (sumi_tensor_t){.op = sumi__tensor_variable_of(op->inputs[k])}));
  }
  return SUMI_OK;
}

static sumi_status_t add_captured(const sumi_function_t *function, sumi_tensor_t tensor,
                                  sumi__tensor_list_t *captured,
                                  const sumi__tensor_list_t *variables) {
  if (!tensor.op || tensor.op->function == function) return SUMI_OK;
  if (sumi__tensor_reads_variable(variables, tensor)) return SUMI_OK;
  return add_once(function->graph, captured, tensor);
}

sumi_status_t sumi__tensor_function_uses(const sumi_function_t *function,
                                         sumi__tensor_list_t *captured,
                                         sumi__tensor_list_t *variables) {
  const sumi_graph_t *graph = function->graph;
  SUMI_TRY(add_variables(function, variables));
  for (int i = function->first; i < function->last; ++i) {
    const sumi_op_t *op = graph->ops[i];
    for (int k = 0; op->function == function && k < op->input_count; ++k)
      SUMI_TRY(add_captured(function, op->inputs[k], captured, variables));
  }
  for (int i = 0; i < function->result_count; ++i)
    SUMI_TRY(add_captured(function, function->results[i], captured, variables));
  return SUMI_OK;
}

/* ---- What the gradient of a call asks of it ---- */

int sumi__tensor_function_input(const sumi_function_t *function, sumi_tensor_t value) {
  for (int i = 0; i < function->input_count; ++i)
    if (function->inputs[i].op && sumi__tensor_same(function->inputs[i], value)) return i;
  return -1;
}

int sumi__tensor_flow_variable(const sumi_op_t *op, sumi_tensor_t value) {
  const sumi_op_t *variable = sumi__tensor_variable_of(value);
  for (int i = 0; variable && i < op->input_count; ++i)
    if (sumi__tensor_flow_changes(op, i) && op->inputs[i].op == variable) return i;
  return -1;
}

bool sumi__tensor_is_constant_inside(const sumi_function_t *outside, sumi_tensor_t value) {
  return value.op->type->def->source == SUMI_SOURCE_CONSTANT &&
         !sumi__tensor_function_sees(outside, value.op->function);
}

/* ---- The calling node ---- */

sumi_op_t *sumi__tensor_flow_node(sumi_graph_t *graph, sumi_site_t site, const char *name,
                                  sumi__tensor_flow_t *flow, sumi_tensors_t inputs,
                                  sumi_types_t outputs) {
  bool stateful = false;
  for (int i = 0; i < SUMI__FLOW_FUNCTIONS; ++i)
    stateful |= flow->functions[i] && flow->functions[i]->stateful;
  const char *const types[2][2] = {{"StatelessIf", "If"}, {"StatelessWhile", "While"}};
  const sumi_named_attr_t attrs[] = {{"flow", {.kind = SUMI_ATTR_POINTER, .pointer = flow}},
                                     {"Tout", {.kind = SUMI_ATTR_TYPES, .types = outputs}}};
  return sumi_node(&(sumi_node_spec_t){.site = site,
                                       .graph = graph,
                                       .type = types[flow->is_loop][stateful],
                                       .name = name,
                                       .inputs = inputs,
                                       .attr_count = 2,
                                       .attrs = attrs})
      .op;
}

sumi_status_t sumi__tensor_function_bind(sumi_function_t *function, int count,
                                         const sumi_tensor_t *inputs) {
  function->inputs = sumi__tensor_graph_calloc(function->graph, (size_t)count,
                                               sizeof *function->inputs);
  if (!function->inputs) return function->graph->status;
  function->input_count = count;
  if (count) memcpy(function->inputs, inputs, (size_t)count * sizeof *inputs);
  return SUMI_OK;
}

int sumi__tensor_flow_add_output(sumi_op_t *op, sumi_dtype_t dtype, sumi_dims_t dims) {
  const size_t count = (size_t)op->output_count;
  sumi__tensor_output_t *outputs = sumi__tensor_graph_calloc(op->graph, count + 1, sizeof *outputs);
  sumi_dtype_t *types = sumi__tensor_graph_calloc(op->graph, count + 1, sizeof *types);
  if (!outputs || !types) return -1;
  if (count) memcpy(outputs, op->outputs, count * sizeof *outputs);
  outputs[count] = (sumi__tensor_output_t){.dtype = dtype, .dims = dims};
  for (size_t i = 0; i <= count; ++i) types[i] = outputs[i].dtype;
  sumi_attr_t *attr = (sumi_attr_t *)(uintptr_t)sumi_op_attr(op, "Tout");
  attr->types = (sumi_types_t){(int)count + 1, types};
  op->outputs = outputs;
  return op->output_count++;
}

int sumi__tensor_function_add_result(sumi_function_t *function, sumi_tensor_t result) {
  const size_t count = (size_t)function->result_count;
  sumi_tensor_t *results = sumi__tensor_graph_calloc(function->graph, count + 1, sizeof *results);
  if (!results) return -1;
  if (count) memcpy(results, function->results, count * sizeof *results);
  results[count] = result;
  function->results = results;
  return function->result_count++;
}
