#include "series.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

#include <sumi/alloc.h>

typedef struct numbered {
  sumi_name_t name;
  int number;
} numbered_t;

int sumi__command_number_of(sumi_name_table_t *names, const char *name) {
  numbered_t *found = sumi_name_table_find(names, name);
  if (found) return found->number;
  found = sumi_name_table_make(names, name, sizeof *found);
  if (!found) return -1;
  found->number = (int)names->count;
  return sumi_name_table_add(names, found) ? found->number : -1;
}

bool sumi__command_series_add(series_t *series, const char *run, const char *tag, int64_t step,
                              double value, bool single) {
  if (series->count == series->capacity) {
    const size_t capacity = series->capacity ? series->capacity * 2 : 1024;
    point_t *points = sumi_realloc_array(series->points, capacity, sizeof *points);
    if (!points) return false;
    series->points = points;
    series->capacity = capacity;
  }
  if (series->path && strcmp(run, series->path) == 0) run = ".";
  const point_t point = {.run = sumi__command_number_of(&series->runs, run),
                         .tag = sumi__command_number_of(&series->tags, tag),
                         .step = step,
                         .side = series->side,
                         .order = (int64_t)series->count,
                         .value = value,
                         .single = single};
  series->points[series->count++] = point;
  return point.run >= 0 && point.tag >= 0;
}

bool sumi__command_is_scalar(const sumi_event_value_t *value, double *number) {
  return strcmp(sumi__command_plugin(value), "scalars") == 0 &&
         sumi_event_value_number(value, number) == SUMI_OK;
}

sumi_status_t sumi__command_series_read(series_t *series, source_t *source,
                                        const arguments_t *arguments) {
  sumi_status_t status;
  sumi_event_t event;
  const char *run;
  double number;
  while ((status = sumi__command_next(source, &event, &run)) == SUMI_OK)
    for (size_t i = 0; i < event.value_count; ++i) {
      const sumi_event_value_t *value = &event.values[i];
      if (!sumi__command_wanted(arguments, &event, value) ||
          !sumi__command_is_scalar(value, &number))
        continue;
      if (!sumi__command_series_add(series, run, value->tag, event.step, number,
                                    value->kind == SUMI_EVENT_SCALAR))
        return SUMI_RESOURCE_EXHAUSTED;
    }
  return status == SUMI_OUT_OF_RANGE ? SUMI_OK : status;
}

static int compare(const point_t *a, const point_t *b, int a_first, int b_first, int a_last,
                   int b_last) {
  if (a_first != b_first) return a_first < b_first ? -1 : 1;
  if (a->step != b->step) return a->step < b->step ? -1 : 1;
  if (a_last != b_last) return a_last < b_last ? -1 : 1;
  if (a->side != b->side) return a->side < b->side ? -1 : 1;
  return (a->order > b->order) - (a->order < b->order);
}

static int by_run(const void *left, const void *right) {
  const point_t *a = left, *b = right;
  return compare(a, b, a->run, b->run, a->tag, b->tag);
}

static int by_tag(const void *left, const void *right) {
  const point_t *a = left, *b = right;
  return compare(a, b, a->tag, b->tag, a->run, b->run);
}

static int by_curve(const void *left, const void *right) {
  const point_t *a = left, *b = right;
  if (a->tag != b->tag) return a->tag < b->tag ? -1 : 1;
  return compare(a, b, a->run, b->run, 0, 0);
}

void sumi__command_series_sort(series_t *series, series_order_t order) {
  if (series->count == 0) return;
  qsort(series->points, series->count, sizeof *series->points,
        order == BY_RUN   ? by_run
        : order == BY_TAG ? by_tag
                          : by_curve);
  size_t kept = 0;
  for (size_t i = 0; i < series->count; ++i) {
    const point_t *point = &series->points[i], *last = &series->points[kept ? kept - 1 : 0];
    const bool again = kept > 0 && point->run == last->run && point->tag == last->tag &&
                       point->step == last->step && point->side == last->side;
    series->points[again ? kept - 1 : kept++] = *point;
  }
  series->count = kept;
}

const char **sumi__command_series_names(const sumi_name_table_t *names) {
  const char **list = sumi_calloc(names->count + 1, sizeof *list);
  size_t cursor = 0;
  for (numbered_t *name; list && (name = sumi_name_table_next(names, &cursor));)
    list[name->number] = name->name.text;
  return list;
}

void sumi__command_series_release(series_t *series) {
  sumi_name_table_release(&series->runs);
  sumi_name_table_release(&series->tags);
  sumi_free(series->points);
}
