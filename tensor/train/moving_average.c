/* Averages of variables. Source of names and formulas: TensorFlow 1.15
 * python/training/moving_averages.py. */
#include "graph/apply.h"

#include <sumi/moving_average.h>
#include <sumi/ops.h>

/* The variables themselves, not their reads, which do not wait for what an update waits for. */
typedef struct pair {
  sumi_tensor_t variable, average;
  struct pair *next;
} pair_t;

struct sumi_moving_average {
  sumi_graph_t *graph;
  double decay;
  sumi_tensor_t num_updates; /* null: not given */
  const char *name;
  int count;
  pair_t *pairs;
};

sumi_moving_average_t *sumi_moving_average_new_with(sumi_graph_t *graph, sumi_site_t site,
                                                    double decay,
                                                    const sumi_moving_average_options_t *given) {
  sumi_moving_average_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given)) return NULL;
  if (!graph || graph->status != SUMI_OK) return NULL;
  if (!(decay >= 0 && decay <= 1)) {
    sumi__tensor_graph_refuse_at(graph, site,
                                 "the decay of a moving average is %g; 0 to 1 is allowed", decay);
    return NULL;
  }
  sumi_moving_average_t *made = sumi__tensor_graph_calloc(graph, 1, sizeof *made);
  const char *name = sumi__tensor_graph_strdup(graph, options.name ? options.name
                                                                   : "ExponentialMovingAverage");
  if (!made || !name) return NULL;
  *made = (sumi_moving_average_t){
      .graph = graph, .decay = decay, .num_updates = options.num_updates, .name = name};
  return made;
}

static const pair_t *pair_of(const sumi_moving_average_t *averages, const sumi_op_t *variable) {
  for (const pair_t *pair = averages->pairs; pair; pair = pair->next)
    if (sumi__tensor_variable_of(pair->variable) == variable) return pair;
  return NULL;
}

sumi_tensor_t sumi_moving_average_of(const sumi_moving_average_t *averages,
                                     sumi_tensor_t variable) {
  const sumi_op_t *op = sumi__tensor_variable_of(variable);
  const pair_t *pair = averages && op ? pair_of(averages, op) : NULL;
  return pair ? pair->average : (sumi_tensor_t){0};
}

/* What the variable's first Assign gives it, so that both start alike. */
static sumi_tensor_t first_value(sumi_graph_t *graph, sumi_site_t site, const sumi_op_t *variable) {
  const char *name = sumi_arena_printf(graph->arena, "%s/Assign", variable->name);
  if (!name) sumi__tensor_graph_adopt_failure(graph, sumi_fail_alloc("a moving average", 0));
  const sumi_op_t *assign = name ? sumi_graph_find_op(graph, name) : NULL;
  const sumi_tensor_t first = assign ? sumi_op_input(assign, 1) : (sumi_tensor_t){0};
  if (name && !first.op)
    sumi__tensor_graph_refuse_at(
        graph, site, "the moving average of '%s': there is no node '%s' with its first value",
        variable->name, name);
  return first;
}

/* An absolute name, and no control inputs: a first value waits for nothing. */
static sumi_tensor_t average_variable(sumi_moving_average_t *averages, sumi_site_t site,
                                      const sumi_op_t *variable) {
  sumi_graph_t *graph = averages->graph;
  sumi_tensor_t average = {0};
  const char *name = sumi_arena_printf(graph->arena, "%s/%s", variable->name, averages->name);
  if (!name) sumi__tensor_graph_adopt_failure(graph, sumi_fail_alloc("a moving average", 0));
  const sumi_tensor_t first = first_value(graph, site, variable);
  if (!name || !first.op || sumi__tensor_scope_enter(graph, site, "") != SUMI_OK) return average;
  sumi__tensor_control_scope_t *controls = graph->controls;
  graph->controls = NULL;
  average = sumi_variable(first, .name = name, .not_trainable = true);
  graph->controls = controls;
  sumi__tensor_scope_leave(graph);
  return average;
}

