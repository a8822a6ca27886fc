/* Counting. Source of names and semantics: TensorFlow core/ops/math_ops.cc,
 * python/ops/bincount_ops.py, histogram_ops.py, confusion_matrix.py. */
#include "kernels/map.h"
#include "ops/known.h"

#include <sumi/constants.h>
#include <sumi/ops.h>

#include <string.h>

/* ---- Bincount ---- */

static sumi_status_t bincount_shape(sumi_infer_t *infer) {
  int64_t size = SUMI_UNKNOWN_SIZE;
  SUMI_TRY(sumi__tensor_want_rank(infer, 1, "size", 0));
  if (sumi__tensor_known_element(infer, 1, 0, &size) && size < 0)
    return sumi_refuse(infer, "size is %lld, expected at least 0", (long long)size);
  infer->out[0] = sumi__tensor_vector_dims(size);
  sumi_dims_t merged;
  const sumi_dims_t arr = infer->in[0], weights = infer->in[2];
  const bool none = weights.rank == 1 && weights.size[0] <= 0; /* or not known */
  if (!none && !sumi_merge_dims(arr, weights, &merged))
    return sumi_refuse(infer, "weights has shape %s, arr %s", sumi_dims_text(weights).text,
                       sumi_dims_text(arr).text);
  return SUMI_OK;
}

#define COUNT_NUMBERS(C, dtype, DTYPE, V, ...)                                                     \
  case SUMI_##DTYPE: {                                                                             \
    C *bins = out;                                                                                 \
    const C *weights = kernel->in[2].data;                                                         \
    for (int64_t i = 0; i < count; ++i)                                                            \
      if (arr[i] < size) bins[arr[i]] = (C)((V)bins[arr[i]] + (V)(weighted ? weights[i] : 1));     \
    break;                                                                                         \
  }

static sumi_status_t bincount_kernel(const sumi_kernel_t *kernel) {
  const int32_t *arr = kernel->in[0].data;
  const int64_t count = sumi_array_view_count(&kernel->in[0]), size = kernel->out[0].dims[0];
  const int64_t weight_count = sumi_array_view_count(&kernel->in[2]);
  const bool weighted = weight_count > 0;
  void *out = sumi_kernel_out(kernel, 0);
  if (weighted && weight_count != count)
    return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                            "there are %lld weights for %lld numbers", (long long)weight_count,
                            (long long)count);
  SUMI_TRY(sumi__tensor_check_indices(kernel, &kernel->in[0], 0, INT64_MAX, "arr"));
  if (size > 0) memset(out, 0, (size_t)size * sumi_dtype_size_bytes(kernel->out[0].dtype));
  switch (kernel->out[0].dtype) {
    SUMI__SIGNED(COUNT_NUMBERS, )
  default: break;
  }
  return SUMI_OK;
}

SUMI_OP(Bincount, "arr: int32, size: int32, weights: T -> bins: T ; T: int32 int64 float32 float64",
        .api = "raw_bincount",
        .doc = "How often each of the numbers 0 to size - 1 is in `arr`, or the sum of the weights "
               "of where it is when `weights` is not empty. Larger numbers are not counted.",
        .shape = bincount_shape, .kernel = bincount_kernel, .no_grad = "TensorFlow has none",
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(5), SUMI_S0, SUMI_S(0)},
                      .at = {SUMI_VALUES(1, 3, 1, 7, 0), SUMI_VALUES(4), SUMI_VALUES(0)},
                      .dtype = {SUMI_INT32, SUMI_INT32},
                      .out = SUMI_S(4),
                      .expect = SUMI_VALUES(1, 2, 0, 1),
                      .from = "by hand"},
                     {.input_count = 3,
                      .in = {SUMI_S(3), SUMI_S0, SUMI_S(3)},
                      .at = {SUMI_VALUES(1, 0, 1), SUMI_VALUES(3), SUMI_VALUES(2, 3, 5)},
                      .dtype = {SUMI_INT32, SUMI_INT32},
                      .out = SUMI_S(3),
                      .expect = SUMI_VALUES(3, 7, 0),
                      .from = "by hand"},
                     {.input_count = 3,
                      .in = {SUMI_S(2), SUMI_S0, SUMI_S(0)},
                      .at = {SUMI_VALUES(1, -3), SUMI_VALUES(4), SUMI_VALUES(0)},
                      .dtype = {SUMI_INT32, SUMI_INT32, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "element 1 of arr is -3"}));

