/* What of a level is seen from outside. */
#ifndef SUMI_KERNELS_LEVEL_TABLE_H
#define SUMI_KERNELS_LEVEL_TABLE_H

#include "graph/level.h"

extern const sumi__tensor_level_t sumi__tensor_level_table;

/* Written by the generator into ops_registry.c. */
extern const sumi_op_def_t *const sumi__tensor_builtin_ops[];

#endif
