/* Units: what becomes one step. Elementwise nodes of one shape that use each other are one unit,
 * unless something outside would have to run between them. */
#include "exec/draft.h"

static sumi_status_t add_single(sumi__draft_t *draft, int node) {
  sumi__unit_t *unit = &draft->units[draft->unit_count];
  unit->nodes = sumi__draft_calloc(draft, 1, sizeof *unit->nodes);
  if (!unit->nodes) return SUMI_RESOURCE_EXHAUSTED;
  unit->nodes[0] = node;
  unit->count = 1;
  unit->has_step = sumi__has_work(draft, &draft->nodes[node]);
  unit->is_group = unit->has_step && draft->nodes[node].def->map && !draft->nodes[node].late;
  draft->nodes[node].unit = draft->unit_count++;
  return SUMI_OK;
}

/* Values that somebody besides their own unit sees. */
static void mark_outside(sumi__draft_t *draft) {
  for (int i = 0; i < draft->order_count; ++i) {
    const sumi__node_t *node = &draft->nodes[draft->order[i]];
    for (int k = 0; k < node->input_count; ++k) {
      sumi__value_t *root = sumi__draft_root(draft, node->inputs[k]);
      if (root->node == SUMI__NONE || draft->nodes[root->node].unit != node->unit ||
          root != &draft->values[node->inputs[k]])
        root->outside = true;
    }
  }
  for (int i = 0; i < draft->run->fetches.count; ++i)
    sumi__draft_root(draft, draft->fetches[i])->outside = true;
}

sumi_status_t sumi__fuse(sumi__draft_t *draft) {
  SUMI_TRY(sumi__sort_nodes(draft));
  draft->units = sumi__draft_calloc(draft, (size_t)draft->order_count, sizeof *draft->units);
  if (!draft->units) return SUMI_RESOURCE_EXHAUSTED;
  for (int i = 0; i < draft->order_count; ++i) SUMI_TRY(add_single(draft, draft->order[i]));
  mark_outside(draft);
  return SUMI_OK;
}
