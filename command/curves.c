#include "curves.h"

#include <math.h>
#include <string.h>

#include <sumi/alloc.h>

/* The points of one curve. TensorBoard's webapp, vz_line_chart2/line-chart.ts: the average starts
 * at 0, which is divided out again; values that are all alike stay as they are. */
static void smooth(point_t *points, size_t count, double weight) {
  double average = 0, remains = 1;
  bool alike = true;
  for (size_t i = 1; i < count; ++i) alike &= points[i].value == points[0].value;
  for (size_t i = 0; !alike && i < count; ++i) {
    if (!isfinite(points[i].value)) continue;
    average = average * weight + (1 - weight) * points[i].value;
    remains *= weight;
    points[i].value = average / (1 - remains);
    points[i].single = false;
  }
}

/* One past the points that share the tag, and with `run` the run, with `step` the step, of the
 * first. */
static size_t end_of(const series_t *series, size_t first, bool run, bool step) {
  const point_t *points = series->points;
  size_t end = first + 1;
  while (end < series->count && points[end].tag == points[first].tag &&
         (!run || points[end].run == points[first].run) &&
         (!step || points[end].step == points[first].step))
    ++end;
  return end;
}

void sumi__command_smooth(series_t *series, double weight) {
  sumi__command_series_sort(series, BY_CURVE);
  for (size_t i = 0, end; weight > 0 && i < series->count; i = end) {
    end = end_of(series, i, true, false);
    smooth(series->points + i, end - i, weight);
  }
}

static void put_mean(const point_t *points, size_t count, bool deviation, double *value,
                     double *low, double *high) {
  double sum = 0, squares = 0;
  *low = INFINITY;
  *high = -INFINITY;
  for (size_t i = 0; i < count; ++i) {
    sum += points[i].value;
    *low = fmin(*low, points[i].value);
    *high = fmax(*high, points[i].value);
  }
  *value = sum / (double)count;
  for (size_t i = 0; i < count; ++i)
    squares += (points[i].value - *value) * (points[i].value - *value);
  if (!isfinite(*value)) {
    *low = *high = NAN;
  } else if (deviation) {
    *low = *value - sqrt(squares / (double)count);
    *high = *value + sqrt(squares / (double)count);
  }
}

/* The curve of the points from `first` to `end`, sorted by step. */
static void put_curve(curves_t *curves, const series_t *series, size_t first, size_t end,
                      const char *band) {
  const size_t all = series->count;
  double *steps = curves->numbers + first, *values = steps + all;
  double *low = values + all, *high = low + all;
  const point_t *points = series->points;
  size_t count = 0;
  bool single = !band;
  for (size_t i = first, next; i < end; i = next, ++count) {
    next = band ? end_of(series, i, false, true) : i + 1;
    steps[count] = (double)points[i].step;
    values[count] = points[i].value;
    single &= points[i].single;
    if (band)
      put_mean(points + i, next - i, strcmp(band, "std") == 0, &values[count], &low[count],
               &high[count]);
  }
  curves->list[curves->count++] = (curve_t){.tag = points[first].tag,
                                            .run = band ? ALL_RUNS : points[first].run,
                                            .count = count,
                                            .steps = steps,
                                            .values = values,
                                            .low = band ? low : NULL,
                                            .high = band ? high : NULL,
                                            .single = single};
}

bool sumi__command_curves(curves_t *curves, series_t *series, const char *band) {
  sumi__command_series_sort(series, band ? BY_TAG : BY_CURVE);
  *curves = (curves_t){.list = sumi_calloc(series->count + 1, sizeof *curves->list),
                       .numbers = sumi_calloc(series->count + 1, 4 * sizeof(double))};
  if (!curves->list || !curves->numbers) {
    sumi__command_curves_release(curves);
    return false;
  }
  for (size_t i = 0, end; i < series->count; i = end) {
    end = end_of(series, i, !band, false);
    put_curve(curves, series, i, end, band);
  }
  return true;
}

void sumi__command_curves_release(curves_t *curves) {
  sumi_free(curves->list);
  sumi_free(curves->numbers);
  *curves = (curves_t){0};
}
