/* Block functions of elementwise ops from one expression.
 *
 *   SUMI__MAP1(square, FLOATS, x * x)      defines square_float32, square_float64 and the table
 *                                          square_map that .map takes
 *
 * The expression sees x (and y), T, the dtype's C type, and <tgmath.h>, so that one expression
 * serves all dtypes: write (T)0.5 and sqrt(x). `out` may be an input, which is why loops are marked
 * free of dependences rather than their pointers restrict. */
#ifndef SUMI_KERNELS_MAP_H
#define SUMI_KERNELS_MAP_H

#include <sumi/op_def.h>

/* The loop that follows has no dependences between its iterations. */
#define SUMI__SIMD _Pragma("omp simd")

/* Lists of dtypes: X(c, name, NAME, ring): C type, a name, the dtype, and a C type in which sums,
 * differences and products of integers wrap around instead of being undefined. */
#define SUMI__FLOATS(X, ...)                                                                       \
  X(float, float32, FLOAT32, float, __VA_ARGS__)                                                   \
  X(double, float64, FLOAT64, double, __VA_ARGS__)
#define SUMI__SIGNED(X, ...)                                                                       \
  SUMI__FLOATS(X, __VA_ARGS__)                                                                     \
  X(int32_t, int32, INT32, uint32_t, __VA_ARGS__)                                                  \
  X(int64_t, int64, INT64, uint64_t, __VA_ARGS__)
#define SUMI__NUMBERS(X, ...)                                                                      \
  SUMI__SIGNED(X, __VA_ARGS__)                                                                     \
  X(uint8_t, uint8, UINT8, uint32_t, __VA_ARGS__)                                                  \
  X(int8_t, int8, INT8, uint32_t, __VA_ARGS__)                                                     \
  X(int16_t, int16, INT16, uint32_t, __VA_ARGS__)
#define SUMI__BOOLS(X, ...) X(bool, boolean, BOOL, bool, __VA_ARGS__)
#define SUMI__NUMBERS_BOOL(X, ...)                                                                 \
  SUMI__NUMBERS(X, __VA_ARGS__)                                                                    \
  SUMI__BOOLS(X, __VA_ARGS__)

#define SUMI__BLOCK_PARAMETERS const sumi_op_t *op, int64_t count, const void *const *in, void *out

/* Operands of type C, converted to type V for the expression, and back to R for the result. `let`
 * declares what the expression needs besides. */
#define SUMI__BLOCK1(function, C, V, R, let, ...)                                                  \
  static void function(SUMI__BLOCK_PARAMETERS) {                                                   \
    typedef C T;                                                                                   \
    const T *xs = in[0];                                                                           \
    R *results = out;                                                                              \
    (void)op;                                                                                      \
    let;                                                                                           \
    SUMI__SIMD for (int64_t i = 0; i < count; ++i) {                                               \
      const V x = (V)xs[i];                                                                        \
      results[i] = (R)(__VA_ARGS__);                                                               \
    }                                                                                              \
  }

#define SUMI__BLOCK2(function, C, V, R, let, ...)                                                  \
  static void function(SUMI__BLOCK_PARAMETERS) {                                                   \
    typedef C T;                                                                                   \
    const T *xs = in[0], *ys = in[1];                                                              \
    R *results = out;                                                                              \
    (void)op;                                                                                      \
    let;                                                                                           \
    SUMI__SIMD for (int64_t i = 0; i < count; ++i) {                                               \
      const V x = (V)xs[i], y = (V)ys[i];                                                          \
      results[i] = (R)(__VA_ARGS__);                                                               \
    }                                                                                              \
  }

/* float32 goes through a function of many floats (kernels/vmath.h), float64 through the expression.
 */
#define SUMI__BLOCK1_VECTOR(function, vector)                                                      \
  static void function(SUMI__BLOCK_PARAMETERS) {                                                   \
    (void)op;                                                                                      \
    vector(count, in[0], out);                                                                     \
  }

#define SUMI__NO_LET (void)0

