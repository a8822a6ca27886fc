/* Elementwise arithmetic with NumPy's broadcasting. */
#include "array/array.h"

#include <math.h>
#include <string.h>

/* A run of elements: strides are 0 (one element for all) or 1. */
typedef void (*run_t)(int64_t count, const void *a, int64_t step_a, const void *b, int64_t step_b,
                      void *out);

/* Integers are computed as uint64_t, where wrapping is defined. */
#define FLOATING_TYPES(X) X(float, float) X(double, double)
#define INTEGER_TYPES(X)                                                                           \
  X(int8_t, uint64_t)                                                                              \
  X(int16_t, uint64_t)                                                                             \
  X(int32_t, uint64_t)                                                                             \
  X(int64_t, uint64_t)                                                                             \
  X(uint8_t, uint64_t)                                                                             \
  X(uint16_t, uint64_t)                                                                            \
  X(uint32_t, uint64_t)                                                                            \
  X(uint64_t, uint64_t)

#define RUN(name, type, expression)                                                                \
  static void name##_##type(int64_t count, const void *a, int64_t step_a, const void *b,           \
                            int64_t step_b, void *out) {                                           \
    const type *left = a, *right = b;                                                              \
    type *result = out;                                                                            \
    for (int64_t i = 0; i < count; ++i) {                                                          \
      const type x = left[i * step_a], y = right[i * step_b];                                      \
      result[i] = (type)(expression);                                                              \
    }                                                                                              \
  }
#define SUM(type, wide)          RUN(add, type, (wide)x + (wide)y)
#define DIFFERENCE(type, wide)   RUN(sub, type, (wide)x - (wide)y)
#define PRODUCT(type, wide)      RUN(mul, type, (wide)x *(wide)y)
#define QUOTIENT(type, wide)     RUN(div, type, x / y)
#define FLOATING_MAX(type, wide) RUN(max, type, x >= y || isnan(x) ? x : y)
#define INTEGER_MAX(type, wide)  RUN(max, type, x >= y ? x : y)
FLOATING_TYPES(SUM)
INTEGER_TYPES(SUM)
FLOATING_TYPES(DIFFERENCE)
INTEGER_TYPES(DIFFERENCE)
FLOATING_TYPES(PRODUCT)
INTEGER_TYPES(PRODUCT)
FLOATING_TYPES(QUOTIENT)
FLOATING_TYPES(FLOATING_MAX)
INTEGER_TYPES(INTEGER_MAX)
RUN(max, bool, x || y)

/* What an operation is called and how it runs; no run for a dtype means that it is refused. */
typedef struct {
  const char *name;
  run_t runs[SUMI_UINT64 + 1];
} operation_t;

#define INTEGER_RUNS(op)                                                                           \
  [SUMI_INT8] = op##_int8_t, [SUMI_INT16] = op##_int16_t, [SUMI_INT32] = op##_int32_t,             \
  [SUMI_INT64] = op##_int64_t, [SUMI_UINT8] = op##_uint8_t, [SUMI_UINT16] = op##_uint16_t,         \
  [SUMI_UINT32] = op##_uint32_t, [SUMI_UINT64] = op##_uint64_t
#define FLOATING_RUNS(op) [SUMI_FLOAT32] = op##_float, [SUMI_FLOAT64] = op##_double

static const operation_t addition = {"add", {FLOATING_RUNS(add), INTEGER_RUNS(add)}};
static const operation_t subtraction = {"sub", {FLOATING_RUNS(sub), INTEGER_RUNS(sub)}};
static const operation_t multiplication = {"mul", {FLOATING_RUNS(mul), INTEGER_RUNS(mul)}};
static const operation_t division = {"div", {FLOATING_RUNS(div)}};
static const operation_t maximum = {
    "maximum", {FLOATING_RUNS(max), INTEGER_RUNS(max), [SUMI_BOOL] = max_bool}};

