/* sumi_cond: both branches are built, then the node that runs one of them. */
#include "graph/flow.h"

#include <string.h>

typedef struct choice {
  sumi_graph_t *graph;
  sumi_site_t site;
  const char *name;
  sumi_tensor_t which;
  int count; /* of results */
  sumi__tensor_flow_t *flow;
} choice_t;

/* Numbers stay until the other branch says what they are. */
static void build_branch(const choice_t *c, int which, const char *name, sumi_branch_fn_t branch,
                         void *data) {
  sumi_function_t *function = sumi__tensor_function_begin(c->graph, name, NULL);
  sumi_tensor_t *results = sumi__tensor_graph_calloc(c->graph, (size_t)c->count, sizeof *results);
  if (!function || !results) return;
  c->flow->functions[which] = function;
  branch(c->graph, results, data);
  for (int i = 0; i < c->count && c->graph->status == SUMI_OK; ++i)
    if (sumi_tensor_is_null(results[i]) || (results[i].op && results[i].op->graph != c->graph))
      sumi__tensor_graph_refuse_at(c->graph, c->site, "%s: result %d of the %s branch is %s",
                                   c->name, i, name,
                                   results[i].op ? "a tensor of another graph" : "the null tensor");
  sumi__tensor_function_end(function, c->count, results);
}

static void settle_numbers(const choice_t *c, int which) {
  sumi_function_t *function = c->flow->functions[which];
  const sumi_function_t *other = c->flow->functions[1 - which];
  bool numbers = false;
  for (int i = 0; i < c->count; ++i) numbers |= sumi_tensor_is_number(function->results[i]);
  if (!numbers || sumi__tensor_function_reopen(function) != SUMI_OK) return;
  for (int i = 0; i < c->count; ++i) {
    const sumi_dtype_t dtype = sumi_tensor_dtype(other->results[i]);
    function->results[i] = sumi__tensor_of_number(c->graph, c->site, function->results[i],
                                                  dtype == SUMI_DTYPE_INVALID ? SUMI_FLOAT32
                                                                              : dtype);
  }
  sumi__tensor_function_end(function, c->count, function->results);
}

static bool check_dtypes(const choice_t *c) {
  for (int i = 0; i < c->count; ++i) {
    const sumi_dtype_t then = sumi_tensor_dtype(c->flow->functions[SUMI__THEN]->results[i]);
    const sumi_dtype_t otherwise = sumi_tensor_dtype(c->flow->functions[SUMI__ELSE]->results[i]);
    if (then == otherwise) continue;
    sumi__tensor_graph_refuse_at(c->graph, c->site,
                                 "%s: result %d is %s in one branch and %s in the other", c->name,
                                 i, sumi_dtype_name(then), sumi_dtype_name(otherwise));
    return false;
  }
  return true;
}

static sumi_op_t *make_node(const choice_t *c) {
  sumi_graph_t *graph = c->graph;
  sumi__tensor_list_t captured = {0}, variables = {0}, inputs = {0}, own[2] = {{0}, {0}};
  for (int round = 0; round < 2; ++round) { /* the variables of both first */
    captured.count = 0;
    for (int f = 0; f < SUMI__FLOW_FUNCTIONS; ++f)
      if (sumi__tensor_function_uses(c->flow->functions[f], &captured, &variables) != SUMI_OK)
        return NULL;
  }
  for (int f = 0; f < SUMI__FLOW_FUNCTIONS; ++f)
    if (sumi__tensor_function_uses(c->flow->functions[f], &own[f], &variables) != SUMI_OK)
      return NULL;
  c->flow->captured = captured.count;
  c->flow->variables = variables.count;
  sumi__tensor_list_add(graph, &inputs, c->which);
  for (int i = 0; i < captured.count; ++i) sumi__tensor_list_add(graph, &inputs, captured.items[i]);
  for (int i = 0; i < variables.count; ++i)
    sumi__tensor_list_add(graph, &inputs, variables.items[i]);
  sumi_tensor_t *inside = sumi__tensor_graph_calloc(graph, (size_t)inputs.count, sizeof *inside);
  sumi_dtype_t *types = sumi__tensor_graph_calloc(graph, (size_t)c->count, sizeof *types);
  if (graph->status != SUMI_OK) return NULL;
  for (int i = 0; i < c->count; ++i)
    types[i] = sumi_tensor_dtype(c->flow->functions[SUMI__THEN]->results[i]);
  for (int f = 0; f < SUMI__FLOW_FUNCTIONS; ++f) {
    for (int i = 0; i < captured.count; ++i) {
      const bool used = sumi__tensor_list_find(&own[f], captured.items[i]) >= 0;
      inside[1 + i] = used ? captured.items[i] : (sumi_tensor_t){0};
    }
    if (sumi__tensor_function_bind(c->flow->functions[f], inputs.count, inside) != SUMI_OK)
      return NULL;
  }
  return sumi__tensor_flow_node(graph, c->site, sumi__tensor_names_scope(&graph->names), c->flow,
                                (sumi_tensors_t){inputs.count, inputs.items},
                                (sumi_types_t){c->count, types});
}

