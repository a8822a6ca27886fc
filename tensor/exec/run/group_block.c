/* One block of a group: its members one after the other, while the elements are in the cache. */
#include "exec/run/group_block.h"

#include <string.h>

static char *registers_of(const sumi__tensor_group_t *group, void *memory) {
  return (char *)memory + group->thread_bytes -
         (size_t)group->register_count * group->register_bytes;
}

static void fill_periodic(const sumi__tensor_operand_t *operand, char *out, int64_t length) {
  const int64_t period = operand->size[1];
  const size_t bytes = (size_t)period * operand->element_bytes;
  for (int64_t at = 0; at + period <= length; at += period, out += bytes)
    memcpy(out, operand->base, bytes);
  if (length % period)
    memcpy(out, operand->base, (size_t)(length % period) * operand->element_bytes);
}

void sumi__tensor_group_fill(const sumi__tensor_group_t *group, void *memory) {
  char *registers = registers_of(group, memory);
  const int64_t length = group->count < group->block ? group->count : group->block;
  for (int i = 0; i < group->operand_count; ++i) {
    const sumi__tensor_operand_t *operand = &group->operands[i];
    char *out = registers + (size_t)(operand->reg < 0 ? 0 : operand->reg) * group->register_bytes;
    if (operand->kind == SUMI__SPLAT)
      sumi__tensor_splat(out, operand->base, operand->element_bytes, length);
    if (operand->kind == SUMI__PERIODIC) fill_periodic(operand, out, length);
  }
}

/* Elements [start, start + count) of the domain, run by run of the innermost axis. */
static void gather(const sumi__tensor_operand_t *operand, int64_t start, int64_t count, char *out) {
  const int inner = operand->rank - 1;
  int64_t at[SUMI_MAX_RANK], from = 0;
  for (int axis = inner; axis >= 0; --axis) {
    at[axis] = start % operand->size[axis];
    start /= operand->size[axis];
    from += at[axis] * operand->stride[axis];
  }
  const size_t bytes = operand->element_bytes;
  while (count > 0) {
    const int64_t left = operand->size[inner] - at[inner], run = left < count ? left : count;
    const char *source = (const char *)operand->base + (size_t)from * bytes;
    if (operand->stride[inner])
      memcpy(out, source, (size_t)run * bytes);
    else
      sumi__tensor_splat(out, source, bytes, run);
    out += (size_t)run * bytes;
    count -= run;
    from += run * operand->stride[inner];
    at[inner] += run;
    for (int axis = inner; axis > 0 && at[axis] == operand->size[axis]; --axis) {
      from += operand->stride[axis - 1] - operand->size[axis] * operand->stride[axis];
      at[axis] = 0;
      ++at[axis - 1];
    }
  }
}

/* Keeps the smallest. */
static void note_refusal(atomic_int *refused, int member) {
  int known = atomic_load_explicit(refused, memory_order_relaxed);
  while (member < known && !atomic_compare_exchange_weak(refused, &known, member)) {
  }
}

/* A thread's memory: where each operand's block is, a member's inputs, the registers. */
void sumi__tensor_group_block(const sumi__tensor_group_t *group, void *memory, int64_t start,
                              int64_t count, atomic_int *refused) {
  void **places = memory;
  const void **in = (const void **)places + group->operand_count;
  char *registers = registers_of(group, memory);
  for (int i = 0; i < group->operand_count; ++i) {
    const sumi__tensor_operand_t *operand = &group->operands[i];
    if (operand->reg >= 0) {
      places[i] = registers + (size_t)operand->reg * group->register_bytes;
      if (operand->kind == SUMI__GATHER) gather(operand, start, count, places[i]);
    } else {
      const size_t offset = operand->kind == SUMI__DENSE ? (size_t)start * operand->element_bytes
                                                         : 0;
      places[i] = (char *)(uintptr_t)operand->base + offset;
    }
  }
  for (int m = 0; m < group->member_count; ++m) {
    const sumi__tensor_member_t *member = &group->members[m];
    for (int k = 0; k < member->input_count; ++k) in[k] = places[member->inputs[k]];
    const sumi_op_def_t *def = member->op->type->def;
    if (def->refuses && def->refuses(member->dtype, count, in)) note_refusal(refused, m);
    member->block(member->op, count, in, places[member->output]);
  }
}
