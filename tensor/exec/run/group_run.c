#include "exec/run/group_run.h"

#include "exec/run/group_block.h"
#include "exec/run/group_reduce.h"
#include "exec/run/parallel.h"

#include <string.h>

typedef struct pass {
  const sumi__tensor_group_t *group;
  char *memory;
  atomic_int *refused;
  bool filled[SUMI__MAX_THREADS]; /* this thread's registers */
} pass_t;

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
