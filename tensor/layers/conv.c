/* Convolution and pooling layers over [n, h, w, c]. Source of behaviour: TensorFlow 1.15 tf.layers.
 */
#include "layers/layer.h"

#include <sumi/ops.h>
#include <sumi/options.h>

#include <string.h>

static sumi_named_attr_t ints(const char *name, int64_t size) {
  return (sumi_named_attr_t){name, {.kind = SUMI_ATTR_INTS, .dims = SUMI_DIMS(1, size, size, 1)}};
}

sumi_tensor_t sumi_conv2d_layer_with(sumi_tensor_t x, sumi_site_t site, int64_t filters,
                                     int64_t size, const sumi_layer_options_t *given) {
  sumi_layer_options_t options;
  if (!sumi__tensor_graph_options(sumi_tensor_graph(x), site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  sumi_tensor_t y = {0};
  if (!sumi__tensor_layer_begin(x, site, options.name, "conv2d", options.reuse)) return y;
  int64_t channels;
  if (filters < 1 || size < 1)
    sumi__tensor_layer_refuse(x, SUMI_INVALID_ARGUMENT, "conv2d: %lld filters of size %lld",
                              (long long)filters, (long long)size);
  else if (sumi__tensor_layer_size(x, "conv2d", 4, &channels)) {
    const sumi_tensor_t kernel = sumi__tensor_layer_variable(
        x, "kernel", SUMI_DIMS(size, size, channels, filters), options.kernel_initializer, true);
    if (kernel.op)
      y = sumi_conv2d(x, kernel, .strides = sumi__tensor_layer_square(options.strides),
                      .padding = sumi__tensor_layer_padding(&options),
                      .dilations = sumi__tensor_layer_square(options.dilation_rate));
    y = sumi__tensor_layer_finish(y, filters, &options);
  }
  sumi__tensor_layer_end(x);
  return y;
}

/* The size that a convolution makes `size` of; the largest where there are several (VALID). */
static sumi_tensor_t enlarged(sumi_tensor_t size, int64_t window, int64_t stride, bool same) {
  const int64_t more = same || window < stride ? 0 : window - stride;
  if (sumi_tensor_is_number(size))
    return sumi_tensor_of_number(size.number * (double)stride + (double)more);
  return sumi_add(sumi_mul(size, (double)stride), (double)more);
}

static sumi_tensor_t transpose(sumi_tensor_t x, sumi_tensor_t kernel, int64_t filters,
                               int64_t window, const sumi_layer_options_t *options) {
  const int64_t stride = options->strides ? options->strides : 1;
  const bool same = strcmp(sumi__tensor_layer_padding(options), "SAME") == 0;
  const sumi_tensor_t sizes[] = {sumi__tensor_size_of(x, 0),
                                 enlarged(sumi__tensor_size_of(x, 1), window, stride, same),
                                 enlarged(sumi__tensor_size_of(x, 2), window, stride, same),
                                 sumi_tensor_of_number((double)filters)};
  const sumi_tensor_t shape = sumi_shape_tensor(sumi_tensor_graph(x), SUMI_HERE,
                                                SUMI_LIST(4, sizes));
  const sumi_named_attr_t attrs[] = {
      ints("strides", stride),
      {"padding", {.kind = SUMI_ATTR_STRING, .string = sumi__tensor_layer_padding(options)}}};
  return sumi_node(&(sumi_node_spec_t){.site = SUMI_HERE,
                                       .type = "Conv2DBackpropInput",
                                       .name = "conv2d_transpose",
                                       .inputs = SUMI_TENSORS(shape, kernel, x),
                                       .attr_count = 2,
                                       .attrs = attrs});
}

sumi_tensor_t sumi_conv2d_transpose_layer_with(sumi_tensor_t x, sumi_site_t site, int64_t filters,
                                               int64_t size, const sumi_layer_options_t *given) {
  sumi_layer_options_t options;
  if (!sumi__tensor_graph_options(sumi_tensor_graph(x), site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  sumi_tensor_t y = {0};
  if (!sumi__tensor_layer_begin(x, site, options.name, "conv2d_transpose", options.reuse)) return y;
  int64_t channels;
  if (filters < 1 || size < 1 || options.strides < 0)
    sumi__tensor_layer_refuse(x, SUMI_INVALID_ARGUMENT,
                              "conv2d_transpose: %lld filters of size %lld at strides of %lld",
                              (long long)filters, (long long)size, (long long)options.strides);
  else if (sumi__tensor_layer_size(x, "conv2d_transpose", 4, &channels)) {
    const sumi_tensor_t kernel = sumi__tensor_layer_variable(
        x, "kernel", SUMI_DIMS(size, size, filters, channels), options.kernel_initializer, true);
    if (kernel.op)
      y = sumi__tensor_layer_finish(transpose(x, kernel, filters, size, &options), filters,
                                    &options);
  }
  sumi__tensor_layer_end(x);
  return y;
}

static sumi_tensor_t pool(const char *type, const char *scope, sumi_tensor_t x, sumi_site_t site,
                          int64_t size, const sumi_layer_options_t *options) {
  sumi_tensor_t y = {0};
  if (!sumi__tensor_layer_begin(x, site, options->name, scope, options->reuse)) return y;
  const sumi_named_attr_t attrs[] = {
      ints("ksize", size),
      ints("strides", options->strides ? options->strides : size),
      {"padding", {.kind = SUMI_ATTR_STRING, .string = sumi__tensor_layer_padding(options)}}};
  y = sumi_node(&(sumi_node_spec_t){
      .site = site, .type = type, .inputs = SUMI_LIST(1, &x), .attr_count = 3, .attrs = attrs});
  sumi__tensor_layer_end(x);
  return y;
}

sumi_tensor_t sumi_max_pool2d_with(sumi_tensor_t x, sumi_site_t site, int64_t size,
                                   const sumi_layer_options_t *given) {
  sumi_layer_options_t options;
  if (!sumi__tensor_graph_options(sumi_tensor_graph(x), site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  return pool("MaxPool", "max_pooling2d", x, site, size, &options);
}

sumi_tensor_t sumi_avg_pool2d_with(sumi_tensor_t x, sumi_site_t site, int64_t size,
                                   const sumi_layer_options_t *given) {
  sumi_layer_options_t options;
  if (!sumi__tensor_graph_options(sumi_tensor_graph(x), site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  return pool("AvgPool", "average_pooling2d", x, site, size, &options);
}
