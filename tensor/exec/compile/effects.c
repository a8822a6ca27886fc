/* Order between reads and updates of variables, and the first topological order.
 *
 * A read of a variable sees the value from before the run's updates, or, when the reading node
 * depends on an update (by data or control edges), the value after the last update it depends on.
 * Updates of one variable run in the order of the graph. So every reader gets an edge to the next
 * update after its moment. A value that has to outlive that update, because it is fetched or its
 * reader waits for the update, is copied first. */
#include "exec/compile/draft.h"

#include <string.h>

/* Input `input` of a node is a variable. */
typedef struct touch {
  int node, input;
  struct touch *next;
} touch_t;

typedef struct effects {
  sumi__tensor_draft_t *draft;
  sumi__tensor_edge_t **after; /* by node: those that need it */
  int *moment; /* by node: 1 + position of the last update it depends on, of the variable at hand */
  int *marks, *stack;
  int mark;                   /* the last one that was used in `marks` */
  touch_t **touches;          /* by variable: the nodes that use it, in order */
  int *copy_of, *copy_moment; /* by value: the copy that was made of it last */
  int update_count;
  int *updates; /* nodes, of the variable at hand */
} effects_t;

static int producer(const sumi__tensor_draft_t *draft, int value) {
  return draft->values[value].node;
}

static sumi_status_t add_after(effects_t *e, int before, int after, bool effect) {
  sumi__tensor_edge_t *edge = sumi__tensor_draft_calloc(e->draft, 1, sizeof *edge);
  if (!edge) return SUMI_RESOURCE_EXHAUSTED;
  *edge = (sumi__tensor_edge_t){after, effect, e->after[before]};
  e->after[before] = edge;
  return SUMI_OK;
}

static sumi_status_t add_edge(effects_t *e, int before, int after) {
  if (before == after) return SUMI_OK;
  SUMI_TRY(sumi__tensor_draft_edge(e->draft, before, after, true));
  return add_after(e, before, after, true);
}

static sumi_status_t turn_edges(effects_t *e) {
  const sumi__tensor_draft_t *draft = e->draft;
  for (int i = 0; i < draft->node_count; ++i) {
    const sumi__tensor_node_t *node = &draft->nodes[i];
    if (!node->live) continue;
    for (const sumi__tensor_edge_t *b = node->before; b; b = b->next)
      SUMI_TRY(add_after(e, b->node, i, b->effect));
    for (int k = 0; k < node->input_count; ++k)
      if (producer(draft, node->inputs[k]) != SUMI__NONE)
        SUMI_TRY(add_after(e, producer(draft, node->inputs[k]), i, false));
  }
  return SUMI_OK;
}

/* Marks what depends on `from`, itself included: by data and control, or also by effect edges. */
static void mark_after(effects_t *e, int from, int mark, int *marks, bool by_effect) {
  int depth = 0;
  marks[from] = mark;
  e->stack[depth++] = from;
  while (depth > 0) {
    const int node = e->stack[--depth];
    for (const sumi__tensor_edge_t *a = e->after[node]; a; a = a->next) {
      if (marks[a->node] == mark || (a->effect && !by_effect)) continue;
      marks[a->node] = mark;
      e->stack[depth++] = a->node;
    }
  }
}

static bool depends(effects_t *e, int node, int on) {
  mark_after(e, on, ++e->mark, e->marks, true);
  return e->marks[node] == e->mark;
}

/* The moment at which a value of the variable is read: that of the first node that is no reference
 * to it any more. SUMI__NONE while it still is a reference. */
static int moment_of_value(const effects_t *e, int value) {
  const sumi__tensor_value_t *v = &e->draft->values[value];
  if (v->same_as == SUMI__NONE) return SUMI__NONE;
  const int earlier = moment_of_value(e, v->same_as);
  return earlier == SUMI__NONE ? e->moment[v->node] : earlier;
}

static const sumi_op_def_t copy_def = {.name = "Copy", .schema = ""};

/* A new node that copies `value`; its output is *copy. It reads the variable itself, not the alias
 * that `value` may be: what the alias waits for may come after the moment. */
