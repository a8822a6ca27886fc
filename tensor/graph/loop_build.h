/* Making a loop: what is carried and what it runs over, the functions, and the node. */
#ifndef SUMI_GRAPH_LOOP_BUILD_H
#define SUMI_GRAPH_LOOP_BUILD_H

#include "graph/flow.h"

typedef struct sumi__tensor_loop {
  sumi_graph_t *graph;
  sumi_site_t site;
  const char *name;
  int count, element_count, stack_count;
  bool reverse; /* from the last element to the first */
  sumi_tensor_t *carried;
  const sumi_tensor_t *elements; /* lists along axis 0, taken one by one */
  sumi_tensor_t limit;           /* int32: that many iterations at most; < 0: any number */
  sumi__tensor_flow_t *flow;
  sumi_tensor_t *parameters[SUMI__FLOW_FUNCTIONS]; /* what is carried, then elements, inside */
} sumi__tensor_loop_t;

/* Begins the loop: enters its name scope, and takes what it carries. False, and the graph refused,
 * when that cannot be; the scope is left again by sumi__tensor_loop_end. */
bool sumi__tensor_loop_begin(sumi__tensor_loop_t *loop, sumi_tensors_t carried,
                             const sumi_dims_t *invariants);
void sumi__tensor_loop_end(const sumi__tensor_loop_t *loop);

/* The test or the body, with its parameters. */
sumi_function_t *sumi__tensor_loop_function(sumi__tensor_loop_t *loop, int which, const char *name);

/* Ends the body: `next` is what is carried and then what is stacked. */
void sumi__tensor_loop_end_body(sumi__tensor_loop_t *loop, sumi_tensor_t *next);

/* The node, when all functions are there. NULL after a refusal. */
sumi_op_t *sumi__tensor_loop_node(sumi__tensor_loop_t *loop);

#endif
