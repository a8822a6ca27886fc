#include <sumi/options.h>
#include <sumi/charts.h>

#include <math.h>

#include <sumi/alloc.h>

#include "annotations_write.h"
#include "charts/axes.h"
#include "charts/color_bar.h"
#include "layout.h"
#include "sheet.h"
#include "theme.h"

enum {
  MAX_FILTERS = 4096,
  MAX_COLUMNS = 256,
  DEFAULT_MAX_COUNT = 256,
  MAX_FILTER_SIDE = 256,
  TILE_GOAL_PX = 56,
  GAP_PX = 6,
  MIN_WIDTH_PX = 280,
};

typedef struct {
  const sumi_array_view_t *filters; /* [height, width, in, out] */
  const sumi_filters_options_t *options;
  int height, width, in, out;
  bool colored; /* in = 3: a tile is a filter, not one of its planes */
  int count, columns, rows, factor;
  double low, high; /* of all */
  int sheet_width, sheet_height, top;
} grid_t;

static sumi_status_t check(const sumi_array_view_t *filters,
                           const sumi_filters_options_t *options) {
  SUMI_TRY(sumi__render_check_values("filters", filters, 4));
  char shape[SUMI_SHAPE_TEXT_MAX];
  sumi_array_view_shape_text(filters, shape);
  for (int axis = 0; axis < 4; ++axis) {
    const int64_t most = axis < 2 ? MAX_FILTER_SIDE : 65536;
    if (filters->dims[axis] < 1 || filters->dims[axis] > most)
      return sumi_fail(
          SUMI_INVALID_ARGUMENT,
          "filters has shape %s ([height, width, in, out]); dimension %d must be 1 to %lld", shape,
          axis, (long long)most);
  }
  if (options->max_count < 0 || options->max_count > MAX_FILTERS)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "max_count is %d; 1 to %d are allowed",
                     options->max_count, MAX_FILTERS);
  if (options->columns < 0 || options->columns > MAX_COLUMNS)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "columns is %d; 1 to %d are allowed", options->columns,
                     MAX_COLUMNS);
  return sumi__render_check_texts(options->title, options->subtitle);
}

static double weight(const grid_t *grid, int y, int x, int in, int out) {
  const int64_t index = (((int64_t)y * grid->width + x) * grid->in + in) * grid->out + out;
  return sumi_array_view_double(grid->filters, index);
}

/* Tiles run over a filter's planes first, so that with columns = in every row is one filter. */
static int tile_in(const grid_t *grid, int tile) {
  return grid->colored ? 0 : tile % grid->in;
}

static int tile_out(const grid_t *grid, int tile) {
  return grid->colored ? tile : tile / grid->in;
}

/* Ends of the colours for one tile: of the tile itself, or of all. */
static void tile_range(const grid_t *grid, int tile, double *low, double *high) {
  *low = grid->low;
  *high = grid->high;
  if (!grid->options->each_scaled) return;
  double smallest = INFINITY, largest = -INFINITY;
  const int planes = grid->colored ? 3 : 1;
  for (int y = 0; y < grid->height; ++y)
    for (int x = 0; x < grid->width; ++x)
      for (int c = 0; c < planes; ++c) {
        const double value = weight(grid, y, x, tile_in(grid, tile) + c, tile_out(grid, tile));
        if (!isfinite(value)) continue;
        smallest = fmin(smallest, value);
        largest = fmax(largest, value);
      }
  *low = *high = 0;
  sumi__render_color_range(grid->colored ? SUMI_MAP_GREY : SUMI_MAP_DIVERGING, low, high, smallest,
                           largest);
}

static sumi_color_t pixel_color(const grid_t *grid, int tile, int y, int x, double low,
                                double high) {
  const int in = tile_in(grid, tile), out = tile_out(grid, tile);
  if (!grid->colored)
    return sumi_color_map_color(SUMI_MAP_DIVERGING,
                                sumi__render_color_share(weight(grid, y, x, in, out), low, high));
  sumi_color_t color = 0xff;
  for (int c = 0; c < 3; ++c) {
    const double share = sumi__render_color_share(weight(grid, y, x, c, out), low, high);
    if (isnan(share)) return SUMI__MISSING;
    color = color << 8 | (sumi_color_t)(fmin(fmax(share, 0), 1) * 255 + 0.5);
  }
  return color;
}

static sumi_rect_t tile_rect(const grid_t *grid, int tile) {
  const int w = grid->width * grid->factor, h = grid->height * grid->factor;
  return (sumi_rect_t){SUMI__SHEET_MARGIN_PX + tile % grid->columns * (w + GAP_PX),
                       grid->top + tile / grid->columns * (h + GAP_PX), w, h};
}

