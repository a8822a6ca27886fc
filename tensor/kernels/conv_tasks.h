/* How our own convolutions share out their work. Both numbers are functions of the geometry alone,
 * so the result is the same for any number of threads. */
#ifndef SUMI_KERNELS_CONV_TASKS_H
#define SUMI_KERNELS_CONV_TASKS_H

#include "kernels/conv.h"

static inline int64_t sumi__tensor_least(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static inline int64_t sumi__tensor_most(int64_t a, int64_t b) {
  return a > b ? a : b;
}

/* The patches are the pixels: the convolution is one matrix product. */
static inline bool sumi__tensor_conv_is_pointwise(const sumi__tensor_conv_t *conv) {
  return conv->rows.size == 1 && conv->rows.stride == 1 && conv->columns.size == 1 &&
         conv->columns.stride == 1;
}

/* Tasks for `units` of work: each takes a run of neighbouring units. */
int64_t sumi__tensor_conv_tasks(const sumi__tensor_conv_t *conv, sumi__tensor_conv_pass_t pass,
                                sumi_dtype_t dtype, int64_t units);

/* The sum of `tasks` arrays of `elements`, `stride_bytes` apart from `partials` on, added in their
 * order; `sum` may be the first of them. */
void sumi__tensor_conv_sum_partials(const sumi_kernel_t *kernel, sumi_dtype_t dtype,
                                    int64_t elements, int64_t tasks, const void *partials,
                                    size_t stride_bytes, void *sum);

/* sum[i] += x[i] */
void sumi__tensor_conv_add(sumi_dtype_t dtype, int64_t count, const void *x, void *sum);

#endif
