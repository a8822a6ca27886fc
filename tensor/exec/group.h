/* Elementwise ops run as groups: one pass over the data in blocks that stay in the first-level
 * cache, with every member's block function called on each block. An op alone is a group of one. */
#ifndef SUMI_EXEC_GROUP_H
#define SUMI_EXEC_GROUP_H

#include "exec/session_internal.h"

/* Where a member finds or puts a block. */
typedef enum sumi__operand_kind {
  SUMI__DENSE,    /* in memory, one element for each of the domain */
  SUMI__SPLAT,    /* one element, spread over a register once a pass */
  SUMI__PERIODIC, /* the last axes' elements again and again, in a register once a pass */
  SUMI__GATHER,   /* any other broadcast: gathered into a register for every block */
  SUMI__REGISTER, /* between members of the group only */
  SUMI__CONSTANT, /* a splat that was spread when the group was made */
  SUMI__RESULT    /* what the reduction at the end of the group makes */
} sumi__operand_kind_t;

typedef struct sumi__operand {
  sumi__operand_kind_t kind;
  size_t element_bytes;
  const void *base; /* bound from outside: DENSE, SPLAT, PERIODIC, GATHER */
  int reg;
  int rank; /* GATHER: axes of the domain, merged where the operand allows, … */
  int64_t size[SUMI_MAX_RANK], stride[SUMI_MAX_RANK]; /* … and steps in elements, 0: broadcast */
} sumi__operand_t;

typedef struct sumi__member {
  const sumi_op_t *op;
  sumi_block_fn_t block;
  int input_count;
  int *inputs; /* operands */
  int output;
} sumi__member_t;

/* A reduction of what a member makes: of each `length` consecutive elements to one. */
typedef struct sumi__reduction {
  const struct sumi__reducer *reducer; /* NULL: the group has none */
  int input, output;                   /* operands */
  int64_t rows, length;
} sumi__reduction_t;

struct sumi__group {
  int64_t count, block; /* elements of the domain; of a block */
  int operand_count, member_count, register_count;
  sumi__operand_t *operands;
  sumi__member_t *members;
  size_t register_bytes; /* of one register */
  size_t thread_bytes;   /* registers and pointers that one thread needs */
  sumi__reduction_t reduction;
  int threads; /* 1 for small work */
  bool fills;  /* has operands to fill once a pass */
};

/* The block function of an elementwise op for these dtypes, NULL when it has none. */
sumi_block_fn_t sumi__find_block(const sumi_op_def_t *def, sumi_dtype_t in, sumi_dtype_t out);

/* How an array of shape `dims` is read over `domain`; it broadcasts to it. kind and the walk. */
void sumi__operand_walk(sumi__operand_t *operand, sumi_dims_t dims, sumi_dims_t domain);

/* After operands (but their registers) and members are set: picks the block size, registers and the
 * number of threads. Small things it needs lie in `memory`, which has to live as long. */
sumi_status_t sumi__group_finish(sumi__group_t *group, sumi_arena_t *memory, int threads);

/* One thread's part of a pass: elements [start, start + count), at most a block. */
void sumi__group_block(const sumi__group_t *group, void *memory, int64_t start, int64_t count);

/* Fills the registers that keep their contents for a pass. */
void sumi__group_fill(const sumi__group_t *group, void *memory);

/* The same pass for a group that ends in a reduction (group_reduce.c). */
void sumi__group_run_reduced(const sumi__group_t *group, void *memory);

/* Blocks of a group that ends in this reduction are multiples of so many elements; 0: such a
 * reduction cannot be fused. */
int64_t sumi__reduction_grain(const sumi__reduction_t *reduction);

/* The reduction that the op makes of a `dims` array of this dtype, with these constant axes (bit
 * set): reducer, rows and length. False when groups do not know it. */
bool sumi__find_reduction(const char *op, sumi_dtype_t dtype, sumi_dims_t dims, unsigned axes,
                          sumi__reduction_t *reduction);

/* One pass; `memory` has threads * thread_bytes bytes, aligned. */
void sumi__group_run(const sumi__group_t *group, void *memory);

#endif
