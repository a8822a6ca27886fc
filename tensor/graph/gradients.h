/* Gradients inside one function. */
#ifndef SUMI_GRAPH_GRADIENTS_H
#define SUMI_GRAPH_GRADIENTS_H

#include "graph/flow.h"

/* As sumi_gradients, of the function's tensors with respect to what it is handed or makes: the walk
 * goes through nodes of the function only. dys may be null (nothing arrives); dxs become null where
 * no y depends on the x. */
sumi_status_t sumi__tensor_function_gradients(const sumi_function_t *function, sumi_tensors_t ys,
                                              const sumi_tensor_t *dys, sumi_tensors_t xs,
                                              sumi_tensor_t *dxs);

#endif
