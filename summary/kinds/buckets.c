#include "buckets.h"

#include <math.h>
#include <string.h>

enum { CHUNK = 512 };

/* Elements [start, start + count) as doubles. */
static const double *load(const sumi_array_view_t *values, int64_t start, int64_t count,
                          double *room) {
  if (values->dtype == SUMI_FLOAT64) return (const double *)values->data + start;
  if (values->dtype == SUMI_FLOAT32) {
    const float *from = (const float *)values->data + start;
    for (int64_t i = 0; i < count; ++i) room[i] = from[i];
  } else {
    for (int64_t i = 0; i < count; ++i) room[i] = sumi_array_view_double(values, start + i);
  }
  return room;
}

static int64_t chunk_at(int64_t start, int64_t total) {
  return total - start < CHUNK ? total - start : CHUNK;
}

typedef struct extent {
  double least, greatest;
  int64_t finite;
} extent_t;

static extent_t find_extent(const sumi_array_view_t *values, int64_t total) {
  extent_t extent = {INFINITY, -INFINITY, 0};
  double room[CHUNK];
  for (int64_t start = 0; start < total; start += CHUNK) {
    const int64_t count = chunk_at(start, total);
    const double *x = load(values, start, count, room);
    for (int64_t i = 0; i < count; ++i) {
      if (!isfinite(x[i])) continue;
      ++extent.finite;
      if (x[i] < extent.least) extent.least = x[i];
      if (x[i] > extent.greatest) extent.greatest = x[i];
    }
  }
  return extent;
}

static void count_values(const sumi_array_view_t *values, int64_t total, extent_t extent, int count,
                         double *rows) {
  /* Halves keep the range of the widest doubles finite; otherwise the factor is 1 and changes no
   * bit. */
  const double half = isfinite(extent.greatest - extent.least) ? 1 : 0.5;
  const double least = extent.least * half;
  const double width = (extent.greatest * half - least) / count;
  double room[CHUNK];
  for (int64_t start = 0; start < total; start += CHUNK) {
    const int64_t length = chunk_at(start, total);
    const double *x = load(values, start, length, room);
    for (int64_t i = 0; i < length; ++i) {
      if (!isfinite(x[i])) continue;
      const double place = (x[i] * half - least) / width;
      const int bucket = place < count - 1 ? (int)place : count - 1;
      ++rows[3 * bucket + 2];
    }
  }
}

/* numpy.linspace: every edge from the start, the last one exact. */
static void set_edges(extent_t extent, int count, double *rows) {
  const double half = isfinite(extent.greatest - extent.least) ? 1 : 0.5;
  const double step = (extent.greatest * half - extent.least * half) / count;
  for (int i = 0; i < count; ++i) {
    rows[3 * i] = (i * step + extent.least * half) / half;
    rows[3 * i + 1] = i + 1 == count ? extent.greatest
                                     : ((i + 1) * step + extent.least * half) / half;
  }
}

int64_t sumi__summary_histogram_rows(const sumi_array_view_t *values, int count, double *rows) {
  const int64_t total = sumi_array_view_count(values);
  memset(rows, 0, (size_t)count * 3 * sizeof *rows);
  const extent_t extent = find_extent(values, total);
  if (extent.finite == 0) return total;
  if (extent.least == extent.greatest) {
    for (int i = 0; i < count; ++i) rows[3 * i] = rows[3 * i + 1] = extent.least;
    rows[3 * count - 1] = (double)extent.finite;
  } else {
    count_values(values, total, extent, count, rows);
    set_edges(extent, count, rows);
  }
  return total - extent.finite;
}
