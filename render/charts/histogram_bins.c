#include "charts/histogram_bins.h"

#include <math.h>

#include <sumi/alloc.h>

#include "charts/axes.h"

sumi_status_t sumi__render_histogram_bins(const sumi_array_view_t *values, int bins,
                                          sumi__render_histogram_t *histogram) {
  *histogram = (sumi__render_histogram_t){.bins = bins};
  if (!sumi__render_finite_range(values, &histogram->low, &histogram->high))
    histogram->low = 0, histogram->high = 1;
  if (histogram->low == histogram->high) histogram->low -= 0.5, histogram->high += 0.5;
  histogram->counts = sumi_calloc((size_t)bins, sizeof *histogram->counts);
  if (!histogram->counts)
    return sumi_fail_alloc("a histogram's counts", (size_t)bins * sizeof *histogram->counts);
  const int64_t count = sumi_array_view_count(values);
  const double width = (histogram->high / 2 - histogram->low / 2) / bins * 2;
  for (int64_t i = 0; i < count; ++i) {
    const double value = sumi_array_view_double(values, i);
    if (!isfinite(value)) {
      ++histogram->left_out;
      continue;
    }
    const double at = (value / 2 - histogram->low / 2) /
                      (histogram->high / 2 - histogram->low / 2) * bins;
    int bin = at >= bins ? bins - 1 : (int)at;
    /* The quotient may have been rounded over an edge; the edges decide, as in numpy.histogram. */
    if (bin > 0 && value < histogram->low + bin * width) --bin;
    if (bin < bins - 1 && value >= histogram->low + (bin + 1) * width) ++bin;
    ++histogram->counts[bin];
  }
  return SUMI_OK;
}
