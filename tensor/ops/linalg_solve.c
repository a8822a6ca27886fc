/* Linear equations, inverses and determinants. Source of names and semantics: TensorFlow
 * core/ops/linalg_ops.cc, python/ops/linalg_grad.py. */
#include "kernels/lapack.h"
#include "ops/known.h"
#include "ops/linalg.h"

#include <sumi/op_def.h>
#include <sumi/ops.h>

sumi_status_t sumi__tensor_want_matrices(const sumi_infer_t *infer, int input, const char *name,
                                         bool square) {
  const sumi_dims_t dims = infer->in[input];
  if (dims.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  if (dims.rank < 2)
    return sumi_refuse(infer, "%s has shape %s, at least two axes are wanted", name,
                       sumi_dims_text(dims).text);
  const int64_t rows = dims.size[dims.rank - 2], columns = dims.size[dims.rank - 1];
  if (square && rows >= 0 && columns >= 0 && rows != columns)
    return sumi_refuse(infer, "%s has shape %s, square matrices are wanted", name,
                       sumi_dims_text(dims).text);
  return SUMI_OK;
}

sumi_status_t sumi__tensor_shape_square(sumi_infer_t *infer) {
  SUMI_TRY(sumi__tensor_want_matrices(infer, 0, "input", true));
  infer->out[0] = infer->in[0];
  return SUMI_OK;
}

/* ---- MatrixInverse ---- */

static size_t inverse_scratch(const sumi_kernel_t *kernel) {
  const sumi__tensor_matrices_t m = sumi__tensor_matrices_of(&kernel->in[0]);
  return sumi__tensor_lapack_scratch(&m, m.rows);
}

static sumi_status_t inverse_kernel(const sumi_kernel_t *kernel) {
  const sumi__tensor_matrices_t m = sumi__tensor_matrices_of(&kernel->in[0]);
  return sumi__tensor_lapack_inverse(kernel, &m, sumi_attr_bool(kernel->op, "adjoint"),
                                     kernel->in[0].data, sumi_kernel_out(kernel, 0));
}

/* d(inverse) = -inverse . dA . inverse. */
static void inverse_grad(sumi_grad_t *d) {
  const sumi_tensor_t y = d->y[0], dy = d->dy[0];
  const bool adjoint = sumi_attr_bool(d->op, "adjoint");
  d->dx[0] = sumi_neg(
      adjoint ? sumi_batch_matmul(y, sumi_batch_matmul(dy, y, .adj_x = true))
              : sumi_batch_matmul(y, sumi_batch_matmul(dy, y, .adj_y = true), .adj_x = true));
}

#define RANDOM_MATRICES                                                                            \
  SUMI_VALUES(2.1, 0.3, -0.5, 0.4, 1.7, 0.6, -0.2, 0.9, 2.4, 1.5, -0.7, 0.2, 0.8, 2.2, -0.4, 0.1,  \
              0.5, 1.9)

SUMI_OP(MatrixInverse, "input: T | adjoint: bool = false -> output: T ; T: float32 float64",
        .doc = "The inverses of the matrices in the last two axes, or of their transposes if "
               "`adjoint`. The run fails for a singular one.",
        .shape = sumi__tensor_shape_square, .kernel = inverse_kernel, .scratch = inverse_scratch,
        .grad = inverse_grad,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 2)},
                      .at = {SUMI_VALUES(4, 7, 2, 6)},
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(0.6, -0.7, -0.2, 0.4),
                      .from = "by hand"},
                     {.input_count = 1, .in = {SUMI_S(2, 3, 3)}, .at = {RANDOM_MATRICES}},
                     {.input_count = 1,
                      .in = {SUMI_S(2, 3, 3)},
                      .at = {RANDOM_MATRICES},
                      .attrs = "adjoint = true"},
                     {.input_count = 1,
                      .in = {SUMI_S(2, 2, 2)},
                      .at = {SUMI_VALUES(1, 0, 0, 1, 1, 2, 2, 4)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "matrix 1 is not invertible"},
                     {.input_count = 1,
                      .in = {SUMI_S(2, 3)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "input has shape (2, 3), square matrices are wanted"}));

