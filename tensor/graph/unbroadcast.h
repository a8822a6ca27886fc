/* The one place where broadcasting is undone in gradients. */
#ifndef SUMI_GRAPH_UNBROADCAST_H
#define SUMI_GRAPH_UNBROADCAST_H

#include "graph/apply.h"

/* dx has the shape that all inputs of `op` (an elementwise one) broadcast to; the result has that
 * of input `index`: dx summed over the axes along which the input was repeated. */
sumi_tensor_t sumi__tensor_unbroadcast(const sumi_op_t *op, int index, sumi_tensor_t dx);

#endif
