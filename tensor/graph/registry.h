/* The op types known to the process: built-in ones from the generated table, users' own after them.
 */
#ifndef SUMI_GRAPH_REGISTRY_H
#define SUMI_GRAPH_REGISTRY_H

#include "graph/schema.h"

#include <sumi/op_def.h>

typedef struct sumi__tensor_op_type {
  const sumi_op_def_t *def;
  sumi__tensor_schema_t schema;
} sumi__tensor_op_type_t;

/* The op type of that name, NULL (with a message) when there is none or memory ran out.
 * Thread-safe; the result lives as long as the process. */
const sumi__tensor_op_type_t *sumi__tensor_op_type(const char *name);

#endif
