/* Nodes that change nothing for these shapes and constants become aliases of their input: a sum
 * over axes of size 1, a multiplication by 1, a transposition that moves no elements. */
#include "exec/compile/draft.h"

static bool is_one(const sumi__tensor_draft_t *draft, int value) {
  const sumi__tensor_value_t *root = sumi__tensor_draft_root(draft, value);
  if (root->source != SUMI__FROM_CONSTANT || sumi__tensor_value_bytes(root) == 0) return false;
  if (sumi_dims_count(draft->values[value].dims) != 1) return false;
  const sumi_array_view_t view = {.dtype = root->dtype, .data = root->data};
  return sumi_array_view_double(&view, 0) == 1;
}

static bool keeps_order(const sumi__tensor_draft_t *draft, const sumi__tensor_node_t *node) {
  const sumi__tensor_value_t *perm = &draft->values[node->inputs[1]];
  const sumi_dims_t dims = draft->values[node->inputs[0]].dims;
  if (!perm->known.valid || perm->known.count != dims.rank) return false;
  int64_t last = -1;
  for (int i = 0; i < dims.rank; ++i) {
    const int64_t axis = perm->known.value[i];
    if (!perm->known.has[i] || axis < 0 || axis >= dims.rank) return false;
    if (dims.size[axis] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

/* The input that the output equals, SUMI__NONE when there is none. */
static int unchanged_input(const sumi__tensor_draft_t *draft, const sumi__tensor_node_t *node) {
  const int *inputs = node->inputs;
  switch (node->def->unchanged) {
  case SUMI_UNCHANGED_TIMES:
    if (is_one(draft, inputs[1])) return 0;
    return is_one(draft, inputs[0]) ? 1 : SUMI__NONE;
  case SUMI_UNCHANGED_OVER: return is_one(draft, inputs[1]) ? 0 : SUMI__NONE;
  case SUMI_UNCHANGED_ORDER: return keeps_order(draft, node) ? 0 : SUMI__NONE;
  case SUMI_UNCHANGED_NEVER: return SUMI__NONE;
  default: return 0; /* the count and the dtype are compared for all */
  }
}

static bool may_alias(const sumi__tensor_draft_t *draft, const sumi__tensor_node_t *node) {
  if (node->unshaped || node->output_count != 1 || node->input_count == 0) return false;
  const sumi__tensor_value_t *output = &draft->values[node->first_output];
  return output->source == SUMI__FROM_STEP && output->same_as == SUMI__NONE;
}

void sumi__tensor_simplify_node(sumi__tensor_draft_t *draft, int index) {
  const sumi__tensor_node_t *node = &draft->nodes[index];
  if (!sumi__tensor_draft_pass(draft, SUMI__PASS_SIMPLIFY) || !may_alias(draft, node)) return;
  const int input = unchanged_input(draft, node);
  if (input == SUMI__NONE) return;
  sumi__tensor_value_t *output = &draft->values[node->first_output];
  const sumi__tensor_value_t *from = &draft->values[node->inputs[input]];
  if (from->dtype != output->dtype || from->unshaped ||
      sumi_dims_count(from->dims) != sumi_dims_count(output->dims))
    return;
  output->same_as = node->inputs[input];
  ++draft->plan->stats.folded_nodes;
}
