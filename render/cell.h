/* One prediction as a cell: the picture in its frame, and below it caption, score bar, truth and
 * top-k strip. A gallery's cells share one style, so that their lines stand at the same heights. */
#ifndef SUMI_RENDER_CELL_H
#define SUMI_RENDER_CELL_H

#include <sumi/canvas.h>
#include <sumi/prediction.h>

typedef struct sumi__render_cell_style {
  int picture_px;              /* budget of the longer side */
  int area_width, area_height; /* room for the largest picture */
  int width, height;           /* of the whole cell */
  int frame_px, text_px, gap_px;
  bool has_caption, has_bar, has_truth;
  int strip_rows;
  /* How values become pixels and class numbers become names. */
  const char *const *class_names;
  int class_count;
  sumi_color_t bad_color;
  double low, high;
} sumi__render_cell_style_t;

/* The style in which all `count` predictions have room. `options.picture_px` and `.top_k` are
 * final here. */
sumi__render_cell_style_t sumi__render_cell_style(const sumi_prediction_t *const *predictions,
                                                  int64_t count,
                                                  const sumi_prediction_options_t *options);

/* Draws the cell with its top left corner at (x, y); *picture is where the picture itself is. */
sumi_status_t sumi__render_cell_draw(sumi_canvas_t *canvas, const sumi_prediction_t *prediction,
                                     const sumi__render_cell_style_t *style, int x, int y,
                                     sumi_rect_t *picture);

/* INVALID_ARGUMENT for class names that are NULL or not UTF-8, a picture_px, top_k or
 * class_count out of range. */
sumi_status_t sumi__render_check_cell_options(int picture_px, int top_k,
                                              const char *const *class_names, int class_count);

#endif
