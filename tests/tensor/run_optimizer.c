/* Trains w and b of mean((tanh(x w + b) - y)^2), in float64, on arrays of a folder:
 *   run_optimizer <optimizer> <folder> <steps>
 * The folder has x.npy, y.npy, w.npy and b.npy; the variables after each step are printed, a line
 * for a step. */
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
      {"momentum", sumi_momentum(.learning_rate = .2, .momentum = .9)},
      {"nesterov", sumi_momentum(.learning_rate = .2, .momentum = .9, .use_nesterov = true)},
      {"adagrad", sumi_adagrad(.learning_rate = .1)},
      {"rms_prop", sumi_rms_prop(.learning_rate = .003, .momentum = .5, .epsilon = 1e-3)},
      {"centered rms_prop",
       sumi_centered_rms_prop(.learning_rate = .003, .decay = .8, .epsilon = 1e-3)},
      {"adadelta", sumi_adadelta(.learning_rate = 1, .epsilon = 1e-4)},
      {"adam nesterov", sumi_adam(.learning_rate = .01, .use_nesterov = true)},
      {"adam", sumi_adam(.learning_rate = .01)},
      {"adam decayed", sumi_adam(.learning_rate = .01, .weight_decay = .1)},
      {"sgd decayed", sumi_gradient_descent(.learning_rate = .5, .weight_decay = .01)},
      {"adamw", sumi_adamw(.learning_rate = .01)},
      {"amsgrad", sumi_amsgrad(.learning_rate = .05, .beta2 = .9)},
      {"nadam", sumi_nadam(.learning_rate = .01)},
      {"ftrl", sumi_ftrl(.learning_rate = .5, .l1_regularization_strength = .1,
                         .l2_regularization_strength = .01)},
      {"ftrl shrinking",
       sumi_ftrl(.learning_rate = .5, .initial_accumulator_value = .3,
                 .l1_regularization_strength = .001, .l2_shrinkage_regularization_strength = .05,
                 .learning_rate_power = -.4)},
      {"lamb", sumi_lamb(.learning_rate = .01)},
      {"lamb decayed", sumi_lamb(.learning_rate = .003, .weight_decay = .3)},
      {"lion", sumi_lion(.learning_rate = .003, .weight_decay = .1)},
      {"muon", sumi_muon(.learning_rate = .01)},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; ++i)
    if (strcmp(name, known[i].name) == 0) {
      *optimizer = known[i].optimizer;
      return true;
    }
  return false;
}

static void print_variable(sumi_session_t *s, sumi_tensor_t variable) {
  const sumi_array_t *value = sumi_session_variable(s, variable);
  for (int64_t i = 0; i < sumi_array_count(value); ++i) printf("%.17g ", sumi_array_get(value, i));
}

static sumi_status_t train(sumi_optimizer_t optimizer, sumi_array_t *const *given, int steps) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t of[4]; /* x, y, w, b */
  for (int i = 0; i < 4; ++i) of[i] = sumi_constant(g, given[i]);
  sumi_tensor_t w = sumi_variable(of[2], .name = "w"), b = sumi_variable(of[3], .name = "b");
  sumi_tensor_t guess = sumi_tanh(sumi_add(sumi_matmul(of[0], w), b));
  sumi_op_t *step = sumi_minimize(optimizer,
                                  sumi_reduce_mean(sumi_squared_difference(guess, of[1])));
  sumi_op_t *init = sumi_global_variables_initializer(g);
  sumi_session_t *s = sumi_session_new(g);
  sumi_status_t status = sumi_session_run(s, .targets = SUMI_OPS(init));
  for (int i = 0; i < steps && status == SUMI_OK; ++i) {
    status = sumi_session_run(s, .targets = SUMI_OPS(step));
    if (status != SUMI_OK) break;
    print_variable(s, w);
    print_variable(s, b);
    puts("");
  }
  sumi_session_free(s);
  sumi_graph_free(g);
  return status;
}

int main(int argc, char **argv) {
  static const char *const names[] = {"x", "y", "w", "b"};
  sumi_array_t *given[4] = {NULL};
  sumi_optimizer_t optimizer;
  sumi_status_t status = argc == 4 && choose(argv[1], &optimizer) ? SUMI_OK : SUMI_NOT_FOUND;
  for (int i = 0; i < 4 && status == SUMI_OK; ++i)
    status = read_array(argv[2], names[i], &given[i]);
  if (status == SUMI_OK) status = train(optimizer, given, atoi(argv[3]));
  for (int i = 0; i < 4; ++i) sumi_array_unref(given[i]);
  if (status == SUMI_OK) return 0;
  fprintf(stderr, "run_optimizer: %s\n", sumi_error_message());
  return 1;
}
