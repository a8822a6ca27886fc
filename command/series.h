/* Scalars of several runs side by side. */
#ifndef SUMI_COMMAND_SERIES_H
#define SUMI_COMMAND_SERIES_H

#include "command.h"

#include <sumi/name_table.h>

typedef struct point {
  int run, tag; /* numbers in the order of appearance */
  int64_t step;
  int side;      /* of a comparison, else 0 */
  int64_t order; /* of arrival: a later value of the same place counts */
  double value;
  bool single;   /* a float32 */
  double time_s; /* 0: nobody asked */
} point_t;

typedef struct series {
  sumi_name_table_t runs, tags;
  point_t *points;
  size_t count, capacity;
  int side;         /* of what is added from now on */
  const char *path; /* a run that is called so is ".", NULL: its name stays */
} series_t;

/* false: there is no memory. */
bool sumi__command_series_add(series_t *series, const char *run, const char *tag, int64_t step,
                              double value, bool single);

/* Adds the scalars of a source that are asked for. */
sumi_status_t sumi__command_series_read(series_t *series, source_t *source,
                                        const arguments_t *arguments);

/* Sorts by run, step, tag, side, or by tag, step, run, or by tag, run, step; of one place only the
 * last value stays. */
typedef enum series_order { BY_RUN, BY_TAG, BY_CURVE } series_order_t;
void sumi__command_series_sort(series_t *series, series_order_t order);

/* The number of a name, given to it when it is new; -1 without memory. */
int sumi__command_number_of(sumi_name_table_t *names, const char *name);

/* The names by their numbers, for sumi_free; NULL without memory. */
const char **sumi__command_series_names(const sumi_name_table_t *names);

void sumi__command_series_release(series_t *series);

/* Whether it is a value of the scalars dashboard, and its number. */
bool sumi__command_is_scalar(const sumi_event_value_t *value, double *number);

#endif
