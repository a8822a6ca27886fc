#include "graph/apply.h"

#include <sumi/control.h>

sumi_tensor_t sumi__tensor_apply(const char *type, sumi_tensors_t inputs) {
  return sumi_node(&(sumi_node_spec_t){.site = SUMI_HERE, .type = type, .inputs = inputs});
}

sumi_tensor_t sumi__tensor_cast(sumi_tensor_t x, sumi_dtype_t dtype) {
  if (!x.op || sumi_tensor_dtype(x) == dtype) return x;
  const sumi_named_attr_t attr = {"DstT", {.kind = SUMI_ATTR_TYPE, .type = dtype}};
  return sumi_node(&(sumi_node_spec_t){.site = SUMI_HERE,
                                       .type = "Cast",
                                       .inputs = SUMI_TENSORS(x),
                                       .attr_count = 1,
                                       .attrs = &attr});
}

sumi_status_t sumi__tensor_scope_enter(sumi_graph_t *graph, sumi_site_t site, const char *name) {
  if (graph->status != SUMI_OK) return graph->status;
  const sumi_status_t status = sumi__tensor_names_enter(&graph->names, graph->arena, name);
  if (status != SUMI_OK) return sumi__tensor_graph_adopt_failure(graph, status);
  sumi__tensor_composite_begin(graph, site);
  return SUMI_OK;
}

void sumi__tensor_scope_leave(sumi_graph_t *graph) {
  sumi__tensor_composite_end(graph);
  sumi__tensor_names_leave(&graph->names);
}

sumi_status_t sumi__tensor_scope_enter_below(sumi_graph_t *graph, sumi_site_t site,
                                             const sumi_op_t *op) {
  const char *scope = sumi_arena_printf(graph->arena, "%s/", op->name);
  if (!scope) return sumi__tensor_graph_adopt_failure(graph, sumi_fail_alloc("a name scope", 0));
  return sumi__tensor_scope_enter(graph, site, scope);
}

sumi_tensor_t sumi__tensor_add_n(int count, sumi_tensor_t *terms) {
  while (count > 1) {
    int sums = 0;
    for (int at = 0; at < count; at += SUMI__MAX_INPUTS) {
      const int some = count - at < SUMI__MAX_INPUTS ? count - at : SUMI__MAX_INPUTS;
      terms[sums++] = sumi__tensor_apply("AddN", SUMI_LIST(some, terms + at));
    }
    count = sums;
  }
  return count == 1 ? terms[0] : (sumi_tensor_t){0};
}

sumi_op_t *sumi__tensor_group(sumi_graph_t *graph, const char *name, int count,
                              sumi_op_t *const *ops) {
  sumi_op_t **present = sumi__tensor_graph_calloc(graph, (size_t)(count > 0 ? count : 0),
                                                  sizeof *present);
  if (!present) return NULL;
  int kept = 0;
  for (int i = 0; i < count; ++i)
    if (ops[i]) present[kept++] = ops[i];
  return sumi_group(graph, ((sumi_ops_t){kept, present}), .name = name);
}
