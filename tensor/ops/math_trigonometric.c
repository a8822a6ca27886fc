/* Trigonometric and hyperbolic functions.
 * Source of names and semantics: TensorFlow core/ops/math_ops.cc, python/ops/math_grad.py. */
#include "kernels/vmath.h"
#include "ops/elementwise.h"

/* 1 / (sign * x^2 + offset) */
static sumi_tensor_t over_quadratic(sumi_tensor_t dy, double sign, sumi_tensor_t x, double offset) {
  return sumi_div(dy, sumi_add(offset, sumi_mul(sign, sumi_square(x))));
}

/* 1 / sqrt(sign * x^2 + offset) */
static sumi_tensor_t over_root(sumi_tensor_t dy, double sign, sumi_tensor_t x, double offset) {
  return sumi_mul(dy, sumi_rsqrt(sumi_add(offset, sumi_mul(sign, sumi_square(x)))));
}

SUMI__MAP1_VECTOR(sin, sumi__tensor_vsin, sin(x));

static void sin_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_mul(d->dy[0], sumi_cos(d->x[0]));
}

SUMI_OP(Sin, "x: T -> y: T ; T: float32 float64", .doc = "The sine of x in radians.",
        .shape = sumi__tensor_shape_unary, .map = sin_map, .grad = sin_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (0, 1, -2), (0, 0.8414709848078965, -0.9092974268256817),
                                 .from = "math.sin"),
                     SUMI__RANDOM1(-3, 3), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP1_VECTOR(cos, sumi__tensor_vcos, cos(x));

static void cos_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_neg(sumi_mul(d->dy[0], sumi_sin(d->x[0])));
}

SUMI_OP(Cos, "x: T -> y: T ; T: float32 float64", .doc = "The cosine of x in radians.",
        .shape = sumi__tensor_shape_unary, .map = cos_map, .grad = cos_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (0, 1, -2), (1, 0.5403023058681398, -0.4161468365471424),
                                 .from = "math.cos"),
                     SUMI__RANDOM1(-3, 3), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP1_VECTOR(tan, sumi__tensor_vtan, tan(x));

static void tan_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_mul(d->dy[0], sumi_add(1, sumi_square(d->y[0])));
}

SUMI_OP(Tan, "x: T -> y: T ; T: float32 float64", .doc = "The tangent of x in radians.",
        .shape = sumi__tensor_shape_unary, .map = tan_map, .grad = tan_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (0, 1, -2), (0, 1.5574077246549023, 2.185039863261519),
                                 .from = "math.tan"),
                     SUMI__RANDOM1(-1, 1), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP1_VECTOR(asin, sumi__tensor_vasin, asin(x));

static void asin_grad(sumi_grad_t *d) {
  d->dx[0] = over_root(d->dy[0], -1, d->x[0], 1);
}

SUMI_OP(Asin, "x: T -> y: T ; T: float32 float64",
        .doc = "The angle in [-pi/2, pi/2] whose sine is x.", .shape = sumi__tensor_shape_unary,
        .map = asin_map, .grad = asin_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (0, 1, -0.5), (0, 1.5707963267948966, -0.5235987755982989),
                                 .from = "math.asin", .no_gradient_check = true),
                     SUMI__RANDOM1(-0.8, 0.8), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP1_VECTOR(acos, sumi__tensor_vacos, acos(x));

static void acos_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_neg(over_root(d->dy[0], -1, d->x[0], 1));
}

SUMI_OP(Acos, "x: T -> y: T ; T: float32 float64", .doc = "The angle in [0, pi] whose cosine is x.",
        .shape = sumi__tensor_shape_unary, .map = acos_map, .grad = acos_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (0, 1, -0.5), (1.5707963267948966, 0, 2.0943951023931957),
                                 .from = "math.acos", .no_gradient_check = true),
                     SUMI__RANDOM1(-0.8, 0.8), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP1_VECTOR(atan, sumi__tensor_vatan, atan(x));

static void atan_grad(sumi_grad_t *d) {
  d->dx[0] = over_quadratic(d->dy[0], 1, d->x[0], 1);
}

SUMI_OP(Atan, "x: T -> y: T ; T: float32 float64",
        .doc = "The angle in [-pi/2, pi/2] whose tangent is x.", .shape = sumi__tensor_shape_unary,
        .map = atan_map, .grad = atan_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (0, 1, -2), (0, 0.7853981633974483, -1.1071487177940904),
                                 .from = "math.atan"),
                     SUMI__RANDOM1(-2, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

/* ---- Hyperbolic ---- */

SUMI__MAP1_VECTOR(sinh, sumi__tensor_vsinh, sinh(x));

static void sinh_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_mul(d->dy[0], sumi_cosh(d->x[0]));
}

SUMI_OP(Sinh, "x: T -> y: T ; T: float32 float64", .doc = "(exp(x) - exp(-x)) / 2.",
        .shape = sumi__tensor_shape_unary, .map = sinh_map, .grad = sinh_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (0, 1, -2), (0, 1.1752011936438014, -3.626860407847019),
                                 .from = "math.sinh"),
                     SUMI__RANDOM1(-2, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP1_VECTOR(cosh, sumi__tensor_vcosh, cosh(x));

static void cosh_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_mul(d->dy[0], sumi_sinh(d->x[0]));
}

