/* One call of a function by a step: what loops and branches share. */
#ifndef SUMI_EXEC_RUN_CALL_H
#define SUMI_EXEC_RUN_CALL_H

#include "exec/plan/calls.h"

/* Hands input `feed` of the function these elements. */
static inline void sumi__tensor_hand(sumi__tensor_called_t *called, int feed, sumi_dims_t dims,
                                     const void *data) {
  called->feeds[feed].dims = sumi_dims_make(dims.rank, dims.size);
  called->feeds[feed].data = data;
}

/* Hands over what stays the same from call to call. */
void sumi__tensor_hand_captured(const sumi_kernel_t *kernel, sumi__tensor_called_t *called);

/* Runs the function on what it has been handed, with a plan for these shapes; sumi__tensor_fetched
 * has its fetches until the next call. */
sumi_status_t sumi__tensor_call(const sumi_kernel_t *kernel, sumi__tensor_called_t *called,
                                sumi__tensor_plan_t **plan);

#endif
