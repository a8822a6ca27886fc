/* sumi_while_loop: the test and the body are built once, then the node that runs them. */
#include "graph/flow.h"

#include <sumi/constants.h>

#include <string.h>

typedef struct loop {
  sumi_graph_t *graph;
  sumi_site_t site;
  const char *name;
  int count; /* of what is carried */
  sumi_tensor_t *carried;
  sumi__tensor_flow_t *flow;
  sumi_tensor_t *parameters[SUMI__FLOW_FUNCTIONS];
} loop_t;

static bool check_invariant(const loop_t *loop, int i, sumi_dims_t dims, const char *when) {
  const sumi_dims_t invariant = loop->flow->invariants[i];
  sumi_dims_t both;
  if (sumi_merge_dims(invariant, dims, &both) && sumi_dims_equal(both, dims)) return true;
  sumi__tensor_flow_refuse(loop->graph, loop->site,
                           "%s: carried %d, '%s', has shape %s %s, its invariant is %s; "
                           ".shape_invariants can say less",
                           loop->name, i, sumi_op_name(loop->carried[i].op),
                           sumi_dims_text(dims).text, when, sumi_dims_text(invariant).text);
  return false;
}

static bool take_carried(loop_t *loop, sumi_tensors_t carried, const sumi_dims_t *invariants) {
  for (int i = 0; i < loop->count; ++i) {
    const sumi_tensor_t given = sumi__tensor_of_number(loop->graph, loop->site, carried.list[i],
                                                       SUMI_FLOAT32);
    const sumi_dtype_t dtype = sumi_tensor_dtype(given);
    if (dtype == SUMI_DTYPE_INVALID || dtype == SUMI_STRING || given.op->graph != loop->graph) {
      sumi__tensor_flow_refuse(loop->graph, loop->site, "%s: carried %d is %s", loop->name, i,
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

/* What is carried, as the function sees it. */
static sumi_function_t *begin(loop_t *loop, int which, const char *name) {
  sumi_function_t *function = sumi__tensor_function_begin(loop->graph, name, NULL);
  sumi_tensor_t *parameters = sumi__tensor_graph_calloc(loop->graph, (size_t)loop->count,
                                                        sizeof *parameters);
  if (!function || !parameters) return NULL;
  for (int i = 0; i < loop->count; ++i)
    parameters[i] = sumi__tensor_function_parameter(function, sumi_tensor_dtype(loop->carried[i]),
                                                    loop->flow->invariants[i]);
  loop->flow->functions[which] = function;
  loop->parameters[which] = parameters;
  return loop->graph->status == SUMI_OK ? function : NULL;
}

static void build_test(loop_t *loop, sumi_loop_test_t test, void *data) {
  sumi_function_t *function = begin(loop, SUMI__TEST, "cond");
  if (!function) return;
  const sumi_tensor_t goes_on = test(loop->parameters[SUMI__TEST], data);
  const sumi_dims_t dims = sumi_tensor_dims(goes_on);
  if (sumi_tensor_dtype(goes_on) != SUMI_BOOL || dims.rank > 0 || goes_on.op->graph != loop->graph)
    sumi__tensor_flow_refuse(
        loop->graph, loop->site, "%s: the test is %s of shape %s, not one bool", loop->name,
        sumi_dtype_name(sumi_tensor_dtype(goes_on)), sumi_dims_text(dims).text);
  sumi__tensor_function_end(function, 1, &goes_on);
}

static void check_next(const loop_t *loop, const sumi_tensor_t *next) {
  for (int i = 0; i < loop->count && loop->graph->status == SUMI_OK; ++i) {
    const sumi_dtype_t dtype = sumi_tensor_dtype(next[i]),
                       want = sumi_tensor_dtype(loop->carried[i]);
    if (dtype != want || next[i].op->graph != loop->graph)
      sumi__tensor_flow_refuse(
          loop->graph, loop->site, "%s: carried %d, '%s', is %s and becomes %s after an iteration",
          loop->name, i, sumi_op_name(loop->carried[i].op), sumi_dtype_name(want),
          dtype == SUMI_DTYPE_INVALID ? "the null tensor"
          : dtype == want             ? "a tensor of another graph"
                                      : sumi_dtype_name(dtype));
    else
      check_invariant(loop, i, sumi_tensor_dims(next[i]), "after an iteration");
  }
}

static void build_body(loop_t *loop, sumi_loop_body_t body, void *data) {
  sumi_function_t *function = begin(loop, SUMI__BODY, "body");
  sumi_tensor_t *next = sumi__tensor_graph_calloc(loop->graph, (size_t)loop->count, sizeof *next);
  if (!function || !next) return;
  memcpy(next, loop->parameters[SUMI__BODY], (size_t)loop->count * sizeof *next);
  body(loop->parameters[SUMI__BODY], next, data);
  for (int i = 0; i < loop->count; ++i)
    next[i] = sumi__tensor_of_number(loop->graph, loop->site, next[i],
                                     sumi_tensor_dtype(loop->carried[i]));
  check_next(loop, next);
  sumi__tensor_function_end(function, loop->count, next);
}

static bool uses(const sumi_function_t *function, sumi_tensor_t tensor) {
  sumi__tensor_list_t captured = {0}, variables = {0};
  return sumi__tensor_function_uses(function, &captured, &variables) == SUMI_OK &&
         sumi__tensor_list_find(&captured, tensor) >= 0;
}

/* Limit, carried, captured, variables; and what they are inside. */
static sumi_op_t *make_node(loop_t *loop, int64_t maximum) {
  sumi_graph_t *graph = loop->graph;
  sumi__tensor_flow_t *flow = loop->flow;
  sumi__tensor_list_t captured = {0}, variables = {0}, inputs = {0};
  /* The body's variables are known before either function is looked through. */
  for (int round = 0; round < 2; ++round) {
    captured.count = 0;
    for (int f = 0; f < SUMI__FLOW_FUNCTIONS; ++f)
      if (sumi__tensor_function_uses(flow->functions[f], &captured, &variables) != SUMI_OK)
        return NULL;
  }
  flow->carried = loop->count;
  flow->captured = captured.count;
  flow->variables = variables.count;
  const sumi_tensor_t limit = sumi_scalar_with(graph, loop->site, SUMI_INT32, (double)maximum,
                                               NULL);
  if (graph->status != SUMI_OK) return NULL;
  sumi__tensor_list_add(graph, &inputs, limit);
  for (int i = 0; i < loop->count; ++i) sumi__tensor_list_add(graph, &inputs, loop->carried[i]);
  for (int i = 0; i < captured.count; ++i) sumi__tensor_list_add(graph, &inputs, captured.items[i]);
  for (int i = 0; i < variables.count; ++i)
    sumi__tensor_list_add(graph, &inputs, variables.items[i]);
  sumi_dtype_t *types = sumi__tensor_graph_calloc(graph, (size_t)loop->count + 1, sizeof *types);
  sumi_tensor_t *inside = sumi__tensor_graph_calloc(graph, (size_t)inputs.count, sizeof *inside);
  if (graph->status != SUMI_OK) return NULL;
  types[0] = SUMI_INT32;
  for (int i = 0; i < loop->count; ++i) types[i + 1] = sumi_tensor_dtype(loop->carried[i]);
  for (int f = 0; f < SUMI__FLOW_FUNCTIONS; ++f) {
    for (int i = 0; i < loop->count; ++i) inside[1 + i] = loop->parameters[f][i];
    for (int i = 0; i < captured.count; ++i) {
      const bool used = uses(flow->functions[f], captured.items[i]);
      inside[1 + loop->count + i] = used ? captured.items[i] : (sumi_tensor_t){0};
    }
    if (sumi__tensor_function_bind(flow->functions[f], inputs.count, inside) != SUMI_OK)
      return NULL;
  }
  const char *node_name = sumi__tensor_names_scope(&graph->names);
  return sumi__tensor_flow_node(graph, loop->site, node_name, flow,
                                (sumi_tensors_t){inputs.count, inputs.items},
                                (sumi_types_t){loop->count + 1, types});
}

static sumi_graph_t *graph_of(sumi_tensors_t tensors) {
  for (int i = 0; tensors.list && i < tensors.count; ++i)
    if (tensors.list[i].op) return tensors.list[i].op->graph;
  return NULL;
}

static sumi_op_t *build(loop_t *loop, sumi_loop_test_t test, sumi_loop_body_t body, void *data,
                        sumi_tensors_t carried, const sumi_while_loop_options_t *options) {
  sumi_graph_t *graph = loop->graph;
  loop->flow = sumi__tensor_graph_calloc(graph, 1, sizeof *loop->flow);
  loop->carried = sumi__tensor_graph_calloc(graph, (size_t)loop->count, sizeof *loop->carried);
  if (!loop->flow || !loop->carried) return NULL;
  *loop->flow = (sumi__tensor_flow_t){.is_loop = true};
  loop->flow->invariants = sumi__tensor_graph_calloc(graph, (size_t)loop->count,
                                                     sizeof *loop->flow->invariants);
  if (!loop->flow->invariants) return NULL;
  if (!take_carried(loop, carried, options->shape_invariants)) return NULL;
  build_test(loop, test, data);
  if (graph->status == SUMI_OK) build_body(loop, body, data);
  if (graph->status != SUMI_OK) return NULL;
  return make_node(loop, options->maximum_iterations ? options->maximum_iterations : -1);
}

sumi_op_t *sumi_while_loop_with(sumi_site_t site, sumi_loop_test_t test, sumi_loop_body_t body,
                                void *data, sumi_tensors_t carried, sumi_tensor_t *results,
                                const sumi_while_loop_options_t *given) {
  for (int i = 0; results && i < carried.count; ++i) results[i] = (sumi_tensor_t){0};
  sumi_graph_t *graph = graph_of(carried);
  sumi_while_loop_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given)) return NULL;
  if (!graph) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_while_loop: none of %d carried is a tensor",
              carried.count);
    return NULL;
  }
  if (graph->status != SUMI_OK) return NULL;
  loop_t loop = {.graph = graph,
                 .site = site,
                 .name = options.name ? options.name : "while",
                 .count = carried.count};
  if (!test || !body || !results || options.maximum_iterations < 0 ||
      options.maximum_iterations > INT32_MAX) {
    sumi__tensor_flow_refuse(graph, site, "%s: %s", loop.name,
                             !test      ? "the test is NULL"
                             : !body    ? "the body is NULL"
                             : !results ? "results is NULL"
                                        : "maximum_iterations is negative or more than 2^31 - 1");
    return NULL;
  }
  sumi_status_t status = sumi__tensor_register_flow();
  if (status == SUMI_OK) status = sumi__tensor_names_enter(&graph->names, graph->arena, loop.name);
  if (status != SUMI_OK) {
    sumi__tensor_graph_adopt_failure(graph, status);
    return NULL;
  }
  sumi_op_t *node = build(&loop, test, body, data, carried, &options);
  sumi__tensor_names_leave(&graph->names);
  for (int i = 0; node && i < loop.count; ++i) results[i] = sumi_op_output(node, 1 + i);
  return node;
}
