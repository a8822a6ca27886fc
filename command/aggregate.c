/* sumi aggregate: statistics over runs, written as runs. */
#include "series.h"
#include "text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <sumi/alloc.h>
#include <sumi/buffer.h>
#include <sumi/event_writer.h>

static int by_value(const void *left, const void *right) {
  const double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

/* Each gets the values in ascending order; NaN sorts nowhere, so they are asked before. */
static double mean(const double *values, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; ++i) sum += values[i];
  return sum / (double)count;
}

static double smallest(const double *values, size_t count) {
  (void)count;
  return values[0];
}

static double largest(const double *values, size_t count) {
  return values[count - 1];
}

/* Of the population, as numpy.std. */
static double deviation(const double *values, size_t count) {
  const double center = mean(values, count);
  double sum = 0;
  for (size_t i = 0; i < count; ++i) sum += (values[i] - center) * (values[i] - center);
  return sqrt(sum / (double)count);
}

static double median(const double *values, size_t count) {
  return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

static const struct {
  const char *name;
  double (*of)(const double *values, size_t count);
} statistics[] = {
    {"mean", mean}, {"min", smallest}, {"max", largest}, {"std", deviation}, {"median", median}};

enum { STATISTIC_COUNT = sizeof statistics / sizeof *statistics };

/* How many runs have the tag. */
static size_t run_count(const series_t *series, const bool *has, int tag) {
  size_t count = 0;
  for (size_t run = 0; run < series->runs.count; ++run)
    count += has[(size_t)tag * series->runs.count + run];
  return count;
}

/* Which runs have which tags. */
static bool *find_tags(const series_t *series) {
  bool *has = sumi_calloc(series->runs.count * series->tags.count + 1, sizeof *has);
  for (size_t i = 0; has && i < series->count; ++i)
    has[(size_t)series->points[i].tag * series->runs.count + (size_t)series->points[i].run] = true;
  return has;
}

static sumi_status_t put_step(sumi_event_writer_t *const *writers, const char *tag, int64_t step,
                              double *values, size_t count) {
  bool is_number = true;
  for (size_t i = 0; i < count; ++i) is_number &= !isnan(values[i]);
  qsort(values, count, sizeof *values, by_value);
  for (int k = 0; k < STATISTIC_COUNT; ++k) {
    const double result = is_number ? statistics[k].of(values, count) : NAN;
    SUMI_TRY(sumi_event_writer_scalar(writers[k], tag, step, (float)result));
  }
  return SUMI_OK;
}

/* The points are sorted by tag, step, run. */
static sumi_status_t put_all(const series_t *series, bool lax, const bool *has, const char **tags,
                             double *values, sumi_event_writer_t *const *writers,
                             size_t *left_out) {
  for (size_t i = 0, end; i < series->count; i = end) {
    const point_t *first = &series->points[i];
    for (end = i; end < series->count; ++end) {
      const point_t *point = &series->points[end];
      if (point->tag != first->tag || point->step != first->step) break;
      values[end - i] = point->value;
    }
    if (lax || end - i == run_count(series, has, first->tag))
      SUMI_TRY(put_step(writers, tags[first->tag], first->step, values, end - i));
    else
      ++*left_out;
  }
  return SUMI_OK;
}

static sumi_status_t open_writers(const char *output, sumi_event_writer_t **writers) {
  sumi_status_t status = SUMI_OK;
  for (int k = 0; k < STATISTIC_COUNT && status == SUMI_OK; ++k) {
    sumi_buffer_t path = {0};
    sumi_buffer_printf(&path, "%s/%s", output, statistics[k].name);
    status = sumi_buffer_status(&path, "a path");
    if (status == SUMI_OK)
      writers[k] = sumi_event_writer_open(sumi_buffer_text(&path), &status,
                                          .existing = SUMI_RUN_REFUSE);
    sumi_buffer_release(&path);
  }
  return status;
}

static sumi_status_t write_runs(const arguments_t *arguments, series_t *series, size_t *left_out) {
  sumi_event_writer_t *writers[STATISTIC_COUNT] = {0};
  sumi__command_series_sort(series, BY_TAG);
  bool *has = find_tags(series);
  const char **tags = sumi__command_series_names(&series->tags);
  double *values = sumi_calloc(series->runs.count + 1, sizeof *values);
  sumi_status_t status = has && tags && values ? open_writers(arguments->output, writers)
                                               : sumi_fail_alloc("the runs' values", 0);
  if (status == SUMI_OK)
    status = put_all(series, arguments->lax, has, tags, values, writers, left_out);
  for (int k = 0; k < STATISTIC_COUNT; ++k) {
    const sumi_status_t closed = writers[k] ? sumi_event_writer_close(writers[k]) : SUMI_OK;
    if (status == SUMI_OK) status = closed;
  }
  sumi_free(values);
  sumi_free(tags);
  sumi_free(has);
  return status;
}

static int aggregate(const arguments_t *arguments) {
  if (!arguments->output) {
    sumi__command_fail("aggregate: --output FOLDER is needed");
    return EXIT_MISUSED;
  }
  source_t *source = sumi__command_open(arguments);
  if (!source) return EXIT_FAILED;
  series_t series = {0};
  size_t left_out = 0;
  sumi_status_t status = sumi__command_series_read(&series, source, arguments);
  if (status == SUMI_OK) status = write_runs(arguments, &series, &left_out);
  if (status != SUMI_OK) sumi__command_fail("%s", sumi_error_message());
  if (status == SUMI_OK && left_out)
    fprintf(stderr, "sumi: %zu points were left out: not every run has them (--lax takes them)\n",
            left_out);
  sumi__command_series_release(&series);
  sumi__command_close(source);
  return status == SUMI_OK ? EXIT_FINE : EXIT_FAILED;
}

const command_t sumi__command_aggregate = {
    .name = "aggregate",
    .summary = "Mean, min, max, std and median of scalars over runs, as runs below --output",
    .options = "run tag steps output lax",
    .details = "A tag counts where all runs that have it have the step. std is the population's.\n",
    .run = aggregate};
