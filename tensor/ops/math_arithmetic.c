/* Sums, differences, products and quotients. Integers wrap around.
 * Source of names and semantics: TensorFlow core/ops/math_ops.cc, python/ops/math_grad.py. */
#include "ops/elementwise.h"

#include <string.h>

/* ---- Add, AddV2, Sub ---- */

SUMI__MAP2_RING(add, NUMBERS, x + y);

static void add_grad(sumi_grad_t *d) {
  d->dx[0] = d->dy[0];
  d->dx[1] = d->dy[0];
}

SUMI_OP(Add, "x: T, y: T -> z: T ; T: float32 float64 int32 int64 uint8 int8 int16",
        .doc = "x + y, broadcast.", .shape = sumi__tensor_shape_add, .map = add_map,
        .grad = add_grad, .flags = SUMI_OP_COMMUTATIVE,
        SUMI_SAMPLES(SUMI__CASE2(3, (1, 2.5, -INFINITY), (10, -2.5, 1), (11, 0, -INFINITY),
                                 .from = "by hand", .no_gradient_check = true),
                     {.input_count = 2,
                      .in = {SUMI_S(2, 2), SUMI_S(2, 1)},
                      .at = {SUMI_VALUES(1, 2, 3, 4), SUMI_VALUES(1, 2)},
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(2, 3, 5, 6),
                      .from = "by hand"},
                     SUMI__RANDOM2(-2, 2), SUMI__REFUSE_SHAPES2));

SUMI_OP(AddV2, "x: T, y: T -> z: T ; T: float32 float64 int32 int64 uint8 int8 int16",
        .doc = "x + y, broadcast. TensorFlow's newer name of Add.", .shape = sumi__tensor_shape_add,
        .map = add_map, .grad = add_grad, .flags = SUMI_OP_COMMUTATIVE,
        SUMI_SAMPLES(SUMI__CASE2(2, (1, 2.5), (10, -2.5), (11, 0), .from = "by hand"),
                     SUMI__RANDOM2(-2, 2), SUMI__REFUSE_SHAPES2));

SUMI__MAP2_RING(sub, NUMBERS, x - y);

static void sub_grad(sumi_grad_t *d) {
  d->dx[0] = d->dy[0];
  d->dx[1] = sumi_neg(d->dy[0]);
}

SUMI_OP(Sub, "x: T, y: T -> z: T ; T: float32 float64 int32 int64 uint8 int8 int16",
        .doc = "x - y, broadcast.", .shape = sumi__tensor_shape_sub, .map = sub_map,
        .grad = sub_grad,
        SUMI_SAMPLES(SUMI__CASE2(2, (1, 2.5), (10, -2.5), (-9, 5), .from = "by hand"),
                     SUMI__RANDOM2(-2, 2), SUMI__REFUSE_SHAPES2));

SUMI__MAP1_RING(neg, SIGNED, -x);

static void neg_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_neg(d->dy[0]);
}

SUMI_OP(Neg, "x: T -> y: T ; T: float32 float64 int32 int64", .doc = "-x.",
        .shape = sumi__tensor_shape_unary, .map = neg_map, .grad = neg_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (1, 0, -2.5), (-1, 0, 2.5), .from = "by hand"),
                     SUMI__RANDOM1(-2, 2), SUMI__REFUSE_DTYPE1(SUMI_BOOL)));

/* ---- Mul, RealDiv ---- */

SUMI__MAP2_RING(mul, NUMBERS, (x * y));

static void mul_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_mul(d->dy[0], d->x[1]);
  d->dx[1] = sumi_mul(d->dy[0], d->x[0]);
}

SUMI_OP(Mul, "x: T, y: T -> z: T ; T: float32 float64 int32 int64 uint8 int8 int16",
        .doc = "x * y, broadcast.", .unchanged = SUMI_UNCHANGED_TIMES,
        .shape = sumi__tensor_shape_mul, .map = mul_map, .grad = mul_grad,
        .flags = SUMI_OP_COMMUTATIVE,
        SUMI_SAMPLES(SUMI__CASE2(3, (1, 2.5, 0), (10, -2, -3), (10, -5, 0), .from = "by hand"),
                     SUMI__RANDOM2(-2, 2), SUMI__REFUSE_SHAPES2));

SUMI__MAP2(div, FLOATS, x / y);

static void div_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_div(d->dy[0], d->x[1]);
  d->dx[1] = sumi_mul(d->dy[0], sumi_div(sumi_neg(d->y[0]), d->x[1]));
}

