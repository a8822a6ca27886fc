/* Convolution of each channel by itself, and its derivatives:
 *   output[n, y, x, i * m + j] = sum over r, q of
 *       input[n, y * sy - py + r * dy, x * sx - px + q * dx, i] . filter[r, q, i, j]
 * for j below the multiplier m. Source of names and semantics: TensorFlow core/ops/nn_ops.cc. */
#include "kernels/depthwise.h"
#include "ops/conv_shape.h"

#include <sumi/ops.h>

/* Gives a node the attributes of the one it belongs to. */
#define LIKE(op)                                                                                   \
  .strides = sumi_attr_dims(op, "strides"), .padding = sumi_attr_string(op, "padding"),            \
  .dilations = sumi_attr_dims(op, "dilations")

/* ---- Shapes ---- */

static sumi_status_t output_shape(sumi_infer_t *infer) {
  return sumi__tensor_conv_output_shape(infer, true);
}

static sumi_status_t backprop_input_shape(sumi_infer_t *infer) {
  return sumi__tensor_conv_images_shape(infer, true);
}

static sumi_status_t backprop_filter_shape(sumi_infer_t *infer) {
  return sumi__tensor_conv_filter_shape(infer, true);
}

/* ---- Kernels ---- */

static sumi_status_t run(const sumi_kernel_t *kernel, sumi__tensor_conv_pass_t pass,
                         const sumi_array_view_t *images, const sumi_array_view_t *filter,
                         const sumi_array_view_t *output) {
  const sumi__tensor_conv_t conv = sumi__tensor_conv_geometry(kernel->op, images, filter);
  const sumi__tensor_conv_arrays_t arrays = sumi__tensor_conv_arrays(images, filter, output);
  sumi__tensor_depthwise_run(kernel, &conv, pass, kernel->out[0].dtype, &arrays);
  return SUMI_OK;
}

static sumi_status_t output_kernel(const sumi_kernel_t *k) {
  return run(k, SUMI__CONV_OUTPUT, &k->in[0], &k->in[1], &k->out[0]);
}

static sumi_status_t backprop_input_kernel(const sumi_kernel_t *k) {
  return run(k, SUMI__CONV_IMAGES, &k->out[0], &k->in[1], &k->in[2]);
}

static size_t backprop_filter_scratch(const sumi_kernel_t *k) {
  const sumi__tensor_conv_t conv = sumi__tensor_conv_geometry(k->op, &k->in[0], &k->out[0]);
  return sumi__tensor_depthwise_scratch(&conv, SUMI__CONV_FILTER, k->out[0].dtype);
}

static sumi_status_t backprop_filter_kernel(const sumi_kernel_t *k) {
  return run(k, SUMI__CONV_FILTER, &k->in[0], &k->out[0], &k->in[2]);
}

/* ---- Gradients ---- */

static void output_grad(sumi_grad_t *grad) {
  const sumi_tensor_t input = grad->x[0], filter = grad->x[1], dy = grad->dy[0];
  grad->dx[0] = sumi_depthwise_conv2d_backprop_input(sumi_shape(input), filter, dy, LIKE(grad->op));
  grad->dx[1] = sumi_depthwise_conv2d_backprop_filter(input, sumi_shape(filter), dy,
                                                      LIKE(grad->op));
}

static void backprop_input_grad(sumi_grad_t *grad) {
  const sumi_tensor_t filter = grad->x[1], dy = grad->x[2], g = grad->dy[0];
  grad->dx[1] = sumi_depthwise_conv2d_backprop_filter(g, sumi_shape(filter), dy, LIKE(grad->op));
  grad->dx[2] = sumi_depthwise_conv2d(g, filter, LIKE(grad->op));
}

static void backprop_filter_grad(sumi_grad_t *grad) {
  const sumi_tensor_t input = grad->x[0], dy = grad->x[2], g = grad->dy[0];
  grad->dx[0] = sumi_depthwise_conv2d_backprop_input(sumi_shape(input), g, dy, LIKE(grad->op));
  grad->dx[2] = sumi_depthwise_conv2d(input, g, LIKE(grad->op));
}

/* ---- Blocks ---- */

