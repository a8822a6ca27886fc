/* Charts drawn as pictures. Values are borrowed for the call; texts are UTF-8; every function may
 * be called from any thread. Sizes are at most 4096 pixels a side; INVALID_ARGUMENT names the
 * argument and its shape. Values that are not finite are left out of scales and shown as gaps or as
 * grey cells. */
#ifndef SUMI_CHARTS_H
#define SUMI_CHARTS_H

#include <sumi/array_view.h>
#include <sumi/canvas.h>
#include <sumi/color.h>
#include <sumi/picture.h>

SUMI_BEGIN_DECLS

/* ---- confusion matrix ---- */

typedef struct sumi_confusion_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  const char *title SUMI_UNSET;
  const char *subtitle SUMI_UNSET;
  const char *const *class_names SUMI_UNSET; /* one per row, or NULL for 0, 1, 2 … */
} sumi_confusion_options_t;

/** counts [n, n], integers or floats >= 0, row = truth, column = prediction, 1 <= n <= 100. Each
 * cell shows its count and its share of the row; cells are coloured by that share; a count of 0 is
 * left blank. Cells too small for two lines of text show one or none. */
SUMI_API sumi_status_t sumi_confusion_draw_with(const sumi_array_view_t *counts,
                                                sumi_picture_t *picture,
                                                const sumi_confusion_options_t *options);
/** What sumi_confusion_draw refuses. */
SUMI_API sumi_status_t sumi_confusion_check(const sumi_array_view_t *counts,
                                            const sumi_confusion_options_t *options);
#define sumi_confusion_draw(counts, ...) SUMI__CONFUSION_DRAW(counts, __VA_ARGS__, )
#define SUMI__CONFUSION_DRAW(counts, picture, ...)                                                 \
  sumi_confusion_draw_with(counts, picture, SUMI_OPTIONS(sumi_confusion_options_t, __VA_ARGS__))

/* ---- filters of a convolution ---- */

typedef struct sumi_filters_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  const char *title SUMI_UNSET;
  const char *subtitle SUMI_UNSET;
  int columns SUMI_UNSET;      /* default: about square */
  int max_count SUMI_UNSET;    /* filters drawn; default 256, at most 4096 */
  bool each_scaled SUMI_UNSET; /* scale every filter by itself instead of all alike */
} sumi_filters_options_t;

/** filters [height, width, in, out] (TensorFlow's layout), floats. With in = 3 every filter is a
 * colour picture; otherwise each of the in * out planes is one tile, coloured around zero. */
SUMI_API sumi_status_t sumi_filters_draw_with(const sumi_array_view_t *filters,
                                              sumi_picture_t *picture,
                                              const sumi_filters_options_t *options);
/** What sumi_filters_draw refuses. */
SUMI_API sumi_status_t sumi_filters_check(const sumi_array_view_t *filters,
                                          const sumi_filters_options_t *options);
#define sumi_filters_draw(filters, ...) SUMI__FILTERS_DRAW(filters, __VA_ARGS__, )
#define SUMI__FILTERS_DRAW(filters, picture, ...)                                                  \
  sumi_filters_draw_with(filters, picture, SUMI_OPTIONS(sumi_filters_options_t, __VA_ARGS__))

/* ---- lines ---- */

/** One series. `x` without data (zero-initialised) stands for 0, 1, 2 …; otherwise [n] like `y`.
 * Any numeric dtype. */
typedef struct sumi_series {
  const char *name SUMI_UNSET;
  sumi_array_view_t x SUMI_UNSET, y SUMI_UNSET;
  sumi_color_t color SUMI_UNSET; /* default: the palette's, by index */
} sumi_series_t;

/** An area between two curves, [n] each like its `x`; drawn below the lines. */
typedef struct sumi_band {
  sumi_array_view_t x SUMI_UNSET, low SUMI_UNSET, high SUMI_UNSET;
  sumi_color_t color SUMI_UNSET; /* default: the palette's, by index, and mostly transparent */
} sumi_band_t;

typedef struct sumi_line_chart_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  const char *title SUMI_UNSET, *subtitle SUMI_UNSET, *x_label SUMI_UNSET, *y_label SUMI_UNSET;
  int width_px SUMI_UNSET, height_px SUMI_UNSET; /* default 640 x 400; 160 x 120 at least */
  bool log_y SUMI_UNSET;                         /* values <= 0 are gaps */
  double y_low SUMI_UNSET, y_high SUMI_UNSET;    /* both 0: from the values */
  const sumi_band_t *bands SUMI_UNSET;
  int band_count SUMI_UNSET; /* 0 to 32 */
  bool log_x SUMI_UNSET;     /* points at x <= 0 are gaps */
} sumi_line_chart_options_t;

