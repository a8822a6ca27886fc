/* Making a loop: parameters, checks, and the node. */
#include "graph/loop_build.h"

#include <sumi/constants.h>

#include <string.h>

static bool check_invariant(const sumi__tensor_loop_t *loop, int i, sumi_dims_t dims,
                            const char *when) {
  const sumi_dims_t invariant = loop->flow->invariants[i];
  sumi_dims_t both;
  if (sumi_merge_dims(invariant, dims, &both) && sumi_dims_equal(both, dims)) return true;
  sumi__tensor_graph_refuse_at(loop->graph, loop->site,
                               "%s: carried %d, '%s', has shape %s %s, its invariant is %s; "
                               ".shape_invariants can say less",
                               loop->name, i, sumi_op_name(loop->carried[i].op),
                               sumi_dims_text(dims).text, when, sumi_dims_text(invariant).text);
  return false;
}

static bool take_carried(sumi__tensor_loop_t *loop, sumi_tensors_t carried,
                         const sumi_dims_t *invariants) {
  for (int i = 0; i < loop->count; ++i) {
    const sumi_tensor_t given = sumi__tensor_of_number(loop->graph, loop->site, carried.list[i],
                                                       SUMI_FLOAT32);
    const sumi_dtype_t dtype = sumi_tensor_dtype(given);
    if (dtype == SUMI_DTYPE_INVALID || dtype == SUMI_STRING || given.op->graph != loop->graph) {
      sumi__tensor_graph_refuse_at(loop->graph, loop->site, "%s: carried %d is %s", loop->name, i,
                                   dtype == SUMI_STRING          ? "text, which loops do not carry"
                                   : dtype == SUMI_DTYPE_INVALID ? "not a tensor"
                                                                 : "of another graph");
      return false;
    }
    loop->carried[i] = given;
    loop->flow->invariants[i] = invariants ? invariants[i] : sumi_tensor_dims(given);
    if (!check_invariant(loop, i, sumi_tensor_dims(given), "before the loop")) return false;
  }
  return loop->graph->status == SUMI_OK;
}

bool sumi__tensor_loop_begin(sumi__tensor_loop_t *loop, sumi_tensors_t carried,
                             const sumi_dims_t *invariants) {
  sumi_graph_t *graph = loop->graph;
  sumi_status_t status = sumi__tensor_register_flow();
  if (status == SUMI_OK) status = sumi__tensor_names_enter(&graph->names, graph->arena, loop->name);
  if (status != SUMI_OK) {
    sumi__tensor_graph_adopt_failure(graph, status);
    return false;
  }
  const size_t count = (size_t)loop->count;
  loop->flow = sumi__tensor_graph_calloc(graph, 1, sizeof *loop->flow);
  loop->carried = sumi__tensor_graph_calloc(graph, count, sizeof *loop->carried);
  sumi_dims_t *dims = sumi__tensor_graph_calloc(graph, count, sizeof *dims);
  if (!loop->flow || !loop->carried || !dims) return false;
  *loop->flow = (sumi__tensor_flow_t){.carried = loop->count,
                                      .scanned = loop->element_count,
                                      .is_loop = true,
                                      .reverse = loop->reverse,
                                      .strict_stacks = loop->stack_count,
                                      .invariants = dims};
  return take_carried(loop, carried, invariants);
}

void sumi__tensor_loop_end(const sumi__tensor_loop_t *loop) {
  sumi__tensor_names_leave(&loop->graph->names);
}

static sumi_dims_t element_dims(sumi_tensor_t list) {
  const sumi_dims_t dims = sumi_tensor_dims(list);
  return dims.rank < 1 ? SUMI_DIMS_UNKNOWN : sumi_dims_make(dims.rank - 1, dims.size + 1);
}

sumi_function_t *sumi__tensor_loop_function(sumi__tensor_loop_t *loop, int which,
                                            const char *name) {
  sumi_function_t *function = sumi__tensor_function_begin(loop->graph, name, NULL);
  const int elements = which == SUMI__BODY ? loop->element_count : 0;
  sumi_tensor_t *parameters = sumi__tensor_graph_calloc(
      loop->graph, (size_t)loop->count + (size_t)elements, sizeof *parameters);
  if (!function || !parameters) return NULL;
  for (int i = 0; i < loop->count; ++i)
    parameters[i] = sumi__tensor_function_parameter(function, sumi_tensor_dtype(loop->carried[i]),
                                                    loop->flow->invariants[i]);
  for (int i = 0; i < elements; ++i)
    parameters[loop->count + i] = sumi__tensor_function_parameter(
        function, sumi_tensor_dtype(loop->elements[i]), element_dims(loop->elements[i]));
  loop->flow->functions[which] = function;
  loop->parameters[which] = parameters;
  return loop->graph->status == SUMI_OK ? function : NULL;
}

static void check_next(const sumi__tensor_loop_t *loop, const sumi_tensor_t *next) {
  for (int i = 0; i < loop->count && loop->graph->status == SUMI_OK; ++i) {
    const sumi_dtype_t dtype = sumi_tensor_dtype(next[i]),
                       want = sumi_tensor_dtype(loop->carried[i]);
    if (dtype != want || next[i].op->graph != loop->graph)
      sumi__tensor_graph_refuse_at(
          loop->graph, loop->site, "%s: carried %d, '%s', is %s and becomes %s after an iteration",
          loop->name, i, sumi_op_name(loop->carried[i].op), sumi_dtype_name(want),
          dtype == SUMI_DTYPE_INVALID ? "the null tensor"
          : dtype == want             ? "a tensor of another graph"
                                      : sumi_dtype_name(dtype));
    else
      check_invariant(loop, i, sumi_tensor_dims(next[i]), "after an iteration");
  }
}

