/* Decompositions of small dense matrices by the LAPACK that OpenBLAS carries. Matrices are
 * row-major, one behind the other; a failure says which of them could not be decomposed.
 * LAPACK sees a row-major matrix as its transpose, which is what the comments at the calls are
 * about. */
#ifndef SUMI_KERNELS_LAPACK_H
#define SUMI_KERNELS_LAPACK_H

#include <sumi/op_def.h>

/* How many matrices a batch has, and of what size: the last two axes of an array. */
typedef struct sumi__tensor_matrices {
  sumi_dtype_t dtype;
  int64_t count, rows, columns;
} sumi__tensor_matrices_t;

sumi__tensor_matrices_t sumi__tensor_matrices_of(const sumi_array_view_t *array);

/* Scratch that the functions below take for such matrices, with `others` columns at the right
 * side. */
size_t sumi__tensor_lapack_scratch(const sumi__tensor_matrices_t *m, int64_t others);

/* x = inverse of a (of its transpose, if `transposed`) times b, for each pair; b has `others`
 * columns. INVALID_ARGUMENT for a singular matrix. */
sumi_status_t sumi__tensor_lapack_solve(const sumi_kernel_t *kernel,
                                        const sumi__tensor_matrices_t *m, bool transposed,
                                        const void *a, int64_t others, const void *b, void *x);

/* The same with unit matrices for b. */
sumi_status_t sumi__tensor_lapack_inverse(const sumi_kernel_t *kernel,
                                          const sumi__tensor_matrices_t *m, bool transposed,
                                          const void *a, void *x);

/* As solve for a lower or upper triangular a, whose other half is not looked at. */
sumi_status_t sumi__tensor_lapack_solve_triangular(const sumi_kernel_t *kernel,
                                                   const sumi__tensor_matrices_t *m, bool lower,
                                                   bool transposed, const void *a, int64_t others,
                                                   const void *b, void *x);

/* One number for each matrix; 0 for a singular one. */
sumi_status_t sumi__tensor_lapack_determinant(const sumi_kernel_t *kernel,
                                              const sumi__tensor_matrices_t *m, const void *a,
                                              void *out);

/* a = l lᵀ, l lower triangular; only the lower half of a is looked at. INVALID_ARGUMENT when a is
 * not positive definite. */
sumi_status_t sumi__tensor_lapack_cholesky(const sumi_kernel_t *kernel,
                                           const sumi__tensor_matrices_t *m, const void *a,
                                           void *l);

/* Eigenvalues in ascending order and eigenvectors as columns (v may be NULL); only the lower half
 * of a is looked at. */
sumi_status_t sumi__tensor_lapack_eigen(const sumi_kernel_t *kernel,
                                        const sumi__tensor_matrices_t *m, const void *a, void *e,
                                        void *v);

/* Singular values in descending order, and a = u s vᵀ (u and v may be NULL). u and v have as many
 * columns as there are singular values, or are square if `full`. */
sumi_status_t sumi__tensor_lapack_svd(const sumi_kernel_t *kernel, const sumi__tensor_matrices_t *m,
                                      bool full, const void *a, void *s, void *u, void *v);

/* a = q r: q with orthonormal columns, r upper triangular; square q if `full`. */
sumi_status_t sumi__tensor_lapack_qr(const sumi_kernel_t *kernel, const sumi__tensor_matrices_t *m,
                                     bool full, const void *a, void *q, void *r);

#endif
