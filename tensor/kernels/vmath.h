/* Elementary functions of many floats at once: y[i] = f(x[i]), where y may be x. At most 4 ulp from
 * the exact value, denormals, infinities and NaN included; an element's result does not depend on
 * its position. */
#ifndef SUMI_KERNELS_VMATH_H
#define SUMI_KERNELS_VMATH_H

#include <sumi/config.h>

void sumi__tensor_vexp(int64_t count, const float *x, float *y);
void sumi__tensor_vexpm1(int64_t count, const float *x, float *y);
void sumi__tensor_vlog(int64_t count, const float *x, float *y);
void sumi__tensor_vlog1p(int64_t count, const float *x, float *y);
void sumi__tensor_vsin(int64_t count, const float *x, float *y);
void sumi__tensor_vcos(int64_t count, const float *x, float *y);
void sumi__tensor_vtan(int64_t count, const float *x, float *y);
void sumi__tensor_vasin(int64_t count, const float *x, float *y);
void sumi__tensor_vacos(int64_t count, const float *x, float *y);
void sumi__tensor_vatan(int64_t count, const float *x, float *y);
void sumi__tensor_vsinh(int64_t count, const float *x, float *y);
void sumi__tensor_vcosh(int64_t count, const float *x, float *y);
void sumi__tensor_vtanh(int64_t count, const float *x, float *y);
void sumi__tensor_vasinh(int64_t count, const float *x, float *y);
void sumi__tensor_vacosh(int64_t count, const float *x, float *y);
void sumi__tensor_vatanh(int64_t count, const float *x, float *y);
void sumi__tensor_verf(int64_t count, const float *x, float *y);
void sumi__tensor_verfc(int64_t count, const float *x, float *y);
void sumi__tensor_vsigmoid(int64_t count, const float *x, float *y);
void sumi__tensor_vsoftplus(int64_t count, const float *x, float *y);
void sumi__tensor_vpow(int64_t count, const float *x, const float *exponent, float *y);

#endif
