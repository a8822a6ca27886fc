/* Normalization by statistics of the batch (Ioffe and Szegedy, ICML 2015) or of a row. Source of
 * names and semantics: TensorFlow core/ops/nn_ops.cc, python/ops/nn_impl.py. */
#include "kernels/batch_norm.h"
#include "ops/known.h"
#include "ops/window_attrs.h"

#include <sumi/gradients.h>
#include <sumi/ops.h>

/* ---- Shapes ---- */

static sumi_status_t want_images(const sumi_infer_t *infer, int input, const char *name,
                                 int64_t *channels) {
  SUMI_TRY(sumi__tensor_want_nhwc(infer));
  SUMI_TRY(sumi__tensor_want_rank(infer, input, name, 4));
  *channels = infer->in[input].rank == 4 ? infer->in[input].size[3] : SUMI_UNKNOWN_SIZE;
  return SUMI_OK;
}

static sumi_status_t want_vector(const sumi_infer_t *infer, int input, const char *name,
                                 int64_t *channels) {
  sumi_dims_t merged;
  SUMI_TRY(sumi__tensor_want_rank(infer, input, name, 1));
  if (!sumi_merge_dims(infer->in[input], sumi__tensor_vector_dims(*channels), &merged))
    return sumi_refuse(infer, "%s has shape %s, x has %lld channels", name,
                       sumi_dims_text(infer->in[input]).text, (long long)*channels);
  *channels = merged.size[0];
  return SUMI_OK;
}

static sumi_status_t batch_norm_shape(sumi_infer_t *infer) {
  static const char *const names[] = {"x", "scale", "offset", "mean", "variance"};
  int64_t channels;
  const int vectors = sumi_attr_bool(infer->op, "is_training")
                          ? 3
                          : 5; /* training reads no mean, no variance */
  SUMI_TRY(want_images(infer, 0, "x", &channels));
  for (int i = 1; i < vectors; ++i) SUMI_TRY(want_vector(infer, i, names[i], &channels));
  infer->out[0] = infer->in[0].rank == 4 ? infer->in[0] : sumi__tensor_dims_of_rank(4);
  infer->out[0].size[3] = channels;
  for (int i = 1; i < 5; ++i) infer->out[i] = sumi__tensor_vector_dims(channels);
  return SUMI_OK;
}

static sumi_status_t batch_norm_grad_shape(sumi_infer_t *infer) {
  static const char *const names[] = {"y_backprop", "x", "scale", "reserve_space_1",
                                      "reserve_space_2"};
  int64_t channels;
  SUMI_TRY(want_images(infer, 1, "x", &channels));
  for (int i = 2; i < 5; ++i) SUMI_TRY(want_vector(infer, i, names[i], &channels));
  if (!sumi_merge_dims(infer->in[0], infer->in[1], &infer->out[0]))
    return sumi_refuse(infer, "y_backprop has shape %s, x has %s",
                       sumi_dims_text(infer->in[0]).text, sumi_dims_text(infer->in[1]).text);
  infer->out[1] = infer->out[2] = sumi__tensor_vector_dims(channels);
  infer->out[3] = infer->out[4] = sumi__tensor_vector_dims(0); /* as in TensorFlow: not used */
  return SUMI_OK;
}

/* ---- Gradients ---- */

static void batch_norm_grad(sumi_grad_t *grad) {
  const bool training = sumi_attr_bool(grad->op, "is_training");
  const sumi_tensor_t mean = training ? grad->y[3] : grad->x[3],
                      variance = training ? grad->y[4] : grad->x[4];
  const sumi_tensor_t all = sumi_fused_batch_norm_grad(
      grad->dy[0], grad->x[0], grad->x[1], mean, variance, training,
      .epsilon = sumi_attr_float(grad->op, "epsilon"));
  for (int i = 0; i < 3; ++i) grad->dx[i] = sumi_output(all, i);
}

