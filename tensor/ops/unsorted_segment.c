/* Rows combined by the number of their segment. Source of names and semantics: TensorFlow
 * core/ops/math_ops.cc, python/ops/math_ops.py, python/ops/math_grad.py. */
#include "kernels/combine_rows.h"
#include "ops/known.h"
#include "ops/segment.h"

#include <sumi/ops.h>

static sumi_status_t unsorted_shape(sumi_infer_t *infer) {
  const sumi_dims_t data = infer->in[0], ids = infer->in[1];
  SUMI_TRY(sumi__tensor_want_rank(infer, 2, "num_segments", 0));
  if (data.rank == SUMI_UNKNOWN_RANK || ids.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  sumi_dims_t lead = data, merged;
  lead.rank = ids.rank;
  if (ids.rank > data.rank || !sumi_merge_dims(lead, ids, &merged))
    return sumi_refuse(infer, "segment_ids of shape %s do not number the rows of data of shape %s",
                       sumi_dims_text(ids).text, sumi_dims_text(data).text);
  int64_t count = SUMI_UNKNOWN_SIZE;
  if (sumi__tensor_known_element(infer, 2, 0, &count) && count < 0)
    return sumi_refuse(infer, "num_segments is %lld, expected at least 0", (long long)count);
  sumi_dims_t out = {.rank = 1, .size = {count}};
  for (int axis = ids.rank; axis < data.rank; ++axis) {
    if (out.rank == SUMI_MAX_RANK)
      return sumi_refuse(infer, "the result would have more than %d axes", SUMI_MAX_RANK);
    out.size[out.rank++] = data.size[axis];
  }
  infer->out[0] = out;
  return SUMI_OK;
}

static sumi_status_t unsorted(const sumi_kernel_t *kernel, sumi__tensor_combine_t how) {
  const sumi_array_view_t *data = &kernel->in[0], *ids = &kernel->in[1], *out = &kernel->out[0];
  const sumi__tensor_sent_rows_t rows = {
      .ids = ids,
      .dtype = data->dtype,
      .from = data->data,
      .to = sumi_kernel_out(kernel, 0),
      .inner = sumi__tensor_count_axes(data->dims, ids->rank, data->rank),
      .places = out->dims[0]};
  SUMI_TRY(sumi__tensor_check_indices(kernel, ids, INT64_MIN, rows.places, "segment_ids"));
  sumi__tensor_fill_neutral(how, data->dtype, sumi_array_view_count(out), rows.to);
  sumi__tensor_combine_rows(kernel, how, &rows);
  return SUMI_OK;
}

static sumi_status_t unsorted_sum_kernel(const sumi_kernel_t *kernel) {
  return unsorted(kernel, SUMI__COMBINE_ADD);
}

static sumi_status_t unsorted_max_kernel(const sumi_kernel_t *kernel) {
  return unsorted(kernel, SUMI__COMBINE_MAX);
}

static sumi_status_t unsorted_min_kernel(const sumi_kernel_t *kernel) {
  return unsorted(kernel, SUMI__COMBINE_MIN);
}

/* What the segment of each row of data has in `segments`; zeros for rows with a negative number. */
static sumi_tensor_t of_rows(sumi_tensor_t segments, sumi_tensor_t ids) {
  const sumi_tensor_t rows = sumi_gather(segments, sumi_maximum(ids, 0));
  const sumi_tensor_t kept = sumi__tensor_segment_column(sumi_greater_equal(ids, 0), rows);
  return sumi_select(kept, rows, sumi_zeros_like(rows));
}

/* Each row's gradient is its segment's. */
static void unsorted_sum_grad(sumi_grad_t *grad) {
  grad->dx[0] = of_rows(grad->dy[0], grad->x[1]);
}

/* The rows that are equal to the extreme share its gradient. */
static void unsorted_extreme_grad(sumi_grad_t *grad) {
  const sumi_tensor_t data = grad->x[0], ids = grad->x[1];
  const sumi_tensor_t kept = sumi__tensor_segment_column(sumi_greater_equal(ids, 0), data);
  const sumi_tensor_t extreme = sumi_logical_and(
      sumi_equal(data, sumi_gather(grad->y[0], sumi_maximum(ids, 0))), kept);
  const sumi_tensor_t chosen = sumi_cast(extreme, sumi_tensor_dtype(data));
  const sumi_tensor_t count = sumi_unsorted_segment_sum(chosen, ids, grad->x[2]);
  const sumi_tensor_t share = sumi_div(grad->dy[0], sumi_maximum(count, 1));
  grad->dx[0] = sumi_mul(chosen, of_rows(share, ids));
}

#define NUMBERED(n, segments, row, ids, shape, result)                                             \
  {                                                                                                \
    .input_count = 3, .in = {SUMI_S row, SUMI_S(n), SUMI_S0},                                      \
    .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES ids, SUMI_VALUES(segments)},                 \
    .dtype = {0, SUMI_INT32, SUMI_INT32}, .out = SUMI_S shape, .expect = SUMI_VALUES result,       \
    .from = "by hand"                                                                              \
  }
