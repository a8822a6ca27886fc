/* What a run needs: from fetches and targets backwards along inputs and control edges, stopping at
 * fed tensors. */
#include "exec/compile/draft.h"

static sumi_status_t list_feeds(sumi__tensor_draft_t *draft) {
  const sumi_feeds_t feeds = draft->run->feeds;
  const size_t ops = (size_t)draft->session->graph->op_count;
  draft->feed_of_op = sumi__tensor_draft_calloc(draft, ops, sizeof *draft->feed_of_op);
  draft->next_feed = sumi__tensor_draft_calloc(draft, (size_t)feeds.count,
                                               sizeof *draft->next_feed);
  if (!draft->feed_of_op || !draft->next_feed) return SUMI_RESOURCE_EXHAUSTED;
  for (size_t i = 0; i < ops; ++i) draft->feed_of_op[i] = SUMI__NONE;
  for (int i = 0; i < feeds.count; ++i) {
    const sumi_tensor_t tensor = feeds.list[i].tensor;
    if (sumi__tensor_draft_feed(draft, tensor) != SUMI__NONE)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "'%s:%d' is fed twice", tensor.op->name,
                       tensor.index);
    draft->next_feed[i] = draft->feed_of_op[tensor.op->index];
    draft->feed_of_op[tensor.op->index] = i;
  }
  return SUMI_OK;
}

static bool is_fed(const sumi__tensor_draft_t *draft, sumi_tensor_t tensor) {
  return sumi__tensor_draft_feed(draft, tensor) != SUMI__NONE;
}

/* A target all of whose outputs are fed has nothing to do. */
static bool is_wholly_fed(const sumi__tensor_draft_t *draft, sumi_op_t *op) {
  for (int i = 0; i < op->output_count; ++i)
    if (!is_fed(draft, (sumi_tensor_t){.op = op, .index = i})) return false;
  return op->output_count > 0;
}

/* Inputs have smaller indices than the nodes that use them, so one walk downwards marks all. What a
 * function reads of the outside (variables, constants) does not wait for anything there. */
static void mark(const sumi__tensor_draft_t *draft, bool *needed) {
  const sumi_run_options_t *run = draft->run;
  for (int i = 0; i < run->fetches.count; ++i)
    if (!is_fed(draft, run->fetches.list[i].tensor))
      needed[run->fetches.list[i].tensor.op->index] = true;
  for (int i = 0; i < run->targets.count; ++i)
    if (!is_wholly_fed(draft, run->targets.list[i])) needed[run->targets.list[i]->index] = true;
  for (int i = draft->session->graph->op_count - 1; i >= 0; --i) {
    if (!needed[i]) continue;
    const sumi_op_t *op = draft->session->graph->ops[i];
    for (int k = 0; k < op->input_count; ++k)
      if (!is_fed(draft, op->inputs[k])) needed[op->inputs[k].op->index] = true;
    for (int k = 0; k < op->control_count && op->function == draft->function; ++k)
      if (!is_wholly_fed(draft, op->controls[k])) needed[op->controls[k]->index] = true;
  }
}

static sumi_status_t add_feeds(sumi__tensor_draft_t *draft) {
  const sumi_feeds_t feeds = draft->run->feeds;
  for (int i = 0; i < feeds.count; ++i)
    draft->values[i] = (sumi__tensor_value_t){.tensor = feeds.list[i].tensor,
                                              .node = SUMI__NONE,
                                              .source = SUMI__FROM_FEED,
                                              .dtype = sumi__tensor_feed_dtype(&feeds.list[i]),
                                              .dims = sumi__tensor_feed_dims(&feeds.list[i]),
                                              .feed = i,
                                              .same_as = SUMI__NONE,
                                              .slot = SUMI__NONE,
                                              .unshaped_index = SUMI__NONE};
  return SUMI_OK;
}

static sumi_status_t add_node(sumi__tensor_draft_t *draft, sumi_op_t *op) {
  sumi__tensor_node_t *node = &draft->nodes[draft->node_count];
  *node = (sumi__tensor_node_t){.op = op,
                                .def = op->type->def,
                                .input_count = op->input_count,
                                .output_count = op->output_count,
                                .first_output = draft->value_count,
                                .live = true,
                                .unit = SUMI__NONE};
  node->inputs = sumi__tensor_draft_calloc(draft, (size_t)op->input_count, sizeof *node->inputs);
  if (!node->inputs) return SUMI_RESOURCE_EXHAUSTED;
  for (int i = 0; i < op->output_count; ++i)
    draft->values[draft->value_count++] = (sumi__tensor_value_t){
        .tensor = {.op = op, .index = i},
        .node = draft->node_count,
        .dtype = op->outputs[i].dtype,
        .dims = {.rank = SUMI_UNKNOWN_RANK},
        .same_as = SUMI__NONE,
        .slot = SUMI__NONE,
        .unshaped_index = SUMI__NONE};
  draft->node_of_op[op->index] = draft->node_count++;
  for (int i = 0; i < op->input_count; ++i)
    node->inputs[i] = sumi__tensor_draft_value(draft, op->inputs[i]);
  for (int i = 0; i < op->control_count && op->function == draft->function; ++i) {
    const int control = draft->node_of_op[op->controls[i]->index];
    if (control != SUMI__NONE)
      SUMI_TRY(sumi__tensor_draft_edge(draft, control, draft->node_count - 1, false));
  }
  return SUMI_OK;
}

