/* Groups that end in a reduction. */
#ifndef SUMI_EXEC_RUN_GROUP_REDUCE_H
#define SUMI_EXEC_RUN_GROUP_REDUCE_H

#include "exec/plan/group.h"

#include <stdatomic.h>

/* One pass over the data; memory and *refused as for a block. */
void sumi__tensor_group_run_reduced(const sumi__tensor_group_t *group, void *memory,
                                    atomic_int *refused);

#endif
