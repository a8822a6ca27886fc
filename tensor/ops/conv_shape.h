/* What the ops of plain and of depthwise convolutions share: shape functions, and the geometry of a
 * run. A depthwise filter is [rows, columns, in, multiplier] and makes in * multiplier channels. */
#ifndef SUMI_OPS_CONV_SHAPE_H
#define SUMI_OPS_CONV_SHAPE_H

#include "kernels/conv.h"

/* Of the convolution (images, filter), of its gradient for the images (sizes, filter, gradient of
 * the output) and of that for the filter (images, sizes, gradient of the output). */
sumi_status_t sumi__tensor_conv_output_shape(sumi_infer_t *infer, bool depthwise);
sumi_status_t sumi__tensor_conv_images_shape(sumi_infer_t *infer, bool depthwise);
sumi_status_t sumi__tensor_conv_filter_shape(sumi_infer_t *infer, bool depthwise);

/* The convolution of these two by the op's attributes; out_channels is the filter's last size. */
sumi__tensor_conv_t sumi__tensor_conv_geometry(const sumi_op_t *op, const sumi_array_view_t *images,
                                               const sumi_array_view_t *filter);

/* The three arrays, of which the kernel writes the one that is its output. */
sumi__tensor_conv_arrays_t sumi__tensor_conv_arrays(const sumi_array_view_t *images,
                                                    const sumi_array_view_t *filter,
                                                    const sumi_array_view_t *output);

#endif
