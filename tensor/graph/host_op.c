#include "graph/host_op.h"

#include "graph/graph_internal.h"

#include <sumi/alloc.h>

static void release_host(void *object) {
  sumi__tensor_host_t *host = object;
  if (host->release) host->release(host->context);
  sumi_free(host);
}

static sumi__tensor_host_t *make_host(sumi_graph_t *graph, sumi_host_fn_t fn,
                                      const sumi_host_op_options_t *options) {
  sumi__tensor_host_t *host = sumi_malloc(sizeof *host);
  if (!host) {
    sumi__tensor_graph_adopt_failure(graph, sumi_fail_alloc("a host op", sizeof *host));
    if (options->release) options->release(options->context);
    return NULL;
  }
  *host = (sumi__tensor_host_t){fn, options->context, options->release};
  return sumi__tensor_graph_own(graph, host, release_host) == SUMI_OK ? host : NULL;
}

sumi_tensor_t sumi_host_op_with(sumi_graph_t *graph, sumi_site_t site, sumi_host_fn_t fn,
                                sumi_tensors_t inputs, sumi_types_t types,
                                const sumi_host_op_options_t *given) {
  sumi_host_op_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  const sumi_tensor_t nothing = {0};
  const bool usable = graph && graph->status == SUMI_OK;
  if (usable && !fn)
    sumi__tensor_graph_refuse(graph, SUMI_INVALID_ARGUMENT, "a host op's function is NULL");
  if (!usable || !fn) {
    if (options.release) options.release(options.context);
    return nothing;
  }
  sumi__tensor_host_t *host = make_host(graph, fn, &options);
  if (!host) return nothing;
  char token[32];
  snprintf(token, sizeof token, "host_%d", graph->op_count);
  const sumi_named_attr_t attrs[] = {{"token", {.kind = SUMI_ATTR_STRING, .string = token}},
                                     {"Tout", {.kind = SUMI_ATTR_TYPES, .types = types}},
                                     {"host", {.kind = SUMI_ATTR_POINTER, .pointer = host}}};
  return sumi_node(&(sumi_node_spec_t){.site = site,
                                       .graph = graph,
                                       .type = options.stateless ? "PyFuncStateless" : "PyFunc",
                                       .name = options.name,
                                       .inputs = inputs,
                                       .attr_count = 3,
                                       .attrs = attrs});
}
