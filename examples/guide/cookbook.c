/* The cookbook: small expressions that models are made of.
 *
 *   def get_shape(tensor): …        def batch_gather(tensor, indices): …
 *   def merge(tensors, units): …    def softmax_entropy(logits): …
 *   def gaussian_kl(q, p): …        def leaky_relu(tensor, alpha): …
 *   def batch_normalization(tensor, training): …
 */
#include "batch_gather.h"

#include <stdio.h>

/* A Gaussian with independent components. The logarithm keeps the variance positive. */
typedef struct gaussian {
  sumi_tensor_t mean, log_variance; /* [..., n] */
} gaussian_t;

/* Features of shapes that broadcast, each projected to `units` by a layer of its own, and added. */
static sumi_tensor_t merge(sumi_tensors_t tensors, int64_t units, sumi_activation_t activation) {
  sumi_graph_t *g = sumi_tensor_graph(tensors.list[0]);
  sumi_tensor_t sum = {0};
  char name[32];
  sumi_variable_scope_begin(g, NULL, .default_name = "merge");
  for (int i = 0; i < tensors.count; ++i) {
    snprintf(name, sizeof name, "proj_%d", i);
    sumi_tensor_t projection = sumi_dense(tensors.list[i], units, .name = name);
    sum = i ? sumi_add(sum, projection) : projection;
  }
  sumi_variable_scope_end(g);
  return activation ? activation(sum) : sum;
}

/* The entropy of softmax(logits) over the last axis. */
static sumi_tensor_t softmax_entropy(sumi_tensor_t logits) {
  sumi_tensor_t plogp = sumi_mul(sumi_softmax(logits), sumi_log_softmax(logits));
  return sumi_neg(sumi_reduce_sum(plogp, .axes = SUMI_AXES(-1)));
}

/* KL(q || p), summed over the last axis. */
static sumi_tensor_t gaussian_kl(gaussian_t q, gaussian_t p) {
  sumi_tensor_t log_ratio = sumi_sub(p.log_variance, q.log_variance);
  sumi_tensor_t distance = sumi_div(sumi_squared_difference(q.mean, p.mean),
                                    sumi_exp(p.log_variance));
  sumi_tensor_t terms = sumi_add_n(
      SUMI_TENSORS(log_ratio, sumi_exp(sumi_neg(log_ratio)), distance));
  return sumi_reduce_sum(sumi_mul(0.5, sumi_sub(terms, 1)), .axes = SUMI_AXES(-1));
}

static sumi_tensor_t leaky_relu(sumi_tensor_t x, double alpha) {
  return sumi_maximum(x, sumi_mul(alpha, x));
}

/* average = average * momentum + value * (1 - momentum), when UPDATE_OPS run. */
static void follow(sumi_tensor_t average, sumi_tensor_t value, double momentum) {
  sumi_tensor_t next = sumi_add(sumi_mul(average, momentum), sumi_mul(value, 1 - momentum));
  sumi_collection_add(sumi_tensor_graph(value), SUMI_UPDATE_OPS, sumi_assign(average, next));
}

/* Over all axes but the last; what moves its averages joins SUMI_UPDATE_OPS. */
static sumi_tensor_t batch_normalization(sumi_tensor_t x, bool training) {
  sumi_graph_t *g = sumi_tensor_graph(x);
  const sumi_dims_t dims = sumi_tensor_dims(x);
  const sumi_dims_t channels = SUMI_DIMS(dims.size[dims.rank - 1]);
  sumi_dims_t axes = {.rank = dims.rank - 1};
  for (int i = 0; i < axes.rank; ++i) axes.size[i] = i;
  sumi_variable_scope_begin(g, NULL, .default_name = "batch_normalization");
  sumi_tensor_t beta = sumi_get_variable(g, "beta", channels,
                                         .initializer = SUMI_ZEROS_INITIALIZER);
  sumi_tensor_t gamma = sumi_get_variable(g, "gamma", channels,
                                          .initializer = SUMI_ONES_INITIALIZER);
  sumi_tensor_t mean = sumi_get_variable(
      g, "avg_mean", channels, .initializer = SUMI_ZEROS_INITIALIZER, .not_trainable = true);
  sumi_tensor_t variance = sumi_get_variable(
      g, "avg_variance", channels, .initializer = SUMI_ONES_INITIALIZER, .not_trainable = true);
  if (training) {
    sumi_tensor_t batch_mean = sumi_moments(x, axes), batch_variance = sumi_output(batch_mean, 1);
    follow(mean, batch_mean, 0.9);
    follow(variance, batch_variance, 0.9);
    mean = batch_mean, variance = batch_variance;
  }
  x = sumi_batch_normalization(x, mean, variance, beta, gamma, 1e-3);
  sumi_variable_scope_end(g);
  return x;
}