/* The three gradients in ops that have gradients themselves. */
static void gradients_in_parts(const sumi_grad_t *grad, sumi_tensor_t *parts) {
  const sumi_dims_t rows = SUMI_AXES(0, 1, 2);
  const bool training = sumi_attr_bool(grad->op, "is_training");
  const sumi_tensor_t dy = grad->x[0], x = grad->x[1], scale = grad->x[2];
  sumi_tensor_t mean = grad->x[3], variance = grad->x[4];
  if (training) {
    mean = sumi_reduce_mean(x, .axes = rows);
    variance = sumi_reduce_mean(sumi_square(sumi_sub(x, mean)), .axes = rows);
  }
  const sumi_tensor_t centred = sumi_sub(x, mean);
  const sumi_tensor_t r = sumi_rsqrt(sumi_add(variance, sumi_attr_float(grad->op, "epsilon")));
  const sumi_tensor_t product = sumi_mul(dy, centred);
  sumi_tensor_t spread = dy;
  if (training) {
    const sumi_tensor_t slope = sumi_mul(sumi_square(r), sumi_reduce_mean(product, .axes = rows));
    spread = sumi_sub(sumi_sub(dy, sumi_reduce_mean(dy, .axes = rows)), sumi_mul(centred, slope));
  }
  parts[0] = sumi_mul(sumi_mul(scale, r), spread);
  parts[1] = sumi_mul(r, sumi_reduce_sum(product, .axes = rows));
  parts[2] = sumi_reduce_sum(dy, .axes = rows);
}

static void batch_norm_grad_grad(sumi_grad_t *grad) {
  sumi_tensor_t parts[3];
  gradients_in_parts(grad, parts);
  sumi_gradients(SUMI_LIST(3, parts), SUMI_LIST(3, grad->x), grad->dx,
                 .grad_ys = SUMI_LIST(3, grad->dy));
}

/* ---- Blocks ---- */

SUMI_OP(
    FusedBatchNorm,
    "x: T, scale: T, offset: T, mean: T, variance: T | is_training: bool, epsilon: float = 0.0001, "
    "data_format: string = NHWC -> y: T, batch_mean: T, batch_variance: T, reserve_space_1: T, "
    "reserve_space_2: T ; T: float32 float64",
    .doc = "(x - mean) / sqrt(variance + epsilon) . scale + offset for each channel of x [n, rows, "
           "columns, "
           "channels]. In training mean and variance are those of x, and the inputs mean and "
           "variance are not read "
           "(give empty vectors). Outputs: y; the mean and the unbiased variance, for moving "
           "averages; two for the "
           "gradient. TensorFlow has it for float32 only.",
    .shape = batch_norm_shape, .kernel = sumi__tensor_batch_norm,
    .scratch = sumi__tensor_batch_norm_scratch, .grad = batch_norm_grad,
    SUMI_SAMPLES({.input_count = 5,
                  .in = {SUMI_S(1, 2, 2, 2), SUMI_S(2), SUMI_S(2), SUMI_S(0), SUMI_S(0)},
                  .at = {SUMI_VALUES(1, 10, 2, 20, 3, 30, 6, 60), SUMI_VALUES(1, 2),
                         SUMI_VALUES(0.5, -1)},
                  .attrs = "is_training = true, epsilon = 0.001",
                  .out = SUMI_S(1, 2, 2, 2),
                  .expect = SUMI_VALUES(-0.56889236, -3.138087, -0.03444618, -2.0690436, 0.5, -1,
                                        2.1033385, 2.2071304),
                  .from = "TensorFlow 2.21",
                  .no_gradient_check = true},
                 {.input_count = 5,
                  .in = {SUMI_S(1, 2, 2, 2), SUMI_S(2), SUMI_S(2), SUMI_S(2), SUMI_S(2)},
                  .at = {SUMI_VALUES(1, 10, 2, 20, 3, 30, 6, 60), SUMI_VALUES(1, 2),
                         SUMI_VALUES(0.5, -1), SUMI_VALUES(2, 20), SUMI_VALUES(4, 100)},
                  .attrs = "is_training = false, epsilon = 0.001",
                  .out = SUMI_S(1, 2, 2, 2),
                  .expect = SUMI_VALUES(6.2465668e-05, -2.99999, 0.5, -1, 0.99993753, 0.99998999,
                                        2.4997501, 6.9999599),
                  .from = "TensorFlow 2.21",
                  .held = 0x18,
                  .checked_outputs = 1},
                 {.input_count = 5,
                  .in = {SUMI_S(2, 2, 3, 2), SUMI_S(2), SUMI_S(2), SUMI_S(0), SUMI_S(0)},
                  .attrs = "is_training = true",
                  .checked_outputs = 1},
                 {.input_count = 5,
                  .in = {SUMI_S(1, 2, 2, 2), SUMI_S(3), SUMI_S(2), SUMI_S(0), SUMI_S(0)},
                  .attrs = "is_training = true",
                  .want = SUMI_INVALID_ARGUMENT,
                  .message = "scale has shape (3,), x has 2 channels"},
                 {.input_count = 5,
                  .in = {SUMI_S(2, 2), SUMI_S(2), SUMI_S(2), SUMI_S(0), SUMI_S(0)},
                  .attrs = "is_training = true",
                  .want = SUMI_INVALID_ARGUMENT,
                  .message = "x"}));

