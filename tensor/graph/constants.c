#include <sumi/options.h>
#include <sumi/constants.h>

#include "graph/graph_internal.h"

static sumi_tensor_t no_graph(void) {
  sumi_fail(SUMI_INVALID_ARGUMENT, "a constant without a graph");
  return (sumi_tensor_t){0};
}

sumi_tensor_t sumi_constant_with(sumi_graph_t *graph, sumi_site_t site, sumi_array_t *array,
                                 const sumi_constant_options_t *given) {
  sumi_constant_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  if (!graph) return no_graph();
  if (!array) {
    sumi__tensor_graph_refuse(graph, SUMI_INVALID_ARGUMENT, "Const (%s:%d): the array is NULL",
                              site.file, site.line);
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

/* Refuses the graph for want of an array; the thread's last message says why there is none. */
static sumi_tensor_t refuse(sumi_graph_t *graph, sumi_site_t site, sumi_status_t status) {
  if (!graph) return no_graph();
  sumi__tensor_graph_refuse(graph, status, "Const (%s:%d): there is no array: %s", site.file,
                            site.line, sumi_error_message());
  return (sumi_tensor_t){0};
}

static sumi_tensor_t refuse_argument(sumi_graph_t *graph, sumi_site_t site, const char *what) {
  return refuse(graph, site, sumi_fail(SUMI_INVALID_ARGUMENT, "%s", what));
}

/* A constant of an array that was just made with that dtype and shape; when it was not, only memory
 * can have been missing unless they are bad. */
static sumi_tensor_t take_made(sumi_graph_t *graph, sumi_site_t site, sumi_array_t *array,
                               sumi_dtype_t dtype, sumi_dims_t dims,
                               sumi_constant_options_t options) {
  if (array) return sumi_constant_take_with(graph, site, array, &options);
  const bool good = sumi_dtype_size_bytes(dtype) > 0 && sumi_dims_count(dims) >= 0;
  return refuse(graph, site, good ? SUMI_RESOURCE_EXHAUSTED : SUMI_INVALID_ARGUMENT);
}

sumi_tensor_t sumi_constant_take_with(sumi_graph_t *graph, sumi_site_t site, sumi_array_t *array,
                                      const sumi_constant_options_t *given) {
  sumi_constant_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  if (!array) return refuse(graph, site, SUMI_INVALID_ARGUMENT);
  const sumi_tensor_t constant = sumi_constant_with(graph, site, array, &options);
  sumi_array_unref(array);
  return constant;
}

sumi_tensor_t sumi_constant_of_with(sumi_graph_t *graph, sumi_site_t site, sumi_dtype_t dtype,
                                    sumi_dims_t dims, const void *values,
                                    const sumi_constant_options_t *given) {
  sumi_constant_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  if (!values && sumi_dims_count(dims) > 0)
    return refuse_argument(graph, site, "the values are NULL");
  return take_made(graph, site, sumi_array_from(dtype, dims, values), dtype, dims, options);
}

sumi_tensor_t sumi_scalar_with(sumi_graph_t *graph, sumi_site_t site, sumi_dtype_t dtype,
                               double value, const sumi_constant_options_t *given) {
  sumi_constant_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  if (dtype == SUMI_STRING) return refuse_argument(graph, site, "a number is not a string");
  return take_made(graph, site, sumi_array_scalar(dtype, value), dtype, SUMI_SCALAR, options);
}

sumi_tensor_t sumi_constant_text_with(sumi_graph_t *graph, sumi_site_t site, const char *text,
                                      const sumi_constant_options_t *given) {
  sumi_constant_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  if (!text) return refuse_argument(graph, site, "the text is NULL");
  return take_made(graph, site, sumi_array_text(text), SUMI_STRING, SUMI_SCALAR, options);
}

sumi_tensor_t sumi_constant_dims_with(sumi_graph_t *graph, sumi_site_t site, sumi_dims_t dims,
                                      const sumi_constant_options_t *given) {
  sumi_constant_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  if (dims.rank < 0 || dims.rank > SUMI_MAX_RANK)
    return refuse_argument(graph, site, "the list of sizes is longer than SUMI_MAX_RANK");
  for (int i = 0; i < dims.rank; ++i)
    if (dims.size[i] < INT32_MIN || dims.size[i] > INT32_MAX)
      return refuse_argument(graph, site, "a size in the list does not fit int32");
  const sumi_dims_t length = SUMI_DIMS(dims.rank);
  sumi_array_t *array = sumi_array_new(SUMI_INT32, length);
  for (int i = 0; array && i < dims.rank; ++i) sumi_array_set(array, i, (double)dims.size[i]);
  return take_made(graph, site, array, SUMI_INT32, length, options);
}
