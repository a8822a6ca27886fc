/* Exponentials and logarithms.
 * Source of names and semantics: TensorFlow core/ops/math_ops.cc, python/ops/math_grad.py. */
#include "kernels/vmath.h"
#include "ops/elementwise.h"

SUMI__MAP1_VECTOR(exp, sumi__tensor_vexp, exp(x));

static void exp_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_mul(d->dy[0], d->y[0]);
}

SUMI_OP(Exp, "x: T -> y: T ; T: float32 float64", .doc = "e to the power x.",
        .shape = sumi__tensor_shape_unary, .map = exp_map, .grad = exp_grad,
        SUMI_SAMPLES(SUMI__CASE1(4, (0, 1, -INFINITY, -1),
                                 (1, 2.718281828459045, 0, 0.36787944117144233), .from = "math.exp",
                                 .no_gradient_check = true),
                     SUMI__RANDOM1(-2, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP1_VECTOR(expm1, sumi__tensor_vexpm1, expm1(x));

static void expm1_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_mul(d->dy[0], sumi_exp(d->x[0]));
}

SUMI_OP(Expm1, "x: T -> y: T ; T: float32 float64", .doc = "exp(x) - 1, exact near 0.",
        .shape = sumi__tensor_shape_unary, .map = expm1_map, .grad = expm1_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (0, 1, 1e-10), (0, 1.718281828459045, 1.00000000005e-10),
                                 .from = "math.expm1"),
                     SUMI__RANDOM1(-2, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP1_VECTOR(log, sumi__tensor_vlog, log(x));

static void log_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_div(d->dy[0], d->x[0]);
}

SUMI_OP(Log, "x: T -> y: T ; T: float32 float64",
        .doc = "The natural logarithm of x; -infinity at 0, NaN below.",
        .shape = sumi__tensor_shape_unary, .map = log_map, .grad = log_grad,
        SUMI_SAMPLES(SUMI__CASE1(4, (1, 10, 0, -1), (0, 2.302585092994046, -INFINITY, NAN),
                                 .from = "numpy.log", .no_gradient_check = true),
                     SUMI__RANDOM1(0.5, 3), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP1_VECTOR(log1p, sumi__tensor_vlog1p, log1p(x));

static void log1p_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_div(d->dy[0], sumi_add(1, d->x[0]));
}

SUMI_OP(Log1p, "x: T -> y: T ; T: float32 float64", .doc = "log(1 + x), exact near 0.",
        .shape = sumi__tensor_shape_unary, .map = log1p_map, .grad = log1p_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (0, 1, 1e-10), (0, 0.6931471805599453, 9.9999999995e-11),
                                 .from = "math.log1p"),
                     SUMI__RANDOM1(-0.5, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

/* ---- Erf, Erfc ---- */

static const double two_over_root_pi = 1.1283791670955126;

static sumi_tensor_t erf_slope(sumi_tensor_t dy, sumi_tensor_t x, double sign) {
  const sumi_tensor_t bell = sumi_exp(sumi_neg(sumi_square(x)));
  return sumi_mul(dy, sumi_mul(sign * two_over_root_pi, bell));
}

SUMI__MAP1_VECTOR(erf, sumi__tensor_verf, erf(x));

static void erf_grad(sumi_grad_t *d) {
  d->dx[0] = erf_slope(d->dy[0], d->x[0], 1);
}

SUMI_OP(Erf, "x: T -> y: T ; T: float32 float64",
        .doc = "The error function: 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x.",
        .shape = sumi__tensor_shape_unary, .map = erf_map, .grad = erf_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (0, 0.5, -2), (0, 0.5204998778130465, -0.9953222650189527),
                                 .from = "math.erf"),
                     SUMI__RANDOM1(-2, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP1_VECTOR(erfc, sumi__tensor_verfc, erfc(x));

static void erfc_grad(sumi_grad_t *d) {
  d->dx[0] = erf_slope(d->dy[0], d->x[0], -1);
}

SUMI_OP(Erfc, "x: T -> y: T ; T: float32 float64", .doc = "1 - erf(x), exact for large x.",
        .shape = sumi__tensor_shape_unary, .map = erfc_map, .grad = erfc_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (0, 0.5, 2), (1, 0.4795001221869535, 0.004677734981047266),
                                 .from = "math.erfc"),
                     SUMI__RANDOM1(-2, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));
