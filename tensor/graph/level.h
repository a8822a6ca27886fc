/* ops/ and kernels/ are compiled once for every level of the architecture, with every shared name
 * ending in the level's. Files outside reach them by this table alone. */
#ifndef SUMI_GRAPH_LEVEL_H
#define SUMI_GRAPH_LEVEL_H

#include <sumi/op_def.h>

typedef struct sumi__tensor_level {
  const char *name;
  const sumi_op_def_t *const *ops; /* built-in ones; NULL at the end */
} sumi__tensor_level_t;

/* The one in use. */
const sumi__tensor_level_t *sumi__tensor_level(void);

#endif