/* The largest number and one, within the limits that are given. */
static sumi_tensor_t bincount_expand(const sumi_build_t *build) {
  const sumi_dtype_t dtype = sumi_build_attr(build, "dtype")->type;
  const sumi_tensor_t arr = sumi_reshape(build->in[0], SUMI_SHAPE(-1));
  const int64_t low = sumi_build_attr(build, "minlength")->integer;
  const int64_t high = sumi_build_attr(build, "maxlength")->integer;
  const sumi_tensor_t zero = sumi_constant_i32(build->graph, SUMI_DIMS(1), SUMI_I32(-1));
  sumi_tensor_t size = sumi_add(sumi_reduce_max(sumi_concat(SUMI_TENSORS(arr, zero), 0)), 1);
  size = sumi_maximum(size, sumi_tensor_of_number((double)low));
  if (high > 0) size = sumi_minimum(size, sumi_tensor_of_number((double)high));
  return sumi_raw_bincount(arr, size, sumi_zeros(build->graph, SUMI_SHAPE(0), .dtype = dtype));
}

SUMI_OP(bincount,
        "arr: int32 | minlength: int = 0, maxlength: int = 0, dtype: type = int32 -> bins: dtype ; "
        "dtype: int32 int64 float32 float64",
        .doc = "How often each number from 0 to the largest is in `arr`; at least `minlength` and, "
               "when given, at most `maxlength` of them.",
        .expand = bincount_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 2)},
                      .at = {SUMI_VALUES(1, 3, 1, 0)},
                      .dtype = {SUMI_INT32},
                      .out = SUMI_S(4),
                      .expect = SUMI_VALUES(1, 2, 0, 1),
                      .from = "numpy.bincount"},
                     {.input_count = 1,
                      .in = {SUMI_S(4)},
                      .at = {SUMI_VALUES(1, 3, 1, 0)},
                      .dtype = {SUMI_INT32},
                      .attrs = "maxlength = 2",
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(1, 2),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(-1, 2)},
                      .dtype = {SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "element 0 of arr is -1"}));

/* ---- HistogramFixedWidth ---- */

static sumi_status_t histogram_shape(sumi_infer_t *infer) {
  int64_t bins = SUMI_UNKNOWN_SIZE;
  sumi_dims_t range;
  SUMI_TRY(sumi__tensor_want_rank(infer, 2, "nbins", 0));
  if (sumi__tensor_known_element(infer, 2, 0, &bins) && bins < 1)
    return sumi_refuse(infer, "nbins is %lld, expected at least 1", (long long)bins);
  if (!sumi_merge_dims(infer->in[1], SUMI_DIMS(2), &range))
    return sumi_refuse(infer, "value_range has shape %s, expected (2,)",
                       sumi_dims_text(infer->in[1]).text);
  infer->out[0] = sumi__tensor_vector_dims(bins);
  return SUMI_OK;
}

/* The bin of a value: those outside of the range are in the first and in the last. */
static int64_t bin_of(double value, double low, double high, int64_t bins) {
  const double at = (double)bins * ((value - low) / (high - low));
  if (!(at > 0)) return 0;
  return at >= (double)bins ? bins - 1 : (int64_t)at;
}

static sumi_status_t histogram_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *values = &kernel->in[0], *range = &kernel->in[1], *out = &kernel->out[0];
  const double low = sumi_array_view_double(range, 0), high = sumi_array_view_double(range, 1);
  const int64_t count = sumi_array_view_count(values), bins = out->dims[0];
  if (!(low < high))
    return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                            "value_range is [%g, %g]; the second must be larger", low, high);
  memset(sumi_kernel_out(kernel, 0), 0, (size_t)bins * sumi_dtype_size_bytes(out->dtype));
  for (int64_t i = 0; i < count; ++i) {
    const int64_t bin = bin_of(sumi_array_view_double(values, i), low, high, bins);
    sumi__tensor_put_int(out, bin, sumi__tensor_view_int(out, bin) + 1);
  }
  return SUMI_OK;
}