static sumi_status_t insert_copy(effects_t *e, int value, int *copy) {
  sumi__tensor_draft_t *draft = e->draft;
  const sumi__tensor_value_t *v = &draft->values[value];
  sumi__tensor_node_t *node = &draft->nodes[draft->node_count];
  *node = (sumi__tensor_node_t){.op = v->tensor.op,
                                .def = &copy_def,
                                .input_count = 1,
                                .output_count = 1,
                                .first_output = draft->value_count,
                                .live = true,
                                .copies = true,
                                .unit = SUMI__NONE};
  node->inputs = sumi__tensor_draft_calloc(draft, 1, sizeof *node->inputs);
  if (!node->inputs) return SUMI_RESOURCE_EXHAUSTED;
  node->inputs[0] = (int)(sumi__tensor_draft_root(draft, value) - draft->values);
  sumi__tensor_value_t *made = &draft->values[draft->value_count];
  *made = *v;
  made->node = draft->node_count++;
  made->source = SUMI__FROM_STEP;
  sumi__tensor_draft_point(draft, made, SUMI__NONE);
  *copy = draft->value_count++;
  e->copy_of[value] = *copy;
  return SUMI_OK;
}

/* The copy of `value` as it is at `moment`. */
static sumi_status_t copy_at(effects_t *e, int value, int moment, int *copy) {
  *copy = e->copy_of[value];
  if (*copy != SUMI__NONE && e->copy_moment[value] == moment) return SUMI_OK;
  SUMI_TRY(insert_copy(e, value, copy));
  e->copy_moment[value] = moment;
  const int node = producer(e->draft, *copy);
  if (moment > 0) SUMI_TRY(add_edge(e, e->updates[moment - 1], node));
  return add_edge(e, node, e->updates[moment]);
}

static sumi_status_t order_reader(effects_t *e, int node, int input) {
  sumi__tensor_draft_t *draft = e->draft;
  const int value = draft->nodes[node].inputs[input];
  const int of_value = moment_of_value(e, value);
  const int moment = of_value == SUMI__NONE ? e->moment[node] : of_value;
  if (moment == e->update_count) return SUMI_OK;
  const int update = e->updates[moment];
  if (node == update || !depends(e, node, update)) return add_edge(e, node, update);
  int copy;
  SUMI_TRY(copy_at(e, value, moment, &copy));
  draft->nodes[node].inputs[input] = copy;
  return add_after(e, producer(draft, copy), node, false);
}

static bool is_of(const sumi__tensor_draft_t *draft, int value,
                  const sumi__tensor_variable_t *variable) {
  const sumi__tensor_value_t *root = sumi__tensor_draft_root(draft, value);
  return root->source == SUMI__FROM_VARIABLE && root->variable == variable;
}

/* An alias of the variable is no reader; those that use it are. */
static bool is_alias(const sumi__tensor_draft_t *draft, const sumi__tensor_node_t *node) {
  return node->output_count > 0 && draft->values[node->first_output].same_as != SUMI__NONE;
}

static sumi_status_t find_touches(effects_t *e) {
  const sumi__tensor_draft_t *draft = e->draft;
  for (int i = draft->node_count - 1; i >= 0; --i) {
    const sumi__tensor_node_t *node = &draft->nodes[i];
    if (!node->live || is_alias(draft, node)) continue;
    for (int k = node->input_count - 1; k >= 0; --k) {
      const sumi__tensor_value_t *root = sumi__tensor_draft_root(draft, node->inputs[k]);
      if (root->source != SUMI__FROM_VARIABLE) continue;
      touch_t *touch = sumi__tensor_draft_calloc(e->draft, 1, sizeof *touch);
      if (!touch) return SUMI_RESOURCE_EXHAUSTED;
      *touch = (touch_t){i, k, e->touches[root->variable->number]};
      e->touches[root->variable->number] = touch;
    }
  }
  return SUMI_OK;
}

static bool touch_updates(const effects_t *e, const touch_t *touch) {
  return sumi__tensor_updates(e->draft->nodes[touch->node].op, touch->input);
}

static sumi_status_t order_readers(effects_t *e, const sumi__tensor_variable_t *variable) {
  sumi__tensor_draft_t *draft = e->draft;
  for (const touch_t *t = e->touches[variable->number]; t; t = t->next)
    if (!touch_updates(e, t)) SUMI_TRY(order_reader(e, t->node, t->input));
  for (int i = 0; i < draft->run->fetches.count; ++i) {
    if (!is_of(draft, draft->fetches[i], variable)) continue;
    const int value = draft->fetches[i], of_value = moment_of_value(e, value);
    const int node = producer(draft, value);
    const int moment = of_value == SUMI__NONE ? e->moment[node] : of_value;
    if (moment < e->update_count) SUMI_TRY(copy_at(e, value, moment, &draft->fetches[i]));
  }
  return SUMI_OK;
}

