/* Bits of integers. Source of names and semantics: TensorFlow core/ops/bitwise_ops.cc. */
#include "ops/elementwise.h"

#define SUMI__INTEGERS(X, ...)                                                                     \
  X(int32_t, int32, INT32, uint32_t, __VA_ARGS__)                                                  \
  X(int64_t, int64, INT64, uint64_t, __VA_ARGS__)                                                  \
  X(uint8_t, uint8, UINT8, uint32_t, __VA_ARGS__)                                                  \
  X(int8_t, int8, INT8, uint32_t, __VA_ARGS__)                                                     \
  X(int16_t, int16, INT16, uint32_t, __VA_ARGS__)                                                  \
  X(uint16_t, uint16, UINT16, uint32_t, __VA_ARGS__)                                               \
  X(uint32_t, uint32, UINT32, uint32_t, __VA_ARGS__)                                               \
  X(uint64_t, uint64, UINT64, uint64_t, __VA_ARGS__)

/* As TensorFlow's: what lies outside of [0, bits) is taken for the nearest number in it. */
static inline int places(double y, int bits) {
  return y < 0 ? 0 : y >= bits ? bits - 1 : (int)y;
}

#define PLACES(y) places((double)(T)(y), 8 * (int)sizeof(T))

SUMI__MAP1_RING(invert, INTEGERS, ~x);
SUMI__MAP2_RING(bitwise_and, INTEGERS, x &y);
SUMI__MAP2_RING(bitwise_or, INTEGERS, x | y);
SUMI__MAP2_RING(bitwise_xor, INTEGERS, x ^ y);
SUMI__MAP2_RING(left_shift, INTEGERS, x << PLACES(y));
SUMI__MAP2(right_shift, INTEGERS, x >> PLACES(y));

#define INTS2 .dtype = {SUMI_INT32, SUMI_INT32}
#define REFUSE_FLOATS                                                                              \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(2), SUMI_S(2)}, .want = SUMI_INVALID_ARGUMENT,                 \
    .message = "is not defined for float32"                                                        \
  }

SUMI_OP(Invert, "x: T -> y: T ; T: int32 int64 uint8 int8 int16 uint16 uint32 uint64",
        .doc = "All bits of x turned over.", .shape = sumi__tensor_shape_unary, .map = invert_map,
        .no_grad = "integers",
        SUMI_SAMPLES(SUMI__CASE1(3, (0, 5, -1), (-1, -6, 0), .dtype = {SUMI_INT32},
                                 .from = "Python's ~"),
                     SUMI__REFUSE_DTYPE1(SUMI_FLOAT32)));

SUMI_OP(BitwiseAnd, "x: T, y: T -> z: T ; T: int32 int64 uint8 int8 int16 uint16 uint32 uint64",
        .doc = "The bits that both have, broadcast.", .shape = sumi_shape_broadcast,
        .map = bitwise_and_map, .no_grad = "integers", .flags = SUMI_OP_COMMUTATIVE,
        SUMI_SAMPLES(SUMI__CASE2(3, (12, 7, -1), (10, 0, 5), (8, 0, 5), INTS2,
                                 .from = "Python's &"),
                     REFUSE_FLOATS));

SUMI_OP(BitwiseOr, "x: T, y: T -> z: T ; T: int32 int64 uint8 int8 int16 uint16 uint32 uint64",
        .doc = "The bits that either has, broadcast.", .shape = sumi_shape_broadcast,
        .map = bitwise_or_map, .no_grad = "integers", .flags = SUMI_OP_COMMUTATIVE,
        SUMI_SAMPLES(SUMI__CASE2(3, (12, 7, -1), (10, 0, 5), (14, 7, -1), INTS2,
                                 .from = "Python's |"),
                     REFUSE_FLOATS));

SUMI_OP(BitwiseXor, "x: T, y: T -> z: T ; T: int32 int64 uint8 int8 int16 uint16 uint32 uint64",
        .doc = "The bits that one of them has, broadcast.", .shape = sumi_shape_broadcast,
        .map = bitwise_xor_map, .no_grad = "integers", .flags = SUMI_OP_COMMUTATIVE,
        SUMI_SAMPLES(SUMI__CASE2(3, (12, 7, -1), (10, 0, 5), (6, 7, -6), INTS2,
                                 .from = "Python's ^"),
                     REFUSE_FLOATS));

SUMI_OP(LeftShift, "x: T, y: T -> z: T ; T: int32 int64 uint8 int8 int16 uint16 uint32 uint64",
        .doc = "The bits of x moved up by y places, broadcast; y is taken for the nearest number "
               "from 0 to the number of bits less one.",
        .shape = sumi_shape_broadcast, .map = left_shift_map, .no_grad = "integers",
        SUMI_SAMPLES(SUMI__CASE2(3, (5, -1, 3), (3, 4, 0), (40, -16, 3), INTS2,
                                 .from = "Python's <<"),
                     REFUSE_FLOATS));

SUMI_OP(RightShift, "x: T, y: T -> z: T ; T: int32 int64 uint8 int8 int16 uint16 uint32 uint64",
        .doc = "The bits of x moved down by y places, broadcast, keeping the sign; y is taken for "
               "the nearest number from 0 to the number of bits less one.",
        .shape = sumi_shape_broadcast, .map = right_shift_map, .no_grad = "integers",
        SUMI_SAMPLES(SUMI__CASE2(3, (40, -16, 3), (3, 4, 0), (5, -1, 3), INTS2,
                                 .from = "Python's >>"),
                     REFUSE_FLOATS));
