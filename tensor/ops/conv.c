/* Two-dimensional convolution (strictly: cross-correlation) and its derivatives, which are each
 * other's derivatives:
 *   output[n, y, x, o] = sum over r, q, i of
 *       input[n, y * sy - py + r * dy, x * sx - px + q * dx, i] . filter[r, q, i, o]
 * is linear in the input and in the filter. Source of names and semantics: TensorFlow
 * core/ops/nn_ops.cc. */
#include "ops/conv_shape.h"

#include <sumi/ops.h>

/* Gives a node the attributes of the one it belongs to. */
#define LIKE(op)                                                                                   \
  .strides = sumi_attr_dims(op, "strides"), .padding = sumi_attr_string(op, "padding"),            \
  .dilations = sumi_attr_dims(op, "dilations")

/* ---- Shapes ---- */

static sumi_status_t conv_shape(sumi_infer_t *infer) {
  return sumi__tensor_conv_output_shape(infer, false);
}

static sumi_status_t backprop_input_shape(sumi_infer_t *infer) {
  return sumi__tensor_conv_images_shape(infer, false);
}

static sumi_status_t backprop_filter_shape(sumi_infer_t *infer) {
  return sumi__tensor_conv_filter_shape(infer, false);
}

/* ---- Kernels ---- */

static size_t scratch(const sumi_kernel_t *kernel, sumi__tensor_conv_pass_t pass,
                      const sumi_array_view_t *images, const sumi_array_view_t *filter) {
  const sumi__tensor_conv_t conv = sumi__tensor_conv_geometry(kernel->op, images, filter);
  return sumi__tensor_conv_scratch(&conv, pass, kernel->out[0].dtype);
}

static sumi_status_t run(const sumi_kernel_t *kernel, sumi__tensor_conv_pass_t pass,
                         const sumi_array_view_t *images, const sumi_array_view_t *filter,
                         const sumi_array_view_t *output) {
  const sumi__tensor_conv_t conv = sumi__tensor_conv_geometry(kernel->op, images, filter);
  const sumi__tensor_conv_arrays_t arrays = sumi__tensor_conv_arrays(images, filter, output);
  return sumi__tensor_conv_run(kernel, &conv, pass, kernel->out[0].dtype, &arrays);
}

static size_t conv_scratch(const sumi_kernel_t *k) {
  return scratch(k, SUMI__CONV_OUTPUT, &k->in[0], &k->in[1]);
}

static sumi_status_t conv_kernel(const sumi_kernel_t *k) {
  return run(k, SUMI__CONV_OUTPUT, &k->in[0], &k->in[1], &k->out[0]);
}

static size_t backprop_input_scratch(const sumi_kernel_t *k) {
  return scratch(k, SUMI__CONV_IMAGES, &k->out[0], &k->in[1]);
}

static sumi_status_t backprop_input_kernel(const sumi_kernel_t *k) {
  return run(k, SUMI__CONV_IMAGES, &k->out[0], &k->in[1], &k->in[2]);
}

static size_t backprop_filter_scratch(const sumi_kernel_t *k) {
  return scratch(k, SUMI__CONV_FILTER, &k->in[0], &k->out[0]);
}

static sumi_status_t backprop_filter_kernel(const sumi_kernel_t *k) {
  return run(k, SUMI__CONV_FILTER, &k->in[0], &k->out[0], &k->in[2]);
}

/* ---- Gradients ---- */

static void conv_grad(sumi_grad_t *grad) {
  const sumi_tensor_t input = grad->x[0], filter = grad->x[1], dy = grad->dy[0];
  grad->dx[0] = sumi_conv2d_backprop_input(sumi_shape(input), filter, dy, LIKE(grad->op));
  grad->dx[1] = sumi_conv2d_backprop_filter(input, sumi_shape(filter), dy, LIKE(grad->op));
}

static void backprop_input_grad(sumi_grad_t *grad) {
  const sumi_tensor_t filter = grad->x[1], dy = grad->x[2], g = grad->dy[0];
  grad->dx[1] = sumi_conv2d_backprop_filter(g, sumi_shape(filter), dy, LIKE(grad->op));
  grad->dx[2] = sumi_conv2d(g, filter, LIKE(grad->op));
}

static void backprop_filter_grad(sumi_grad_t *grad) {
  const sumi_tensor_t input = grad->x[0], dy = grad->x[2], g = grad->dy[0];
  grad->dx[0] = sumi_conv2d_backprop_input(sumi_shape(input), g, dy, LIKE(grad->op));
  grad->dx[2] = sumi_conv2d(input, g, LIKE(grad->op));
}

/* ---- Blocks ---- */

