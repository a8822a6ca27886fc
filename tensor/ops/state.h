/* What kernels that change variables share. */
#ifndef SUMI_OPS_STATE_H
#define SUMI_OPS_STATE_H

#include <sumi/op_def.h>

/* The elements of the variable at input `input`; fails the run when it is not initialised. */
sumi_status_t sumi__tensor_want_variable(const sumi_kernel_t *kernel, int input, void **data);

enum { SUMI__UPDATE_TASK = 1 << 15 }; /* elements of a variable that one task changes */

/* Runs task(context, i) for every SUMI__UPDATE_TASK elements of `count`. */
static inline void sumi__tensor_update_parallel(const sumi_kernel_t *kernel, int64_t count,
                                                void (*task)(void *, int64_t), void *context) {
  const int64_t tasks = (count + SUMI__UPDATE_TASK - 1) / SUMI__UPDATE_TASK;
  if (tasks == 1)
    task(context, 0);
  else if (tasks > 1)
    sumi_kernel_parallel(kernel, tasks, task, context);
}

#endif