static sumi_status_t check_computable(const sumi_op_t *op) {
  const sumi_op_def_t *def = op->type->def;
  if (def->source == SUMI_SOURCE_FEED)
    return sumi__tensor_fail_at(op, SUMI_FAILED_PRECONDITION, "it has to be fed: %s of shape %s",
                                sumi_dtype_name(op->outputs[0].dtype),
                                sumi_dims_text(op->outputs[0].dims).text);
  const bool computable = def->kernel || def->map || (def->flags & SUMI_OP_ALIAS) ||
                          op->output_count == 0 || def->source != SUMI_SOURCE_STEP;
  if (computable) return SUMI_OK;
  return sumi__tensor_fail_at(op, SUMI_UNIMPLEMENTED, "its type has no kernel");
}

sumi_status_t sumi__tensor_prune(sumi__tensor_draft_t *draft) {
  const sumi_graph_t *graph = draft->session->graph;
  const size_t op_count = (size_t)graph->op_count;
  bool *needed = sumi__tensor_draft_calloc(draft, op_count, sizeof *needed);
  draft->node_of_op = sumi__tensor_draft_calloc(draft, op_count, sizeof *draft->node_of_op);
  if (!needed || !draft->node_of_op) return SUMI_RESOURCE_EXHAUSTED;
  SUMI_TRY(list_feeds(draft));
  mark(draft, needed);
  size_t nodes = 0, values = (size_t)draft->run->feeds.count;
  for (size_t i = 0; i < op_count; ++i) {
    draft->node_of_op[i] = SUMI__NONE;
    if (needed[i]) ++nodes, values += (size_t)graph->ops[i]->output_count;
  }
  draft->nodes = sumi__tensor_draft_calloc(draft, nodes, sizeof *draft->nodes);
  draft->values = sumi__tensor_draft_calloc(draft, values, sizeof *draft->values);
  draft->fetches = sumi__tensor_draft_calloc(draft, (size_t)draft->run->fetches.count,
                                             sizeof *draft->fetches);
  if (!draft->nodes || !draft->values || !draft->fetches) return SUMI_RESOURCE_EXHAUSTED;
  draft->node_count = 0;
  draft->node_capacity = (int)nodes;
  draft->value_capacity = (int)values;
  draft->value_count = draft->run->feeds.count;
  SUMI_TRY(add_feeds(draft));
  for (size_t i = 0; i < op_count; ++i) {
    if (!needed[i]) continue;
    SUMI_TRY(check_computable(graph->ops[i]));
    SUMI_TRY(add_node(draft, graph->ops[i]));
  }
  for (int i = 0; i < draft->run->fetches.count; ++i)
    draft->fetches[i] = sumi__tensor_draft_value(draft, draft->run->fetches.list[i].tensor);
  draft->plan->stats.pruned_nodes = graph->op_count - draft->node_count;
  return SUMI_OK;
}

/* The node of a constant is needed only for what it waits for. */
static void mark_value(sumi__tensor_draft_t *draft, int value) {
  const sumi__tensor_value_t *v = &draft->values[value];
  if (v->node == SUMI__NONE) return;
  if (v->source != SUMI__FROM_CONSTANT || draft->nodes[v->node].before)
    draft->nodes[v->node].live = true;
}

void sumi__tensor_prune_again(sumi__tensor_draft_t *draft) {
  for (int i = 0; i < draft->node_count; ++i) draft->nodes[i].live = false;
  for (int i = 0; i < draft->run->targets.count; ++i) {
    const int node = draft->node_of_op[draft->run->targets.list[i]->index];
    if (node != SUMI__NONE) draft->nodes[node].live = true;
  }
  for (int i = 0; i < draft->run->fetches.count; ++i) mark_value(draft, draft->fetches[i]);
  for (int i = draft->node_count - 1; i >= 0; --i) {
    const sumi__tensor_node_t *node = &draft->nodes[i];
    if (!node->live) continue;
    for (int k = 0; k < node->input_count; ++k) mark_value(draft, node->inputs[k]);
    for (const sumi__tensor_edge_t *e = node->before; e; e = e->next)
      draft->nodes[e->node].live = true;
  }
}
