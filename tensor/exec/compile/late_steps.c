/* Steps of nodes whose shapes are known only while running. */
#include "exec/compile/draft.h"
#include "exec/plan/late.h"
#include "exec/run/late.h"

sumi_status_t sumi__tensor_number_late_values(sumi__tensor_draft_t *draft) {
  sumi__tensor_plan_t *plan = draft->plan;
  for (int i = 0; i < draft->value_count; ++i) {
    sumi__tensor_value_t *value = &draft->values[i];
    if (value->late && value->source == SUMI__FROM_STEP && value->same_as == SUMI__NONE)
      value->late_index = plan->late_count++;
  }
  plan->late_values = sumi__tensor_plan_calloc(plan, (size_t)plan->late_count,
                                               sizeof *plan->late_values);
  return plan->late_values ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

static int late_index(const sumi__tensor_draft_t *draft, int value) {
  return draft->values[value].late ? sumi__tensor_draft_root(draft, value)->late_index : SUMI__NONE;
}

sumi_status_t sumi__tensor_late_step(sumi__tensor_draft_t *draft, const sumi__tensor_node_t *node,
                                     sumi__tensor_step_t *step) {
  sumi__tensor_plan_t *plan = draft->plan;
  const size_t inputs = (size_t)node->input_count, outputs = (size_t)node->output_count;
  sumi__tensor_late_t *late = sumi__tensor_plan_calloc(plan, 1, sizeof *late);
  if (!late) return SUMI_RESOURCE_EXHAUSTED;
  late->plan = plan;
  late->inputs = sumi__tensor_plan_calloc(plan, inputs, sizeof *late->inputs);
  late->outputs = sumi__tensor_plan_calloc(plan, outputs, sizeof *late->outputs);
  late->dims = sumi__tensor_plan_calloc(plan, inputs + outputs, sizeof *late->dims);
  late->known = sumi__tensor_plan_calloc(plan, inputs + outputs, sizeof *late->known);
  late->held = sumi__tensor_plan_calloc(plan, outputs, sizeof *late->held);
  if (!late->inputs || !late->outputs || !late->dims || !late->known || !late->held)
    return SUMI_RESOURCE_EXHAUSTED;
  for (int i = 0; i < node->input_count; ++i) late->inputs[i] = late_index(draft, node->inputs[i]);
  for (int i = 0; i < node->output_count; ++i)
    late->outputs[i] = late_index(draft, node->first_output + i);
  step->late = late;
  plan->has_late_steps = true;
  if (sumi__tensor_op_is(node, SUMI_OP_DYNAMIC)) step->kernel.dynamic = late->held;
  step->run = step->kernel.dynamic ? sumi__tensor_run_dynamic : sumi__tensor_run_late;
  return SUMI_OK;
}
