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
static void ranges(const sumi_series_t *series, int count, bool log_y, double *x_low,
                   double *x_high, double *y_low, double *y_high) {
  *x_low = *y_low = INFINITY;
  *x_high = *y_high = -INFINITY;
  for (int s = 0; s < count; ++s)
    for (int64_t i = 0; i < series[s].y.dims[0]; ++i) {
      const double x = sumi__render_series_x(&series[s], i),
                   y = sumi__render_series_y(&series[s], i, log_y);
      if (!isfinite(x) || !isfinite(y)) continue;
      widen(x_low, x_high, x);
      widen(y_low, y_high, y);
    }
}

static sumi_status_t check(const sumi_series_t *series, int count,
                           const sumi_line_chart_options_t *options) {
  SUMI_TRY(sumi__render_check_series(series, count, options));
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
  double x_low, x_high, y_low, y_high;
  ranges(series, count, options->log_y, &x_low, &x_high, &y_low, &y_high);
  const bool given = options->y_low != 0 || options->y_high != 0;
  if (given) {
    y_low = options->log_y ? log10(options->y_low) : options->y_low;
    y_high = options->log_y ? log10(options->y_high) : options->y_high;
  }
  const sumi__render_scale_t x = sumi__render_scale(x_low, x_high, room.width / PX_PER_X_TICK,
                                                    false, false);
  const sumi__render_scale_t y = sumi__render_scale(y_low, y_high, room.height / PX_PER_Y_TICK,
                                                    !given, options->log_y);
  return sumi__render_axes(canvas, room, x, y, options->x_label, options->y_label);
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
  const sumi__render_axes_t axes = axes_for(plot.canvas, series, count, &options, plot.room);
  sumi__render_axes_draw(plot.canvas, &axes, options.x_label, options.y_label);
  sumi_status_t status = SUMI_OK;
  for (int i = 0; i < count && status == SUMI_OK; ++i)
    status = sumi__render_series_draw(plot.canvas, &series[i], i, &axes);
  return sumi__render_plot_end(&plot, status, "line_chart", options.title, picture);
}
