#include <sumi/options.h>
#include <sumi/gallery.h>

#include <stdio.h>

#include <sumi/alloc.h>

#include "annotations_write.h"
#include "cell.h"
#include "sheet.h"
#include "theme.h"

enum {
  DEFAULT_PICTURE_PX = 112,
  MAX_SIDE = 256,
  COLUMN_GAP_PX = 8,
  ROW_GAP_PX = 14,
  NAMES_PX = 12
};

typedef struct {
  const sumi_prediction_t *predictions;
  int samples, frames;
  const sumi_film_strip_options_t *options;
  sumi__render_cell_style_t style;
  int head_height, names_height;
} strip_t;

static sumi_status_t check(const sumi_prediction_t *predictions, int samples, int frames,
                           const sumi_film_strip_options_t *options) {
  if (samples < 1 || samples > MAX_SIDE || frames < 1 || frames > MAX_SIDE)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "a film strip of %d samples over %d frames; 1 to %d of either are allowed",
                     samples, frames, MAX_SIDE);
  if (!predictions) return sumi_fail(SUMI_INVALID_ARGUMENT, "predictions are NULL");
  SUMI_TRY(sumi__render_check_texts(options->title, NULL));
  SUMI_TRY(sumi__render_check_names("frame_names", options->frame_names, frames));
  SUMI_TRY(sumi__render_check_cell_options(options->picture_px, -1, NULL, 0));
  for (int i = 0; i < samples * frames; ++i) {
    char what[64];
    snprintf(what, sizeof what, "the prediction of sample %d in frame %d", i % samples,
             i / samples);
    SUMI_TRY(sumi_prediction_check(what, &predictions[i]));
  }
  return SUMI_OK;
}

static sumi_rect_t cell_at(const strip_t *strip, int sample, int frame) {
  const sumi__render_cell_style_t *style = &strip->style;
  return (sumi_rect_t){SUMI__SHEET_MARGIN_PX + frame * (style->width + COLUMN_GAP_PX),
                       strip->head_height + strip->names_height +
                           sample * (style->height + ROW_GAP_PX),
                       style->width, style->height};
}

static void draw_names(sumi_canvas_t *canvas, const strip_t *strip) {
  for (int frame = 0; frame < strip->frames; ++frame) {
    char number[16];
    snprintf(number, sizeof number, "%d", frame + 1);
    const sumi_rect_t cell = cell_at(strip, 0, frame);
    sumi_canvas_text(
        canvas, strip->options->frame_names ? strip->options->frame_names[frame] : number,
        ((sumi_rect_t){cell.x, strip->head_height, cell.width, strip->names_height - 4}),
        .size_px = NAMES_PX, .color = SUMI__INK_MUTED);
  }
}

static sumi_status_t draw_cells(sumi_canvas_t *canvas, const strip_t *strip, sumi_buffer_t *json) {
  for (int frame = 0; frame < strip->frames; ++frame)
    for (int sample = 0; sample < strip->samples; ++sample) {
      const sumi_prediction_t *prediction = &strip->predictions[frame * strip->samples + sample];
      const sumi_rect_t cell = cell_at(strip, sample, frame);
      sumi_rect_t picture;
      SUMI_TRY(sumi__render_cell_draw(canvas, prediction, &strip->style, cell.x, cell.y, &picture));
      sumi__render_annotations_cell(json, prediction, cell, picture, 0);
    }
  return SUMI_OK;
}

static sumi_status_t draw_strip(const strip_t *strip, sumi_picture_t *picture) {
  const sumi_rect_t last = cell_at(strip, strip->samples - 1, strip->frames - 1);
  sumi_canvas_t *canvas;
  SUMI_TRY(sumi_canvas_new((int64_t)last.x + last.width + SUMI__SHEET_MARGIN_PX,
                           (int64_t)last.y + last.height + SUMI__SHEET_MARGIN_PX, 0, &canvas));
  sumi_buffer_t json = {0};
  sumi__render_annotations_begin(&json, "film_strip", strip->options->title);
  sumi__render_json_whole(&json, "columns", strip->frames);
  sumi__render_json_open(&json, "cells", '[');
  sumi__render_sheet_head(canvas,
                          (sumi_rect_t){.width = last.x + last.width + SUMI__SHEET_MARGIN_PX},
                          strip->options->title, NULL);
  draw_names(canvas, strip);
  const sumi_status_t status = draw_cells(canvas, strip, &json);
  sumi__render_json_close(&json, ']');
  return sumi__render_annotations_end_canvas(&json, canvas, status, picture);
}

sumi_status_t sumi_film_strip_draw_with(const sumi_prediction_t *predictions, int samples,
                                        int frames, sumi_picture_t *picture,
                                        const sumi_film_strip_options_t *given) {
  sumi_film_strip_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!picture) return sumi_fail(SUMI_INVALID_ARGUMENT, "picture is NULL");
  *picture = (sumi_picture_t){0};
  if (options.picture_px == 0) options.picture_px = DEFAULT_PICTURE_PX;
  SUMI_TRY(check(predictions, samples, frames, &options));
  const int count = samples * frames;
  const sumi_prediction_t **all = sumi_calloc((size_t)count, sizeof *all);
  if (!all) return sumi_fail_alloc("a film strip's order", (size_t)count * sizeof *all);
  for (int i = 0; i < count; ++i) all[i] = &predictions[i];
  strip_t strip = {
      .predictions = predictions, .samples = samples, .frames = frames, .options = &options};
  strip.style = sumi__render_cell_style(
      all, count,
      &(sumi_prediction_options_t){.picture_px = options.picture_px,
                                   .top_k = -1,
                                   .bad_color = options.bad_color,
                                   .low = options.low,
                                   .high = options.high});
  sumi_free(all);
  strip.head_height = sumi__render_sheet_head_height(options.title, NULL);
  strip.names_height = sumi_text_height_px(NAMES_PX) + 6;
  return draw_strip(&strip, picture);
}
