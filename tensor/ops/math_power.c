/* Squares, roots, reciprocals and powers.
 * Source of names and semantics: TensorFlow core/ops/math_ops.cc, python/ops/math_grad.py. */
#include "kernels/vmath.h"
#include "ops/elementwise.h"

/* ---- Square, SquaredDifference ---- */

SUMI__MAP1_RING(square, SIGNED, (x * x));

static void square_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_mul(d->dy[0], sumi_mul(2, d->x[0]));
}

SUMI_OP(Square, "x: T -> y: T ; T: float32 float64 int32 int64", .doc = "x * x.",
        .shape = sumi__tensor_shape_unary, .map = square_map, .grad = square_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (-3, 0, 1.5), (9, 0, 2.25), .from = "by hand"),
                     SUMI__RANDOM1(-2, 2), SUMI__REFUSE_DTYPE1(SUMI_BOOL)));

SUMI__MAP2_RING(squared_difference, SIGNED, (x - y) * (x - y));

static void squared_difference_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_mul(d->dy[0], sumi_mul(2, sumi_sub(d->x[0], d->x[1])));
  d->dx[1] = sumi_neg(d->dx[0]);
}

SUMI_OP(SquaredDifference, "x: T, y: T -> z: T ; T: float32 float64 int32 int64",
        .doc = "(x - y) * (x - y), broadcast.", .shape = sumi_shape_broadcast,
        .map = squared_difference_map, .grad = squared_difference_grad,
        .flags = SUMI_OP_COMMUTATIVE,
        SUMI_SAMPLES(SUMI__CASE2(2, (1, 5), (3, 4.5), (4, 0.25), .from = "by hand"),
                     SUMI__RANDOM2(-2, 2), SUMI__REFUSE_SHAPES2));

/* ---- Sqrt, Rsqrt, Reciprocal, and their gradients in terms of y ---- */

SUMI__MAP1(sqrt, FLOATS, sqrt(x));

static void sqrt_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_sqrt_grad(d->y[0], d->dy[0]);
}

SUMI_OP(Sqrt, "x: T -> y: T ; T: float32 float64", .doc = "The square root of x.",
        .shape = sumi__tensor_shape_unary, .map = sqrt_map, .grad = sqrt_grad,
        SUMI_SAMPLES(SUMI__CASE1(4, (4, 0, 2.25, INFINITY), (2, 0, 1.5, INFINITY),
                                 .from = "by hand", .no_gradient_check = true),
                     SUMI__RANDOM1(0.5, 3), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP2(sqrt_dy, FLOATS, y *(T)0.5 / x);

static void sqrt_grad_grad(sumi_grad_t *d) {
  const sumi_tensor_t scaled = sumi_div(d->dy[0], d->x[0]);
  d->dx[0] = sumi_neg(sumi_mul(scaled, d->y[0]));
  d->dx[1] = sumi_mul(0.5, scaled);
}

SUMI_OP(SqrtGrad, "y: T, dy: T -> z: T ; T: float32 float64",
        .doc = "dy * 0.5 / y: the gradient of y = sqrt(x).", .shape = sumi_shape_broadcast,
        .map = sqrt_dy_map, .grad = sqrt_grad_grad,
        SUMI_SAMPLES(SUMI__CASE2(2, (2, 0.5), (8, 3), (2, 3), .from = "by hand"),
                     SUMI__RANDOM2(0.5, 2), SUMI__REFUSE_SHAPES2));

SUMI__MAP1(rsqrt, FLOATS, 1 / sqrt(x));

static void rsqrt_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_rsqrt_grad(d->y[0], d->dy[0]);
}

SUMI_OP(Rsqrt, "x: T -> y: T ; T: float32 float64", .doc = "1 / sqrt(x).",
        .shape = sumi__tensor_shape_unary, .map = rsqrt_map, .grad = rsqrt_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (4, 0.25, INFINITY), (0.5, 2, 0), .from = "by hand",
                                 .no_gradient_check = true),
                     SUMI__RANDOM1(0.5, 3), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP2(rsqrt_dy, FLOATS, y *(T)-0.5 * x * x * x);

static void rsqrt_grad_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_mul(sumi_mul(-1.5, sumi_mul(d->dy[0], d->x[1])), sumi_square(d->x[0]));
  d->dx[1] = sumi_rsqrt_grad(d->x[0], d->dy[0]);
}

SUMI_OP(RsqrtGrad, "y: T, dy: T -> z: T ; T: float32 float64",
        .doc = "dy * -0.5 * y^3: the gradient of y = rsqrt(x).", .shape = sumi_shape_broadcast,
        .map = rsqrt_dy_map, .grad = rsqrt_grad_grad,
        SUMI_SAMPLES(SUMI__CASE2(2, (2, -1), (3, 4), (-12, 2), .from = "by hand"),
                     SUMI__RANDOM2(0.5, 2), SUMI__REFUSE_SHAPES2));

