/* What the charts of series have in common: checks, legend, the frame around the plot, the
 * lines. */
#ifndef SUMI_RENDER_CHARTS_SERIES_H
#define SUMI_RENDER_CHARTS_SERIES_H

#include <sumi/charts.h>

#include "charts/axes.h"
#include "legend.h"

sumi_status_t sumi__render_check_series(const sumi_series_t *series, int count,
                                        const sumi_line_chart_options_t *options);

sumi_status_t sumi__render_check_bands(const sumi_line_chart_options_t *options);

double sumi__render_series_x(const sumi_series_t *series, int64_t index);

/* The value, or log10 of it for `log`, NaN where there is none. */
double sumi__render_scaled(double value, bool log);

sumi_color_t sumi__render_series_color(const sumi_series_t *series, int index);

/* One item per series with a name. */
sumi__render_legend_t sumi__render_series_legend(const sumi_series_t *series, int count);

/* A canvas with head and legend drawn, and the room that is left. */
typedef struct {
  sumi_canvas_t *canvas;
  sumi_rect_t room;
} sumi__render_plot_t;

/* Draws head and legend in a rectangle of a canvas, and gives the room below them. */
sumi_status_t sumi__render_plot_head(sumi_canvas_t *canvas, sumi_rect_t place,
                                     const sumi_line_chart_options_t *options,
                                     const sumi__render_legend_t *legend, sumi_rect_t *room);

/* The same on a new canvas of the options' size. */
sumi_status_t sumi__render_plot_begin(const sumi_line_chart_options_t *options,
                                      const sumi__render_legend_t *legend,
                                      sumi__render_plot_t *plot);

/* Finishes the canvas with annotations that name the kind; or releases it when `status` is a
 * failure. */
sumi_status_t sumi__render_plot_end(sumi__render_plot_t *plot, sumi_status_t status,
                                    const char *kind, const char *title, sumi_picture_t *picture);

/* Draws the area. */
sumi_status_t sumi__render_band_draw(sumi_canvas_t *canvas, const sumi_band_t *band, int index,
                                     const sumi__render_axes_t *axes);

/* Draws the line; points that fall into one column of pixels are joined to its extremes. */
sumi_status_t sumi__render_series_draw(sumi_canvas_t *canvas, const sumi_series_t *series,
                                       int index, const sumi__render_axes_t *axes);

#endif
