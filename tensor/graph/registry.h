/* The op types known to the process: built-in ones from the generated table, users' own after them.
 */
#ifndef SUMI_GRAPH_REGISTRY_H
#define SUMI_GRAPH_REGISTRY_H

#include "graph/schema.h"

#include <sumi/op_def.h>

/* Written by the generator into ops_registry.c. */
extern const sumi_op_def_t *const sumi__builtin_ops[];
extern const int sumi__builtin_op_count;

typedef struct sumi__op_type {
  const sumi_op_def_t *def;
  sumi__schema_t schema;
} sumi__op_type_t;

/* The op type of that name, NULL (with a message) when there is none or memory ran out.
 * Thread-safe; the result lives as long as the process. */
const sumi__op_type_t *sumi__op_type(const char *name);

#endif
