/* What unrolled networks and loops share. */
#ifndef SUMI_RNN_OVER_TIME_H
#define SUMI_RNN_OVER_TIME_H

#include "rnn/cell.h"

/* A copy of the first state, which is zeros where none is given, for as many rows as axis `batch`
 * of the input has; NULL, and the graph refused, when it does not fit the cell. */
sumi_tensor_t *sumi__tensor_rnn_first_state(sumi_rnn_cell_t *cell, sumi_tensor_t input, int batch,
                                            sumi_tensors_t given);

/* One step, or what stays where `is_within` [batch, 1] is false: zero outputs and the state as it
 * was. `state` is read; `next` gets the state behind it. */
sumi_tensor_t sumi__tensor_rnn_step(sumi_rnn_cell_t *cell, sumi_tensor_t input,
                                    sumi_tensor_t is_within, const sumi_tensor_t *state,
                                    sumi_tensor_t *next);

/* Enters the variable scope `name` on behalf of the line, and leaves it. */
bool sumi__tensor_rnn_enter(sumi_graph_t *graph, sumi_site_t site, const char *name);
void sumi__tensor_rnn_leave(sumi_graph_t *graph);

#endif
