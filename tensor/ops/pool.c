/* Pools over windows of images. Source of names and semantics: TensorFlow core/ops/nn_ops.cc. */
#include "kernels/pool.h"
#include "ops/known.h"
#include "ops/window_attrs.h"

#include <sumi/ops.h>

#define KSIZE(op)   sumi_attr_dims(op, "ksize")
#define STRIDES(op) sumi_attr_dims(op, "strides")
#define PADDING(op) sumi_attr_string(op, "padding")

/* ---- Shapes ---- */

static sumi_status_t output_dims(const sumi_infer_t *infer, const char *name, sumi_dims_t images,
                                 sumi_dims_t *output) {
  sumi__tensor_spatial_t size, stride;
  SUMI_TRY(sumi__tensor_want_nhwc(infer));
  SUMI_TRY(sumi__tensor_want_spatial(infer, "ksize", &size));
  SUMI_TRY(sumi__tensor_want_spatial(infer, "strides", &stride));
  if (images.rank == SUMI_UNKNOWN_RANK) images = sumi__tensor_dims_of_rank(4);
  if (images.rank != 4)
    return sumi_refuse(infer, "%s has shape %s, rank 4 is wanted", name,
                       sumi_dims_text(images).text);
  *output = images;
  SUMI_TRY(sumi__tensor_want_windows(infer, "rows", images.size[1], size.rows, stride.rows, 1,
                                     &output->size[1]));
  return sumi__tensor_want_windows(infer, "columns", images.size[2], size.columns, stride.columns,
                                   1, &output->size[2]);
}

static sumi_status_t pool_shape(sumi_infer_t *infer) {
  return output_dims(infer, "the array of images", infer->in[0], &infer->out[0]);
}

static sumi_status_t want_like(const sumi_infer_t *infer, int input, const char *name,
                               sumi_dims_t want) {
  sumi_dims_t merged;
  if (sumi_merge_dims(want, infer->in[input], &merged)) return SUMI_OK;
  return sumi_refuse(infer, "%s has shape %s, %s is wanted", name,
                     sumi_dims_text(infer->in[input]).text, sumi_dims_text(want).text);
}

static sumi_status_t max_pool_grad_shape(sumi_infer_t *infer) {
  sumi_dims_t output;
  SUMI_TRY(output_dims(infer, "orig_input", infer->in[0], &output));
  SUMI_TRY(want_like(infer, 1, "orig_output", output));
  SUMI_TRY(want_like(infer, 2, "grad", output));
  infer->out[0] = infer->in[0];
  return SUMI_OK;
}

static sumi_status_t max_pool_grad_grad_shape(sumi_infer_t *infer) {
  SUMI_TRY(output_dims(infer, "orig_input", infer->in[0], &infer->out[0]));
  SUMI_TRY(want_like(infer, 1, "orig_output", infer->out[0]));
  return want_like(infer, 2, "grad", infer->in[0]);
}

static sumi_status_t avg_pool_grad_shape(sumi_infer_t *infer) {
  sumi_dims_t output;
  SUMI_TRY(sumi__tensor_want_dims(infer, 0, "orig_input_shape", &infer->out[0]));
  SUMI_TRY(output_dims(infer, "orig_input_shape", infer->out[0], &output));
  return want_like(infer, 1, "grad", output);
}

/* ---- Kernels ---- */

static sumi__tensor_pool_t geometry(const sumi_op_t *op, const sumi_array_view_t *images) {
  const sumi__tensor_spatial_t size = sumi__tensor_spatial_attr(op, "ksize"),
                               stride = sumi__tensor_spatial_attr(op, "strides");
  return (sumi__tensor_pool_t){
      .images = images->dims[0],
      .channels = images->dims[3],
      .rows = sumi__tensor_op_window(op, images->dims[1], size.rows, stride.rows, 1),
      .columns = sumi__tensor_op_window(op, images->dims[2], size.columns, stride.columns, 1)};
}

static sumi_status_t max_pool_kernel(const sumi_kernel_t *k) {
  const sumi__tensor_pool_t pool = geometry(k->op, &k->in[0]);
  sumi__tensor_max_pool(k, &pool, k->in[0].dtype, k->in[0].data, sumi_kernel_out(k, 0));
  return SUMI_OK;
}

static sumi_status_t max_pool_grad_kernel(const sumi_kernel_t *k) {
  const sumi__tensor_pool_t pool = geometry(k->op, &k->in[0]);
  sumi__tensor_max_pool_grad(k, &pool, k->in[0].dtype, k->in[0].data, k->in[1].data, k->in[2].data,
                             sumi_kernel_out(k, 0));
  return SUMI_OK;
}

static sumi_status_t max_pool_grad_grad_kernel(const sumi_kernel_t *k) {
  const sumi__tensor_pool_t pool = geometry(k->op, &k->in[0]);
  sumi__tensor_max_pool_grad_grad(k, &pool, k->in[0].dtype, k->in[0].data, k->in[1].data,
                                  k->in[2].data, sumi_kernel_out(k, 0));
  return SUMI_OK;
}