/** 0 to 32 series on common axes with a legend. */
SUMI_API sumi_status_t sumi_line_chart_draw_with(const sumi_series_t *series, int count,
                                                 sumi_picture_t *picture,
                                                 const sumi_line_chart_options_t *options);
#define sumi_line_chart_draw(series, count, ...) SUMI__LINE_CHART_DRAW(series, count, __VA_ARGS__, )
#define SUMI__LINE_CHART_DRAW(series, count, picture, ...)                                         \
  sumi_line_chart_draw_with(series, count, picture,                                                \
                            SUMI_OPTIONS(sumi_line_chart_options_t, __VA_ARGS__))

/** The same in a rectangle of a canvas, whose size counts instead of width_px and height_px; a
 * document, too (sumi_canvas_new_document). Nothing is drawn when it is refused. */
SUMI_API sumi_status_t sumi_line_chart_draw_on_with(sumi_canvas_t *canvas, sumi_rect_t place,
                                                    const sumi_series_t *series, int count,
                                                    const sumi_line_chart_options_t *options);
#define sumi_line_chart_draw_on(canvas, place, series, ...)                                        \
  SUMI__LINE_CHART_DRAW_ON(canvas, place, series, __VA_ARGS__, )
#define SUMI__LINE_CHART_DRAW_ON(canvas, place, series, count, ...)                                \
  sumi_line_chart_draw_on_with(canvas, place, series, count,                                       \
                               SUMI_OPTIONS(sumi_line_chart_options_t, __VA_ARGS__))

/** Precision (y, in [0, 1]) over recall (x, in [0, 1]) with curves of equal F1; the legend gives
 * each series' average precision, sum of (recall step) * precision. Of the options, texts and size
 * are used. */
SUMI_API sumi_status_t sumi_pr_chart_draw_with(const sumi_series_t *series, int count,
                                               sumi_picture_t *picture,
                                               const sumi_line_chart_options_t *options);
#define sumi_pr_chart_draw(series, count, ...) SUMI__PR_CHART_DRAW(series, count, __VA_ARGS__, )
#define SUMI__PR_CHART_DRAW(series, count, picture, ...)                                           \
  sumi_pr_chart_draw_with(series, count, picture,                                                  \
                          SUMI_OPTIONS(sumi_line_chart_options_t, __VA_ARGS__))

/* ---- histogram ---- */

typedef struct sumi_histogram_chart_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  const char *title SUMI_UNSET, *subtitle SUMI_UNSET, *x_label SUMI_UNSET;
  int width_px SUMI_UNSET, height_px SUMI_UNSET; /* default 640 x 400 */
  int bins SUMI_UNSET;                           /* default 30, at most 1000 */
} sumi_histogram_chart_options_t;

/** Counts of any numeric values in equal bins from the smallest to the largest, the last bin closed
 * (numpy.histogram). */
SUMI_API sumi_status_t
sumi_histogram_chart_draw_with(const sumi_array_view_t *values, sumi_picture_t *picture,
                               const sumi_histogram_chart_options_t *options);
#define sumi_histogram_chart_draw(values, ...) SUMI__HISTOGRAM_CHART_DRAW(values, __VA_ARGS__, )
#define SUMI__HISTOGRAM_CHART_DRAW(values, picture, ...)                                           \
  sumi_histogram_chart_draw_with(values, picture,                                                  \
                                 SUMI_OPTIONS(sumi_histogram_chart_options_t, __VA_ARGS__))

/* ---- heat map ---- */

typedef struct sumi_heat_map_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  const char *title SUMI_UNSET, *subtitle SUMI_UNSET;
  const char *const *row_names SUMI_UNSET, *const *column_names SUMI_UNSET; /* NULL: none */
  sumi_color_map_t map SUMI_UNSET;
  double low SUMI_UNSET,
      high SUMI_UNSET;    /* both 0: from the values (about zero for the diverging map) */
  int cell_px SUMI_UNSET; /* default: by the number of cells */
} sumi_heat_map_options_t;

/** values [rows, columns], numeric, at most 4096 a side; with a colour scale. */
SUMI_API sumi_status_t sumi_heat_map_draw_with(const sumi_array_view_t *values,
                                               sumi_picture_t *picture,
                                               const sumi_heat_map_options_t *options);
#define sumi_heat_map_draw(values, ...) SUMI__HEAT_MAP_DRAW(values, __VA_ARGS__, )
#define SUMI__HEAT_MAP_DRAW(values, picture, ...)                                                  \
  sumi_heat_map_draw_with(values, picture, SUMI_OPTIONS(sumi_heat_map_options_t, __VA_ARGS__))

SUMI_END_DECLS
#endif
