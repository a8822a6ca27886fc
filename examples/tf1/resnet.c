/* A residual network (He et al. 2015) with batch normalization, for pictures of about 32 x 32.
 *
 *   def residual_block(x, filters, strides):
 *     shortcut = x if … else tf.layers.conv2d(x, filters, 1, strides)
 *     …
 *     return tf.nn.relu(x + shortcut)
 */
#include "run.h"

static sumi_tensor_t convolution(sumi_tensor_t x, int64_t filters, int64_t size, int64_t strides,
                                 bool training) {
  x = sumi_conv2d_layer(x, filters, size, .strides = strides, .padding = "SAME", .no_bias = true,
                        .kernel_initializer = SUMI_INIT(HE_NORMAL));
  return sumi_batch_norm_layer(x, .training = training, .momentum = 0.9);
}

static sumi_tensor_t residual_block(sumi_tensor_t x, int64_t filters, int64_t strides,
                                    bool training) {
  const int64_t before = sumi_tensor_dims(x).size[3];
  sumi_tensor_t shortcut = strides == 1 && filters == before
                               ? x
                               : convolution(x, filters, 1, strides, training);
  sumi_tensor_t y = sumi_relu(convolution(x, filters, 3, strides, training));
  return sumi_relu(sumi_add(convolution(y, filters, 3, 1, training), shortcut));
}

static sumi_tensor_t logits_of(sumi_tensor_t images, int64_t classes, bool training) {
  sumi_graph_t *g = sumi_tensor_graph(images);
  sumi_variable_scope_begin(g, "resnet", .reuse = SUMI_AUTO_REUSE);
  sumi_tensor_t x = sumi_relu(convolution(images, 8, 3, 1, training));
  x = residual_block(x, 8, 1, training);
  x = residual_block(x, 16, 2, training);
  x = residual_block(x, 32, 2, training);
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
