/* Nodes that change nothing for these shapes and constants become aliases of their input: a sum over
 * axes of size 1, a multiplication by 1, a transposition that moves no elements. */
#include "exec/draft.h"

#include <string.h>

/* An op that keeps its first input's elements and their order when … */
typedef enum rule {
  SAME_COUNT,     /* … there are as many outputs as inputs */
  SAME_DTYPE,     /* … the dtype stays */
  TIMES_ONE,      /* … the other input is the constant 1 */
  DIVIDED_BY_ONE, /* … the second input is the constant 1 */
  SAME_ORDER      /* … the constant permutation moves only axes of size 1 */
} rule_t;

static const struct {
  const char *op;
  rule_t rule;
} rules[] = {
    {"Sum", SAME_COUNT},       {"Mean", SAME_COUNT}, {"Prod", SAME_COUNT},
    {"Max", SAME_COUNT},       {"Min", SAME_COUNT},  {"All", SAME_COUNT},
    {"Any", SAME_COUNT},       {"Tile", SAME_COUNT}, {"BroadcastTo", SAME_COUNT},
    {"Slice", SAME_COUNT},     {"Pad", SAME_COUNT},  {"Pack", SAME_COUNT},
    {"Cast", SAME_DTYPE},      {"Mul", TIMES_ONE},   {"RealDiv", DIVIDED_BY_ONE},
    {"Transpose", SAME_ORDER},
};

enum { RULE_COUNT = sizeof rules / sizeof *rules };

static bool is_one(const sumi__draft_t *draft, int value) {
  const sumi__value_t *root = sumi__draft_root(draft, value);
  if (root->source != SUMI__FROM_CONSTANT || sumi__value_bytes(root) == 0) return false;
  if (sumi_dims_count(draft->values[value].dims) != 1) return false;
  const sumi_array_view_t view = {.dtype = root->dtype, .data = root->data};
  return sumi_array_view_double(&view, 0) == 1;
}

static bool keeps_order(const sumi__draft_t *draft, const sumi__node_t *node) {
  const sumi__value_t *perm = &draft->values[node->inputs[1]];
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
static int unchanged_input(const sumi__draft_t *draft, const sumi__node_t *node, rule_t rule) {
  if (rule == TIMES_ONE && is_one(draft, node->inputs[1])) return 0;
  if (rule == TIMES_ONE && is_one(draft, node->inputs[0])) return 1;
  if (rule == DIVIDED_BY_ONE && is_one(draft, node->inputs[1])) return 0;
  if (rule == SAME_ORDER && keeps_order(draft, node)) return 0;
  return rule == SAME_COUNT || rule == SAME_DTYPE ? 0 : SUMI__NONE;
}

static bool may_alias(const sumi__draft_t *draft, const sumi__node_t *node) {
  if (node->late || node->output_count != 1 || node->input_count == 0) return false;
  const sumi__value_t *output = &draft->values[node->first_output];
  return output->source == SUMI__FROM_STEP && output->same_as == SUMI__NONE;
}

void sumi__simplify_node(sumi__draft_t *draft, int index) {
  const sumi__node_t *node = &draft->nodes[index];
  if (!sumi__draft_pass(draft, SUMI__PASS_SIMPLIFY) || !may_alias(draft, node)) return;
  for (int i = 0; i < RULE_COUNT; ++i) {
    if (strcmp(rules[i].op, node->def->name) != 0) continue;
    const int input = unchanged_input(draft, node, rules[i].rule);
    if (input == SUMI__NONE) return;
    sumi__value_t *output = &draft->values[node->first_output];
    const sumi__value_t *from = &draft->values[node->inputs[input]];
    if (from->dtype != output->dtype || from->late ||
        sumi_dims_count(from->dims) != sumi_dims_count(output->dims))
      return;
    output->same_as = node->inputs[input];
    ++draft->plan->stats.folded_nodes;
    return;
  }
}
