/* From one dtype to another.
 * Source: TensorFlow core/ops/math_ops.cc "Cast". Numbers a dtype cannot hold become what x86-64
 * processors make of them, as in TensorFlow and NumPy: the smallest integer of the width. */
#include "ops/elementwise.h"

static int32_t int32_of_real(double x) {
  return x >= INT32_MIN && x <= INT32_MAX ? (int32_t)x : INT32_MIN;
}

static int64_t int64_of_real(double x) {
  return x >= -0x1p63 && x < 0x1p63 ? (int64_t)x : INT64_MIN;
}

static uint64_t uint64_of_real(double x) {
  return x >= 0x1p63 && x < 0x1p64 ? (uint64_t)x : (uint64_t)int64_of_real(x);
}

#define FROM_REAL_float32(x) (float)(x)
#define FROM_REAL_float64(x) (double)(x)
#define FROM_REAL_int32(x)   int32_of_real(x)
#define FROM_REAL_int64(x)   int64_of_real(x)
#define FROM_REAL_uint8(x)   (uint8_t) int32_of_real(x)
#define FROM_REAL_int8(x)    (int8_t) int32_of_real(x)
#define FROM_REAL_int16(x)   (int16_t) int32_of_real(x)
#define FROM_REAL_uint16(x)  (uint16_t) int32_of_real(x)
#define FROM_REAL_uint32(x)  (uint32_t) int64_of_real(x)
#define FROM_REAL_uint64(x)  uint64_of_real(x)
#define FROM_REAL_boolean(x) ((x) != 0)

/* X(c, dtype, DTYPE, …) for all dtypes but strings: reals first, then integers and bool. */
#define REALS(X, ...)                                                                              \
  X(float, float32, FLOAT32, __VA_ARGS__) X(double, float64, FLOAT64, __VA_ARGS__)
#define WHOLES(X, ...)                                                                             \
  X(int32_t, int32, INT32, __VA_ARGS__)                                                            \
  X(int64_t, int64, INT64, __VA_ARGS__)                                                            \
  X(uint8_t, uint8, UINT8, __VA_ARGS__)                                                            \
  X(int8_t, int8, INT8, __VA_ARGS__)                                                               \
  X(int16_t, int16, INT16, __VA_ARGS__)                                                            \
  X(uint16_t, uint16, UINT16, __VA_ARGS__)                                                         \
  X(uint32_t, uint32, UINT32, __VA_ARGS__)                                                         \
  X(uint64_t, uint64, UINT64, __VA_ARGS__)                                                         \
  X(bool, boolean, BOOL, __VA_ARGS__)

#define CAST(R, to, TO, C, from, expression)                                                       \
  SUMI__BLOCK1(cast_##from##_##to, C, C, R, SUMI__NO_LET, expression)
#define CAST_REAL(R, to, TO, C, from)  CAST(R, to, TO, C, from, FROM_REAL_##to(x))
#define CAST_WHOLE(R, to, TO, C, from) CAST(R, to, TO, C, from, x)
#define ENTRY(R, to, TO, FROM, from)   {SUMI_##FROM, SUMI_##TO, cast_##from##_##to},

/* A macro is not expanded inside itself, so each source dtype spells both lists of targets. */
#define FROM_REAL(C, dtype)  REALS(CAST_REAL, C, dtype) WHOLES(CAST_REAL, C, dtype)
#define FROM_WHOLE(C, dtype) REALS(CAST_WHOLE, C, dtype) WHOLES(CAST_WHOLE, C, dtype)
#define ENTRIES(FROM, dtype) REALS(ENTRY, FROM, dtype) WHOLES(ENTRY, FROM, dtype)

FROM_REAL(float, float32)
FROM_REAL(double, float64)
FROM_WHOLE(int32_t, int32)
FROM_WHOLE(int64_t, int64)
FROM_WHOLE(uint8_t, uint8)
FROM_WHOLE(int8_t, int8)
FROM_WHOLE(int16_t, int16)
FROM_WHOLE(uint16_t, uint16)
FROM_WHOLE(uint32_t, uint32)
FROM_WHOLE(uint64_t, uint64)
FROM_WHOLE(bool, boolean)

static const sumi_map_t cast_map[] = {
    ENTRIES(FLOAT32, float32) ENTRIES(FLOAT64, float64) ENTRIES(INT32, int32) ENTRIES(INT64, int64)
        ENTRIES(UINT8, uint8) ENTRIES(INT8, int8) ENTRIES(INT16, int16) ENTRIES(UINT16, uint16)
            ENTRIES(UINT32, uint32) ENTRIES(UINT64, uint64) ENTRIES(BOOL, boolean){0}};

static bool is_index(sumi_dtype_t dtype) {
  return dtype == SUMI_INT32 || dtype == SUMI_INT64;
}

/* Known elements stay known from one index dtype to the other. */
static sumi_status_t cast_shape(sumi_infer_t *infer) {
  infer->out[0] = infer->in[0];
  const sumi_dtype_t from = sumi_attr_type(infer->op, "SrcT");
  const sumi_dtype_t to = sumi_attr_type(infer->op, "DstT");
  const sumi_known_t *known = sumi_infer_known(infer, 0);
  if (!known || !is_index(from) || !is_index(to)) return SUMI_OK;
  infer->known_out[0] = *known;
  for (int i = 0; i < known->count; ++i)
    if (to == SUMI_INT32 && known->value[i] != (int32_t)known->value[i])
      infer->known_out[0].has[i] = false;
  return SUMI_OK;
}

static void cast_grad(sumi_grad_t *d) {
  const sumi_dtype_t from = sumi_tensor_dtype(d->x[0]);
  if (sumi_dtype_is_floating(from) && sumi_dtype_is_floating(sumi_tensor_dtype(d->y[0])))
    d->dx[0] = sumi_cast(d->dy[0], from);
}

SUMI_OP(Cast,
        "x: SrcT | DstT: type, Truncate: bool = false -> y: DstT ; "
        "SrcT: float32 float64 int32 uint8 int16 int8 int64 bool uint16 uint32 uint64, "
        "DstT: float32 float64 int32 uint8 int16 int8 int64 bool uint16 uint32 uint64",
        .doc = "x with elements of dtype DstT. Fractions are cut off; a number DstT cannot hold "
               "becomes the smallest integer; everything but 0 is true.",
        .unchanged = SUMI_UNCHANGED_DTYPE, .shape = cast_shape, .map = cast_map, .grad = cast_grad,
        SUMI_SAMPLES(SUMI__CASE1(6, (1.9, -1.9, 0.5, 3e9, NAN, -7),
                                 (1, -1, 0, -2147483648, -2147483648, -7), .attrs = "DstT = int32",
                                 .from = "numpy.astype on x86-64"),
                     SUMI__CASE1(4, (0, 0.5, -2, NAN), (0, 1, 1, 1), .attrs = "DstT = bool",
                                 .from = "numpy.astype"),
                     SUMI__CASE1(3, (1, -2, 3), (1, 254, 3), .dtype = {SUMI_INT32},
                                 .attrs = "DstT = uint8", .from = "numpy.astype"),
                     {.input_count = 1, .in = {SUMI_S(2, 3)}, .attrs = "DstT = float64"},
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .attrs = "DstT = string",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "DstT may not be string"}));
