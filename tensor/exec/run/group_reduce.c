/* Groups that end in a reduction. The elements are never in memory: each block is reduced while it
 * is in the cache, in the order and with the arithmetic of kernels/reduce.c, so the result has the
 * same bits as that of the reduction by itself. */
#include "exec/run/group_reduce.h"

#include "exec/run/group_block.h"
#include "exec/run/parallel.h"
#include "kernels/reduce.h"

#include <string.h>

typedef struct pass {
  const sumi__tensor_group_t *group;
  char *memory;
  int64_t parts;
  atomic_int *refused;
  bool filled[SUMI__MAX_THREADS];
  _Alignas(16) char totals[SUMI__REDUCE_MOST_PARTS][16]; /* one row: of each part */
} pass_t;

static void *thread_memory(pass_t *pass, int thread) {
  void *memory = pass->memory + (size_t)thread * pass->group->thread_bytes;
  if (pass->group->fills && !pass->filled[thread]) {
    sumi__tensor_group_fill(pass->group, memory);
    pass->filled[thread] = true;
  }
  return memory;
}

/* Where the block that was just made of the reduction's input is. */
static const char *block_of_input(const sumi__tensor_group_t *group, void *memory) {
  return ((char **)memory)[group->reduction.input];
}

static void reduce_part(void *context, int64_t part, int thread) {
  pass_t *pass = context;
  const sumi__tensor_group_t *group = pass->group;
  const sumi__tensor_reducer_t *reducer = group->reduction.reducer;
  void *memory = thread_memory(pass, thread);
  const int64_t end = sumi__tensor_reduce_part_begin(group->count, pass->parts, part + 1);
  reducer->start(pass->totals[part], 1);
  for (int64_t at = sumi__tensor_reduce_part_begin(group->count, pass->parts, part); at < end;) {
    const int64_t count = end - at < group->block ? end - at : group->block;
    sumi__tensor_group_block(group, memory, at, count, pass->refused);
    reducer->run(block_of_input(group, memory), count, pass->totals[part]);
    at += count;
  }
}

static void reduce_rows(void *context, int64_t index, int thread) {
  pass_t *pass = context;
  const sumi__tensor_group_t *group = pass->group;
  const sumi__tensor_reduction_t *r = &group->reduction;
  void *memory = thread_memory(pass, thread);
  char *results = (char *)(uintptr_t)group->operands[r->output].base;
  const int64_t task = group->block * SUMI__BLOCKS_PER_TASK, begin = index * task;
  const int64_t end = begin + task < group->count ? begin + task : group->count;
  for (int64_t at = begin; at < end; at += group->block) {
    const int64_t count = end - at < group->block ? end - at : group->block;
    sumi__tensor_group_block(group, memory, at, count, pass->refused);
    r->reducer->rows(block_of_input(group, memory), count / r->length, r->length,
                     results + (size_t)(at / r->length) * r->reducer->result_bytes);
  }
}

void sumi__tensor_group_run_reduced(const sumi__tensor_group_t *group, void *memory,
                                    atomic_int *refused) {
  const sumi__tensor_reduction_t *r = &group->reduction;
  pass_t pass;
  pass.group = group;
  pass.memory = memory;
  pass.refused = refused;
  memset(pass.filled, 0, (size_t)group->threads * sizeof *pass.filled);
  if (r->rows > 1) {
    const int64_t task = group->block * SUMI__BLOCKS_PER_TASK;
    sumi__tensor_parallel(group->threads, (group->count + task - 1) / task, reduce_rows, &pass);
    return;
  }
  pass.parts = sumi__tensor_reduce_parts(group->count);
  sumi__tensor_parallel(group->threads, pass.parts, reduce_part, &pass);
  for (int64_t part = 1; part < pass.parts; ++part)
    r->reducer->merge(pass.totals[0], pass.totals[part], 1);
  r->reducer->finish(pass.totals[0], 1, r->length,
                     (char *)(uintptr_t)group->operands[r->output].base);
}
