/* Exports a training graph for TensorFlow and trains it here:   write_training <model> <folder>
 * The folder receives graph.pb, x.npy and y.npy; each step's loss is printed. */
#include <stdio.h>
#include <string.h>
#include <sumi/npy.h>
#include <sumi/sumi.h>

enum { STEPS = 20 };

typedef struct model {
  sumi_tensor_t x, y, loss;
  sumi_op_t *train;
} model_t;

static model_t curve(sumi_graph_t *g) {
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .name = "x"),
                y = sumi_placeholder(g, SUMI_FLOAT32, .name = "y");
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(3, 1));
  sumi_tensor_t f = sumi_stack(SUMI_TENSORS(sumi_square(x), x, sumi_ones_like(x)), .axis = 1);
  sumi_tensor_t yhat = sumi_squeeze(sumi_matmul(f, w), .axes = SUMI_AXES(1));
  sumi_tensor_t loss = sumi_add(sumi_l2_loss(sumi_sub(yhat, y)), sumi_mul(0.1, sumi_l2_loss(w)));
  return (model_t){x, y, loss, sumi_minimize(sumi_adam(.learning_rate = 0.1), loss)};
}

static model_t layered(sumi_graph_t *g, bool convolutional, sumi_optimizer_t optimizer) {
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .name = "x", .shape = SUMI_DIMS(-1, 8, 8, 2));
  sumi_tensor_t y = sumi_placeholder(g, SUMI_INT32, .name = "y", .shape = SUMI_DIMS(-1));
  sumi_tensor_t h = x;
  if (convolutional) {
    h = sumi_conv2d_layer(h, 8, 3, .padding = "SAME", .activation = sumi_activation_relu);
    h = sumi_max_pool2d(h, 2);
    h = sumi_conv2d_layer(h, 8, 3, .no_bias = true);
    h = sumi_batch_norm_layer(h, .training = true);
    h = sumi_avg_pool2d(sumi_relu(h), 2);
  }
  h = sumi_dense(sumi_flatten(h), 16, .activation = sumi_activation_tanh);
  sumi_tensor_t logits = sumi_dense(h, 4);
  sumi_tensor_t loss = sumi_reduce_mean(sumi_sparse_softmax_cross_entropy_with_logits(logits, y));
  sumi_op_t *train = sumi_minimize(optimizer, loss, .global_step = sumi_global_step(g),
                                   .clip_norm = 2);
  return (model_t){x, y, loss, train};
}

/* Down to 3 x 3 and up again, by every kind of padding. */
static model_t transposed(sumi_graph_t *g) {
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .name = "x", .shape = SUMI_DIMS(-1, 8, 8, 2));
  sumi_tensor_t y = sumi_placeholder(g, SUMI_INT32, .name = "y", .shape = SUMI_DIMS(-1));
  sumi_tensor_t h = sumi_conv2d_layer(x, 4, 4, .strides = 2, .activation = sumi_activation_tanh);
  h = sumi_conv2d_transpose_layer(h, 5, 2, .strides = 2, .activation = sumi_activation_relu);
  h = sumi_conv2d_transpose_layer(h, 3, 3, .activation = sumi_activation_tanh);
  h = sumi_conv2d_transpose_layer(h, 2, 5, .strides = 3, .padding = "SAME", .no_bias = true);
  sumi_tensor_t logits = sumi_dense(sumi_flatten(h), 4);
  sumi_tensor_t loss = sumi_reduce_mean(sumi_sparse_softmax_cross_entropy_with_logits(logits, y));
  /* With clipping no variable is updated before all gradients are there: TensorFlow 1 does not say
   * whether a gradient sees the old kernel or the new one. */
  sumi_op_t *train = sumi_minimize(sumi_momentum(.learning_rate = .05, .momentum = .9), loss,
                                   .clip_norm = 10);
  return (model_t){x, y, loss, train};
}

