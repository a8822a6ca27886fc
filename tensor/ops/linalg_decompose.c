/* Decompositions. Source of names and semantics: TensorFlow core/ops/linalg_ops.cc,
 * python/ops/linalg_grad.py; the gradient of the singular value decomposition: Townsend,
 * "Differentiating the singular value decomposition", 2016. */
#include "kernels/lapack.h"
#include "ops/known.h"
#include "ops/linalg.h"

#include <sumi/op_def.h>
#include <sumi/ops.h>

/* ---- Shared ---- */

static size_t scratch_of(const sumi_kernel_t *kernel) {
  const sumi__tensor_matrices_t m = sumi__tensor_matrices_of(&kernel->in[0]);
  return sumi__tensor_lapack_scratch(&m, 0);
}

static sumi_dims_t with_matrices(sumi_dims_t batch, int64_t rows, int64_t columns) {
  batch.size[batch.rank++] = rows;
  batch.size[batch.rank++] = columns;
  return batch;
}

static int64_t least_of(int64_t rows, int64_t columns) {
  if (rows < 0 || columns < 0) return SUMI_UNKNOWN_SIZE;
  return rows < columns ? rows : columns;
}

/* The matrices transposed, of any rank. */
static sumi_tensor_t transposed(sumi_tensor_t x) {
  const int axes = sumi_tensor_dims(x).rank;
  if (axes >= 2) return sumi__tensor_swap_axes(x, axes - 2, axes - 1);
  const sumi_tensor_t rank = sumi_rank(x);
  return sumi_raw_transpose(
      x, sumi_concat(SUMI_TENSORS(sumi_range(0, sumi_sub(rank, 2), 1),
                                  sumi_stack(SUMI_TENSORS(sumi_sub(rank, 1), sumi_sub(rank, 2)))),
                     0));
}

/* ---- Cholesky ---- */

static sumi_status_t cholesky_kernel(const sumi_kernel_t *kernel) {
  const sumi__tensor_matrices_t m = sumi__tensor_matrices_of(&kernel->in[0]);
  return sumi__tensor_lapack_cholesky(kernel, &m, kernel->in[0].data, sumi_kernel_out(kernel, 0));
}

/* Symmetric, as TensorFlow's: for a matrix that is varied as a symmetric one. */
static void cholesky_grad(sumi_grad_t *d) {
  const sumi_tensor_t l = d->y[0];
  sumi_tensor_t middle = sumi_batch_matmul(l, d->dy[0], .adj_x = true);
  middle = sumi_matrix_set_diag(middle, sumi_mul(sumi_matrix_diag_part(middle), 0.5));
  middle = sumi_matrix_band_part(middle, -1, 0);
  const sumi_tensor_t unit = sumi_matrix_diag(sumi_ones_like(sumi_matrix_diag_part(l)));
  const sumi_tensor_t inverse = sumi_matrix_triangular_solve(l, unit);
  const sumi_tensor_t product = sumi_batch_matmul(sumi_batch_matmul(inverse, middle, .adj_x = true),
                                                  inverse);
  d->dx[0] = sumi_mul(sumi_add(product, transposed(product)), 0.5);
}

SUMI_OP(Cholesky, "input: T -> output: T ; T: float32 float64",
        .doc = "The lower triangular factors l with input = l lᵀ of the matrices in the last two "
               "axes, of which only the lower half is looked at. The run fails for one that is not "
               "positive definite.",
        .shape = sumi__tensor_shape_square, .kernel = cholesky_kernel, .scratch = scratch_of,
        .grad = cholesky_grad,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 2)},
                      .at = {SUMI_VALUES(4, 2, 2, 10)},
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(2, 0, 1, 3),
                      .from = "by hand",
                      .symmetric = true},
                     {.input_count = 1,
                      .in = {SUMI_S(2, 3, 3)},
                      .at = {SUMI_VALUES(3, 0.5, 0.2, 0.5, 2, -0.4, 0.2, -0.4, 2.5, 2, 0.1, 0.3,
                                         0.1, 1.5, 0.6, 0.3, 0.6, 3)},
                      .symmetric = true},
                     {.input_count = 1,
                      .in = {SUMI_S(2, 2)},
                      .at = {SUMI_VALUES(1, 2, 2, 1)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "matrix 0 is not positive definite"}));

