/* Groups that end in a reduction. The elements are never in memory: each block is reduced while it
 * is in the cache, in the order and with the arithmetic of kernels/reduce.c, so the result has the
 * same bits as that of the reduction by itself. */
#include "exec/group.h"
#include "exec/parallel.h"
#include "kernels/reduce.h"

#include <string.h>

enum { GRAIN = 64, LONGEST_ROW = 2048, BLOCKS_PER_TASK = 8 };

static const struct {
  const char *op;
  const sumi__reducer_t *(*reducer)(sumi_dtype_t dtype);
  bool whole; /* has no axes: reduces everything */
} reductions[] = {
    {"Sum", sumi__sum_reducer, false},   {"Mean", sumi__mean_reducer, false},
    {"Prod", sumi__prod_reducer, false}, {"Max", sumi__max_reducer, false},
    {"Min", sumi__min_reducer, false},   {"L2Loss", sumi__half_squares_reducer, true}};

/* Rows of consecutive elements: all reduced axes stand behind all kept ones. */
static bool find_rows(sumi_dims_t dims, unsigned axes, sumi__reduction_t *reduction) {
  reduction->rows = reduction->length = 1;
  for (int axis = 0; axis < dims.rank; ++axis) {
    if (dims.size[axis] == 1) continue;
    if (axes >> axis & 1u)
      reduction->length *= dims.size[axis];
    else if (reduction->length > 1)
      return false;
    else
      reduction->rows *= dims.size[axis];
  }
  return reduction->length > 1 && reduction->rows > 0;
}

bool sumi__find_reduction(const char *op, sumi_dtype_t dtype, sumi_dims_t dims, unsigned axes,
                          sumi__reduction_t *reduction) {
  for (size_t i = 0; i < sizeof reductions / sizeof *reductions; ++i) {
    if (strcmp(reductions[i].op, op) != 0) continue;
    reduction->reducer = reductions[i].reducer(dtype);
    return reduction->reducer && find_rows(dims, reductions[i].whole ? ~0u : axes, reduction) &&
           sumi__reduction_grain(reduction) > 0;
  }
  return false;
}

/* Blocks hold whole rows. A single row is cut where the reduction by itself cuts it. */
int64_t sumi__reduction_grain(const sumi__reduction_t *reduction) {
  if (reduction->rows == 1) return SUMI__REDUCE_GRAIN;
  int64_t grain = reduction->length; /* the least common multiple with GRAIN, a power of two */
  for (int64_t left = GRAIN; left > 1 && grain % GRAIN != 0; left /= 2) grain *= 2;
  return grain <= LONGEST_ROW ? grain : 0;
}

typedef struct pass {
  const sumi__group_t *group;
  char *memory;
  int64_t parts;
  bool filled[SUMI__MAX_THREADS];
  _Alignas(16) char totals[SUMI__REDUCE_MOST_PARTS][16]; /* one row: of each part */
} pass_t;

static void *thread_memory(pass_t *pass, int thread) {
  void *memory = pass->memory + (size_t)thread * pass->group->thread_bytes;
  if (pass->group->fills && !pass->filled[thread]) {
    sumi__group_fill(pass->group, memory);
    pass->filled[thread] = true;
  }
  return memory;
}

/* Where the block that was just made of the reduction's input is. */
static const char *block_of_input(const sumi__group_t *group, void *memory) {
  return ((char **)memory)[group->reduction.input];
}

static void reduce_part(void *context, int64_t part, int thread) {
  pass_t *pass = context;
  const sumi__group_t *group = pass->group;
  const sumi__reducer_t *reducer = group->reduction.reducer;
  void *memory = thread_memory(pass, thread);
  const int64_t end = sumi__reduce_part_begin(group->count, pass->parts, part + 1);
  reducer->start(pass->totals[part], 1);
  for (int64_t at = sumi__reduce_part_begin(group->count, pass->parts, part); at < end;) {
    const int64_t count = end - at < group->block ? end - at : group->block;
    sumi__group_block(group, memory, at, count);
    reducer->run(block_of_input(group, memory), count, pass->totals[part]);
    at += count;
  }
}

static void reduce_rows(void *context, int64_t index, int thread) {
  pass_t *pass = context;
  const sumi__group_t *group = pass->group;
  const sumi__reduction_t *r = &group->reduction;
  void *memory = thread_memory(pass, thread);
  char *results = (char *)(uintptr_t)group->operands[r->output].base;
  _Alignas(16) char total[16];
  const int64_t task = group->block * BLOCKS_PER_TASK, begin = index * task;
  const int64_t end = begin + task < group->count ? begin + task : group->count;
  for (int64_t at = begin; at < end; at += group->block) {
    const int64_t count = end - at < group->block ? end - at : group->block;
    sumi__group_block(group, memory, at, count);
    const char *x = block_of_input(group, memory);
    for (int64_t row = at / r->length; row < (at + count) / r->length; ++row) {
      r->reducer->start(total, 1);
      r->reducer->run(x, r->length, total);
      r->reducer->finish(total, 1, r->length, results + (size_t)row * r->reducer->result_bytes);
      x += (size_t)r->length * r->reducer->element_bytes;
    }
  }
}

void sumi__group_run_reduced(const sumi__group_t *group, void *memory) {
  const sumi__reduction_t *r = &group->reduction;
  pass_t pass;
  pass.group = group;
  pass.memory = memory;
  memset(pass.filled, 0, (size_t)group->threads * sizeof *pass.filled);
  if (r->rows > 1) {
    const int64_t task = group->block * BLOCKS_PER_TASK;
    sumi__parallel(group->threads, (group->count + task - 1) / task, reduce_rows, &pass);
    return;
  }
  pass.parts = sumi__reduce_parts(group->count);
  sumi__parallel(group->threads, pass.parts, reduce_part, &pass);
  for (int64_t part = 1; part < pass.parts; ++part)
    r->reducer->merge(pass.totals[0], pass.totals[part], 1);
  r->reducer->finish(pass.totals[0], 1, r->length,
                     (char *)(uintptr_t)group->operands[r->output].base);
}
