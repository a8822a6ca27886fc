#include <sumi/options.h>
#include <sumi/charts.h>

#include <math.h>
#include <stdio.h>

#include "charts/axes.h"
#include "charts/series.h"
#include "sheet.h"

enum { DEFAULT_WIDTH_PX = 640, DEFAULT_HEIGHT_PX = 400, PX_PER_X_TICK = 80, PX_PER_Y_TICK = 50 };

static void widen(double *low, double *high, double value) {
  if (!isfinite(value)) return;
  if (value < *low) *low = value;
  if (value > *high) *high = value;
}

/* The range of what will be drawn: a point counts only when both its coordinates are finite. */
typedef struct {
  double x_low, x_high, y_low, y_high;
} ranges_t;

static void widen_by_point(ranges_t *ranges, const sumi_line_chart_options_t *options, double x,
                           double y) {
  x = sumi__render_scaled(x, options->log_x);
  y = sumi__render_scaled(y, options->log_y);
  if (!isfinite(x) || !isfinite(y)) return;
  widen(&ranges->x_low, &ranges->x_high, x);
  widen(&ranges->y_low, &ranges->y_high, y);
}

static ranges_t ranges_of(const sumi_series_t *series, int count,
                          const sumi_line_chart_options_t *options) {
  ranges_t ranges = {INFINITY, -INFINITY, INFINITY, -INFINITY};
  for (int s = 0; s < count; ++s)
    for (int64_t i = 0; i < series[s].y.dims[0]; ++i)
      widen_by_point(&ranges, options, sumi__render_series_x(&series[s], i),
                     sumi_array_view_double(&series[s].y, i));
  for (int b = 0; b < options->band_count; ++b) {
    const sumi_band_t *band = &options->bands[b];
    for (int64_t i = 0; i < band->x.dims[0]; ++i) {
      const double x = sumi_array_view_double(&band->x, i);
      widen_by_point(&ranges, options, x, sumi_array_view_double(&band->low, i));
      widen_by_point(&ranges, options, x, sumi_array_view_double(&band->high, i));
    }
  }
  return ranges;
}

static sumi_status_t check(const sumi_series_t *series, int count,
                           const sumi_line_chart_options_t *options) {
  SUMI_TRY(sumi__render_check_series(series, count, options));
  SUMI_TRY(sumi__render_check_bands(options));
  const double low = options->y_low, high = options->y_high;
  if (!isfinite(low) || !isfinite(high) || ((low != 0 || high != 0) && !(low < high)) ||
      (options->log_y && high != 0 && low <= 0))
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "the y axis is to go from %g to %g; finite values low < high%s are needed",
                     low, high, options->log_y ? ", above 0 for log_y," : "");
  return SUMI_OK;
}

static sumi__render_axes_t axes_for(sumi_canvas_t *canvas, const sumi_series_t *series, int count,
                                    const sumi_line_chart_options_t *options, sumi_rect_t room) {
  ranges_t ranges = ranges_of(series, count, options);
  const bool given = options->y_low != 0 || options->y_high != 0;
  if (given) {
    ranges.y_low = sumi__render_scaled(options->y_low, options->log_y);
    ranges.y_high = sumi__render_scaled(options->y_high, options->log_y);
  }
  const sumi__render_scale_t x = sumi__render_scale(
      ranges.x_low, ranges.x_high, room.width / PX_PER_X_TICK, false, options->log_x);
  const sumi__render_scale_t y = sumi__render_scale(
      ranges.y_low, ranges.y_high, room.height / PX_PER_Y_TICK, !given, options->log_y);
  return sumi__render_axes(canvas, room, x, y, options->x_label, options->y_label);
}

static sumi_status_t draw_plot(sumi_canvas_t *canvas, sumi_rect_t room, const sumi_series_t *series,
                               int count, const sumi_line_chart_options_t *options) {
  const sumi__render_axes_t axes = axes_for(canvas, series, count, options, room);
  sumi__render_axes_draw(canvas, &axes, options->x_label, options->y_label);
  for (int i = 0; i < options->band_count; ++i)
    SUMI_TRY(sumi__render_band_draw(canvas, &options->bands[i], i, &axes));
  for (int i = 0; i < count; ++i) SUMI_TRY(sumi__render_series_draw(canvas, &series[i], i, &axes));
  return SUMI_OK;
}

sumi_status_t sumi_line_chart_draw_on_with(sumi_canvas_t *canvas, sumi_rect_t place,
                                           const sumi_series_t *series, int count,
                                           const sumi_line_chart_options_t *given) {
  sumi_line_chart_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!canvas) return sumi_fail(SUMI_INVALID_ARGUMENT, "canvas is NULL");
  SUMI_TRY(sumi__render_chart_size(&place.width, &place.height, place.width, place.height));
  SUMI_TRY(check(series, count, &options));
  const sumi__render_legend_t legend = sumi__render_series_legend(series, count);
  sumi_rect_t room;
  SUMI_TRY(sumi__render_plot_head(canvas, place, &options, &legend, &room));
  return draw_plot(canvas, room, series, count, &options);
}

sumi_status_t sumi_line_chart_draw_with(const sumi_series_t *series, int count,
                                        sumi_picture_t *picture,
                                        const sumi_line_chart_options_t *given) {
  sumi_line_chart_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!picture) return sumi_fail(SUMI_INVALID_ARGUMENT, "picture is NULL");
  *picture = (sumi_picture_t){0};
  SUMI_TRY(sumi__render_chart_size(&options.width_px, &options.height_px, DEFAULT_WIDTH_PX,
                                   DEFAULT_HEIGHT_PX));
  SUMI_TRY(check(series, count, &options));
  const sumi__render_legend_t legend = sumi__render_series_legend(series, count);
  sumi__render_plot_t plot;
  SUMI_TRY(sumi__render_plot_begin(&options, &legend, &plot));
  const sumi_status_t status = draw_plot(plot.canvas, plot.room, series, count, &options);
  return sumi__render_plot_end(&plot, status, "line_chart", options.title, picture);
}
