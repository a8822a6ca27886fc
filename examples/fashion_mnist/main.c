/* Trains a convolutional network on real pictures, in C, and logs everything a person wants to
 * see of it. Ctrl-C stops cleanly: what was logged is on disk and the test set is evaluated once
 * more. */
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/file.h>
#include <sys/stat.h>

enum { GLYPHS_TRAIN = 12000, GLYPHS_TEST = 2000 };

typedef struct run {
  options_t options;
  sumi_dataset_t train, test;
  sumi_batcher_t *batches;
  model_t model;
  sumi_session_t *session;
  sumi_writer_t *log;
  sumi_summary_hook_t *hook;
  evaluation_t evaluation;
  char folder[4096]; /* of this run, below --logdir */
  int64_t steps;
  sumi_training_result_t result;
} run_t;

static sumi_status_t load(run_t *r) {
  if (r->options.data) {
    SUMI_TRY(sumi_dataset_load(r->options.data, SUMI_TRAIN, &r->train));
    SUMI_TRY(sumi_dataset_load(r->options.data, SUMI_TEST, &r->test));
  } else {
    SUMI_TRY(sumi_dataset_draw_glyphs(GLYPHS_TRAIN, r->options.seed, &r->train));
    SUMI_TRY(sumi_dataset_draw_glyphs(GLYPHS_TEST, r->options.seed + 1, &r->test));
  }
  r->batches = sumi_batcher_new(&r->train, r->options.batch, .seed = r->options.seed,
                                .drop_last = true);
  if (!r->batches) return SUMI_RESOURCE_EXHAUSTED;
  const double per_epoch = (double)sumi_batcher_per_epoch(r->batches);
  r->steps = r->options.steps ? r->options.steps : (int64_t)(r->options.epochs * per_epoch + 0.5);
  if (r->steps < 1) r->steps = 1;
  return evaluation_init(&r->evaluation, &r->test);
}

/* The first of <logdir>/run-001, run-002, … that is not there: runs stand side by side in
 * TensorBoard. */
static sumi_status_t make_run_folder(run_t *r) {
  SUMI_TRY(sumi_file_make_directories(r->options.logdir));
  for (int number = 1; number < 1000; ++number) {
    snprintf(r->folder, sizeof r->folder, "%s/run-%03d", r->options.logdir, number);
    if (mkdir(r->folder, 0777) == 0) return SUMI_OK;
    if (errno != EEXIST) return sumi_fail_errno(errno, "mkdir", r->folder);
  }
  return sumi_fail(SUMI_RESOURCE_EXHAUSTED, "%s holds 999 runs already", r->options.logdir);
}

static sumi_status_t open_log(run_t *r) {
  SUMI_TRY(make_run_folder(r));
  char *intervals = NULL;
  const char *own = r->options.intervals ? r->options.intervals : "";
  if (asprintf(&intervals, "%s;%s", report_intervals, own) < 0)
    return sumi_fail_alloc("the intervals", 0);
  r->log = sumi_writer_open(r->folder, .intervals = intervals, .total_steps = r->steps);
  free(intervals);
  return sumi_writer_status(r->log);
}

static sumi_status_t prepare(run_t *r) {
  SUMI_TRY(load(r));
  SUMI_TRY(open_log(r));
  const sumi_dims_t dims = sumi_array_dims(r->train.images);
  model_build(&r->model, dims.size + 1, r->evaluation.classes, r->steps, r->options.seed);
  r->session = sumi_session_new(r->model.graph, .threads = r->options.threads);
  if (!r->session) return SUMI_RESOURCE_EXHAUSTED;
  r->hook = sumi_summary_hook_new(r->session, r->log);
  if (!r->hook) return SUMI_RESOURCE_EXHAUSTED;
  report_configuration(r->log, &r->options, &r->model, r->steps, &r->train, &r->test);
  return SUMI_OK;
}

/* The batch of a step, and how much dropout keeps: 0.6 while training. */
static sumi_status_t feed(void *data, int64_t step, sumi_feed_t *feeds) {
  static const float keep = 0.6F;
  feeds[2].data = &keep;
  feeds[2].dims = SUMI_SCALAR;
  return sumi_batcher_feed(data, step, feeds);
}

/* What is logged besides the graph's own summaries, after each step at which it is due. */
static sumi_status_t report(void *data, sumi_training_t *training) {
  run_t *r = data;
  sumi_writer_scalar(r->log, "steps_per_second", training->step, training->steps_per_second);
  report_filters(r->log, training->step, r->session, &r->model);
  if (!training->is_last && !report_is_due(r->log, training->step)) return SUMI_OK;
  SUMI_TRY(evaluate(&r->evaluation, &r->model, r->session, &r->test));
  report_evaluation(r->log, training->step, &r->evaluation, &r->test);
  return SUMI_OK;
}

static sumi_status_t train(run_t *r) {
  const model_t *m = &r->model;
  return sumi_train(
      r->session, m->train, .steps = r->steps, .loss = m->loss,
      .feeds = SUMI_FEEDS({.tensor = m->images}, {.tensor = m->labels}, {.tensor = m->keep}),
      .feed = feed, .feed_data = r->batches,
      .hooks = SUMI_TRAINING_HOOKS(*sumi_summary_training_hook(r->hook),
                                   {.data = r, .after_step = report}),
      .handle_signals = true, .progress = stderr, .result = &r->result);
}

static void release(run_t *r) {
  sumi_summary_hook_free(r->hook);
  sumi_session_free(r->session);
  sumi_graph_free(r->model.graph);
  sumi_batcher_free(r->batches);
  evaluation_release(&r->evaluation);
  sumi_dataset_release(&r->test);
  sumi_dataset_release(&r->train);
}

int main(int argc, char **argv) {
  run_t run = {0};
  if (!options_parse(&run.options, argc, argv)) return 2;
  sumi_status_t status = prepare(&run);
  if (status == SUMI_OK) status = train(&run);
  if (status != SUMI_OK) {
    fprintf(stderr, "fashion_mnist: %s\n", sumi_error_message());
    sumi_writer_hparams_end(run.log, SUMI_HPARAMS_FAILURE);
  }
  const sumi_status_t closed = sumi_writer_close(run.log);
  if (closed != SUMI_OK) fprintf(stderr, "fashion_mnist: the log: %s\n", sumi_error_message());
  if (status == SUMI_OK) {
    if (run.result.signal) printf("\nStopped at step %lld.", (long long)run.result.steps_done);
    report_results(&run.evaluation, &run.test, &run.result, run.folder, run.options.logdir);
  }
  release(&run);
  return status == SUMI_OK && closed == SUMI_OK ? 0 : 1;
}