static sumi_status_t check_operands(const operation_t *operation, const sumi_array_t *a,
                                    const sumi_array_t *b, sumi_dims_t *dims) {
  const char *name = operation->name;
  if (!a || !b)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: the %s operand is NULL", name,
                     a ? "second" : "first");
  if (a->dtype != b->dtype)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: operands of %s and %s", name,
                     sumi_dtype_name(a->dtype), sumi_dtype_name(b->dtype));
  if (!operation->runs[a->dtype])
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: not defined for %s", name,
                     sumi_dtype_name(a->dtype));
  if (!sumi_dims_broadcast(a->dims, b->dims, dims))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: shapes %s and %s do not broadcast", name,
                     sumi_dims_text(a->dims).text, sumi_dims_text(b->dims).text);
  return SUMI_OK;
}

/* Steps of an operand along the axes of the result: 0 where it is repeated. */
static void broadcast_steps(const sumi_dims_t *from, const sumi_dims_t *to, int64_t *steps) {
  int64_t step = 1;
  for (int axis = to->rank - 1; axis >= 0; --axis) {
    const int at = axis - (to->rank - from->rank);
    const int64_t size = at < 0 ? 1 : from->size[at];
    steps[axis] = size == 1 ? 0 : step;
    step *= size;
  }
}

static void run_rows(run_t run, const sumi_array_t *a, const sumi_array_t *b, sumi_array_t *out) {
  const size_t size = sumi_dtype_size_bytes(out->dtype);
  const int last = out->dims.rank - 1;
  int64_t steps_a[SUMI_MAX_RANK], steps_b[SUMI_MAX_RANK], index[SUMI_MAX_RANK] = {0};
  broadcast_steps(&a->dims, &out->dims, steps_a);
  broadcast_steps(&b->dims, &out->dims, steps_b);
  const int64_t row = out->dims.size[last];
  int64_t at_a = 0, at_b = 0;
  for (int64_t at = 0; at < out->count; at += row) {
    run(row, (const char *)a->data + (size_t)at_a * size, steps_a[last],
        (const char *)b->data + (size_t)at_b * size, steps_b[last],
        (char *)out->data + (size_t)at * size);
    for (int axis = last - 1; axis >= 0; --axis) {
      at_a += steps_a[axis], at_b += steps_b[axis];
      if (++index[axis] < out->dims.size[axis]) break;
      at_a -= steps_a[axis] * index[axis], at_b -= steps_b[axis] * index[axis];
      index[axis] = 0;
    }
  }
}

static sumi_array_t *apply(const operation_t *operation, const sumi_array_t *a,
                           const sumi_array_t *b) {
  sumi_dims_t dims;
  if (check_operands(operation, a, b, &dims) != SUMI_OK) return NULL;
  sumi_array_t *out = sumi_array_new_uninitialized(a->dtype, dims);
  if (!out || out->count == 0) return out;
  const run_t run = operation->runs[a->dtype];
  if (sumi_dims_equal(a->dims, b->dims))
    run(out->count, a->data, 1, b->data, 1, out->data);
  else
    run_rows(run, a, b, out);
  return out;
}

sumi_array_t *sumi_array_add(const sumi_array_t *a, const sumi_array_t *b) {
  return apply(&addition, a, b);
}

sumi_array_t *sumi_array_sub(const sumi_array_t *a, const sumi_array_t *b) {
  return apply(&subtraction, a, b);
}

sumi_array_t *sumi_array_mul(const sumi_array_t *a, const sumi_array_t *b) {
  return apply(&multiplication, a, b);
}

sumi_array_t *sumi_array_div(const sumi_array_t *a, const sumi_array_t *b) {
  return apply(&division, a, b);
}

sumi_array_t *sumi_array_maximum(const sumi_array_t *a, const sumi_array_t *b) {
  return apply(&maximum, a, b);
}

sumi_array_t *sumi_array_square(const sumi_array_t *a) {
  return apply(&multiplication, a, a);
}
