#include "charts/series.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <sumi/alloc.h>
#include <sumi/utf8.h>

#include "annotations_write.h"
#include "layout.h"
#include "sheet.h"

#define LINE_WIDTH_PX    1.75
#define SINGLE_RADIUS_PX 2.5
#define BAND_ALPHA       0x38000000u
enum { MAX_SERIES = 32, BELOW_LEGEND_PX = 10 };

static sumi_status_t check_one(const sumi_series_t *series, int index) {
  char what[32];
  snprintf(what, sizeof what, "y of series %d", index);
  SUMI_TRY(sumi__render_check_values(what, &series->y, 1));
  if (series->name) {
    snprintf(what, sizeof what, "the name of series %d", index);
    SUMI_TRY(sumi_utf8_check(what, series->name));
  }
  if (!series->x.data) return SUMI_OK;
  snprintf(what, sizeof what, "x of series %d", index);
  SUMI_TRY(sumi__render_check_values(what, &series->x, 1));
  if (series->x.dims[0] != series->y.dims[0])
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s has %lld values, its y has %lld", what,
                     (long long)series->x.dims[0], (long long)series->y.dims[0]);
  return SUMI_OK;
}

static sumi_status_t check_band(const sumi_band_t *band, int index) {
  const struct {
    const char *name;
    const sumi_array_view_t *values;
  } parts[] = {{"x", &band->x}, {"low", &band->low}, {"high", &band->high}};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; ++i) {
    char what[32];
    snprintf(what, sizeof what, "%s of band %d", parts[i].name, index);
    SUMI_TRY(sumi__render_check_values(what, parts[i].values, 1));
    if (parts[i].values->dims[0] != band->x.dims[0])
      return sumi_fail(SUMI_INVALID_ARGUMENT, "%s has %lld values, its x has %lld", what,
                       (long long)parts[i].values->dims[0], (long long)band->x.dims[0]);
  }
  return SUMI_OK;
}

sumi_status_t sumi__render_check_bands(const sumi_line_chart_options_t *options) {
  if (options->band_count < 0 || options->band_count > MAX_SERIES ||
      (options->band_count > 0 && !options->bands))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%d bands are %s; 0 to %d are allowed",
                     options->band_count, options->bands ? "not possible" : "NULL", MAX_SERIES);
  for (int i = 0; i < options->band_count; ++i) SUMI_TRY(check_band(&options->bands[i], i));
  return SUMI_OK;
}

sumi_status_t sumi__render_check_series(const sumi_series_t *series, int count,
                                        const sumi_line_chart_options_t *options) {
  if (count < 0 || count > MAX_SERIES || (count > 0 && !series))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%d series are %s; 0 to %d are allowed", count,
                     series ? "not possible" : "NULL", MAX_SERIES);
  SUMI_TRY(sumi__render_check_texts(options->title, options->subtitle));
  if (options->x_label) SUMI_TRY(sumi_utf8_check("x_label", options->x_label));
  if (options->y_label) SUMI_TRY(sumi_utf8_check("y_label", options->y_label));
  for (int i = 0; i < count; ++i) SUMI_TRY(check_one(&series[i], i));
  return SUMI_OK;
}

double sumi__render_series_x(const sumi_series_t *series, int64_t index) {
  return series->x.data ? sumi_array_view_double(&series->x, index) : (double)index;
}

double sumi__render_scaled(double value, bool log) {
  return !log ? value : value > 0 ? log10(value) : NAN;
}

sumi_color_t sumi__render_series_color(const sumi_series_t *series, int index) {
  return series->color ? series->color : sumi_palette_color(index);
}

sumi__render_legend_t sumi__render_series_legend(const sumi_series_t *series, int count) {
  sumi__render_legend_t legend = {0};
  for (int i = 0; i < count; ++i)
    if (series[i].name)
      sumi__render_legend_add(&legend, sumi__render_series_color(&series[i], i), series[i].name);
  return legend;
}