SUMI_OP(Conv2D,
        "input: T, filter: T | strides: ints = 1 1 1 1, padding: {SAME, VALID}, data_format: "
        "string = NHWC, "
        "dilations: ints = 1 1 1 1 -> output: T ; T: float32 float64",
        .api = "conv2d",
        .doc =
            "Convolution of images [n, rows, columns, in] with a filter [rows, columns, in, out]: "
            "sumi_conv2d(x, w, .strides = SUMI_AXES(1, 2, 2, 1), .padding = \"VALID\").",
        .shape = conv_shape, .kernel = conv_kernel, .scratch = conv_scratch, .grad = conv_grad,
        SUMI_SAMPLES(
            {.input_count = 2,
             .in = {SUMI_S(1, 3, 4, 1), SUMI_S(2, 2, 1, 1)},
             .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), SUMI_VALUES(1, 2, 3, 4)},
             .out = SUMI_S(1, 3, 4, 1),
             .expect = SUMI_VALUES(44, 54, 64, 28, 84, 94, 104, 44, 29, 32, 35, 12),
             .from = "TensorFlow 2.21"},
            {.input_count = 2,
             .in = {SUMI_S(1, 3, 4, 1), SUMI_S(2, 2, 1, 1)},
             .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), SUMI_VALUES(1, 2, 3, 4)},
             .attrs = "strides = 1 1 2 1, padding = VALID",
             .out = SUMI_S(1, 2, 2, 1),
             .expect = SUMI_VALUES(44, 64, 84, 104),
             .from = "TensorFlow 2.21"},
            {.input_count = 2,
             .in = {SUMI_S(1, 2, 2, 2), SUMI_S(1, 1, 2, 3)},
             .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8), SUMI_VALUES(1, 0, 2, -1, 0.5, 3)},
             .out = SUMI_S(1, 2, 2, 3),
             .expect = SUMI_VALUES(-1, 1, 8, -1, 2, 18, -1, 3, 28, -1, 4, 38),
             .from = "TensorFlow 2.21"},
            {.input_count = 2,
             .in = {SUMI_S(2, 5, 6, 3), SUMI_S(3, 2, 3, 2)},
             .attrs = "strides = 1 2 1 1, dilations = 1 1 2 1"},
            {.input_count = 2,
             .in = {SUMI_S(1, 4, 4, 1), SUMI_S(2, 2, 3, 1)},
             .want = SUMI_INVALID_ARGUMENT,
             .message = "filter has 3 input channels, images have 1"},
            {.input_count = 2,
             .in = {SUMI_S(1, 2, 5, 1), SUMI_S(3, 2, 1, 1)},
             .attrs = "padding = VALID",
             .want = SUMI_INVALID_ARGUMENT,
             .message = "a window of 3 rows (dilation 1) does not fit into 2"},
            {.input_count = 2,
             .in = {SUMI_S(4, 4, 1), SUMI_S(2, 2, 1, 1)},
             .want = SUMI_INVALID_ARGUMENT,
             .message = "the array of images has shape (4, 4, 1), rank 4 is wanted"},
            {.input_count = 2,
             .in = {SUMI_S(1, 4, 4, 1), SUMI_S(2, 2, 1, 1)},
             .attrs = "data_format = NCHW",
             .want = SUMI_INVALID_ARGUMENT,
             .message = "data_format is NCHW; only NHWC is supported"},
            {.input_count = 2,
             .in = {SUMI_S(1, 4, 4, 1), SUMI_S(2, 2, 1, 1)},
             .attrs = "strides = 2 1 1 1",
             .want = SUMI_INVALID_ARGUMENT,
             .message = "windows over images or channels"}));

SUMI_OP(Conv2DBackpropInput,
        "input_sizes: int32, filter: T, out_backprop: T | strides: ints = 1 1 1 1, padding: {SAME, "
        "VALID}, "
        "data_format: string = NHWC, dilations: ints = 1 1 1 1 -> output: T ; T: float32 float64",
        .api = "conv2d_backprop_input",
        .doc = "The gradient of Conv2D for its input, whose shape is the vector input_sizes; also "
               "known as transposed "
               "convolution.",
        .shape = backprop_input_shape, .kernel = backprop_input_kernel,
        .scratch = backprop_input_scratch, .grad = backprop_input_grad,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(4), SUMI_S(2, 2, 1, 1), SUMI_S(1, 2, 3, 1)},
                      .at = {SUMI_VALUES(1, 3, 4, 1), SUMI_VALUES(1, 2, 3, 4),
                             SUMI_VALUES(1, 2, 3, 4, 5, 6)},
                      .dtype = {SUMI_INT32},
                      .attrs = "padding = VALID",
                      .out = SUMI_S(1, 3, 4, 1),
                      .expect = SUMI_VALUES(1, 4, 7, 6, 7, 23, 33, 24, 12, 31, 38, 24),
                      .from = "TensorFlow 2.21"},
                     {.input_count = 3,
                      .in = {SUMI_S(4), SUMI_S(2, 2, 1, 1), SUMI_S(1, 3, 3, 1)},
                      .at = {SUMI_VALUES(1, 3, 4, 1)},
                      .dtype = {SUMI_INT32},
                      .attrs = "padding = VALID",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "out_backprop has shape (1, 3, 3, 1)"}));

SUMI_OP(Conv2DBackpropFilter,
        "input: T, filter_sizes: int32, out_backprop: T | strides: ints = 1 1 1 1, padding: {SAME, "
        "VALID}, "
        "data_format: string = NHWC, dilations: ints = 1 1 1 1 -> output: T ; T: float32 float64",
        .api = "conv2d_backprop_filter",
        .doc = "The gradient of Conv2D for its filter, whose shape is the vector filter_sizes.",
        .shape = backprop_filter_shape, .kernel = backprop_filter_kernel,
        .scratch = backprop_filter_scratch, .grad = backprop_filter_grad,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(1, 3, 4, 1), SUMI_S(4), SUMI_S(1, 2, 3, 1)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
                             SUMI_VALUES(2, 2, 1, 1), SUMI_VALUES(1, 2, 3, 4, 5, 6)},
                      .dtype = {0, SUMI_INT32},
                      .attrs = "padding = VALID",
                      .out = SUMI_S(2, 2, 1, 1),
                      .expect = SUMI_VALUES(106, 127, 190, 211),
                      .from = "TensorFlow 2.21"},
                     {.input_count = 3,
                      .in = {SUMI_S(1, 3, 4, 1), SUMI_S(3), SUMI_S(1, 2, 3, 1)},
                      .at = {[1] = SUMI_VALUES(2, 2, 1)},
                      .dtype = {0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "filter_sizes has shape (2, 2, 1), rank 4 is wanted"}));
