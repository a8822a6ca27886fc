#include "kernels/conv.h"

size_t sumi__tensor_conv_scratch(const sumi__tensor_conv_t *conv, sumi__tensor_conv_pass_t pass,
                                 sumi_dtype_t dtype) {
  size_t bytes;
  if (dtype == SUMI_FLOAT32 && (sumi__tensor_conv_onednn_scratch(conv, pass, &bytes) ||
                                sumi__tensor_conv_direct_scratch(conv, pass, &bytes)))
    return bytes;
  return sumi__tensor_conv_im2col_scratch(conv, pass, dtype);
}

sumi_status_t sumi__tensor_conv_run(const sumi_kernel_t *kernel, const sumi__tensor_conv_t *conv,
                                    sumi__tensor_conv_pass_t pass, sumi_dtype_t dtype,
                                    const sumi__tensor_conv_arrays_t *arrays) {
  size_t bytes;
  if (dtype == SUMI_FLOAT32 && sumi__tensor_conv_onednn_scratch(conv, pass, &bytes))
    return sumi__tensor_conv_onednn(kernel, conv, pass, arrays);
  if (dtype == SUMI_FLOAT32 && sumi__tensor_conv_direct_scratch(conv, pass, &bytes))
    sumi__tensor_conv_direct(kernel, conv, pass, arrays);
  else
    sumi__tensor_conv_im2col(kernel, conv, pass, dtype, arrays);
  return SUMI_OK;
}
