/* Layers that normalize each example by itself. Source of names and defaults: Keras'
 * LayerNormalization and GroupNormalization, TensorFlow Addons' InstanceNormalization. */
#include "layers/layer.h"

#include <sumi/options.h>
#include <sumi/ops.h>

typedef sumi_tensor_t (*norm_t)(sumi_tensor_t x, sumi_tensor_t gamma, sumi_tensor_t beta,
                                int64_t groups, double epsilon);

static sumi_tensor_t by_layer(sumi_tensor_t x, sumi_tensor_t gamma, sumi_tensor_t beta,
                              int64_t groups, double epsilon) {
  (void)groups;
  return sumi_layer_normalization(x, gamma, beta, .epsilon = epsilon);
}

static sumi_tensor_t by_group(sumi_tensor_t x, sumi_tensor_t gamma, sumi_tensor_t beta,
                              int64_t groups, double epsilon) {
  return sumi_group_normalization(x, gamma, beta, groups, .epsilon = epsilon);
}

static sumi_tensor_t by_channel(sumi_tensor_t x, sumi_tensor_t gamma, sumi_tensor_t beta,
                                int64_t groups, double epsilon) {
  (void)groups;
  return sumi_instance_normalization(x, gamma, beta, .epsilon = epsilon);
}

static sumi_tensor_t norm_layer(sumi_tensor_t x, sumi_site_t site, const char *scope, norm_t norm,
                                int64_t groups, const sumi_norm_layer_options_t *given) {
  sumi_norm_layer_options_t options;
  if (!sumi__tensor_graph_options(sumi_tensor_graph(x), site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  sumi_tensor_t y = {0};
  if (!sumi__tensor_layer_begin(x, site, options.name, scope, options.reuse)) return y;
  int64_t channels;
  if (sumi__tensor_layer_size(x, scope, 0, &channels)) {
    const sumi_dims_t dims = SUMI_DIMS(channels);
    const sumi_tensor_t gamma = sumi__tensor_layer_variable(x, "gamma", dims, SUMI_ONES_INITIALIZER,
                                                            true);
    const sumi_tensor_t beta = sumi__tensor_layer_variable(x, "beta", dims, SUMI_ZEROS_INITIALIZER,
                                                           true);
    if (gamma.op && beta.op)
      y = norm(x, gamma, beta, groups, sumi_option_number(options.epsilon, 1e-3));
  }
  sumi__tensor_layer_end(x);
  return y;
}

sumi_tensor_t sumi_layer_norm_layer_with(sumi_tensor_t x, sumi_site_t site,
                                         const sumi_norm_layer_options_t *options) {
  return norm_layer(x, site, "layer_normalization", by_layer, 0, options);
}

sumi_tensor_t sumi_group_norm_layer_with(sumi_tensor_t x, sumi_site_t site, int64_t groups,
                                         const sumi_norm_layer_options_t *options) {
  return norm_layer(x, site, "group_normalization", by_group, groups, options);
}

sumi_tensor_t sumi_instance_norm_layer_with(sumi_tensor_t x, sumi_site_t site,
                                            const sumi_norm_layer_options_t *options) {
  return norm_layer(x, site, "instance_normalization", by_channel, 0, options);
}
