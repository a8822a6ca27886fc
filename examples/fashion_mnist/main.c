/* Trains a convolutional network on real pictures, in C, and logs everything a person wants to
 * see of it. Ctrl-C stops cleanly: what was logged is on disk and the test set is evaluated once
 * more. */
#include "progress.h"
#include "report.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/file.h>
#include <sys/stat.h>

enum { GLYPHS_TRAIN = 12000, GLYPHS_TEST = 2000 };

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number) {
  (void)signal_number;
  interrupted = 1;
}

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
  int64_t steps, done;
  double seconds;
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
  return sumi_session_run(r->session, .targets = SUMI_OPS(r->model.initialize));
}

static sumi_status_t train_step(run_t *r, int64_t step, float *loss) {
  sumi_batch_t batch;
  SUMI_TRY(sumi_batcher_get(r->batches, step, &batch));
  const float keep = 0.6F;
  return sumi_summary_run(
      r->hook, step,
      .feeds = SUMI_FEEDS({.tensor = r->model.images, .array = batch.images},
                          {.tensor = r->model.labels, .array = batch.labels},
                          {.tensor = r->model.keep, .data = &keep, .dims = SUMI_SCALAR}),
      .targets = SUMI_OPS(r->model.train),
      .fetches = SUMI_FETCHES({.tensor = r->model.loss, .scalar = loss}));
}

static sumi_status_t evaluate_and_report(run_t *r, int64_t step) {
  SUMI_TRY(evaluate(&r->evaluation, &r->model, r->session, &r->test));
  report_evaluation(r->log, step, &r->evaluation, &r->test);
  return SUMI_OK;
}

static sumi_status_t train(run_t *r) {
  progress_t progress;
  progress_start(&progress, r->steps);
  sumi_status_t status = SUMI_OK;
  for (int64_t step = 0; step < r->steps && status == SUMI_OK; ++step) {
    float loss = 0;
    const bool stop = interrupted !=
                      0; /* this step is the last, with all that is due at the last one */
    if (stop) sumi_writer_set_total_steps(r->log, step + 1);
    status = train_step(r, step, &loss);
    r->done = step + 1;
    progress_step(&progress, step, loss);
    if (progress.steps_per_second > 0)
      sumi_writer_scalar(r->log, "steps_per_second", step, progress.steps_per_second);
    report_filters(r->log, step, r->session, &r->model);
    const bool last = stop || step + 1 == r->steps;
    if (status == SUMI_OK && (last || report_is_due(r->log, step)))
      status = evaluate_and_report(r, step);
    if (stop) break;
  }
  progress_end(&progress);
  r->seconds = progress_seconds(&progress);
  return status;
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
  const struct sigaction action = {.sa_handler = interrupt,
                                   .sa_flags = SA_RESTART | (int)SA_RESETHAND};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);

  sumi_status_t status = prepare(&run);
  if (status == SUMI_OK) status = train(&run);
  if (status != SUMI_OK) {
    fprintf(stderr, "fashion_mnist: %s\n", sumi_error_message());
    sumi_writer_hparams_end(run.log, SUMI_HPARAMS_FAILURE);
  }
  const sumi_status_t closed = sumi_writer_close(run.log);
  if (closed != SUMI_OK) fprintf(stderr, "fashion_mnist: the log: %s\n", sumi_error_message());
  if (status == SUMI_OK) {
    if (interrupted) printf("\nStopped at step %lld.", (long long)run.done);
    report_results(&run.evaluation, &run.test, run.seconds, run.done, run.folder,
                   run.options.logdir);
  }
  release(&run);
  return status == SUMI_OK && closed == SUMI_OK ? 0 : 1;
}
