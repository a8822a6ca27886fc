/* Rates step by step, a line each:
 *   run_schedule one_cycle MAX_RATE TOTAL PCT_START DIV_FACTOR FINAL_DIV_FACTOR STEPS
 *   run_schedule plateau RATE FACTOR PATIENCE THRESHOLD COOLDOWN MIN_RATE MAXIMIZE METRICS.npy */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/npy.h>
#include <sumi/ops.h>
#include <sumi/plateau.h>
#include <sumi/session.h>
#include <sumi/train.h>

static sumi_status_t one_cycle(const double *n) {
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t step = sumi_placeholder(g, SUMI_INT64, .shape = SUMI_SCALAR);
  const sumi_tensor_t rate = sumi_one_cycle(n[0], step, n[1], n[2], n[3], n[4]);
  sumi_session_t *s = sumi_session_new(g);
  sumi_status_t status = SUMI_OK;
  for (int64_t i = 0; i < (int64_t)n[5] && status == SUMI_OK; ++i) {
    float value = 0;
    status = sumi_session_run(
        s, .feeds = SUMI_FEEDS({.tensor = step, .data = &i, .dims = SUMI_SCALAR}),
        .fetches = SUMI_FETCHES({.tensor = rate, .scalar = &value}));
    printf("%.9g\n", (double)value);
  }
  sumi_session_free(s);
  sumi_graph_free(g);
  return status;
}

static sumi_status_t plateau(const double *n, const sumi_array_t *metrics) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_plateau_t *of = sumi_plateau_new(g, n[0], .factor = n[1], .patience = (int64_t)n[2],
                                        .threshold = n[3], .cooldown = (int64_t)n[4],
                                        .min_rate = n[5], .maximize = n[6] != 0);
  sumi_op_t *init = sumi_global_variables_initializer(g);
  sumi_session_t *s = sumi_session_new(g);
  sumi_status_t status = sumi_session_run(s, .targets = SUMI_OPS(init));
  for (int64_t i = 0; i < sumi_array_count(metrics) && status == SUMI_OK; ++i) {
    status = sumi_plateau_update(of, s, sumi_array_get(metrics, i));
    if (status == SUMI_OK)
      printf("%.9g\n", sumi_array_get(sumi_session_variable(s, sumi_plateau_rate(of)), 0));
  }
  sumi_session_free(s);
  sumi_graph_free(g);
  return status;
}

int main(int argc, char **argv) {
  double numbers[8] = {0};
  sumi_array_t *metrics = NULL;
  sumi_status_t status = sumi_fail(SUMI_INVALID_ARGUMENT, "unknown arguments");
  for (int i = 2; i < argc && i < 10; ++i) numbers[i - 2] = atof(argv[i]);
  if (argc == 8 && strcmp(argv[1], "one_cycle") == 0) {
    status = one_cycle(numbers);
  } else if (argc == 10 && strcmp(argv[1], "plateau") == 0) {
    status = sumi_npy_read(argv[9], &metrics);
    if (status == SUMI_OK) status = plateau(numbers, metrics);
    sumi_array_unref(metrics);
  }
  if (status == SUMI_OK) return 0;
  fprintf(stderr, "run_schedule: %s\n", sumi_error_message());
  return 1;
}
