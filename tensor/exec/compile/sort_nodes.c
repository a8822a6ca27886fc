/* The live nodes, each after all that it needs. Depth first in the graph's order, so what is needed
 * together stays together. */
#include "exec/compile/draft.h"

typedef struct walk {
  sumi__tensor_draft_t *draft;
  char *state; /* by node: 0 not met, 1 being visited, 2 done */
  int *stack;
  int depth;
} walk_t;

enum { MET = 1, DONE = 2 };

/* Puts what the node needs and has not been met on the stack. False when it meets itself. */
static bool push_needs(walk_t *w, int node) {
  const sumi__tensor_node_t *n = &w->draft->nodes[node];
  for (const sumi__tensor_edge_t *e = n->before; e; e = e->next) {
    if (w->state[e->node] == MET) return false;
    if (w->state[e->node] == 0) w->stack[w->depth++] = e->node;
  }
  for (int k = n->input_count - 1; k >= 0; --k) {
    const int producer = w->draft->values[n->inputs[k]].node;
    if (producer == SUMI__NONE || !w->draft->nodes[producer].live) continue;
    if (w->state[producer] == MET) return false;
    if (w->state[producer] == 0) w->stack[w->depth++] = producer;
  }
  return true;
}

static bool visit(walk_t *w, int node) {
  w->stack[w->depth++] = node;
  while (w->depth > 0) {
    const int top = w->stack[w->depth - 1];
    if (w->state[top] == 0) {
      w->state[top] = MET;
      if (!push_needs(w, top)) return false;
      continue;
    }
    if (w->state[top] == MET) w->draft->order[w->draft->order_count++] = top;
    w->state[top] = DONE;
    --w->depth;
  }
  return true;
}

static size_t count_edges(const sumi__tensor_draft_t *draft) {
  size_t count = 1;
  for (int i = 0; i < draft->node_count; ++i) {
    count += (size_t)draft->nodes[i].input_count + 1;
    for (const sumi__tensor_edge_t *e = draft->nodes[i].before; e; e = e->next) ++count;
  }
  return count;
}

sumi_status_t sumi__tensor_sort_nodes(sumi__tensor_draft_t *draft) {
  const size_t nodes = (size_t)draft->node_count;
  walk_t w = {.draft = draft};
  w.state = sumi__tensor_draft_calloc(draft, nodes, sizeof *w.state);
  w.stack = sumi__tensor_draft_calloc(draft, count_edges(draft), sizeof *w.stack);
  draft->order = sumi__tensor_draft_calloc(draft, nodes, sizeof *draft->order);
  if (!w.state || !w.stack || !draft->order) return SUMI_RESOURCE_EXHAUSTED;
  draft->order_count = 0;
  for (int i = 0; i < draft->node_count; ++i)
    if (draft->nodes[i].live && w.state[i] == 0 && !visit(&w, i))
      return sumi__tensor_fail_at(draft->nodes[i].op, SUMI_INTERNAL, "the plan has a cycle here");
  return SUMI_OK;
}
