#include <sumi/options.h>
#include <sumi/charts.h>

#include <math.h>
#include <stdio.h>

#include "annotations_write.h"
#include "charts/axes.h"
#include "layout.h"
#include "number_text.h"
#include "sheet.h"
#include "text.h"
#include "theme.h"

enum {
  MAX_CLASSES = 100,
  NAME_PX = 12,
  AXIS_PX = 12,
  COUNT_PX = 12,
  SHARE_PX = 10,
  NAME_GAP_PX = 8,
  MAX_NAME_PX = 150,
  CELL_GAP_PX = 1,
  MAX_SUBTITLE_PX = 320, /* a sheet is widened this far for it */
};

typedef struct {
  const sumi_array_view_t *counts;
  const sumi_confusion_options_t *options;
  int classes, cell_width, cell_height;
  double total, correct;
  int names_width;  /* of the rows */
  int names_height; /* of the columns: one line, or their width when they are turned */
  bool turned;
  sumi_rect_t grid;
  int width, height;
  char subtitle[SUMI_ERROR_MESSAGE_MAX];
} matrix_t;

static double count_at(const matrix_t *matrix, int row, int column) {
  return sumi_array_view_double(matrix->counts, (int64_t)row * matrix->classes + column);
}

static sumi_status_t check(const sumi_array_view_t *counts,
                           const sumi_confusion_options_t *options) {
  SUMI_TRY(sumi__render_check_values("counts", counts, 2));
  const int64_t n = counts->dims[0];
  if (n != counts->dims[1] || n < 1 || n > MAX_CLASSES) {
    char shape[SUMI_SHAPE_TEXT_MAX];
    sumi_array_view_shape_text(counts, shape);
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "counts has shape %s; [n, n] with n from 1 to %d is expected", shape,
                     MAX_CLASSES);
  }
  for (int64_t i = 0; i < n * n; ++i) {
    const double count = sumi_array_view_double(counts, i);
    if (!(count >= 0 && isfinite(count)))
      return sumi_fail(SUMI_INVALID_ARGUMENT,
                       "counts[%lld, %lld] is %g; finite counts >= 0 are expected",
                       (long long)(i / n), (long long)(i % n), count);
  }
  SUMI_TRY(sumi__render_check_texts(options->title, options->subtitle));
  return sumi__render_check_names("class_names", options->class_names, n);
}

static void class_name(const matrix_t *matrix, int index, char number[16], const char **name) {
  snprintf(number, 16, "%d", index);
  *name = matrix->options->class_names ? matrix->options->class_names[index] : number;
}

static int longest_name(const matrix_t *matrix, sumi_status_t *status) {
  int longest = 0;
  for (int i = 0; i < matrix->classes; ++i) {
    char number[16];
    const char *name;
    class_name(matrix, i, number, &name);
    const int width = sumi__render_text_width(name, NAME_PX, false, status);
    if (width > longest) longest = width;
  }
  return longest < MAX_NAME_PX ? longest : MAX_NAME_PX;
}

/* "subtitle · accuracy 91.2% of 10 000" */
static void compose_subtitle(matrix_t *matrix) {
  char share[SUMI__NUMBER_TEXT_MAX], total[SUMI__NUMBER_TEXT_MAX];
  sumi__render_fixed_text(share, 100 * matrix->correct / matrix->total, 1);
  sumi__render_count_text(total, matrix->total);
  const char *given = matrix->options->subtitle;
  const size_t room = sizeof matrix->subtitle - 2 * SUMI__NUMBER_TEXT_MAX - 32;
  const size_t length = given ? sumi__render_cut_length(given, room) : 0;
  if (matrix->total > 0)
    snprintf(matrix->subtitle, sizeof matrix->subtitle, "%.*s%saccuracy %s%% of %s", (int)length,
             given ? given : "", given ? "  ·  " : "", share, total);
  else
    snprintf(matrix->subtitle, sizeof matrix->subtitle, "%.*s%snothing counted", (int)length,
             given ? given : "", given ? "  ·  " : "");
}

