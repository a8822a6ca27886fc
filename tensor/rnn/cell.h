/* Cells as what runs them sees them. */
#ifndef SUMI_RNN_CELL_H
#define SUMI_RNN_CELL_H

#include "layers/layer.h"

#include <sumi/rnn.h>

struct sumi_rnn_cell {
  sumi_graph_t *graph;
  sumi_rnn_cell_def_t def;            /* its texts and lists are the graph's */
  const sumi_variable_scope_t *scope; /* that of the first step; NULL before, or without a name */
};

/* Keeps a copy of a cell's parameters in the graph; NULL when it has refused. */
void *sumi__tensor_cell_keep(sumi_graph_t *graph, const void *context, size_t size_bytes);

/* [input, h] . kernel + bias, both variables of the scope in force. */
typedef struct sumi__tensor_cell_linear {
  const char *cell; /* who is refused */
  const char *kernel, *bias;
  int64_t state_size, units;
  sumi_initializer_t kernel_initializer, bias_initializer;
} sumi__tensor_cell_linear_t;
sumi_tensor_t sumi__tensor_cell_linear(sumi_tensor_t input, sumi_tensor_t h,
                                       const sumi__tensor_cell_linear_t *linear);

#endif
