/* Comparisons and logic. A comparison with NaN is false, except that NaN differs from everything.
 * Source of names and semantics: TensorFlow core/ops/math_ops.cc. */
#include "ops/elementwise.h"

SUMI__MAP2_TEST(equal, NUMBERS_BOOL, x == y);
SUMI__MAP2_TEST(not_equal, NUMBERS_BOOL, x != y);
SUMI__MAP2_TEST(less, NUMBERS, x < y);
SUMI__MAP2_TEST(less_equal, NUMBERS, x <= y);
SUMI__MAP2_TEST(greater, NUMBERS, x > y);
SUMI__MAP2_TEST(greater_equal, NUMBERS, x >= y);

SUMI_OP(Equal, "x: T, y: T -> z: bool ; T: float32 float64 int32 int64 uint8 int8 int16 bool",
        .doc = "x == y, broadcast.", .shape = sumi_shape_broadcast, .map = equal_map,
        .no_grad = "its result is bool", .flags = SUMI_OP_COMMUTATIVE,
        SUMI_SAMPLES(SUMI__CASE2(5, (1, 2, 3, NAN, INFINITY), (2, 2, 2, NAN, INFINITY),
                                 (0, 1, 0, 0, 1), .from = "numpy.equal"),
                     SUMI__REFUSE_SHAPES2));

SUMI_OP(NotEqual, "x: T, y: T -> z: bool ; T: float32 float64 int32 int64 uint8 int8 int16 bool",
        .doc = "x != y, broadcast.", .shape = sumi_shape_broadcast, .map = not_equal_map,
        .no_grad = "its result is bool", .flags = SUMI_OP_COMMUTATIVE,
        SUMI_SAMPLES(SUMI__CASE2(5, (1, 2, 3, NAN, INFINITY), (2, 2, 2, NAN, INFINITY),
                                 (1, 0, 1, 1, 0), .from = "numpy.not_equal"),
                     SUMI__REFUSE_SHAPES2));

SUMI_OP(Less, "x: T, y: T -> z: bool ; T: float32 float64 int32 int64 uint8 int8 int16",
        .doc = "x < y, broadcast.", .shape = sumi_shape_broadcast, .map = less_map,
        .no_grad = "its result is bool",
        SUMI_SAMPLES(SUMI__CASE2(5, (1, 2, 3, NAN, INFINITY), (2, 2, 2, NAN, INFINITY),
                                 (1, 0, 0, 0, 0), .from = "numpy.less"),
                     SUMI__REFUSE_SHAPES2));

SUMI_OP(LessEqual, "x: T, y: T -> z: bool ; T: float32 float64 int32 int64 uint8 int8 int16",
        .doc = "x <= y, broadcast.", .shape = sumi_shape_broadcast, .map = less_equal_map,
        .no_grad = "its result is bool",
        SUMI_SAMPLES(SUMI__CASE2(5, (1, 2, 3, NAN, INFINITY), (2, 2, 2, NAN, INFINITY),
                                 (1, 1, 0, 0, 1), .from = "numpy.less_equal"),
                     SUMI__REFUSE_SHAPES2));

SUMI_OP(Greater, "x: T, y: T -> z: bool ; T: float32 float64 int32 int64 uint8 int8 int16",
        .doc = "x > y, broadcast.", .shape = sumi_shape_broadcast, .map = greater_map,
        .no_grad = "its result is bool",
        SUMI_SAMPLES(SUMI__CASE2(5, (1, 2, 3, NAN, INFINITY), (2, 2, 2, NAN, INFINITY),
                                 (0, 0, 1, 0, 0), .from = "numpy.greater"),
                     SUMI__REFUSE_SHAPES2));

SUMI_OP(GreaterEqual, "x: T, y: T -> z: bool ; T: float32 float64 int32 int64 uint8 int8 int16",
        .doc = "x >= y, broadcast.", .shape = sumi_shape_broadcast, .map = greater_equal_map,
        .no_grad = "its result is bool",
        SUMI_SAMPLES(SUMI__CASE2(5, (1, 2, 3, NAN, INFINITY), (2, 2, 2, NAN, INFINITY),
                                 (0, 1, 1, 0, 1), .from = "numpy.greater_equal"),
                     SUMI__REFUSE_SHAPES2));

/* ---- Logic ---- */

SUMI__MAP2_TEST(logical_and, BOOLS, x &y);
SUMI__MAP2_TEST(logical_or, BOOLS, x | y);
SUMI__MAP1_TEST(logical_not, BOOLS, !x);

SUMI_OP(LogicalAnd, "x: bool, y: bool -> z: bool", .doc = "Whether both are true, broadcast.",
        .shape = sumi_shape_broadcast, .map = logical_and_map, .no_grad = "its result is bool",
        .flags = SUMI_OP_COMMUTATIVE,
        SUMI_SAMPLES(SUMI__CASE2(4, (0, 0, 1, 1), (0, 1, 0, 1), (0, 0, 0, 1),
                                 .dtype = {SUMI_BOOL, SUMI_BOOL}, .from = "by hand"),
                     SUMI__CASE2(2, (0, 1), (0, 1), (0, 1), .want = SUMI_INVALID_ARGUMENT,
                                 .message = "x is float32 where bool is needed")));

SUMI_OP(LogicalOr, "x: bool, y: bool -> z: bool", .doc = "Whether either is true, broadcast.",
        .shape = sumi_shape_broadcast, .map = logical_or_map, .no_grad = "its result is bool",
        .flags = SUMI_OP_COMMUTATIVE,
        SUMI_SAMPLES(SUMI__CASE2(4, (0, 0, 1, 1), (0, 1, 0, 1), (0, 1, 1, 1),
                                 .dtype = {SUMI_BOOL, SUMI_BOOL}, .from = "by hand"),
                     SUMI__CASE2(2, (0, 1), (0, 1), (0, 1), .want = SUMI_INVALID_ARGUMENT,
                                 .message = "x is float32 where bool is needed")));

static sumi_tensor_t logical_xor_expand(const sumi_build_t *build) {
  return sumi_not_equal(build->in[0], build->in[1]);
}

SUMI_OP(logical_xor, "x: bool, y: bool -> z: bool",
        .doc = "Whether one of them is true and the other is not, broadcast.",
        .expand = logical_xor_expand,
        SUMI_SAMPLES(SUMI__CASE2(4, (0, 0, 1, 1), (0, 1, 0, 1), (0, 1, 1, 0),
                                 .dtype = {SUMI_BOOL, SUMI_BOOL}, .from = "by hand"),
                     SUMI__CASE2(2, (0, 1), (0, 1), (0, 1), .want = SUMI_INVALID_ARGUMENT,
                                 .message = "x is float32 where bool is needed")));

SUMI_OP(LogicalNot, "x: bool -> y: bool", .doc = "Whether x is false.",
        .shape = sumi__tensor_shape_unary, .map = logical_not_map, .no_grad = "its result is bool",
        SUMI_SAMPLES(SUMI__CASE1(2, (0, 1), (1, 0), .dtype = {SUMI_BOOL}, .from = "by hand"),
                     SUMI__CASE1(2, (0, 1), (1, 0), .want = SUMI_INVALID_ARGUMENT,
                                 .message = "x is float32 where bool is needed")));
