/* Units: what becomes one step. Elementwise nodes of one shape that use each other become one unit,
 * unless something outside would have to run between them: that is, unless something outside both
 * needs a member and is needed by one. */
#include "exec/compile/draft.h"
#include "exec/plan/group.h"

enum {
  MAX_MEMBERS = 40,
  MAX_OPERANDS = 64,
  MAX_SEARCHED = 512 /* clusters between a pair; nodes that are further apart stay apart */
};

typedef struct cluster {
  int parent; /* clusters that were joined point at the one they are in */
  int count, operands;
  int first, last; /* smallest and largest position in the order */
  int head;        /* its nodes, a list through fuser->next */
  int tail;        /* the reduction at its end, SUMI__NONE */
} cluster_t;

typedef struct fuser {
  sumi__tensor_draft_t *draft;
  cluster_t *clusters; /* by node: every node starts as its own */
  int *next;           /* by node */
  int *position;       /* by node */
  int *met;            /* by cluster: the search that met it last */
  int *stack;
  int search;
} fuser_t;

static int cluster_of(const fuser_t *f, int node) {
  while (f->clusters[node].parent != node) node = f->clusters[node].parent;
  return node;
}

static bool is_elementwise(const sumi__tensor_draft_t *draft, const sumi__tensor_node_t *node) {
  return node->def->map && !draft->session->check_numerics && !node->unshaped && !node->copies &&
         node->output_count == 1 && sumi__tensor_has_work(draft, node);
}

typedef struct pair { /* two clusters that may become one */
  int a, b, first;
} pair_t;

/* Depth-first search from what the pair needs; a way back to the pair is a cycle. */
static bool reaches_itself(fuser_t *f, pair_t pair, int *depth, int node) {
  const sumi__tensor_draft_t *draft = f->draft;
  const sumi__tensor_node_t *n = &draft->nodes[node];
  const bool inside = cluster_of(f, node) == pair.a || cluster_of(f, node) == pair.b;
  const sumi__tensor_edge_t *edge = n->before;
  for (int k = 0; edge || k < n->input_count;) {
    int need;
    if (edge) {
      need = edge->node;
      edge = edge->next;
    } else {
      need = draft->values[n->inputs[k++]].node;
      if (need == SUMI__NONE || !draft->nodes[need].live) continue;
    }
    const int cluster = cluster_of(f, need);
    if (cluster == pair.a || cluster == pair.b) {
      if (!inside) return true;
      continue;
    }
    if (f->met[cluster] == f->search || f->clusters[cluster].last < pair.first) continue;
    f->met[cluster] = f->search;
    f->stack[(*depth)++] = cluster;
  }
  return false;
}

static bool may_join(fuser_t *f, int a, int b) {
  const cluster_t *x = &f->clusters[a], *y = &f->clusters[b];
  if (x->count + y->count > MAX_MEMBERS || x->operands + y->operands > MAX_OPERANDS) return false;
  const pair_t pair = {a, b, x->first < y->first ? x->first : y->first};
  int depth = 0, searched = 0;
  ++f->search;
  f->stack[depth++] = a;
  f->stack[depth++] = b;
  while (depth > 0) {
    if (++searched > MAX_SEARCHED) return false;
    const int cluster = f->stack[--depth];
    for (int node = f->clusters[cluster].head; node != SUMI__NONE; node = f->next[node])
      if (reaches_itself(f, pair, &depth, node)) return false;
  }
  return true;
}

/* b's nodes come after a's in the list; units are sorted by position in the end. */
static void join(fuser_t *f, int a, int b) {
  cluster_t *x = &f->clusters[a], *y = &f->clusters[b];
  int tail = x->head;
  while (f->next[tail] != SUMI__NONE) tail = f->next[tail];
  f->next[tail] = y->head;
  y->parent = a;
  x->count += y->count;
  x->operands += y->operands;
  if (y->first < x->first) x->first = y->first;
  if (y->last > x->last) x->last = y->last;
}

static void fuse_node(fuser_t *f, int node) {
  const sumi__tensor_draft_t *draft = f->draft;
  const sumi__tensor_node_t *n = &draft->nodes[node];
  const sumi_dims_t dims = draft->values[n->first_output].dims;
  for (int k = 0; k < n->input_count; ++k) {
    const sumi__tensor_value_t *input = &draft->values[n->inputs[k]];
    if (input->node == SUMI__NONE || input->same_as != SUMI__NONE) continue;
    const sumi__tensor_node_t *producer = &draft->nodes[input->node];
    if (!is_elementwise(draft, producer) || !sumi_dims_equal(input->dims, dims)) continue;
    const int a = cluster_of(f, input->node), b = cluster_of(f, node);
    if (a != b && may_join(f, a, b)) join(f, a, b);
  }
}

/* A reduction joins the elementwise nodes that make its input. */
static void fuse_reduction(fuser_t *f, int node) {
  const sumi__tensor_draft_t *draft = f->draft;
  sumi__tensor_reduction_t reduction;
  if (!sumi__tensor_reduction_of(draft, &draft->nodes[node], &reduction)) return;
  const int producer = draft->values[draft->nodes[node].inputs[0]].node;
  if (!draft->nodes[producer].live || !is_elementwise(draft, &draft->nodes[producer])) return;
  const int a = cluster_of(f, producer);
  if (f->clusters[a].tail != SUMI__NONE || !may_join(f, a, node)) return;
  join(f, a, node);
  f->clusters[a].tail = node;
}