/* ---- SelfAdjointEigV2 ---- */

static sumi_status_t eigen_shape(sumi_infer_t *infer) {
  const sumi_dims_t in = infer->in[0];
  SUMI_TRY(sumi__tensor_want_matrices(infer, 0, "input", true));
  if (in.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  infer->out[0] = infer->out[1] = in;
  --infer->out[0].rank;
  if (!sumi_attr_bool(infer->op, "compute_v")) infer->out[1] = SUMI_DIMS(0);
  return SUMI_OK;
}

static sumi_status_t eigen_kernel(const sumi_kernel_t *kernel) {
  const sumi__tensor_matrices_t m = sumi__tensor_matrices_of(&kernel->in[0]);
  const bool vectors = sumi_attr_bool(kernel->op, "compute_v");
  return sumi__tensor_lapack_eigen(kernel, &m, kernel->in[0].data, sumi_kernel_out(kernel, 0),
                                   vectors ? sumi_kernel_out(kernel, 1) : NULL);
}

/* 1 / (x[j] - x[i]) at (i, j), 0 on the diagonal. */
static sumi_tensor_t inverse_differences(sumi_tensor_t x) {
  const sumi_tensor_t gaps = sumi_sub(sumi_expand_dims(x, -2), sumi_expand_dims(x, -1));
  const sumi_tensor_t ones = sumi_ones_like(x), zeros = sumi_zeros_like(x);
  return sumi_matrix_set_diag(sumi_reciprocal(sumi_matrix_set_diag(gaps, ones)), zeros);
}

/* Only the lower half was looked at, so the gradient is there. */
static void eigen_grad(sumi_grad_t *d) {
  const bool vectors = sumi_attr_bool(d->op, "compute_v");
  sumi_tensor_t e = d->y[0], v = d->y[1], middle = sumi_matrix_diag(d->dy[0]);
  if (!vectors) {
    e = sumi_self_adjoint_eig(d->x[0]);
    v = sumi_output(e, 1);
  } else {
    const sumi_tensor_t turn = sumi_batch_matmul(v, d->dy[1], .adj_x = true);
    middle = sumi_add(middle, sumi_mul(inverse_differences(e), turn));
  }
  const sumi_tensor_t full = sumi_batch_matmul(v, sumi_batch_matmul(middle, v, .adj_y = true));
  const sumi_tensor_t sum = sumi_matrix_band_part(sumi_add(full, transposed(full)), -1, 0);
  d->dx[0] = sumi_matrix_set_diag(sum, sumi_matrix_diag_part(full));
}

#define SYMMETRIC                                                                                  \
  .in = {SUMI_S(2, 3, 3)}, .at = {SUMI_VALUES(3, 0.5, 0.2, 0.5, 2, -0.4, 0.2, -0.4, 1, 2, 0.1,     \
                                              0.3, 0.1, 1.5, 0.6, 0.3, 0.6, 3.5)}

SUMI_OP(SelfAdjointEigV2, "input: T | compute_v: bool = true -> e: T, v: T ; T: float32 float64",
        .api = "self_adjoint_eig",
        .doc =
            "The eigenvalues of symmetric matrices in the last two axes, in ascending order; "
            "output 1 has the eigenvectors as columns, or nothing. Only the lower half is looked "
            "at. The sign of a vector is not defined, and gradients of vectors need different "
            "eigenvalues.",
        .shape = eigen_shape, .kernel = eigen_kernel, .scratch = scratch_of, .grad = eigen_grad,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 2)},
                      .at = {SUMI_VALUES(2, 1, 1, 2)},
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(1, 3),
                      .from = "by hand",
                      .no_gradient_check = true}, /* a step turns the signs of the vectors */
                     {.input_count = 1, SYMMETRIC},
                     {.input_count = 1, SYMMETRIC, .attrs = "compute_v = false"},
                     {.input_count = 1,
                      .in = {SUMI_S(2, 3)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "input has shape (2, 3), square matrices are wanted"}));

/* ---- Svd ---- */

