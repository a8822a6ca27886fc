/* One call of a generated constructor: collects inputs and attributes, then builds the node. */
#ifndef SUMI_GRAPH_CALL_H
#define SUMI_GRAPH_CALL_H

#include "graph/graph_internal.h"

typedef struct sumi__call {
  sumi_node_spec_t spec;
  int input_count; /* may exceed what `inputs` holds: refused */
  sumi_tensor_t inputs[SUMI__MAX_INPUTS];
  sumi_named_attr_t attrs[SUMI__MAX_ATTRS];
} sumi__call_t;

/* graph NULL: that of the first input that is a tensor. name NULL: the type. */
void sumi__call_begin(sumi__call_t *call, sumi_site_t site, sumi_graph_t *graph, const char *type,
                      const char *name);
void sumi__call_input(sumi__call_t *call, sumi_tensor_t input);
void sumi__call_inputs(sumi__call_t *call, sumi_tensors_t inputs);

/* An int32 vector of numbers and tensors, see sumi_shape_tensor. */
void sumi__call_shape(sumi__call_t *call, sumi_tensors_t sizes);

void sumi__call_attr(sumi__call_t *call, const char *name, sumi_attr_t value);
sumi_tensor_t sumi__call_node(sumi__call_t *call);

#endif
