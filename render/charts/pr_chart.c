#include <sumi/options.h>
#include <sumi/charts.h>

#include <math.h>
#include <stdio.h>

#include "charts/axes.h"
#include "charts/series.h"
#include "number_text.h"
#include "theme.h"
#include "text.h"

enum {
  DEFAULT_WIDTH_PX = 480,
  DEFAULT_HEIGHT_PX = 480,
  F1_POINTS = 97,
  F1_TEXT_PX = 10,
  F1_NAME_WIDTH_PX = 24
};

/* Sum over consecutive points of (recall step) * (precision at its end), recall taken as rising. */
static double average_precision(const sumi_series_t *series) {
  double sum = 0, recall = 0;
  const int64_t count = series->y.dims[0];
  const bool falling = count > 1 &&
                       sumi__render_series_x(series, 0) > sumi__render_series_x(series, count - 1);
  for (int64_t k = 0; k < count; ++k) {
    const int64_t i = falling ? count - 1 - k : k;
    const double x = sumi__render_series_x(series, i), y = sumi_array_view_double(&series->y, i);
    if (!isfinite(x) || !isfinite(y)) continue;
    sum += (x - recall) * y;
    recall = x;
  }
  return sum;
}

static sumi__render_legend_t legend_of(const sumi_series_t *series, int count) {
  sumi__render_legend_t legend = {0};
  for (int i = 0; i < count; ++i) {
    char number[SUMI__NUMBER_TEXT_MAX], text[SUMI__LEGEND_TEXT_MAX];
    sumi__render_fixed_text(number, average_precision(&series[i]), 3);
    const char *name = series[i].name ? series[i].name : "";
    /* The name is what gives way, on a character's boundary. */
    const int length = (int)sumi__render_cut_length(name, SUMI__LEGEND_TEXT_MAX -
                                                              SUMI__NUMBER_TEXT_MAX - 8);
    snprintf(text, sizeof text, "%.*s%sAP %s", length, name, length ? "  " : "", number);
    sumi__render_legend_add(&legend, sumi__render_series_color(&series[i], i), text);
  }
  return legend;
}

/* precision = f * recall / (2 * recall - f), where it is at most 1. */
static void draw_f1_curves(sumi_canvas_t *canvas, const sumi__render_axes_t *axes) {
  sumi_canvas_clip(canvas, axes->plot);
  for (int tenth = 2; tenth <= 8; tenth += 2) {
    const double f = tenth / 10.0, first = f / (2 - f);
    double points[2 * F1_POINTS];
    for (int i = 0; i < F1_POINTS; ++i) {
      const double recall = first + (1 - first) * i / (F1_POINTS - 1);
      points[2 * i] = sumi__render_axes_x(axes, recall);
      points[2 * i + 1] = sumi__render_axes_y(axes, f * recall / (2 * recall - f));
    }
    sumi_canvas_lines(canvas, points, F1_POINTS,
                      (sumi_stroke_t){SUMI__LINE, 1, (double[]){4, 3}, 2});
  }
  sumi_canvas_clip(canvas, (sumi_rect_t){0});
}

/* Beside the plot, where no line crosses them. */
static void draw_f1_names(sumi_canvas_t *canvas, const sumi__render_axes_t *axes) {
  const int line = sumi_text_height_px(F1_TEXT_PX), x = axes->plot.x + axes->plot.width + 5;
  const sumi_rect_t head = {x, axes->plot.y - line / 2, F1_NAME_WIDTH_PX, line};
  sumi_canvas_text(canvas, "F1", head, .size_px = F1_TEXT_PX, .color = SUMI__INK_MUTED);
  for (int tenth = 2; tenth <= 8; tenth += 2) {
    const double f = tenth / 10.0;
    const int y = (int)lround(sumi__render_axes_y(axes, f / (2 - f)));
    char text[SUMI__NUMBER_TEXT_MAX];
    sumi__render_fixed_text(text, f, 1);
    sumi_canvas_text(canvas, text, ((sumi_rect_t){x, y - line / 2, F1_NAME_WIDTH_PX, line}),
                     .size_px = F1_TEXT_PX, .color = SUMI__INK_MUTED);
  }
}

sumi_status_t sumi_pr_chart_draw_with(const sumi_series_t *series, int count,
                                      sumi_picture_t *picture,
                                      const sumi_line_chart_options_t *given) {
  sumi_line_chart_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!picture) return sumi_fail(SUMI_INVALID_ARGUMENT, "picture is NULL");
  *picture = (sumi_picture_t){0};
  SUMI_TRY(sumi__render_chart_size(&options.width_px, &options.height_px, DEFAULT_WIDTH_PX,
                                   DEFAULT_HEIGHT_PX));
  SUMI_TRY(sumi__render_check_series(series, count, &options));
  const char *x_label = options.x_label ? options.x_label : "recall";
  const char *y_label = options.y_label ? options.y_label : "precision";
  const sumi__render_legend_t legend = legend_of(series, count);
  sumi__render_plot_t plot;
  SUMI_TRY(sumi__render_plot_begin(&options, &legend, &plot));
  const sumi__render_scale_t unit = sumi__render_scale(0, 1, 5, false, false);
  const sumi__render_axes_t axes = sumi__render_axes(plot.canvas, plot.room, unit, unit, x_label,
                                                     y_label);
  sumi__render_axes_draw(plot.canvas, &axes, x_label, y_label);
  draw_f1_curves(plot.canvas, &axes);
  draw_f1_names(plot.canvas, &axes);
  sumi_status_t status = SUMI_OK;
  for (int i = 0; i < count && status == SUMI_OK; ++i)
    status = sumi__render_series_draw(plot.canvas, &series[i], i, &axes);
  return sumi__render_plot_end(&plot, status, "pr_chart", options.title, picture);
}
