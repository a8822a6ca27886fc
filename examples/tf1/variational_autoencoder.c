/* A variational autoencoder (Kingma and Welling 2013): codes are Gaussians, and near to a normal
 * one, so that pictures can be drawn from nothing.
 *
 *   z = z_mean + tf.exp(z_log_var / 2) * eps
 *   vae_loss = encode_decode_loss + kl_div_loss
 */
#include "run.h"

enum { HIDDEN = 128, CODE = 8, SAMPLES = 36 };

typedef struct code {
  sumi_tensor_t mean, log_variance;
} code_t;

static code_t encode(sumi_tensor_t images) {
  sumi_graph_t *g = sumi_tensor_graph(images);
  sumi_variable_scope_begin(g, "encoder", .reuse = SUMI_AUTO_REUSE);
  sumi_tensor_t h = sumi_dense(sumi_flatten(images), HIDDEN, .activation = sumi_activation_tanh);
  const code_t code = {sumi_dense(h, CODE, .name = "mean"),
                       sumi_dense(h, CODE, .name = "log_variance")};
  sumi_variable_scope_end(g);
  return code;
}

/* The logits of pixels. */
static sumi_tensor_t decode(sumi_tensor_t z, int64_t pixels) {
  sumi_graph_t *g = sumi_tensor_graph(z);
  sumi_variable_scope_begin(g, "decoder", .reuse = SUMI_AUTO_REUSE);
  sumi_tensor_t h = sumi_dense(z, HIDDEN, .activation = sumi_activation_tanh);
  sumi_tensor_t logits = sumi_dense(h, pixels);
  sumi_variable_scope_end(g);
  return logits;
}

static sumi_tensor_t draw(code_t code) {
  sumi_graph_t *g = sumi_tensor_graph(code.mean);
  sumi_tensor_t noise = sumi_random_normal(g, SUMI_SHAPE(sumi_shape(code.mean)));
  return sumi_add(code.mean, sumi_mul(sumi_exp(sumi_mul(0.5, code.log_variance)), noise));
}

/* Minus the evidence lower bound, the mean of the pictures. */
static sumi_tensor_t loss_of(sumi_tensor_t images, sumi_tensor_t *divergence) {
  const code_t code = encode(images);
  sumi_tensor_t x = sumi_flatten(images);
  sumi_tensor_t logits = decode(draw(code), sumi_tensor_dims(x).size[1]);
  sumi_tensor_t surprise = sumi_reduce_sum(sumi_sigmoid_cross_entropy_with_logits(logits, x),
                                           .axes = SUMI_AXES(1));
  sumi_tensor_t terms = sumi_sub(sumi_add(sumi_square(code.mean), sumi_exp(code.log_variance)),
                                 sumi_add(1, code.log_variance));
  *divergence = sumi_mul(0.5, sumi_reduce_sum(terms, .axes = SUMI_AXES(1)));
  return sumi_reduce_mean(sumi_add(surprise, *divergence));
}

int main(int argc, char **argv) {
  run_t run = run_begin(argc, argv, "runs/variational_autoencoder", 600);
  sumi_graph_t *g = run.graph;
  const pictures_t p = run_pictures(&run, 64);
  sumi_tensor_t divergence, of_test;
  sumi_tensor_t loss = loss_of(p.images, &divergence), test = loss_of(p.test_images, &of_test);
  sumi_op_t *train = sumi_minimize(sumi_adam(.learning_rate = 0.002), loss);
  sumi_summary_scalar("losses/divergence", sumi_reduce_mean(divergence));
  sumi_tensor_t z = sumi_random_normal(g, SUMI_SHAPE(SAMPLES, CODE));
  sumi_tensor_t drawn = sumi_sigmoid(decode(z, p.height * p.width * p.channels));
  sumi_tensor_t pictures = sumi_reshape(drawn, SUMI_SHAPE(SAMPLES, p.height, p.width, p.channels));
  sumi_tensor_t numbers = sumi_range(sumi_scalar(g, SUMI_INT32, 0), SAMPLES, 1);
  sumi_summary_labeled_images("drawn_from_nothing", pictures, numbers, .max_outputs = SAMPLES,
                              .columns = 9, .low = 0, .high = 1);
  return run_end(&run, train, loss, "test_loss", test);
}
