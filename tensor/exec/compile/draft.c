#include "exec/compile/draft.h"
#include "exec/plan/group.h"

#include <sumi/alloc.h>

#include <string.h>

void *sumi__tensor_draft_calloc(sumi__tensor_draft_t *draft, size_t count, size_t size_bytes) {
  void *memory = sumi_arena_calloc(draft->memory, count, size_bytes);
  if (!memory) sumi_fail_alloc("a plan", count * size_bytes);
  return memory;
}

int sumi__tensor_draft_feed(const sumi__tensor_draft_t *draft, sumi_tensor_t tensor) {
  int feed = draft->feed_of_op[tensor.op->index];
  while (feed != SUMI__NONE && draft->run->feeds.list[feed].tensor.index != tensor.index)
    feed = draft->next_feed[feed];
  return feed;
}

int sumi__tensor_draft_value(const sumi__tensor_draft_t *draft, sumi_tensor_t tensor) {
  const int feed = sumi__tensor_draft_feed(draft, tensor);
  if (feed != SUMI__NONE) return feed;
  const int node = draft->node_of_op[tensor.op->index];
  return node == SUMI__NONE ? SUMI__NONE : draft->nodes[node].first_output + tensor.index;
}

sumi_status_t sumi__tensor_draft_edge(sumi__tensor_draft_t *draft, int before, int after,
                                      bool effect) {
  for (const sumi__tensor_edge_t *e = draft->nodes[after].before; e; e = e->next)
    if (e->node == before) return SUMI_OK;
  sumi__tensor_edge_t *edge = sumi__tensor_draft_calloc(draft, 1, sizeof *edge);
  if (!edge) return SUMI_RESOURCE_EXHAUSTED;
  *edge = (sumi__tensor_edge_t){before, effect, draft->nodes[after].before};
  draft->nodes[after].before = edge;
  return SUMI_OK;
}

int64_t sumi__tensor_value_bytes(const sumi__tensor_value_t *value) {
  const int64_t count = sumi_dims_count(value->dims);
  int64_t bytes;
  if (count < 0 ||
      __builtin_mul_overflow(count, (int64_t)sumi_dtype_size_bytes(value->dtype), &bytes))
    return -1;
  return bytes;
}

bool sumi__tensor_has_work(const sumi__tensor_draft_t *draft, const sumi__tensor_node_t *node) {
  if (node->copies) return true;
  if (node->unshaped && sumi__tensor_op_is(node, SUMI_OP_ALIAS)) return true;
  if (!node->def->kernel && !node->def->map) return false;
  if (sumi__tensor_op_is(node, SUMI_OP_SIDE_EFFECT) || node->output_count == 0) return true;
  for (int i = 0; i < node->output_count; ++i) {
    const sumi__tensor_value_t *output = &draft->values[node->first_output + i];
    if (output->source == SUMI__FROM_STEP && output->same_as == SUMI__NONE) return true;
  }
  return false;
}

/* The axes as a bit set, false when they are not known or wrong. */
static bool known_axes(const sumi__tensor_draft_t *draft, int value, int rank, unsigned *axes) {
  const sumi_known_t *known = &draft->values[value].known;
  if (!known->valid) return false;
  *axes = 0;
  for (int i = 0; i < known->count; ++i) {
    const int64_t axis = known->value[i] < 0 ? known->value[i] + rank : known->value[i];
    if (!known->has[i] || axis < 0 || axis >= rank || (*axes >> axis & 1u)) return false;
    *axes |= 1u << axis;
  }
  return true;
}

bool sumi__tensor_reduction_of(const sumi__tensor_draft_t *draft, const sumi__tensor_node_t *node,
                               struct sumi__tensor_reduction *reduction) {
  if (node->unshaped || node->copies || node->input_count == 0 || node->input_count > 2)
    return false;
  const sumi__tensor_value_t *input = &draft->values[node->inputs[0]];
  if (input->source != SUMI__FROM_STEP || input->same_as != SUMI__NONE) return false;
  if (!sumi__tensor_has_work(draft, node) || sumi_dims_count(input->dims) <= 0) return false;
  unsigned axes = ~0u; /* without an input that lists them */
  if (node->input_count == 2 && !known_axes(draft, node->inputs[1], input->dims.rank, &axes))
    return false;
  return sumi__tensor_find_reduction(node->def, input->dtype, input->dims, axes, reduction);
}

sumi_array_view_t sumi__tensor_value_view(const sumi__tensor_value_t *value, const void *data) {
  sumi_array_view_t view = {.dtype = value->dtype, .rank = value->dims.rank, .data = data};
  memcpy(view.dims, value->dims.size, sizeof view.dims);
  return view;
}
