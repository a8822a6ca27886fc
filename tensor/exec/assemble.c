/* Units become steps: kernels with their views, fused groups with their operands. Pointers are set
 * later, when memory has been placed. */
#include "exec/draft.h"
#include "exec/group.h"
#include "exec/late.h"

#include <string.h>

static void *plan_calloc(sumi__draft_t *draft, size_t count, size_t size_bytes) {
  void *memory = sumi_arena_calloc(draft->plan->memory, count, size_bytes);
  if (!memory) sumi_fail_alloc("a plan", count * size_bytes);
  return memory;
}

static sumi_array_view_t view_of(const sumi__value_t *value) {
  sumi_array_view_t view = {.dtype = value->dtype, .rank = value->dims.rank};
  memcpy(view.dims, value->dims.size, sizeof view.dims);
  return view;
}

static sumi_status_t note_variables(sumi__draft_t *draft, const sumi__node_t *node,
                                    sumi__step_t *step) {
  const size_t inputs = (size_t)node->input_count;
  step->variables = plan_calloc(draft, inputs, sizeof *step->variables);
  step->reads = plan_calloc(draft, inputs, sizeof *step->reads);
  if (!step->variables || !step->reads) return SUMI_RESOURCE_EXHAUSTED;
  for (int i = 0; i < node->input_count; ++i) {
    const sumi__value_t *root = sumi__draft_root(draft, node->inputs[i]);
    const bool ref = !node->copies && sumi__input_is_ref(node->op, i);
    if (root->source != SUMI__FROM_VARIABLE) {
      if (ref)
        return sumi__fail_at(node->op, SUMI_INVALID_ARGUMENT,
                             "input %d has to be a variable and is fed a value", i);
      continue;
    }
    step->variables[i] = root->variable;
    if (!ref)
      step->reads[step->read_count++] = root->variable;
    else if (sumi__updates(node->op, i))
      step->assigns = true;
  }
  return SUMI_OK;
}

static sumi_status_t run_copy(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *in = &kernel->in[0];
  memcpy(sumi_kernel_out(kernel, 0), in->data,
         (size_t)sumi_array_view_count(in) * sumi_dtype_size_bytes(in->dtype));
  return SUMI_OK;
}

static sumi_status_t kernel_step(sumi__draft_t *draft, const sumi__node_t *node,
                                 sumi__step_t *step) {
  const size_t inputs = (size_t)node->input_count, outputs = (size_t)node->output_count;
  sumi_array_view_t *views = plan_calloc(draft, inputs + outputs, sizeof *views);
  if (!views) return SUMI_RESOURCE_EXHAUSTED;
  for (size_t i = 0; i < inputs; ++i) views[i] = view_of(&draft->values[node->inputs[i]]);
  for (size_t i = 0; i < outputs; ++i)
    views[inputs + i] = view_of(&draft->values[node->first_output + (int)i]);
  step->kernel = (sumi_kernel_t){.op = node->op,
                                 .input_count = node->input_count,
                                 .output_count = node->output_count,
                                 .in = views,
                                 .out = views + inputs,
                                 .threads = draft->session->threads,
                                 .session = draft->session};
  SUMI_TRY(note_variables(draft, node, step));
  step->run = node->copies ? run_copy : node->def->kernel;
  if (!node->copies && sumi__is_stateful(node->def)) {
    step->stream = sumi__session_stream(draft->session, node->op);
    if (!step->stream) return SUMI_RESOURCE_EXHAUSTED;
  }
  return SUMI_OK;
}

/* ---- Groups ---- */

static sumi_status_t run_group(const sumi_kernel_t *kernel) {
  sumi__group_run(sumi__step_of(kernel)->group, kernel->scratch);
  return SUMI_OK;
}

typedef struct builder {
  sumi__draft_t *draft;
  sumi__group_t *group;
  sumi__step_t *step;
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
  const sumi__value_t *v = &b->draft->values[value];
  const sumi__value_t *root = sumi__draft_root(b->draft, value);
  sumi__operand_t *operand = &b->group->operands[b->group->operand_count];
  operand->element_bytes = sumi_dtype_size_bytes(v->dtype);
  sumi__operand_walk(operand, v->dims, b->domain);
  if (root->source == SUMI__FROM_VARIABLE) b->step->reads[b->step->read_count++] = root->variable;
  if (root->source == SUMI__FROM_CONSTANT) {
    operand->base = root->data;
    if (operand->kind == SUMI__SPLAT) operand->kind = SUMI__CONSTANT;
  }
  b->values[b->group->operand_count] = value;
  return b->group->operand_count++;
}

