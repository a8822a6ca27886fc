/* glibc's vector functions (libmvec) are called by name, because the compiler itself would use them
 * only where it may also reorder sums and ignore NaN. Elsewhere the C library's scalar ones do. */
#include "kernels/vmath.h"
#include "kernels/map.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__) && defined(__AVX2__) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 35)
#define HAS_LIBMVEC 1
#endif
#endif

#ifdef HAS_LIBMVEC

enum { LANES = 8 };
typedef float lanes_t __attribute__((vector_size(LANES * sizeof(float))));

/* The last block is padded, so that every element goes through the same code. */
#define UNARY(name, function)                                                                      \
  lanes_t _ZGVdN8v_##function(lanes_t);                                                            \
  void name(int64_t count, const float *x, float *y) {                                             \
    lanes_t lanes;                                                                                 \
    for (; count >= LANES; count -= LANES, x += LANES, y += LANES) {                               \
      memcpy(&lanes, x, sizeof lanes);                                                             \
      lanes = _ZGVdN8v_##function(lanes);                                                          \
      memcpy(y, &lanes, sizeof lanes);                                                             \
    }                                                                                              \
    if (count <= 0) return;                                                                        \
    lanes = (lanes_t){0};                                                                          \
    memcpy(&lanes, x, (size_t)count * sizeof *x);                                                  \
    lanes = _ZGVdN8v_##function(lanes);                                                            \
    memcpy(y, &lanes, (size_t)count * sizeof *y);                                                  \
  }

#define BINARY(name, function)                                                                     \
  lanes_t _ZGVdN8vv_##function(lanes_t, lanes_t);                                                  \
  static void name(int64_t count, const float *x, const float *z, float *y) {                      \
    lanes_t a, b;                                                                                  \
    for (; count >= LANES; count -= LANES, x += LANES, z += LANES, y += LANES) {                   \
      memcpy(&a, x, sizeof a);                                                                     \
      memcpy(&b, z, sizeof b);                                                                     \
      a = _ZGVdN8vv_##function(a, b);                                                              \
      memcpy(y, &a, sizeof a);                                                                     \
    }                                                                                              \
    if (count <= 0) return;                                                                        \
    a = b = (lanes_t){0};                                                                          \
    memcpy(&a, x, (size_t)count * sizeof *x);                                                      \
    memcpy(&b, z, (size_t)count * sizeof *z);                                                      \
    a = _ZGVdN8vv_##function(a, b);                                                                \
    memcpy(y, &a, (size_t)count * sizeof *y);                                                      \
  }

#else

#define UNARY(name, function)                                                                      \
  void name(int64_t count, const float *x, float *y) {                                             \
    for (int64_t i = 0; i < count; ++i) y[i] = function(x[i]);                                     \
  }

#define BINARY(name, function)                                                                     \
  static void name(int64_t count, const float *x, const float *z, float *y) {                      \
    for (int64_t i = 0; i < count; ++i) y[i] = function(x[i], z[i]);                               \
  }

#endif

UNARY(sumi__tensor_vexp, expf)
UNARY(sumi__tensor_vexpm1, expm1f)
UNARY(sumi__tensor_vlog, logf)
UNARY(sumi__tensor_vlog1p, log1pf)
UNARY(sumi__tensor_vsin, sinf)
UNARY(sumi__tensor_vcos, cosf)
UNARY(sumi__tensor_vtan, tanf)
UNARY(sumi__tensor_vasin, asinf)
UNARY(sumi__tensor_vacos, acosf)
UNARY(sumi__tensor_vatan, atanf)
UNARY(sumi__tensor_vsinh, sinhf)
UNARY(sumi__tensor_vcosh, coshf)
UNARY(sumi__tensor_vtanh, tanhf)
UNARY(sumi__tensor_vasinh, asinhf)
UNARY(sumi__tensor_vacosh, acoshf)
UNARY(sumi__tensor_vatanh, atanhf)
UNARY(sumi__tensor_verf, erff)
UNARY(sumi__tensor_verfc, erfcf)

enum { CHUNK = 256 };

/* e / (1 + e) or 1 / (1 + e) with e = exp(-|x|), which overflows on neither side. */
void sumi__tensor_vsigmoid(int64_t count, const float *x, float *y) {
  float e[CHUNK];
  for (int64_t n; count > 0; count -= n, x += n, y += n) {
    n = count < CHUNK ? count : CHUNK;
    SUMI__SIMD for (int64_t i = 0; i < n; ++i) e[i] = -fabsf(x[i]);
    sumi__tensor_vexp(n, e, e);
    SUMI__SIMD for (int64_t i = 0; i < n; ++i) y[i] = (x[i] < 0 ? e[i] : 1.0f) / (1.0f + e[i]);
  }
}

/* max(x, 0) + log(1 + exp(-|x|)) */
void sumi__tensor_vsoftplus(int64_t count, const float *x, float *y) {
  float e[CHUNK];
  for (int64_t n; count > 0; count -= n, x += n, y += n) {
    n = count < CHUNK ? count : CHUNK;
    SUMI__SIMD for (int64_t i = 0; i < n; ++i) e[i] = -fabsf(x[i]);
    sumi__tensor_vexp(n, e, e);
    sumi__tensor_vlog1p(n, e, e);
    SUMI__SIMD for (int64_t i = 0; i < n; ++i) y[i] = (x[i] < 0 ? 0.0f : x[i]) + e[i];
  }
}

BINARY(powers, powf)

/* libmvec makes NaN of x^0 and 1^z where the other operand is NaN; they are 1. */
void sumi__tensor_vpow(int64_t count, const float *x, const float *exponent, float *y) {
  float power[CHUNK];
  for (int64_t n; count > 0; count -= n, x += n, exponent += n, y += n) {
    n = count < CHUNK ? count : CHUNK;
    powers(n, x, exponent, power);
    SUMI__SIMD for (int64_t i = 0; i < n; ++i) y[i] = exponent[i] == 0 || x[i] == 1 ? 1.0f
                                                                                    : power[i];
  }
}
