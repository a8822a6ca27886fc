/* Neighbouring rows with one number combined. Source of names and semantics: TensorFlow
 * core/ops/math_ops.cc, core/kernels/segment_reduction_ops.cc, python/ops/math_grad.py. */
#include "ops/segment.h"
#include "kernels/combine_rows.h"
#include "kernels/map.h"
#include "ops/known.h"

#include <sumi/array.h>
#include <sumi/ops.h>

#include <string.h>

sumi_tensor_t sumi__tensor_segment_column(sumi_tensor_t column, sumi_tensor_t like) {
  const sumi_tensor_t extra_axes = sumi_sub(sumi_rank(like), sumi_rank(column));
  const sumi_tensor_t ones = sumi_ones(sumi_tensor_graph(like), SUMI_SHAPE(extra_axes),
                                       .dtype = SUMI_INT32);
  return sumi_reshape(column, SUMI_TENSORS(sumi_concat(SUMI_TENSORS(sumi_shape(column), ones), 0)));
}

static sumi_status_t segment_shape(sumi_infer_t *infer) {
  const sumi_dims_t data = infer->in[0], ids = infer->in[1];
  SUMI_TRY(sumi__tensor_want_rank(infer, 1, "segment_ids", 1));
  if (data.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  if (data.rank == 0) return sumi_refuse(infer, "data is a scalar, which has no rows");
  sumi_dims_t rows;
  if (!sumi_merge_dims(sumi__tensor_vector_dims(data.size[0]), ids, &rows))
    return sumi_refuse(infer, "segment_ids of shape %s do not number the rows of data of shape %s",
                       sumi_dims_text(ids).text, sumi_dims_text(data).text);
  infer->out[0] = data;
  infer->out[0].size[0] = SUMI_UNKNOWN_SIZE;
  return SUMI_OK;
}

/* Numbers start anywhere from 0 on and never fall. */
static sumi_status_t check_order(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *ids = &kernel->in[1];
  SUMI_TRY(sumi__tensor_check_indices(kernel, ids, 0, INT32_MAX, "segment_ids"));
  for (int64_t i = 1; i < ids->dims[0]; ++i) {
    const int64_t before = sumi__tensor_view_int(ids, i - 1), id = sumi__tensor_view_int(ids, i);
    if (id < before)
      return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                              "element %lld of segment_ids is %lld after %lld; they must not fall",
                              (long long)i, (long long)id, (long long)before);
  }
  return SUMI_OK;
}

/* Segments without rows are zeros. */
static void clear_gaps(const sumi__tensor_sent_rows_t *rows) {
  const size_t bytes = (size_t)rows->inner * sumi_dtype_size_bytes(rows->dtype);
  int64_t next = 0;
  for (int64_t i = 0; i < rows->ids->dims[0]; ++i) {
    const int64_t id = sumi__tensor_view_int(rows->ids, i);
    if (id > next) memset((char *)rows->to + (size_t)next * bytes, 0, (size_t)(id - next) * bytes);
    next = id + 1;
  }
}

static sumi_status_t segments(const sumi_kernel_t *kernel, sumi__tensor_combine_t how,
                              sumi__tensor_sent_rows_t *rows) {
  const sumi_array_view_t *data = &kernel->in[0], *ids = &kernel->in[1];
  SUMI_TRY(check_order(kernel));
  sumi_dims_t dims = sumi_dims_make(data->rank, data->dims);
  dims.size[0] = ids->dims[0] > 0 ? sumi__tensor_view_int(ids, ids->dims[0] - 1) + 1 : 0;
  sumi_array_t *out = sumi_array_new_uninitialized(data->dtype, dims);
  if (!out) return sumi_kernel_fail(kernel, SUMI_RESOURCE_EXHAUSTED, "%s", sumi_error_message());
  *rows = (sumi__tensor_sent_rows_t){.ids = ids,
                                     .dtype = data->dtype,
                                     .from = data->data,
                                     .to = sumi_array_data(out),
                                     .inner = sumi__tensor_count_axes(data->dims, 1, data->rank),
                                     .places = dims.size[0]};
  sumi__tensor_fill_neutral(how, rows->dtype, sumi_array_count(out), rows->to);
  sumi__tensor_combine_rows(kernel, how, rows);
  if (how != SUMI__COMBINE_ADD) clear_gaps(rows);
  kernel->dynamic[0] = out;
  return SUMI_OK;
}

static sumi_status_t sum_kernel(const sumi_kernel_t *kernel) {
  sumi__tensor_sent_rows_t rows;
  return segments(kernel, SUMI__COMBINE_ADD, &rows);
}

static sumi_status_t max_kernel(const sumi_kernel_t *kernel) {
  sumi__tensor_sent_rows_t rows;
  return segments(kernel, SUMI__COMBINE_MAX, &rows);
}

static sumi_status_t min_kernel(const sumi_kernel_t *kernel) {
  sumi__tensor_sent_rows_t rows;
  return segments(kernel, SUMI__COMBINE_MIN, &rows);
}

/* A segment's sum over the number of its rows, which are neighbours. */
#define DIVIDE(C, dtype, DTYPE, V, ...)                                                            \
  case SUMI_##DTYPE:                                                                               \
    for (int64_t i = 0; i < rows->inner; ++i)                                                      \
      ((C *)rows->to)[id * rows->inner + i] = (C)(((C *)rows->to)[id * rows->inner + i] /          \
                                                  (C)count);                                       \
    break;

static void divide(const sumi__tensor_sent_rows_t *rows, int64_t id, int64_t count) {
  switch (rows->dtype) {
    SUMI__FLOATS(DIVIDE, )
  default: break;
  }
}

