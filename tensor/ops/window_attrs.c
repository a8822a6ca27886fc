#include "ops/window_attrs.h"

#include <string.h>

sumi_status_t sumi__tensor_want_nhwc(const sumi_infer_t *infer) {
  const char *format = sumi_attr_string(infer->op, "data_format");
  if (strcmp(format, "NHWC") == 0) return SUMI_OK;
  return sumi_refuse(infer, "data_format is %s; only NHWC is supported", format);
}

sumi__tensor_spatial_t sumi__tensor_spatial_attr(const sumi_op_t *op, const char *name) {
  const sumi_dims_t list = sumi_attr_dims(op, name);
  return (sumi__tensor_spatial_t){list.size[1], list.size[2]};
}

sumi_status_t sumi__tensor_want_spatial(const sumi_infer_t *infer, const char *name,
                                        sumi__tensor_spatial_t *spatial) {
  enum { LARGEST = 1 << 24 }; /* keeps the arithmetic of windows far from overflow */
  const sumi_dims_t list = sumi_attr_dims(infer->op, name);
  if (list.rank != 4)
    return sumi_refuse(infer, "%s is %s, four numbers for NHWC are wanted", name,
                       sumi_dims_text(list).text);
  if (list.size[0] != 1 || list.size[3] != 1)
    return sumi_refuse(infer, "%s is %s; windows over images or channels are not supported", name,
                       sumi_dims_text(list).text);
  *spatial = sumi__tensor_spatial_attr(infer->op, name);
  if (spatial->rows < 1 || spatial->columns < 1 || spatial->rows > LARGEST ||
      spatial->columns > LARGEST)
    return sumi_refuse(infer, "%s is %s, numbers in [1, %d] are wanted", name,
                       sumi_dims_text(list).text, (int)LARGEST);
  return SUMI_OK;
}

sumi_status_t sumi__tensor_want_windows(const sumi_infer_t *infer, const char *axis, int64_t in,
                                        int64_t size, int64_t stride, int64_t dilation,
                                        int64_t *out) {
  *out = SUMI_UNKNOWN_SIZE;
  if (in < 0 || size < 0) return SUMI_OK;
  const sumi__tensor_window_t window = sumi__tensor_op_window(infer->op, in, size, stride,
                                                              dilation);
  *out = window.out;
  const int64_t span = (size - 1) * dilation + 1;
  if (in >= span || !sumi_attr_is(infer->op, "padding", "VALID")) return SUMI_OK;
  return sumi_refuse(infer,
                     "a window of %lld %s (dilation %lld) does not fit into %lld without padding",
                     (long long)size, axis, (long long)dilation, (long long)in);
}