static bool failed(sumi_status_t status) {
  if (status != SUMI_OK) fprintf(stderr, "%s\n", sumi_error_message());
  return status != SUMI_OK;
}

/* The same x through batch normalization as it trains and, after three steps, as it is used. */
static sumi_status_t normalize(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(4, 2), SUMI_F32(1, 10, 2, 20, 3, 30, 4, 40));
  sumi_variable_scope_begin(g, "model");
  sumi_tensor_t trained = batch_normalization(x, true);
  sumi_variable_scope_end(g);
  sumi_variable_scope_begin(g, "model", .reuse = SUMI_REUSE);
  sumi_tensor_t used = batch_normalization(x, false);
  sumi_variable_scope_end(g);
  const sumi_tensors_t updates = sumi_collection(g, SUMI_UPDATE_OPS);
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *values[2] = {NULL};
  sumi_status_t status = sumi_session_run(
      s, .targets = SUMI_OPS(sumi_global_variables_initializer(g)));
  for (int i = 0; i < 3 && status == SUMI_OK; ++i)
    status = sumi_session_run(s, .targets = SUMI_OPS(updates.list[0].op, updates.list[1].op));
  if (status == SUMI_OK)
    status = sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = trained, .array = &values[0]},
                                                         {.tensor = used, .array = &values[1]}));
  if (!failed(status)) {
    sumi_array_print(stdout, values[0]);
    sumi_array_print(stdout, values[1]);
  }
  for (int i = 0; i < 2; ++i) sumi_array_unref(values[i]);
  sumi_session_free(s);
  sumi_graph_free(g);
  return status;
}

static sumi_status_t expressions(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_graph_set_seed(g, 1);
  sumi_tensor_t table = sumi_constant_f32(g, SUMI_DIMS(2, 3, 2),
                                          SUMI_F32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
  sumi_tensor_t indices = sumi_constant_i32(g, SUMI_DIMS(2, 2), SUMI_I32(2, 0, 1, 1));
  sumi_tensor_t logits = sumi_constant_f32(g, SUMI_DIMS(2, 3), SUMI_F32(0, 0, 0, 1, 2, 3));
  const gaussian_t q = {sumi_constant_f32(g, SUMI_DIMS(1, 2), SUMI_F32(1, -1)),
                        sumi_constant_f32(g, SUMI_DIMS(1, 2), SUMI_F32(0, 0.5F))};
  const gaussian_t unit = {sumi_scalar(g, SUMI_FLOAT32, 0), sumi_scalar(g, SUMI_FLOAT32, 0)};
  sumi_tensor_t merged = merge(
      SUMI_TENSORS(sumi_ones(g, SUMI_SHAPE(4, 1, 2)), sumi_ones(g, SUMI_SHAPE(1, 5, 3))), 6,
      sumi_activation_relu);
  const sumi_tensor_t results[] = {batch_gather(table, indices), softmax_entropy(logits),
                                   gaussian_kl(q, unit), leaky_relu(sumi_sub(logits, 1), 0.1),
                                   sumi_shape(merged)};
  sumi_session_t *s = sumi_session_new(g);
  sumi_status_t status = sumi_session_run(
      s, .targets = SUMI_OPS(sumi_global_variables_initializer(g)));
  for (size_t i = 0; i < sizeof results / sizeof *results && status == SUMI_OK; ++i) {
    sumi_array_t *value = NULL;
    status = sumi_session_value(s, results[i], &value);
    if (!failed(status)) sumi_array_print(stdout, value);
    sumi_array_unref(value);
  }
  sumi_session_free(s);
  sumi_graph_free(g);
  return status;
}

int main(void) {
  return expressions() == SUMI_OK && normalize() == SUMI_OK ? 0 : 1;
}
