/* Slices by the coordinates of their first axes, and the way back. Source of names and semantics:
 * TensorFlow core/ops/array_ops.cc, python/ops/array_grad.py. */
#include "kernels/combine_rows.h"
#include "ops/coordinates.h"
#include "ops/known.h"

#include <sumi/ops.h>

#include <string.h>

/* ---- GatherNd ---- */

static sumi_status_t gather_nd_shape(sumi_infer_t *infer) {
  const sumi_dims_t params = infer->in[0], indices = infer->in[1];
  if (params.rank == 0) return sumi_refuse(infer, "params is a scalar");
  if (indices.rank == 0) return sumi_refuse(infer, "indices is a scalar");
  if (params.rank == SUMI_UNKNOWN_RANK || indices.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  const int64_t depth = indices.size[indices.rank - 1];
  if (depth == SUMI_UNKNOWN_SIZE) return SUMI_OK;
  if (depth > params.rank)
    return sumi_refuse(infer, "indices have %lld coordinates, params has shape %s",
                       (long long)depth, sumi_dims_text(params).text);
  const int rank = indices.rank - 1 + params.rank - (int)depth;
  if (rank > SUMI_MAX_RANK)
    return sumi_refuse(infer, "the result would have %d axes, at most %d are supported", rank,
                       SUMI_MAX_RANK);
  sumi_dims_t out = {.rank = 0};
  for (int i = 0; i < indices.rank - 1; ++i) out.size[out.rank++] = indices.size[i];
  for (int i = (int)depth; i < params.rank; ++i) out.size[out.rank++] = params.size[i];
  infer->out[0] = out;
  return SUMI_OK;
}

static sumi_status_t gather_nd_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *params = &kernel->in[0];
  sumi__tensor_coordinates_t at;
  SUMI_TRY(sumi__tensor_coordinates(kernel, &kernel->in[1], "indices",
                                    sumi_dims_make(params->rank, params->dims), &at));
  const size_t row_bytes = (size_t)at.inner * sumi_dtype_size_bytes(params->dtype);
  char *to = sumi_kernel_out(kernel, 0);
  for (int64_t i = 0; row_bytes > 0 && i < at.count; ++i)
    memcpy(to + (size_t)i * row_bytes,
           (const char *)params->data + (size_t)sumi__tensor_coordinates_row(&at, i) * row_bytes,
           row_bytes);
  return SUMI_OK;
}

static void gather_nd_grad(sumi_grad_t *grad) {
  const sumi_tensor_t indices = grad->x[1];
  grad->dx[0] = sumi_raw_scatter_nd(indices, grad->dy[0],
                                    sumi_shape(grad->x[0], .out_type = sumi_tensor_dtype(indices)));
}

SUMI_OP(GatherNd, "params: Tparams, indices: Tindices -> output: Tparams ; Tindices: int32 int64",
        .doc = "The last axis of `indices` holds the first coordinates of an element or slice of "
               "`params`: output[i, …] = params[indices[i, 0], indices[i, 1], …].",
        .shape = gather_nd_shape, .kernel = gather_nd_kernel, .grad = gather_nd_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 2), SUMI_S(2, 2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4), SUMI_VALUES(0, 0, 1, 1)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(1, 4),
                      .from = "TensorFlow's documentation"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 2), SUMI_S(3, 1)},
                      .at = {SUMI_VALUES(1, 2, 3, 4), SUMI_VALUES(1, 0, 1)},
                      .dtype = {0, SUMI_INT64},
                      .out = SUMI_S(3, 2),
                      .expect = SUMI_VALUES(3, 4, 1, 2, 3, 4),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 2), SUMI_S(2, 2)},
                      .at = {NULL, SUMI_VALUES(0, 0, 1, 2)},
                      .dtype = {0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "indices[1] = [1, 2] is outside the shape (2, 2)"},
                     {.input_count = 2,
                      .in = {SUMI_S(2), SUMI_S(1, 2)},
                      .at = {NULL, SUMI_VALUES(0, 0)},
                      .dtype = {0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "indices have 2 coordinates, params has shape (2,)"}));

/* ---- ScatterNd ---- */

