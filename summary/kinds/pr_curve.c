/* Source: tensorboard/plugins/pr_curve/summary.py, pb. */
#include <math.h>

#include <sumi/options.h>
#include <sumi/buffer.h>
#include <sumi/plugin_data.h>
#include <sumi/summary_values.h>

#include "../writer_private.h"
#include "copy.h"

enum { DEFAULT_THRESHOLDS = 201, MAX_THRESHOLDS = 100000 };

typedef struct pr_curve {
  const bool *labels;
  const float *scores;
  const double *weights;
  int64_t count;
  int thresholds;
} pr_curve_t;

static sumi_status_t check(const pr_curve_t *curve) {
  if (curve->count < 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "count is %lld; expected 0 or more",
                     (long long)curve->count);
  if (curve->count > 0 && (!curve->labels || !curve->scores))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s is NULL; expected %lld of them",
                     curve->labels ? "scores" : "labels", (long long)curve->count);
  if (curve->thresholds < 2 || curve->thresholds > MAX_THRESHOLDS)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "thresholds is %d; expected 2 to %d, or 0 for %d",
                     curve->thresholds, (int)MAX_THRESHOLDS, (int)DEFAULT_THRESHOLDS);
  for (int64_t i = 0; i < curve->count; ++i) {
    if (!(curve->scores[i] >= 0 && curve->scores[i] <= 1))
      return sumi_fail(SUMI_INVALID_ARGUMENT, "score %lld is %g; expected 0 to 1", (long long)i,
                       (double)curve->scores[i]);
    if (curve->weights && !(curve->weights[i] >= 0 && curve->weights[i] <= 1e30))
      return sumi_fail(SUMI_INVALID_ARGUMENT, "weight %lld is %g; expected 0 to 1e30", (long long)i,
                       curve->weights[i]);
  }
  return SUMI_OK;
}

static sumi_status_t copy_curve(sumi__summary_job_t *job, const pr_curve_t *given) {
  SUMI_TRY(check(given));
  pr_curve_t *curve = SUMI__PAYLOAD(job, pr_curve_t);
  if (!curve) return sumi_fail_alloc("a PR curve", sizeof *curve);
  const size_t count = (size_t)given->count;
  const void *labels, *scores, *weights;
  SUMI_TRY(sumi__summary_copy_bytes(job->memory, given->labels, count * sizeof(bool), &labels));
  SUMI_TRY(sumi__summary_copy_bytes(job->memory, given->scores, count * sizeof(float), &scores));
  SUMI_TRY(sumi__summary_copy_bytes(job->memory, given->weights, count * sizeof(double), &weights));
  *curve = (pr_curve_t){labels, scores, weights, given->count, given->thresholds};
  return SUMI_OK;
}

/* Weights of the true and of the false examples at or above each threshold. */
static void accumulate(const pr_curve_t *curve, double *positives, double *negatives) {
  const int n = curve->thresholds;
  for (int64_t i = 0; i < curve->count; ++i) {
    const int bucket = (int)floorf(curve->scores[i] * (float)(n - 1));
    const double weight = curve->weights ? curve->weights[i] : 1;
    *(curve->labels[i] ? &positives[bucket] : &negatives[bucket]) += weight;
  }
  for (int i = n - 2; i >= 0; --i) {
    positives[i] += positives[i + 1];
    negatives[i] += negatives[i + 1];
  }
}

/* Rows: true positives, false positives, true negatives, false negatives, precision, recall. */
static void fill_rows(int n, const double *tp, const double *fp, float *rows) {
  const double least = 1e-7;
  for (int i = 0; i < n; ++i) {
    const double tn = fp[0] - fp[i], fn = tp[0] - tp[i];
    const double row[] = {
        tp[i], fp[i], tn, fn, tp[i] / fmax(least, tp[i] + fp[i]), tp[i] / fmax(least, tp[i] + fn)};
    for (int k = 0; k < 6; ++k) rows[k * n + i] = (float)row[k];
  }
}

static sumi_status_t run_curve(sumi__summary_job_t *job) {
  const pr_curve_t *curve = job->payload;
  const size_t n = (size_t)curve->thresholds;
  double *sums = sumi_arena_calloc(job->memory, n, 2 * sizeof *sums);
  float *rows = sumi_arena_calloc(job->memory, n, 6 * sizeof *rows);
  if (!sums || !rows) return sumi_fail_alloc("a PR curve", n * 6 * sizeof *rows);
  accumulate(curve, sums, sums + n);
  fill_rows(curve->thresholds, sums, sums + n, rows);
  sumi_buffer_t content = {0};
  sumi_status_t status = sumi_plugin_pr_curves(&content, (uint32_t)n);
  sumi_event_value_t value = {.kind = SUMI_EVENT_NUMBERS,
                              .numbers = {SUMI_FLOAT32, 2, {6, (int64_t)n}, rows},
                              .metadata = {.plugin_content = {content.data, content.size}}};
  if (status == SUMI_OK) status = sumi__summary_job_write(job, &value, 1);
  sumi_buffer_release(&content);
  return status;
}

sumi_status_t sumi_writer_pr_curve_with(sumi_writer_t *writer, const char *tag, int64_t step,
                                        const bool *labels, const float *scores, int64_t count,
                                        const sumi_pr_curve_options_t *given) {
  sumi_pr_curve_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  sumi__summary_job_t *job;
  SUMI_TRY(sumi__summary_job_begin(writer, tag, sumi__summary_plugin_pr_curves, step, &job));
  if (!job) return SUMI_OK;
  const pr_curve_t curve = {labels, scores, options.weights, count,
                            options.thresholds ? options.thresholds : DEFAULT_THRESHOLDS};
  return sumi__summary_job_end(job, copy_curve(job, &curve), run_curve);
}