static sumi_status_t avg_pool_kernel(const sumi_kernel_t *k) {
  const sumi__tensor_pool_t pool = geometry(k->op, &k->in[0]);
  sumi__tensor_avg_pool(k, &pool, k->in[0].dtype, k->in[0].data, sumi_kernel_out(k, 0));
  return SUMI_OK;
}

static sumi_status_t avg_pool_grad_kernel(const sumi_kernel_t *k) {
  const sumi__tensor_pool_t pool = geometry(k->op, &k->out[0]);
  sumi__tensor_avg_pool_grad(k, &pool, k->out[0].dtype, k->in[1].data, sumi_kernel_out(k, 0));
  return SUMI_OK;
}

/* ---- Gradients ---- */

static void max_pool_grad(sumi_grad_t *grad) {
  const sumi_op_t *op = grad->op;
  grad->dx[0] = sumi_max_pool_grad(grad->x[0], grad->y[0], grad->dy[0], KSIZE(op), STRIDES(op),
                                   .padding = PADDING(op));
}

/* Which element is the largest does not change with small changes of the input: only the gradient
 * passes. */
static void max_pool_grad_grad(sumi_grad_t *grad) {
  const sumi_op_t *op = grad->op;
  grad->dx[2] = sumi_max_pool_grad_grad(grad->x[0], grad->x[1], grad->dy[0], KSIZE(op), STRIDES(op),
                                        .padding = PADDING(op));
}

static void max_pool_grad_grad_grad(sumi_grad_t *grad) {
  const sumi_op_t *op = grad->op;
  grad->dx[2] = sumi_max_pool_grad(grad->x[0], grad->x[1], grad->dy[0], KSIZE(op), STRIDES(op),
                                   .padding = PADDING(op));
}

static void avg_pool_grad(sumi_grad_t *grad) {
  const sumi_op_t *op = grad->op;
  grad->dx[0] = sumi_avg_pool_grad(sumi_shape(grad->x[0]), grad->dy[0], KSIZE(op), STRIDES(op),
                                   .padding = PADDING(op));
}

static void avg_pool_grad_grad(sumi_grad_t *grad) {
  const sumi_op_t *op = grad->op;
  grad->dx[1] = sumi_avg_pool(grad->dy[0], KSIZE(op), STRIDES(op), .padding = PADDING(op));
}

/* ---- Blocks ---- */

#define PICTURE SUMI_VALUES(1, 5, 2, 2, 4, 3, 7, 0, 6, 6, 1, 8) /* [1, 3, 4, 1] */

SUMI_OP(MaxPool,
        "input: T | ksize: ints, strides: ints, padding: {SAME, VALID}, data_format: string = NHWC "
        "-> output: T ; T: float32 float64",
        .doc = "The largest element of each window of images [n, rows, columns, channels]: "
               "sumi_max_pool(x, SUMI_AXES(1, 2, 2, 1), SUMI_AXES(1, 2, 2, 1), .padding = "
               "\"SAME\"). NaN where a "
               "window holds one.",
        .shape = pool_shape, .kernel = max_pool_kernel, .grad = max_pool_grad,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(1, 3, 4, 1)},
                      .at = {PICTURE},
                      .attrs = "ksize = 1 2 2 1, strides = 1 1 2 1",
                      .out = SUMI_S(1, 3, 2, 1),
                      .expect = SUMI_VALUES(5, 7, 6, 8, 6, 8),
                      .from = "TensorFlow 2.21",
                      .no_gradient_check = true},
                     {.input_count = 1,
                      .in = {SUMI_S(2, 5, 4, 3)},
                      .attrs = "ksize = 1 3 2 1, strides = 1 2 1 1, padding = VALID"},
                     {.input_count = 1,
                      .in = {SUMI_S(3, 4)},
                      .attrs = "ksize = 1 2 2 1, strides = 1 2 2 1",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "the array of images has shape (3, 4), rank 4 is wanted"},
                     {.input_count = 1,
                      .in = {SUMI_S(1, 3, 4, 1)},
                      .attrs = "ksize = 1 2 2 2, strides = 1 2 2 1",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "windows over images or channels"},
                     {.input_count = 1,
                      .in = {SUMI_S(1, 3, 4, 1)},
                      .attrs = "ksize = 1 2 9 1, strides = 1 2 2 1, padding = VALID",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "a window of 9 columns (dilation 1) does not fit into 4"}));

SUMI_OP(
    MaxPoolGrad,
    "orig_input: T, orig_output: T, grad: T | ksize: ints, strides: ints, padding: {SAME, VALID}, "
    "data_format: string = NHWC -> output: T ; T: float32 float64",
    .doc = "The gradient of MaxPool: `grad` at the first largest element of each window, zero "
           "elsewhere.",
    .shape = max_pool_grad_shape, .kernel = max_pool_grad_kernel, .grad = max_pool_grad_grad,
    SUMI_SAMPLES({.input_count = 3,
                  .in = {SUMI_S(1, 3, 4, 1), SUMI_S(1, 3, 2, 1), SUMI_S(1, 3, 2, 1)},
                  .at = {PICTURE, SUMI_VALUES(5, 7, 6, 8, 6, 8), SUMI_VALUES(1, 2, 3, 4, 5, 6)},
                  .attrs = "ksize = 1 2 2 1, strides = 1 1 2 1",
                  .out = SUMI_S(1, 3, 4, 1),
                  .expect = SUMI_VALUES(0, 1, 0, 0, 0, 0, 2, 0, 8, 0, 0, 10),
                  .from = "TensorFlow 2.21",
                  .held = 0x3},
                 {.input_count = 3,
                  .in = {SUMI_S(1, 3, 4, 1), SUMI_S(1, 3, 2, 1), SUMI_S(1, 3, 4, 1)},
                  .attrs = "ksize = 1 2 2 1, strides = 1 1 2 1",
                  .want = SUMI_INVALID_ARGUMENT,
                  .message = "grad has shape (1, 3, 4, 1), (1, 3, 2, 1) is wanted"}));

