/* Trains a table of embeddings, of which rows are looked up, some of them twice and some by a
 * second look-up, in float64:
 *   run_embedding <optimizer> <folder> <steps>
 * The folder has table.npy, ids.npy (a row for each step), more.npy (ids of the second look-up) and
 * y.npy; the table after each step is printed, a line for a step. "clipped" in front of the
 * optimizer's name: to a global norm of 0.5. All numbers are exact in float32, as TensorFlow keeps
 * them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/constants.h>
#include <sumi/npy.h>
#include <sumi/ops.h>
#include <sumi/session.h>
#include <sumi/train.h>

static sumi_status_t read_array(const char *folder, const char *name, sumi_array_t **array) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.npy", folder, name);
  return sumi_npy_read(path, array);
}

static bool choose(const char *name, sumi_optimizer_t *optimizer) {
  const struct {
    const char *name;
    sumi_optimizer_t optimizer;
  } known[] = {
      {"sgd", sumi_gradient_descent(.learning_rate = .25)},
      {"momentum", sumi_momentum(.learning_rate = .125, .momentum = .875)},
      {"nesterov", sumi_momentum(.learning_rate = .125, .momentum = .875, .use_nesterov = true)},
      {"adam", sumi_adam(.learning_rate = .0625, .beta1 = .875, .beta2 = .9375)},
      {"lazy adam", sumi_adam(.learning_rate = .0625, .beta1 = .875, .beta2 = .9375, .lazy = true)},
      {"adagrad", sumi_adagrad(.learning_rate = .25, .initial_accumulator_value = .125)},
      {"rms_prop", sumi_rms_prop(.learning_rate = .0625, .momentum = .5, .decay = .875)},
      {"centered_rms_prop", sumi_centered_rms_prop(.learning_rate = .03125, .decay = .875)},
      {"adadelta", sumi_adadelta(.learning_rate = 1, .rho = .9375, .epsilon = .0009765625)},
      {"ftrl", sumi_ftrl(.learning_rate = .5, .initial_accumulator_value = .125,
                         .l1_regularization_strength = .015625)},
      {"ftrl shrinking", sumi_ftrl(.learning_rate = .5, .initial_accumulator_value = .125,
                                   .l2_shrinkage_regularization_strength = .0625)},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; ++i)
    if (strcmp(name, known[i].name) == 0) {
      *optimizer = known[i].optimizer;
      return true;
    }
  return false;
}

enum { TABLE, IDS, MORE, Y, ARRAYS };

static sumi_status_t train(sumi_optimizer_t optimizer, double clip_norm,
                           sumi_array_t *const *arrays, int steps) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t table = sumi_get_variable(g, "table", sumi_array_dims(arrays[TABLE]),
                                          .dtype = SUMI_FLOAT64,
                                          .initializer = SUMI_INIT(ARRAY, .array = arrays[TABLE]));
  sumi_tensor_t at = sumi_placeholder(g, SUMI_INT32, .shape = SUMI_SCALAR);
  sumi_tensor_t ids = sumi_gather(sumi_constant(g, arrays[IDS]), at);
  sumi_tensor_t more = sumi_constant(g, arrays[MORE]);
  sumi_tensor_t guess = sumi_tanh(sumi_embedding_lookup(table, ids));
  sumi_tensor_t loss = sumi_add(
      sumi_reduce_sum(sumi_squared_difference(guess, sumi_constant(g, arrays[Y]))),
      sumi_reduce_sum(sumi_square(sumi_embedding_lookup(table, more))));
  sumi_op_t *step = sumi_minimize(optimizer, loss, .clip_norm = clip_norm);
  sumi_op_t *init = sumi_global_variables_initializer(g);
  sumi_session_t *s = sumi_session_new(g);
  sumi_status_t status = sumi_session_run(s, .targets = SUMI_OPS(init));
  for (int32_t i = 0; i < steps && status == SUMI_OK; ++i) {
    status = sumi_session_run(s, .targets = SUMI_OPS(step),
                              .feeds = SUMI_FEEDS({.tensor = at, .data = &i, .dims = SUMI_SCALAR}));
    if (status != SUMI_OK) break;
    const sumi_array_t *value = sumi_session_variable(s, table);
    for (int64_t k = 0; k < sumi_array_count(value); ++k)
      printf("%.17g ", sumi_array_get(value, k));
    puts("");
  }
  sumi_session_free(s);
  sumi_graph_free(g);
  return status;
}

int main(int argc, char **argv) {
  static const char *const names[ARRAYS] = {"table", "ids", "more", "y"};
  sumi_array_t *arrays[ARRAYS] = {NULL};
  sumi_optimizer_t optimizer;
  const bool clipped = argc == 4 && strncmp(argv[1], "clipped ", 8) == 0;
  const bool known = argc == 4 && choose(argv[1] + (clipped ? 8 : 0), &optimizer);
  sumi_status_t status = known ? SUMI_OK : sumi_fail(SUMI_NOT_FOUND, "no such optimizer");
  for (int i = 0; i < ARRAYS && status == SUMI_OK; ++i)
    status = read_array(argv[2], names[i], &arrays[i]);
  if (status == SUMI_OK) status = train(optimizer, clipped ? .5 : 0, arrays, atoi(argv[3]));
  for (int i = 0; i < ARRAYS; ++i) sumi_array_unref(arrays[i]);
  if (status == SUMI_OK) return 0;
  fprintf(stderr, "run_embedding: %s\n", sumi_error_message());
  return 1;
}