static void draw_tile(sumi_canvas_t *canvas, const grid_t *grid, int tile) {
  const sumi_rect_t rect = tile_rect(grid, tile);
  const int f = grid->factor;
  double low, high;
  tile_range(grid, tile, &low, &high);
  for (int y = 0; y < grid->height; ++y)
    for (int x = 0; x < grid->width; ++x)
      sumi_canvas_fill(canvas, (sumi_rect_t){rect.x + x * f, rect.y + y * f, f, f},
                       pixel_color(grid, tile, y, x, low, high));
  sumi_canvas_frame(canvas, sumi__render_rect_inset(rect, -1), 1, SUMI__LINE);
}

static void decide_sizes(grid_t *grid) {
  const sumi_filters_options_t *options = grid->options;
  const int64_t all = grid->colored ? grid->out : (int64_t)grid->in * grid->out;
  const int most = options->max_count ? options->max_count : DEFAULT_MAX_COUNT;
  grid->count = all < most ? (int)all : most;
  const int longer = grid->height > grid->width ? grid->height : grid->width;
  grid->factor = longer >= TILE_GOAL_PX ? 1 : TILE_GOAL_PX / longer;
  const int w = grid->width * grid->factor + GAP_PX, h = grid->height * grid->factor + GAP_PX;
  const bool row_per_filter = !grid->colored && grid->in > 1 && grid->in <= 32;
  const int columns = options->columns ? options->columns
                      : row_per_filter ? grid->in
                                       : sumi__render_square_columns(grid->count, w, h);
  grid->columns = columns < grid->count ? columns : grid->count;
  grid->rows = (grid->count + grid->columns - 1) / grid->columns;
  const int wide = grid->columns * w - GAP_PX + 2 * SUMI__SHEET_MARGIN_PX;
  grid->sheet_width = wide > MIN_WIDTH_PX ? wide : MIN_WIDTH_PX;
  grid->top = sumi__render_sheet_head_height(options->title, options->subtitle);
  grid->sheet_height = grid->top + grid->rows * h - GAP_PX + SUMI__SHEET_MARGIN_PX;
  if (!options->each_scaled) grid->sheet_height += 12 + SUMI__COLOR_BAR_HEIGHT_PX;
}

static void draw(sumi_canvas_t *canvas, const grid_t *grid) {
  sumi__render_sheet_head(canvas, (sumi_rect_t){.width = grid->sheet_width}, grid->options->title,
                          grid->options->subtitle);
  for (int tile = 0; tile < grid->count; ++tile) draw_tile(canvas, grid, tile);
  if (grid->options->each_scaled) return;
  const sumi_rect_t bar = {
      SUMI__SHEET_MARGIN_PX, grid->sheet_height - SUMI__SHEET_MARGIN_PX - SUMI__COLOR_BAR_HEIGHT_PX,
      grid->sheet_width - 2 * SUMI__SHEET_MARGIN_PX, SUMI__COLOR_BAR_HEIGHT_PX};
  sumi__render_color_bar(canvas, bar, grid->colored ? SUMI_MAP_GREY : SUMI_MAP_DIVERGING, grid->low,
                         grid->high);
}

sumi_status_t sumi_filters_check(const sumi_array_view_t *filters,
                                 const sumi_filters_options_t *given) {
  sumi_filters_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  return check(filters, &options);
}

sumi_status_t sumi_filters_draw_with(const sumi_array_view_t *filters, sumi_picture_t *picture,
                                     const sumi_filters_options_t *given) {
  sumi_filters_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!picture) return sumi_fail(SUMI_INVALID_ARGUMENT, "picture is NULL");
  *picture = (sumi_picture_t){0};
  SUMI_TRY(check(filters, &options));
  grid_t grid = {.filters = filters,
                 .options = &options,
                 .height = (int)filters->dims[0],
                 .width = (int)filters->dims[1],
                 .in = (int)filters->dims[2],
                 .out = (int)filters->dims[3],
                 .colored = filters->dims[2] == 3};
  double smallest, largest;
  sumi__render_finite_range(filters, &smallest, &largest);
  sumi__render_color_range(grid.colored ? SUMI_MAP_GREY : SUMI_MAP_DIVERGING, &grid.low, &grid.high,
                           smallest, largest);
  decide_sizes(&grid);
  sumi_canvas_t *canvas;
  SUMI_TRY(sumi_canvas_new(grid.sheet_width, grid.sheet_height, 0, &canvas));
  draw(canvas, &grid);
  SUMI_TRY(sumi_canvas_finish(canvas, picture));
  sumi_buffer_t json = {0};
  sumi__render_annotations_begin(&json, "filters", options.title);
  sumi__render_json_whole(&json, "columns", grid.columns);
  sumi__render_json_whole(&json, "count", grid.count);
  sumi__render_json_rect(&json, "first", tile_rect(&grid, 0));
  return sumi__render_annotations_end(&json, picture);
}
