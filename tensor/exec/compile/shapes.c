/* Shapes for the actual feeds: the ops' shape functions once more, now with known sizes and, where
 * shapes depend on them, the elements of small integer feeds. Values whose shapes stay unknown are
 * unshaped: run/unshaped.c infers them while it runs. */
#include "exec/compile/draft.h"
#include "exec/plan/known.h"

#include <string.h>

static void know(sumi__tensor_value_t *value, const void *data) {
  value->known = sumi__tensor_known_of(value->dtype, value->dims, data);
}

/* What the graph says of an output (sumi_set_shape, the builder's inference) holds as well. */
static sumi_status_t set_output(sumi__tensor_draft_t *draft, const sumi__tensor_node_t *node,
                                int index, sumi_dims_t dims, const sumi_known_t *known) {
  sumi__tensor_value_t *value = &draft->values[node->first_output + index];
  const sumi__tensor_output_t *output = &node->op->outputs[index];
  if (!sumi_merge_dims(dims, output->dims, &value->dims))
    return sumi__tensor_fail_at(node->op, SUMI_INVALID_ARGUMENT,
                                "output %d has shape %s, which contradicts its static shape %s",
                                index, sumi_dims_text(dims).text,
                                sumi_dims_text(output->dims).text);
  value->known = *known;
  if (!known->valid && output->known) value->known = *output->known;
  value->unshaped = !sumi_dims_known(value->dims);
  return SUMI_OK;
}

/* Variables and constants have their values without a step. */
static sumi_status_t set_sources(sumi__tensor_draft_t *draft, sumi__tensor_node_t *node) {
  sumi__tensor_value_t *first = &draft->values[node->first_output];
  if (node->def->source == SUMI_SOURCE_VARIABLE) {
    first->source = SUMI__FROM_VARIABLE;
    first->variable = sumi__tensor_session_variable(draft->session, node->op);
    return first->variable ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
  }
  for (int i = 0; i < node->output_count; ++i) {
    if (!sumi__tensor_output_is_ref(node->op, i)) continue;
    for (int k = 0; k < node->input_count; ++k) {
      const sumi__tensor_value_t *input = sumi__tensor_draft_root(draft, node->inputs[k]);
      if (!sumi__tensor_input_is_ref(node->op, k) || input->source != SUMI__FROM_VARIABLE) continue;
      first[i].source = SUMI__FROM_VARIABLE;
      first[i].variable = input->variable;
      break;
    }
  }
  return SUMI_OK;
}

static void set_constant(sumi__tensor_draft_t *draft, sumi__tensor_node_t *node) {
  const sumi_attr_t *attr = sumi_op_attr(node->op, "value");
  if (node->def->source != SUMI_SOURCE_CONSTANT || !attr || attr->kind != SUMI_ATTR_ARRAY) return;
  sumi__tensor_value_t *value = &draft->values[node->first_output];
  value->source = SUMI__FROM_CONSTANT;
  value->data = sumi_array_data(attr->array);
  value->dims = sumi_array_dims(attr->array);
  value->unshaped = false;
  know(value, value->data);
}

typedef struct room { /* for one node's inference, as large as the largest node needs */
  sumi_dims_t *dims;
  sumi_known_t *known;
} room_t;

static sumi_status_t make_room(sumi__tensor_draft_t *draft, room_t *room) {
  int most = 1;
  for (int i = 0; i < draft->node_count; ++i) {
    const int needs = draft->nodes[i].input_count + draft->nodes[i].output_count;
    if (needs > most) most = needs;
  }
  room->dims = sumi__tensor_draft_calloc(draft, (size_t)most, sizeof *room->dims);
  room->known = sumi__tensor_draft_calloc(draft, (size_t)most, sizeof *room->known);
  return room->dims && room->known ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

static void note_effects(const sumi__tensor_draft_t *draft, sumi__tensor_node_t *node) {
  node->effects = sumi__tensor_op_is(node, SUMI_OP_SIDE_EFFECT);
  for (const sumi__tensor_edge_t *e = node->before; e; e = e->next)
    node->effects |= draft->nodes[e->node].effects;
  for (int i = 0; i < node->input_count; ++i) {
    const int producer = draft->values[node->inputs[i]].node;
    if (producer != SUMI__NONE) node->effects |= draft->nodes[producer].effects;
  }
}

static sumi_status_t infer_node(sumi__tensor_draft_t *draft, sumi__tensor_node_t *node,
                                const room_t *room) {
  SUMI_TRY(set_sources(draft, node));
  const int inputs = node->input_count;
  node->unshaped = sumi__tensor_op_is(node, SUMI_OP_DYNAMIC);
  for (int i = 0; i < inputs; ++i) {
    const sumi__tensor_value_t *input = &draft->values[node->inputs[i]];
    room->dims[i] = input->dims;
    room->known[i] = input->known;
    node->unshaped |= input->unshaped;
  }
  note_effects(draft, node);
  const sumi_status_t status = sumi__tensor_infer_op(node->op, room->dims, room->known,
                                                     room->dims + inputs, room->known + inputs);
  if (status != SUMI_OK) return sumi__tensor_name_failure(node->op, status);
  for (int i = 0; i < node->output_count; ++i) {
    SUMI_TRY(set_output(draft, node, i, room->dims[inputs + i], &room->known[inputs + i]));
    node->unshaped |= draft->values[node->first_output + i].unshaped;
  }
  set_constant(draft, node);
  return SUMI_OK;
}

/* An alias op's output has its input's bytes. Inputs that are unshaped have no bytes yet. */
static void set_alias(sumi__tensor_draft_t *draft, sumi__tensor_node_t *node) {
  sumi__tensor_value_t *output = &draft->values[node->first_output];
  if (!sumi__tensor_op_is(node, SUMI_OP_ALIAS) || node->unshaped ||
      output->source != SUMI__FROM_STEP)
    return;
  output->same_as = node->inputs[0];
}

/* What folding found out. */
static void know_constant(sumi__tensor_draft_t *draft, int value) {
  sumi__tensor_value_t *v = &draft->values[value];
  const sumi__tensor_value_t *root = sumi__tensor_draft_root(draft, value);
  if (root->source == SUMI__FROM_CONSTANT && !v->known.valid) know(v, root->data);
}

sumi_status_t sumi__tensor_infer_shapes(sumi__tensor_draft_t *draft) {
  room_t room;
  SUMI_TRY(make_room(draft, &room));
  for (int i = 0; i < draft->run->feeds.count; ++i) {
    sumi__tensor_value_t *feed = &draft->values[i];
    if (draft->feed_known[i]) know(feed, sumi__tensor_feed_data(&draft->run->feeds.list[i]));
  }
  for (int i = 0; i < draft->node_count; ++i) {
    sumi__tensor_node_t *node = &draft->nodes[i];
    SUMI_TRY(infer_node(draft, node, &room));
    set_alias(draft, node);
    SUMI_TRY(sumi__tensor_fold_node(draft, i));
    sumi__tensor_simplify_node(draft, i);
    if (node->output_count > 0) know_constant(draft, node->first_output);
  }
  return SUMI_OK;
}

bool sumi__tensor_feed_may_shape(const sumi__tensor_draft_t *draft, int feed) {
  const sumi_feed_t *f = &draft->run->feeds.list[feed];
  return feed >= draft->changing_feeds &&
         sumi__tensor_may_be_known(sumi__tensor_feed_dtype(f), sumi__tensor_feed_dims(f)) &&
         sumi__tensor_feed_data(f);
}
