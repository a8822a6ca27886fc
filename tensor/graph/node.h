/* Making one node: the steps of sumi_node, each of which may refuse. */
#ifndef SUMI_GRAPH_NODE_H
#define SUMI_GRAPH_NODE_H

#include "graph/graph_internal.h"

typedef struct sumi__tensor_builder {
  sumi_graph_t *graph;
  const sumi_node_spec_t *spec;
  const sumi__tensor_op_type_t *type;
  sumi_site_t site;
  sumi_attr_t *attrs; /* [schema.attr_count], all set when done */
  int input_count;
  sumi_tensor_t *inputs;    /* [input_count] */
  int span[SUMI__MAX_ARGS]; /* how many of the inputs belong to each of the schema's */
} sumi__tensor_builder_t;

/* Refuses the graph: "MatMul 'name' (train.c:12): <text>; a is 'x:0' float32 (2, 3) made at
 * train.c:8; b is …". */
sumi_status_t sumi__tensor_builder_refuse(const sumi__tensor_builder_t *builder, const char *format,
                                          ...) SUMI_PRINTF(2, 3);

/* Gives attributes their values or defaults. */
sumi_status_t sumi__tensor_builder_attrs(sumi__tensor_builder_t *builder);

/* Holds the attributes that say how many tensors an input or output stands for to 1 and more, where
 * they are known. */
sumi_status_t sumi__tensor_builder_check_numbers(const sumi__tensor_builder_t *builder,
                                                 const sumi__tensor_arg_t *args, int count);

/* Distributes the flat inputs over the schema's and infers type attributes; numbers stay. */
sumi_status_t sumi__tensor_builder_inputs(sumi__tensor_builder_t *builder);

/* The dtype of an input after that, of a number too. */
sumi_dtype_t sumi__tensor_builder_input_dtype(const sumi__tensor_builder_t *builder, int index);

#endif