/* The rows of the pictures as a sequence, read in both directions, by cells of every kind. */
static model_t recurrent(sumi_graph_t *g) {
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .name = "x", .shape = SUMI_DIMS(-1, 8, 8, 2));
  sumi_tensor_t y = sumi_placeholder(g, SUMI_INT32, .name = "y", .shape = SUMI_DIMS(-1));
  sumi_tensors_t rows = sumi_outputs(
      sumi_unstack(sumi_reshape(x, SUMI_SHAPE(-1, 8, 16)), .axis = 1));
  sumi_rnn_cell_t *forward = sumi_multi_rnn_cell_new(
      g, SUMI_CELLS(sumi_basic_lstm_cell_new(g, 6), sumi_basic_rnn_cell_new(g, 5)));
  sumi_static_bidirectional_rnn_t rnn = sumi_static_bidirectional_rnn(
      forward, sumi_gru_cell_new(g, 4), rows, .sequence_length = sumi_add(y, 3));
  sumi_rnn_cell_t *top = sumi_lstm_cell_new(g, 7, .use_peepholes = true, .num_proj = 3);
  sumi_tensor_t last = sumi_static_rnn(top, rnn.outputs).outputs.list[7];
  sumi_tensor_t loss = sumi_reduce_mean(
      sumi_sparse_softmax_cross_entropy_with_logits(sumi_dense(last, 4), y));
  sumi_op_t *train = sumi_minimize(sumi_adam(.learning_rate = .02), loss, .clip_norm = 1);
  return (model_t){x, y, loss, train};
}

static bool build(const char *name, sumi_graph_t *g, model_t *m) {
  if (strcmp(name, "curve") == 0)
    *m = curve(g);
  else if (strcmp(name, "sgd") == 0)
    *m = layered(g, false, sumi_gradient_descent(.learning_rate = 0.1));
  else if (strcmp(name, "momentum") == 0)
    *m = layered(g, false, sumi_momentum(.learning_rate = 0.05, .momentum = 0.9));
  else if (strcmp(name, "nesterov") == 0)
    *m = layered(g, false,
                 sumi_momentum(.learning_rate = 0.05, .momentum = 0.9, .use_nesterov = true));
  else if (strcmp(name, "transposed") == 0)
    *m = transposed(g);
  else if (strcmp(name, "recurrent") == 0)
    *m = recurrent(g);
  else if (strcmp(name, "adagrad") == 0)
    *m = layered(g, false, sumi_adagrad(.learning_rate = 0.1));
  else if (strcmp(name, "adagrad-from-zero") == 0)
    *m = layered(g, false,
                 sumi_adagrad(.learning_rate = 0.02, .initial_accumulator_value = SUMI_ZERO));
  else if (strcmp(name, "rms_prop") == 0)
    *m = layered(g, false, sumi_rms_prop(.learning_rate = 0.01, .momentum = 0.5, .decay = 0.8));
  else if (strcmp(name, "centered_rms_prop") == 0)
    *m = layered(g, false, sumi_centered_rms_prop(.learning_rate = 0.01));
  else if (strcmp(name, "adadelta") == 0)
    *m = layered(g, false, sumi_adadelta(.learning_rate = 20));
  else if (strcmp(name, "adamw") == 0)
    *m = layered(g, false, sumi_adamw(.learning_rate = 0.01, .weight_decay = 0.1));
  else if (strcmp(name, "ftrl") == 0)
    *m = layered(g, false,
                 sumi_ftrl(.learning_rate = 0.03, .initial_accumulator_value = 0.01,
                           .l1_regularization_strength = 0.001,
                           .l2_regularization_strength = 0.01));
  else if (strcmp(name, "ftrl-shrinking") == 0)
    *m = layered(g, false,
                 sumi_ftrl(.learning_rate = 0.05, .initial_accumulator_value = 0.01,
                           .l2_shrinkage_regularization_strength = 0.01,
                           .learning_rate_power = -0.4));
  else if (strcmp(name, "lamb") == 0)
    *m = layered(g, false, sumi_lamb(.learning_rate = 0.02, .weight_decay = 0.1));
  else if (strcmp(name, "muon") == 0)
    *m = layered(g, false, sumi_muon(.learning_rate = 0.01));
  else if (strcmp(name, "convolutional") == 0)
    *m = layered(g, true, sumi_adam(.learning_rate = 0.01));
  else if (strcmp(name, "decayed") == 0)
    *m = layered(
        g, false,
        sumi_adam(.schedule = sumi_exponential_decay(0.02, sumi_global_step(g), 5, 0.5, false)));
  else if (strcmp(name, "cosine") == 0)
    *m = layered(g, false,
                 sumi_momentum(.schedule = sumi_cosine_decay(0.1, sumi_global_step(g), 15, 0.1),
                               .momentum = 0.5));
  else if (strcmp(name, "piecewise") == 0)
    *m = layered(g, false,
                 sumi_gradient_descent(.schedule = sumi_piecewise_constant(
                                           sumi_global_step(g), 2, (const int64_t[]){5, 10},
                                           (const double[]){0.2, 0.1, 0.01})));
  else
    return false;
  return true;
}