static void find_updates(effects_t *e, const sumi__tensor_variable_t *variable) {
  e->update_count = 0;
  for (const touch_t *t = e->touches[variable->number]; t; t = t->next) {
    const bool again = e->update_count > 0 && e->updates[e->update_count - 1] == t->node;
    if (touch_updates(e, t) && !again) e->updates[e->update_count++] = t->node;
  }
}

static sumi_status_t chain_updates(effects_t *e, const sumi__tensor_variable_t *variable) {
  find_updates(e, variable);
  for (int i = 1; i < e->update_count; ++i) SUMI_TRY(add_edge(e, e->updates[i - 1], e->updates[i]));
  return SUMI_OK;
}

static sumi_status_t order_variable(effects_t *e, const sumi__tensor_variable_t *variable) {
  find_updates(e, variable);
  if (e->update_count == 0) return SUMI_OK;
  for (int i = 0; i < e->update_count; ++i) mark_after(e, e->updates[i], i + 1, e->moment, false);
  SUMI_TRY(order_readers(e, variable));
  for (int i = 0; i < e->update_count; ++i) mark_after(e, e->updates[i], 0, e->moment, false);
  return SUMI_OK;
}

/* Room for a copy of every value. */
static sumi_status_t make_room(sumi__tensor_draft_t *draft) {
  const size_t nodes = (size_t)draft->node_count, values = (size_t)draft->value_count;
  sumi__tensor_node_t *more_nodes = sumi__tensor_draft_calloc(draft, nodes + values,
                                                              sizeof *more_nodes);
  sumi__tensor_value_t *more_values = sumi__tensor_draft_calloc(draft, 2 * values,
                                                                sizeof *more_values);
  if (!more_nodes || !more_values) return SUMI_RESOURCE_EXHAUSTED;
  if (nodes > 0) memcpy(more_nodes, draft->nodes, nodes * sizeof *more_nodes);
  if (values > 0) memcpy(more_values, draft->values, values * sizeof *more_values);
  draft->nodes = more_nodes;
  draft->values = more_values;
  draft->node_capacity = (int)(nodes + values);
  draft->value_capacity = (int)(2 * values);
  return SUMI_OK;
}

static sumi_status_t start(effects_t *e) {
  sumi__tensor_draft_t *draft = e->draft;
  SUMI_TRY(make_room(draft));
  const size_t nodes = (size_t)draft->node_capacity, values = (size_t)draft->value_capacity;
  e->after = sumi__tensor_draft_calloc(draft, nodes, sizeof *e->after);
  e->moment = sumi__tensor_draft_calloc(draft, nodes, sizeof *e->moment);
  e->marks = sumi__tensor_draft_calloc(draft, nodes, sizeof *e->marks);
  e->stack = sumi__tensor_draft_calloc(draft, nodes, sizeof *e->stack);
  e->updates = sumi__tensor_draft_calloc(draft, nodes, sizeof *e->updates);
  e->copy_of = sumi__tensor_draft_calloc(draft, values, sizeof *e->copy_of);
  e->copy_moment = sumi__tensor_draft_calloc(draft, values, sizeof *e->copy_moment);
  const sumi__tensor_variable_t *newest = draft->session->variables;
  const size_t variables = newest ? (size_t)newest->number + 1 : 0;
  e->touches = sumi__tensor_draft_calloc(draft, variables, sizeof *e->touches);
  if (!e->after || !e->moment || !e->marks || !e->stack || !e->updates || !e->copy_of ||
      !e->copy_moment || !e->touches)
    return SUMI_RESOURCE_EXHAUSTED;
  for (size_t i = 0; i < values; ++i) e->copy_of[i] = SUMI__NONE;
  SUMI_TRY(turn_edges(e));
  return find_touches(e);
}

sumi_status_t sumi__tensor_order_effects(sumi__tensor_draft_t *draft) {
  effects_t e = {.draft = draft};
  bool updates = false;
  for (int i = 0; i < draft->node_count; ++i)
    updates |= draft->nodes[i].live && sumi__tensor_op_is(&draft->nodes[i], SUMI_OP_SIDE_EFFECT);
  if (!updates) return SUMI_OK;
  SUMI_TRY(start(&e));
  /* The chains of all variables come first: they follow the graph, so they close no cycle, and the
   * readers' edges are then held against all of them. */
  for (const sumi__tensor_variable_t *v = draft->session->variables; v; v = v->next)
    SUMI_TRY(chain_updates(&e, v));
  for (const sumi__tensor_variable_t *v = draft->session->variables; v; v = v->next)
    SUMI_TRY(order_variable(&e, v));
  return SUMI_OK;
}
