/* Different values in the order in which they come. Source of names and semantics: TensorFlow
 * core/ops/array_ops.cc. */
#include "ops/known.h"

#include <sumi/array.h>
#include <sumi/ops.h>

#include <string.h>

static sumi_status_t unique_shape(sumi_infer_t *infer) {
  SUMI_TRY(sumi__tensor_want_rank(infer, 0, "x", 1));
  infer->out[1] = infer->in[0];
  infer->out[0] = sumi__tensor_dims_of_rank(1);
  if (infer->output_count > 2) infer->out[2] = sumi__tensor_dims_of_rank(1);
  return SUMI_OK;
}

/* A table with open addressing, at most half full: places hold the number of a value, plus 1. */
static int64_t table_size(int64_t count) {
  int64_t size = 16;
  while (size < 2 * count) size *= 2;
  return size;
}

/* The table, and where each different value first stood. */
static size_t unique_scratch(const sumi_kernel_t *kernel) {
  const int64_t count = kernel->in[0].dims[0];
  return (size_t)(table_size(count) + count) * sizeof(int64_t);
}

/* The bytes of an element, equal for equal numbers: -0.0 is 0.0. */
static uint64_t key_of(const sumi_array_view_t *x, int64_t index) {
  const size_t bytes = sumi_dtype_size_bytes(x->dtype);
  uint64_t key = 0;
  if (sumi_dtype_is_floating(x->dtype) && sumi_array_view_double(x, index) == 0) return 0;
  memcpy(&key, (const char *)x->data + (size_t)index * bytes, bytes);
  return key;
}

/* NaN is equal to nothing. */
static bool is_nan(const sumi_array_view_t *x, int64_t index) {
  if (!sumi_dtype_is_floating(x->dtype)) return false;
  const double value = sumi_array_view_double(x, index);
  return value != value;
}

/* The number of element `index`'s value; *found more than before when it is new. */
static int64_t number_of(const sumi_array_view_t *x, int64_t index, int64_t *table, int64_t size,
                         int64_t *first, int64_t *found) {
  const uint64_t key = key_of(x, index);
  if (is_nan(x, index)) { /* in no table, where each would look past all before it */
    first[*found] = index;
    return (*found)++;
  }
  uint64_t at = (key * 0x9e3779b97f4a7c15u) >> 20;
  for (;; ++at) {
    int64_t *place = &table[at & (uint64_t)(size - 1)];
    if (*place && key_of(x, first[*place - 1]) == key) return *place - 1;
    if (*place) continue;
    first[*found] = index;
    *place = ++*found;
    return *found - 1;
  }
}

/* values[i] = x[first[i]] */
static sumi_array_t *pick(const sumi_array_view_t *x, const int64_t *first, int64_t count) {
  const size_t bytes = sumi_dtype_size_bytes(x->dtype);
  sumi_array_t *values = sumi_array_new_uninitialized(x->dtype, SUMI_DIMS(count));
  for (int64_t i = 0; values && i < count; ++i)
    memcpy((char *)sumi_array_data(values) + (size_t)i * bytes,
           (const char *)x->data + (size_t)first[i] * bytes, bytes);
  return values;
}

static sumi_status_t unique_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *x = &kernel->in[0];
  const sumi_dtype_t dtype = sumi_attr_type(kernel->op, "out_idx");
  const int64_t count = x->dims[0], size = table_size(count);
  int64_t *table = kernel->scratch, *first = table + size, found = 0;
  sumi_array_t **out = kernel->dynamic;
  memset(table, 0, (size_t)size * sizeof *table);
  out[1] = sumi_array_new_uninitialized(dtype, SUMI_DIMS(count));
  if (!out[1]) return sumi_kernel_fail(kernel, SUMI_RESOURCE_EXHAUSTED, "%s", sumi_error_message());
  const sumi_array_view_t numbers = sumi_array_view(out[1]);
  for (int64_t i = 0; i < count; ++i)
    sumi__tensor_put_int(&numbers, i, number_of(x, i, table, size, first, &found));
  out[0] = pick(x, first, found);
  if (kernel->output_count > 2) out[2] = sumi_array_new(dtype, SUMI_DIMS(found));
  if (!out[0] || (kernel->output_count > 2 && !out[2]))
    return sumi_kernel_fail(kernel, SUMI_RESOURCE_EXHAUSTED, "%s", sumi_error_message());
  if (kernel->output_count < 3) return SUMI_OK;
  const sumi_array_view_t counts = sumi_array_view(out[2]);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t number = sumi__tensor_view_int(&numbers, i);
    sumi__tensor_put_int(&counts, number, sumi__tensor_view_int(&counts, number) + 1);
  }
  return SUMI_OK;
}

#define UNIQUE_CASE                                                                                \
  {                                                                                                \
    .input_count = 1, .in = {SUMI_S(9)}, .at = {SUMI_VALUES(1, 1, 2, 4, 4, 4, 7, 8, 8)},           \
    .out = SUMI_S(5), .expect = SUMI_VALUES(1, 2, 4, 7, 8), .from = "TensorFlow's documentation"   \
  }
#define UNIQUE_REFUSED                                                                             \
  {                                                                                                \
    .input_count = 1, .in = {SUMI_S(2, 2)}, .want = SUMI_INVALID_ARGUMENT,                         \
    .message = "x must have rank 1, its shape is (2, 2)"                                           \
  }

SUMI_OP(Unique,
        "x: T | out_idx: type = int32 -> y: T, idx: out_idx ; "
        "T: float32 float64 int32 int64 uint8 int8 int16 uint16 uint32 uint64 bool, "
        "out_idx: int32 int64",
        .doc = "The different values of a vector in the order in which they come first; output 1 "
               "says for each element of x where its value stands among them.",
        .shape = unique_shape, .kernel = unique_kernel, .scratch = unique_scratch,
        .no_grad = "TensorFlow has none", .flags = SUMI_OP_DYNAMIC,
        SUMI_SAMPLES(UNIQUE_CASE, UNIQUE_REFUSED));

SUMI_OP(UniqueWithCounts,
        "x: T | out_idx: type = int32 -> y: T, idx: out_idx, count: out_idx ; "
        "T: float32 float64 int32 int64 uint8 int8 int16 uint16 uint32 uint64 bool, "
        "out_idx: int32 int64",
        .doc = "As Unique; output 2 says how often each value comes.", .shape = unique_shape,
        .kernel = unique_kernel, .scratch = unique_scratch, .no_grad = "TensorFlow has none",
        .flags = SUMI_OP_DYNAMIC, SUMI_SAMPLES(UNIQUE_CASE, UNIQUE_REFUSED));
