/* Where the pointers of steps and fetches come from. Constants never move and are set here; the
 * rest is listed for the run, which sets it again whenever the thing has moved. */
#include "exec/compile/draft.h"
#include "exec/plan/group.h"

#include <string.h>

static void add(sumi__tensor_bindings_t *bindings, sumi__tensor_binding_t binding) {
  bindings->list[bindings->count++] = binding;
}

static void bind_value(sumi__tensor_draft_t *draft, int value, void *slot) {
  sumi__tensor_plan_t *plan = draft->plan;
  const sumi__tensor_value_t *root = sumi__tensor_draft_root(draft, value);
  if (draft->values[value].unshaped) return;
  switch (root->source) {
  case SUMI__FROM_CONSTANT: memcpy(slot, &root->data, sizeof root->data); break;
  case SUMI__FROM_FEED:
    add(&plan->to_feeds, (sumi__tensor_binding_t){.slot = slot, .feed = root->feed});
    break;
  case SUMI__FROM_VARIABLE:
    add(&plan->to_variables, (sumi__tensor_binding_t){.slot = slot, .variable = root->variable});
    break;
  case SUMI__FROM_STEP:
    if (root->slot != SUMI__NONE)
      add(&plan->in_arena, (sumi__tensor_binding_t){.slot = slot, .offset = root->offset});
  }
}

static void bind_group(sumi__tensor_draft_t *draft, const sumi__tensor_step_t *step) {
  for (int i = 0; i < step->group->operand_count; ++i) {
    sumi__tensor_operand_t *operand = &step->group->operands[i];
    if (operand->kind != SUMI__REGISTER && operand->kind != SUMI__CONSTANT)
      bind_value(draft, step->group_values[i], &operand->base);
  }
}

static void bind_kernel(sumi__tensor_draft_t *draft, const sumi__tensor_node_t *node,
                        const sumi__tensor_step_t *step) {
  for (int i = 0; i < node->input_count; ++i)
    bind_value(draft, node->inputs[i], (void *)(uintptr_t)&step->kernel.in[i].data);
  for (int i = 0; i < node->output_count; ++i)
    bind_value(draft, node->first_output + i, (void *)(uintptr_t)&step->kernel.out[i].data);
}

static void bind_fetch(sumi__tensor_draft_t *draft, int index) {
  sumi__tensor_plan_fetch_t *fetch = &draft->plan->fetches[index];
  const sumi__tensor_value_t *value = &draft->values[draft->fetches[index]];
  const sumi__tensor_value_t *root = sumi__tensor_draft_root(draft, draft->fetches[index]);
  fetch->view = (sumi_array_view_t){.dtype = value->dtype, .rank = value->dims.rank};
  memcpy(fetch->view.dims, value->dims.size, sizeof fetch->view.dims);
  fetch->count = sumi_dims_count(value->dims);
  fetch->unshaped = root->unshaped_index;
  fetch->variable = root->source == SUMI__FROM_VARIABLE ? root->variable : NULL;
  bind_value(draft, draft->fetches[index], &fetch->view.data);
}

/* No more pointers than these can be bound. */
static size_t count_pointers(const sumi__tensor_draft_t *draft) {
  size_t count = (size_t)draft->run->fetches.count + (size_t)draft->unit_count;
  for (int i = 0; i < draft->node_count; ++i)
    if (draft->nodes[i].live)
      count += (size_t)draft->nodes[i].input_count + (size_t)draft->nodes[i].output_count;
  return count;
}

static sumi_status_t make_lists(sumi__tensor_draft_t *draft) {
  sumi__tensor_plan_t *plan = draft->plan;
  const size_t most = count_pointers(draft);
  sumi__tensor_bindings_t *const lists[] = {&plan->in_arena, &plan->to_feeds, &plan->to_variables};
  for (size_t i = 0; i < sizeof lists / sizeof *lists; ++i) {
    lists[i]->list = sumi_arena_calloc(plan->memory, most, sizeof *lists[i]->list);
    if (!lists[i]->list) return sumi_fail_alloc("a plan", most * sizeof *lists[i]->list);
  }
  plan->fetch_count = draft->run->fetches.count;
  plan->fetches = sumi_arena_calloc(plan->memory, (size_t)plan->fetch_count, sizeof *plan->fetches);
  return plan->fetches ? SUMI_OK : sumi_fail_alloc("a plan", sizeof *plan->fetches);
}

sumi_status_t sumi__tensor_bind(sumi__tensor_draft_t *draft) {
  SUMI_TRY(make_lists(draft));
  for (int u = 0; u < draft->unit_count; ++u) {
    sumi__tensor_unit_t *unit = &draft->units[u];
    if (!unit->has_step) continue;
    unit->step->first_bound = draft->plan->to_variables.count;
    if (unit->is_group)
      bind_group(draft, unit->step);
    else
      bind_kernel(draft, &draft->nodes[unit->nodes[0]], unit->step);
    unit->step->bound_count = draft->plan->to_variables.count - unit->step->first_bound;
    if (unit->scratch_bytes > 0)
      add(&draft->plan->in_arena,
          (sumi__tensor_binding_t){.slot = (void *)&unit->step->kernel.scratch,
                                   .offset = unit->scratch_offset});
  }
  for (int i = 0; i < draft->plan->fetch_count; ++i) bind_fetch(draft, i);
  return SUMI_OK;
}
