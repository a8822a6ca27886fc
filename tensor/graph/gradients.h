/* Gradients inside of the functions that a node calls. */
#ifndef SUMI_GRAPH_GRADIENTS_H
#define SUMI_GRAPH_GRADIENTS_H

#include "graph/flow.h"

/* To dx, by input of the node, the gradients of the function's results with respect to what stands
 * for the input in there: of a variable that the node changes, its reads. dys are what arrives, by
 * result; both may be null. The nodes are those of the function that is being made, the walk goes
 * through the called function only. */
sumi_status_t sumi__tensor_call_gradients(const sumi_op_t *op, const sumi_function_t *function,
                                          const sumi_tensor_t *dys, sumi_tensor_t *dx);

#endif