SUMI_OP(RealDiv, "x: T, y: T -> z: T ; T: float32 float64", .api = "div",
        .doc = "x / y, broadcast. Division by zero gives an infinity or NaN.",
        .unchanged = SUMI_UNCHANGED_OVER, .shape = sumi_shape_broadcast, .map = div_map,
        .grad = div_grad,
        SUMI_SAMPLES(SUMI__CASE2(3, (1, -3, 5), (4, 2, 0), (0.25, -1.5, INFINITY),
                                 .from = "by hand", .no_gradient_check = true),
                     SUMI__RANDOM2(0.5, 2), SUMI__REFUSE_SHAPES2));

SUMI__MAP2(div_no_nan, FLOATS, y == 0 ? (T)0 : x / y);

static void div_no_nan_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_div_no_nan(d->dy[0], d->x[1]);
  d->dx[1] = sumi_mul(d->dy[0], sumi_div_no_nan(sumi_neg(d->y[0]), d->x[1]));
}

SUMI_OP(DivNoNan, "x: T, y: T -> z: T ; T: float32 float64",
        .doc = "x / y, broadcast, and 0 where y is 0.", .shape = sumi_shape_broadcast,
        .map = div_no_nan_map, .grad = div_no_nan_grad,
        SUMI_SAMPLES(SUMI__CASE2(4, (1, -3, 5, NAN), (4, 2, 0, 0), (0.25, -1.5, 0, 0),
                                 .from = "TensorFlow 2.21", .no_gradient_check = true),
                     SUMI__RANDOM2(0.5, 2), SUMI__REFUSE_SHAPES2));

/* ---- FloorDiv, FloorMod: Python's // and % ---- */

#define DIVIDES_BY_ZERO(C, dtype)                                                                  \
  static bool divides_by_zero_##dtype(int64_t count, const void *const *in) {                      \
    const C *y = in[1];                                                                            \
    int zeros = 0;                                                                                 \
    SUMI__SIMD for (int64_t i = 0; i < count; ++i) zeros |= y[i] == 0;                             \
    return zeros != 0;                                                                             \
  }

DIVIDES_BY_ZERO(int32_t, int32)
DIVIDES_BY_ZERO(int64_t, int64)

static bool divides_by_zero(sumi_dtype_t dtype, int64_t count, const void *const *in) {
  return (dtype == SUMI_INT32 && divides_by_zero_int32(count, in)) ||
         (dtype == SUMI_INT64 && divides_by_zero_int64(count, in));
}

/* The quotient of integers rounded down. That of the smallest and -1 wraps around; where y is 0 the
 * run fails. */
#define FLOOR_QUOTIENT(x, y, T)                                                                    \
  ((y) == 0    ? 0                                                                                 \
   : (y) == -1 ? (T)(0 - (uint64_t)(x))                                                            \
               : (x) / (y) - ((x) % (y) != 0 && ((x) < 0) != ((y) < 0)))

SUMI__BLOCK2(floor_div_float32, float, float, float, SUMI__NO_LET, floor(x / y))
SUMI__BLOCK2(floor_div_float64, double, double, double, SUMI__NO_LET, floor(x / y))
SUMI__BLOCK2(floor_div_int32, int32_t, int32_t, int32_t, SUMI__NO_LET, FLOOR_QUOTIENT(x, y, T))
SUMI__BLOCK2(floor_div_int64, int64_t, int64_t, int64_t, SUMI__NO_LET, FLOOR_QUOTIENT(x, y, T))
SUMI__TABLE(floor_div, SIGNED);

#define REFUSE_ZERO(type)                                                                          \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(2), SUMI_S(2)}, .at = {SUMI_VALUES(1, 2), SUMI_VALUES(3, 0)},  \
    .dtype = {type, type}, .want = SUMI_INVALID_ARGUMENT, .message = "integer division by zero"    \
  }

SUMI_OP(FloorDiv, "x: T, y: T -> z: T ; T: float32 float64 int32 int64",
        .doc = "x / y rounded down, broadcast. The run fails where an integer is divided by 0.",
        .shape = sumi__tensor_shape_floor_div, .map = floor_div_map, .refuses = divides_by_zero,
        .refusal = "integer division by zero", .no_grad = "it is piecewise constant",
        SUMI_SAMPLES(
            SUMI__CASE2(4, (7, -7, 7, -7), (2, 2, -2, -2), (3, -4, -4, 3), .from = "Python's //"),
            SUMI__CASE2(4, (7, -7, 7, -7), (2, 2, -2, -2), (3, -4, -4, 3),
                        .dtype = {SUMI_INT32, SUMI_INT32}, .lo = 1, .hi = 9, .from = "Python's //"),
            REFUSE_ZERO(SUMI_INT32), REFUSE_ZERO(SUMI_INT64), SUMI__REFUSE_SHAPES2));

