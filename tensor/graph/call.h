/* One call of a generated constructor: collects inputs and attributes, then builds the node. */
#ifndef SUMI_GRAPH_CALL_H
#define SUMI_GRAPH_CALL_H

#include "graph/graph_internal.h"

typedef struct sumi__tensor_call {
  sumi_node_spec_t spec;
  sumi_status_t options; /* whether they could be read */
  int input_count;       /* may exceed what `inputs` holds: refused */
  sumi_tensor_t inputs[SUMI__MAX_INPUTS];
  sumi_named_attr_t attrs[SUMI__MAX_ATTRS];
} sumi__tensor_call_t;

/* graph NULL: that of the first input that is a tensor. */
void sumi__tensor_call_begin(sumi__tensor_call_t *call, sumi_site_t site, sumi_graph_t *graph,
                             const char *type);

/* Reads the caller's options; what cannot be read is refused when the node is built. */
void sumi__tensor_call_options(sumi__tensor_call_t *call, void *options, size_t size_bytes,
                               const void *given);
void sumi__tensor_call_input(sumi__tensor_call_t *call, sumi_tensor_t input);
void sumi__tensor_call_inputs(sumi__tensor_call_t *call, sumi_tensors_t inputs);

/* An int32 vector of numbers and tensors, see sumi_shape_tensor. */
void sumi__tensor_call_shape(sumi__tensor_call_t *call, sumi_tensors_t sizes);

void sumi__tensor_call_attr(sumi__tensor_call_t *call, const char *name, sumi_attr_t value);
sumi_tensor_t sumi__tensor_call_node(sumi__tensor_call_t *call);

#endif
