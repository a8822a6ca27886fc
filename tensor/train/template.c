/* Expressions that share their variables each time they are built. Source of behaviour: TensorFlow
 * 1.15 python/ops/template.py. */
#include "train/variable_scope.h"

struct sumi_template {
  sumi_graph_t *graph;
  const char *name;
  const sumi_variable_scope_t *scope; /* NULL before the first time */
};

sumi_template_t *sumi_template_new(sumi_graph_t *graph, const char *name) {
  if (!graph || graph->status != SUMI_OK) return NULL;
  sumi_template_t *made = sumi__tensor_graph_calloc(graph, 1, sizeof *made);
  if (!made) return NULL;
  *made = (sumi_template_t){.graph = graph, .name = sumi__tensor_graph_strdup(graph, name)};
  return made;
}

void sumi_template_begin(sumi_template_t *made) {
  if (!made) return;
  if (made->scope)
    sumi_variable_scope_reenter(made->scope, .reuse = SUMI_REUSE);
  else
    made->scope = sumi_variable_scope_begin(made->graph, NULL, .default_name = made->name);
}

void sumi_template_end(sumi_template_t *made) {
  if (made) sumi_variable_scope_end(made->graph);
}