static sumi_status_t svd_shape(sumi_infer_t *infer) {
  sumi_dims_t batch = infer->in[0];
  SUMI_TRY(sumi__tensor_want_matrices(infer, 0, "input", false));
  if (batch.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  batch.rank -= 2;
  const int64_t rows = batch.size[batch.rank], columns = batch.size[batch.rank + 1];
  const int64_t least = least_of(rows, columns);
  const bool full = sumi_attr_bool(infer->op, "full_matrices");
  infer->out[0] = batch;
  infer->out[0].size[infer->out[0].rank++] = least;
  infer->out[1] = with_matrices(batch, rows, full ? rows : least);
  infer->out[2] = with_matrices(batch, columns, full ? columns : least);
  if (!sumi_attr_bool(infer->op, "compute_uv")) infer->out[1] = infer->out[2] = SUMI_DIMS(0);
  return SUMI_OK;
}

static sumi_status_t svd_kernel(const sumi_kernel_t *kernel) {
  const sumi__tensor_matrices_t m = sumi__tensor_matrices_of(&kernel->in[0]);
  const bool vectors = sumi_attr_bool(kernel->op, "compute_uv");
  return sumi__tensor_lapack_svd(kernel, &m, sumi_attr_bool(kernel->op, "full_matrices"),
                                 kernel->in[0].data, sumi_kernel_out(kernel, 0),
                                 vectors ? sumi_kernel_out(kernel, 1) : NULL,
                                 vectors ? sumi_kernel_out(kernel, 2) : NULL);
}

/* x less its transpose. */
static sumi_tensor_t skew(sumi_tensor_t x) {
  return sumi_sub(x, transposed(x));
}

/* What of `grad` lies outside of the space of the columns of `basis`. */
static sumi_tensor_t outside(sumi_tensor_t basis, sumi_tensor_t grad) {
  return sumi_sub(grad, sumi_batch_matmul(basis, sumi_batch_matmul(basis, grad, .adj_x = true)));
}

/* Columns that full matrices have beyond the singular values may turn without changing the product:
 * their gradients are not taken. */
static sumi_tensor_t thin(sumi_tensor_t x, sumi_tensor_t s) {
  const sumi_tensor_t count = sumi_index(sumi_shape(s), "-1");
  return sumi_gather(x, sumi_range(0, count, 1), .axis = -1);
}

static void svd_grad(sumi_grad_t *d) {
  sumi_tensor_t s = d->y[0], u = d->y[1], v = d->y[2];
  const bool vectors = sumi_attr_bool(d->op, "compute_uv");
  if (!vectors) {
    s = sumi_svd(d->x[0]);
    u = sumi_output(s, 1);
    v = sumi_output(s, 2);
    d->dx[0] = sumi_batch_matmul(u,
                                 sumi_batch_matmul(sumi_matrix_diag(d->dy[0]), v, .adj_y = true));
    return;
  }
  sumi_tensor_t du = d->dy[1], dv = d->dy[2];
  if (sumi_attr_bool(d->op, "full_matrices"))
    u = thin(u, s), v = thin(v, s), du = thin(du, s), dv = thin(dv, s);
  const sumi_tensor_t row = sumi_expand_dims(s, -2), column = sumi_expand_dims(s, -1);
  const sumi_tensor_t f = inverse_differences(sumi_square(s));
  const sumi_tensor_t left = sumi_mul(f, skew(sumi_batch_matmul(u, du, .adj_x = true)));
  const sumi_tensor_t right = sumi_mul(f, skew(sumi_batch_matmul(v, dv, .adj_x = true)));
  const sumi_tensor_t middle = sumi_add(sumi_matrix_diag(d->dy[0]),
                                        sumi_add(sumi_mul(left, row), sumi_mul(column, right)));
  const sumi_tensor_t sides = sumi_add(
      sumi_batch_matmul(sumi_div(outside(u, du), row), v, .adj_y = true),
      sumi_batch_matmul(sumi_div(u, row), outside(v, dv), .adj_y = true));
  d->dx[0] = sumi_add(sumi_batch_matmul(u, sumi_batch_matmul(middle, v, .adj_y = true)), sides);
}

#define TALL .in = {SUMI_S(3, 2)}, .at = {SUMI_VALUES(2.1, 0.3, -0.5, 0.9, 0.4, 1.2)}
#define WIDE                                                                                       \
  .in = {SUMI_S(2, 2, 3)},                                                                         \
  .at = {SUMI_VALUES(2.1, 0.3, -0.5, 0.9, 0.4, 1.2, 0.7, 1.8, 0.1, -1.1, 0.6, 0.2)}

SUMI_OP(Svd,
        "input: T | compute_uv: bool = true, full_matrices: bool = false -> s: T, u: T, v: T ; "
        "T: float32 float64",
        .doc = "The singular values of the matrices in the last two axes, in descending order; "
               "outputs 1 and 2 have the singular vectors as columns, input = u diag(s) vᵀ, or "
               "nothing. The sign of a pair of vectors is not defined, and gradients of vectors "
               "need different singular values.",
        .shape = svd_shape, .kernel = svd_kernel, .scratch = scratch_of, .grad = svd_grad,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 2)},
                      .at = {SUMI_VALUES(3, 0, 4, 5)},
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(6.708203932499369, 2.23606797749979),
                      .from = "by hand: the roots of 45 and 5"},
                     {.input_count = 1, TALL}, {.input_count = 1, WIDE},
                     {.input_count = 1, WIDE, .attrs = "compute_uv = false"},
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "input has shape (2,), at least two axes are wanted"}));