/* Every segment has rows. */
#define NUMBERED_EXTREMES                                                                          \
  {                                                                                                \
    .input_count = 3, .in = {SUMI_S(4, 2), SUMI_S(4), SUMI_S0},                                    \
    .at = {NULL, SUMI_VALUES(1, 0, 1, -1), SUMI_VALUES(2)}, .dtype = {                             \
      0,                                                                                           \
      SUMI_INT64,                                                                                  \
      SUMI_INT32                                                                                   \
    }                                                                                              \
  }
#define NUMBERED_RANDOM                                                                            \
  {                                                                                                \
    .input_count = 3, .in = {SUMI_S(4, 2), SUMI_S(4), SUMI_S0},                                    \
    .at = {NULL, SUMI_VALUES(2, 0, 2, -1), SUMI_VALUES(3)}, .dtype = {                             \
      0,                                                                                           \
      SUMI_INT64,                                                                                  \
      SUMI_INT32                                                                                   \
    }                                                                                              \
  }
#define NUMBERED_TOO_HIGH                                                                          \
  {                                                                                                \
    .input_count = 3, .in = {SUMI_S(2), SUMI_S(2), SUMI_S0},                                       \
    .at = {NULL, SUMI_VALUES(0, 2), SUMI_VALUES(2)}, .dtype = {0, SUMI_INT32, SUMI_INT32},         \
    .want = SUMI_INVALID_ARGUMENT, .message = "element 1 of segment_ids is 2"                      \
  }

SUMI_OP(UnsortedSegmentSum,
        "data: T, segment_ids: Tindices, num_segments: Tnumsegments -> output: T ; "
        "T: float32 float64 int32 int64 uint8 int8 int16, Tindices: int32 int64, "
        "Tnumsegments: int32 int64",
        .doc = "output[j] is the sum of the rows data[i] with segment_ids[i] == j; rows with a "
               "negative number are dropped.",
        .shape = unsorted_shape, .kernel = unsorted_sum_kernel, .grad = unsorted_sum_grad,
        SUMI_SAMPLES(NUMBERED(6, 3, (6), (2, 0, 2, -1, 0, 0), (3), (13, 0, 4)),
                     NUMBERED(3, 2, (3, 2), (1, 1, 0), (2, 2), (5, 6, 4, 6)), NUMBERED_RANDOM,
                     NUMBERED_TOO_HIGH));

