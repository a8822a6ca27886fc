/* An autoencoder: through a narrow layer and back.
 *
 *   encoder_op = encoder(X)
 *   decoder_op = decoder(encoder_op)
 *   loss = tf.reduce_mean(tf.pow(y_true - y_pred, 2))
 *   optimizer = tf.train.RMSPropOptimizer(0.001).minimize(loss)
 */
#include "run.h"

enum { HIDDEN = 256, CODE = 32 };

static sumi_tensor_t reconstruct(sumi_tensor_t images) {
  sumi_graph_t *g = sumi_tensor_graph(images);
  sumi_variable_scope_begin(g, "autoencoder", .reuse = SUMI_AUTO_REUSE);
  sumi_tensor_t x = sumi_flatten(images);
  sumi_tensor_t h = sumi_dense(x, HIDDEN, .activation = sumi_activation_relu);
  h = sumi_dense(h, CODE, .activation = sumi_activation_relu);
  h = sumi_dense(h, HIDDEN, .activation = sumi_activation_relu);
  h = sumi_dense(h, sumi_tensor_dims(x).size[1], .activation = sumi_activation_sigmoid);
  sumi_variable_scope_end(g);
  return sumi_reshape(h, SUMI_SHAPE(sumi_shape(images)));
}

static sumi_tensor_t error_of(sumi_tensor_t images) {
  return sumi_reduce_mean(sumi_squared_difference(images, reconstruct(images)));
}

int main(int argc, char **argv) {
  run_t run = run_begin(argc, argv, "runs/autoencoder", 600);
  const pictures_t p = run_pictures(&run, 128);
  sumi_tensor_t loss = error_of(p.images);
  sumi_op_t *train = sumi_minimize(sumi_rms_prop(.learning_rate = 0.001), loss);
  /* A picture and what became of it, side by side. */
  sumi_tensor_t some = sumi_index(p.test_images, ":24");
  sumi_tensor_t pairs = sumi_concat(SUMI_TENSORS(some, reconstruct(some)), 2);
  sumi_summary_labeled_images("reconstructions", pairs, sumi_index(p.test_labels, ":24"),
                              .class_names = p.class_names, .class_count = (int)p.classes,
                              .max_outputs = 24, .low = 0, .high = 1);
  return run_end(&run, train, loss, "error", error_of(p.test_images));
}
