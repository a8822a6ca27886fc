/* Where intermediates lie: every value that a step makes has a lifetime in steps, and values whose
 * lifetimes do not meet may share bytes of one arena. The largest are placed first, each at the
 * lowest offset that is free for its whole life. */
#include "exec/compile/draft.h"
#include "exec/plan/group.h"

#include <sumi/alloc.h>

#include <stdlib.h>
#include <string.h>

typedef struct slot {
  size_t bytes, offset;
  int first, last; /* positions of units, both included */
  int taken_by;    /* the unit that last wrote in place here; SUMI__NONE */
} slot_t;

typedef struct placer {
  sumi__tensor_draft_t *draft;
  slot_t *slots;
  int count;
  int *last_use; /* by value: the last unit that reads its root; roots only */
} placer_t;

static bool needs_place(const sumi__tensor_value_t *value) {
  return value->source == SUMI__FROM_STEP && value->same_as == SUMI__NONE && !value->unshaped;
}

static void find_last_uses(placer_t *p) {
  const sumi__tensor_draft_t *draft = p->draft;
  for (int i = 0; i < draft->value_count; ++i) p->last_use[i] = SUMI__NONE;
  for (int u = 0; u < draft->unit_count; ++u) {
    const sumi__tensor_unit_t *unit = &draft->units[u];
    for (int n = 0; unit->has_step && n < unit->count; ++n) {
      const sumi__tensor_node_t *node = &draft->nodes[unit->nodes[n]];
      for (int k = 0; k < node->input_count; ++k)
        p->last_use[sumi__tensor_draft_root(draft, node->inputs[k]) - draft->values] = u;
    }
  }
  for (int i = 0; i < draft->run->fetches.count; ++i)
    p->last_use[sumi__tensor_draft_root(draft, draft->fetches[i]) - draft->values] =
        draft->unit_count;
}

static int add_slot(placer_t *p, size_t bytes, int first, int last) {
  const size_t whole = (bytes + SUMI_ALIGNMENT - 1) / SUMI_ALIGNMENT * SUMI_ALIGNMENT;
  p->slots[p->count] = (slot_t){
      .bytes = whole, .first = first, .last = last, .taken_by = SUMI__NONE};
  return p->count++;
}

/* ---- In place: a group may write where an input ends ---- */

/* Reads of the root by members of the group: all element by element, none after member `m`. */
static bool read_only_until(const placer_t *p, const sumi__tensor_unit_t *unit,
                            const sumi__tensor_value_t *root, int m) {
  const sumi__tensor_group_t *group = unit->step->group;
  for (int k = 0; k < group->member_count; ++k) {
    for (int i = 0; i < group->members[k].input_count; ++i) {
      const int operand = group->members[k].inputs[i];
      if (sumi__tensor_draft_root(p->draft, unit->step->group_values[operand]) != root) continue;
      if (k > m || group->operands[operand].kind != SUMI__DENSE) return false;
    }
  }
  return true;
}

/* The slot of an input that dies in this unit and that member `m` may overwrite. */
static int slot_to_take(const placer_t *p, int position, int m,
                        const sumi__tensor_value_t *output) {
  const sumi__tensor_unit_t *unit = &p->draft->units[position];
  const sumi__tensor_group_t *group = unit->step->group;
  for (int i = 0; i < group->operand_count; ++i) {
    const sumi__tensor_value_t *root = sumi__tensor_draft_root(p->draft,
                                                               unit->step->group_values[i]);
    if (group->operands[i].kind != SUMI__DENSE || root->slot == SUMI__NONE || !needs_place(root))
      continue;
    const slot_t *slot = &p->slots[root->slot];
    if (p->last_use[root - p->draft->values] != position || slot->last != position ||
        slot->first == position || slot->taken_by == position)
      continue;
    if (sumi_dtype_size_bytes(root->dtype) != sumi_dtype_size_bytes(output->dtype)) continue;
    if (sumi__tensor_value_bytes(root) != sumi__tensor_value_bytes(output)) continue;
    if (read_only_until(p, unit, root, m)) return root->slot;
  }
  return SUMI__NONE;
}