static sumi_status_t mean_kernel(const sumi_kernel_t *kernel) {
  sumi__tensor_sent_rows_t rows;
  SUMI_TRY(segments(kernel, SUMI__COMBINE_ADD, &rows));
  const int64_t count = rows.ids->dims[0];
  for (int64_t first = 0, i = 0; i < count; ++i) {
    const int64_t id = sumi__tensor_view_int(rows.ids, i);
    if (i + 1 < count && sumi__tensor_view_int(rows.ids, i + 1) == id) continue;
    divide(&rows, id, i + 1 - first);
    first = i + 1;
  }
  return SUMI_OK;
}

static void sum_grad(sumi_grad_t *grad) {
  grad->dx[0] = sumi_gather(grad->dy[0], grad->x[1]);
}

static void mean_grad(sumi_grad_t *grad) {
  const sumi_tensor_t ids = grad->x[1], rows = sumi_gather(grad->dy[0], ids);
  const sumi_tensor_t ones = sumi_ones_like(sumi_cast(ids, sumi_tensor_dtype(rows)));
  const sumi_tensor_t counts = sumi_gather(sumi_segment_sum(ones, ids), ids);
  grad->dx[0] = sumi_div(rows, sumi__tensor_segment_column(counts, rows));
}

/* The rows that are equal to the extreme share its gradient. */
static void extreme_grad(sumi_grad_t *grad) {
  const sumi_tensor_t data = grad->x[0], ids = grad->x[1];
  const sumi_tensor_t chosen = sumi_cast(sumi_equal(data, sumi_gather(grad->y[0], ids)),
                                         sumi_tensor_dtype(data));
  const sumi_tensor_t counts = sumi_gather(sumi_segment_sum(chosen, ids), ids);
  grad->dx[0] = sumi_mul(sumi_div(chosen, counts), sumi_gather(grad->dy[0], ids));
}

#define SEGMENTS(shape, result)                                                                    \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(4, 2), SUMI_S(4)},                                             \
    .at = {SUMI_VALUES(1, 8, 3, 6, 7, 4, 5, 2), SUMI_VALUES(0, 0, 2, 2)},                          \
    .dtype = {0, SUMI_INT32}, .out = SUMI_S shape, .expect = SUMI_VALUES result, .from = "by hand" \
  }
#define SEGMENTS_RANDOM                                                                            \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(5, 2), SUMI_S(5)}, .at = {NULL, SUMI_VALUES(0, 1, 1, 1, 4)},   \
    .dtype = {                                                                                     \
      0,                                                                                           \
      SUMI_INT64                                                                                   \
    }                                                                                              \
  }
#define SEGMENTS_REFUSED                                                                           \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(3), SUMI_S(3)}, .at = {NULL, SUMI_VALUES(0, 2, 1)},            \
    .dtype = {0, SUMI_INT32}, .want = SUMI_INVALID_ARGUMENT,                                       \
    .message = "element 2 of segment_ids is 1 after 2"                                             \
  }

SUMI_OP(SegmentSum,
        "data: T, segment_ids: Tindices -> output: T ; "
        "T: float32 float64 int32 int64 uint8 int8 int16, Tindices: int32 int64",
        .doc = "output[j] is the sum of the rows data[i] with segment_ids[i] == j. The numbers "
               "must not fall; the last one says how many rows the result has.",
        .shape = segment_shape, .kernel = sum_kernel, .grad = sum_grad, .flags = SUMI_OP_DYNAMIC,
        SUMI_SAMPLES(SEGMENTS((3, 2), (4, 14, 0, 0, 12, 6)), SEGMENTS_RANDOM, SEGMENTS_REFUSED));

SUMI_OP(SegmentMean,
        "data: T, segment_ids: Tindices -> output: T ; "
        "T: float32 float64, Tindices: int32 int64",
        .doc = "output[j] is the mean of the rows data[i] with segment_ids[i] == j; 0 where there "
               "is none.",
        .shape = segment_shape, .kernel = mean_kernel, .grad = mean_grad, .flags = SUMI_OP_DYNAMIC,
        SUMI_SAMPLES(SEGMENTS((3, 2), (2, 7, 0, 0, 6, 3)), SEGMENTS_RANDOM, SEGMENTS_REFUSED));

SUMI_OP(SegmentMax,
        "data: T, segment_ids: Tindices -> output: T ; "
        "T: float32 float64 int32 int64 uint8 int8 int16, Tindices: int32 int64",
        .doc = "output[j] is the largest of the rows data[i] with segment_ids[i] == j, element by "
               "element; 0 where there is none.",
        .shape = segment_shape, .kernel = max_kernel, .grad = extreme_grad,
        .flags = SUMI_OP_DYNAMIC,
        SUMI_SAMPLES(SEGMENTS((3, 2), (3, 8, 0, 0, 7, 4)), SEGMENTS_RANDOM, SEGMENTS_REFUSED));

SUMI_OP(SegmentMin,
        "data: T, segment_ids: Tindices -> output: T ; "
        "T: float32 float64 int32 int64 uint8 int8 int16, Tindices: int32 int64",
        .doc = "output[j] is the smallest of the rows data[i] with segment_ids[i] == j, element by "
               "element; 0 where there is none.",
        .shape = segment_shape, .kernel = min_kernel, .grad = extreme_grad,
        .flags = SUMI_OP_DYNAMIC,
        SUMI_SAMPLES(SEGMENTS((3, 2), (1, 6, 0, 0, 5, 2)), SEGMENTS_RANDOM, SEGMENTS_REFUSED));
