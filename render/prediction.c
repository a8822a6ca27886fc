#include <sumi/options.h>
#include <sumi/prediction.h>

#include "annotations_write.h"
#include "cell.h"
#include "classes.h"

enum { DEFAULT_PICTURE_PX = 224, DEFAULT_TOP_K = 3, MARGIN_PX = 10 };

static sumi_status_t draw(sumi_canvas_t *canvas, const sumi_prediction_t *prediction,
                          const sumi__render_cell_style_t *style, sumi_rect_t *picture_at,
                          sumi_picture_t *picture) {
  const sumi_status_t status = sumi__render_cell_draw(canvas, prediction, style, MARGIN_PX,
                                                      MARGIN_PX, picture_at);
  if (status == SUMI_OK) return sumi_canvas_finish(canvas, picture);
  sumi_canvas_free(canvas);
  return status;
}

sumi_status_t sumi_prediction_draw_with(const sumi_prediction_t *given_prediction,
                                        sumi_picture_t *picture,
                                        const sumi_prediction_options_t *given) {
  sumi_prediction_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!picture) return sumi_fail(SUMI_INVALID_ARGUMENT, "picture is NULL");
  *picture = (sumi_picture_t){0};
  if (options.picture_px == 0) options.picture_px = DEFAULT_PICTURE_PX;
  if (options.top_k == 0) options.top_k = DEFAULT_TOP_K;
  SUMI_TRY(sumi__render_check_cell_options(options.picture_px, options.top_k, options.class_names,
                                           options.class_count));
  SUMI_TRY(sumi_prediction_check("the prediction", given_prediction));
  sumi_prediction_t labelled = *given_prediction;
  sumi__render_label(&labelled, options.class_names, options.class_count);
  const sumi_prediction_t *prediction = &labelled;
  const sumi__render_cell_style_t style = sumi__render_cell_style(&prediction, 1, &options);
  const int width = style.width + 2 * MARGIN_PX, height = style.height + 2 * MARGIN_PX;
  sumi_canvas_t *canvas;
  SUMI_TRY(sumi_canvas_new(width, height, 0, &canvas));
  sumi_rect_t picture_at;
  SUMI_TRY(draw(canvas, prediction, &style, &picture_at, picture));

  sumi_buffer_t json = {0};
  sumi__render_annotations_begin(&json, "prediction", NULL);
  sumi__render_json_open(&json, "cells", '[');
  const sumi_rect_t cell = {MARGIN_PX, MARGIN_PX, style.width, style.height};
  sumi__render_annotations_cell(&json, prediction, cell, picture_at, 0);
  sumi__render_json_close(&json, ']');
  return sumi__render_annotations_end(&json, picture);
}