/* ---- MatrixDeterminant ---- */

static sumi_status_t determinant_shape(sumi_infer_t *infer) {
  SUMI_TRY(sumi__tensor_shape_square(infer));
  if (infer->out[0].rank != SUMI_UNKNOWN_RANK) infer->out[0].rank -= 2;
  return SUMI_OK;
}

static size_t determinant_scratch(const sumi_kernel_t *kernel) {
  const sumi__tensor_matrices_t m = sumi__tensor_matrices_of(&kernel->in[0]);
  return sumi__tensor_lapack_scratch(&m, 0);
}

static sumi_status_t determinant_kernel(const sumi_kernel_t *kernel) {
  const sumi__tensor_matrices_t m = sumi__tensor_matrices_of(&kernel->in[0]);
  return sumi__tensor_lapack_determinant(kernel, &m, kernel->in[0].data,
                                         sumi_kernel_out(kernel, 0));
}

static void determinant_grad(sumi_grad_t *d) {
  const sumi_tensor_t factor = sumi_index(sumi_mul(d->dy[0], d->y[0]), "..., None, None");
  d->dx[0] = sumi_mul(factor, sumi_matrix_inverse(d->x[0], .adjoint = true));
}

SUMI_OP(MatrixDeterminant, "input: T -> output: T ; T: float32 float64",
        .doc = "The determinants of the matrices in the last two axes. The gradient needs them "
               "invertible.",
        .shape = determinant_shape, .kernel = determinant_kernel, .scratch = determinant_scratch,
        .grad = determinant_grad,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 2, 2)},
                      .at = {SUMI_VALUES(4, 7, 2, 6, 0, 1, 1, 0)},
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(10, -1),
                      .from = "by hand"},
                     {.input_count = 1, .in = {SUMI_S(2, 3, 3)}, .at = {RANDOM_MATRICES}},
                     {.input_count = 1,
                      .in = {SUMI_S(3)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "input has shape (3,), at least two axes are wanted"}));

/* ---- MatrixSolve, MatrixTriangularSolve ---- */

