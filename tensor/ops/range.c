/* Evenly spaced numbers. Source of names and semantics: TensorFlow core/ops/math_ops.cc. */
#include "ops/known.h"

#include <math.h>

/* A scalar of a run or of a constant; false when it is not known yet. */
static bool scalar_of(const sumi_infer_t *infer, int input, double *value) {
  int64_t integer;
  if (sumi__tensor_known_element(infer, input, 0, &integer)) return *value = (double)integer, true;
  sumi_array_view_t view;
  if (!sumi__tensor_input_value(infer, input, &view)) return false;
  return *value = sumi_array_view_double(&view, 0), true;
}

static sumi_status_t range_shape(sumi_infer_t *infer) {
  static const char *const names[] = {"start", "limit", "delta"};
  infer->out[0] = sumi__tensor_vector_dims(SUMI_UNKNOWN_SIZE);
  double value[3];
  bool known = true;
  for (int i = 0; i < 3; ++i) {
    SUMI_TRY(sumi__tensor_want_rank(infer, i, names[i], 0));
    known = scalar_of(infer, i, &value[i]) && known;
  }
  if (!known) return SUMI_OK;
  const double start = value[0], limit = value[1], delta = value[2];
  if (delta == 0) return sumi_refuse(infer, "delta is 0");
  if ((delta > 0) != (limit > start) && limit != start)
    return sumi_refuse(infer, "no step of %g leads from %g to %g", delta, start, limit);
  const double count = ceil((limit - start) / delta);
  if (!(count < (double)INT32_MAX * 1024))
    return sumi_refuse(infer, "the range has %g elements", count);
  infer->out[0] = sumi__tensor_vector_dims((int64_t)count);
  int64_t first, step;
  if (count > SUMI_MAX_RANK || !sumi__tensor_known_element(infer, 0, 0, &first) ||
      !sumi__tensor_known_element(infer, 2, 0, &step))
    return SUMI_OK;
  sumi_known_t *elements = &infer->known_out[0];
  *elements = (sumi_known_t){.valid = true, .count = (int)count};
  for (int i = 0; i < elements->count; ++i)
    elements->has[i] = true, elements->value[i] = first + i * step;
  return SUMI_OK;
}

static sumi_status_t range_kernel(const sumi_kernel_t *kernel) {
  const int64_t count = kernel->out[0].dims[0];
#define RANGE(NAME, type)                                                                          \
  case SUMI_##NAME: {                                                                              \
    const type start = *(const type *)kernel->in[0].data,                                          \
               delta = *(const type *)kernel->in[2].data;                                          \
    type *out = sumi_kernel_out(kernel, 0);                                                        \
    for (int64_t i = 0; i < count; ++i) out[i] = start + (type)i * delta;                          \
    break;                                                                                         \
  }
  switch (kernel->out[0].dtype) {
    RANGE(INT32, int32_t)
    RANGE(INT64, int64_t)
    RANGE(FLOAT32, float)
    RANGE(FLOAT64, double)
  default: break;
  }
#undef RANGE
  return SUMI_OK;
}

SUMI_OP(Range,
        "start: Tidx, limit: Tidx, delta: Tidx -> output: Tidx ; Tidx: int32 int64 float32 float64",
        .doc = "start, start + delta, start + 2 delta, … up to and without limit: "
               "sumi_range(0, n, 1). At least one of the three is a tensor.",
        .shape = range_shape, .kernel = range_kernel,
        .no_grad = "as in TensorFlow: its length depends on its inputs",
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S0, SUMI_S0, SUMI_S0},
                      .at = {SUMI_VALUES(7), SUMI_VALUES(1), SUMI_VALUES(-2)},
                      .dtype = {SUMI_INT32, SUMI_INT32, SUMI_INT32},
                      .out = SUMI_S(3),
                      .expect = SUMI_VALUES(7, 5, 3),
                      .from = "by hand"},
                     {.input_count = 3,
                      .in = {SUMI_S0, SUMI_S0, SUMI_S0},
                      .at = {SUMI_VALUES(0), SUMI_VALUES(3), SUMI_VALUES(-1)},
                      .dtype = {SUMI_INT32, SUMI_INT32, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "no step of -1 leads from 0 to 3"}));

/* ---- LinSpace ---- */

static sumi_status_t linspace_shape(sumi_infer_t *infer) {
  static const char *const names[] = {"start", "stop", "num"};
  int64_t count = SUMI_UNKNOWN_SIZE;
  for (int i = 0; i < 3; ++i) SUMI_TRY(sumi__tensor_want_rank(infer, i, names[i], 0));
  if (sumi__tensor_known_element(infer, 2, 0, &count) && count < 1)
    return sumi_refuse(infer, "num is %lld, expected at least 1", (long long)count);
  infer->out[0] = sumi__tensor_vector_dims(count);
  return SUMI_OK;
}

static sumi_status_t linspace_kernel(const sumi_kernel_t *kernel) {
  const int64_t count = kernel->out[0].dims[0];
#define LINSPACE(NAME, type)                                                                       \
  case SUMI_##NAME: {                                                                              \
    const type start = *(const type *)kernel->in[0].data,                                          \
               stop = *(const type *)kernel->in[1].data;                                           \
    const type step = count > 1 ? (stop - start) / (type)(count - 1) : 0;                          \
    type *out = sumi_kernel_out(kernel, 0);                                                        \
    for (int64_t i = 0; i < count; ++i) out[i] = start + step * (type)i;                           \
    if (count > 1) out[count - 1] = stop;                                                          \
    break;                                                                                         \
  }
  switch (kernel->out[0].dtype) {
    LINSPACE(FLOAT32, float)
    LINSPACE(FLOAT64, double)
  default: break;
  }
#undef LINSPACE
  return SUMI_OK;
}

SUMI_OP(LinSpace,
        "start: T, stop: T, num: Tidx -> output: T ; T: float32 float64, Tidx: int32 int64",
        .api = "linspace",
        .doc = "`num` numbers from `start` to `stop`, evenly spaced; one is `start`. At least one "
               "of the three is a tensor.",
        .shape = linspace_shape, .kernel = linspace_kernel, .no_grad = "TensorFlow has none",
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S0, SUMI_S0, SUMI_S0},
                      .at = {SUMI_VALUES(10), SUMI_VALUES(12), SUMI_VALUES(3)},
                      .dtype = {0, 0, SUMI_INT32},
                      .out = SUMI_S(3),
                      .expect = SUMI_VALUES(10, 11, 12),
                      .from = "TensorFlow's documentation"},
                     {.input_count = 3,
                      .in = {SUMI_S0, SUMI_S0, SUMI_S0},
                      .at = {SUMI_VALUES(0), SUMI_VALUES(1), SUMI_VALUES(0)},
                      .dtype = {0, 0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "num is 0, expected at least 1"}));
