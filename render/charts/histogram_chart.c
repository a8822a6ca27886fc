#include <sumi/options.h>
#include <sumi/charts.h>

#include <math.h>
#include <stdio.h>

#include <sumi/alloc.h>
#include <sumi/utf8.h>

#include "charts/axes.h"
#include "charts/histogram_bins.h"
#include "charts/series.h"
#include "number_text.h"
#include "sheet.h"

enum { DEFAULT_WIDTH_PX = 640, DEFAULT_HEIGHT_PX = 400, DEFAULT_BINS = 30, MAX_BINS = 1000 };

static void draw_bars(sumi_canvas_t *canvas, const sumi__render_axes_t *axes,
                      const sumi__render_histogram_t *histogram) {
  const sumi_rect_t plot = axes->plot;
  for (int i = 0; i < histogram->bins; ++i) {
    const int left = plot.x + plot.width * i / histogram->bins;
    const int right = plot.x + plot.width * (i + 1) / histogram->bins;
    const int top = (int)lround(sumi__render_axes_y(axes, (double)histogram->counts[i]));
    const int gap = right - left > 3 ? 1 : 0;
    sumi_canvas_fill(canvas,
                     (sumi_rect_t){left, top, right - left - gap, plot.y + plot.height - top},
                     SUMI_COLOR_RIGHT);
  }
}

static sumi__render_legend_t legend_of(const sumi_array_view_t *values,
                                       const sumi__render_histogram_t *histogram) {
  sumi__render_legend_t legend = {0};
  char number[SUMI__NUMBER_TEXT_MAX], text[SUMI__NUMBER_TEXT_MAX + 32];
  sumi__render_count_text(number, (double)sumi_array_view_count(values));
  snprintf(text, sizeof text, "%s values", number);
  sumi__render_legend_add(&legend, 0, text);
  if (histogram->left_out) {
    sumi__render_count_text(number, (double)histogram->left_out);
    snprintf(text, sizeof text, "%s not finite, left out", number);
    sumi__render_legend_add(&legend, 0, text);
  }
  return legend;
}

static sumi_status_t draw(const sumi_array_view_t *values,
                          const sumi__render_histogram_t *histogram,
                          const sumi_histogram_chart_options_t *options, sumi_picture_t *picture) {
  const sumi_line_chart_options_t frame = {.title = options->title,
                                           .subtitle = options->subtitle,
                                           .width_px = options->width_px,
                                           .height_px = options->height_px};
  const sumi__render_legend_t legend = legend_of(values, histogram);
  int64_t highest = 0;
  for (int i = 0; i < histogram->bins; ++i)
    if (histogram->counts[i] > highest) highest = histogram->counts[i];
  sumi__render_plot_t plot;
  SUMI_TRY(sumi__render_plot_begin(&frame, &legend, &plot));
  const sumi__render_scale_t x = sumi__render_scale(histogram->low, histogram->high,
                                                    plot.room.width / 80, false, false);
  const sumi__render_scale_t y = sumi__render_scale(0, highest ? (double)highest : 1,
                                                    plot.room.height / 50, true, false);
  const sumi__render_axes_t axes = sumi__render_axes(plot.canvas, plot.room, x, y, options->x_label,
                                                     NULL);
  sumi__render_axes_draw(plot.canvas, &axes, options->x_label, NULL);
  draw_bars(plot.canvas, &axes, histogram);
  return sumi__render_plot_end(&plot, SUMI_OK, "histogram", options->title, picture);
}

sumi_status_t sumi_histogram_chart_draw_with(const sumi_array_view_t *values,
                                             sumi_picture_t *picture,
                                             const sumi_histogram_chart_options_t *given) {
  sumi_histogram_chart_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!picture) return sumi_fail(SUMI_INVALID_ARGUMENT, "picture is NULL");
  *picture = (sumi_picture_t){0};
  SUMI_TRY(sumi__render_chart_size(&options.width_px, &options.height_px, DEFAULT_WIDTH_PX,
                                   DEFAULT_HEIGHT_PX));
  SUMI_TRY(sumi__render_check_values("values", values, -1));
  SUMI_TRY(sumi__render_check_texts(options.title, options.subtitle));
  if (options.x_label) SUMI_TRY(sumi_utf8_check("x_label", options.x_label));
  if (options.bins == 0) options.bins = DEFAULT_BINS;
  if (options.bins < 1 || options.bins > MAX_BINS)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "bins is %d; 1 to %d are allowed", options.bins,
                     MAX_BINS);
  sumi__render_histogram_t histogram;
  sumi_status_t status = sumi__render_histogram_bins(values, options.bins, &histogram);
  if (status == SUMI_OK) status = draw(values, &histogram, &options, picture);
  sumi_free(histogram.counts);
  return status;
}
