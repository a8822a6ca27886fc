/* Elementwise ops run as groups: one pass over the data in blocks that stay in the first-level
 * cache, with every member's block function called on each block. An op alone is a group of one. */
#ifndef SUMI_EXEC_PLAN_GROUP_H
#define SUMI_EXEC_PLAN_GROUP_H

#include "exec/plan/session.h"

/* Where a member finds or puts a block. */
typedef enum sumi__tensor_operand_kind {
  SUMI__DENSE,    /* in memory, one element for each of the domain */
  SUMI__SPLAT,    /* one element, spread over a register once a pass */
  SUMI__PERIODIC, /* the last axes' elements again and again, in a register once a pass */
  SUMI__GATHER,   /* any other broadcast: gathered into a register for every block */
  SUMI__REGISTER, /* between members of the group only */
  SUMI__CONSTANT, /* a splat that was spread when the group was made */
  SUMI__RESULT    /* what the reduction at the end of the group makes */
} sumi__tensor_operand_kind_t;

typedef struct sumi__tensor_operand {
  sumi__tensor_operand_kind_t kind;
  size_t element_bytes;
  const void *base; /* bound from outside: DENSE, SPLAT, PERIODIC, GATHER */
  int reg;
  int rank; /* GATHER: axes of the domain, merged where the operand allows, … */
  int64_t size[SUMI_MAX_RANK], stride[SUMI_MAX_RANK]; /* … and steps in elements, 0: broadcast */
} sumi__tensor_operand_t;

typedef struct sumi__tensor_member {
  const sumi_op_t *op;
  sumi_block_fn_t block;
  sumi_dtype_t dtype; /* of the first input */
  int input_count;
  int *inputs; /* operands */
  int output;
} sumi__tensor_member_t;

/* A reduction of what a member makes: of each `length` consecutive elements to one. */
typedef struct sumi__tensor_reduction {
  const struct sumi__tensor_reducer *reducer; /* NULL: the group has none */
  int input, output;                          /* operands */
  int64_t rows, length;
} sumi__tensor_reduction_t;

struct sumi__tensor_group {
  int64_t count, block; /* elements of the domain; of a block */
  int operand_count, member_count, register_count;
  sumi__tensor_operand_t *operands;
  sumi__tensor_member_t *members;
  size_t register_bytes; /* of one register */
  size_t thread_bytes;   /* registers and pointers that one thread needs */
  sumi__tensor_reduction_t reduction;
  int threads; /* 1 for small work */
  bool fills;  /* has operands to fill once a pass */
};

enum { SUMI__BLOCKS_PER_TASK = 8 };

/* `count` times the element. */
void sumi__tensor_splat(void *out, const void *element, size_t element_bytes, int64_t count);

/* The block function of an elementwise op for these dtypes, NULL when it has none. */
sumi_block_fn_t sumi__tensor_find_block(const sumi_op_def_t *def, sumi_dtype_t in,
                                        sumi_dtype_t out);

/* How an array of shape `dims` is read over `domain`; it broadcasts to it. kind and the walk. */
void sumi__tensor_operand_walk(sumi__tensor_operand_t *operand, sumi_dims_t dims,
                               sumi_dims_t domain);

/* After operands (but their registers) and members are set: picks the block size, registers and the
 * number of threads. Small things it needs lie in `memory`, which has to live as long. */
sumi_status_t sumi__tensor_group_finish(sumi__tensor_group_t *group, sumi_arena_t *memory,
                                        int threads);

/* Blocks of a group that ends in this reduction are multiples of so many elements; 0: such a
 * reduction cannot be fused. */
int64_t sumi__tensor_reduction_grain(const sumi__tensor_reduction_t *reduction);

/* The reduction that the op makes of a `dims` array of this dtype, with these constant axes (bit
 * set): reducer, rows and length. False when groups do not know it. */
bool sumi__tensor_find_reduction(const sumi_op_def_t *def, sumi_dtype_t dtype, sumi_dims_t dims,
                                 unsigned axes, sumi__tensor_reduction_t *reduction);

#endif