SUMI_OP(
    FusedBatchNormGrad,
    "y_backprop: T, x: T, scale: T, reserve_space_1: T, reserve_space_2: T | is_training: bool, "
    "epsilon: float = 0.0001, data_format: string = NHWC -> x_backprop: T, scale_backprop: T, "
    "offset_backprop: T, reserve_space_3: T, reserve_space_4: T ; T: float32 float64",
    .doc = "The gradients of FusedBatchNorm for x, scale and offset. reserve_space_1 and _2 are "
           "the mean and the "
           "variance that it used.",
    .shape = batch_norm_grad_shape, .kernel = sumi__tensor_batch_norm_grad,
    .scratch = sumi__tensor_batch_norm_scratch, .grad = batch_norm_grad_grad,
    SUMI_SAMPLES({.input_count = 5,
                  .in = {SUMI_S(1, 2, 2, 2), SUMI_S(1, 2, 2, 2), SUMI_S(2), SUMI_S(2), SUMI_S(2)},
                  .at = {SUMI_VALUES(1, 2, -1, 0, 3, 1, 0, 4),
                         SUMI_VALUES(1, 10, 2, 20, 3, 30, 6, 60), SUMI_VALUES(1, 2),
                         SUMI_VALUES(3, 30), SUMI_VALUES(3.5, 350)},
                  .attrs = "is_training = true, epsilon = 0.001",
                  .out = SUMI_S(1, 2, 2, 2),
                  .expect = SUMI_VALUES(0.057283886, 0.14890216, -0.97344464, -0.12599456,
                                        1.2025039, -0.08017826, -0.28634316, 0.057270683),
                  .from = "TensorFlow 2.21",
                  .no_gradient_check = true},
                 {.input_count = 5,
                  .in = {SUMI_S(1, 2, 2, 2), SUMI_S(1, 2, 2, 2), SUMI_S(2), SUMI_S(2), SUMI_S(2)},
                  .lo = 0.5,
                  .hi = 2,
                  .attrs = "is_training = false",
                  .held = 0x18,
                  .checked_outputs = 3},
                 {.input_count = 5,
                  .in = {SUMI_S(1, 2, 2, 2), SUMI_S(1, 2, 2, 3), SUMI_S(3), SUMI_S(3), SUMI_S(3)},
                  .attrs = "is_training = true",
                  .want = SUMI_INVALID_ARGUMENT,
                  .message = "y_backprop has shape (1, 2, 2, 2), x has (1, 2, 2, 3)"}));