static const pair_t *add_pair(sumi_moving_average_t *averages, sumi_site_t site,
                              sumi_tensor_t variable) {
  sumi_op_t *op = sumi__tensor_variable_of(variable);
  if (!op || !sumi_dtype_is_floating(sumi_tensor_dtype(variable))) {
    sumi__tensor_graph_refuse_at(averages->graph, site,
                                 "the moving average of '%s': it is no floating variable",
                                 sumi_op_name(variable.op));
    return NULL;
  }
  const pair_t *known = pair_of(averages, op);
  if (known) return known;
  const sumi_tensor_t average = average_variable(averages, site, op);
  pair_t *pair = average.op ? sumi__tensor_graph_calloc(averages->graph, 1, sizeof *pair) : NULL;
  if (!pair) return NULL;
  *pair = (pair_t){sumi_op_output(op, 0), sumi_op_output(sumi__tensor_variable_of(average), 0),
                   averages->pairs};
  averages->pairs = pair;
  ++averages->count;
  return pair;
}

static sumi_tensor_t decay_now(const sumi_moving_average_t *averages) {
  if (!averages->num_updates.op) return sumi_tensor_of_number(averages->decay);
  sumi_op_t *counter = sumi__tensor_variable_of(averages->num_updates);
  const sumi_tensor_t given = counter ? sumi_op_output(counter, 0) : averages->num_updates;
  const sumi_tensor_t count = sumi__tensor_cast(given, SUMI_FLOAT32);
  return sumi_minimum(sumi_div(sumi_add(count, 1), sumi_add(count, 10)), averages->decay);
}

/* average -= (average - variable) * (1 - decay) */
static sumi_op_t *update(const pair_t *pair, sumi_tensor_t decay) {
  const sumi_tensor_t share = sumi_tensor_is_number(decay)
                                  ? sumi_tensor_of_number(1 - decay.number)
                                  : sumi__tensor_cast(sumi_sub(1, decay),
                                                      sumi_tensor_dtype(pair->variable));
  return sumi_assign_sub(pair->average, sumi_mul(sumi_sub(pair->average, pair->variable), share))
      .op;
}

sumi_op_t *sumi_moving_average_apply_at(sumi_site_t site, sumi_moving_average_t *averages,
                                        sumi_tensors_t variables) {
  sumi_graph_t *graph = averages ? averages->graph : NULL;
  if (!graph || graph->status != SUMI_OK) return NULL;
  /* The averages join the collection that the list may be. */
  const int count = variables.list && variables.count > 0 ? variables.count : 0;
  const pair_t **pairs = sumi__tensor_graph_calloc(graph, (size_t)count, sizeof *pairs);
  sumi_op_t **ops = sumi__tensor_graph_calloc(graph, (size_t)count, sizeof *ops);
  if (!pairs || !ops) return NULL;
  for (int i = 0; i < count; ++i)
    if (!(pairs[i] = add_pair(averages, site, variables.list[i]))) return NULL;
  if (sumi__tensor_scope_enter(graph, site, averages->name) != SUMI_OK) return NULL;
  const sumi_tensor_t decay = decay_now(averages);
  for (int i = 0; i < count; ++i) ops[i] = update(pairs[i], decay);
  sumi_op_t *all = sumi__tensor_group(graph, sumi_name_scope(graph), count, ops);
  sumi__tensor_scope_leave(graph);
  return graph->status == SUMI_OK ? all : NULL;
}

/* Each side reads what the other was before the run. */
sumi_op_t *sumi_moving_average_swap_at(sumi_site_t site, sumi_moving_average_t *averages) {
  sumi_graph_t *graph = averages ? averages->graph : NULL;
  if (!graph || graph->status != SUMI_OK) return NULL;
  sumi_op_t **ops = sumi__tensor_graph_calloc(graph, 2 * (size_t)averages->count, sizeof *ops);
  if (!ops || sumi__tensor_scope_enter(graph, site, "swap") != SUMI_OK) return NULL;
  int count = 0;
  for (const pair_t *pair = averages->pairs; pair; pair = pair->next) {
    ops[count++] = sumi_assign(pair->variable, pair->average).op;
    ops[count++] = sumi_assign(pair->average, pair->variable).op;
  }
  sumi_op_t *all = sumi__tensor_group(graph, sumi_name_scope(graph), count, ops);
  sumi__tensor_scope_leave(graph);
  return graph->status == SUMI_OK ? all : NULL;
}
