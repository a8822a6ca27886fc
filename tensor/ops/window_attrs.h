/* What convolutions and pools share in their shape functions: attributes about windows over NHWC
 * images. */
#ifndef SUMI_OPS_WINDOW_ATTRS_H
#define SUMI_OPS_WINDOW_ATTRS_H

#include "kernels/window.h"

#include <sumi/op_def.h>

/* A list of four, of which only rows and columns may differ from 1. */
typedef struct sumi__tensor_spatial {
  int64_t rows, columns;
} sumi__tensor_spatial_t;

/* Refuses a data_format other than NHWC, and lists (ksize, strides, dilations) that are not four
 * positive numbers with 1 for images and channels. */
sumi_status_t sumi__tensor_want_nhwc(const sumi_infer_t *infer);
sumi_status_t sumi__tensor_want_spatial(const sumi_infer_t *infer, const char *name,
                                        sumi__tensor_spatial_t *spatial);

/* The same attribute where it is known to be right. */
sumi__tensor_spatial_t sumi__tensor_spatial_attr(const sumi_op_t *op, const char *name);

/* How many windows fit along an axis ("rows" or "columns") of `in` positions, by the op's padding;
 * -1 when a size is. Refuses a window that does not fit. */
sumi_status_t sumi__tensor_want_windows(const sumi_infer_t *infer, const char *axis, int64_t in,
                                        int64_t size, int64_t stride, int64_t dilation,
                                        int64_t *out);

/* The window along one axis, by the op's padding. */
static inline sumi__tensor_window_t sumi__tensor_op_window(const sumi_op_t *op, int64_t in,
                                                           int64_t size, int64_t stride,
                                                           int64_t dilation) {
  return sumi__tensor_window_make(in, size, stride, dilation, sumi_attr_is(op, "padding", "SAME"));
}

#endif