static sumi_status_t solve_shape(sumi_infer_t *infer) {
  const sumi_dims_t matrix = infer->in[0], rhs = infer->in[1];
  SUMI_TRY(sumi__tensor_want_matrices(infer, 0, "matrix", true));
  SUMI_TRY(sumi__tensor_want_matrices(infer, 1, "rhs", false));
  infer->out[0] = rhs;
  if (matrix.rank == SUMI_UNKNOWN_RANK || rhs.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  sumi_dims_t want = matrix, merged;
  want.size[want.rank - 1] = rhs.size[rhs.rank - 1];
  if (!sumi_merge_dims(want, rhs, &merged))
    return sumi_refuse(infer, "rhs has shape %s, matrix %s", sumi_dims_text(rhs).text,
                       sumi_dims_text(matrix).text);
  return SUMI_OK;
}

static int64_t columns_of(const sumi_array_view_t *rhs) {
  return rhs->dims[rhs->rank - 1];
}

static size_t solve_scratch(const sumi_kernel_t *kernel) {
  const sumi__tensor_matrices_t m = sumi__tensor_matrices_of(&kernel->in[0]);
  return sumi__tensor_lapack_scratch(&m, columns_of(&kernel->in[1]));
}

static sumi_status_t solve_kernel(const sumi_kernel_t *kernel) {
  const sumi__tensor_matrices_t m = sumi__tensor_matrices_of(&kernel->in[0]);
  return sumi__tensor_lapack_solve(kernel, &m, sumi_attr_bool(kernel->op, "adjoint"),
                                   kernel->in[0].data, columns_of(&kernel->in[1]),
                                   kernel->in[1].data, sumi_kernel_out(kernel, 0));
}

static sumi_status_t solve_triangular_kernel(const sumi_kernel_t *kernel) {
  const sumi__tensor_matrices_t m = sumi__tensor_matrices_of(&kernel->in[0]);
  return sumi__tensor_lapack_solve_triangular(kernel, &m, sumi_attr_bool(kernel->op, "lower"),
                                              sumi_attr_bool(kernel->op, "adjoint"),
                                              kernel->in[0].data, columns_of(&kernel->in[1]),
                                              kernel->in[1].data, sumi_kernel_out(kernel, 0));
}

/* The gradient for the matrix, from that for the right side. */
static sumi_tensor_t of_matrix(const sumi_grad_t *d, sumi_tensor_t rhs_grad) {
  return sumi_neg(sumi_attr_bool(d->op, "adjoint")
                      ? sumi_batch_matmul(d->y[0], rhs_grad, .adj_y = true)
                      : sumi_batch_matmul(rhs_grad, d->y[0], .adj_y = true));
}

static void solve_grad(sumi_grad_t *d) {
  d->dx[1] = sumi_matrix_solve(d->x[0], d->dy[0], .adjoint = !sumi_attr_bool(d->op, "adjoint"));
  d->dx[0] = of_matrix(d, d->dx[1]);
}

static void solve_triangular_grad(sumi_grad_t *d) {
  const bool lower = sumi_attr_bool(d->op, "lower");
  d->dx[1] = sumi_matrix_triangular_solve(d->x[0], d->dy[0], .no_lower = !lower,
                                          .adjoint = !sumi_attr_bool(d->op, "adjoint"));
  d->dx[0] = sumi_matrix_band_part(of_matrix(d, d->dx[1]), lower ? -1 : 0, lower ? 0 : -1);
}

#define SOLVE_RANDOM(options)                                                                      \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(2, 3, 3), SUMI_S(2, 3, 2)}, .at = {RANDOM_MATRICES},           \
    .attrs = options                                                                               \
  }
#define SOLVE_REFUSED                                                                              \
  {.input_count = 2,                                                                               \
   .in = {SUMI_S(2, 2), SUMI_S(3, 1)},                                                             \
   .want = SUMI_INVALID_ARGUMENT,                                                                  \
   .message = "rhs has shape (3, 1), matrix (2, 2)"},                                              \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(2, 2), SUMI_S(2, 1)}, .at = {SUMI_VALUES(0, 0, 0, 0)},         \
    .want = SUMI_INVALID_ARGUMENT, .message = "matrix 0 is not invertible"                         \
  }

SUMI_OP(MatrixSolve, "matrix: T, rhs: T | adjoint: bool = false -> output: T ; T: float32 float64",
        .doc = "x with matrix . x = rhs, or with its transpose if `adjoint`, for the matrices in "
               "the last two axes. The run fails for a singular one.",
        .shape = solve_shape, .kernel = solve_kernel, .scratch = solve_scratch, .grad = solve_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 2), SUMI_S(2, 1)},
                      .at = {SUMI_VALUES(2, 1, 1, 3), SUMI_VALUES(3, 5)},
                      .out = SUMI_S(2, 1),
                      .expect = SUMI_VALUES(0.8, 1.4),
                      .from = "by hand"},
                     SOLVE_RANDOM(""), SOLVE_RANDOM("adjoint = true"), SOLVE_REFUSED));

SUMI_OP(MatrixTriangularSolve,
        "matrix: T, rhs: T | lower: bool = true, adjoint: bool = false -> output: T ; "
        "T: float32 float64",
        .doc = "x with matrix . x = rhs, or with its transpose if `adjoint`, for triangular "
               "matrices in the last two axes, whose other half is not looked at.",
        .shape = solve_shape, .kernel = solve_triangular_kernel, .grad = solve_triangular_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 2), SUMI_S(2, 1)},
                      .at = {SUMI_VALUES(2, 9, 1, 4), SUMI_VALUES(2, 9)},
                      .out = SUMI_S(2, 1),
                      .expect = SUMI_VALUES(1, 2),
                      .from = "by hand"},
                     SOLVE_RANDOM(""), SOLVE_RANDOM("adjoint = true"),
                     SOLVE_RANDOM("lower = false"), SOLVE_RANDOM("lower = false, adjoint = true"),
                     SOLVE_REFUSED));

