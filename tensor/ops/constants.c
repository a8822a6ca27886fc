#include <sumi/constants.h>

#include "graph/graph_internal.h"

static sumi_tensor_t no_graph(void) {
  sumi_fail(SUMI_INVALID_ARGUMENT, "a constant without a graph");
  return (sumi_tensor_t){0};
}

sumi_tensor_t sumi_constant_with(sumi_graph_t *graph, sumi_site_t site, sumi_array_t *array,
                                 sumi_constant_options_t options) {
  if (!graph) return no_graph();
  if (!array) {
    sumi__graph_refuse(graph, SUMI_INVALID_ARGUMENT, "Const (%s:%d): the array is NULL", site.file,
                       site.line);
    return (sumi_tensor_t){0};
  }
  const sumi_named_attr_t attrs[] = {
      {"value", {.kind = SUMI_ATTR_ARRAY, .array = array}},
      {"dtype", {.kind = SUMI_ATTR_TYPE, .type = sumi_array_dtype(array)}}};
  return sumi_node(&(sumi_node_spec_t){.site = site,
                                       .graph = graph,
                                       .type = "Const",
                                       .name = options.name,
                                       .attr_count = 2,
                                       .attrs = attrs});
}

sumi_tensor_t sumi_constant_take_with(sumi_graph_t *graph, sumi_site_t site, sumi_array_t *array,
                                      sumi_constant_options_t options) {
  sumi_tensor_t constant = {0};
  if (array)
    constant = sumi_constant_with(graph, site, array, options);
  else if (graph)
    sumi__graph_refuse(graph, SUMI_INVALID_ARGUMENT, "Const (%s:%d): there is no array: %s",
                       site.file, site.line, sumi_error_message());
  else
    constant = no_graph();
  sumi_array_unref(array);
  return constant;
}

sumi_tensor_t sumi_constant_of_with(sumi_graph_t *graph, sumi_site_t site, sumi_dtype_t dtype,
                                    sumi_dims_t dims, const void *values,
                                    sumi_constant_options_t options) {
  if (!values && sumi_dims_count(dims) > 0) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "the values are NULL");
    return sumi_constant_take_with(graph, site, NULL, options);
  }
  return sumi_constant_take_with(graph, site, sumi_array_from(dtype, dims, values), options);
}

sumi_tensor_t sumi_scalar_with(sumi_graph_t *graph, sumi_site_t site, sumi_dtype_t dtype,
                               double value, sumi_constant_options_t options) {
  return sumi_constant_take_with(graph, site, sumi_array_scalar(dtype, value), options);
}

sumi_tensor_t sumi_constant_text_with(sumi_graph_t *graph, sumi_site_t site, const char *text,
                                      sumi_constant_options_t options) {
  if (!text) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "the text is NULL");
    return sumi_constant_take_with(graph, site, NULL, options);
  }
  return sumi_constant_take_with(graph, site, sumi_array_text(text), options);
}

sumi_tensor_t sumi_constant_dims_with(sumi_graph_t *graph, sumi_site_t site, sumi_dims_t dims,
                                      sumi_constant_options_t options) {
  if (dims.rank < 0 || dims.rank > SUMI_MAX_RANK) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "a list of %d sizes, expected 0 to %d", dims.rank,
              SUMI_MAX_RANK);
    return sumi_constant_take_with(graph, site, NULL, options);
  }
  sumi_array_t *array = sumi_array_new(SUMI_INT32, SUMI_DIMS(dims.rank));
  for (int i = 0; array && i < dims.rank; ++i) sumi_array_set(array, i, (double)dims.size[i]);
  return sumi_constant_take_with(graph, site, array, options);
}
