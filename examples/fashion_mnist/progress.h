/* A bar on a terminal, plain lines elsewhere. */
#ifndef DEMO_PROGRESS_H
#define DEMO_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct progress {
  bool terminal, utf8;
  int64_t total, start_ns, shown_ns, shown_step;
  double steps_per_second; /* since the last time it was shown */
} progress_t;

void progress_start(progress_t *progress, int64_t total);

/* Shows where the run is, at most ten times a second (a line every ten seconds where there is no
 * terminal). */
void progress_step(progress_t *progress, int64_t step, double loss);
void progress_end(progress_t *progress);

/* Seconds since the start. */
double progress_seconds(const progress_t *progress);

#endif
