/* Softmax over the last axis. Source of names and semantics: TensorFlow core/ops/nn_ops.cc. */
#include "kernels/softmax.h"
#include "ops/known.h"

#include <sumi/ops.h>

static sumi_status_t softmax_shape(sumi_infer_t *infer) {
  infer->out[0] = infer->in[0];
  if (infer->in[0].rank != 0) return SUMI_OK;
  return sumi_refuse(infer, "logits is a scalar, rank 1 or more is wanted");
}

static sumi__tensor_softmax_t matrix(const sumi_kernel_t *k) {
  const sumi_array_view_t *x = &k->in[0];
  return (sumi__tensor_softmax_t){.dtype = x->dtype,
                                  .rows = sumi__tensor_count_axes(x->dims, 0, x->rank - 1),
                                  .classes = x->dims[x->rank - 1],
                                  .logits = x->data,
                                  .result = sumi_kernel_out(k, 0)};
}

static sumi_status_t softmax_kernel(const sumi_kernel_t *k) {
  const sumi__tensor_softmax_t softmax = matrix(k);
  sumi__tensor_softmax(k, &softmax);
  return SUMI_OK;
}

static sumi_status_t log_softmax_kernel(const sumi_kernel_t *k) {
  const sumi__tensor_softmax_t softmax = matrix(k);
  sumi__tensor_log_softmax(k, &softmax);
  return SUMI_OK;
}

static sumi_tensor_t sum_of_row(sumi_tensor_t x) {
  return sumi_reduce_sum(x, .axes = SUMI_AXES(-1), .keep_dims = true);
}

/* dx = (dy - sum(dy . y)) . y */
static void softmax_grad(sumi_grad_t *grad) {
  const sumi_tensor_t y = grad->y[0], dy = grad->dy[0];
  grad->dx[0] = sumi_mul(sumi_sub(dy, sum_of_row(sumi_mul(dy, y))), y);
}

/* dx = dy - sum(dy) . exp(y) */
static void log_softmax_grad(sumi_grad_t *grad) {
  const sumi_tensor_t y = grad->y[0], dy = grad->dy[0];
  grad->dx[0] = sumi_sub(dy, sumi_mul(sum_of_row(dy), sumi_exp(y)));
}

SUMI_OP(Softmax, "logits: T -> softmax: T ; T: float32 float64",
        .doc = "exp(logits) / sum(exp(logits)) over the last axis.", .shape = softmax_shape,
        .kernel = softmax_kernel, .grad = softmax_grad,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(3, 3)},
                      .at = {SUMI_VALUES(1, 2, 3, 0, 0, 0, 1000, 1000, -1000)},
                      .out = SUMI_S(3, 3),
                      .expect = SUMI_VALUES(0.090030566, 0.24472848, 0.6652409, 1. / 3, 1. / 3,
                                            1. / 3, 0.5, 0.5, 0),
                      .from = "TensorFlow 2.21",
                      .no_gradient_check = true},
                     {.input_count = 1, .in = {SUMI_S(2, 3, 11)}},
                     {.input_count = 1,
                      .in = {SUMI_S0},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "logits is a scalar, rank 1 or more is wanted"}));

SUMI_OP(LogSoftmax, "logits: T -> logsoftmax: T ; T: float32 float64",
        .doc = "logits - log(sum(exp(logits))) over the last axis.", .shape = softmax_shape,
        .kernel = log_softmax_kernel, .grad = log_softmax_grad,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 3)},
                      .at = {SUMI_VALUES(1, 2, 3, 0, 0, 0)},
                      .out = SUMI_S(2, 3),
                      .expect = SUMI_VALUES(-2.40760596, -1.40760596, -0.40760596, -1.09861229,
                                            -1.09861229, -1.09861229),
                      .from = "TensorFlow 2.21"},
                     {.input_count = 1, .in = {SUMI_S(2, 3, 11)}},
                     {.input_count = 1,
                      .in = {SUMI_S0},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "logits is a scalar, rank 1 or more is wanted"}));
