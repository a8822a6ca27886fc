/* The largest elements of rows. Source of names and semantics: TensorFlow core/ops/nn_ops.cc. */
#include "kernels/rows.h"
#include "ops/known.h"

#include <sumi/constants.h>
#include <sumi/ops.h>

#include <math.h>
#include <string.h>

/* ---- TopKV2 ---- */

static sumi_status_t top_k_shape(sumi_infer_t *infer) {
  int64_t k;
  SUMI_TRY(sumi__tensor_want_rank(infer, 1, "k", 0));
  const bool known = sumi__tensor_known_element(infer, 1, 0, &k);
  if (known && k < 0) return sumi_refuse(infer, "k is %lld, at least 0 is wanted", (long long)k);
  sumi_dims_t dims = infer->in[0];
  if (dims.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  if (dims.rank == 0) return sumi_refuse(infer, "input is a scalar, rank 1 or more is wanted");
  int64_t *last = &dims.size[dims.rank - 1];
  if (known && *last >= 0 && *last < k)
    return sumi_refuse(infer, "k is %lld, rows of input have %lld elements", (long long)k,
                       (long long)*last);
  *last = known ? k : SUMI_UNKNOWN_SIZE;
  infer->out[0] = infer->out[1] = dims;
  return SUMI_OK;
}

typedef struct top_k {
  size_t element_size;
  int64_t classes, k;
  const char *input;
  char *values;
  int32_t *indices;
  bool (*larger)(const void *row, int32_t a, int32_t b); /* does element a come before b? */
} top_k_t;

/* The earlier of equal elements comes first. */
#define LARGER(dtype, T)                                                                           \
  static bool larger_##dtype(const void *row, int32_t a, int32_t b) {                              \
    const T *x = row;                                                                              \
    return x[a] > x[b] || (x[a] == x[b] && a < b);                                                 \
  }
LARGER(float32, float)
LARGER(float64, double)
LARGER(int32, int32_t)
LARGER(int64, int64_t)

/* Lets the element at `at` of a heap sink: at its root is the one that comes last. */
static void sink(const top_k_t *t, const void *row, int32_t *heap, int64_t size, int64_t at) {
  for (;;) {
    int64_t last = at;
    for (int64_t child = 2 * at + 1; child <= 2 * at + 2 && child < size; ++child)
      if (t->larger(row, heap[last], heap[child])) last = child;
    if (last == at) return;
    const int32_t index = heap[at];
    heap[at] = heap[last];
    heap[last] = index;
    at = last;
  }
}

/* Keeps the k best of the row in a heap, then takes them out from the last to the first. */
static void choose(const top_k_t *t, const void *row, int32_t *heap) {
  for (int64_t i = 0; i < t->k; ++i) heap[i] = (int32_t)i;
  for (int64_t at = t->k / 2; at-- > 0;) sink(t, row, heap, t->k, at);
  for (int64_t i = t->k; i < t->classes; ++i) {
    if (!t->larger(row, (int32_t)i, heap[0])) continue;
    heap[0] = (int32_t)i;
    sink(t, row, heap, t->k, 0);
  }
  for (int64_t size = t->k - 1; size > 0; --size) {
    const int32_t last = heap[0];
    heap[0] = heap[size];
    heap[size] = last;
    sink(t, row, heap, size, 0);
  }
}

static void top_k_rows(void *context, int64_t first, int64_t count) {
  const top_k_t *t = context;
  for (int64_t r = first; r < first + count; ++r) {
    const char *row = t->input + (size_t)(r * t->classes) * t->element_size;
    int32_t *indices = t->indices + r * t->k;
    choose(t, row, indices);
    for (int64_t i = 0; i < t->k; ++i)
      memcpy(t->values + (size_t)(r * t->k + i) * t->element_size,
             row + (size_t)indices[i] * t->element_size, t->element_size);
  }
}

static sumi_status_t top_k_kernel(const sumi_kernel_t *k) {
  const sumi_array_view_t *input = &k->in[0];
  top_k_t t = {.element_size = sumi_dtype_size_bytes(input->dtype),
               .classes = input->dims[input->rank - 1],
               .k = k->out[0].dims[input->rank - 1],
               .input = input->data,
               .values = sumi_kernel_out(k, 0),
               .indices = sumi_kernel_out(k, 1)};
  switch (input->dtype) {
  case SUMI_FLOAT32: t.larger = larger_float32; break;
  case SUMI_FLOAT64: t.larger = larger_float64; break;
  case SUMI_INT32: t.larger = larger_int32; break;
  default: t.larger = larger_int64; break;
  }
  if (t.classes > INT32_MAX)
    return sumi_kernel_fail(k, SUMI_INVALID_ARGUMENT, "rows of %lld elements have no int32 indices",
                            (long long)t.classes);
  if (t.k > 0)
    sumi__tensor_each_rows(k, sumi__tensor_count_axes(input->dims, 0, input->rank - 1), t.classes,
                           top_k_rows, &t);
  return SUMI_OK;
}