SUMI_OP(UnsortedSegmentMax,
        "data: T, segment_ids: Tindices, num_segments: Tnumsegments -> output: T ; "
        "T: float32 float64 int32 int64 uint8 int8 int16, Tindices: int32 int64, "
        "Tnumsegments: int32 int64",
        .doc = "output[j] is the largest of the rows data[i] with segment_ids[i] == j, element by "
               "element; the least number of the dtype when there is none. Rows with a negative "
               "number are dropped.",
        .shape = unsorted_shape, .kernel = unsorted_max_kernel, .grad = unsorted_extreme_grad,
        SUMI_SAMPLES(NUMBERED(6, 2, (6), (1, 0, 1, -1, 0, 1), (2), (5, 6)),
                     NUMBERED(3, 2, (3, 2), (1, 1, 0), (2, 2), (5, 6, 3, 4)), NUMBERED_EXTREMES,
                     NUMBERED_TOO_HIGH));

SUMI_OP(UnsortedSegmentMin,
        "data: T, segment_ids: Tindices, num_segments: Tnumsegments -> output: T ; "
        "T: float32 float64 int32 int64 uint8 int8 int16, Tindices: int32 int64, "
        "Tnumsegments: int32 int64",
        .doc = "output[j] is the smallest of the rows data[i] with segment_ids[i] == j, element by "
               "element; the largest number of the dtype when there is none. Rows with a negative "
               "number are dropped.",
        .shape = unsorted_shape, .kernel = unsorted_min_kernel, .grad = unsorted_extreme_grad,
        SUMI_SAMPLES(NUMBERED(6, 2, (6), (1, 0, 1, -1, 0, 1), (2), (2, 1)),
                     NUMBERED(3, 2, (3, 2), (1, 1, 0), (2, 2), (5, 6, 1, 2)), NUMBERED_EXTREMES,
                     NUMBERED_TOO_HIGH));

/* ---- unsorted_segment_mean, unsorted_segment_sqrt_n ---- */

/* How many rows each segment has, at least 1, as a column beside the sums. */
static sumi_tensor_t row_counts(const sumi_build_t *build, sumi_tensor_t sums) {
  const sumi_tensor_t ids = build->in[1];
  const sumi_tensor_t ones = sumi_ones_like(sumi_cast(ids, sumi_tensor_dtype(sums)));
  const sumi_tensor_t counts = sumi_unsorted_segment_sum(ones, ids, build->in[2]);
  return sumi__tensor_segment_column(sumi_maximum(counts, 1), sums);
}

static sumi_tensor_t unsorted_mean_expand(const sumi_build_t *build) {
  const sumi_tensor_t sums = sumi_unsorted_segment_sum(build->in[0], build->in[1], build->in[2]);
  return sumi_div(sums, row_counts(build, sums));
}

static sumi_tensor_t unsorted_sqrt_n_expand(const sumi_build_t *build) {
  const sumi_tensor_t sums = sumi_unsorted_segment_sum(build->in[0], build->in[1], build->in[2]);
  return sumi_div(sums, sumi_sqrt(row_counts(build, sums)));
}

SUMI_OP(unsorted_segment_mean,
        "data: T, segment_ids: Tindices, num_segments: Tnumsegments -> output: T ; "
        "T: float32 float64, Tindices: int32 int64, Tnumsegments: int32 int64",
        .doc = "The mean of the rows of each segment; 0 where there is none.",
        .expand = unsorted_mean_expand,
        SUMI_SAMPLES(NUMBERED(6, 3, (6), (2, 0, 2, -1, 0, 0), (3), (13 / 3.0, 0, 2)),
                     NUMBERED(3, 2, (3, 2), (1, 1, 0), (2, 2), (5, 6, 2, 3)), NUMBERED_RANDOM,
                     NUMBERED_TOO_HIGH));

SUMI_OP(unsorted_segment_sqrt_n,
        "data: T, segment_ids: Tindices, num_segments: Tnumsegments -> output: T ; "
        "T: float32 float64, Tindices: int32 int64, Tnumsegments: int32 int64",
        .doc = "The sum of the rows of each segment over the square root of their number.",
        .expand = unsorted_sqrt_n_expand,
        SUMI_SAMPLES(NUMBERED(6, 3, (6), (2, 2, 2, -1, 2, 0), (3), (6, 0, 5.5)), NUMBERED_RANDOM,
                     NUMBERED_TOO_HIGH));