SUMI_OP(DepthwiseConv2dNative,
        "input: T, filter: T | strides: ints = 1 1 1 1, padding: {SAME, VALID}, data_format: "
        "string = NHWC, dilations: ints = 1 1 1 1 -> output: T ; T: float32 float64",
        .api = "depthwise_conv2d",
        .doc = "Convolution of each channel of images [n, rows, columns, in] with filters of its "
               "own, [rows, columns, in, multiplier], to in * multiplier channels. Strides may "
               "differ and go with dilations, which TensorFlow's op refuses.",
        .shape = output_shape, .kernel = output_kernel, .grad = output_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(1, 2, 3, 2), SUMI_S(1, 2, 2, 2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
                             SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8)},
                      .attrs = "padding = VALID",
                      .out = SUMI_S(1, 2, 2, 4),
                      .expect = SUMI_VALUES(16, 20, 34, 40, 28, 36, 54, 64, 52, 68, 94, 112, 64, 84,
                                            114, 136),
                      .from = "TensorFlow 2.21"},
                     {.input_count = 2, .in = {SUMI_S(2, 5, 6, 3), SUMI_S(3, 2, 3, 1)}},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 5, 6, 3), SUMI_S(3, 2, 3, 2)},
                      .attrs = "strides = 1 2 1 1, dilations = 1 1 2 1"},
                     {.input_count = 2,
                      .in = {SUMI_S(1, 4, 4, 2), SUMI_S(2, 2, 3, 1)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "filter has 3 input channels, images have 2"},
                     {.input_count = 2,
                      .in = {SUMI_S(1, 2, 5, 1), SUMI_S(3, 2, 1, 1)},
                      .attrs = "padding = VALID",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "a window of 3 rows (dilation 1) does not fit into 2"}));

SUMI_OP(DepthwiseConv2dNativeBackpropInput,
        "input_sizes: int32, filter: T, out_backprop: T | strides: ints = 1 1 1 1, padding: {SAME, "
        "VALID}, data_format: string = NHWC, dilations: ints = 1 1 1 1 -> output: T ; "
        "T: float32 float64",
        .api = "depthwise_conv2d_backprop_input",
        .doc = "The gradient of DepthwiseConv2dNative for its input, whose shape is the vector "
               "input_sizes.",
        .shape = backprop_input_shape, .kernel = backprop_input_kernel, .grad = backprop_input_grad,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(4), SUMI_S(1, 2, 2, 2), SUMI_S(1, 2, 2, 4)},
                      .at = {SUMI_VALUES(1, 2, 3, 2), SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8),
                             SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)},
                      .dtype = {SUMI_INT32},
                      .attrs = "padding = VALID",
                      .out = SUMI_S(1, 2, 3, 2),
                      .expect = SUMI_VALUES(5, 25, 34, 106, 61, 113, 29, 81, 146, 282, 149, 233),
                      .from = "TensorFlow 2.21"},
                     {.input_count = 3,
                      .in = {SUMI_S(4), SUMI_S(2, 2, 1, 2), SUMI_S(1, 2, 3, 1)},
                      .at = {SUMI_VALUES(1, 3, 4, 1)},
                      .dtype = {SUMI_INT32},
                      .attrs = "padding = VALID",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "out_backprop has shape (1, 2, 3, 1)"}));

SUMI_OP(DepthwiseConv2dNativeBackpropFilter,
        "input: T, filter_sizes: int32, out_backprop: T | strides: ints = 1 1 1 1, padding: {SAME, "
        "VALID}, data_format: string = NHWC, dilations: ints = 1 1 1 1 -> output: T ; "
        "T: float32 float64",
        .api = "depthwise_conv2d_backprop_filter",
        .doc = "The gradient of DepthwiseConv2dNative for its filter, whose shape is the vector "
               "filter_sizes.",
        .shape = backprop_filter_shape, .kernel = backprop_filter_kernel,
        .scratch = backprop_filter_scratch, .grad = backprop_filter_grad,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(1, 2, 3, 2), SUMI_S(4), SUMI_S(1, 2, 2, 4)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
                             SUMI_VALUES(1, 2, 2, 2),
                             SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)},
                      .dtype = {0, SUMI_INT32},
                      .attrs = "padding = VALID",
                      .out = SUMI_S(1, 2, 2, 2),
                      .expect = SUMI_VALUES(196, 216, 272, 296, 252, 280, 344, 376),
                      .from = "TensorFlow 2.21"},
                     {.input_count = 3,
                      .in = {SUMI_S(1, 3, 4, 1), SUMI_S(3), SUMI_S(1, 2, 3, 1)},
                      .at = {[1] = SUMI_VALUES(2, 2, 1)},
                      .dtype = {0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "filter_sizes has shape (2, 2, 1), rank 4 is wanted"}));
