#include "exec/run/group_run.h"

#include "exec/run/parallel.h"

#include <string.h>

typedef struct pass {
  const sumi__tensor_group_t *group;
  char *memory;
  atomic_int *refused;
  bool filled[SUMI__MAX_THREADS]; /* this thread's registers */
} pass_t;

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

static void run_task(void *context, int64_t index, int thread) {
  pass_t *pass = context;
  const sumi__tensor_group_t *group = pass->group;
  char *memory = pass->memory + (size_t)thread * group->thread_bytes;
  if (group->fills && !pass->filled[thread]) {
    sumi__tensor_group_fill(group, memory);
    pass->filled[thread] = true;
  }
  const int64_t task = group->block * SUMI__BLOCKS_PER_TASK, begin = index * task;
  const int64_t end = begin + task < group->count ? begin + task : group->count;
  for (int64_t start = begin; start < end; start += group->block)
    sumi__tensor_group_block(group, memory, start,
                             end - start < group->block ? end - start : group->block,
                             pass->refused);
}

static void run_elements(const sumi__tensor_group_t *group, void *memory, atomic_int *refused) {
  pass_t pass;
  pass.group = group;
  pass.memory = memory;
  pass.refused = refused;
  if (group->fills) memset(pass.filled, 0, (size_t)group->threads * sizeof *pass.filled);
  const int64_t task = group->block * SUMI__BLOCKS_PER_TASK;
  sumi__tensor_parallel(group->threads, (group->count + task - 1) / task, run_task, &pass);
}

sumi_status_t sumi__tensor_group_run(const sumi__tensor_group_t *group, void *memory,
                                     sumi_session_t *session) {
  atomic_int refused = group->member_count;
  if (group->reduction.reducer)
    sumi__tensor_group_run_reduced(group, memory, &refused);
  else
    run_elements(group, memory, &refused);
  if (refused == group->member_count) return SUMI_OK;
  const sumi__tensor_member_t *member = &group->members[refused];
  session->failure_named = true;
  return sumi__tensor_fail_at(member->op, SUMI_INVALID_ARGUMENT, "%s",
                              member->op->type->def->refusal);
}
