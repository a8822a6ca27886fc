/* A bias for each channel. Source of names and semantics: TensorFlow core/ops/nn_ops.cc. */
#include "kernels/map.h"
#include "kernels/rows.h"
#include "ops/known.h"
#include "ops/window_attrs.h"

#include <sumi/ops.h>

/* ---- BiasAdd ---- */

SUMI__MAP2(bias_add, FLOATS, x + y);

static sumi_status_t bias_add_shape(sumi_infer_t *infer) {
  const sumi_dims_t value = infer->in[0];
  SUMI_TRY(sumi__tensor_want_nhwc(infer));
  SUMI_TRY(sumi__tensor_want_rank(infer, 1, "bias", 1));
  infer->out[0] = value;
  if (value.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  if (value.rank < 2)
    return sumi_refuse(infer, "value has shape %s, rank 2 or more is wanted",
                       sumi_dims_text(value).text);
  const int64_t channels = value.size[value.rank - 1];
  const int64_t biases = infer->in[1].rank == 1 ? infer->in[1].size[0] : SUMI_UNKNOWN_SIZE;
  if (channels >= 0 && biases >= 0 && channels != biases)
    return sumi_refuse(infer, "bias has %lld elements, value has %lld channels", (long long)biases,
                       (long long)channels);
  if (channels < 0) infer->out[0].size[value.rank - 1] = biases;
  return SUMI_OK;
}

static void bias_add_grad(sumi_grad_t *grad) {
  grad->dx[0] = grad->dx[1] = grad->dy[0]; /* the engine sums what was broadcast */
}

SUMI_OP(BiasAdd, "value: T, bias: T | data_format: string = NHWC -> output: T ; T: float32 float64",
        .doc = "value + bias, where bias is a vector with one element for each channel, the last "
               "axis of value.",
        .shape = bias_add_shape, .map = bias_add_map, .grad = bias_add_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(3)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(10, 20, 30)},
                      .out = SUMI_S(2, 3),
                      .expect = SUMI_VALUES(11, 22, 33, 14, 25, 36),
                      .from = "by hand"},
                     {.input_count = 2, .in = {SUMI_S(2, 3, 2, 4), SUMI_S(4)}},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(2)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "bias has 2 elements, value has 3 channels"},
                     {.input_count = 2,
                      .in = {SUMI_S(3), SUMI_S(3)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "value has shape (3,), rank 2 or more is wanted"}));

/* ---- BiasAddGrad ---- */

static sumi_status_t bias_add_grad_shape(sumi_infer_t *infer) {
  const sumi_dims_t dims = infer->in[0];
  SUMI_TRY(sumi__tensor_want_nhwc(infer));
  if (dims.rank != SUMI_UNKNOWN_RANK && dims.rank < 2)
    return sumi_refuse(infer, "out_backprop has shape %s, rank 2 or more is wanted",
                       sumi_dims_text(dims).text);
  infer->out[0] = sumi__tensor_vector_dims(
      dims.rank == SUMI_UNKNOWN_RANK ? SUMI_UNKNOWN_SIZE : dims.size[dims.rank - 1]);
  return SUMI_OK;
}

static int64_t channels_of(const sumi_array_view_t *view) {
  return view->dims[view->rank - 1];
}

static void add_floats(const void *context, int64_t first, int64_t count, double *restrict sums) {
  const sumi_array_view_t *view = context;
  const int64_t channels = channels_of(view);
  for (int64_t row = first; row < first + count; ++row) {
    const float *restrict x = (const float *)view->data + row * channels;
    for (int64_t c = 0; c < channels; ++c) sums[c] += (double)x[c];
  }
}

static void add_doubles(const void *context, int64_t first, int64_t count, double *restrict sums) {
  const sumi_array_view_t *view = context;
  const int64_t channels = channels_of(view);
  for (int64_t row = first; row < first + count; ++row) {
    const double *restrict x = (const double *)view->data + row * channels;
    for (int64_t c = 0; c < channels; ++c) sums[c] += x[c];
  }
}

static size_t bias_add_grad_scratch(const sumi_kernel_t *k) {
  return sumi__tensor_row_sums_scratch(channels_of(&k->in[0]));
}

static sumi_status_t bias_add_grad_kernel(const sumi_kernel_t *k) {
  const sumi_array_view_t *x = &k->in[0];
  const int64_t channels = channels_of(x), rows = sumi__tensor_count_axes(x->dims, 0, x->rank - 1);
  const bool single = x->dtype == SUMI_FLOAT32;
  const double *sums = sumi__tensor_row_sums(k, rows, channels, single ? add_floats : add_doubles,
                                             x, k->scratch);
  float *floats = sumi_kernel_out(k, 0);
  double *doubles = sumi_kernel_out(k, 0);
  for (int64_t c = 0; c < channels; ++c) {
    if (single)
      floats[c] = (float)sums[c];
    else
      doubles[c] = sums[c];
  }
  return SUMI_OK;
}

static void bias_add_grad_grad(sumi_grad_t *grad) {
  grad->dx[0] = sumi_bias_add(sumi_zeros_like(grad->x[0]), grad->dy[0]);
}

SUMI_OP(BiasAddGrad,
        "out_backprop: T | data_format: string = NHWC -> output: T ; T: float32 float64",
        .doc = "The gradient of BiasAdd for its bias: the sum over all axes but the last.",
        .shape = bias_add_grad_shape, .kernel = bias_add_grad_kernel,
        .scratch = bias_add_grad_scratch, .grad = bias_add_grad_grad,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 1, 3)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6)},
                      .out = SUMI_S(3),
                      .expect = SUMI_VALUES(5, 7, 9),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(3)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "rank 2 or more is wanted"}));
