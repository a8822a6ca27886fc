/* Equal bins over the range of the finite values, as numpy.histogram makes them. */
#ifndef SUMI_RENDER_CHARTS_HISTOGRAM_BINS_H
#define SUMI_RENDER_CHARTS_HISTOGRAM_BINS_H

#include <sumi/array_view.h>

typedef struct {
  double low, high;
  int bins;
  int64_t *counts;  /* bins of them; sumi_free */
  int64_t left_out; /* values that are not finite */
} sumi__render_histogram_t;

sumi_status_t sumi__render_histogram_bins(const sumi_array_view_t *values, int bins,
                                          sumi__render_histogram_t *histogram);

#endif
