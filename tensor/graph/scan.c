/* Loops over the elements of lists: sumi_scan and what is made of it. */
#include "graph/loop_build.h"

#include <sumi/ops.h>

#include <string.h>

typedef sumi__tensor_loop_t loop_t;

/* The number of elements: of axis 0, which all lists have in common. */
static bool find_limit(loop_t *loop) {
  sumi_dims_t all = SUMI_DIMS(-1);
  int known = 0;
  for (int i = 0; i < loop->element_count; ++i) {
    const sumi_tensor_t list = loop->elements[i];
    const sumi_dims_t dims = sumi_tensor_dims(list);
    const bool is_list = sumi_tensor_graph(list) == loop->graph && dims.rank != 0 &&
                         sumi_tensor_dtype(list) != SUMI_STRING;
    sumi_dims_t both = SUMI_DIMS(dims.rank > 0 ? dims.size[0] : -1);
    if (!is_list || !sumi_merge_dims(all, both, &both)) {
      sumi__tensor_graph_refuse_at(
          loop->graph, loop->site,
          "%s: list %d, '%s', is %s of shape %s, list %d has %lld elements", loop->name, i,
          sumi_op_name(list.op), sumi_dtype_name(sumi_tensor_dtype(list)),
          sumi_dims_text(dims).text, known, (long long)all.size[0]);
      return false;
    }
    if (all.size[0] < 0) known = i;
    all = both;
  }
  loop->limit = sumi_strided_slice(sumi_shape(loop->elements[known]), SUMI_AXES(0), SUMI_AXES(1),
                                   .shrink_axis_mask = 1);
  return loop->graph->status == SUMI_OK;
}

static void build_body(loop_t *loop, sumi_scan_body_t body, void *data) {
  sumi_function_t *function = sumi__tensor_loop_function(loop, SUMI__BODY, "body");
  sumi_tensor_t *next = sumi__tensor_graph_calloc(
      loop->graph, (size_t)loop->count + (size_t)loop->stack_count, sizeof *next);
  if (!function || !next) return;
  const sumi_tensor_t *parameters = loop->parameters[SUMI__BODY];
  if (loop->count) memcpy(next, parameters, (size_t)loop->count * sizeof *next);
  body(parameters, parameters + loop->count, next, next + loop->count, data);
  sumi__tensor_loop_end_body(loop, next);
}

static sumi_op_t *build(loop_t *loop, sumi_scan_body_t body, void *data, sumi_tensors_t carried) {
  sumi_op_t *node = NULL;
  if (sumi__tensor_loop_begin(loop, carried, NULL) && find_limit(loop)) {
    build_body(loop, body, data);
    if (loop->graph->status == SUMI_OK) node = sumi__tensor_loop_node(loop);
  }
  sumi__tensor_loop_end(loop);
  return node;
}

static const char *wrong_argument(sumi_scan_body_t body, sumi_tensors_t elements,
                                  sumi_tensors_t carried, const sumi_tensor_t *results,
                                  const sumi_scan_options_t *options) {
  if (!body) return "the body is NULL";
  if (carried.count < 0 || carried.count > SUMI__MAX_INPUTS || (carried.count && !carried.list))
    return "a list of what is carried without tensors, or too long";
  if (carried.count && !results) return "results is NULL";
  if (elements.count > SUMI__MAX_INPUTS) return "too many lists of elements";
  if (options->stack_count < 0 || options->stack_count > SUMI__MAX_INPUTS ||
      (options->stack_count && !options->stacks))
    return "a number of stacks below 0, too large, or without a place for them";
  return NULL;
}

sumi_op_t *sumi_scan_with(sumi_site_t site, sumi_scan_body_t body, void *data,
                          sumi_tensors_t elements, sumi_tensors_t carried, sumi_tensor_t *results,
                          const sumi_scan_options_t *given) {
  for (int i = 0; results && i < carried.count; ++i) results[i] = (sumi_tensor_t){0};
  const bool listed = elements.count > 0 && elements.list;
  sumi_graph_t *graph = listed ? sumi_tensor_graph(elements.list[0]) : NULL;
  sumi_scan_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given)) return NULL;
  for (int i = 0; options.stacks && i < options.stack_count; ++i)
    options.stacks[i] = (sumi_tensor_t){0};
  if (!graph) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_scan: no tensor whose elements to go through");
    return NULL;
  }
  if (graph->status != SUMI_OK) return NULL;
  loop_t loop = {.graph = graph,
                 .site = site,
                 .name = options.name ? options.name : "scan",
                 .count = carried.count,
                 .element_count = elements.count,
                 .stack_count = options.stack_count,
                 .elements = elements.list};
  const char *wrong = wrong_argument(body, elements, carried, results, &options);
  if (wrong) {
    sumi__tensor_graph_refuse_at(graph, site, "%s: %s", loop.name, wrong);
    return NULL;
  }
  loop.reverse = options.reverse;
  sumi_op_t *node = build(&loop, body, data, carried);
  for (int i = 0; node && i < loop.count; ++i) results[i] = sumi_op_output(node, 1 + i);
  for (int i = 0; node && i < loop.stack_count; ++i)
    options.stacks[i] = sumi_op_output(node, 1 + loop.count + i);
  return node;
}
