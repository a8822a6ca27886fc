#include "sample.h"

#include <math.h>

static void keep(const sample_t *sample, size_t index) {
  sample->keep(sample->user, index);
}

static void keep_all(const sample_t *sample, size_t count) {
  for (size_t i = 0; i < count; ++i) keep(sample, i);
}

void sumi__command_sample_spread(const sample_t *sample, size_t count, size_t most) {
  if (count <= most) {
    keep_all(sample, count);
    return;
  }
  if (most == 1) keep(sample, count - 1);
  for (size_t i = 0; most > 1 && i < most; ++i) keep(sample, i * (count - 1) / (most - 1));
}

static double value_at(const double *values, size_t stride_bytes, size_t index) {
  return *(const double *)(const void *)((const char *)values + index * stride_bytes);
}

/* The smallest and the largest from first to end; what is not finite is a spike, too. */
static void keep_ends(const sample_t *sample, const double *values, size_t stride_bytes,
                      size_t first, size_t end) {
  size_t least = end, most = end;
  for (size_t i = first; i < end; ++i) {
    const double value = value_at(values, stride_bytes, i);
    if (isnan(value)) continue;
    if (least == end || value < value_at(values, stride_bytes, least)) least = i;
    if (most == end || value >= value_at(values, stride_bytes, most)) most = i;
  }
  keep(sample, least < end ? least : first);
  keep(sample, most < end ? most : first + (end - first) / 2);
}

void sumi__command_sample_spikes(const sample_t *sample, const double *values, size_t stride_bytes,
                                 size_t count, size_t most) {
  if (count <= most) {
    keep_all(sample, count);
    return;
  }
  const size_t parts = (most - 2) / 2, inner = count - 2;
  keep(sample, 0);
  keep(sample, count - 1);
  for (size_t i = 0; i < parts; ++i) {
    const size_t first = 1 + i * inner / parts, end = 1 + (i + 1) * inner / parts;
    if (end > first) keep_ends(sample, values, stride_bytes, first, end);
  }
}