#define SUMI__DEFINE1(C, dtype, DTYPE, V, name, let, ...)                                          \
  SUMI__BLOCK1(name##_##dtype, C, C, C, let, __VA_ARGS__)
#define SUMI__DEFINE2(C, dtype, DTYPE, V, name, let, ...)                                          \
  SUMI__BLOCK2(name##_##dtype, C, C, C, let, __VA_ARGS__)
#define SUMI__DEFINE_RING1(C, dtype, DTYPE, V, name, ...)                                          \
  SUMI__BLOCK1(name##_##dtype, C, V, C, SUMI__NO_LET, __VA_ARGS__)
#define SUMI__DEFINE_RING2(C, dtype, DTYPE, V, name, ...)                                          \
  SUMI__BLOCK2(name##_##dtype, C, V, C, SUMI__NO_LET, __VA_ARGS__)
#define SUMI__DEFINE_TEST1(C, dtype, DTYPE, V, name, ...)                                          \
  SUMI__BLOCK1(name##_##dtype, C, C, bool, SUMI__NO_LET, __VA_ARGS__)
#define SUMI__DEFINE_TEST2(C, dtype, DTYPE, V, name, ...)                                          \
  SUMI__BLOCK2(name##_##dtype, C, C, bool, SUMI__NO_LET, __VA_ARGS__)

#define SUMI__ENTRY(C, dtype, DTYPE, V, name) {SUMI_##DTYPE, 0, name##_##dtype},
#define SUMI__TABLE(name, dtypes)                                                                  \
  static const sumi_map_t name##_map[] = {SUMI__##dtypes(SUMI__ENTRY, name){0}}

#define SUMI__MAP1(name, dtypes, ...)                                                              \
  SUMI__##dtypes(SUMI__DEFINE1, name, SUMI__NO_LET, __VA_ARGS__) SUMI__TABLE(name, dtypes)
#define SUMI__MAP2(name, dtypes, ...)                                                              \
  SUMI__##dtypes(SUMI__DEFINE2, name, SUMI__NO_LET, __VA_ARGS__) SUMI__TABLE(name, dtypes)

/* The same with `let` in front: attributes, read once for a block. */
#define SUMI__MAP1_LET(name, dtypes, let, ...)                                                     \
  SUMI__##dtypes(SUMI__DEFINE1, name, let, __VA_ARGS__) SUMI__TABLE(name, dtypes)
#define SUMI__MAP2_LET(name, dtypes, let, ...)                                                     \
  SUMI__##dtypes(SUMI__DEFINE2, name, let, __VA_ARGS__) SUMI__TABLE(name, dtypes)

/* Sums, differences and products: integers wrap around. */
#define SUMI__MAP1_RING(name, dtypes, ...)                                                         \
  SUMI__##dtypes(SUMI__DEFINE_RING1, name, __VA_ARGS__) SUMI__TABLE(name, dtypes)
#define SUMI__MAP2_RING(name, dtypes, ...)                                                         \
  SUMI__##dtypes(SUMI__DEFINE_RING2, name, __VA_ARGS__) SUMI__TABLE(name, dtypes)

/* Results are bool. */
#define SUMI__MAP1_TEST(name, dtypes, ...)                                                         \
  SUMI__##dtypes(SUMI__DEFINE_TEST1, name, __VA_ARGS__) SUMI__TABLE(name, dtypes)
#define SUMI__MAP2_TEST(name, dtypes, ...)                                                         \
  SUMI__##dtypes(SUMI__DEFINE_TEST2, name, __VA_ARGS__) SUMI__TABLE(name, dtypes)

/* float32 by a vector function, float64 by the expression. */
#define SUMI__MAP1_VECTOR(name, vector, ...)                                                       \
  SUMI__BLOCK1_VECTOR(name##_float32, vector)                                                      \
  SUMI__BLOCK1(name##_float64, double, double, double, SUMI__NO_LET, __VA_ARGS__)                  \
  SUMI__TABLE(name, FLOATS)

#endif
