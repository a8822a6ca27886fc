/* A deep convolutional generative adversarial network (Radford, Metz and Chintala 2015): one net
 * draws pictures, another tells them from real ones, and each learns from the other.
 *
 *   gen_sample = generator(noise_input)
 *   disc_real = discriminator(real_image_input)
 *   disc_fake = discriminator(gen_sample, reuse=True)
 *   gen_vars = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope='Generator')
 *   train_gen = optimizer_gen.minimize(gen_loss, var_list=gen_vars)
 */
#include "run.h"

enum { NOISE = 16, BATCH = 64, SAMPLES = 36 };

static sumi_tensor_t normalized(sumi_tensor_t x, bool training) {
  return sumi_relu(sumi_batch_norm_layer(x, .training = training, .momentum = 0.9));
}

/* Pictures of height and width that 4 divides, from noise [n, NOISE]. */
static sumi_tensor_t generate(sumi_tensor_t noise, const pictures_t *p, bool training) {
  sumi_graph_t *g = sumi_tensor_graph(noise);
  const int64_t h = p->height / 4, w = p->width / 4;
  sumi_variable_scope_begin(g, "generator", .reuse = SUMI_AUTO_REUSE);
  sumi_tensor_t x = sumi_dense(noise, h * w * 32);
  x = normalized(sumi_reshape(x, SUMI_SHAPE(-1, h, w, 32)), training);
  x = sumi_conv2d_transpose_layer(x, 16, 4, .strides = 2, .padding = "SAME");
  x = normalized(x, training);
  x = sumi_conv2d_transpose_layer(x, p->channels, 4, .strides = 2, .padding = "SAME",
                                  .activation = sumi_activation_sigmoid);
  sumi_variable_scope_end(g);
  return x;
}

static sumi_tensor_t leaky(sumi_tensor_t x) {
  return sumi_leaky_relu(x, .alpha = 0.2);
}

/* The logits of being real, [n, 1]. */
static sumi_tensor_t discriminate(sumi_tensor_t images) {
  sumi_graph_t *g = sumi_tensor_graph(images);
  sumi_variable_scope_begin(g, "discriminator", .reuse = SUMI_AUTO_REUSE);
  sumi_tensor_t x = sumi_conv2d_layer(images, 16, 4, .strides = 2, .padding = "SAME",
                                      .activation = leaky);
  x = sumi_conv2d_layer(x, 32, 4, .strides = 2, .padding = "SAME", .activation = leaky);
  sumi_tensor_t logits = sumi_dense(sumi_flatten(x), 1);
  sumi_variable_scope_end(g);
  return logits;
}

/* The mean surprise that logits of being real are of pictures that are (1), or are not (0). */
static sumi_tensor_t surprise(sumi_tensor_t logits, double truth) {
  sumi_tensor_t labels = truth ? sumi_ones_like(logits) : sumi_zeros_like(logits);
  return sumi_reduce_mean(sumi_sigmoid_cross_entropy_with_logits(logits, labels));
}

static sumi_op_t *minimize(sumi_tensor_t loss, const char *scope) {
  sumi_tensors_t variables = sumi_collection_below(sumi_tensor_graph(loss),
                                                   SUMI_TRAINABLE_VARIABLES, scope);
  return sumi_minimize(sumi_adam(.learning_rate = 0.002, .beta1 = 0.5), loss,
                       .variables = variables);
}

int main(int argc, char **argv) {
  run_t run = run_begin(argc, argv, "runs/dcgan", 400);
  sumi_graph_t *g = run.graph;
  const pictures_t p = run_pictures(&run, BATCH);
  sumi_tensor_t noise = sumi_random_uniform(g, SUMI_SHAPE(BATCH, NOISE), .minval = -1, .maxval = 1);
  sumi_tensor_t drawn = generate(noise, &p, true);
  sumi_tensor_t real = discriminate(p.images), fake = discriminate(drawn);
  sumi_tensor_t d_loss = sumi_add(surprise(real, 1), surprise(fake, 0));
  sumi_tensor_t g_loss = surprise(fake, 1);
  sumi_op_t *train = sumi_group(
      g, SUMI_OPS(minimize(d_loss, "discriminator/"), minimize(g_loss, "generator/")));
  sumi_summary_scalar("losses/generator", g_loss);

  sumi_tensor_t fixed = sumi_constant_take(
      g, sumi_array_uniform(SUMI_FLOAT32, SUMI_DIMS(SAMPLES, NOISE), -1, 1, 1, 0));
  sumi_tensor_t samples = generate(fixed, &p, false);
  sumi_tensor_t realness = sumi_squeeze(sumi_sigmoid(discriminate(samples)), .axes = SUMI_AXES(1));
  sumi_summary_histogram("realness", realness);
  sumi_summary_labeled_images("drawn", samples,
                              sumi_range(sumi_scalar(g, SUMI_INT32, 0), SAMPLES, 1),
                              .max_outputs = SAMPLES, .columns = 9, .low = 0, .high = 1);
  /* How far the mean of what is drawn is from that of real pictures. */
  sumi_tensor_t distance = sumi_reduce_mean(
      sumi_squared_difference(sumi_reduce_mean(samples, .axes = SUMI_AXES(0)),
                              sumi_reduce_mean(p.test_images, .axes = SUMI_AXES(0))));
  return run_end(&run, train, d_loss, "distance", sumi_sqrt(distance));
}
