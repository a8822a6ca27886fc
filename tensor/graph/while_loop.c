/* sumi_while_loop: the test and the body are built once, then the node that runs them. */
#include "graph/loop_build.h"

#include <sumi/constants.h>

#include <string.h>

typedef sumi__tensor_loop_t loop_t;

static void build_test(loop_t *loop, sumi_loop_test_t test, void *data) {
  sumi_function_t *function = sumi__tensor_loop_function(loop, SUMI__TEST, "cond");
  if (!function) return;
  const sumi_tensor_t goes_on = test(loop->parameters[SUMI__TEST], data);
  const sumi_dims_t dims = sumi_tensor_dims(goes_on);
  if (sumi_tensor_dtype(goes_on) != SUMI_BOOL || dims.rank > 0 || goes_on.op->graph != loop->graph)
    sumi__tensor_graph_refuse_at(
        loop->graph, loop->site, "%s: the test is %s of shape %s, not one bool", loop->name,
        sumi_dtype_name(sumi_tensor_dtype(goes_on)), sumi_dims_text(dims).text);
  sumi__tensor_function_end(function, 1, &goes_on);
}

static void build_body(loop_t *loop, sumi_loop_body_t body, void *data) {
  sumi_function_t *function = sumi__tensor_loop_function(loop, SUMI__BODY, "body");
  sumi_tensor_t *next = sumi__tensor_graph_calloc(loop->graph, (size_t)loop->count, sizeof *next);
  if (!function || !next) return;
  memcpy(next, loop->parameters[SUMI__BODY], (size_t)loop->count * sizeof *next);
  body(loop->parameters[SUMI__BODY], next, data);
  sumi__tensor_loop_end_body(loop, next);
}

static sumi_op_t *build(loop_t *loop, sumi_loop_test_t test, sumi_loop_body_t body, void *data,
                        sumi_tensors_t carried, const sumi_while_loop_options_t *options) {
  sumi_graph_t *graph = loop->graph;
  sumi_op_t *node = NULL;
  if (sumi__tensor_loop_begin(loop, carried, options->shape_invariants)) {
    const int64_t maximum = options->maximum_iterations ? options->maximum_iterations : -1;
    build_test(loop, test, data);
    if (graph->status == SUMI_OK) build_body(loop, body, data);
    if (graph->status == SUMI_OK)
      loop->limit = sumi_scalar_with(graph, loop->site, SUMI_INT32, (double)maximum, NULL);
    if (graph->status == SUMI_OK) node = sumi__tensor_loop_node(loop);
  }
  sumi__tensor_loop_end(loop);
  return node;
}

static sumi_graph_t *graph_of(sumi_tensors_t tensors) {
  for (int i = 0; tensors.list && i < tensors.count; ++i)
    if (tensors.list[i].op) return tensors.list[i].op->graph;
  return NULL;
}

static const char *wrong_argument(sumi_loop_test_t test, sumi_loop_body_t body,
                                  const sumi_tensor_t *results, int64_t maximum) {
  if (!test) return "the test is NULL";
  if (!body) return "the body is NULL";
  if (!results) return "results is NULL";
  return maximum < 0 || maximum > INT32_MAX ? "maximum_iterations is negative or more than 2^31 - 1"
                                            : NULL;
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
  const char *wrong = wrong_argument(test, body, results, options.maximum_iterations);
  if (wrong) {
    sumi__tensor_graph_refuse_at(graph, site, "%s: %s", loop.name, wrong);
    return NULL;
  }
  sumi_op_t *node = build(&loop, test, body, data, carried, &options);
  for (int i = 0; node && i < loop.count; ++i) results[i] = sumi_op_output(node, 1 + i);
  return node;
}
