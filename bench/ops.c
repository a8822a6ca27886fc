/* Time of single ops that walk through memory:
 *   bench_ops NAME [--threads N] [--steps N] [--rounds N] [--lockstep]
 *
 * The rows of peer_ops.py. Inputs are variables, so that nothing is folded; the result is fetched.
 */
#include "measure.h"

#include <sumi/sumi.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct row {
  const char *name;
  sumi_dims_t a, b; /* b: rank 0 where there is none */
  sumi_tensor_t (*build)(sumi_tensor_t a, sumi_tensor_t b);
  int64_t steps;
} row_t;

#define ROW_FUNCTION(name, ...)                                                                    \
  static sumi_tensor_t name(sumi_tensor_t a, sumi_tensor_t b) {                                    \
    (void)b;                                                                                       \
    return __VA_ARGS__;                                                                            \
  }

ROW_FUNCTION(add, sumi_add(a, b))
ROW_FUNCTION(bias_add, sumi_bias_add(a, b))
ROW_FUNCTION(sum_all, sumi_reduce_sum(a))
ROW_FUNCTION(sum_last, sumi_reduce_sum(a, .axes = SUMI_AXES(-1)))
ROW_FUNCTION(sum_first, sumi_reduce_sum(a, .axes = SUMI_AXES(0)))
ROW_FUNCTION(max_last, sumi_reduce_max(a, .axes = SUMI_AXES(-1)))
ROW_FUNCTION(argmax_last, sumi_argmax(a, -1))
ROW_FUNCTION(argmax_first, sumi_argmax(a, 0))
ROW_FUNCTION(transpose, sumi_transpose(a))
ROW_FUNCTION(to_nchw, sumi_transpose(a, .perm = SUMI_AXES(0, 3, 1, 2)))
ROW_FUNCTION(to_nhwc, sumi_transpose(a, .perm = SUMI_AXES(0, 2, 3, 1)))
ROW_FUNCTION(softmax, sumi_softmax(a))
ROW_FUNCTION(chain, sumi_mul(sumi_sigmoid(sumi_add(sumi_mul(a, b), a)), sumi_sub(a, b)))

static const row_t rows[] = {
    {"add", {1, {10000000}}, {1, {10000000}}, add, 40},
    {"add_cached", {1, {100000}}, {1, {100000}}, add, 4000},
    {"outer_add", {2, {4096, 1}}, {2, {1, 4096}}, add, 20},
    {"bias_add", {4, {64, 56, 56, 64}}, {1, {64}}, bias_add, 40},
    {"sum_all", {2, {4000, 4000}}, {0}, sum_all, 40},
    {"sum_last_64", {2, {64 * 56 * 56, 64}}, {0}, sum_last, 40},
    {"sum_last_1000", {2, {1000, 1000}}, {0}, sum_last, 800},
    {"sum_first_1000", {2, {1000, 1000}}, {0}, sum_first, 800},
    {"max_last_1000", {2, {1000, 1000}}, {0}, max_last, 800},
    {"argmax_last_1000", {2, {1000, 1000}}, {0}, argmax_last, 400},
    {"argmax_first_1000", {2, {1000, 1000}}, {0}, argmax_first, 400},
    {"transpose_4096", {2, {4096, 4096}}, {0}, transpose, 10},
    {"transpose_500", {2, {500, 500}}, {0}, transpose, 1000},
    {"to_nchw", {4, {64, 56, 56, 64}}, {0}, to_nchw, 20},
    {"to_nhwc", {4, {64, 64, 56, 56}}, {0}, to_nhwc, 20},
    {"softmax_1000", {2, {1000, 1000}}, {0}, softmax, 400},
    {"chain", {1, {1000000}}, {1, {1000000}}, chain, 200},
};

static const row_t *find_row(const char *name) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; ++i)
    if (strcmp(rows[i].name, name) == 0) return &rows[i];
  fprintf(stderr, "no row \"%s\": ", name);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; ++i) fprintf(stderr, "%s ", rows[i].name);
  fprintf(stderr, "\n");
  return NULL;
}

typedef struct running {
  sumi_session_t *session;
  sumi_tensor_t tensor;
  sumi_array_t *result; /* made by the first step, filled by the others */
} running_t;

static bool run(void *context, int64_t steps) {
  running_t *running = context;
  for (int64_t i = 0; i < steps; ++i)
    if (sumi_session_run(running->session, .fetches = SUMI_FETCHES({.tensor = running->tensor,
                                                                    .array = &running->result})) !=
        SUMI_OK)
      return false;
  return true;
}

static sumi_tensor_t input(sumi_graph_t *graph, const char *name, sumi_dims_t dims) {
  return sumi_get_variable(graph, name, dims, .initializer = SUMI_INIT(UNIFORM, .a = -1, .b = 1));
}

static bool measure_row(const bench_options_t *options, const row_t *row) {
  sumi_graph_t *graph = sumi_graph_new();
  sumi_tensor_t a = input(graph, "a", row->a), b = a;
  if (row->b.rank > 0) b = input(graph, "b", row->b);
  running_t running = {.tensor = row->build(a, b)};
  running.session = sumi_session_new(graph, .threads = options->threads);
  bool ok = sumi_session_run(running.session,
                             .targets = SUMI_OPS(sumi_global_variables_initializer(graph))) ==
            SUMI_OK;
  char name[64];
  snprintf(name, sizeof name, "ops/%s/threads=%d", row->name, options->threads);
  ok = ok && bench_time(run, &running, options->steps / 4 + 2) >= 0;
  ok = ok && bench_rounds(options, name, "us", run, &running);
  if (!ok) fprintf(stderr, "%s\n", sumi_error_message());
  sumi_array_unref(running.result);
  sumi_session_free(running.session);
  sumi_graph_free(graph);
  return ok;
}

int main(int argc, char **argv) {
  bench_options_t options = {.rounds = 5};
  if (!bench_parse(&options, argc, argv)) return 2;
  const row_t *row = find_row(options.name);
  if (!row) return 2;
  if (options.steps == 0) options.steps = row->steps;
  return measure_row(&options, row) ? 0 : 1;
}