static sumi_status_t scatter_nd_shape(sumi_infer_t *infer) {
  const sumi_dims_t indices = infer->in[0], updates = infer->in[1];
  sumi_dims_t out;
  SUMI_TRY(sumi__tensor_want_dims(infer, 2, "shape", &out));
  infer->out[0] = out;
  if (indices.rank == 0) return sumi_refuse(infer, "indices is a scalar");
  if (out.rank == SUMI_UNKNOWN_RANK || indices.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  const int64_t depth = indices.size[indices.rank - 1];
  if (depth == SUMI_UNKNOWN_SIZE) return SUMI_OK;
  if (depth > out.rank)
    return sumi_refuse(infer, "indices have %lld coordinates, shape is %s", (long long)depth,
                       sumi_dims_text(out).text);
  const int rank = indices.rank - 1 + out.rank - (int)depth;
  sumi_dims_t want = {.rank = 0}, merged;
  if (rank <= SUMI_MAX_RANK) {
    for (int i = 0; i < indices.rank - 1; ++i) want.size[want.rank++] = indices.size[i];
    for (int i = (int)depth; i < out.rank; ++i) want.size[want.rank++] = out.size[i];
  }
  if (rank > SUMI_MAX_RANK || !sumi_merge_dims(want, updates, &merged))
    return sumi_refuse(infer, "updates has shape %s, expected %s: indices are %s of shape %s",
                       sumi_dims_text(updates).text, sumi_dims_text(want).text,
                       sumi_dims_text(indices).text, sumi_dims_text(out).text);
  return SUMI_OK;
}

/* The rows as numbers, which stand for the coordinates. */
static size_t scatter_nd_scratch(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *indices = &kernel->in[0];
  return (size_t)sumi__tensor_count_axes(indices->dims, 0, indices->rank - 1) * sizeof(int64_t);
}

static sumi_status_t scatter_nd_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *updates = &kernel->in[1], *out = &kernel->out[0];
  sumi__tensor_coordinates_t at;
  SUMI_TRY(sumi__tensor_coordinates(kernel, &kernel->in[0], "indices",
                                    sumi_dims_make(out->rank, out->dims), &at));
  int64_t *numbers = kernel->scratch;
  for (int64_t i = 0; i < at.count; ++i) numbers[i] = sumi__tensor_coordinates_row(&at, i);
  const sumi_array_view_t ids = {
      .dtype = SUMI_INT64, .rank = 1, .dims = {at.count}, .data = numbers};
  const sumi__tensor_sent_rows_t rows = {.ids = &ids,
                                         .dtype = updates->dtype,
                                         .from = updates->data,
                                         .to = sumi_kernel_out(kernel, 0),
                                         .inner = at.inner,
                                         .places = at.places};
  sumi__tensor_fill_neutral(SUMI__COMBINE_ADD, rows.dtype, sumi_array_view_count(out), rows.to);
  sumi__tensor_combine_rows(kernel, SUMI__COMBINE_ADD, &rows);
  return SUMI_OK;
}

static void scatter_nd_grad(sumi_grad_t *grad) {
  grad->dx[1] = sumi_gather_nd(grad->dy[0], grad->x[0]);
}

SUMI_OP(ScatterNd,
        "indices: Tindices, updates: T, shape: Tindices -> output: T ; "
        "T: float32 float64 int32 int64 uint8 int8 int16, Tindices: int32 int64",
        .api = "raw_scatter_nd",
        .doc = "Zeros of that shape, to which updates[i, …] is added at [indices[i, 0], "
               "indices[i, 1], …]; what meets is added up.",
        .shape = scatter_nd_shape, .kernel = scatter_nd_kernel, .scratch = scatter_nd_scratch,
        .grad = scatter_nd_grad,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(4, 1), SUMI_S(4), SUMI_S(1)},
                      .at = {SUMI_VALUES(4, 3, 1, 7), SUMI_VALUES(9, 10, 11, 12), SUMI_VALUES(8)},
                      .dtype = {SUMI_INT32, 0, SUMI_INT32},
                      .out = SUMI_S(8),
                      .expect = SUMI_VALUES(0, 11, 0, 10, 9, 0, 0, 12),
                      .from = "TensorFlow's documentation"},
                     {.input_count = 3,
                      .in = {SUMI_S(3, 1), SUMI_S(3, 2), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 1, 0), SUMI_VALUES(1, 2, 3, 4, 5, 6),
                             SUMI_VALUES(3, 2)},
                      .dtype = {SUMI_INT64, 0, SUMI_INT64},
                      .out = SUMI_S(3, 2),
                      .expect = SUMI_VALUES(5, 6, 4, 6, 0, 0),
                      .from = "by hand"},
                     {.input_count = 3,
                      .in = {SUMI_S(1, 1), SUMI_S(2), SUMI_S(1)},
                      .at = {SUMI_VALUES(0), NULL, SUMI_VALUES(4)},
                      .dtype = {SUMI_INT32, 0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "updates has shape (2,), expected (1,)"}));

static sumi_tensor_t scatter_nd_expand(const sumi_build_t *build) {
  return sumi_raw_scatter_nd(build->in[0], build->in[1],
                             sumi_cast(build->in[2], sumi_tensor_dtype(build->in[0])));
}

SUMI_OP(scatter_nd,
        "indices: Tindices, updates: T, shape: shape -> output: T ; "
        "T: float32 float64 int32 int64 uint8 int8 int16, Tindices: int32 int64",
        .doc = "Zeros of that shape, to which the updates are added at the indices: "
               "sumi_scatter_nd(indices, updates, SUMI_SHAPE(3, 2)).",
        .expand = scatter_nd_expand,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(2, 2), SUMI_S(2), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 1, 0, 1), SUMI_VALUES(5, 6), SUMI_VALUES(2, 2)},
                      .dtype = {SUMI_INT64, 0, SUMI_INT32},
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(0, 6, 0, 5),
                      .from = "by hand"},
                     {.input_count = 3,
                      .in = {SUMI_S(1, 1), SUMI_S(1), SUMI_S(1)},
                      .at = {SUMI_VALUES(4), NULL, SUMI_VALUES(4)},
                      .dtype = {SUMI_INT32, 0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "indices[0] = [4] is outside the shape (4,)"}));
