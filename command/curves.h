/* Scalars as curves: of each run, smoothed, or of all runs together. */
#ifndef SUMI_COMMAND_CURVES_H
#define SUMI_COMMAND_CURVES_H

#include "series.h"

enum { ALL_RUNS = -1 };

typedef struct curve {
  int tag, run; /* numbers of the series; ALL_RUNS: their mean */
  size_t count;
  const double *steps, *values;
  const double *low, *high; /* the band's edges, NULL without a band */
  bool single;              /* values as they were logged, of 32 bits */
} curve_t;

typedef struct curves {
  curve_t *list; /* by tag and run */
  size_t count;
  double *numbers; /* what the curves point into */
} curves_t;

/* Smooths each run's values of a tag by an exponential moving average, as TensorBoard does: weight
 * 0 leaves them, what is not finite is passed over. The points are sorted by curve afterwards. */
void sumi__command_smooth(series_t *series, double weight);

/* The series' curves; with a band ("minmax", "std", NULL: none) one for each tag, of the runs'
 * mean at each step that any of them has. False without memory. */
bool sumi__command_curves(curves_t *curves, series_t *series, const char *band);
void sumi__command_curves_release(curves_t *curves);

#endif
