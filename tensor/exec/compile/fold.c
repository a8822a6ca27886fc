/* Constant folding: a node whose inputs do not depend on the run is computed while the plan is
 * made. So are nodes that look at shapes only, and those all of whose elements the shape functions
 * know, as long as no side effect is lost with their inputs. */
#include "exec/compile/draft.h"
#include "exec/run/interpret.h"

/* Larger results would trade memory for a computation that is cheap beside reading them. */
enum { MAX_FOLDED_BYTES = 8 << 20 };

static bool is_known(const sumi__tensor_value_t *value) {
  if (!value->known.valid || value->unshaped) return false;
  if (value->dtype != SUMI_INT32 && value->dtype != SUMI_INT64) return false;
  if (sumi_dims_count(value->dims) != value->known.count) return false;
  for (int i = 0; i < value->known.count; ++i)
    if (!value->known.has[i]) return false;
  return true;
}

static sumi_status_t become_constant(sumi__tensor_draft_t *draft, sumi__tensor_value_t *value,
                                     void **data) {
  *data = sumi__tensor_plan_constant(draft->plan, (size_t)sumi__tensor_value_bytes(value));
  if (!*data) return sumi_fail_alloc("a folded constant", (size_t)sumi__tensor_value_bytes(value));
  return SUMI_OK;
}

static sumi_status_t write_known(sumi__tensor_draft_t *draft, sumi__tensor_value_t *value) {
  void *data;
  SUMI_TRY(become_constant(draft, value, &data));
  for (int i = 0; i < value->known.count; ++i) {
    if (value->dtype == SUMI_INT32)
      ((int32_t *)data)[i] = (int32_t)value->known.value[i];
    else
      ((int64_t *)data)[i] = value->known.value[i];
  }
  value->source = SUMI__FROM_CONSTANT;
  sumi__tensor_draft_point(draft, value, SUMI__NONE);
  value->data = data;
  return SUMI_OK;
}

/* What a constant waits for must still run, so it stays an input of nodes that run. */
static bool is_free_constant(const sumi__tensor_draft_t *draft, int value) {
  for (;; value = draft->values[value].same_as) {
    const sumi__tensor_value_t *v = &draft->values[value];
    if (v->node != SUMI__NONE && draft->nodes[v->node].before) return false;
    if (v->same_as == SUMI__NONE) return v->source == SUMI__FROM_CONSTANT;
  }
}

static bool is_foldable(const sumi__tensor_draft_t *draft, const sumi__tensor_node_t *node) {
  if (sumi__tensor_is_stateful(node->def) ||
      sumi__tensor_op_is(node, SUMI_OP_DYNAMIC | SUMI_OP_ALIAS | SUMI_OP_CALLS))
    return false;
  if (node->unshaped || node->before || node->output_count == 0) return false;
  if (!node->def->kernel && !node->def->map) return false;
  const bool shapes_do = sumi__tensor_op_is(node, SUMI_OP_SHAPE_ONLY) && !node->effects;
  for (int i = 0; i < node->input_count; ++i)
    if (!shapes_do && !is_free_constant(draft, node->inputs[i])) return false;
  int64_t bytes = 0;
  for (int i = 0; i < node->output_count; ++i) {
    const sumi__tensor_value_t *output = &draft->values[node->first_output + i];
    if (output->source != SUMI__FROM_STEP || output->dtype == SUMI_STRING) return false;
    bytes += sumi__tensor_value_bytes(output);
  }
  return bytes <= MAX_FOLDED_BYTES;
}

static sumi_status_t compute(sumi__tensor_draft_t *draft, const sumi__tensor_node_t *node) {
  const size_t inputs = (size_t)node->input_count, outputs = (size_t)node->output_count;
  sumi_array_view_t *views = sumi__tensor_draft_calloc(draft, inputs + outputs, sizeof *views);
  if (!views) return SUMI_RESOURCE_EXHAUSTED;
  for (int i = 0; i < node->input_count; ++i) {
    const sumi__tensor_value_t *input = &draft->values[node->inputs[i]];
    views[i] = sumi__tensor_value_view(input,
                                       sumi__tensor_draft_root(draft, node->inputs[i])->data);
  }
  for (int i = 0; i < node->output_count; ++i) {
    sumi__tensor_value_t *output = &draft->values[node->first_output + i];
    void *data;
    SUMI_TRY(become_constant(draft, output, &data));
    views[inputs + (size_t)i] = sumi__tensor_value_view(output, data);
  }
  SUMI_TRY(sumi__tensor_interpret(draft->session, node->op, views, views + inputs));
  for (int i = 0; i < node->output_count; ++i) {
    draft->values[node->first_output + i].source = SUMI__FROM_CONSTANT;
    draft->values[node->first_output + i].data = views[inputs + (size_t)i].data;
  }
  ++draft->plan->stats.folded_nodes;
  return SUMI_OK;
}

sumi_status_t sumi__tensor_fold_node(sumi__tensor_draft_t *draft, int index) {
  sumi__tensor_node_t *node = &draft->nodes[index];
  if (!sumi__tensor_draft_pass(draft, SUMI__PASS_FOLD)) return SUMI_OK;
  if (is_foldable(draft, node)) return compute(draft, node);
  if (sumi__tensor_is_stateful(node->def) || node->effects || node->output_count != 1)
    return SUMI_OK;
  sumi__tensor_value_t *output = &draft->values[node->first_output];
  if (output->source != SUMI__FROM_STEP || !is_known(output)) return SUMI_OK;
  ++draft->plan->stats.folded_nodes;
  return write_known(draft, output);
}
