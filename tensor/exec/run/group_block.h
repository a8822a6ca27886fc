/* A block of elements of a group. */
#ifndef SUMI_EXEC_RUN_GROUP_BLOCK_H
#define SUMI_EXEC_RUN_GROUP_BLOCK_H

#include "exec/plan/group.h"

#include <stdatomic.h>

/* One thread's part of a pass: elements [start, start + count), at most a block. *refused becomes
 * the first member, of those it has been and of this block's, that refuses its operands' elements.
 */
void sumi__tensor_group_block(const sumi__tensor_group_t *group, void *memory, int64_t start,
                              int64_t count, atomic_int *refused);

/* Fills the registers that keep their contents for a pass. */
void sumi__tensor_group_fill(const sumi__tensor_group_t *group, void *memory);

#endif