static void check_stacked(const sumi__tensor_loop_t *loop, const sumi_tensor_t *stacked) {
  for (int i = 0; i < loop->stack_count; ++i) {
    const sumi_dtype_t dtype = sumi_tensor_dtype(stacked[i]);
    if (dtype == SUMI_DTYPE_INVALID || dtype == SUMI_STRING ||
        sumi_tensor_graph(stacked[i]) != loop->graph)
      sumi__tensor_graph_refuse_at(loop->graph, loop->site, "%s: stacked %d is %s", loop->name, i,
                                   dtype == SUMI_STRING          ? "text, which loops do not stack"
                                   : dtype == SUMI_DTYPE_INVALID ? "not a tensor"
                                                                 : "of another graph");
  }
}

void sumi__tensor_loop_end_body(sumi__tensor_loop_t *loop, sumi_tensor_t *next) {
  for (int i = 0; i < loop->count; ++i)
    next[i] = sumi__tensor_of_number(loop->graph, loop->site, next[i],
                                     sumi_tensor_dtype(loop->carried[i]));
  for (int i = loop->count; i < loop->count + loop->stack_count; ++i)
    next[i] = sumi__tensor_of_number(loop->graph, loop->site, next[i], SUMI_FLOAT32);
  if (loop->graph->status == SUMI_OK) check_next(loop, next);
  if (loop->graph->status == SUMI_OK) check_stacked(loop, next + loop->count);
  sumi__tensor_function_end(loop->flow->functions[SUMI__BODY], loop->count + loop->stack_count,
                            next);
}

/* ---- The node ---- */

static void append(sumi_graph_t *graph, sumi__tensor_list_t *all, int count,
                   const sumi_tensor_t *list) {
  for (int i = 0; i < count; ++i) sumi__tensor_list_add(graph, all, list[i]);
}

/* What both functions use from outside. The variables that either changes are known before what
 * they capture is listed. */
static sumi_status_t find_uses(const sumi__tensor_flow_t *flow, sumi__tensor_list_t *captured,
                               sumi__tensor_list_t *variables) {
  for (int round = 0; round < 2; ++round) {
    captured->count = 0;
    for (int f = 0; f < SUMI__FLOW_FUNCTIONS; ++f)
      if (flow->functions[f])
        SUMI_TRY(sumi__tensor_function_uses(flow->functions[f], captured, variables));
  }
  return SUMI_OK;
}

static sumi_status_t bind(const sumi__tensor_loop_t *loop, int which,
                          const sumi__tensor_list_t *captured, sumi__tensor_list_t *variables,
                          int input_count) {
  sumi_function_t *function = loop->flow->functions[which];
  sumi_tensor_t *inside = sumi__tensor_graph_calloc(loop->graph, (size_t)input_count,
                                                    sizeof *inside);
  sumi__tensor_list_t own = {0};
  if (!inside || sumi__tensor_function_uses(function, &own, variables) != SUMI_OK)
    return loop->graph->status;
  const int parameters = loop->count + (which == SUMI__BODY ? loop->element_count : 0);
  for (int i = 0; i < parameters; ++i) inside[1 + i] = loop->parameters[which][i];
  for (int i = 0; i < captured->count; ++i)
    if (sumi__tensor_list_find(&own, captured->items[i]) >= 0)
      inside[1 + loop->count + loop->element_count + i] = captured->items[i];
  return sumi__tensor_function_bind(function, input_count, inside);
}

sumi_op_t *sumi__tensor_loop_node(sumi__tensor_loop_t *loop) {
  sumi_graph_t *graph = loop->graph;
  sumi__tensor_flow_t *flow = loop->flow;
  sumi__tensor_list_t captured = {0}, variables = {0}, inputs = {0};
  if (find_uses(flow, &captured, &variables) != SUMI_OK) return NULL;
  flow->captured = captured.count;
  flow->variables = variables.count;
  append(graph, &inputs, 1, &loop->limit);
  append(graph, &inputs, loop->count, loop->carried);
  append(graph, &inputs, loop->element_count, loop->elements);
  append(graph, &inputs, captured.count, captured.items);
  append(graph, &inputs, variables.count, variables.items);
  const sumi_function_t *body = flow->functions[SUMI__BODY];
  sumi_dtype_t *types = sumi__tensor_graph_calloc(graph, (size_t)body->result_count + 1,
                                                  sizeof *types);
  if (graph->status != SUMI_OK) return NULL;
  types[0] = SUMI_INT32;
  for (int i = 0; i < body->result_count; ++i) types[1 + i] = sumi_tensor_dtype(body->results[i]);
  for (int f = 0; f < SUMI__FLOW_FUNCTIONS; ++f)
    if (flow->functions[f] && bind(loop, f, &captured, &variables, inputs.count) != SUMI_OK)
      return NULL;
  return sumi__tensor_flow_node(graph, loop->site, sumi__tensor_names_scope(&graph->names), flow,
                                (sumi_tensors_t){inputs.count, inputs.items},
                                (sumi_types_t){1 + body->result_count, types});
}
