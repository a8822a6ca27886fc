/* Layers for test_layers_tensorflow.py; see common/model_run.h. */
#include "model_run.h"

#include <sumi/attention.h>
#include <sumi/layers.h>
#include <sumi/ops.h>
#include <sumi/variables.h>

static void conv1d(model_run_t *m) {
  model_output(m, sumi_conv1d_layer(m->inputs[0], 5, 3, .strides = 2, .padding = "SAME",
                                    .activation = sumi_activation_tanh));
}

static void dilated(model_run_t *m) {
  model_output(m, sumi_conv2d_layer(m->inputs[0], 4, 3, .dilation_rate = 2));
}

static void depthwise(model_run_t *m) {
  model_output(m, sumi_depthwise_conv2d_layer(m->inputs[0], 3, .strides = 2, .padding = "SAME",
                                              .depth_multiplier = 2));
}

static void separable(model_run_t *m) {
  const sumi_tensor_t x = sumi_separable_conv2d_layer(m->inputs[0], 6, 3, .padding = "SAME",
                                                      .depth_multiplier = 2,
                                                      .activation = sumi_activation_tanh);
  model_output(m, sumi_separable_conv2d_layer(x, 3, 2, .no_bias = true));
}

static void layer_norm(model_run_t *m) {
  model_output(m, sumi_layer_norm_layer(m->inputs[0]));
}

static void group_norm(model_run_t *m) {
  model_output(m, sumi_group_norm_layer(m->inputs[0], 2));
}

static void instance_norm(model_run_t *m) {
  model_output(m, sumi_instance_norm_layer(m->inputs[0], .epsilon = 0.01));
}

static void embedding(model_run_t *m) {
  model_output(m, sumi_embedding_layer(m->inputs[0], 7, 4));
}

static void dot_product(model_run_t *m) {
  sumi_tensor_t weights;
  model_output(m, sumi_dot_product_attention(m->inputs[0], m->inputs[1], m->inputs[2],
                                             .mask = m->inputs[3], .weights = &weights));
  model_output(m, weights);
}

static void causal(model_run_t *m) {
  model_output(m, sumi_dot_product_attention(m->inputs[0], m->inputs[1], m->inputs[2],
                                             .causal = true, .scale = 0.5));
}

static void additive(model_run_t *m) {
  sumi_variable_scope_begin(m->graph, "additive_attention");
  sumi_tensor_t scale = sumi_get_variable(m->graph, "scale", SUMI_DIMS(4));
  sumi_variable_scope_end(m->graph);
  model_output(m, sumi_additive_attention(m->inputs[0], m->inputs[1], m->inputs[2], scale,
                                          .mask = m->inputs[3]));
}

static void multi_head(model_run_t *m) {
  sumi_tensor_t weights;
  model_output(m, sumi_multi_head_attention(
                      m->inputs[0], m->inputs[2], 3, 5, .value_dim = 2, .key = m->inputs[1],
                      .mask = sumi_expand_dims(m->inputs[3], 1), .weights = &weights));
  model_output(m, weights);
}

static void multi_head_causal(model_run_t *m) {
  model_output(m, sumi_multi_head_attention(m->inputs[0], m->inputs[0], 2, 4, .causal = true,
                                            .no_bias = true));
}

static void residual(model_run_t *m) {
  const sumi_tensor_t x = sumi_residual_block(m->inputs[0], 6, .strides = 2, .training = true);
  model_output(m, sumi_residual_block(x, 6, .training = true));
}

static void bottleneck(model_run_t *m) {
  model_output(m, sumi_residual_block(m->inputs[0], 2, .bottleneck = true, .strides = 2,
                                      .training = true, .epsilon = 0.01));
}

static void preactivated(model_run_t *m) {
  const sumi_tensor_t x = sumi_residual_block(m->inputs[0], 6, .preactivate = true, .strides = 2,
                                              .training = true);
  model_output(m, sumi_residual_block(x, 6, .preactivate = true, .training = true));
}

int main(int argc, char **argv) {
  static const model_entry_t entries[] = {{"conv1d", conv1d},
                                          {"dilated", dilated},
                                          {"depthwise", depthwise},
                                          {"separable", separable},
                                          {"layer_norm", layer_norm},
                                          {"group_norm", group_norm},
                                          {"instance_norm", instance_norm},
                                          {"embedding", embedding},
                                          {"dot_product", dot_product},
                                          {"causal", causal},
                                          {"additive", additive},
                                          {"multi_head", multi_head},
                                          {"multi_head_causal", multi_head_causal},
                                          {"residual", residual},
                                          {"bottleneck", bottleneck},
                                          {"preactivated", preactivated}};
  return model_main(argc, argv, entries, (int)(sizeof entries / sizeof *entries));
}
