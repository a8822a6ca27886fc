#include <stdio.h>

#include <sumi/options.h>
#include <sumi/summary_values.h>

#include "../writer_private.h"
#include "buckets.h"
#include "copy.h"

enum { DEFAULT_BUCKETS = 30, MAX_BUCKETS = 10000 };

typedef struct histogram {
  sumi_array_view_t values;
  int buckets;
} histogram_t;

static sumi_status_t copy_histogram(sumi__summary_job_t *job, const sumi_array_view_t *values,
                                    const sumi_histogram_options_t *options) {
  SUMI_TRY(sumi_array_view_check("values", values));
  if (values->dtype == SUMI_STRING)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "values holds strings; expected numbers");
  if (options->buckets < 0 || options->buckets > MAX_BUCKETS)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "buckets is %d; expected 1 to %d, or 0 for %d",
                     options->buckets, (int)MAX_BUCKETS, (int)DEFAULT_BUCKETS);
  histogram_t *histogram = SUMI__PAYLOAD(job, histogram_t);
  if (!histogram) return sumi_fail_alloc("a histogram", sizeof *histogram);
  histogram->buckets = options->buckets > 0 ? options->buckets : DEFAULT_BUCKETS;
  return sumi__summary_copy_view(job->memory, values, &histogram->values);
}

/* "<tag>/nonfinite": only when there is something to say, or the curve has to come back to 0. */
static sumi_status_t write_nonfinite(sumi__summary_job_t *job, int64_t count) {
  if (count == 0 && !job->tag->shows_nonfinite) return SUMI_OK;
  char name[SUMI__MAX_TAG_BYTES + 16];
  snprintf(name, sizeof name, "%s/nonfinite", job->tag->name);
  sumi_event_value_t value = {.tag = name,
                              .kind = SUMI_EVENT_SCALAR,
                              .scalar = (float)count,
                              .metadata = {.plugin_name = sumi__summary_plugin_scalars}};
  SUMI_TRY(sumi__summary_job_write(job, &value, 1));
  job->tag->shows_nonfinite = count > 0;
  return SUMI_OK;
}

static sumi_status_t run_histogram(sumi__summary_job_t *job) {
  const histogram_t *histogram = job->payload;
  double *rows = sumi_arena_calloc(job->memory, (size_t)histogram->buckets, 3 * sizeof *rows);
  if (!rows) return sumi_fail_alloc("buckets", (size_t)histogram->buckets * 3 * sizeof *rows);
  const int64_t nonfinite = sumi__summary_histogram_rows(&histogram->values, histogram->buckets,
                                                         rows);
  SUMI__COUNT(job->writer->histograms);
  sumi_event_value_t value = {.kind = SUMI_EVENT_NUMBERS,
                              .numbers = {SUMI_FLOAT64, 2, {histogram->buckets, 3}, rows}};
  SUMI_TRY(sumi__summary_job_write(job, &value, 1));
  return write_nonfinite(job, nonfinite);
}

sumi_status_t sumi_writer_histogram_with(sumi_writer_t *writer, const char *tag, int64_t step,
                                         const sumi_array_view_t *values,
                                         const sumi_histogram_options_t *given) {
  sumi_histogram_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  sumi__summary_job_t *job;
  SUMI_TRY(sumi__summary_job_begin(writer, tag, sumi__summary_plugin_histograms, step, &job));
  if (!job) return SUMI_OK;
  return sumi__summary_job_end(job, copy_histogram(job, values, &options), run_histogram);
}

sumi_status_t sumi_writer_histogram_floats(sumi_writer_t *writer, const char *tag, int64_t step,
                                           const float *values, int64_t count) {
  const sumi_array_view_t view = {SUMI_FLOAT32, 1, {count}, values};
  return sumi_writer_histogram(writer, tag, step, &view);
}

sumi_status_t sumi_writer_histogram_doubles(sumi_writer_t *writer, const char *tag, int64_t step,
                                            const double *values, int64_t count) {
  const sumi_array_view_t view = {SUMI_FLOAT64, 1, {count}, values};
  return sumi_writer_histogram(writer, tag, step, &view);
}
