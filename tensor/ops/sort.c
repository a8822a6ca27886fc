/* Sorting, and searching in what is sorted. Source of names and semantics: TensorFlow
 * python/ops/sort_ops.py, core/ops/array_ops.cc. */
#include "kernels/map.h"
#include "ops/known.h"

#include <sumi/constants.h>
#include <sumi/ops.h>

#include <string.h>

/* ---- sort, argsort ---- */

/* What is largest where x is smallest: -x of floats, and of integers the complement, which none of
 * them lacks. */
static sumi_tensor_t turned(sumi_tensor_t x) {
  return sumi_dtype_is_floating(sumi_tensor_dtype(x)) ? sumi_neg(x) : sumi_sub(-1, x);
}

/* Output `index` of the largest elements, all of them: values or positions. */
static sumi_tensor_t sorted(const sumi_build_t *build, int index) {
  const sumi_tensor_t values = build->in[0];
  const bool descending = strcmp(sumi_build_attr(build, "direction")->string, "DESCENDING") == 0;
  const int rank = sumi_tensor_dims(values).rank;
  const int64_t given = sumi_build_attr(build, "axis")->integer;
  int axis = -1;
  if (rank == 0) return sumi_build_refuse(build, "values is a scalar, which has no axes");
  if (rank >= 0 && !sumi__tensor_build_axis(build, rank, &axis)) return (sumi_tensor_t){0};
  if (rank == SUMI_UNKNOWN_RANK && given != -1)
    return sumi_build_refuse(build, "axis %lld needs values of known rank", (long long)given);
  const sumi_tensor_t rows = rank < 0 ? values : sumi__tensor_swap_axes(values, axis, rank - 1);
  const sumi_tensor_t size = sumi_index(sumi_shape(rows), "-1");
  const sumi_tensor_t largest = sumi_top_k(descending ? rows : turned(rows), size);
  sumi_tensor_t result = sumi_output(largest, index);
  if (index == 0 && !descending) result = turned(result);
  result = sumi_identity(result); /* a node with one output */
  return rank < 0 ? result : sumi__tensor_swap_axes(result, axis, rank - 1);
}

static sumi_tensor_t sort_expand(const sumi_build_t *build) {
  return sorted(build, 0);
}

static sumi_tensor_t argsort_expand(const sumi_build_t *build) {
  return sorted(build, 1);
}

#define SORT(options, result, ...)                                                                 \
  {                                                                                                \
    .input_count = 1, .in = {SUMI_S(2, 3)}, .at = {SUMI_VALUES(3, 1, 2, 1, 5, 1)},                 \
    .attrs = options, .out = SUMI_S(2, 3), .expect = SUMI_VALUES result, __VA_ARGS__               \
  }
#define SORT_REFUSED                                                                               \
  {                                                                                                \
    .input_count = 1, .in = {SUMI_S(3)}, .attrs = "axis = 1", .want = SUMI_INVALID_ARGUMENT,       \
    .message = "axis is 1, expected a value in [-1, 1)"                                            \
  }

SUMI_OP(sort,
        "values: T | axis: int = -1, direction: {ASCENDING, DESCENDING} -> output: T ; "
        "T: float32 float64 int32 int64",
        .doc = "The values along `axis` in ascending or DESCENDING order.", .expand = sort_expand,
        SUMI_SAMPLES(SORT("", (1, 2, 3, 1, 1, 5), .from = "numpy.sort", .no_gradient_check = true),
                     SORT("axis = 0, direction = DESCENDING", (3, 5, 2, 1, 1, 1), .from = "by hand",
                          .no_gradient_check = true),
                     {.input_count = 1,
                      .in = {SUMI_S(2, 4)},
                      .at = {SUMI_VALUES(0.3, -1.2, 2.5, 0.9, 4, 3.5, -0.5, 0.1)}},
                     SORT_REFUSED));

SUMI_OP(argsort,
        "values: T | axis: int = -1, direction: {ASCENDING, DESCENDING} -> output: int32 ; "
        "T: float32 float64 int32 int64",
        .doc = "The positions of the values along `axis` in ascending or DESCENDING order, the "
               "earlier of equal ones first.",
        .expand = argsort_expand,
        SUMI_SAMPLES(SORT("", (1, 2, 0, 0, 2, 1), .from = "numpy.argsort, stable"),
                     SORT("direction = DESCENDING", (0, 2, 1, 1, 0, 2), .from = "by hand"),
                     SORT_REFUSED));

/* ---- LowerBound, UpperBound ---- */

static sumi_status_t bound_shape(sumi_infer_t *infer) {
  const sumi_dims_t sorted = infer->in[0], values = infer->in[1];
  SUMI_TRY(sumi__tensor_want_rank(infer, 0, "sorted_inputs", 2));
  SUMI_TRY(sumi__tensor_want_rank(infer, 1, "values", 2));
  infer->out[0] = values;
  const bool known = sorted.rank == 2 && values.rank == 2 && sorted.size[0] >= 0 &&
                     values.size[0] >= 0;
  if (known && sorted.size[0] != values.size[0])
    return sumi_refuse(infer, "sorted_inputs has shape %s, values %s: as many rows are expected",
                       sumi_dims_text(sorted).text, sumi_dims_text(values).text);
  return SUMI_OK;
}

