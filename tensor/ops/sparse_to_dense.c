/* A few values among many equal ones. Source of names and semantics: TensorFlow
 * core/ops/sparse_ops.cc, python/ops/sparse_grad.py. */
#include "kernels/copy.h"
#include "ops/coordinates.h"
#include "ops/known.h"

#include <sumi/ops.h>

#include <string.h>

static sumi_status_t sparse_shape(sumi_infer_t *infer) {
  const sumi_dims_t indices = infer->in[0], values = infer->in[2];
  SUMI_TRY(sumi__tensor_want_dims(infer, 1, "output_shape", &infer->out[0]));
  SUMI_TRY(sumi__tensor_want_rank(infer, 3, "default_value", 0));
  const int rank = infer->out[0].rank;
  if (indices.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  if (indices.rank > 2)
    return sumi_refuse(infer, "sparse_indices has shape %s, at most 2 axes are expected",
                       sumi_dims_text(indices).text);
  const int64_t depth = indices.rank == 2 ? indices.size[1] : 1;
  if (rank != SUMI_UNKNOWN_RANK && depth != SUMI_UNKNOWN_SIZE && depth != rank)
    return sumi_refuse(infer, "sparse_indices have %lld coordinates, output_shape is %s",
                       (long long)depth, sumi_dims_text(infer->out[0]).text);
  const int64_t count = indices.rank == 0 ? 1 : indices.size[0];
  const bool one = values.rank == 0 || values.rank == SUMI_UNKNOWN_RANK;
  if (!one && (values.rank != 1 || (values.size[0] != count && values.size[0] >= 0 && count >= 0)))
    return sumi_refuse(infer, "sparse_values has shape %s, sparse_indices %s",
                       sumi_dims_text(values).text, sumi_dims_text(indices).text);
  return SUMI_OK;
}

/* TensorFlow asks for indices in row-major order without repetitions. */
static sumi_status_t check_order(const sumi_kernel_t *kernel,
                                 const sumi__tensor_coordinates_t *at) {
  for (int64_t i = 1; i < at->count; ++i) {
    const int64_t before = sumi__tensor_coordinates_row(at, i - 1);
    const int64_t row = sumi__tensor_coordinates_row(at, i);
    if (row <= before)
      return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT, "sparse_indices[%lld] is %s",
                              (long long)i, row == before ? "repeated" : "out of order");
  }
  return SUMI_OK;
}

static sumi_status_t sparse_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *values = &kernel->in[2], *out = &kernel->out[0];
  sumi_array_view_t indices = kernel->in[0];
  while (indices.rank < 2) indices.dims[indices.rank] = 1, ++indices.rank;
  sumi__tensor_coordinates_t at;
  SUMI_TRY(sumi__tensor_coordinates(kernel, &indices, "sparse_indices",
                                    sumi_dims_make(out->rank, out->dims), &at));
  if (sumi_attr_bool(kernel->op, "validate_indices")) SUMI_TRY(check_order(kernel, &at));
  const size_t bytes = sumi_dtype_size_bytes(out->dtype);
  char *to = sumi_kernel_out(kernel, 0);
  sumi__tensor_fill(bytes, sumi_array_view_count(out), to, kernel->in[3].data);
  for (int64_t i = 0; i < at.count; ++i)
    memcpy(to + (size_t)sumi__tensor_coordinates_row(&at, i) * bytes,
           (const char *)values->data + (values->rank == 0 ? 0 : (size_t)i * bytes), bytes);
  return SUMI_OK;
}

/* The indices as a matrix. */
static sumi_tensor_t listed(const sumi_grad_t *grad) {
  return sumi_reshape(grad->x[0], SUMI_SHAPE(-1, sumi_size(grad->x[1])));
}

static void sparse_grad(sumi_grad_t *grad) {
  const sumi_tensor_t picked = sumi_gather_nd(grad->dy[0], listed(grad));
  const sumi_tensor_t sum = sumi_reduce_sum(picked);
  const bool one = sumi_tensor_dims(grad->x[2]).rank == 0;
  grad->dx[2] = one ? sum : sumi_reshape(picked, SUMI_TENSORS(sumi_shape(grad->x[2])));
  grad->dx[3] = sumi_sub(sumi_reduce_sum(grad->dy[0]), sum);
}

SUMI_OP(SparseToDense,
        "sparse_indices: Tindices, output_shape: Tindices, sparse_values: T, default_value: T "
        "| validate_indices: bool = true -> dense: T ; Tindices: int32 int64",
        .api = "raw_sparse_to_dense",
        .doc = "`default_value` everywhere but at the indices, rows of coordinates, which have the "
               "values or the one value. The indices must be in row-major order without "
               "repetitions, unless that is not to be validated.",
        .shape = sparse_shape, .kernel = sparse_kernel, .grad = sparse_grad,
        SUMI_SAMPLES({.input_count = 4,
                      .in = {SUMI_S(2, 2), SUMI_S(2), SUMI_S(2), SUMI_S0},
                      .at = {SUMI_VALUES(0, 1, 1, 0), SUMI_VALUES(2, 3), SUMI_VALUES(5, 6),
                             SUMI_VALUES(1)},
                      .dtype = {SUMI_INT32, SUMI_INT32},
                      .out = SUMI_S(2, 3),
                      .expect = SUMI_VALUES(1, 5, 1, 6, 1, 1),
                      .from = "by hand"},
                     {.input_count = 4,
                      .in = {SUMI_S(2), SUMI_S(1), SUMI_S(2), SUMI_S0},
                      .at = {SUMI_VALUES(2, 0), SUMI_VALUES(3), SUMI_VALUES(5, 6), SUMI_VALUES(0)},
                      .dtype = {SUMI_INT64, SUMI_INT64},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "sparse_indices[1] is out of order"}));

static sumi_tensor_t sparse_to_dense_expand(const sumi_build_t *build) {
  const sumi_tensor_t values = build->in[2];
  return sumi_raw_sparse_to_dense(
      build->in[0], sumi_cast(build->in[1], sumi_tensor_dtype(build->in[0])), values,
      sumi_tensor_of_number(sumi_build_attr(build, "default_value")->real),
      .no_validate_indices = !sumi_build_attr(build, "validate_indices")->boolean);
}

SUMI_OP(sparse_to_dense,
        "sparse_indices: Tindices, output_shape: shape, sparse_values: T | default_value: float = "
        "0, validate_indices: bool = true -> dense: T ; "
        "T: float32 float64 int32 int64 uint8 int8 int16, Tindices: int32 int64",
        .doc = "`default_value` everywhere but at the indices, which have the values: "
               "sumi_sparse_to_dense(indices, SUMI_SHAPE(10), values).",
        .expand = sparse_to_dense_expand,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(2), SUMI_S(1), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 3), SUMI_VALUES(4), SUMI_VALUES(5, 6)},
                      .dtype = {SUMI_INT64, SUMI_INT32},
                      .attrs = "default_value = 2",
                      .out = SUMI_S(4),
                      .expect = SUMI_VALUES(2, 5, 2, 6),
                      .from = "by hand"},
                     {.input_count = 3,
                      .in = {SUMI_S(2), SUMI_S(1), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 4), SUMI_VALUES(4), NULL},
                      .dtype = {SUMI_INT32, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "sparse_indices[1] = [4] is outside the shape (4,)"}));
