/* Running sums and products along one axis.
 * Source of names and semantics: TensorFlow core/ops/math_ops.cc, python/ops/math_grad.py. */
#include "kernels/map.h"
#include "ops/known.h"

#include <sumi/ops.h>

/* Lines along the axis: outer * inner of them, each of `length` elements `inner` apart. */
typedef struct scan {
  const sumi_kernel_t *kernel;
  int64_t length, inner;
  bool exclusive, reverse;
} scan_t;

/* Totals run side by side over the inner axes, so that a step is one loop over neighbours. */
#define SCAN(name, T, A, neutral, step)                                                            \
  static void name(void *context, int64_t outer) {                                                 \
    const scan_t *s = context;                                                                     \
    const int64_t base = outer * s->length * s->inner;                                             \
    const T *x = (const T *)s->kernel->in[0].data + base;                                          \
    T *y = (T *)sumi_kernel_out(s->kernel, 0) + base;                                              \
    for (int64_t i = 0; i < s->length; ++i) {                                                      \
      const int64_t at = (s->reverse ? s->length - 1 - i : i) * s->inner;                          \
      const int64_t before = s->reverse ? at + s->inner : at - s->inner;                           \
      SUMI__SIMD for (int64_t j = 0; j < s->inner; ++j) {                                          \
        const A t = i == 0 ? (A)(neutral) : (A)y[before + j];                                      \
        const A v = s->exclusive ? (i == 0 ? (A)(neutral) : (A)x[before + j]) : (A)x[at + j];      \
        y[at + j] = (T)(step);                                                                     \
      }                                                                                            \
    }                                                                                              \
  }

SCAN(sum_float32, float, float, 0, t + v)
SCAN(sum_float64, double, double, 0, t + v)
SCAN(sum_int32, int32_t, uint32_t, 0, t + v)
SCAN(sum_int64, int64_t, uint64_t, 0, t + v)
SCAN(prod_float32, float, float, 1, t *v)
SCAN(prod_float64, double, double, 1, t *v)
SCAN(prod_int32, int32_t, uint32_t, 1, t *v)
SCAN(prod_int64, int64_t, uint64_t, 1, t *v)

typedef void (*scan_fn_t)(void *context, int64_t outer);

static const struct {
  sumi_dtype_t dtype;
  scan_fn_t sum, prod;
} scans[] = {
    {SUMI_FLOAT32, sum_float32, prod_float32},
    {SUMI_FLOAT64, sum_float64, prod_float64},
    {SUMI_INT32, sum_int32, prod_int32},
    {SUMI_INT64, sum_int64, prod_int64},
};

static sumi_status_t scan(const sumi_kernel_t *kernel, bool product) {
  const sumi_array_view_t *x = &kernel->in[0];
  int axis;
  SUMI_TRY(sumi__tensor_kernel_axis(kernel, &kernel->in[1], x->rank, &axis));
  scan_t s = {.kernel = kernel,
              .length = x->dims[axis],
              .inner = sumi__tensor_count_axes(x->dims, axis + 1, x->rank),
              .exclusive = sumi_attr_bool(kernel->op, "exclusive"),
              .reverse = sumi_attr_bool(kernel->op, "reverse")};
  for (size_t i = 0; i < sizeof scans / sizeof *scans; ++i)
    if (scans[i].dtype == x->dtype)
      sumi_kernel_parallel(kernel, sumi__tensor_count_axes(x->dims, 0, axis),
                           product ? scans[i].prod : scans[i].sum, &s);
  return SUMI_OK;
}

static sumi_status_t cumsum_kernel(const sumi_kernel_t *kernel) {
  return scan(kernel, false);
}

static sumi_status_t cumprod_kernel(const sumi_kernel_t *kernel) {
  return scan(kernel, true);
}

static sumi_status_t scan_shape(sumi_infer_t *infer) {
  const int rank = infer->in[0].rank;
  int64_t value;
  int axis;
  SUMI_TRY(sumi__tensor_want_rank(infer, 1, "axis", 0));
  if (rank == 0) return sumi_refuse(infer, "x is a scalar, which has no axes");
  if (rank != SUMI_UNKNOWN_RANK && sumi__tensor_known_element(infer, 1, 0, &value))
    SUMI_TRY(sumi__tensor_want_axis(infer, "axis", value, rank, &axis));
  infer->out[0] = infer->in[0];
  return SUMI_OK;
}

