/* Logistic regression: one matrix from pixels to classes.
 *
 *   W = tf.Variable(tf.zeros([784, 10]))
 *   pred = tf.nn.softmax(tf.matmul(x, W) + b)
 *   cost = tf.reduce_mean(-tf.reduce_sum(y * tf.log(pred), axis=1))
 *   optimizer = tf.train.GradientDescentOptimizer(0.5).minimize(cost)
 */
#include "run.h"

typedef struct model {
  sumi_tensor_t w, b;
} model_t;

static sumi_tensor_t logits_of(model_t m, sumi_tensor_t images) {
  return sumi_add(sumi_matmul(sumi_flatten(images), m.w), m.b);
}

int main(int argc, char **argv) {
  run_t run = run_begin(argc, argv, "runs/logistic_regression", 400);
  sumi_graph_t *g = run.graph;
  const pictures_t p = run_pictures(&run, 100);
  const int64_t pixels = p.height * p.width * p.channels;
  const model_t m = {sumi_variable(sumi_zeros(g, SUMI_SHAPE(pixels, p.classes)), .name = "W"),
                     sumi_variable(sumi_zeros(g, SUMI_SHAPE(p.classes)), .name = "b")};
  sumi_tensor_t logits = logits_of(m, p.images);
  sumi_tensor_t loss = sumi_reduce_mean(
      sumi_sparse_softmax_cross_entropy_with_logits(logits, p.labels));
  sumi_op_t *train = sumi_minimize(sumi_gradient_descent(.learning_rate = 0.5), loss);

  sumi_tensor_t test = logits_of(m, p.test_images);
  sumi_tensor_t accuracy = run_accuracy(test, p.test_labels);
  /* Each class's weights as a picture: what the model looks for. */
  sumi_tensor_t templates = sumi_reshape(sumi_transpose(m.w),
                                         SUMI_SHAPE(p.classes, p.height, p.width, p.channels));
  sumi_summary_image("templates", templates, .max_outputs = (int)p.classes);
  sumi_summary_histogram("W", m.w);
  sumi_summary_predictions("predictions", p.test_images, sumi_softmax(test), p.test_labels,
                           .class_names = p.class_names, .class_count = p.classes);
  return run_end(&run, train, loss, "accuracy", accuracy);
}
