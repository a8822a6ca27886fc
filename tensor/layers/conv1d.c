/* Convolution over [n, width, c]. Source of behaviour: TensorFlow 1.15 tf.layers.conv1d. */
#include "layers/layer.h"

#include <sumi/options.h>
#include <sumi/ops.h>

sumi_tensor_t sumi_conv1d_layer_with(sumi_tensor_t x, sumi_site_t site, int64_t filters,
                                     int64_t size, const sumi_layer_options_t *given) {
  sumi_layer_options_t options;
  if (!sumi__tensor_graph_options(sumi_tensor_graph(x), site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  sumi_tensor_t y = {0};
  if (!sumi__tensor_layer_begin(x, site, options.name, "conv1d", options.reuse)) return y;
  int64_t channels;
  if (filters < 1 || size < 1)
    sumi__tensor_layer_refuse(x, SUMI_INVALID_ARGUMENT, "conv1d: %lld filters of size %lld",
                              (long long)filters, (long long)size);
  else if (sumi__tensor_layer_size(x, "conv1d", 3, &channels)) {
    const sumi_tensor_t kernel = sumi__tensor_layer_variable(
        x, "kernel", SUMI_DIMS(size, channels, filters), options.kernel_initializer, true);
    if (kernel.op)
      y = sumi_conv1d(x, kernel, .stride = options.strides,
                      .padding = sumi__tensor_layer_padding(&options),
                      .dilations = options.dilation_rate);
    y = sumi__tensor_layer_finish(y, filters, &options);
  }
  sumi__tensor_layer_end(x);
  return y;
}