/* The legend in at most `most` pixels of height: items that have no room are counted. */
static sumi_status_t fit_legend(const sumi__render_legend_t *legend, int width, int most,
                                sumi__render_legend_t *fitted, int *height) {
  *fitted = *legend;
  SUMI_TRY(sumi__render_legend_height(fitted, width, height));
  for (int kept = legend->count - 1; *height > most && kept > 0; --kept) {
    char more[32];
    snprintf(more, sizeof more, "+%d more", legend->count - kept);
    fitted->count = kept;
    sumi__render_legend_add(fitted, 0, more);
    SUMI_TRY(sumi__render_legend_height(fitted, width, height));
  }
  return SUMI_OK;
}

sumi_status_t sumi__render_plot_head(sumi_canvas_t *canvas, sumi_rect_t place,
                                     const sumi_line_chart_options_t *options,
                                     const sumi__render_legend_t *legend, sumi_rect_t *room) {
  const int margin = SUMI__SHEET_MARGIN_PX, width = place.width - 2 * margin;
  const int head = sumi__render_sheet_head_height(options->title, options->subtitle);
  sumi__render_legend_t fitted;
  int legend_height, top = head;
  SUMI_TRY(fit_legend(legend, width, (place.height - head) / 2, &fitted, &legend_height));
  sumi__render_sheet_head(canvas, place, options->title, options->subtitle);
  sumi__render_legend_draw(canvas, &fitted,
                           (sumi_rect_t){place.x + margin, place.y + top - 2, width, 0});
  if (legend_height) top += legend_height + BELOW_LEGEND_PX;
  *room = (sumi_rect_t){place.x + margin, place.y + top, width, place.height - top - margin};
  return SUMI_OK;
}

sumi_status_t sumi__render_plot_begin(const sumi_line_chart_options_t *options,
                                      const sumi__render_legend_t *legend,
                                      sumi__render_plot_t *plot) {
  const sumi_rect_t all = {0, 0, options->width_px, options->height_px};
  SUMI_TRY(sumi_canvas_new(all.width, all.height, 0, &plot->canvas));
  const sumi_status_t status = sumi__render_plot_head(plot->canvas, all, options, legend,
                                                      &plot->room);
  if (status != SUMI_OK) sumi_canvas_free(plot->canvas);
  return status;
}

sumi_status_t sumi__render_plot_end(sumi__render_plot_t *plot, sumi_status_t status,
                                    const char *kind, const char *title, sumi_picture_t *picture) {
  sumi_buffer_t json = {0};
  sumi__render_annotations_begin(&json, kind, title);
  return sumi__render_annotations_end_canvas(&json, plot->canvas, status, picture);
}

/* Areas of a band between gaps: the low edge grows from the front, the high edge, which closes the
 * area on the way back, from the end. */
typedef struct {
  double *points;
  int64_t count, most;
} area_t;

static void put_edges(area_t *area, double x, double low, double high) {
  double *front = area->points + 2 * area->count;
  double *back = area->points + 2 * (2 * area->most - 1 - area->count);
  front[0] = back[0] = x;
  front[1] = low;
  back[1] = high;
  ++area->count;
}

static void close_area(sumi_canvas_t *canvas, area_t *area, sumi_color_t color) {
  const size_t edge = 2 * (size_t)area->count;
  memmove(area->points + edge, area->points + 4 * area->most - edge, edge * sizeof(double));
  if (area->count > 1) sumi_canvas_polygon(canvas, area->points, 2 * area->count, color);
  area->count = 0;
}

sumi_status_t sumi__render_band_draw(sumi_canvas_t *canvas, const sumi_band_t *band, int index,
                                     const sumi__render_axes_t *axes) {
  const int64_t count = band->x.dims[0];
  const size_t size = 4 * ((size_t)count + 1) * sizeof(double);
  area_t area = {.points = sumi_malloc(size), .most = count + 1};
  if (!area.points) return sumi_fail_alloc("the points of a band", size);
  const sumi_color_t color = band->color ? band->color
                                         : (sumi_palette_color(index) & 0xffffff) | BAND_ALPHA;
  sumi_canvas_clip(canvas, sumi__render_rect_inset(axes->plot, -2));
  for (int64_t i = 0; i < count; ++i) {
    const double x = sumi__render_scaled(sumi_array_view_double(&band->x, i), axes->x.log);
    const double low = sumi__render_scaled(sumi_array_view_double(&band->low, i), axes->y.log);
    const double high = sumi__render_scaled(sumi_array_view_double(&band->high, i), axes->y.log);
    if (isfinite(x) && isfinite(low) && isfinite(high))
      put_edges(&area, sumi__render_axes_x(axes, x), sumi__render_axes_y(axes, low),
                sumi__render_axes_y(axes, high));
    else
      close_area(canvas, &area, color);
  }
  close_area(canvas, &area, color);
  sumi_canvas_clip(canvas, (sumi_rect_t){0});
  sumi_free(area.points);
  return SUMI_OK;
}