SUMI_OP(Cosh, "x: T -> y: T ; T: float32 float64", .doc = "(exp(x) + exp(-x)) / 2.",
        .shape = sumi__tensor_shape_unary, .map = cosh_map, .grad = cosh_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (0, 1, -2), (1, 1.5430806348152437, 3.7621956910836314),
                                 .from = "math.cosh"),
                     SUMI__RANDOM1(-2, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP1_VECTOR(tanh, sumi__tensor_vtanh, tanh(x));

static void tanh_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_tanh_grad(d->y[0], d->dy[0]);
}

SUMI_OP(Tanh, "x: T -> y: T ; T: float32 float64", .doc = "sinh(x) / cosh(x).",
        .shape = sumi__tensor_shape_unary, .map = tanh_map, .grad = tanh_grad,
        SUMI_SAMPLES(SUMI__CASE1(4, (0, 0.5, -2, INFINITY),
                                 (0, 0.46211715726000973, -0.9640275800758169, 1),
                                 .from = "math.tanh", .no_gradient_check = true),
                     SUMI__RANDOM1(-2, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP2(tanh_dy, FLOATS, y *(1 - x * x));

static void tanh_grad_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_mul(sumi_mul(-2, d->dy[0]), sumi_mul(d->x[1], d->x[0]));
  d->dx[1] = sumi_tanh_grad(d->x[0], d->dy[0]);
}

SUMI_OP(TanhGrad, "y: T, dy: T -> z: T ; T: float32 float64",
        .doc = "dy * (1 - y * y): the gradient of y = tanh(x).", .shape = sumi_shape_broadcast,
        .map = tanh_dy_map, .grad = tanh_grad_grad,
        SUMI_SAMPLES(SUMI__CASE2(2, (0.5, -1), (4, 4), (3, 0), .from = "by hand"),
                     SUMI__RANDOM2(-0.9, 0.9), SUMI__REFUSE_SHAPES2));

SUMI__MAP1_VECTOR(asinh, sumi__tensor_vasinh, asinh(x));

static void asinh_grad(sumi_grad_t *d) {
  d->dx[0] = over_root(d->dy[0], 1, d->x[0], 1);
}

SUMI_OP(Asinh, "x: T -> y: T ; T: float32 float64", .doc = "The number whose sinh is x.",
        .shape = sumi__tensor_shape_unary, .map = asinh_map, .grad = asinh_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (0, 1, -2), (0, 0.881373587019543, -1.4436354751788103),
                                 .from = "math.asinh"),
                     SUMI__RANDOM1(-2, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP1_VECTOR(acosh, sumi__tensor_vacosh, acosh(x));

/* 1 / sqrt(x^2 - 1), as two roots so that it is NaN below -1, too, where acosh is. */
static void acosh_grad(sumi_grad_t *d) {
  const sumi_tensor_t roots = sumi_mul(sumi_rsqrt(sumi_sub(d->x[0], 1)),
                                       sumi_rsqrt(sumi_add(d->x[0], 1)));
  d->dx[0] = sumi_mul(d->dy[0], roots);
}

SUMI_OP(Acosh, "x: T -> y: T ; T: float32 float64",
        .doc = "The number >= 0 whose cosh is x; NaN where x < 1.",
        .shape = sumi__tensor_shape_unary, .map = acosh_map, .grad = acosh_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (1, 2, 0.5), (0, 1.3169578969248166, NAN),
                                 .from = "numpy.arccosh", .no_gradient_check = true),
                     SUMI__RANDOM1(1.5, 3), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP1_VECTOR(atanh, sumi__tensor_vatanh, atanh(x));

static void atanh_grad(sumi_grad_t *d) {
  d->dx[0] = over_quadratic(d->dy[0], -1, d->x[0], 1);
}

SUMI_OP(Atanh, "x: T -> y: T ; T: float32 float64", .doc = "The number whose tanh is x.",
        .shape = sumi__tensor_shape_unary, .map = atanh_map, .grad = atanh_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (0, 0.5, 1), (0, 0.5493061443340549, INFINITY),
                                 .from = "numpy.arctanh", .no_gradient_check = true),
                     SUMI__RANDOM1(-0.8, 0.8), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

/* ---- Atan2 ---- */

SUMI__MAP2(atan2, FLOATS, atan2(x, y));

static void atan2_grad(sumi_grad_t *d) {
  const sumi_tensor_t y = d->x[0], x = d->x[1];
  const sumi_tensor_t part = sumi_div(d->dy[0], sumi_add(sumi_square(x), sumi_square(y)));
  d->dx[0] = sumi_mul(x, part);
  d->dx[1] = sumi_neg(sumi_mul(y, part));
}

SUMI_OP(Atan2, "y: T, x: T -> z: T ; T: float32 float64",
        .doc = "The angle of the point (x, y), from -pi to pi, broadcast.",
        .shape = sumi_shape_broadcast, .map = atan2_map, .grad = atan2_grad,
        SUMI_SAMPLES(SUMI__CASE2(3, (1, -1, 0), (1, -2, -1),
                                 (0.7853981633974483, -2.677945044588987, 3.141592653589793),
                                 .from = "math.atan2", .no_gradient_check = true),
                     SUMI__RANDOM2(0.2, 2), SUMI__REFUSE_SHAPES2));
