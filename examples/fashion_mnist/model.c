#include "model.h"

#include <stdio.h>
#include <string.h>

static sumi_tensor_t network(model_t *m, int classes) {
  sumi_tensor_t h1 = sumi_conv2d_layer(m->images, 32, 3, .padding = "SAME",
                                       .activation = sumi_activation_relu, .name = "conv1");
  sumi_tensor_t p1 = sumi_max_pool2d(h1, 2, .name = "pool1");
  sumi_tensor_t h2 = sumi_conv2d_layer(p1, 64, 3, .padding = "SAME",
                                       .activation = sumi_activation_relu, .name = "conv2");
  sumi_tensor_t p2 = sumi_max_pool2d(h2, 2, .name = "pool2");
  sumi_tensor_t h3 = sumi_dense(sumi_flatten(p2), 128, .activation = sumi_activation_relu,
                                .name = "dense1");
  sumi_summary_histogram("activations/conv1", h1);
  sumi_summary_histogram("activations/conv2", h2);
  sumi_summary_histogram("activations/dense1", h3);
  return sumi_dense(sumi_dropout(h3, m->keep), classes, .name = "logits");
}

/* "conv1/kernel" of a variable below a prefix, for tags. */
static void log_histograms(const char *prefix, sumi_tensors_t variables,
                           const sumi_tensor_t *values) {
  for (int i = 0; i < variables.count; ++i) {
    char tag[256];
    snprintf(tag, sizeof tag, "%s/%s", prefix, sumi_variable_name(variables.list[i]));
    if (values[i].op) sumi_summary_histogram(tag, values[i]);
  }
}

void model_build(model_t *m, const int64_t picture[3], int classes, int64_t steps, int64_t seed) {
  enum { MAX_VARIABLES = 16 };
  sumi_graph_t *g = m->graph = sumi_graph_new();
  sumi_graph_set_seed(g, seed);
  m->images = sumi_placeholder(g, SUMI_FLOAT32, .name = "images",
                               .shape = SUMI_DIMS(-1, picture[0], picture[1], picture[2]));
  m->labels = sumi_placeholder(g, SUMI_INT32, .name = "labels", .shape = SUMI_DIMS(-1));
  m->keep = sumi_placeholder(g, SUMI_FLOAT32, .name = "keep", .shape = SUMI_SCALAR);

  sumi_tensor_t logits = network(m, classes);
  m->probabilities = sumi_softmax(logits, .name = "probabilities");
  m->losses = sumi_sparse_softmax_cross_entropy_with_logits(logits, m->labels);
  m->loss = sumi_reduce_mean(m->losses, .name = "loss");
  sumi_tensor_t right = sumi_in_top_k(logits, m->labels, 1);
  m->accuracy = sumi_reduce_mean(sumi_cast(right, SUMI_FLOAT32), .name = "accuracy");

  sumi_tensor_t step = sumi_global_step(g);
  m->learning_rate = sumi_cosine_decay(2e-3, step, (double)steps, 0.02);
  const sumi_tensors_t variables = sumi_collection(g, SUMI_TRAINABLE_VARIABLES);
  sumi_tensor_t gradients[MAX_VARIABLES], norm;
  m->filters = variables.count ? variables.list[0] : (sumi_tensor_t){0};
  m->train = sumi_minimize(sumi_adam(.schedule = m->learning_rate), m->loss, .global_step = step,
                           .gradients = gradients, .gradient_norm = &norm);

  const sumi_tensors_t trained = sumi_collection(g, SUMI_TRAINABLE_VARIABLES);
  sumi_summary_scalar("loss/train", m->loss);
  sumi_summary_scalar("accuracy/train", m->accuracy);
  sumi_summary_scalar("learning_rate", m->learning_rate);
  sumi_summary_scalar("gradient_norm", norm);
  log_histograms("weights", trained, trained.list);
  log_histograms("gradients", trained, gradients);
}
