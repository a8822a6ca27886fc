/* Units become steps: kernels with their views, fused groups with their operands. Pointers are set
 * later, when memory has been placed. */
#include "exec/compile/draft.h"
#include "exec/run/group_run.h"
#include "exec/run/interpret.h"

#include <string.h>

static sumi_status_t note_variables(sumi__tensor_draft_t *draft, const sumi__tensor_node_t *node,
                                    sumi__tensor_step_t *step) {
  const size_t inputs = (size_t)node->input_count;
  step->variables = sumi__tensor_plan_calloc(draft->plan, inputs, sizeof *step->variables);
  step->reads = sumi__tensor_plan_calloc(draft->plan, inputs, sizeof *step->reads);
  if (!step->variables || !step->reads) return SUMI_RESOURCE_EXHAUSTED;
  for (int i = 0; i < node->input_count; ++i) {
    const sumi__tensor_value_t *root = sumi__tensor_draft_root(draft, node->inputs[i]);
    const bool ref = !node->copies && sumi__tensor_input_is_ref(node->op, i);
    if (root->source != SUMI__FROM_VARIABLE) {
      if (ref)
        return sumi__tensor_fail_at(node->op, SUMI_INVALID_ARGUMENT,
                                    "input %d has to be a variable and is fed a value", i);
      continue;
    }
    step->variables[i] = root->variable;
    if (!ref) step->reads[step->read_count++] = root->variable;
  }
  return SUMI_OK;
}

static sumi_status_t run_copy(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *in = &kernel->in[0];
  memcpy(sumi_kernel_out(kernel, 0), in->data,
         (size_t)sumi_array_view_count(in) * sumi_dtype_size_bytes(in->dtype));
  return SUMI_OK;
}

/* An elementwise op whose inputs and output are to be looked at is no group. */
static sumi_status_t run_map(const sumi_kernel_t *kernel) {
  return sumi__tensor_interpret(kernel->session, kernel->op, kernel->in, kernel->out);
}

static sumi_status_t kernel_step(sumi__tensor_draft_t *draft, const sumi__tensor_node_t *node,
                                 sumi__tensor_step_t *step) {
  const size_t inputs = (size_t)node->input_count, outputs = (size_t)node->output_count;
  sumi_array_view_t *views = sumi__tensor_plan_calloc(draft->plan, inputs + outputs, sizeof *views);
  if (!views) return SUMI_RESOURCE_EXHAUSTED;
  for (size_t i = 0; i < inputs; ++i)
    views[i] = sumi__tensor_value_view(&draft->values[node->inputs[i]], NULL);
  for (size_t i = 0; i < outputs; ++i)
    views[inputs + i] = sumi__tensor_value_view(&draft->values[node->first_output + (int)i], NULL);
  step->kernel = (sumi_kernel_t){.op = node->op,
                                 .input_count = node->input_count,
                                 .output_count = node->output_count,
                                 .in = views,
                                 .out = views + inputs,
                                 .threads = draft->session->threads,
                                 .session = draft->session};
  SUMI_TRY(note_variables(draft, node, step));
  step->run = node->copies ? run_copy : node->def->kernel ? node->def->kernel : run_map;
  if (!node->copies && sumi__tensor_is_stateful(node->def)) {
    step->stream = sumi__tensor_session_stream(draft->session, node->op);
    if (!step->stream) return SUMI_RESOURCE_EXHAUSTED;
  }
  return SUMI_OK;
}

/* ---- Groups ---- */

static sumi_status_t run_group(const sumi_kernel_t *kernel) {
  return sumi__tensor_group_run(sumi__tensor_step_of(kernel)->group, kernel->scratch,
                                kernel->session);
}

typedef struct builder {
  sumi__tensor_draft_t *draft;
  sumi__tensor_group_t *group;
  sumi__tensor_step_t *step;
  sumi_dims_t domain;
  int *values; /* by operand */
} builder_t;

static int find_operand(const builder_t *b, int value) {
  for (int i = 0; i < b->group->operand_count; ++i)
    if (b->values[i] == value) return i;
  return SUMI__NONE;
}

static int add_operand(builder_t *b, int value) {
  const int known = find_operand(b, value);
  if (known != SUMI__NONE) return known;
  const sumi__tensor_value_t *v = &b->draft->values[value];
  const sumi__tensor_value_t *root = sumi__tensor_draft_root(b->draft, value);
  sumi__tensor_operand_t *operand = &b->group->operands[b->group->operand_count];
  operand->element_bytes = sumi_dtype_size_bytes(v->dtype);
  sumi__tensor_operand_walk(operand, v->dims, b->domain);
  if (root->source == SUMI__FROM_VARIABLE) b->step->reads[b->step->read_count++] = root->variable;
  if (root->source == SUMI__FROM_CONSTANT) {
    operand->base = root->data;
    if (operand->kind == SUMI__SPLAT) operand->kind = SUMI__CONSTANT;
  }
  b->values[b->group->operand_count] = value;
  return b->group->operand_count++;
}

