/* Rounding, and tests for what is not a number.
 * Source of names and semantics: TensorFlow core/ops/math_ops.cc. */
#include "ops/elementwise.h"

SUMI__MAP1(floor, FLOATS, floor(x));

SUMI_OP(Floor, "x: T -> y: T ; T: float32 float64", .doc = "The largest integer not above x.",
        .shape = sumi__tensor_shape_unary, .map = floor_map, .no_grad = "it is piecewise constant",
        SUMI_SAMPLES(SUMI__CASE1(4, (1.5, -1.5, 2, INFINITY), (1, -2, 2, INFINITY),
                                 .from = "by hand"),
                     SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP1(ceil, FLOATS, ceil(x));

SUMI_OP(Ceil, "x: T -> y: T ; T: float32 float64", .doc = "The smallest integer not below x.",
        .shape = sumi__tensor_shape_unary, .map = ceil_map, .no_grad = "it is piecewise constant",
        SUMI_SAMPLES(SUMI__CASE1(4, (1.5, -1.5, 2, INFINITY), (2, -1, 2, INFINITY),
                                 .from = "by hand"),
                     SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__BLOCK1(round_float32, float, float, float, SUMI__NO_LET, rint(x))
SUMI__BLOCK1(round_float64, double, double, double, SUMI__NO_LET, rint(x))
SUMI__BLOCK1(round_int32, int32_t, int32_t, int32_t, SUMI__NO_LET, x)
SUMI__BLOCK1(round_int64, int64_t, int64_t, int64_t, SUMI__NO_LET, x)
SUMI__TABLE(round, SIGNED);

SUMI_OP(Round, "x: T -> y: T ; T: float32 float64 int32 int64",
        .doc = "The nearest integer, the even one where two are as near.",
        .shape = sumi_shape_same_as_input, .map = round_map, .no_grad = "it is piecewise constant",
        SUMI_SAMPLES(SUMI__CASE1(6, (0.5, 1.5, 2.5, -0.5, -1.5, 2.6), (0, 2, 2, 0, -2, 3),
                                 .from = "numpy.round"),
                     SUMI__REFUSE_DTYPE1(SUMI_BOOL)));

SUMI__MAP1(rint, FLOATS, rint(x));

SUMI_OP(Rint, "x: T -> y: T ; T: float32 float64",
        .doc = "The nearest integer, the even one where two are as near.",
        .shape = sumi__tensor_shape_unary, .map = rint_map, .no_grad = "it is piecewise constant",
        SUMI_SAMPLES(SUMI__CASE1(4, (0.5, 1.5, -2.5, 2.6), (0, 2, -2, 3), .from = "numpy.rint"),
                     SUMI__REFUSE_DTYPE1(SUMI_INT32)));

/* ---- IsNan, IsInf, IsFinite ---- */

SUMI__MAP1_TEST(is_nan, FLOATS, x != x);
SUMI__MAP1_TEST(is_inf, FLOATS, fabs(x) == (T)INFINITY);
SUMI__MAP1_TEST(is_finite, FLOATS, fabs(x) < (T)INFINITY);

SUMI_OP(IsNan, "x: T -> y: bool ; T: float32 float64", .doc = "Whether x is NaN.",
        .shape = sumi__tensor_shape_unary, .map = is_nan_map, .no_grad = "its result is bool",
        SUMI_SAMPLES(SUMI__CASE1(4, (1, NAN, INFINITY, 0), (0, 1, 0, 0), .from = "by hand"),
                     SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI_OP(IsInf, "x: T -> y: bool ; T: float32 float64", .doc = "Whether x is infinite.",
        .shape = sumi__tensor_shape_unary, .map = is_inf_map, .no_grad = "its result is bool",
        SUMI_SAMPLES(SUMI__CASE1(4, (1, NAN, INFINITY, -INFINITY), (0, 0, 1, 1), .from = "by hand"),
                     SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI_OP(IsFinite, "x: T -> y: bool ; T: float32 float64",
        .doc = "Whether x is neither infinite nor NaN.", .shape = sumi__tensor_shape_unary,
        .map = is_finite_map, .no_grad = "its result is bool",
        SUMI_SAMPLES(SUMI__CASE1(4, (1, NAN, INFINITY, 0), (1, 0, 0, 1), .from = "by hand"),
                     SUMI__REFUSE_DTYPE1(SUMI_INT32)));