/* ---- Qr ---- */

static sumi_status_t qr_shape(sumi_infer_t *infer) {
  sumi_dims_t batch = infer->in[0];
  SUMI_TRY(sumi__tensor_want_matrices(infer, 0, "input", false));
  if (batch.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  batch.rank -= 2;
  const int64_t rows = batch.size[batch.rank], columns = batch.size[batch.rank + 1];
  const int64_t width = sumi_attr_bool(infer->op, "full_matrices") ? rows : least_of(rows, columns);
  infer->out[0] = with_matrices(batch, rows, width);
  infer->out[1] = with_matrices(batch, width, columns);
  return SUMI_OK;
}

static sumi_status_t qr_kernel(const sumi_kernel_t *kernel) {
  const sumi__tensor_matrices_t m = sumi__tensor_matrices_of(&kernel->in[0]);
  return sumi__tensor_lapack_qr(kernel, &m, sumi_attr_bool(kernel->op, "full_matrices"),
                                kernel->in[0].data, sumi_kernel_out(kernel, 0),
                                sumi_kernel_out(kernel, 1));
}

/* x times the transposed inverse of r. */
static sumi_tensor_t over(sumi_tensor_t x, sumi_tensor_t r) {
  return transposed(sumi_matrix_triangular_solve(r, transposed(x), .no_lower = true));
}

static void qr_grad(sumi_grad_t *d) {
  const sumi_tensor_t q = d->y[0], r = d->y[1], dq = d->dy[0], dr = d->dy[1];
  const sumi_tensor_t qdq = sumi_batch_matmul(q, dq, .adj_x = true);
  const sumi_tensor_t rdr = sumi_batch_matmul(r, dr, .adj_y = true);
  const sumi_tensor_t turn = sumi_matrix_band_part(sumi_add(skew(qdq), skew(rdr)), -1, 0);
  const sumi_tensor_t inside = sumi_batch_matmul(q, sumi_add(dr, over(turn, r)));
  d->dx[0] = sumi_add(inside, over(sumi_sub(dq, sumi_batch_matmul(q, qdq)), r));
}

SUMI_OP(Qr, "input: T | full_matrices: bool = false -> q: T, r: T ; T: float32 float64",
        .doc = "input = q r for the matrices in the last two axes: q with orthonormal columns, "
               "output 1 upper triangular. There are as many columns of q as the shorter side has, "
               "or as there are rows. Differentiable where input has at least as many rows as "
               "columns and full rank, and q is not wider.",
        .shape = qr_shape, .kernel = qr_kernel, .scratch = scratch_of, .grad = qr_grad,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 2)},
                      .at = {SUMI_VALUES(3, 1, 4, 2)},
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(-0.6, -0.8, -0.8, 0.6),
                      .from = "numpy.linalg.qr"},
                     {.input_count = 1, TALL},
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "input has shape (2,), at least two axes are wanted"}));
