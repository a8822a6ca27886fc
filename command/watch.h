/* Runs that are being written: their newest scalars, and how fast they go. */
#ifndef SUMI_COMMAND_WATCH_H
#define SUMI_COMMAND_WATCH_H

#include "command.h"

#include <sumi/name_table.h>

enum { KEPT_VALUES = 64, KEPT_TIMES = 64 };

typedef struct watched_tag {
  sumi_name_t name;
  bool single; /* float32 values */
  int64_t count, step;
  double values[KEPT_VALUES]; /* the last, value i at i % KEPT_VALUES */
} watched_tag_t;

typedef struct watched_run {
  sumi_name_t name;
  sumi_name_table_t tags;
  int64_t last_step;
  double last_time_s; /* of any event; NaN: none yet */
  int64_t time_count; /* steps that went up, and when: the last KEPT_TIMES */
  int64_t steps[KEPT_TIMES];
  double times_s[KEPT_TIMES];
  bool raised[MAX_PATTERNS]; /* the alerts, by their rules */
} watched_run_t;

/* Reads what there is by now: OK, or a failure. Scalars count that are asked for. */
sumi_status_t sumi__command_watch(sumi_name_table_t *runs, source_t *source,
                                  const arguments_t *arguments);
void sumi__command_watch_release(sumi_name_table_t *runs);

double sumi__command_last(const watched_tag_t *tag);

/* Steps a second over the kept steps; NaN when they do not say. */
double sumi__command_rate(const watched_run_t *run);

#endif