/* Each value's gradient goes to the element it was taken from. */
static void top_k_grad(sumi_grad_t *grad) {
  const sumi_tensor_t x = grad->x[0], shape = sumi_shape(x);
  const sumi_tensor_t outer = sumi_index(shape, ":-1"), columns = sumi_index(shape, "-1");
  const sumi_tensor_t rows = sumi_cast(sumi_range(0, sumi_reduce_prod(outer), 1), SUMI_INT64);
  const sumi_tensor_t starts = sumi_mul(rows, sumi_cast(columns, SUMI_INT64));
  const sumi_tensor_t at = sumi_add(
      sumi_cast(grad->y[1], SUMI_INT64),
      sumi_expand_dims(sumi_reshape(starts, SUMI_TENSORS(outer)), -1));
  const sumi_tensor_t dx = sumi_unsorted_segment_sum(
      sumi_reshape(grad->dy[0], SUMI_SHAPE(-1)), sumi_reshape(at, SUMI_SHAPE(-1)), sumi_size(x));
  grad->dx[0] = sumi_reshape(dx, SUMI_TENSORS(shape));
}

SUMI_OP(TopKV2,
        "input: T, k: int32 | sorted: bool = true -> values: T, indices: int32 ; T: float32 "
        "float64 int32 int64",
        .api = "top_k",
        .doc = "The k largest elements of each row (last axis), in descending order, the earlier "
               "of equal ones first; "
               "output 1 has their indices. They are sorted also when that is not asked for.",
        .shape = top_k_shape, .kernel = top_k_kernel, .grad = top_k_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 4), SUMI_S0},
                      .at = {SUMI_VALUES(1, 3, 2, 3, 0, -1, 5, 4), SUMI_VALUES(2)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(3, 3, 5, 4),
                      .from = "TensorFlow 2.21",
                      .no_gradient_check = true},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 2, 7), SUMI_S0},
                      .at = {NULL, SUMI_VALUES(3)},
                      .dtype = {0, SUMI_INT32}},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 4), SUMI_S0},
                      .at = {NULL, SUMI_VALUES(5)},
                      .dtype = {0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "k is 5, rows of input have 4 elements"}));

/* ---- InTopK ---- */

static sumi_status_t in_top_k_shape(sumi_infer_t *infer) {
  const int64_t k = sumi_attr_int(infer->op, "k");
  sumi_dims_t rows;
  SUMI_TRY(sumi__tensor_want_rank(infer, 0, "predictions", 2));
  SUMI_TRY(sumi__tensor_want_rank(infer, 1, "targets", 1));
  if (k < 0) return sumi_refuse(infer, "k is %lld, at least 0 is wanted", (long long)k);
  const int64_t size = infer->in[0].rank == 2 ? infer->in[0].size[0] : SUMI_UNKNOWN_SIZE;
  if (!sumi_merge_dims(sumi__tensor_vector_dims(size), infer->in[1], &rows))
    return sumi_refuse(infer, "targets has shape %s, one for each row of predictions %s is wanted",
                       sumi_dims_text(infer->in[1]).text, sumi_dims_text(infer->in[0]).text);
  infer->out[0] = rows;
  return SUMI_OK;
}

/* A row with a number that is not finite has no right answer, and neither has a target outside the
 * classes. */
static bool is_in_top(const float *row, int64_t classes, int64_t target, int64_t k) {
  if (target < 0 || target >= classes || !isfinite(row[target])) return false;
  int64_t larger = 0;
  for (int64_t c = 0; c < classes; ++c) {
    if (!isfinite(row[c])) return false;
    larger += row[c] > row[target];
  }
  return larger < k;
}

static sumi_status_t in_top_k_kernel(const sumi_kernel_t *kernel) {
  const int64_t rows = kernel->in[0].dims[0], classes = kernel->in[0].dims[1];
  const int64_t k = sumi_attr_int(kernel->op, "k");
  bool *out = sumi_kernel_out(kernel, 0);
  for (int64_t row = 0; row < rows; ++row)
    out[row] = is_in_top((const float *)kernel->in[0].data + row * classes, classes,
                         sumi__tensor_view_int(&kernel->in[1], row), k);
  return SUMI_OK;
}

SUMI_OP(
    InTopK, "predictions: float32, targets: T | k: int -> precision: bool ; T: int32 int64",
    .doc = "Whether the score of each row's target is among the row's k largest; equal scores all "
           "count. False for "
           "rows with numbers that are not finite.",
    .shape = in_top_k_shape, .kernel = in_top_k_kernel,
    .no_grad = "a comparison is piecewise constant",
    SUMI_SAMPLES(
        {.input_count = 2,
         .in = {SUMI_S(2, 4), SUMI_S(2)},
         .at = {SUMI_VALUES(1, 3, 2, 3, 0, -1, 5, 4), SUMI_VALUES(2, 3)},
         .dtype = {0, SUMI_INT32},
         .attrs = "k = 2",
         .out = SUMI_S(2),
         .expect = SUMI_VALUES(0, 1),
         .from = "TensorFlow 2.21"},
        {.input_count = 2,
         .in = {SUMI_S(2, 4), SUMI_S(3)},
         .dtype = {0, SUMI_INT32},
         .attrs = "k = 2",
         .want = SUMI_INVALID_ARGUMENT,
         .message = "targets has shape (3,), one for each row of predictions (2, 4) is wanted"}));