/* The remainder with the sign of y, exact. */
static inline double floor_mod(double x, double y) {
  const double rest = fmod(x, y);
  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

static inline float floor_mod_f(float x, float y) {
  const float rest = fmodf(x, y);
  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

#define FLOOR_REMAINDER(x, y)                                                                      \
  ((y) == 0 || (y) == -1 ? 0 : (x) % (y) + ((x) % (y) != 0 && ((x) < 0) != ((y) < 0) ? (y) : 0))

SUMI__BLOCK2(floor_mod_float32, float, float, float, SUMI__NO_LET, floor_mod_f(x, y))
SUMI__BLOCK2(floor_mod_float64, double, double, double, SUMI__NO_LET, floor_mod(x, y))
SUMI__BLOCK2(floor_mod_int32, int32_t, int32_t, int32_t, SUMI__NO_LET, FLOOR_REMAINDER(x, y))
SUMI__BLOCK2(floor_mod_int64, int64_t, int64_t, int64_t, SUMI__NO_LET, FLOOR_REMAINDER(x, y))
SUMI__TABLE(floor_mod, SIGNED);

static void floor_mod_grad(sumi_grad_t *d) {
  d->dx[0] = d->dy[0];
  d->dx[1] = sumi_neg(sumi_mul(d->dy[0], sumi_floor_div(d->x[0], d->x[1])));
}

SUMI_OP(
    FloorMod, "x: T, y: T -> z: T ; T: float32 float64 int32 int64",
    .doc = "x - floor_div(x, y) * y, broadcast. The run fails where an integer is divided by 0.",
    .shape = sumi__tensor_shape_floor_mod, .map = floor_mod_map, .refuses = divides_by_zero,
    .refusal = "integer division by zero", .grad = floor_mod_grad,
    SUMI_SAMPLES(SUMI__CASE2(4, (7, -7, 7, -7), (3, 3, -3, -3), (1, 2, -2, -1),
                             .from = "Python's %", .no_gradient_check = true),
                 SUMI__CASE2(4, (7, -7, 7, -7), (3, 3, -3, -3), (1, 2, -2, -1),
                             .dtype = {SUMI_INT32, SUMI_INT32}, .lo = 1, .hi = 9,
                             .from = "Python's %"),
                 REFUSE_ZERO(SUMI_INT32), REFUSE_ZERO(SUMI_INT64),
                 {.input_count = 2,
                  .in = {SUMI_S(4), SUMI_S(4)},
                  .at = {SUMI_VALUES(1.3, -0.4, 2.2, 5.1), SUMI_VALUES(0.7, 1.1, 1.5, -2.3)}},
                 SUMI__REFUSE_SHAPES2));

/* ---- TruncateDiv, TruncateMod: as C divides ---- */

#define QUOTIENT(x, y, T) ((y) == 0 ? 0 : (y) == -1 ? (T)(0 - (uint64_t)(x)) : (x) / (y))
#define REMAINDER(x, y)   ((y) == 0 || (y) == -1 ? 0 : (x) % (y))

SUMI__BLOCK2(truncate_div_float32, float, float, float, SUMI__NO_LET, trunc(x / y))
SUMI__BLOCK2(truncate_div_float64, double, double, double, SUMI__NO_LET, trunc(x / y))
SUMI__BLOCK2(truncate_div_int32, int32_t, int32_t, int32_t, SUMI__NO_LET, QUOTIENT(x, y, T))
SUMI__BLOCK2(truncate_div_int64, int64_t, int64_t, int64_t, SUMI__NO_LET, QUOTIENT(x, y, T))
SUMI__TABLE(truncate_div, SIGNED);

SUMI__BLOCK2(truncate_mod_float32, float, float, float, SUMI__NO_LET, fmod(x, y))
SUMI__BLOCK2(truncate_mod_float64, double, double, double, SUMI__NO_LET, fmod(x, y))
SUMI__BLOCK2(truncate_mod_int32, int32_t, int32_t, int32_t, SUMI__NO_LET, REMAINDER(x, y))
SUMI__BLOCK2(truncate_mod_int64, int64_t, int64_t, int64_t, SUMI__NO_LET, REMAINDER(x, y))
SUMI__TABLE(truncate_mod, SIGNED);

static void truncate_mod_grad(sumi_grad_t *d) {
  d->dx[0] = d->dy[0];
  d->dx[1] = sumi_neg(sumi_mul(d->dy[0], sumi_truncate_div(d->x[0], d->x[1])));
}

SUMI_OP(TruncateDiv, "x: T, y: T -> z: T ; T: float32 float64 int32 int64",
        .doc = "x / y rounded towards 0, broadcast. The run fails where an integer is divided by "
               "0.",
        .shape = sumi_shape_broadcast, .map = truncate_div_map, .refuses = divides_by_zero,
        .refusal = "integer division by zero", .no_grad = "it is piecewise constant",
        SUMI_SAMPLES(SUMI__CASE2(4, (7, -7, 7, -7), (2, 2, -2, -2), (3, -3, -3, 3),
                                 .dtype = {SUMI_INT32, SUMI_INT32}, .lo = 1, .hi = 9, .from = "C"),
                     REFUSE_ZERO(SUMI_INT32), SUMI__REFUSE_SHAPES2));

SUMI_OP(TruncateMod, "x: T, y: T -> z: T ; T: float32 float64 int32 int64",
        .doc = "The remainder of truncate_div, with the sign of x, broadcast. The run fails where "
               "an integer is divided by 0.",
        .shape = sumi_shape_broadcast, .map = truncate_mod_map, .refuses = divides_by_zero,
        .refusal = "integer division by zero", .grad = truncate_mod_grad,
        SUMI_SAMPLES(SUMI__CASE2(4, (7, -7, 7, -7), (3, 3, -3, -3), (1, -1, 1, -1),
                                 .dtype = {SUMI_INT32, SUMI_INT32}, .lo = 1, .hi = 9, .from = "C"),
                     {.input_count = 2,
                      .in = {SUMI_S(4), SUMI_S(4)},
                      .at = {SUMI_VALUES(1.3, -0.4, 2.2, 5.1), SUMI_VALUES(0.7, 1.1, 1.5, -2.3)}},
                     REFUSE_ZERO(SUMI_INT64), SUMI__REFUSE_SHAPES2));

/* ---- AddN ---- */

static sumi_status_t add_n_shape(sumi_infer_t *infer) {
  infer->out[0] = infer->in[0];
  for (int i = 1; i < infer->input_count; ++i)
    if (!sumi_merge_dims(infer->out[0], infer->in[i], &infer->out[0]))
      return sumi_refuse(infer, "inputs 0 and %d have different shapes: %s and %s", i,
                         sumi_dims_text(infer->out[0]).text, sumi_dims_text(infer->in[i]).text);
  return SUMI_OK;
}

/* A chunk of all inputs is summed before it is written, because `out` may be any of them. */
#define ADD_N(C, dtype, DTYPE, V, name)                                                            \
  static void add_n_##dtype(SUMI__BLOCK_PARAMETERS) {                                              \
    enum { CHUNK = 256 };                                                                          \
    C sum[CHUNK];                                                                                  \
    const int inputs = sumi_op_input_count(op);                                                    \
    for (int64_t begin = 0; begin < count; begin += CHUNK) {                                       \
      const int64_t n = count - begin < CHUNK ? count - begin : CHUNK;                             \
      memcpy(sum, (const C *)in[0] + begin, (size_t)n * sizeof *sum);                              \
      for (int k = 1; k < inputs; ++k) {                                                           \
        const C *x = (const C *)in[k] + begin;                                                     \
        SUMI__SIMD for (int64_t i = 0; i < n; ++i) sum[i] = (C)((V)sum[i] + (V)x[i]);              \
      }                                                                                            \
      memcpy((C *)out + begin, sum, (size_t)n * sizeof *sum);                                      \
    }                                                                                              \
  }

SUMI__SIGNED(ADD_N, )
SUMI__TABLE(add_n, SIGNED);

static void add_n_grad(sumi_grad_t *d) {
  for (int i = 0; i < d->input_count; ++i) d->dx[i] = d->dy[0];
}

SUMI_OP(AddN, "inputs: N * T -> sum: T ; T: float32 float64 int32 int64",
        .doc = "The sum of inputs, which all have the same shape.", .shape = add_n_shape,
        .map = add_n_map, .grad = add_n_grad,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(2), SUMI_S(2), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2), SUMI_VALUES(10, 20), SUMI_VALUES(100, 200)},
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(111, 222),
                      .from = "by hand"},
                     {.input_count = 2, .in = {SUMI_S(2, 3), SUMI_S(2, 3)}},
                     {.input_count = 2,
                      .in = {SUMI_S(2), SUMI_S(1)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "different shapes: (2,) and (1,)"}));