static sumi_status_t add_member(builder_t *b, const sumi__tensor_node_t *node) {
  sumi__tensor_member_t *member = &b->group->members[b->group->member_count++];
  const sumi__tensor_value_t *output = &b->draft->values[node->first_output];
  const sumi_dtype_t in = node->input_count > 0 ? b->draft->values[node->inputs[0]].dtype
                                                : output->dtype;
  member->op = node->op;
  member->block = sumi__tensor_find_block(node->def, in, output->dtype);
  member->dtype = in;
  member->input_count = node->input_count;
  member->inputs = sumi__tensor_plan_calloc(b->draft->plan, (size_t)node->input_count,
                                            sizeof *member->inputs);
  if (!member->inputs) return SUMI_RESOURCE_EXHAUSTED;
  if (!member->block)
    return sumi__tensor_fail_at(node->op, SUMI_UNIMPLEMENTED, "it does not compute %s from %s",
                                sumi_dtype_name(output->dtype), sumi_dtype_name(in));
  for (int i = 0; i < node->input_count; ++i) member->inputs[i] = add_operand(b, node->inputs[i]);
  member->output = add_operand(b, node->first_output);
  if (!output->outside) b->group->operands[member->output].kind = SUMI__REGISTER;
  return SUMI_OK;
}

static void add_reduction(builder_t *b, const sumi__tensor_node_t *node) {
  sumi__tensor_reduction_t *reduction = &b->group->reduction;
  sumi__tensor_reduction_of(b->draft, node, reduction);
  reduction->input = find_operand(b, node->inputs[0]);
  reduction->output = b->group->operand_count;
  sumi__tensor_operand_t *operand = &b->group->operands[reduction->output];
  operand->kind = SUMI__RESULT;
  operand->element_bytes = 1; /* never in blocks */
  b->values[b->group->operand_count++] = node->first_output;
}

static sumi_status_t group_step(sumi__tensor_draft_t *draft, sumi__tensor_unit_t *unit,
                                sumi__tensor_step_t *step) {
  size_t operands = 0;
  for (int i = 0; i < unit->count; ++i)
    operands += (size_t)draft->nodes[unit->nodes[i]].input_count + 1;
  sumi__tensor_group_t *group = sumi__tensor_plan_calloc(draft->plan, 1, sizeof *group);
  if (!group) return SUMI_RESOURCE_EXHAUSTED;
  const sumi__tensor_node_t *first = &draft->nodes[unit->nodes[0]];
  const sumi__tensor_node_t *last = &draft->nodes[unit->nodes[unit->count - 1]];
  const int members = unit->count - unit->reduces;
  builder_t b = {draft, group, step, draft->values[first->first_output].dims, NULL};
  group->count = sumi_dims_count(b.domain);
  group->operands = sumi__tensor_plan_calloc(draft->plan, operands, sizeof *group->operands);
  group->members = sumi__tensor_plan_calloc(draft->plan, (size_t)members, sizeof *group->members);
  step->reads = sumi__tensor_plan_calloc(draft->plan, operands, sizeof *step->reads);
  b.values = sumi__tensor_plan_calloc(draft->plan, operands, sizeof *b.values);
  if (!group->operands || !group->members || !step->reads || !b.values)
    return SUMI_RESOURCE_EXHAUSTED;
  for (int i = 0; i < members; ++i) SUMI_TRY(add_member(&b, &draft->nodes[unit->nodes[i]]));
  if (unit->reduces) add_reduction(&b, last);
  SUMI_TRY(sumi__tensor_group_finish(group, draft->plan->memory, draft->session->threads));
  step->group = group;
  step->group_values = b.values;
  step->run = run_group;
  step->kernel = (sumi_kernel_t){
      .op = last->op, .threads = draft->session->threads, .session = draft->session};
  unit->scratch_bytes = (size_t)group->threads * group->thread_bytes;
  return SUMI_OK;
}

static sumi_status_t make_step(sumi__tensor_draft_t *draft, sumi__tensor_unit_t *unit) {
  const sumi__tensor_node_t *node = &draft->nodes[unit->nodes[0]];
  sumi__tensor_step_t *step = unit->step;
  if (unit->is_group) return group_step(draft, unit, step);
  SUMI_TRY(kernel_step(draft, node, step));
  if (node->unshaped) SUMI_TRY(sumi__tensor_unshaped_step(draft, node, step));
  if (sumi__tensor_op_is(node, SUMI_OP_CALLS) && !node->copies)
    return sumi__tensor_call_step(draft, node, step);
  if (node->unshaped) return SUMI_OK;
  if (!node->copies && node->def->scratch) unit->scratch_bytes = node->def->scratch(&step->kernel);
  return SUMI_OK;
}

sumi_status_t sumi__tensor_assemble(sumi__tensor_draft_t *draft) {
  sumi__tensor_plan_t *plan = draft->plan;
  SUMI_TRY(sumi__tensor_number_unshaped_values(draft));
  for (int i = 0; i < draft->unit_count; ++i) plan->step_count += draft->units[i].has_step;
  plan->steps = sumi__tensor_plan_calloc(draft->plan, (size_t)plan->step_count,
                                         sizeof *plan->steps);
  if (!plan->steps) return SUMI_RESOURCE_EXHAUSTED;
  sumi__tensor_step_t *next = plan->steps;
  for (int i = 0; i < draft->unit_count; ++i) {
    if (!draft->units[i].has_step) continue;
    draft->units[i].step = next++;
    SUMI_TRY(make_step(draft, &draft->units[i]));
  }
  plan->stats.steps = plan->step_count;
  return SUMI_OK;
}
