#include "graph/graph_internal.h"

#include <sumi/control.h>
#include <sumi/op_def.h>

sumi_op_t *sumi_group_with(sumi_graph_t *graph, sumi_site_t site, sumi_ops_t ops,
                           const sumi_control_options_t *given) {
  sumi_control_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given)) return NULL;
  sumi_control_begin(graph, ops);
  sumi_tensor_t node = sumi_node(
      &(sumi_node_spec_t){.site = site,
                          .graph = graph,
                          .type = "NoOp",
                          .name = options.name ? options.name : "group_deps"});
  sumi_control_end(graph);
  return node.op;
}

sumi_tensor_t sumi_with_dependencies_with(sumi_ops_t ops, sumi_site_t site, sumi_tensor_t tensor,
                                          const sumi_control_options_t *given) {
  sumi_control_options_t options;
  if (!sumi__tensor_graph_options(sumi_tensor_graph(tensor), site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  sumi_graph_t *graph = sumi_tensor_graph(tensor);
  if (!graph) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_with_dependencies needs a tensor of a graph");
    return (sumi_tensor_t){0};
  }
  sumi_control_begin(graph, ops);
  tensor = sumi_node(&(sumi_node_spec_t){.site = site,
                                         .graph = graph,
                                         .type = "Identity",
                                         .name = options.name ? options.name : "control_dependency",
                                         .inputs = SUMI_TENSORS(tensor)});
  sumi_control_end(graph);
  return tensor;
}
