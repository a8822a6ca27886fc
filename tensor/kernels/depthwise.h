/* Depthwise convolutions of NHWC images, and their two derivatives: output channel c * m + j is the
 * convolution of channel c with filter [r, q, c, j]. The geometry is that of kernels/conv.h with m,
 * the multiplier, as out_channels. */
#ifndef SUMI_KERNELS_DEPTHWISE_H
#define SUMI_KERNELS_DEPTHWISE_H

#include "kernels/conv.h"

/* float32 and float64. The work is split by the geometry alone, so the result is the same for any
 * number of threads. kernel->scratch has the bytes that the scratch function returned. */
size_t sumi__tensor_depthwise_scratch(const sumi__tensor_conv_t *conv,
                                      sumi__tensor_conv_pass_t pass, sumi_dtype_t dtype);
void sumi__tensor_depthwise_run(const sumi_kernel_t *kernel, const sumi__tensor_conv_t *conv,
                                sumi__tensor_conv_pass_t pass, sumi_dtype_t dtype,
                                const sumi__tensor_conv_arrays_t *arrays);

#endif