/* ---- matrix_solve_ls, cholesky_solve ---- */

static sumi_tensor_t cholesky_solve_expand(const sumi_build_t *build) {
  const sumi_tensor_t half = sumi_matrix_triangular_solve(build->in[0], build->in[1]);
  return sumi_matrix_triangular_solve(build->in[0], half, .adjoint = true);
}

SUMI_OP(cholesky_solve, "chol: T, rhs: T -> output: T ; T: float32 float64",
        .doc = "x with a . x = rhs, where `chol` is the Cholesky factor of a.",
        .expand = cholesky_solve_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 2), SUMI_S(2, 1)},
                      .at = {SUMI_VALUES(2, 0, 1, 3), SUMI_VALUES(6, 21)},
                      .out = SUMI_S(2, 1),
                      .expect = SUMI_VALUES(0.5, 2),
                      .from = "by hand: a is 4 2; 2 10"},
                     SOLVE_REFUSED));

/* The normal equations, of whichever side is shorter. */
static sumi_tensor_t matrix_solve_ls_expand(const sumi_build_t *build) {
  const sumi_tensor_t a = build->in[0], b = build->in[1];
  const sumi_dims_t dims = sumi_tensor_dims(a);
  const double l2 = sumi_build_attr(build, "l2_regularizer")->real;
  if (dims.rank < 2 || dims.size[dims.rank - 2] < 0 || dims.size[dims.rank - 1] < 0)
    return sumi_build_refuse(build, "matrix has shape %s, known rows and columns are wanted",
                             sumi_dims_text(dims).text);
  const int64_t rows = dims.size[dims.rank - 2], columns = dims.size[dims.rank - 1];
  const bool tall = rows >= columns;
  sumi_tensor_t square = sumi_batch_matmul(a, a, .adj_x = tall, .adj_y = !tall);
  if (l2 != 0) {
    const sumi_tensor_t unit = sumi_eye(build->graph, tall ? columns : rows,
                                        .dtype = sumi_tensor_dtype(a));
    square = sumi_add(square, sumi_mul(unit, l2));
  }
  const sumi_tensor_t factor = sumi_cholesky(square);
  if (tall) return sumi_cholesky_solve(factor, sumi_batch_matmul(a, b, .adj_x = true));
  return sumi_batch_matmul(a, sumi_cholesky_solve(factor, b), .adj_x = true);
}

SUMI_OP(matrix_solve_ls,
        "matrix: T, rhs: T | l2_regularizer: float = 0 -> output: T ; T: float32 float64",
        .doc = "x that minimizes |matrix . x - rhs|^2 + l2_regularizer |x|^2, of several the "
               "shortest, by Cholesky's decomposition of the normal equations (TensorFlow's fast "
               "way): fails when the matrix has not full rank.",
        .expand = matrix_solve_ls_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(3, 2), SUMI_S(3, 1)},
                      .at = {SUMI_VALUES(1, 0, 0, 1, 1, 1), SUMI_VALUES(1, 1, 5)},
                      .out = SUMI_S(2, 1),
                      .expect = SUMI_VALUES(2, 2),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(2, 1)},
                      .at = {SUMI_VALUES(1, 0.3, 0.2, -0.4, 1.1, 0.7)},
                      .attrs = "l2_regularizer = 0.5"},
                     {.input_count = 2,
                      .in = {SUMI_S(2), SUMI_S(2)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "matrix has shape (2,), known rows and columns are wanted"}));
