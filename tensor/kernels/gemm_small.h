/* Products of small matrices, for which a BLAS call costs more than it saves (measured: up to 2.6 times). */
#ifndef SUMI_KERNELS_GEMM_SMALL_H
#define SUMI_KERNELS_GEMM_SMALL_H

#include "kernels/gemm.h"

/* Is this product better done here? */
bool sumi__gemm_is_small(const sumi__gemm_t *gemm);

/* Computes a product for which that is so. */
void sumi__gemm_small(const sumi__gemm_t *gemm);

#endif
