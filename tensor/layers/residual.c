/* Residual blocks. Source: He et al., "Deep residual learning for image recognition" (2015), and
 * "Identity mappings in deep residual networks" (2016) for preactivate. */
#include "layers/layer.h"

#include <sumi/options.h>
#include <sumi/ops.h>

static sumi_tensor_t convolution(sumi_tensor_t x, int64_t filters, int64_t size, int64_t strides,
                                 const sumi_residual_options_t *options) {
  sumi_initializer_t initializer = options->kernel_initializer;
  if (initializer.kind == SUMI_INIT_DEFAULT) initializer = SUMI_INIT(HE_NORMAL);
  return sumi_conv2d_layer(x, filters, size, .strides = strides, .padding = "SAME", .no_bias = true,
                           .kernel_initializer = initializer);
}

static sumi_tensor_t normalized(sumi_tensor_t x, const sumi_residual_options_t *options) {
  return sumi_batch_norm_layer(x, .training = options->training, .momentum = options->momentum,
                               .epsilon = options->epsilon);
}

/* What is convolved in the way of the block's version; `x` is normalized and active already. */
static sumi_tensor_t branch(sumi_tensor_t x, int64_t filters, int64_t strides,
                            const sumi_residual_options_t *options) {
  const int count = options->bottleneck ? 3 : 2;
  for (int i = 0; i < count; ++i) {
    const bool wide = !options->bottleneck || i == 1;
    const int64_t outputs = options->bottleneck && i == 2 ? 4 * filters : filters;
    const int64_t step = i == (options->bottleneck ? 1 : 0) ? strides : 1;
    if (options->preactivate && i > 0) x = sumi_relu(normalized(x, options));
    x = convolution(x, outputs, wide ? 3 : 1, step, options);
    if (!options->preactivate) x = normalized(x, options);
    if (!options->preactivate && i + 1 < count) x = sumi_relu(x);
  }
  return x;
}

static sumi_tensor_t block(sumi_tensor_t x, int64_t channels, int64_t filters,
                           const sumi_residual_options_t *options) {
  const int64_t strides = options->strides ? options->strides : 1;
  const int64_t outputs = options->bottleneck ? 4 * filters : filters;
  const bool projected = strides != 1 || outputs != channels;
  sumi_tensor_t shortcut = x;
  if (options->preactivate) x = sumi_relu(normalized(x, options));
  if (projected) {
    shortcut = convolution(x, outputs, 1, strides, options);
    if (!options->preactivate) shortcut = normalized(shortcut, options);
  }
  const sumi_tensor_t sum = sumi_add(branch(x, filters, strides, options), shortcut);
  return options->preactivate ? sum : sumi_relu(sum);
}

sumi_tensor_t sumi_residual_block_with(sumi_tensor_t x, sumi_site_t site, int64_t filters,
                                       const sumi_residual_options_t *given) {
  sumi_residual_options_t options;
  if (!sumi__tensor_graph_options(sumi_tensor_graph(x), site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  sumi_tensor_t y = {0};
  if (!sumi__tensor_layer_begin(x, site, options.name, "residual_block", options.reuse)) return y;
  int64_t channels;
  if (filters < 1 || options.strides < 0)
    sumi__tensor_layer_refuse(x, SUMI_INVALID_ARGUMENT,
                              "residual_block: %lld filters at strides of %lld", (long long)filters,
                              (long long)options.strides);
  else if (sumi__tensor_layer_size(x, "residual_block", 4, &channels))
    y = block(x, channels, filters, &options);
  sumi__tensor_layer_end(x);
  return y;
}
