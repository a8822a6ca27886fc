/* What the demo's logging costs its training:
 *   bench_logged_training demo [--threads N] [--steps N] [--rounds N]
 *
 * The demo's network, summaries, intervals, galleries and confusion matrices. Rounds with and
 * without the log take turns in one process. Evaluating the test set belongs to neither side: it is
 * done once, before. */
#include "measure.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>

/* A round covers the intervals of histograms and curves of the test set. */
enum { BATCH = 100, STEPS = 200, RUN_STEPS = 1 << 20, PICTURES = 2000 };

typedef struct logged {
  sumi_dataset_t train, test;
  sumi_batcher_t *batches;
  model_t model;
  sumi_session_t *session;
  sumi_writer_t *log;
  sumi_summary_hook_t *hook, *unlogged;
  evaluation_t evaluation;
  int64_t step, unlogged_step;
} logged_t;

static sumi_status_t train_step(logged_t *l, sumi_summary_hook_t *hook, int64_t step) {
  sumi_batch_t batch;
  SUMI_TRY(sumi_batcher_get(l->batches, step, &batch));
  const float keep = 0.6F;
  float loss;
  return sumi_summary_run(
      hook, step,
      .feeds = SUMI_FEEDS({.tensor = l->model.images, .array = batch.images},
                          {.tensor = l->model.labels, .array = batch.labels},
                          {.tensor = l->model.keep, .data = &keep, .dims = SUMI_SCALAR}),
      .targets = SUMI_OPS(l->model.train),
      .fetches = SUMI_FETCHES({.tensor = l->model.loss, .scalar = &loss}));
}

static bool train_logged(void *context, int64_t steps) {
  logged_t *l = context;
  for (int64_t i = 0; i < steps; ++i, ++l->step) {
    if (train_step(l, l->hook, l->step) != SUMI_OK) return false;
    report_filters(l->log, l->step, l->session, &l->model);
    if (report_is_due(l->log, l->step))
      report_evaluation(l->log, l->step, &l->evaluation, &l->test);
  }
  return true;
}

static bool train_unlogged(void *context, int64_t steps) {
  logged_t *l = context;
  for (int64_t i = 0; i < steps; ++i, ++l->unlogged_step)
    if (train_step(l, l->unlogged, l->unlogged_step) != SUMI_OK) return false;
  return true;
}

static sumi_status_t open_training(logged_t *l, int threads) {
  SUMI_TRY(sumi_dataset_draw_glyphs(PICTURES, 1, &l->train));
  SUMI_TRY(sumi_dataset_draw_glyphs(PICTURES, 2, &l->test));
  l->batches = sumi_batcher_new(&l->train, BATCH, .seed = 1, .drop_last = true);
  SUMI_TRY(evaluation_init(&l->evaluation, &l->test));
  const sumi_dims_t dims = sumi_array_dims(l->train.images);
  model_build(&l->model, dims.size + 1, l->evaluation.classes, RUN_STEPS, 1);
  l->session = sumi_session_new(l->model.graph, .threads = threads);
  l->hook = sumi_summary_hook_new(l->session, l->log);
  l->unlogged = sumi_summary_hook_new(l->session, NULL);
  int64_t step;
  SUMI_TRY(sumi_train_begin(l->session, NULL, &step));
  return evaluate(&l->evaluation, &l->model, l->session, &l->test);
}

static void close_training(logged_t *l) {
  sumi_summary_hook_free(l->hook);
  sumi_summary_hook_free(l->unlogged);
  sumi_session_free(l->session);
  sumi_graph_free(l->model.graph);
  sumi_batcher_free(l->batches);
  evaluation_release(&l->evaluation);
  sumi_dataset_release(&l->test);
  sumi_dataset_release(&l->train);
}

int main(int argc, char **argv) {
  bench_options_t options = {.rounds = 5, .steps = STEPS};
  if (!bench_parse(&options, argc, argv)) return 2;
  bench_folder_t folder;
  if (!bench_make_folder(&folder, options.directory)) return 1;
  logged_t l = {0};
  l.log = sumi_writer_open(folder.path, .intervals = report_intervals, .total_steps = RUN_STEPS,
                           .ignore_environment = true);
  bool ok = open_training(&l, options.threads) == SUMI_OK;
  if (!ok) fprintf(stderr, "%s\n", sumi_error_message());
  char name[64];
  snprintf(name, sizeof name, "train/cnn_logged/threads=%d", options.threads);
  ok = ok && bench_time(train_logged, &l, 2) >= 0 &&
       bench_beside(&options, name, "without the log", "us", train_logged, train_unlogged, &l);
  close_training(&l);
  ok = sumi_writer_close(l.log) == SUMI_OK && ok;
  bench_remove_folder(&folder);
  return ok ? 0 : 1;
}