static sumi_status_t add_member(builder_t *b, const sumi__node_t *node) {
  sumi__member_t *member = &b->group->members[b->group->member_count++];
  const sumi__value_t *output = &b->draft->values[node->first_output];
  const sumi_dtype_t in = node->input_count > 0 ? b->draft->values[node->inputs[0]].dtype
                                                : output->dtype;
  member->op = node->op;
  member->block = sumi__find_block(node->def, in, output->dtype);
  member->input_count = node->input_count;
  member->inputs = plan_calloc(b->draft, (size_t)node->input_count, sizeof *member->inputs);
  if (!member->inputs) return SUMI_RESOURCE_EXHAUSTED;
  if (!member->block)
    return sumi__fail_at(node->op, SUMI_UNIMPLEMENTED, "it does not compute %s from %s",
                         sumi_dtype_name(output->dtype), sumi_dtype_name(in));
  for (int i = 0; i < node->input_count; ++i) member->inputs[i] = add_operand(b, node->inputs[i]);
  member->output = add_operand(b, node->first_output);
  if (!output->outside) b->group->operands[member->output].kind = SUMI__REGISTER;
  return SUMI_OK;
}

static void add_reduction(builder_t *b, const sumi__node_t *node) {
  sumi__reduction_t *reduction = &b->group->reduction;
  sumi__reduction_of(b->draft, node, reduction);
  reduction->input = find_operand(b, node->inputs[0]);
  reduction->output = b->group->operand_count;
  sumi__operand_t *operand = &b->group->operands[reduction->output];
  operand->kind = SUMI__RESULT;
  operand->element_bytes = 1; /* never in blocks */
  b->values[b->group->operand_count++] = node->first_output;
}

static sumi_status_t group_step(sumi__draft_t *draft, sumi__unit_t *unit, sumi__step_t *step) {
  size_t operands = 0;
  for (int i = 0; i < unit->count; ++i)
    operands += (size_t)draft->nodes[unit->nodes[i]].input_count + 1;
  sumi__group_t *group = plan_calloc(draft, 1, sizeof *group);
  if (!group) return SUMI_RESOURCE_EXHAUSTED;
  const sumi__node_t *first = &draft->nodes[unit->nodes[0]];
  const sumi__node_t *last = &draft->nodes[unit->nodes[unit->count - 1]];
  const int members = unit->count - unit->reduces;
  builder_t b = {draft, group, step, draft->values[first->first_output].dims, NULL};
  group->count = sumi_dims_count(b.domain);
  group->operands = plan_calloc(draft, operands, sizeof *group->operands);
  group->members = plan_calloc(draft, (size_t)members, sizeof *group->members);
  step->reads = plan_calloc(draft, operands, sizeof *step->reads);
  b.values = plan_calloc(draft, operands, sizeof *b.values);
  if (!group->operands || !group->members || !step->reads || !b.values)
    return SUMI_RESOURCE_EXHAUSTED;
  for (int i = 0; i < members; ++i) SUMI_TRY(add_member(&b, &draft->nodes[unit->nodes[i]]));
  if (unit->reduces) add_reduction(&b, last);
  SUMI_TRY(sumi__group_finish(group, draft->plan->memory, draft->session->threads));
  step->group = group;
  step->group_values = b.values;
  step->run = run_group;
  step->kernel = (sumi_kernel_t){
      .op = last->op, .threads = draft->session->threads, .session = draft->session};
  unit->scratch_bytes = (size_t)group->threads * group->thread_bytes;
  return SUMI_OK;
}

static sumi_status_t make_step(sumi__draft_t *draft, sumi__unit_t *unit) {
  const sumi__node_t *node = &draft->nodes[unit->nodes[0]];
  sumi__step_t *step = unit->step;
  if (unit->is_group) return group_step(draft, unit, step);
  SUMI_TRY(kernel_step(draft, node, step));
  if (node->late) return sumi__late_step(draft, node, step);
  if (!node->copies && node->def->scratch) unit->scratch_bytes = node->def->scratch(&step->kernel);
  return SUMI_OK;
}

sumi_status_t sumi__assemble(sumi__draft_t *draft) {
  sumi__plan_t *plan = draft->plan;
  SUMI_TRY(sumi__number_late_values(draft));
  for (int i = 0; i < draft->unit_count; ++i) plan->step_count += draft->units[i].has_step;
  plan->steps = plan_calloc(draft, (size_t)plan->step_count, sizeof *plan->steps);
  if (!plan->steps) return SUMI_RESOURCE_EXHAUSTED;
  sumi__step_t *next = plan->steps;
  for (int i = 0; i < draft->unit_count; ++i) {
    if (!draft->units[i].has_step) continue;
    draft->units[i].step = next++;
    SUMI_TRY(make_step(draft, &draft->units[i]));
  }
  plan->stats.steps = plan->step_count;
  return SUMI_OK;
}