/* The points of one column of pixels: first, extremes and last stand for all of them. */
typedef struct {
  double x, first, low, high, last;
} column_t;

typedef struct {
  double *points;
  int64_t count;
} path_t;

static void put_point(path_t *path, double x, double y) {
  path->points[2 * path->count] = x;
  path->points[2 * path->count + 1] = y;
  ++path->count;
}

static void put_column(path_t *path, const column_t *column) {
  put_point(path, column->x, column->first);
  if (column->low != column->first || column->high != column->first) {
    put_point(path, column->x, column->low);
    put_point(path, column->x, column->high);
    put_point(path, column->x, column->last);
  }
}

/* Never more points than one gap and four points per value, and no more than values + 4 when
 * none share a column. */
static void trace(path_t *path, const sumi_series_t *series, const sumi__render_axes_t *axes) {
  column_t column = {0};
  bool open = false;
  for (int64_t i = 0; i < series->y.dims[0]; ++i) {
    const double value_x = sumi__render_scaled(sumi__render_series_x(series, i), axes->x.log);
    const double value_y = sumi__render_scaled(sumi_array_view_double(&series->y, i), axes->y.log);
    if (!isfinite(value_x) || !isfinite(value_y)) {
      if (open) put_column(path, &column);
      put_point(path, NAN, NAN);
      open = false;
      continue;
    }
    const double x = sumi__render_axes_x(axes, value_x), y = sumi__render_axes_y(axes, value_y);
    if (open && floor(x) == floor(column.x)) {
      column.low = fmin(column.low, y);
      column.high = fmax(column.high, y);
      column.last = y;
      continue;
    }
    if (open) put_column(path, &column);
    column = (column_t){x, y, y, y, y};
    open = true;
  }
  if (open) put_column(path, &column);
}

/* A point between gaps has no line to be seen by. */
static void draw_single_points(sumi_canvas_t *canvas, const path_t *path, sumi_color_t color) {
  for (int64_t i = 0; i < path->count; ++i) {
    const bool after_gap = i == 0 || isnan(path->points[2 * (i - 1)]);
    const bool before_gap = i == path->count - 1 || isnan(path->points[2 * (i + 1)]);
    if (after_gap && before_gap)
      sumi_canvas_disc(canvas, path->points[2 * i], path->points[2 * i + 1], SINGLE_RADIUS_PX,
                       color);
  }
}

sumi_status_t sumi__render_series_draw(sumi_canvas_t *canvas, const sumi_series_t *series,
                                       int index, const sumi__render_axes_t *axes) {
  /* A column of k values gives min(k, 4) points at most, except k = 2 and 3: 4. A gap gives one
   * point. */
  const size_t room = 2 * (size_t)series->y.dims[0] + 4;
  path_t path = {.points = sumi_calloc(room, 2 * sizeof(double))};
  if (!path.points) return sumi_fail_alloc("the points of a line", room * 2 * sizeof(double));
  trace(&path, series, axes);
  sumi_canvas_clip(canvas, sumi__render_rect_inset(axes->plot, -2));
  const sumi_color_t color = sumi__render_series_color(series, index);
  sumi_canvas_lines(canvas, path.points, path.count,
                    (sumi_stroke_t){color, LINE_WIDTH_PX, NULL, 0});
  draw_single_points(canvas, &path, color);
  sumi_canvas_clip(canvas, (sumi_rect_t){0});
  sumi_free(path.points);
  return SUMI_OK;
}