static sumi_status_t start(fuser_t *f) {
  sumi__tensor_draft_t *draft = f->draft;
  const size_t nodes = (size_t)draft->node_count;
  f->clusters = sumi__tensor_draft_calloc(draft, nodes, sizeof *f->clusters);
  f->next = sumi__tensor_draft_calloc(draft, nodes, sizeof *f->next);
  f->position = sumi__tensor_draft_calloc(draft, nodes, sizeof *f->position);
  f->met = sumi__tensor_draft_calloc(draft, nodes, sizeof *f->met);
  f->stack = sumi__tensor_draft_calloc(draft, nodes + 2, sizeof *f->stack);
  if (!f->clusters || !f->next || !f->position || !f->met || !f->stack)
    return SUMI_RESOURCE_EXHAUSTED;
  for (int i = 0; i < draft->order_count; ++i) {
    const int node = draft->order[i];
    f->position[node] = i;
    f->next[node] = SUMI__NONE;
    f->clusters[node] = (cluster_t){.parent = node,
                                    .count = 1,
                                    .operands = draft->nodes[node].input_count + 1,
                                    .first = i,
                                    .last = i,
                                    .head = node,
                                    .tail = SUMI__NONE};
  }
  return SUMI_OK;
}

/* ---- Clusters become units ---- */

/* A reduction runs after members that the order has behind it. */
static void move_to_end(sumi__tensor_unit_t *unit, int node) {
  if (node == SUMI__NONE) return;
  int at = 0;
  while (unit->nodes[at] != node) ++at;
  for (; at + 1 < unit->count; ++at) unit->nodes[at] = unit->nodes[at + 1];
  unit->nodes[at] = node;
  unit->reduces = true;
}

static sumi_status_t add_unit(fuser_t *f, int cluster) {
  sumi__tensor_draft_t *draft = f->draft;
  sumi__tensor_unit_t *unit = &draft->units[draft->unit_count];
  const int count = f->clusters[cluster].count;
  unit->nodes = sumi__tensor_draft_calloc(draft, (size_t)count, sizeof *unit->nodes);
  if (!unit->nodes) return SUMI_RESOURCE_EXHAUSTED;
  for (int node = f->clusters[cluster].head; node != SUMI__NONE; node = f->next[node]) {
    int at = unit->count++; /* insertion by position */
    for (; at > 0 && f->position[unit->nodes[at - 1]] > f->position[node]; --at)
      unit->nodes[at] = unit->nodes[at - 1];
    unit->nodes[at] = node;
    draft->nodes[node].unit = draft->unit_count;
  }
  move_to_end(unit, f->clusters[cluster].tail);
  const sumi__tensor_node_t *first = &draft->nodes[unit->nodes[0]];
  unit->has_step = sumi__tensor_has_work(draft, first);
  unit->is_group = is_elementwise(draft, first);
  if (count > 1) draft->plan->stats.fused_nodes += count;
  ++draft->unit_count;
  return SUMI_OK;
}

/* Values that somebody besides their own unit sees, or sees in another shape. */
static void mark_outside(sumi__tensor_draft_t *draft) {
  for (int i = 0; i < draft->order_count; ++i) {
    const sumi__tensor_node_t *node = &draft->nodes[draft->order[i]];
    for (int k = 0; k < node->input_count; ++k) {
      const sumi__tensor_value_t *input = &draft->values[node->inputs[k]];
      sumi__tensor_value_t *root = sumi__tensor_draft_root(draft, node->inputs[k]);
      if (root->node == SUMI__NONE) continue;
      if (root != input || draft->nodes[root->node].unit != node->unit) root->outside = true;
    }
  }
  for (int i = 0; i < draft->run->fetches.count; ++i)
    sumi__tensor_draft_root(draft, draft->fetches[i])->outside = true;
}

sumi_status_t sumi__tensor_fuse(sumi__tensor_draft_t *draft) {
  SUMI_TRY(sumi__tensor_sort_nodes(draft));
  fuser_t f = {.draft = draft};
  SUMI_TRY(start(&f));
  draft->units = sumi__tensor_draft_calloc(draft, (size_t)draft->order_count, sizeof *draft->units);
  if (!draft->units) return SUMI_RESOURCE_EXHAUSTED;
  for (int i = 0; i < draft->order_count && sumi__tensor_draft_pass(draft, SUMI__PASS_FUSE); ++i)
    if (is_elementwise(draft, &draft->nodes[draft->order[i]])) fuse_node(&f, draft->order[i]);
  for (int i = 0; i < draft->order_count && sumi__tensor_draft_pass(draft, SUMI__PASS_FUSE); ++i)
    fuse_reduction(&f, draft->order[i]);
  for (int i = 0; i < draft->order_count; ++i)
    if (cluster_of(&f, draft->order[i]) == draft->order[i]) SUMI_TRY(add_unit(&f, draft->order[i]));
  mark_outside(draft);
  return SUMI_OK;
}
