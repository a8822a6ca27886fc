/* A multilayer perceptron: two hidden layers with dropout.
 *
 *   layer_1 = tf.layers.dense(x, 256, activation=tf.nn.relu)
 *   layer_2 = tf.layers.dense(tf.nn.dropout(layer_1, 0.8), 256, activation=tf.nn.relu)
 *   logits = tf.layers.dense(layer_2, 10)
 *   train_op = tf.train.AdamOptimizer(0.001).minimize(loss_op)
 */
#include "run.h"

static sumi_tensor_t logits_of(sumi_tensor_t images, int64_t classes, bool training) {
  sumi_graph_t *g = sumi_tensor_graph(images);
  sumi_variable_scope_begin(g, "perceptron", .reuse = SUMI_AUTO_REUSE);
  sumi_tensor_t h = sumi_dense(sumi_flatten(images), 256, .activation = sumi_activation_relu);
  if (training) sumi_summary_histogram("hidden", h);
  if (training) h = sumi_dropout(h, 0.8);
  h = sumi_dense(h, 256, .activation = sumi_activation_relu);
  sumi_tensor_t logits = sumi_dense(h, classes);
  sumi_variable_scope_end(g);
  return logits;
}

int main(int argc, char **argv) {
  run_t run = run_begin(argc, argv, "runs/multilayer_perceptron", 300);
  const pictures_t p = run_pictures(&run, 64);
  sumi_tensor_t logits = logits_of(p.images, p.classes, true);
  sumi_tensor_t loss = sumi_reduce_mean(
      sumi_sparse_softmax_cross_entropy_with_logits(logits, p.labels));
  sumi_op_t *train = sumi_minimize(sumi_adam(.learning_rate = 0.001), loss);
  sumi_tensor_t test = logits_of(p.test_images, p.classes, false);
  sumi_summary_predictions("mistakes", p.test_images, sumi_softmax(test), p.test_labels,
                           .class_names = p.class_names, .only_wrong = true, .top_k = 3,
                           .class_count = (int)p.classes, .max_outputs = 500, .max_count = 32);
  return run_end(&run, train, loss, "accuracy", run_accuracy(test, p.test_labels));
}