SUMI__MAP1(reciprocal, FLOATS, 1 / x);

static void reciprocal_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_reciprocal_grad(d->y[0], d->dy[0]);
}

SUMI_OP(Reciprocal, "x: T -> y: T ; T: float32 float64", .doc = "1 / x.",
        .shape = sumi__tensor_shape_unary, .map = reciprocal_map, .grad = reciprocal_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (4, -0.5, INFINITY), (0.25, -2, 0), .from = "by hand",
                                 .no_gradient_check = true),
                     SUMI__RANDOM1(0.5, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP2(reciprocal_dy, FLOATS, -y *x *x);

static void reciprocal_grad_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_mul(sumi_mul(-2, d->dy[0]), sumi_mul(d->x[1], d->x[0]));
  d->dx[1] = sumi_reciprocal_grad(d->x[0], d->dy[0]);
}

SUMI_OP(ReciprocalGrad, "y: T, dy: T -> z: T ; T: float32 float64",
        .doc = "-dy * y * y: the gradient of y = 1 / x.", .shape = sumi_shape_broadcast,
        .map = reciprocal_dy_map, .grad = reciprocal_grad_grad,
        SUMI_SAMPLES(SUMI__CASE2(2, (2, -1), (3, 4), (-12, -4), .from = "by hand"),
                     SUMI__RANDOM2(0.5, 2), SUMI__REFUSE_SHAPES2));

/* ---- Pow ---- */

/* Whole powers by squaring, wrapping around. */
static int64_t integer_power(int64_t x, int64_t y) {
  uint64_t result = 1, square = (uint64_t)x;
  for (; y > 0; y >>= 1, square *= square)
    if (y & 1) result *= square;
  return (int64_t)result;
}

static void pow_float32(SUMI__BLOCK_PARAMETERS) {
  (void)op;
  sumi__tensor_vpow(count, in[0], in[1], out);
}

SUMI__BLOCK2(pow_float64, double, double, double, SUMI__NO_LET, pow(x, y))
SUMI__BLOCK2(pow_int32, int32_t, int32_t, int32_t, SUMI__NO_LET, integer_power(x, y))
SUMI__BLOCK2(pow_int64, int64_t, int64_t, int64_t, SUMI__NO_LET, integer_power(x, y))
SUMI__TABLE(pow, SIGNED);

#define ANY_NEGATIVE(C, dtype)                                                                     \
  static bool any_negative_##dtype(int64_t count, const void *const *in) {                         \
    const C *y = in[1];                                                                            \
    int negative = 0;                                                                              \
    SUMI__SIMD for (int64_t i = 0; i < count; ++i) negative |= y[i] < 0;                           \
    return negative != 0;                                                                          \
  }

ANY_NEGATIVE(int32_t, int32)
ANY_NEGATIVE(int64_t, int64)

static bool takes_negative_power(sumi_dtype_t dtype, int64_t count, const void *const *in) {
  return (dtype == SUMI_INT32 && any_negative_int32(count, in)) ||
         (dtype == SUMI_INT64 && any_negative_int64(count, in));
}

/* The logarithm is taken of positive x only, so that x <= 0 gives y a gradient of 0 and not NaN. */
static void pow_grad(sumi_grad_t *d) {
  const sumi_tensor_t x = d->x[0], y = d->x[1];
  const sumi_tensor_t log_x = sumi_log(sumi_select(sumi_greater(x, 0), x, 1));
  d->dx[0] = sumi_mul(d->dy[0], sumi_mul(y, sumi_pow(x, sumi_sub(y, 1))));
  d->dx[1] = sumi_mul(d->dy[0], sumi_mul(d->y[0], log_x));
}

SUMI_OP(Pow, "x: T, y: T -> z: T ; T: float32 float64 int32 int64",
        .doc = "x to the power y, broadcast. The run fails where an integer is taken to a negative "
               "power.",
        .shape = sumi_shape_broadcast, .map = pow_map, .refuses = takes_negative_power,
        .refusal = "an integer to a negative power", .grad = pow_grad,
        SUMI_SAMPLES(SUMI__CASE2(5, (2, 9, -2, 0, 4), (10, 0.5, 3, 0, -0.5), (1024, 3, -8, 1, 0.5),
                                 .from = "by hand", .no_gradient_check = true),
                     SUMI__CASE2(4, (2, -3, 7, -1), (10, 3, 0, 5), (1024, -27, 1, -1),
                                 .dtype = {SUMI_INT32, SUMI_INT32}, .lo = 0, .hi = 9,
                                 .from = "by hand"),
                     {.input_count = 2,
                      .in = {SUMI_S(2), SUMI_S(2)},
                      .at = {SUMI_VALUES(2, 2), SUMI_VALUES(1, -1)},
                      .dtype = {SUMI_INT32, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "an integer to a negative power"},
                     SUMI__RANDOM2(0.5, 2), SUMI__REFUSE_SHAPES2));
