/* Steps of nodes whose shapes are known only while running. */
#include "exec/compile/draft.h"
#include "exec/plan/unshaped.h"
#include "exec/run/unshaped.h"

sumi_status_t sumi__tensor_number_unshaped_values(sumi__tensor_draft_t *draft) {
  sumi__tensor_plan_t *plan = draft->plan;
  for (int i = 0; i < draft->value_count; ++i) {
    sumi__tensor_value_t *value = &draft->values[i];
    if (value->unshaped && value->source == SUMI__FROM_STEP && value->same_as == SUMI__NONE)
      value->unshaped_index = plan->unshaped_count++;
  }
  plan->unshaped_values = sumi__tensor_plan_calloc(plan, (size_t)plan->unshaped_count,
                                                   sizeof *plan->unshaped_values);
  return plan->unshaped_values ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

static int unshaped_index(const sumi__tensor_draft_t *draft, int value) {
  return draft->values[value].unshaped ? sumi__tensor_draft_root(draft, value)->unshaped_index
                                       : SUMI__NONE;
}

sumi_status_t sumi__tensor_unshaped_step(sumi__tensor_draft_t *draft,
                                         const sumi__tensor_node_t *node,
                                         sumi__tensor_step_t *step) {
  sumi__tensor_plan_t *plan = draft->plan;
  const size_t inputs = (size_t)node->input_count, outputs = (size_t)node->output_count;
  sumi__tensor_unshaped_t *unshaped = sumi__tensor_plan_calloc(plan, 1, sizeof *unshaped);
  if (!unshaped) return SUMI_RESOURCE_EXHAUSTED;
  unshaped->plan = plan;
  unshaped->inputs = sumi__tensor_plan_calloc(plan, inputs, sizeof *unshaped->inputs);
  unshaped->outputs = sumi__tensor_plan_calloc(plan, outputs, sizeof *unshaped->outputs);
  unshaped->dims = sumi__tensor_plan_calloc(plan, inputs + outputs, sizeof *unshaped->dims);
  unshaped->known = sumi__tensor_plan_calloc(plan, inputs + outputs, sizeof *unshaped->known);
  unshaped->held = sumi__tensor_plan_calloc(plan, outputs, sizeof *unshaped->held);
  if (!unshaped->inputs || !unshaped->outputs || !unshaped->dims || !unshaped->known ||
      !unshaped->held)
    return SUMI_RESOURCE_EXHAUSTED;
  for (int i = 0; i < node->input_count; ++i)
    unshaped->inputs[i] = unshaped_index(draft, node->inputs[i]);
  for (int i = 0; i < node->output_count; ++i)
    unshaped->outputs[i] = unshaped_index(draft, node->first_output + i);
  step->unshaped = unshaped;
  plan->has_unshaped_steps = true;
  if (sumi__tensor_op_is(node, SUMI_OP_DYNAMIC)) step->kernel.dynamic = unshaped->held;
  step->run = step->kernel.dynamic ? sumi__tensor_run_dynamic : sumi__tensor_run_unshaped;
  return SUMI_OK;
}