static sumi_status_t decide_sizes(matrix_t *matrix) {
  sumi_status_t status = SUMI_OK;
  const int n = matrix->classes;
  matrix->cell_width = n <= 12 ? 54 : n <= 20 ? 40 : n <= 40 ? 24 : 12;
  matrix->cell_height = n <= 12 ? 40 : n <= 20 ? 34 : n <= 40 ? 18 : 12;
  const int longest = longest_name(matrix, &status), line = sumi_text_height_px(AXIS_PX);
  matrix->names_width = longest;
  matrix->turned = longest > matrix->cell_width - 4;
  matrix->names_height = matrix->turned ? longest : sumi_text_height_px(NAME_PX);
  const int head = sumi__render_sheet_head_height(matrix->options->title, matrix->subtitle);
  matrix->grid = (sumi_rect_t){SUMI__SHEET_MARGIN_PX + line + NAME_GAP_PX + matrix->names_width +
                                   NAME_GAP_PX,
                               head, n * matrix->cell_width, n * matrix->cell_height};
  const int subtitle = sumi__render_text_width(matrix->subtitle, SUMI__SUBTITLE_PX, false, &status);
  const int for_grid = matrix->grid.x + matrix->grid.width + SUMI__SHEET_MARGIN_PX;
  const int for_subtitle = (subtitle < MAX_SUBTITLE_PX ? subtitle : MAX_SUBTITLE_PX) +
                           2 * SUMI__SHEET_MARGIN_PX;
  matrix->width = for_grid > for_subtitle ? for_grid : for_subtitle;
  matrix->height = matrix->grid.y + matrix->grid.height + NAME_GAP_PX + matrix->names_height +
                   NAME_GAP_PX + line + SUMI__SHEET_MARGIN_PX;
  return status;
}

/* Hits in blue by their share of the row, mistakes in vermillion by its root, so that few are
 * seen as well. */
static sumi_color_t cell_color(double share, bool hit) {
  if (hit) return sumi_color_map_color(SUMI_MAP_BLUES, share * 0.9);
  return sumi_color_map_color(SUMI_MAP_DIVERGING, 0.5 + 0.45 * sqrt(share));
}

static void draw_cell(sumi_canvas_t *canvas, const matrix_t *matrix, int row, int column,
                      double row_sum) {
  const double count = count_at(matrix, row, column);
  const double share = row_sum > 0 ? count / row_sum : 0;
  const sumi_color_t color = cell_color(share, row == column);
  const sumi_rect_t cell = {matrix->grid.x + column * matrix->cell_width,
                            matrix->grid.y + row * matrix->cell_height,
                            matrix->cell_width - CELL_GAP_PX, matrix->cell_height - CELL_GAP_PX};
  sumi_canvas_fill(canvas, cell, color);
  if (count == 0) return;
  char number[SUMI__NUMBER_TEXT_MAX], percent[SUMI__NUMBER_TEXT_MAX];
  if (count == floor(count))
    sumi__render_count_text(number, count);
  else
    sumi__render_number_text(number, count, 3);
  if (sumi__render_canvas_text_width(canvas, number, SHARE_PX, false) > cell.width - 2)
    sumi__render_number_text(number, count, 3);
  sumi__render_share_text(percent, share);
  const int first = sumi_text_height_px(COUNT_PX), second = sumi_text_height_px(SHARE_PX);
  const sumi_color_t ink = sumi_color_ink_on(color);
  const bool fits = sumi__render_canvas_text_width(canvas, number, COUNT_PX, false) <=
                    cell.width - 2;
  if (cell.height >= first + second) {
    const int top = cell.y + (cell.height - first - second) / 2;
    sumi_canvas_text(canvas, number, ((sumi_rect_t){cell.x + 1, top, cell.width - 2, first}),
                     .size_px = fits ? COUNT_PX : SHARE_PX, .color = ink,
                     .align = SUMI_ALIGN_MIDDLE);
    sumi_canvas_text(canvas, percent, ((sumi_rect_t){cell.x, top + first, cell.width, second}),
                     .size_px = SHARE_PX, .color = ink, .align = SUMI_ALIGN_MIDDLE);
  } else if (cell.height >= second &&
             sumi__render_canvas_text_width(canvas, number, SHARE_PX, false) <= cell.width) {
    sumi_canvas_text(canvas, number, cell, .size_px = SHARE_PX, .color = ink,
                     .align = SUMI_ALIGN_MIDDLE);
  }
}

