/* Batch normalization over all axes but the last (Ioffe and Szegedy, ICML 2015). Source of names
 * and defaults: TensorFlow 1.15 tf.layers.batch_normalization. */
#include "layers/layer.h"

#include <sumi/options.h>
#include <sumi/ops.h>

/* moving -= (moving - batch) * (1 - momentum), run with SUMI_UPDATE_OPS. */
static void update_average(sumi_graph_t *graph, sumi_tensor_t moving, sumi_tensor_t batch,
                           double momentum) {
  const sumi_tensor_t step = sumi_mul(sumi_sub(moving, batch), 1 - momentum);
  sumi_collection_add(graph, SUMI_UPDATE_OPS,
                      sumi__tensor_apply("AssignSub", SUMI_TENSORS(moving, step)));
}

static sumi_tensor_t normalized(sumi_tensor_t x, int64_t channels,
                                const sumi_batch_norm_options_t *options) {
  const double momentum = sumi_option_number(options->momentum, 0.99);
  const double epsilon = sumi_option_number(options->epsilon, 1e-3);
  const sumi_dims_t dims = SUMI_DIMS(channels);
  const sumi_tensor_t gamma = sumi__tensor_layer_variable(x, "gamma", dims, SUMI_ONES_INITIALIZER,
                                                          true);
  const sumi_tensor_t beta = sumi__tensor_layer_variable(x, "beta", dims, SUMI_ZEROS_INITIALIZER,
                                                         true);
  const sumi_tensor_t moving_mean = sumi__tensor_layer_variable(x, "moving_mean", dims,
                                                                SUMI_ZEROS_INITIALIZER, false);
  const sumi_tensor_t moving_variance = sumi__tensor_layer_variable(x, "moving_variance", dims,
                                                                    SUMI_ONES_INITIALIZER, false);
  sumi_tensor_t mean = moving_mean, variance = moving_variance;
  if (options->training) {
    sumi_dims_t axes = {.rank = sumi_tensor_dims(x).rank - 1};
    for (int axis = 0; axis < axes.rank; ++axis) axes.size[axis] = axis;
    mean = sumi_reduce_mean(x, .axes = axes);
    variance = sumi_reduce_mean(sumi_square(sumi_sub(x, mean)), .axes = axes);
    update_average(sumi_tensor_graph(x), moving_mean, mean, momentum);
    update_average(sumi_tensor_graph(x), moving_variance, variance, momentum);
  }
  const sumi_tensor_t scale = sumi_mul(gamma, sumi_rsqrt(sumi_add(variance, epsilon)));
  return sumi_add(sumi_mul(x, scale), sumi_sub(beta, sumi_mul(mean, scale)));
}

sumi_tensor_t sumi_batch_norm_layer_with(sumi_tensor_t x, sumi_site_t site,
                                         const sumi_batch_norm_options_t *given) {
  sumi_batch_norm_options_t options;
  if (!sumi__tensor_graph_options(sumi_tensor_graph(x), site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  sumi_tensor_t y = {0};
  if (!sumi__tensor_layer_begin(x, site, options.name, "batch_normalization", options.reuse))
    return y;
  int64_t channels;
  if (sumi__tensor_layer_size(x, "batch_normalization", 0, &channels))
    y = normalized(x, channels, &options);
  sumi__tensor_layer_end(x);
  return y;
}
