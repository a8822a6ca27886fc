/* Pools over windows of NHWC images; float32 and float64. Work is cut by the geometry alone, so
 * results are the same for any number of threads. */
#ifndef SUMI_KERNELS_POOL_H
#define SUMI_KERNELS_POOL_H

#include "kernels/window.h"

#include <sumi/op_def.h>

/* input [images, rows.in, columns.in, channels] -> output [images, rows.out, columns.out, channels]
 */
typedef struct sumi__tensor_pool {
  int64_t images, channels;
  sumi__tensor_window_t rows, columns;
} sumi__tensor_pool_t;

/* The largest element of each window; NaN where there is one. */
void sumi__tensor_max_pool(const sumi_kernel_t *kernel, const sumi__tensor_pool_t *pool,
                           sumi_dtype_t dtype, const void *input, void *output);

/* dx = dy at the first element, row by row, of each window that equals its maximum y; elsewhere
 * zero. */
void sumi__tensor_max_pool_grad(const sumi_kernel_t *kernel, const sumi__tensor_pool_t *pool,
                                sumi_dtype_t dtype, const void *x, const void *y, const void *dy,
                                void *dx);

/* The transposed map: output = g at that element. */
void sumi__tensor_max_pool_grad_grad(const sumi_kernel_t *kernel, const sumi__tensor_pool_t *pool,
                                     sumi_dtype_t dtype, const void *x, const void *y,
                                     const void *g, void *output);

/* The mean of each window, padding not counted; its gradient. */
void sumi__tensor_avg_pool(const sumi_kernel_t *kernel, const sumi__tensor_pool_t *pool,
                           sumi_dtype_t dtype, const void *input, void *output);
void sumi__tensor_avg_pool_grad(const sumi_kernel_t *kernel, const sumi__tensor_pool_t *pool,
                                sumi_dtype_t dtype, const void *dy, void *dx);

#endif
