/* Many scalars of one step in one record. Their tags are locked together, in the order of their
 * addresses, so that each tag's steps reach the file in order. */
#include <stdlib.h>

#include <sumi/alloc.h>
#include <sumi/summary_values.h>

#include "writer_private.h"

typedef struct point {
  sumi__summary_tag_t *tag;
  float value;
  bool due;
} point_t;

static int by_address(const void *a, const void *b) {
  const uintptr_t x = (uintptr_t)((const point_t *)a)->tag,
                  y = (uintptr_t)((const point_t *)b)->tag;
  return (x > y) - (x < y);
}

/* The latest failure is the one whose text the thread has. */
static void note_failure(sumi_status_t *failure, sumi_status_t status) {
  if (status != SUMI_OK) *failure = status;
}

/* The tags that may be due, sorted. */
static size_t collect(sumi_writer_t *writer, int64_t step, const sumi_scalar_t *scalars,
                      size_t count, point_t *points, sumi_status_t *failure) {
  size_t kept = 0;
  for (size_t i = 0; i < count; ++i) {
    sumi__summary_tag_t *tag = sumi__summary_tag_find(writer->events, scalars[i].tag);
    if (tag && sumi__summary_is_shut(writer, tag, step)) continue;
    const sumi_status_t status = sumi__summary_get_tag(writer, scalars[i].tag, &tag);
    note_failure(failure, status);
    if (status == SUMI_OK) points[kept++] = (point_t){.tag = tag, .value = (float)scalars[i].value};
  }
  qsort(points, kept, sizeof *points, by_address);
  return kept;
}

/* Leaves one point per tag; the others are refused. */
static size_t refuse_repeated(sumi_writer_t *writer, point_t *points, size_t count,
                              sumi_status_t *failure) {
  size_t kept = 0;
  for (size_t i = 0; i < count; ++i) {
    if (kept == 0 || points[kept - 1].tag != points[i].tag) {
      points[kept++] = points[i];
      continue;
    }
    const sumi_status_t status = sumi_fail(
        SUMI_INVALID_ARGUMENT, "tag \"%s\" stands more than once in one batch of scalars",
        points[i].tag->name);
    note_failure(failure, sumi__summary_refuse(writer, status));
  }
  return kept;
}

static size_t select_due(sumi_writer_t *writer, int64_t step, point_t *points, size_t count,
                         sumi_event_value_t *values, sumi_status_t *failure) {
  size_t due_count = 0;
  for (size_t i = 0; i < count; ++i) {
    point_t *point = &points[i];
    const sumi_status_t status = sumi__summary_admit(
        writer, point->tag, sumi__summary_plugin_scalars, step, &point->due);
    note_failure(failure, status);
    if (point->due)
      values[due_count++] = sumi__summary_scalar_value(point->tag, point->value);
    else if (status == SUMI_OK)
      note_failure(failure,
                   sumi__summary_refuse(
                       writer, sumi__summary_keep_scalar(writer, point->tag, step, point->value)));
  }
  return due_count;
}

static void log_locked(sumi_writer_t *writer, int64_t step, point_t *points, size_t count,
                       sumi_event_value_t *values, sumi_status_t *failure) {
  const size_t due_count = select_due(writer, step, points, count, values, failure);
  if (due_count == 0) return;
  sumi_status_t status = sumi_event_writer_values(writer->events, step, 0, values, due_count);
  const bool together = status == SUMI_OK;
  for (size_t i = 0, value = 0; i < count; ++i) {
    if (!points[i].due) continue;
    /* One value the event writer refuses must not take the others with it. */
    if (!together) status = sumi_event_writer_values(writer->events, step, 0, &values[value], 1);
    ++value;
    if (status == SUMI_OK)
      sumi__summary_note_scalar(writer, step);
    else
      note_failure(failure, sumi__summary_refuse(writer, status));
  }
}

static sumi_status_t log_points(sumi_writer_t *writer, int64_t step, const sumi_scalar_t *scalars,
                                size_t count, point_t *points, sumi_event_value_t *values) {
  sumi_status_t failure = SUMI_OK;
  size_t kept = collect(writer, step, scalars, count, points, &failure);
  kept = refuse_repeated(writer, points, kept, &failure);
  for (size_t i = 0; i < kept; ++i) pthread_mutex_lock(&points[i].tag->lock);
  log_locked(writer, step, points, kept, values, &failure);
  for (size_t i = 0; i < kept; ++i) pthread_mutex_unlock(&points[i].tag->lock);
  return failure;
}

sumi_status_t sumi_writer_scalars(sumi_writer_t *writer, int64_t step, const sumi_scalar_t *scalars,
                                  size_t count) {
  enum { MAX_SCALARS = 1 << 20 };
  if (!writer || count == 0) return SUMI_OK;
  SUMI_TRY(sumi__summary_check_usable(writer));
  if (!scalars || count > MAX_SCALARS)
    return sumi__summary_refuse(
        writer,
        sumi_fail(SUMI_INVALID_ARGUMENT, "%zu scalars at %s; expected an array of at most %d",
                  count, scalars ? "an address" : "NULL", (int)MAX_SCALARS));
  point_t *points = sumi_calloc(count, sizeof *points);
  sumi_event_value_t *values = sumi_calloc(count, sizeof *values);
  sumi_status_t status;
  if (points && values)
    status = log_points(writer, step, scalars, count, points, values);
  else
    status = sumi__summary_refuse(writer, sumi_fail_alloc("scalars", count * sizeof *values));
  sumi_free(points);
  sumi_free(values);
  return status;
}