/* How many elements of a sorted row come before a value, with those that are equal if `upper`. */
#define COUNT_BEFORE(C, dtype, DTYPE, V, ...)                                                      \
  static int64_t before_##dtype(const void *row, int64_t count, const void *values, int64_t at,    \
                                bool upper) {                                                      \
    const C *sorted = row, value = ((const C *)values)[at];                                        \
    int64_t begin = 0, end = count;                                                                \
    while (begin < end) {                                                                          \
      const int64_t middle = begin + (end - begin) / 2;                                            \
      if (sorted[middle] < value || (upper && sorted[middle] == value))                            \
        begin = middle + 1;                                                                        \
      else                                                                                         \
        end = middle;                                                                              \
    }                                                                                              \
    return begin;                                                                                  \
  }
SUMI__NUMBERS(COUNT_BEFORE, )

#define COUNT_ENTRY(C, dtype, DTYPE, V, ...) {SUMI_##DTYPE, before_##dtype},

static const struct {
  sumi_dtype_t dtype;
  int64_t (*before)(const void *row, int64_t count, const void *values, int64_t at, bool upper);
} counters[] = {SUMI__NUMBERS(COUNT_ENTRY, )};

static sumi_status_t bound(const sumi_kernel_t *kernel, bool upper) {
  const sumi_array_view_t *sorted = &kernel->in[0], *values = &kernel->in[1];
  const int64_t length = sorted->dims[1], count = sumi_array_view_count(values);
  const size_t row_bytes = (size_t)length * sumi_dtype_size_bytes(sorted->dtype);
  size_t k = 0;
  while (counters[k].dtype != sorted->dtype) ++k;
  for (int64_t i = 0; i < count; ++i)
    sumi__tensor_put_int(
        &kernel->out[0], i,
        counters[k].before((const char *)sorted->data + (size_t)(i / values->dims[1]) * row_bytes,
                           length, values->data, i, upper));
  return SUMI_OK;
}

static sumi_status_t lower_kernel(const sumi_kernel_t *kernel) {
  return bound(kernel, false);
}

static sumi_status_t upper_kernel(const sumi_kernel_t *kernel) {
  return bound(kernel, true);
}

#define BOUND(result)                                                                              \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(2, 4), SUMI_S(2, 3)},                                          \
    .at = {SUMI_VALUES(0, 3, 9, 9, 0, 2, 4, 6), SUMI_VALUES(9, 3, 10, 1, 4, -1)},                  \
    .out = SUMI_S(2, 3), .expect = SUMI_VALUES result, .from = "numpy.searchsorted"                \
  }
#define BOUND_REFUSED                                                                              \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(2, 4), SUMI_S(1, 3)}, .want = SUMI_INVALID_ARGUMENT,           \
    .message = "sorted_inputs has shape (2, 4), values (1, 3)"                                     \
  }

SUMI_OP(LowerBound,
        "sorted_inputs: T, values: T | out_type: type = int32 -> output: out_type ; "
        "T: float32 float64 int32 int64 uint8 int8 int16, out_type: int32 int64",
        .doc = "Where each value would have to be put in before those that are not smaller, row by "
               "row.",
        .shape = bound_shape, .kernel = lower_kernel, .no_grad = "positions",
        SUMI_SAMPLES(BOUND((2, 1, 4, 1, 2, 0)), BOUND_REFUSED));

SUMI_OP(UpperBound,
        "sorted_inputs: T, values: T | out_type: type = int32 -> output: out_type ; "
        "T: float32 float64 int32 int64 uint8 int8 int16, out_type: int32 int64",
        .doc = "Where each value would have to be put in before those that are larger, row by row.",
        .shape = bound_shape, .kernel = upper_kernel, .no_grad = "positions",
        SUMI_SAMPLES(BOUND((4, 2, 4, 1, 3, 0)), BOUND_REFUSED));

static sumi_tensor_t searchsorted_expand(const sumi_build_t *build) {
  const sumi_tensor_t sorted = build->in[0], values = build->in[1];
  const sumi_dtype_t dtype = sumi_build_attr(build, "out_type")->type;
  const bool right = strcmp(sumi_build_attr(build, "side")->string, "right") == 0;
  if (sumi_tensor_dims(sorted).rank == 0)
    return sumi_build_refuse(build, "sorted_sequence is a scalar, which has no axes");
  const sumi_tensor_t rows = sumi_reshape(sorted,
                                          SUMI_SHAPE(-1, sumi_index(sumi_shape(sorted), "-1")));
  const sumi_tensor_t wanted = sumi_reshape(values,
                                            SUMI_SHAPE(sumi_index(sumi_shape(rows), "0"), -1));
  const sumi_tensor_t found = right ? sumi_upper_bound(rows, wanted, .out_type = dtype)
                                    : sumi_lower_bound(rows, wanted, .out_type = dtype);
  return sumi_reshape(found, SUMI_TENSORS(sumi_shape(values)));
}

SUMI_OP(searchsorted,
        "sorted_sequence: T, values: T | side: {left, right}, out_type: type = int32 "
        "-> output: out_type ; "
        "T: float32 float64 int32 int64 uint8 int8 int16, out_type: int32 int64",
        .doc = "Where each value would have to be put into the sorted last axis, in front of equal "
               "elements or, with the side right, behind them.",
        .expand = searchsorted_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(4), SUMI_S(3)},
                      .at = {SUMI_VALUES(0, 3, 9, 9), SUMI_VALUES(9, 3, 10)},
                      .attrs = "side = right",
                      .out = SUMI_S(3),
                      .expect = SUMI_VALUES(4, 2, 4),
                      .from = "numpy.searchsorted"},
                     {.input_count = 2,
                      .in = {SUMI_S(2), SUMI_S(2)},
                      .dtype = {SUMI_BOOL, SUMI_BOOL},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "searchsorted is not defined for bool"}));