static sumi_op_t *build(choice_t *c, sumi_branch_fn_t then, sumi_branch_fn_t otherwise,
                        void *data) {
  c->flow = sumi__tensor_graph_calloc(c->graph, 1, sizeof *c->flow);
  if (!c->flow) return NULL;
  build_branch(c, SUMI__THEN, "true", then, data);
  if (c->graph->status == SUMI_OK) build_branch(c, SUMI__ELSE, "false", otherwise, data);
  if (c->graph->status == SUMI_OK) settle_numbers(c, SUMI__THEN);
  if (c->graph->status == SUMI_OK) settle_numbers(c, SUMI__ELSE);
  if (c->graph->status != SUMI_OK || !check_dtypes(c)) return NULL;
  return make_node(c);
}

static const char *wrong_argument(sumi_tensor_t which, sumi_branch_fn_t then,
                                  sumi_branch_fn_t otherwise, int count,
                                  const sumi_tensor_t *results) {
  if (sumi_tensor_dtype(which) != SUMI_BOOL || sumi_tensor_dims(which).rank > 0)
    return "what decides is not one bool";
  if (!then || !otherwise) return "a branch is NULL";
  if (count < 0 || count > SUMI__MAX_INPUTS) return "a number of results below 0, or too large";
  return count > 0 && !results ? "results is NULL" : NULL;
}

sumi_op_t *sumi_cond_with(sumi_tensor_t which, sumi_site_t site, sumi_branch_fn_t then,
                          sumi_branch_fn_t otherwise, void *data, int count, sumi_tensor_t *results,
                          const sumi_cond_options_t *given) {
  for (int i = 0; results && i < count; ++i) results[i] = (sumi_tensor_t){0};
  sumi_graph_t *graph = sumi_tensor_graph(which);
  sumi_cond_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given)) return NULL;
  if (!graph) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_cond: what decides is not a tensor");
    return NULL;
  }
  if (graph->status != SUMI_OK) return NULL;
  choice_t c = {.graph = graph,
                .site = site,
                .name = options.name ? options.name : "cond",
                .which = which,
                .count = count};
  const char *wrong = wrong_argument(which, then, otherwise, count, results);
  if (wrong) {
    sumi__tensor_graph_refuse_at(graph, site, "%s: %s", c.name, wrong);
    return NULL;
  }
  sumi_status_t status = sumi__tensor_register_flow();
  if (status == SUMI_OK) status = sumi__tensor_names_enter(&graph->names, graph->arena, c.name);
  if (status != SUMI_OK) {
    sumi__tensor_graph_adopt_failure(graph, status);
    return NULL;
  }
  sumi_op_t *node = build(&c, then, otherwise, data);
  sumi__tensor_names_leave(&graph->names);
  for (int i = 0; node && i < count; ++i) results[i] = sumi_op_output(node, i);
  return node;
}
