/* Histograms as TensorBoard's own: equal-width buckets between the least and the greatest value. */
#ifndef SUMI_KINDS_BUCKETS_H
#define SUMI_KINDS_BUCKETS_H

#include <sumi/array_view.h>

/* Fills rows of (left edge, right edge, count), `count` of them, for the finite values of a numeric
 * array and returns how many values were not finite. Without finite values all rows are zero; if
 * all are equal, every edge is that value and the last row has the count. Source:
 * tensorboard/plugins/histogram/summary_v2.py, histogram_pb. */
int64_t sumi__summary_histogram_rows(const sumi_array_view_t *values, int count, double *rows);

#endif
