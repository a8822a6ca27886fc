#include "export_npz.h"

#include "npz.h"

#include <math.h>
#include <string.h>

#include <sumi/alloc.h>

/* The columns that both forms have, and those of one. */
enum { RUN, STEP, TAG, WALL_TIME, VALUE, LONG_COUNT };
enum { FIRST_TAG = STEP + 1 };

static void put_long(const series_t *series, const char **runs, const char **tags,
                     npz_column_t *columns) {
  const size_t count = series->count;
  const size_t run_width = sumi__command_npy_width(runs, series->runs.count);
  const size_t tag_width = sumi__command_npy_width(tags, series->tags.count);
  columns[TAG].name = "tag";
  columns[WALL_TIME].name = "wall_time";
  columns[VALUE].name = "value";
  sumi__command_npy_texts(&columns[RUN].npy, run_width, count);
  sumi__command_npy_numbers(&columns[STEP].npy, "<i8", count);
  sumi__command_npy_texts(&columns[TAG].npy, tag_width, count);
  sumi__command_npy_numbers(&columns[WALL_TIME].npy, "<f8", count);
  sumi__command_npy_numbers(&columns[VALUE].npy, "<f8", count);
  for (size_t i = 0; i < count; ++i) {
    const point_t *point = &series->points[i];
    sumi__command_npy_text(&columns[RUN].npy, runs[point->run], run_width);
    sumi__command_npy_whole(&columns[STEP].npy, point->step);
    sumi__command_npy_text(&columns[TAG].npy, tags[point->tag], tag_width);
    sumi__command_npy_float(&columns[WALL_TIME].npy, point->time_s);
    sumi__command_npy_float(&columns[VALUE].npy, point->value);
  }
}

/* One past the points of the same run and step. */
static size_t row_end(const series_t *series, size_t first) {
  size_t end = first + 1;
  while (end < series->count && series->points[end].run == series->points[first].run &&
         series->points[end].step == series->points[first].step)
    ++end;
  return end;
}

/* The points are sorted by run, step and tag. */
static void put_wide(const series_t *series, const char **runs, const char **tags,
                     npz_column_t *columns) {
  const size_t width = sumi__command_npy_width(runs, series->runs.count);
  size_t rows = 0;
  for (size_t i = 0; i < series->count; i = row_end(series, i)) ++rows;
  sumi__command_npy_texts(&columns[RUN].npy, width, rows);
  sumi__command_npy_numbers(&columns[STEP].npy, "<i8", rows);
  for (size_t t = 0; t < series->tags.count; ++t) {
    columns[FIRST_TAG + t].name = tags[t];
    sumi__command_npy_numbers(&columns[FIRST_TAG + t].npy, "<f8", rows);
  }
  for (size_t i = 0, end; i < series->count; i = end) {
    end = row_end(series, i);
    sumi__command_npy_text(&columns[RUN].npy, runs[series->points[i].run], width);
    sumi__command_npy_whole(&columns[STEP].npy, series->points[i].step);
    size_t at = i;
    for (size_t t = 0; t < series->tags.count; ++t) {
      const bool there = at < end && series->points[at].tag == (int)t;
      sumi__command_npy_float(&columns[FIRST_TAG + t].npy, there ? series->points[at].value : NAN);
      at += there;
    }
  }
}

/* A tag that a wide table has as another column; NULL: none. */
static const char *taken(const char **tags, size_t count) {
  for (size_t t = 0; t < count; ++t)
    if (strcmp(tags[t], "run") == 0 || strcmp(tags[t], "step") == 0) return tags[t];
  return NULL;
}

static int write_columns(const arguments_t *arguments, series_t *series, const char **runs,
                         const char **tags) {
  const size_t count = arguments->wide ? FIRST_TAG + series->tags.count : LONG_COUNT;
  const char *both = arguments->wide ? taken(tags, series->tags.count) : NULL;
  if (both)
    return sumi__command_fail("the tag \"%s\" and a column of the table have one name; "
                              "sumi rename gives another",
                              both);
  npz_column_t *columns = sumi_calloc(count, sizeof *columns);
  if (!columns) return sumi__command_fail("out of memory");
  columns[RUN].name = "run";
  columns[STEP].name = "step";
  if (arguments->wide) sumi__command_series_sort(series, BY_RUN);
  (arguments->wide ? put_wide : put_long)(series, runs, tags, columns);
  const sumi_status_t status = sumi__command_npz_write(arguments->output, columns, count);
  for (size_t i = 0; i < count; ++i) sumi_buffer_release(&columns[i].npy);
  sumi_free(columns);
  return status == SUMI_OK ? EXIT_FINE : sumi__command_fail("%s", sumi_error_message());
}

int sumi__command_export_npz(const arguments_t *arguments, series_t *series) {
  const char **runs = sumi__command_series_names(&series->runs);
  const char **tags = sumi__command_series_names(&series->tags);
  const int status = runs && tags ? write_columns(arguments, series, runs, tags)
                                  : sumi__command_fail("out of memory");
  sumi_free(runs);
  sumi_free(tags);
  return status;
}
