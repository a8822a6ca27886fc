/* Products of small matrices, for which a BLAS call may cost more than it saves (measured: up to
 * 2.6 times). */
#ifndef SUMI_KERNELS_GEMM_SMALL_H
#define SUMI_KERNELS_GEMM_SMALL_H

#include "kernels/gemm.h"

/* Is this product better done here? That depends on its sizes and on the processor: OpenBLAS has
 * quick kernels for small matrices on some. */
bool sumi__tensor_gemm_is_small(const sumi__tensor_gemm_t *gemm);

/* Computes a product for which that is so. */
void sumi__tensor_gemm_small(const sumi__tensor_gemm_t *gemm);

#endif
