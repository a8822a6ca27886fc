/* Axes with ticks at round numbers, shared by the charts that plot one value over another. */
#ifndef SUMI_RENDER_CHARTS_AXES_H
#define SUMI_RENDER_CHARTS_AXES_H

#include <sumi/array_view.h>
#include <sumi/canvas.h>

#include "number_text.h"

/* A range of values and its ticks: first_tick + (0, 1, 2 …) * step; for logarithms powers of ten,
 * or where these are few, 1, 2 and 5 times a power of ten. */
typedef struct {
  double low, high, first_tick, step;
  int tick_count, decimals, digits;
  bool log;  /* low, high and ticks are then log10 of the values */
  bool fine; /* three ticks a decade, `first_tick` being the number of the first, 0 at 1 */
} sumi__render_scale_t;

/* A scale that holds [low, high] (log10 of them for `log`) with about `ticks` ticks; `padded`
 * moves the ends out to ticks. An empty or infinite range becomes one around what there is. */
sumi__render_scale_t sumi__render_scale(double low, double high, int ticks, bool padded, bool log);

/* Where tick 0, 1, 2 … is: a value, or its logarithm. */
double sumi__render_tick(const sumi__render_scale_t *scale, int tick);

void sumi__render_tick_text(const sumi__render_scale_t *scale, int tick,
                            char text[SUMI__NUMBER_TEXT_MAX]);

typedef struct {
  sumi_rect_t plot;
  sumi__render_scale_t x, y;
} sumi__render_axes_t;

/* Decides the plot's rectangle inside `room` of the canvas, leaving space for tick texts and
 * labels (NULL: none). */
sumi__render_axes_t sumi__render_axes(sumi_canvas_t *canvas, sumi_rect_t room,
                                      sumi__render_scale_t x, sumi__render_scale_t y,
                                      const char *x_label, const char *y_label);

/* Grid, tick texts, labels. */
void sumi__render_axes_draw(sumi_canvas_t *canvas, const sumi__render_axes_t *axes,
                            const char *x_label, const char *y_label);

/* Pixels of a value (of its logarithm, for a log scale). */
double sumi__render_axes_x(const sumi__render_axes_t *axes, double value);
double sumi__render_axes_y(const sumi__render_axes_t *axes, double value);

/* The smallest and largest finite values of an array; false when there are none. */
bool sumi__render_finite_range(const sumi_array_view_t *values, double *low, double *high);

/* INVALID_ARGUMENT unless `values` is a numeric array of that rank. */
sumi_status_t sumi__render_check_values(const char *what, const sumi_array_view_t *values,
                                        int rank);

/* Fills in a chart's default size, or INVALID_ARGUMENT: 160 x 120 to 4096 x 4096. */
sumi_status_t sumi__render_chart_size(int *width_px, int *height_px, int default_width,
                                      int default_height);

#endif