static void give_slots(placer_t *p, int position) {
  sumi__tensor_draft_t *draft = p->draft;
  sumi__tensor_unit_t *unit = &draft->units[position];
  for (int n = 0; n < unit->count; ++n) {
    const sumi__tensor_node_t *node = &draft->nodes[unit->nodes[n]];
    for (int i = 0; i < node->output_count; ++i) {
      sumi__tensor_value_t *value = &draft->values[node->first_output + i];
      const bool only_outside = unit->is_group || sumi__tensor_op_is(node, SUMI_OP_CALLS);
      if (!needs_place(value) || (only_outside && !value->outside)) continue;
      const int last = p->last_use[value - draft->values];
      const int end = last == SUMI__NONE ? position : last;
      draft->plan->stats.unshared_bytes += sumi__tensor_value_bytes(value);
      const bool may_take = unit->is_group && sumi__tensor_draft_pass(draft, SUMI__PASS_ARENA) &&
                            !(unit->reduces && n == unit->count - 1);
      value->slot = may_take ? slot_to_take(p, position, n, value) : SUMI__NONE;
      if (value->slot == SUMI__NONE) {
        value->slot = add_slot(p, (size_t)sumi__tensor_value_bytes(value), position, end);
      } else {
        p->slots[value->slot].last = end;
        p->slots[value->slot].taken_by = position;
      }
    }
  }
}

/* ---- Offsets ---- */

static int larger_first(const void *a, const void *b) {
  const slot_t *x = *(slot_t *const *)a, *y = *(slot_t *const *)b;
  if (x->bytes != y->bytes) return x->bytes > y->bytes ? -1 : 1;
  return x < y ? -1 : 1;
}

static bool lives_meet(const slot_t *a, const slot_t *b) {
  return a->first <= b->last && b->first <= a->last;
}

/* `placed` is sorted by offset; copies, because they are looked at very often. */
static size_t lowest_free_offset(const slot_t *placed, int count, const slot_t *slot) {
  size_t offset = 0;
  for (int i = 0; i < count; ++i) {
    if (!lives_meet(&placed[i], slot)) continue;
    if (placed[i].offset >= offset + slot->bytes) break;
    const size_t end = placed[i].offset + placed[i].bytes;
    if (end > offset) offset = end;
  }
  return offset;
}

static void insert_sorted(slot_t *placed, int count, const slot_t *slot) {
  int low = 0, high = count; /* behind those of equal offset */
  while (low < high) {
    const int middle = low + (high - low) / 2;
    if (placed[middle].offset > slot->offset)
      high = middle;
    else
      low = middle + 1;
  }
  memmove(placed + low + 1, placed + low, (size_t)(count - low) * sizeof *placed);
  placed[low] = *slot;
}

static sumi_status_t choose_offsets(placer_t *p) {
  const size_t count = (size_t)p->count;
  slot_t **order = sumi__tensor_draft_calloc(p->draft, count, sizeof *order);
  slot_t *placed = sumi__tensor_draft_calloc(p->draft, count, sizeof *placed);
  if (!order || !placed) return SUMI_RESOURCE_EXHAUSTED;
  for (size_t i = 0; i < count; ++i) order[i] = &p->slots[i];
  const bool share = sumi__tensor_draft_pass(p->draft, SUMI__PASS_ARENA);
  if (share && count > 0) qsort(order, count, sizeof *order, larger_first);
  size_t end = 0;
  for (size_t i = 0; i < count; ++i) {
    order[i]->offset = share ? lowest_free_offset(placed, (int)i, order[i]) : end;
    insert_sorted(placed, (int)i, order[i]);
    if (order[i]->offset + order[i]->bytes > end) end = order[i]->offset + order[i]->bytes;
  }
  p->draft->plan->arena_bytes = end;
  p->draft->plan->stats.arena_bytes = (int64_t)end;
  return SUMI_OK;
}

sumi_status_t sumi__tensor_place(sumi__tensor_draft_t *draft) {
  placer_t p = {.draft = draft};
  const size_t values = (size_t)draft->value_count, units = (size_t)draft->unit_count;
  p.slots = sumi__tensor_draft_calloc(draft, values + units, sizeof *p.slots);
  p.last_use = sumi__tensor_draft_calloc(draft, values, sizeof *p.last_use);
  int *scratch = sumi__tensor_draft_calloc(draft, units, sizeof *scratch);
  if (!p.slots || !p.last_use || !scratch) return SUMI_RESOURCE_EXHAUSTED;
  find_last_uses(&p);
  for (int u = 0; u < draft->unit_count; ++u) {
    if (!draft->units[u].has_step) continue;
    give_slots(&p, u);
    scratch[u] = draft->units[u].scratch_bytes > 0
                     ? add_slot(&p, draft->units[u].scratch_bytes, u, u)
                     : SUMI__NONE;
  }
  SUMI_TRY(choose_offsets(&p));
  for (int i = 0; i < draft->value_count; ++i)
    if (draft->values[i].slot != SUMI__NONE)
      draft->values[i].offset = p.slots[draft->values[i].slot].offset;
  for (int u = 0; u < draft->unit_count; ++u)
    if (draft->units[u].has_step && scratch[u] != SUMI__NONE)
      draft->units[u].scratch_offset = p.slots[scratch[u]].offset;
  return SUMI_OK;
}
