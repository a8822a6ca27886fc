#ifndef SUMI_TRAIN_INITIALIZER_H
#define SUMI_TRAIN_INITIALIZER_H

#include "graph/apply.h"

#include <sumi/train.h>

/* The expression of a variable's first value, of these dims and dtype; refuses the graph when it
 * cannot be. */
sumi_tensor_t sumi__tensor_initial_value(sumi_graph_t *graph, const sumi_initializer_t *initializer,
                                         sumi_dims_t dims, sumi_dtype_t dtype);

#endif
