/* The larger and the smaller, magnitudes and signs.
 * Source of names and semantics: TensorFlow core/ops/math_ops.cc, python/ops/math_grad.py. */
#include "ops/elementwise.h"

/* ---- Maximum, Minimum: NaN where either is NaN ---- */

SUMI__MAP2(maximum, NUMBERS, x > y || x != x ? x : y);
SUMI__MAP2(minimum, NUMBERS, x < y || x != x ? x : y);

/* Where x and y are equal the gradient goes to x, as in TensorFlow. */
static void pass_where(sumi_grad_t *d, sumi_tensor_t takes_x) {
  d->dx[0] = sumi_select(takes_x, d->dy[0], 0);
  d->dx[1] = sumi_select(takes_x, 0, d->dy[0]);
}

static void maximum_grad(sumi_grad_t *d) {
  pass_where(d, sumi_greater_equal(d->x[0], d->x[1]));
}

static void minimum_grad(sumi_grad_t *d) {
  pass_where(d, sumi_less_equal(d->x[0], d->x[1]));
}

SUMI_OP(Maximum, "x: T, y: T -> z: T ; T: float32 float64 int32 int64 uint8 int8 int16",
        .doc =
            "The larger of x and y, broadcast; NaN where either is. Equal operands: the gradient "
            "goes to x.",
        .shape = sumi__tensor_shape_maximum, .map = maximum_map, .grad = maximum_grad,
        .flags = SUMI_OP_COMMUTATIVE,
        SUMI_SAMPLES(SUMI__CASE2(4, (1, 2, NAN, 4), (0, 3, 1, NAN), (1, 3, NAN, NAN),
                                 .from = "numpy.maximum", .no_gradient_check = true),
                     SUMI__RANDOM2(-2, 2), SUMI__REFUSE_SHAPES2));

SUMI_OP(Minimum, "x: T, y: T -> z: T ; T: float32 float64 int32 int64 uint8 int8 int16",
        .doc = "The smaller of x and y, broadcast; NaN where either is. Equal operands: the "
               "gradient goes to x.",
        .shape = sumi__tensor_shape_minimum, .map = minimum_map, .grad = minimum_grad,
        .flags = SUMI_OP_COMMUTATIVE,
        SUMI_SAMPLES(SUMI__CASE2(4, (1, 2, NAN, 4), (0, 3, 1, NAN), (0, 2, NAN, NAN),
                                 .from = "numpy.minimum", .no_gradient_check = true),
                     SUMI__RANDOM2(-2, 2), SUMI__REFUSE_SHAPES2));

static sumi_tensor_t clip_expand(const sumi_build_t *b) {
  return sumi_maximum(sumi_minimum(b->in[0], b->in[2]), b->in[1]);
}

SUMI_OP(ClipByValue,
        "t: T, clip_value_min: T, clip_value_max: T -> output: T ; T: float32 float64 int32 int64",
        .doc = "t held between clip_value_min and clip_value_max.", .expand = clip_expand,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(4), SUMI_S0, SUMI_S0},
                      .at = {SUMI_VALUES(-3, 0.5, 2, 9), SUMI_VALUES(-1), SUMI_VALUES(2)},
                      .out = SUMI_S(4),
                      .expect = SUMI_VALUES(-1, 0.5, 2, 2),
                      .from = "numpy.clip",
                      .no_gradient_check = true},
                     {.input_count = 3,
                      .in = {SUMI_S(2), SUMI_S(3), SUMI_S0},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "do not broadcast"}));

/* ---- Abs, Sign ---- */

SUMI__BLOCK1(abs_float32, float, float, float, SUMI__NO_LET, fabs(x))
SUMI__BLOCK1(abs_float64, double, double, double, SUMI__NO_LET, fabs(x))
SUMI__BLOCK1(abs_int32, int32_t, int32_t, int32_t, SUMI__NO_LET, x < 0 ? (T)(0 - (uint32_t)x) : x)
SUMI__BLOCK1(abs_int64, int64_t, int64_t, int64_t, SUMI__NO_LET, x < 0 ? (T)(0 - (uint64_t)x) : x)
SUMI__TABLE(abs, SIGNED);

static void abs_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_mul(d->dy[0], sumi_sign(d->x[0]));
}

SUMI_OP(Abs, "x: T -> y: T ; T: float32 float64 int32 int64", .doc = "|x|. The gradient at 0 is 0.",
        .shape = sumi__tensor_shape_unary, .map = abs_map, .grad = abs_grad,
        SUMI_SAMPLES(SUMI__CASE1(4, (-3, 0, 2.5, -INFINITY), (3, 0, 2.5, INFINITY),
                                 .from = "by hand", .no_gradient_check = true),
                     SUMI__RANDOM1(0.5, 2), SUMI__RANDOM1(-2, -0.5),
                     SUMI__REFUSE_DTYPE1(SUMI_BOOL)));

SUMI__MAP1(sign, SIGNED, x != x ? x : (x > 0) - (x < 0));

static void sign_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_zeros_like(d->x[0]);
}

SUMI_OP(Sign, "x: T -> y: T ; T: float32 float64 int32 int64",
        .doc = "-1, 0 or 1; NaN for NaN. Its gradient is 0, as TensorFlow's.",
        .shape = sumi__tensor_shape_unary, .map = sign_map, .grad = sign_grad,
        SUMI_SAMPLES(SUMI__CASE1(4, (-3, 0, 2.5, -INFINITY), (-1, 0, 1, -1), .from = "numpy.sign",
                                 .no_gradient_check = true),
                     SUMI__RANDOM1(0.5, 2), SUMI__REFUSE_DTYPE1(SUMI_BOOL)));