static void draw_names(sumi_canvas_t *canvas, const matrix_t *matrix) {
  const sumi_rect_t grid = matrix->grid;
  const int line = sumi_text_height_px(AXIS_PX), below = grid.y + grid.height + NAME_GAP_PX;
  for (int i = 0; i < matrix->classes; ++i) {
    char number[16];
    const char *name;
    class_name(matrix, i, number, &name);
    const sumi_rect_t row = {grid.x - NAME_GAP_PX - matrix->names_width,
                             grid.y + i * matrix->cell_height, matrix->names_width,
                             matrix->cell_height - CELL_GAP_PX};
    const sumi_rect_t column = {grid.x + i * matrix->cell_width, below,
                                matrix->cell_width - CELL_GAP_PX, matrix->names_height};
    sumi_canvas_text(canvas, name, row, .size_px = NAME_PX, .align = SUMI_ALIGN_END,
                     .ellipsis = SUMI_ELLIPSIS_MIDDLE);
    sumi_canvas_text(canvas, name, column, .size_px = NAME_PX, .upwards = matrix->turned,
                     .align = matrix->turned ? SUMI_ALIGN_END : SUMI_ALIGN_MIDDLE,
                     .ellipsis = SUMI_ELLIPSIS_MIDDLE);
  }
  sumi_canvas_text(
      canvas, "truth", ((sumi_rect_t){SUMI__SHEET_MARGIN_PX, grid.y, line, grid.height}),
      .size_px = AXIS_PX, .color = SUMI__INK_MUTED, .align = SUMI_ALIGN_MIDDLE, .upwards = true);
  sumi_canvas_text(
      canvas, "prediction",
      ((sumi_rect_t){grid.x, below + matrix->names_height + NAME_GAP_PX, grid.width, line}),
      .size_px = AXIS_PX, .color = SUMI__INK_MUTED, .align = SUMI_ALIGN_MIDDLE);
}

static void draw(sumi_canvas_t *canvas, const matrix_t *matrix) {
  sumi__render_sheet_head(canvas, (sumi_rect_t){.width = matrix->width}, matrix->options->title,
                          matrix->subtitle);
  draw_names(canvas, matrix);
  for (int row = 0; row < matrix->classes; ++row) {
    double row_sum = 0;
    for (int column = 0; column < matrix->classes; ++column)
      row_sum += count_at(matrix, row, column);
    for (int column = 0; column < matrix->classes; ++column)
      draw_cell(canvas, matrix, row, column, row_sum);
  }
}

static sumi_status_t annotate(const matrix_t *matrix, sumi_picture_t *picture) {
  sumi_buffer_t json = {0};
  sumi__render_annotations_begin(&json, "confusion", matrix->options->title);
  sumi__render_json_rect(&json, "grid", matrix->grid);
  if (matrix->options->class_names) {
    sumi__render_json_open(&json, "class_names", '[');
    for (int i = 0; i < matrix->classes; ++i)
      sumi__render_json_text(&json, NULL, matrix->options->class_names[i]);
    sumi__render_json_close(&json, ']');
  }
  sumi__render_json_open(&json, "counts", '[');
  for (int row = 0; row < matrix->classes; ++row) {
    sumi__render_json_open(&json, NULL, '[');
    for (int column = 0; column < matrix->classes; ++column)
      sumi__render_json_number(&json, NULL, count_at(matrix, row, column));
    sumi__render_json_close(&json, ']');
  }
  sumi__render_json_close(&json, ']');
  return sumi__render_annotations_end(&json, picture);
}

sumi_status_t sumi_confusion_check(const sumi_array_view_t *counts,
                                   const sumi_confusion_options_t *given) {
  sumi_confusion_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  return check(counts, &options);
}

sumi_status_t sumi_confusion_draw_with(const sumi_array_view_t *counts, sumi_picture_t *picture,
                                       const sumi_confusion_options_t *given) {
  sumi_confusion_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!picture) return sumi_fail(SUMI_INVALID_ARGUMENT, "picture is NULL");
  *picture = (sumi_picture_t){0};
  SUMI_TRY(check(counts, &options));
  matrix_t matrix = {.counts = counts, .options = &options, .classes = (int)counts->dims[0]};
  for (int row = 0; row < matrix.classes; ++row)
    for (int column = 0; column < matrix.classes; ++column) {
      matrix.total += count_at(&matrix, row, column);
      if (row == column) matrix.correct += count_at(&matrix, row, column);
    }
  compose_subtitle(&matrix);
  SUMI_TRY(decide_sizes(&matrix));
  sumi_canvas_t *canvas;
  SUMI_TRY(sumi_canvas_new(matrix.width, matrix.height, 0, &canvas));
  draw(canvas, &matrix);
  SUMI_TRY(sumi_canvas_finish(canvas, picture));
  return annotate(&matrix, picture);
}
