#include <sumi/options.h>
#include <sumi/charts.h>

#include <math.h>

#include "annotations_write.h"
#include "charts/axes.h"
#include "charts/color_bar.h"
#include "layout.h"
#include "sheet.h"
#include "text.h"
#include "theme.h"

enum {
  MAX_CELLS = 4096,
  MAX_CELL_PX = 256,
  GOAL_PX = 480, /* the longer side, when the cell size is ours to choose */
  NAME_PX = 11,
  NAME_GAP_PX = 6,
  MAX_NAME_PX = 160,
  MIN_NAMED_CELL_PX = 10, /* below, names would overlap and are left out */
  MIN_WIDTH_PX = 240,
};

typedef struct {
  const sumi_array_view_t *values;
  const sumi_heat_map_options_t *options;
  int rows, columns, cell;
  double low, high;
  int row_names_width, column_names_height;
  sumi_rect_t grid;
  int width, height;
} map_t;

static sumi_status_t check(const sumi_array_view_t *values,
                           const sumi_heat_map_options_t *options) {
  SUMI_TRY(sumi__render_check_values("values", values, 2));
  if (values->dims[0] < 1 || values->dims[1] < 1 || values->dims[0] > MAX_CELLS ||
      values->dims[1] > MAX_CELLS) {
    char shape[SUMI_SHAPE_TEXT_MAX];
    sumi_array_view_shape_text(values, shape);
    return sumi_fail(SUMI_INVALID_ARGUMENT, "values has shape %s; 1 to %d a side are allowed",
                     shape, MAX_CELLS);
  }
  const double low = options->low, high = options->high;
  if (!isfinite(low) || !isfinite(high) || ((low != 0 || high != 0) && !(low < high)))
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "the colours are to go from %g to %g; finite low < high is needed", low, high);
  if (options->cell_px < 0 || options->cell_px > MAX_CELL_PX)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "cell_px is %d; 1 to %d are allowed", options->cell_px,
                     MAX_CELL_PX);
  SUMI_TRY(sumi__render_check_texts(options->title, options->subtitle));
  SUMI_TRY(sumi__render_check_names("row_names", options->row_names, values->dims[0]));
  return sumi__render_check_names("column_names", options->column_names, values->dims[1]);
}

static int longest_name(const char *const *names, int count, sumi_status_t *status) {
  int longest = 0;
  for (int i = 0; names && i < count; ++i) {
    const int width = sumi__render_text_width(names[i], NAME_PX, false, status);
    if (width > longest) longest = width;
  }
  return longest < MAX_NAME_PX ? longest : MAX_NAME_PX;
}

static int chosen_cell(const map_t *map) {
  if (map->options->cell_px) return map->options->cell_px;
  const int longer = map->rows > map->columns ? map->rows : map->columns;
  const int cell = GOAL_PX / longer;
  return cell < 1 ? 1 : cell > 40 ? 40 : cell;
}

static sumi_status_t decide_sizes(map_t *map) {
  sumi_status_t status = SUMI_OK;
  const sumi_heat_map_options_t *options = map->options;
  map->cell = chosen_cell(map);
  const bool named = map->cell >= MIN_NAMED_CELL_PX;
  if (named && options->row_names)
    map->row_names_width = longest_name(options->row_names, map->rows, &status) + NAME_GAP_PX;
  if (named && options->column_names)
    map->column_names_height = longest_name(options->column_names, map->columns, &status) +
                               NAME_GAP_PX;
  const int head = sumi__render_sheet_head_height(options->title, options->subtitle);
  map->grid = (sumi_rect_t){SUMI__SHEET_MARGIN_PX + map->row_names_width, head,
                            map->columns * map->cell, map->rows * map->cell};
  const int width = map->grid.x + map->grid.width + SUMI__SHEET_MARGIN_PX;
  map->width = width > MIN_WIDTH_PX ? width : MIN_WIDTH_PX;
  map->height = map->grid.y + map->grid.height + map->column_names_height + 10 +
                SUMI__COLOR_BAR_HEIGHT_PX + SUMI__SHEET_MARGIN_PX;
  return status;
}

static void draw_names(sumi_canvas_t *canvas, const map_t *map) {
  const sumi_rect_t grid = map->grid;
  for (int row = 0; map->row_names_width && row < map->rows; ++row)
    sumi_canvas_text(canvas, map->options->row_names[row],
                     ((sumi_rect_t){SUMI__SHEET_MARGIN_PX, grid.y + row * map->cell,
                                    map->row_names_width - NAME_GAP_PX, map->cell}),
                     .size_px = NAME_PX, .color = SUMI__INK_MUTED, .align = SUMI_ALIGN_END);
  for (int column = 0; map->column_names_height && column < map->columns; ++column)
    sumi_canvas_text(canvas, map->options->column_names[column],
                     ((sumi_rect_t){grid.x + column * map->cell, grid.y + grid.height + NAME_GAP_PX,
                                    map->cell, map->column_names_height - NAME_GAP_PX}),
                     .size_px = NAME_PX, .color = SUMI__INK_MUTED, .align = SUMI_ALIGN_END,
                     .upwards = true);
}

static void draw(sumi_canvas_t *canvas, const map_t *map) {
  sumi__render_sheet_head(canvas, (sumi_rect_t){.width = map->width}, map->options->title,
                          map->options->subtitle);
  for (int row = 0; row < map->rows; ++row)
    for (int column = 0; column < map->columns; ++column) {
      const double value = sumi_array_view_double(map->values,
                                                  (int64_t)row * map->columns + column);
      sumi_canvas_fill(canvas,
                       (sumi_rect_t){map->grid.x + column * map->cell,
                                     map->grid.y + row * map->cell, map->cell, map->cell},
                       sumi_color_map_color(map->options->map,
                                            sumi__render_color_share(value, map->low, map->high)));
    }
  draw_names(canvas, map);
  const sumi_rect_t bar = {
      map->grid.x, map->grid.y + map->grid.height + map->column_names_height + 10,
      map->width - map->grid.x - SUMI__SHEET_MARGIN_PX, SUMI__COLOR_BAR_HEIGHT_PX};
  sumi__render_color_bar(canvas, bar, map->options->map, map->low, map->high);
}

sumi_status_t sumi_heat_map_draw_with(const sumi_array_view_t *values, sumi_picture_t *picture,
                                      const sumi_heat_map_options_t *given) {
  sumi_heat_map_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!picture) return sumi_fail(SUMI_INVALID_ARGUMENT, "picture is NULL");
  *picture = (sumi_picture_t){0};
  SUMI_TRY(check(values, &options));
  map_t map = {.values = values,
               .options = &options,
               .rows = (int)values->dims[0],
               .columns = (int)values->dims[1],
               .low = options.low,
               .high = options.high};
  double smallest, largest;
  sumi__render_finite_range(values, &smallest, &largest);
  sumi__render_color_range(options.map, &map.low, &map.high, smallest, largest);
  SUMI_TRY(decide_sizes(&map));
  sumi_canvas_t *canvas;
  SUMI_TRY(sumi_canvas_new(map.width, map.height, 0, &canvas));
  draw(canvas, &map);
  SUMI_TRY(sumi_canvas_finish(canvas, picture));
  sumi_buffer_t json = {0};
  sumi__render_annotations_begin(&json, "heat_map", options.title);
  sumi__render_json_rect(&json, "grid", map.grid);
  sumi__render_json_number(&json, "low", map.low);
  sumi__render_json_number(&json, "high", map.high);
  return sumi__render_annotations_end(&json, picture);
}