SUMI_OP(HistogramFixedWidth,
        "values: T, value_range: T, nbins: int32 | dtype: type = int32 -> out: dtype ; "
        "T: float32 float64 int32 int64, dtype: int32 int64",
        .api = "raw_histogram_fixed_width",
        .doc = "How many values are in each of `nbins` equal parts of value_range, its two ends. "
               "Values below are in the first part, those above in the last.",
        .shape = histogram_shape, .kernel = histogram_kernel, .no_grad = "counts",
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(6), SUMI_S(2), SUMI_S0},
                      .at = {SUMI_VALUES(-1, 0, 1.5, 2, 5, 15), SUMI_VALUES(0, 5), SUMI_VALUES(5)},
                      .dtype = {0, 0, SUMI_INT32},
                      .out = SUMI_S(5),
                      .expect = SUMI_VALUES(2, 1, 1, 0, 2),
                      .from = "TensorFlow's documentation"},
                     {.input_count = 3,
                      .in = {SUMI_S(2), SUMI_S(2), SUMI_S0},
                      .at = {NULL, SUMI_VALUES(1, 1), SUMI_VALUES(5)},
                      .dtype = {0, 0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "value_range is [1, 1]; the second must be larger"}));

static sumi_tensor_t histogram_expand(const sumi_build_t *build) {
  return sumi_raw_histogram_fixed_width(
      build->in[0], build->in[1],
      sumi_tensor_of_number((double)sumi_build_attr(build, "nbins")->integer),
      .dtype = sumi_build_attr(build, "dtype")->type);
}

SUMI_OP(histogram_fixed_width,
        "values: T, value_range: T | nbins: int = 100, dtype: type = int32 -> out: dtype ; "
        "T: float32 float64 int32 int64, dtype: int32 int64",
        .doc = "How many values are in each of `nbins` equal parts of value_range, its two ends.",
        .expand = histogram_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(4), SUMI_S(2)},
                      .at = {SUMI_VALUES(-1, 3, 4, 9), SUMI_VALUES(0, 10)},
                      .attrs = "nbins = 2",
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(3, 1),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(2), SUMI_S(3)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "value_range has shape (3,), expected (2,)"}));

/* ---- confusion_matrix ---- */

static sumi_tensor_t confusion_expand(const sumi_build_t *build) {
  const sumi_tensor_t labels = sumi_cast(build->in[0], SUMI_INT64);
  const sumi_tensor_t predictions = sumi_cast(build->in[1], SUMI_INT64);
  const int64_t given = sumi_build_attr(build, "num_classes")->integer;
  sumi_tensor_t classes = sumi_tensor_of_number((double)given);
  if (given == 0) {
    const sumi_tensor_t last = sumi_maximum(sumi_reduce_max(labels), sumi_reduce_max(predictions));
    classes = sumi_cast(sumi_add(last, 1), SUMI_INT32);
  }
  const sumi_tensor_t ones = sumi_cast(sumi_ones_like(predictions),
                                       sumi_build_attr(build, "dtype")->type);
  return sumi_scatter_nd(sumi_stack(SUMI_TENSORS(labels, predictions), .axis = 1), ones,
                         SUMI_SHAPE(classes, classes));
}

SUMI_OP(confusion_matrix,
        "labels: Tlabels, predictions: Tpredictions | num_classes: int = 0, dtype: type = int32 "
        "-> matrix: dtype ; Tlabels: int32 int64, Tpredictions: int32 int64, "
        "dtype: int32 int64 float32 float64",
        .doc = "matrix[i, j] says how often what is i was taken for j. Without `num_classes` there "
               "are as many classes as the largest label or prediction says.",
        .expand = confusion_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(3), SUMI_S(3)},
                      .at = {SUMI_VALUES(1, 2, 2), SUMI_VALUES(1, 0, 2)},
                      .dtype = {SUMI_INT32, SUMI_INT64},
                      .out = SUMI_S(3, 3),
                      .expect = SUMI_VALUES(0, 0, 0, 0, 1, 0, 1, 0, 1),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(2), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2), SUMI_VALUES(0, 1)},
                      .dtype = {SUMI_INT32, SUMI_INT32},
                      .attrs = "num_classes = 2",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "indices[1] = [2, 1] is outside the shape (2, 2)"}));
