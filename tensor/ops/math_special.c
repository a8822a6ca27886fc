/* Gamma functions and the inverse of erf. Source of names and semantics: TensorFlow
 * core/ops/math_ops.cc, python/ops/math_grad.py; formulas: NIST Digital Library of Mathematical
 * Functions, chapters 5, 7 and 25. */
#include "ops/elementwise.h"

static const double pi = 3.141592653589793, half_root_pi = 0.886226925452758;

/* ---- Zeta ---- */

/* B(2j) / (2j)! */
static const double bernoulli[] = {1.0 / 12,          -1.0 / 720,
                                   1.0 / 30240,       -1.0 / 1209600,
                                   1.0 / 47900160,    -691.0 / 1307674368000,
                                   1.0 / 74724249600, -3617.0 / 10670622842880000};

/* The sum of (q + k)^-x over k >= 0: some terms one by one, the others by Euler and Maclaurin (DLMF
 * 25.11.5). Where q is negative and the powers are not real, NaN. */
static double zeta(double x, double q) {
  enum { FIRST = 10, LONGEST = 1 << 16 };
  if (isnan(x) || isnan(q) || x < 1) return NAN;
  if (x == 1) return INFINITY;
  if (q <= 0 && q == floor(q)) return INFINITY;
  if (q < -LONGEST || (q < 0 && x != floor(x))) return NAN;
  double sum = 0;
  for (int k = 0; k < FIRST || q < FIRST; ++k, q += 1) sum += pow(q, -x);
  const double power = pow(q, -x);
  sum += q * power / (x - 1) + power / 2;
  double factor = x * power / q;
  for (int j = 0; j < (int)(sizeof bernoulli / sizeof *bernoulli); ++j) {
    sum += bernoulli[j] * factor;
    factor *= (x + 2 * j + 1) * (x + 2 * j + 2) / (q * q);
  }
  return sum;
}

SUMI__MAP2(zeta, FLOATS, zeta(x, y));

static void zeta_grad(sumi_grad_t *d) {
  const sumi_tensor_t x = d->x[0], q = d->x[1];
  d->dx[1] = sumi_mul(d->dy[0], sumi_neg(sumi_mul(x, sumi_zeta(sumi_add(x, 1), q))));
}

SUMI_OP(Zeta, "x: T, q: T -> z: T ; T: float32 float64",
        .doc = "Hurwitz' zeta function: the sum of (q + k)^-x over k >= 0. Differentiable by q.",
        .shape = sumi_shape_broadcast, .map = zeta_map, .grad = zeta_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(3), SUMI_S(3)},
                      .at = {SUMI_VALUES(2, 4, 3), SUMI_VALUES(1, 1, 0.5)},
                      .out = SUMI_S(3),
                      .expect = SUMI_VALUES(1.6449340668482264, 1.0823232337111382,
                                            8.414398322117160),
                      .from = "scipy.special.zeta",
                      .held = 1},
                     SUMI__REFUSE_SHAPES2));

/* ---- Digamma, Polygamma, Lgamma ---- */

/* The derivative of log(gamma(x)): x is moved above 10, where the series of DLMF 5.11.2 has
 * converged. */
static double digamma(double x) {
  if (x <= 0 && x == floor(x)) return NAN;
  if (x < 0) return digamma(1 - x) - pi / tan(pi * x);
  double sum = 0;
  for (; x < 10; x += 1) sum -= 1 / x;
  const double s = 1 / (x * x);
  const double series =
      s * (1.0 / 12 - s * (1.0 / 120 -
                           s * (1.0 / 252 -
                                s * (1.0 / 240 - s * (1.0 / 132 - s * (691.0 / 32760 - s / 12))))));
  return sum + log(x) - 0.5 / x - series;
}

static double polygamma(double n, double x) {
  if (n < 0 || n != floor(n)) return NAN;
  if (n == 0) return digamma(x);
  return (fmod(n, 2) == 0 ? -1 : 1) * tgamma(n + 1) * zeta(n + 1, x);
}

SUMI__MAP1(digamma, FLOATS, digamma(x));
SUMI__MAP2(polygamma, FLOATS, polygamma(x, y));
SUMI__MAP1(lgamma, FLOATS, lgamma(x));

