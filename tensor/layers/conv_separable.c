/* Depthwise and separable convolution layers over [n, h, w, c]. Source of names and behaviour:
 * TensorFlow 1.15 tf.layers.separable_conv2d and tf.keras.layers.DepthwiseConv2D. */
#include "layers/layer.h"

#include <sumi/options.h>
#include <sumi/ops.h>

static int64_t multiplier_of(const sumi_layer_options_t *options) {
  return options->depth_multiplier ? options->depth_multiplier : 1;
}

/* Refuses sizes below 1. */
static bool want_sizes(sumi_tensor_t x, const char *layer, int64_t filters, int64_t size,
                       const sumi_layer_options_t *options) {
  const int64_t multiplier = multiplier_of(options);
  if (filters >= 1 && size >= 1 && multiplier >= 1) return true;
  sumi__tensor_layer_refuse(x, SUMI_INVALID_ARGUMENT,
                            "%s: %lld filters of size %lld with a depth_multiplier of %lld", layer,
                            (long long)filters, (long long)size, (long long)multiplier);
  return false;
}

static sumi_tensor_t depthwise_kernel(sumi_tensor_t x, int64_t size, int64_t channels,
                                      const sumi_layer_options_t *options) {
  return sumi__tensor_layer_variable(x, "depthwise_kernel",
                                     SUMI_DIMS(size, size, channels, multiplier_of(options)),
                                     options->kernel_initializer, true);
}

sumi_tensor_t sumi_depthwise_conv2d_layer_with(sumi_tensor_t x, sumi_site_t site, int64_t size,
                                               const sumi_layer_options_t *given) {
  sumi_layer_options_t options;
  if (!sumi__tensor_graph_options(sumi_tensor_graph(x), site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  sumi_tensor_t y = {0};
  if (!sumi__tensor_layer_begin(x, site, options.name, "depthwise_conv2d", options.reuse)) return y;
  int64_t channels;
  if (want_sizes(x, "depthwise_conv2d", 1, size, &options) &&
      sumi__tensor_layer_size(x, "depthwise_conv2d", 4, &channels)) {
    const sumi_tensor_t kernel = depthwise_kernel(x, size, channels, &options);
    if (kernel.op)
      y = sumi_depthwise_conv2d(x, kernel, .strides = sumi__tensor_layer_square(options.strides),
                                .padding = sumi__tensor_layer_padding(&options),
                                .dilations = sumi__tensor_layer_square(options.dilation_rate));
    y = sumi__tensor_layer_finish(y, channels * multiplier_of(&options), &options);
  }
  sumi__tensor_layer_end(x);
  return y;
}

sumi_tensor_t sumi_separable_conv2d_layer_with(sumi_tensor_t x, sumi_site_t site, int64_t filters,
                                               int64_t size, const sumi_layer_options_t *given) {
  sumi_layer_options_t options;
  if (!sumi__tensor_graph_options(sumi_tensor_graph(x), site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  sumi_tensor_t y = {0};
  if (!sumi__tensor_layer_begin(x, site, options.name, "separable_conv2d", options.reuse)) return y;
  int64_t channels;
  if (want_sizes(x, "separable_conv2d", filters, size, &options) &&
      sumi__tensor_layer_size(x, "separable_conv2d", 4, &channels)) {
    const sumi_tensor_t depthwise = depthwise_kernel(x, size, channels, &options);
    const sumi_tensor_t pointwise = sumi__tensor_layer_variable(
        x, "pointwise_kernel", SUMI_DIMS(1, 1, channels * multiplier_of(&options), filters),
        options.kernel_initializer, true);
    if (depthwise.op && pointwise.op)
      y = sumi_separable_conv2d(x, depthwise, pointwise,
                                .strides = sumi__tensor_layer_square(options.strides),
                                .padding = sumi__tensor_layer_padding(&options),
                                .dilations = sumi__tensor_layer_square(options.dilation_rate));
    y = sumi__tensor_layer_finish(y, filters, &options);
  }
  sumi__tensor_layer_end(x);
  return y;
}
