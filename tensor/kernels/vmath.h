/* Elementary functions of many floats at once: y[i] = f(x[i]), where y may be x. At most 4 ulp from
 * the exact value, denormals, infinities and NaN included; an element's result does not depend on
 * its position. */
#ifndef SUMI_KERNELS_VMATH_H
#define SUMI_KERNELS_VMATH_H

#include <sumi/config.h>

SUMI_API void sumi__vexp(int64_t count, const float *x, float *y);
SUMI_API void sumi__vexpm1(int64_t count, const float *x, float *y);
SUMI_API void sumi__vlog(int64_t count, const float *x, float *y);
SUMI_API void sumi__vlog1p(int64_t count, const float *x, float *y);
SUMI_API void sumi__vsin(int64_t count, const float *x, float *y);
SUMI_API void sumi__vcos(int64_t count, const float *x, float *y);
SUMI_API void sumi__vtan(int64_t count, const float *x, float *y);
SUMI_API void sumi__vasin(int64_t count, const float *x, float *y);
SUMI_API void sumi__vacos(int64_t count, const float *x, float *y);
SUMI_API void sumi__vatan(int64_t count, const float *x, float *y);
SUMI_API void sumi__vsinh(int64_t count, const float *x, float *y);
SUMI_API void sumi__vcosh(int64_t count, const float *x, float *y);
SUMI_API void sumi__vtanh(int64_t count, const float *x, float *y);
SUMI_API void sumi__vasinh(int64_t count, const float *x, float *y);
SUMI_API void sumi__vacosh(int64_t count, const float *x, float *y);
SUMI_API void sumi__vatanh(int64_t count, const float *x, float *y);
SUMI_API void sumi__verf(int64_t count, const float *x, float *y);
SUMI_API void sumi__verfc(int64_t count, const float *x, float *y);
SUMI_API void sumi__vsigmoid(int64_t count, const float *x, float *y);
SUMI_API void sumi__vsoftplus(int64_t count, const float *x, float *y);
SUMI_API void sumi__vpow(int64_t count, const float *x, const float *exponent, float *y);

#endif
