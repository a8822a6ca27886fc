/* A recurrence along one axis: what gradients of running products are made of. It is Sumi's own;
 * TensorFlow has no such op (and NaN in those gradients where a factor is 0). */
#include "kernels/map.h"
#include "ops/known.h"

#include <sumi/ops.h>

typedef struct recurrence {
  const sumi_kernel_t *kernel;
  int64_t length, inner; /* lines of `length` elements, `inner` apart */
  bool shifted, exclusive, reverse;
} recurrence_t;

/* Lines run side by side over the inner axes. `last` and `factor` are one row back. */
#define RECURRENCE(name, T)                                                                        \
  static void name(void *context, int64_t outer) {                                                 \
    const recurrence_t *r = context;                                                               \
    const int64_t base = outer * r->length * r->inner, step = r->reverse ? -r->inner : r->inner;   \
    const int64_t start = base + (r->reverse ? (r->length - 1) * r->inner : 0);                    \
    const T *a = (const T *)r->kernel->in[0].data, *b = (const T *)r->kernel->in[1].data;          \
    T *h = (T *)sumi_kernel_out(r->kernel, 0);                                                     \
    for (int64_t j = start; j < start + r->inner; ++j) {                                           \
      T value = 0;                                                                                 \
      for (int64_t i = 0, at = j; i < r->length; ++i, at += step) {                                \
        if (r->exclusive) h[at] = value;                                                           \
        if (i == 0)                                                                                \
          value = b[at];                                                                           \
        else                                                                                       \
          value = b[at] + a[r->shifted ? at - step : at] * value;                                  \
        if (!r->exclusive) h[at] = value;                                                          \
      }                                                                                            \
    }                                                                                              \
  }

RECURRENCE(recur_float32, float)
RECURRENCE(recur_float64, double)

static sumi_status_t recurrence_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *a = &kernel->in[0];
  int axis;
  SUMI_TRY(sumi__tensor_kernel_axis(kernel, &kernel->in[2], a->rank, &axis));
  recurrence_t r = {.kernel = kernel,
                    .length = a->dims[axis],
                    .inner = sumi__tensor_count_axes(a->dims, axis + 1, a->rank),
                    .shifted = sumi_attr_bool(kernel->op, "shifted"),
                    .exclusive = sumi_attr_bool(kernel->op, "exclusive"),
                    .reverse = sumi_attr_bool(kernel->op, "reverse")};
  sumi_kernel_parallel(kernel, sumi__tensor_count_axes(a->dims, 0, axis),
                       a->dtype == SUMI_FLOAT32 ? recur_float32 : recur_float64, &r);
  return SUMI_OK;
}

static sumi_status_t recurrence_shape(sumi_infer_t *infer) {
  int64_t value;
  int axis;
  SUMI_TRY(sumi__tensor_want_rank(infer, 2, "axis", 0));
  if (!sumi_merge_dims(infer->in[0], infer->in[1], &infer->out[0]))
    return sumi_refuse(infer, "a and b have different shapes: %s and %s",
                       sumi_dims_text(infer->in[0]).text, sumi_dims_text(infer->in[1]).text);
  const int rank = infer->out[0].rank;
  if (rank == 0) return sumi_refuse(infer, "a is a scalar, which has no axes");
  if (rank != SUMI_UNKNOWN_RANK && sumi__tensor_known_element(infer, 2, 0, &value))
    SUMI_TRY(sumi__tensor_want_axis(infer, "axis", value, rank, &axis));
  return SUMI_OK;
}

static sumi_tensor_t recur(const sumi_grad_t *d, sumi_tensor_t a, sumi_tensor_t b, bool shifted,
                           bool exclusive, bool reverse) {
  return sumi_linear_recurrence(a, b, d->x[2], .shifted = shifted, .exclusive = exclusive,
                                .reverse = reverse);
}

/* With h[i] = b[i] + a[i] h[i-1], the gradients g of h run the other way, g[i] = dh[i] + a[i+1]
 * g[i+1], and da[i] = g[i] h[i-1], db = g. With a[i-1] in its place, g[i] = dh[i] + a[i] g[i+1] and
 * da[i] = g[i+1] h[i]. An exclusive result is h one step later, which a recurrence with a = 0
 * undoes. */
static void recurrence_grad(sumi_grad_t *d) {
  const sumi_tensor_t a = d->x[0], b = d->x[1];
  const bool shifted = sumi_attr_bool(d->op, "shifted"),
             exclusive = sumi_attr_bool(d->op, "exclusive"),
             reverse = sumi_attr_bool(d->op, "reverse");
  const sumi_tensor_t dh = exclusive ? recur(d, sumi_zeros_like(a), d->dy[0], false, true, !reverse)
                                     : d->dy[0];
  d->dx[1] = recur(d, a, dh, !shifted, false, !reverse);
  d->dx[0] = shifted ? sumi_mul(recur(d, a, dh, false, true, !reverse),
                                recur(d, a, b, true, false, reverse))
                     : sumi_mul(d->dx[1], recur(d, a, b, false, true, reverse));
}

#define RECURRENCE_CASE(options, result)                                                           \
  {                                                                                                \
    .input_count = 3, .in = {SUMI_S(3), SUMI_S(3), SUMI_S0},                                       \
    .at = {SUMI_VALUES(2, 3, 0.5), SUMI_VALUES(1, 10, 100), SUMI_VALUES(0)},                       \
    .dtype = {0, 0, SUMI_INT32}, .attrs = options, .out = SUMI_S(3), .expect = SUMI_VALUES result, \
    .from = "by hand"                                                                              \
  }
#define RECURRENCE_RANDOM(axis, options)                                                           \
  {                                                                                                \
    .input_count = 3, .in = {SUMI_S(2, 3, 2), SUMI_S(2, 3, 2), SUMI_S0},                           \
    .at = {NULL, NULL, SUMI_VALUES(axis)}, .dtype = {0, 0, SUMI_INT32}, .attrs = options           \
  }

SUMI_OP(LinearRecurrence,
        "a: T, b: T, axis: Tidx | shifted: bool = false, exclusive: bool = false, "
        "reverse: bool = false -> h: T ; T: float32 float64, Tidx: int32 int64",
        .doc = "h[i] = b[i] + a[i] * h[i-1] along `axis`, with h[-1] = 0; with a[i-1] in place of "
               "a[i] if shifted; h[i-1] in place of h[i] if exclusive; from the end if reverse. "
               "Sumi's own: the gradients of Cumprod and Prod are made of it.",
        .shape = recurrence_shape, .kernel = recurrence_kernel, .grad = recurrence_grad,
        SUMI_SAMPLES(RECURRENCE_CASE("", (1, 13, 106.5)),
                     RECURRENCE_CASE("shifted = true", (1, 12, 136)),
                     RECURRENCE_CASE("exclusive = true", (0, 1, 13)),
                     RECURRENCE_CASE("reverse = true", (621, 310, 100)), RECURRENCE_RANDOM(1, ""),
                     RECURRENCE_RANDOM(0, "shifted = true"),
                     RECURRENCE_RANDOM(-1, "exclusive = true"),
                     RECURRENCE_RANDOM(1, "shifted = true, exclusive = true, reverse = true"),
                     RECURRENCE_RANDOM(2, "reverse = true"),
                     {.input_count = 3,
                      .in = {SUMI_S(2, 3), SUMI_S(3, 2), SUMI_S0},
                      .at = {NULL, NULL, SUMI_VALUES(0)},
                      .dtype = {0, 0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "different shapes: (2, 3) and (3, 2)"}));
