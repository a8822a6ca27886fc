#include "kernels/conv.h"

size_t sumi__conv_scratch(const sumi__conv_t *conv, sumi__conv_pass_t pass, sumi_dtype_t dtype) {
  size_t bytes;
  if (dtype == SUMI_FLOAT32 && sumi__conv_onednn_scratch(conv, pass, &bytes)) return bytes;
  return sumi__conv_im2col_scratch(conv, pass, dtype);
}

sumi_status_t sumi__conv_run(const sumi_kernel_t *kernel, const sumi__conv_t *conv,
                             sumi__conv_pass_t pass, sumi_dtype_t dtype,
                             const sumi__conv_arrays_t *arrays) {
  size_t bytes;
  if (dtype == SUMI_FLOAT32 && sumi__conv_onednn_scratch(conv, pass, &bytes))
    return sumi__conv_onednn(kernel, conv, pass, arrays);
  sumi__conv_im2col(kernel, conv, pass, dtype, arrays);
  return SUMI_OK;
}
