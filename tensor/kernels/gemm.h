/* Matrix products: OpenBLAS in fixed tiles for large ones, a kernel without packing for small
 * ones. */
#ifndef SUMI_KERNELS_GEMM_H
#define SUMI_KERNELS_GEMM_H

#include <sumi/op_def.h>

/* c [m, n] = op(a) op(b), dense row-major; op(a) is [m, k], stored [k, m] when transpose_a; op(b)
 * is [k, n], stored [n, k] when transpose_b. float32, float64, int32, int64. c overlaps neither
 * operand. */
typedef struct sumi__tensor_gemm {
  sumi_dtype_t dtype;
  bool transpose_a, transpose_b;
  int64_t m, n, k;
  const void *a, *b;
  void *c;
} sumi__tensor_gemm_t;

/* Computes it, split over the kernel's threads where that pays. The split follows from the sizes
 * alone, so the result has the same bits for any number of threads. RESOURCE_EXHAUSTED for sizes
 * past what BLAS can count. */
sumi_status_t sumi__tensor_gemm(const sumi_kernel_t *kernel, const sumi__tensor_gemm_t *gemm);

/* `count` products of the same sizes; product i uses a + a_offset[i] … (elements). Offsets are
 * given by a function so that broadcasting needs no table. */
typedef void (*sumi__tensor_gemm_offsets_t)(const void *context, int64_t index, int64_t *a,
                                            int64_t *b);
sumi_status_t sumi__tensor_gemm_batch(const sumi_kernel_t *kernel, const sumi__tensor_gemm_t *gemm,
                                      int64_t count, sumi__tensor_gemm_offsets_t offsets,
                                      const void *context);

#endif