SUMI_OP(
    MaxPoolGradGrad,
    "orig_input: T, orig_output: T, grad: T | ksize: ints, strides: ints, padding: {SAME, VALID}, "
    "data_format: string = NHWC -> output: T ; T: float32 float64",
    .doc = "The gradient of MaxPoolGrad for `grad`: picks from `grad`, of the input's shape, at "
           "the first largest "
           "element of each window.",
    .shape = max_pool_grad_grad_shape, .kernel = max_pool_grad_grad_kernel,
    .grad = max_pool_grad_grad_grad,
    SUMI_SAMPLES({.input_count = 3,
                  .in = {SUMI_S(1, 3, 4, 1), SUMI_S(1, 3, 2, 1), SUMI_S(1, 3, 4, 1)},
                  .at = {PICTURE, SUMI_VALUES(5, 7, 6, 8, 6, 8),
                         SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)},
                  .attrs = "ksize = 1 2 2 1, strides = 1 1 2 1",
                  .out = SUMI_S(1, 3, 2, 1),
                  .expect = SUMI_VALUES(2, 7, 9, 12, 9, 12),
                  .from = "TensorFlow 2.21",
                  .held = 0x3},
                 {.input_count = 3,
                  .in = {SUMI_S(1, 3, 4, 1), SUMI_S(1, 2, 2, 1), SUMI_S(1, 3, 4, 1)},
                  .attrs = "ksize = 1 2 2 1, strides = 1 1 2 1",
                  .want = SUMI_INVALID_ARGUMENT,
                  .message = "orig_output has shape (1, 2, 2, 1), (1, 3, 2, 1) is wanted"}));

SUMI_OP(
    AvgPool,
    "value: T | ksize: ints, strides: ints, padding: {SAME, VALID}, data_format: string = NHWC "
    "-> output: T ; T: float32 float64",
    .doc =
        "The mean of each window of images [n, rows, columns, channels]; padding is not counted.",
    .shape = pool_shape, .kernel = avg_pool_kernel, .grad = avg_pool_grad,
    SUMI_SAMPLES({.input_count = 1,
                  .in = {SUMI_S(1, 3, 4, 1)},
                  .at = {PICTURE},
                  .attrs = "ksize = 1 2 2 1, strides = 1 2 2 1",
                  .out = SUMI_S(1, 2, 2, 1),
                  .expect = SUMI_VALUES(3.25, 2.75, 6, 4.5),
                  .from = "TensorFlow 2.21"},
                 {.input_count = 1,
                  .in = {SUMI_S(2, 5, 4, 3)},
                  .attrs = "ksize = 1 3 2 1, strides = 1 2 1 1, padding = VALID"},
                 {.input_count = 1,
                  .in = {SUMI_S(1, 3, 4, 1)},
                  .attrs = "ksize = 1 2 2 1, strides = 1 0 2 1",
                  .want = SUMI_INVALID_ARGUMENT,
                  .message = "strides is (1, 0, 2, 1)"}));

SUMI_OP(AvgPoolGrad,
        "orig_input_shape: int32, grad: T | ksize: ints, strides: ints, padding: {SAME, VALID}, "
        "data_format: string = NHWC -> output: T ; T: float32 float64",
        .doc = "The gradient of AvgPool for its input, whose shape is the vector orig_input_shape.",
        .shape = avg_pool_grad_shape, .kernel = avg_pool_grad_kernel, .grad = avg_pool_grad_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(4), SUMI_S(1, 2, 2, 1)},
                      .at = {SUMI_VALUES(1, 3, 4, 1), SUMI_VALUES(4, 8, 2, 6)},
                      .dtype = {SUMI_INT32},
                      .attrs = "ksize = 1 2 2 1, strides = 1 2 2 1",
                      .out = SUMI_S(1, 3, 4, 1),
                      .expect = SUMI_VALUES(1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 3, 3),
                      .from = "TensorFlow 2.21"},
                     {.input_count = 2,
                      .in = {SUMI_S(4), SUMI_S(1, 2, 3, 1)},
                      .at = {SUMI_VALUES(1, 3, 4, 1)},
                      .dtype = {SUMI_INT32},
                      .attrs = "ksize = 1 2 2 1, strides = 1 2 2 1",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "grad has shape (1, 2, 3, 1), (1, 2, 2, 1) is wanted"}));
