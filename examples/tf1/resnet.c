/* A residual network (He et al. 2015) with batch normalization, for pictures of about 32 x 32.
 *
 *   def residual_block(x, filters, strides):
 *     shortcut = x if … else tf.layers.conv2d(x, filters, 1, strides)
 *     …
 *     return tf.nn.relu(x + shortcut)
 */
#include "run.h"

static sumi_tensor_t logits_of(sumi_tensor_t images, int64_t classes, bool training) {
  sumi_graph_t *g = sumi_tensor_graph(images);
  sumi_variable_scope_begin(g, "resnet", .reuse = SUMI_AUTO_REUSE);
  sumi_tensor_t x = sumi_conv2d_layer(images, 8, 3, .padding = "SAME", .no_bias = true,
                                      .kernel_initializer = SUMI_INIT(HE_NORMAL));
  x = sumi_relu(sumi_batch_norm_layer(x, .training = training, .momentum = 0.9));
  x = sumi_residual_block(x, 8, .training = training, .momentum = 0.9);
  x = sumi_residual_block(x, 16, .strides = 2, .training = training, .momentum = 0.9);
  x = sumi_residual_block(x, 32, .strides = 2, .training = training, .momentum = 0.9);
  sumi_tensor_t logits = sumi_dense(sumi_reduce_mean(x, .axes = SUMI_AXES(1, 2)), classes);
  sumi_variable_scope_end(g);
  return logits;
}

int main(int argc, char **argv) {
  run_t run = run_begin(argc, argv, "runs/resnet", 150);
  const pictures_t p = run_pictures(&run, 32);
  sumi_tensor_t logits = logits_of(p.images, p.classes, true);
  sumi_tensor_t loss = sumi_reduce_mean(
      sumi_sparse_softmax_cross_entropy_with_logits(logits, p.labels));
  sumi_op_t *train = sumi_minimize(sumi_momentum(.learning_rate = 0.05, .momentum = 0.9), loss);
  sumi_tensor_t test = logits_of(p.test_images, p.classes, false);
  sumi_summary_predictions("predictions", p.test_images, sumi_softmax(test), p.test_labels,
                           .class_names = p.class_names, .class_count = (int)p.classes,
                           .worst_first = true, .top_k = 3, .max_outputs = 500, .max_count = 36);
  return run_end(&run, train, loss, "accuracy", run_accuracy(test, p.test_labels));
}