static void polygamma_grad(sumi_grad_t *d) {
  d->dx[1] = sumi_mul(d->dy[0], sumi_polygamma(sumi_add(d->x[0], 1), d->x[1]));
}

static void digamma_grad(sumi_grad_t *d) {
  const sumi_tensor_t x = d->x[0];
  d->dx[0] = sumi_mul(d->dy[0], sumi_polygamma(sumi_ones_like(x), x));
}

static void lgamma_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_mul(d->dy[0], sumi_digamma(d->x[0]));
}

SUMI_OP(Polygamma, "a: T, x: T -> z: T ; T: float32 float64",
        .doc = "Derivative a of digamma(x), for whole a. Differentiable by x.",
        .shape = sumi_shape_broadcast, .map = polygamma_map, .grad = polygamma_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(4), SUMI_S(4)},
                      .at = {SUMI_VALUES(0, 1, 2, 3), SUMI_VALUES(1, 1, 2.5, 0.5)},
                      .out = SUMI_S(4),
                      .expect = SUMI_VALUES(-0.5772156649015329, 1.6449340668482264,
                                            -0.23620405164172739, 97.40909103400243),
                      .from = "scipy.special.polygamma",
                      .held = 1},
                     SUMI__REFUSE_SHAPES2));

SUMI_OP(Digamma, "x: T -> y: T ; T: float32 float64",
        .doc = "The derivative of lgamma(x); NaN where x is 0, -1, -2, ….",
        .shape = sumi__tensor_shape_unary, .map = digamma_map, .grad = digamma_grad,
        SUMI_SAMPLES(SUMI__CASE1(4, (1, 0.5, 10, -0.5),
                                 (-0.5772156649015329, -1.9635100260214235, 2.251752589066721,
                                  0.03648997397857652),
                                 .from = "scipy.special.digamma", .no_gradient_check = true),
                     SUMI__RANDOM1(0.5, 3), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI_OP(Lgamma, "x: T -> y: T ; T: float32 float64",
        .doc = "The logarithm of the absolute value of gamma(x).",
        .shape = sumi__tensor_shape_unary, .map = lgamma_map, .grad = lgamma_grad,
        SUMI_SAMPLES(SUMI__CASE1(4, (1, 0.5, 10, -0.5),
                                 (0, 0.5723649429247001, 12.801827480081469, 1.265512123484645),
                                 .from = "math.lgamma", .no_gradient_check = true),
                     SUMI__RANDOM1(0.5, 3), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

/* ---- Erfinv ---- */

/* Winitzki's approximation ("A handy approximation for the error function and its inverse", 2008),
 * then Newton's method on what is small: erfc near 1. */
static double erfinv(double x) {
  const double size = fabs(x);
  if (!(size < 1)) return size == 1 ? copysign(INFINITY, x) : NAN;
  if (size < 1e-8) return half_root_pi * x;
  const double a = 0.147, l = log1p(-x * x), b = 2 / (pi * a) + l / 2;
  double y = sqrt(sqrt(b * b - l / a) - b);
  for (int i = 0; i < 4; ++i) {
    const double off = size < 0.5 ? erf(y) - size : (1 - size) - erfc(y);
    const double step = half_root_pi * off * exp(y * y);
    y -= step / (1 + y * step); /* Halley's */
  }
  return copysign(y, x);
}

SUMI__MAP1(erfinv, FLOATS, erfinv(x));

static void erfinv_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_mul(d->dy[0], sumi_mul(half_root_pi, sumi_exp(sumi_square(d->y[0]))));
}

SUMI_OP(Erfinv, "x: T -> y: T ; T: float32 float64",
        .doc = "The number whose erf is x; infinite at -1 and 1, NaN beyond.",
        .shape = sumi__tensor_shape_unary, .map = erfinv_map, .grad = erfinv_grad,
        SUMI_SAMPLES(SUMI__CASE1(5, (0, 0.5, -0.9, 1, 2),
                                 (0, 0.4769362762044699, -1.1630871536766743, INFINITY, NAN),
                                 .from = "scipy.special.erfinv", .no_gradient_check = true),
                     SUMI__RANDOM1(-0.8, 0.8), SUMI__REFUSE_DTYPE1(SUMI_INT32)));
