/* Sums of gradients that may be slices. */
#ifndef SUMI_GRAPH_SLICES_H
#define SUMI_GRAPH_SLICES_H

#include "graph/graph_internal.h"

#include <sumi/gradients.h>

/* The sum of the terms, which are used up: slices if all of them are, one list behind the other. */
sumi_tensor_t sumi__tensor_sum(sumi_graph_t *graph, int count, sumi_tensor_t *terms);

#endif