static sumi_status_t save(const char *folder, const char *name, const sumi_array_t *array) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return sumi_npy_write(path, array);
}

static sumi_status_t export(const char *folder, const sumi_graph_t *g) {
  char path[4096];
  snprintf(path, sizeof path, "%s/graph.pb", folder);
  sumi_buffer_t bytes = {0};
  sumi_status_t status = sumi_graph_export(g, &bytes, .max_constant_bytes = 0);
  FILE *file = status == SUMI_OK ? fopen(path, "wb") : NULL;
  if (file && fwrite(bytes.data, 1, bytes.size, file) != bytes.size) status = SUMI_DATA_LOSS;
  if (file && fclose(file) != 0) status = SUMI_DATA_LOSS;
  sumi_buffer_release(&bytes);
  return status;
}

static sumi_status_t run(const char *name, const char *folder) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_graph_set_seed(g, 11);
  model_t m = {0};
  if (!build(name, g, &m)) return sumi_fail(SUMI_NOT_FOUND, "no model %s", name);
  sumi_op_t *init = sumi_global_variables_initializer(g);
  const bool images = strcmp(name, "curve") != 0;
  const sumi_dims_t dims = images ? SUMI_DIMS(12, 8, 8, 2) : SUMI_DIMS(100);
  sumi_array_t *x = sumi_array_uniform(SUMI_FLOAT32, dims, images ? 0 : -3, images ? 1 : 3, 5, 6);
  sumi_array_t *y = sumi_array_new(images ? SUMI_INT32 : SUMI_FLOAT32, SUMI_DIMS(dims.size[0]));
  for (int64_t i = 0; i < dims.size[0]; ++i)
    sumi_array_set(y, i,
                   images ? (double)(i % 4) : 5 * sumi_array_get(x, i) * sumi_array_get(x, i) + 3);
  sumi_status_t status = save(folder, "x.npy", x);
  if (status == SUMI_OK) status = save(folder, "y.npy", y);
  if (status == SUMI_OK) status = export(folder, g);
  sumi_session_t *s = sumi_session_new(g);
  if (status == SUMI_OK) status = sumi_session_run(s, .targets = SUMI_OPS(init));
  if (status == SUMI_OK)
    printf("%s %s %s\n", sumi_op_name(init), sumi_op_name(m.train), sumi_op_name(m.loss.op));
  for (int step = 0; step < STEPS && status == SUMI_OK; ++step) {
    float loss = 0;
    status = sumi_session_run(
        s, .feeds = SUMI_FEEDS({.tensor = m.x, .array = x}, {.tensor = m.y, .array = y}),
        .targets = SUMI_OPS(m.train), .fetches = SUMI_FETCHES({.tensor = m.loss, .scalar = &loss}));
    if (status == SUMI_OK) printf("%.9g\n", loss);
  }
  sumi_session_free(s);
  sumi_array_unref(y);
  sumi_array_unref(x);
  sumi_graph_free(g);
  return status;
}

int main(int argc, char **argv) {
  if (argc == 3 && run(argv[1], argv[2]) == SUMI_OK) return 0;
  fprintf(stderr, "write_training: %s\n", sumi_error_message());
  return 1;
}