static void cumsum_grad(sumi_grad_t *d) {
  const sumi_cumsum_options_t options = {.struct_size = sizeof options,
                                         .exclusive = sumi_attr_bool(d->op, "exclusive"),
                                         .reverse = !sumi_attr_bool(d->op, "reverse")};
  d->dx[0] = sumi_cumsum_with(SUMI_HERE, d->dy[0], d->x[1], &options);
}

/* The product of the factors before, times what the factors behind make of dy: no factor is divided
 * by, so that zeros are as good as others. */
static void cumprod_grad(sumi_grad_t *d) {
  const bool exclusive = sumi_attr_bool(d->op, "exclusive"),
             reverse = sumi_attr_bool(d->op, "reverse");
  const sumi_tensor_t before = sumi_cumprod(d->x[0], d->x[1], .exclusive = true,
                                            .reverse = reverse);
  const sumi_tensor_t behind = sumi_linear_recurrence(d->x[0], d->dy[0], d->x[1],
                                                      .shifted = !exclusive, .exclusive = exclusive,
                                                      .reverse = !reverse);
  d->dx[0] = sumi_mul(before, behind);
}

#define SCAN_CASE(options, result)                                                                 \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(2, 3), SUMI_S0},                                               \
    .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(1)}, .dtype = {0, SUMI_INT32},               \
    .attrs = options, .out = SUMI_S(2, 3), .expect = SUMI_VALUES result, .from = "by hand"         \
  }
#define SCAN_RANDOM(axis, options)                                                                 \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(2, 3, 2), SUMI_S0}, .at = {NULL, SUMI_VALUES(axis)},           \
    .dtype = {0, SUMI_INT32}, .lo = 0.5, .hi = 2, .attrs = options                                 \
  }
/* Gradients where factors are 0. */
#define SCAN_ZEROS(options)                                                                        \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(2, 4), SUMI_S0},                                               \
    .at = {SUMI_VALUES(2, 0, 3, 0.5, 0, 2, 0, 1), SUMI_VALUES(1)}, .dtype = {0, SUMI_INT32},       \
    .attrs = options                                                                               \
  }
#define SCAN_REFUSED                                                                               \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(2, 3), SUMI_S0}, .at = {NULL, SUMI_VALUES(2)},                 \
    .dtype = {0, SUMI_INT32}, .want = SUMI_INVALID_ARGUMENT, .message = "axis is 2"                \
  }

SUMI_OP(Cumsum,
        "x: T, axis: Tidx | exclusive: bool = false, reverse: bool = false -> out: T ; "
        "T: float32 float64 int32 int64, Tidx: int32 int64",
        .doc = "Running sums along `axis`, without the element itself if exclusive, from the end "
               "if reverse.",
        .shape = scan_shape, .kernel = cumsum_kernel, .grad = cumsum_grad,
        SUMI_SAMPLES(SCAN_CASE("", (1, 3, 6, 4, 9, 15)),
                     SCAN_CASE("exclusive = true", (0, 1, 3, 0, 4, 9)),
                     SCAN_CASE("reverse = true", (6, 5, 3, 15, 11, 6)), SCAN_RANDOM(1, ""),
                     SCAN_RANDOM(0, "exclusive = true, reverse = true"), SCAN_REFUSED));

SUMI_OP(Cumprod,
        "x: T, axis: Tidx | exclusive: bool = false, reverse: bool = false -> out: T ; "
        "T: float32 float64 int32 int64, Tidx: int32 int64",
        .doc = "Running products along `axis`, without the element itself if exclusive, from the "
               "end if reverse.",
        .shape = scan_shape, .kernel = cumprod_kernel, .grad = cumprod_grad,
        SUMI_SAMPLES(SCAN_CASE("", (1, 2, 6, 4, 20, 120)),
                     SCAN_CASE("exclusive = true, reverse = true", (6, 3, 1, 30, 6, 1)),
                     SCAN_RANDOM(1, ""), SCAN_RANDOM(2, "exclusive = true"), SCAN_ZEROS(""),
                     SCAN_ZEROS("exclusive = true"), SCAN_ZEROS("reverse = true"), SCAN_REFUSED));
