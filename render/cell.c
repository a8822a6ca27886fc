#include "cell.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <sumi/pixels.h>

#include "layout.h"
#include "marks.h"
#include "number_text.h"
#include "picture_fit.h"
#include "picture_reduce.h"
#include "sheet.h"
#include "text.h"
#include "theme.h"

enum { MIN_CELL_WIDTH_PX = 72, BAR_PX = 4, MAX_PICTURE_PX = 4096, MAX_TOP_K = 16 };

/* Of frames and bars. */
static sumi_color_t verdict_color(sumi_verdict_t verdict) {
  switch (verdict) {
  case SUMI_VERDICT_RIGHT: return SUMI_COLOR_RIGHT;
  case SUMI_VERDICT_WRONG: return SUMI_COLOR_WRONG;
  case SUMI_VERDICT_AUTO:
  case SUMI_VERDICT_NEUTRAL: break;
  }
  return SUMI_COLOR_NEUTRAL;
}

sumi_status_t sumi__render_check_cell_options(int picture_px, int top_k,
                                              const char *const *class_names, int class_count) {
  if (picture_px < 1 || picture_px > MAX_PICTURE_PX)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "picture_px is %d; 1 to %d are allowed", picture_px,
                     MAX_PICTURE_PX);
  if (top_k < -1 || top_k > MAX_TOP_K)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "top_k is %d; -1 (none) to %d are allowed", top_k,
                     MAX_TOP_K);
  if (class_count < 0 || (class_count > 0 && !class_names))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "class_count is %d and class_names are %s", class_count,
                     class_names ? "given" : "NULL");
  return sumi__render_check_names("class_names", class_names, class_count);
}

static int text_size(int picture_px) {
  return picture_px < 80    ? 11
         : picture_px < 160 ? 12
         : picture_px < 400 ? 14
         : picture_px < 800 ? 18
                            : 24;
}

static int max_int(int a, int b) {
  return a > b ? a : b;
}

static sumi__render_fit_t fit_of(const sumi_prediction_t *prediction, int picture_px) {
  return sumi__render_fit((int)prediction->image.dims[1], (int)prediction->image.dims[0],
                          picture_px);
}

static int line_height(const sumi__render_cell_style_t *style) {
  return sumi_text_height_px(style->text_px);
}

static int strip_text(const sumi__render_cell_style_t *style) {
  return style->text_px > 12 ? style->text_px - 2 : style->text_px - 1;
}

static int strip_row(const sumi__render_cell_style_t *style) {
  return sumi_text_height_px(strip_text(style)) + 2;
}

/* Truths are written below when a label stands above; a truth alone takes the caption's place. */
static bool shows_truth(const sumi_prediction_t *prediction) {
  return prediction->truth && prediction->label &&
         sumi_prediction_verdict(prediction) == SUMI_VERDICT_WRONG;
}

static int style_height(const sumi__render_cell_style_t *style) {
  int height = style->area_height + 2 * style->frame_px;
  if (style->has_caption) height += style->gap_px + line_height(style);
  if (style->has_bar) height += style->gap_px / 2 + BAR_PX;
  if (style->has_truth) height += style->gap_px / 2 + line_height(style);
  if (style->strip_rows) height += style->gap_px + style->strip_rows * strip_row(style);
  return height;
}

sumi__render_cell_style_t sumi__render_cell_style(const sumi_prediction_t *const *predictions,
                                                  int64_t count,
                                                  const sumi_prediction_options_t *options) {
  sumi__render_cell_style_t style = {.picture_px = options->picture_px,
                                     .class_names = options->class_names,
                                     .class_count = options->class_count,
                                     .bad_color = options->bad_color,
                                     .low = options->low,
                                     .high = options->high};
  for (int64_t i = 0; i < count; ++i) {
    const sumi_prediction_t *p = predictions[i];
    const sumi__render_fit_t fit = fit_of(p, style.picture_px);
    style.area_width = max_int(style.area_width, fit.width);
    style.area_height = max_int(style.area_height, fit.height);
    style.has_caption |= p->label || p->truth || p->has_score;
    style.has_bar |= p->has_score;
    style.has_truth |= shows_truth(p);
    if (p->probabilities && options->top_k > 0) {
      const int rows = p->probability_count < options->top_k ? p->probability_count
                                                             : options->top_k;
      style.strip_rows = max_int(style.strip_rows, rows);
    }
  }
  style.text_px = text_size(max_int(style.area_width, style.area_height));
  style.frame_px = style.text_px >= 18 ? 4 : 3;
  style.gap_px = style.text_px >= 18 ? 8 : 6;
  style.area_width = max_int(style.area_width, MIN_CELL_WIDTH_PX);
  style.width = style.area_width + 2 * style.frame_px;
  style.height = style_height(&style);
  return style;
}

static sumi_status_t draw_picture(sumi_canvas_t *canvas, const sumi_prediction_t *prediction,
                                  const sumi__render_cell_style_t *style, int x, int y,
                                  sumi_rect_t *picture) {
  const sumi__render_fit_t fit = fit_of(prediction, style->picture_px);
  const int frame = style->frame_px;
  *picture = (sumi_rect_t){x + frame + (style->area_width - fit.width) / 2,
                           y + frame + (style->area_height - fit.height) / 2, fit.width,
                           fit.height};
  const sumi_rect_t outer = {x, y, style->area_width + 2 * frame, style->area_height + 2 * frame};
  if (fit.width < style->area_width || fit.height < style->area_height)
    sumi_canvas_fill(canvas, sumi__render_rect_inset(outer, frame), SUMI__LINE_FAINT);
  const sumi_verdict_t verdict = sumi_prediction_verdict(prediction);
  sumi_canvas_frame(canvas, outer, frame,
                    verdict == SUMI_VERDICT_NEUTRAL ? SUMI__LINE : verdict_color(verdict));
  sumi_picture_t pixels;
  SUMI_TRY(sumi_pixels_picture(&prediction->image, 0, &pixels, .bad_color = style->bad_color,
                               .low = style->low, .high = style->high));
  sumi__render_canvas_picture(canvas, &pixels, picture->x, picture->y, fit);
  if (fit.factor == 0) sumi__render_reduce_bad(canvas, &prediction->image, &pixels, *picture);
  const int width = pixels.width, height = pixels.height;
  sumi_picture_free(&pixels);
  return sumi__render_marks_draw(canvas, prediction, width, height, *picture);
}

/* "label … 97%" on one line. */
static void draw_caption(sumi_canvas_t *canvas, const sumi_prediction_t *prediction,
                         const sumi__render_cell_style_t *style, sumi_rect_t line) {
  int room = line.width;
  if (prediction->has_score) {
    char share[SUMI__NUMBER_TEXT_MAX];
    sumi__render_share_text(share, prediction->score);
    sumi_canvas_text(canvas, share, line, .size_px = style->text_px, .color = SUMI__INK_MUTED,
                     .align = SUMI_ALIGN_END);
    room -= sumi__render_canvas_text_width(canvas, share, style->text_px, false) + style->gap_px;
  }
  const sumi_rect_t left = {line.x, line.y, room, line.height};
  const sumi_verdict_t verdict = sumi_prediction_verdict(prediction);
  if (prediction->label)
    sumi_canvas_text(canvas, prediction->label, left, .size_px = style->text_px,
                     .color = verdict == SUMI_VERDICT_WRONG
                                  ? sumi_color_legible_on(SUMI_COLOR_WRONG, SUMI__PAPER)
                                  : SUMI__INK);
  else if (prediction->truth)
    sumi_canvas_text(canvas, prediction->truth, left, .size_px = style->text_px,
                     .color = SUMI__INK_MUTED);
}

static void draw_bar(sumi_canvas_t *canvas, const sumi_prediction_t *prediction, sumi_rect_t bar) {
  sumi_canvas_fill(canvas, bar, SUMI__LINE_FAINT);
  if (!prediction->has_score || !(prediction->score > 0)) return;
  bar.width = (int)lround(bar.width * fmin(prediction->score, 1));
  sumi_canvas_fill(canvas, bar, verdict_color(sumi_prediction_verdict(prediction)));
}

/* "is truth": a small word before it, so that it is not taken for a second label. */
static void draw_truth(sumi_canvas_t *canvas, const sumi_prediction_t *prediction,
                       const sumi__render_cell_style_t *style, sumi_rect_t line) {
  static const char word[] = "is";
  sumi_canvas_text(canvas, word, line, .size_px = style->text_px, .color = SUMI__INK_MUTED);
  const int indent = sumi__render_canvas_text_width(canvas, word, style->text_px, false) +
                     style->text_px / 3;
  sumi_canvas_text(canvas, prediction->truth,
                   ((sumi_rect_t){line.x + indent, line.y, line.width - indent, line.height}),
                   .size_px = style->text_px);
}

/* The true class in the colour of what is right, a wrong guess in that of what is wrong, others
 * grey; blue alone says nothing where the truth is not known. */
static sumi_color_t strip_color(const sumi_prediction_t *prediction, const char *name) {
  sumi_color_t color = SUMI_COLOR_NEUTRAL;
  if (!prediction->truth || strcmp(name, prediction->truth) == 0)
    color = SUMI_COLOR_RIGHT;
  else if (prediction->label && strcmp(name, prediction->label) == 0)
    color = verdict_color(sumi_prediction_verdict(prediction));
  return sumi_color_mix(SUMI__PAPER, color, 0.3);
}

static void draw_strip(sumi_canvas_t *canvas, const sumi_prediction_t *prediction,
                       const sumi__render_cell_style_t *style, sumi_rect_t row) {
  int best[MAX_TOP_K];
  const int rows = sumi_top_classes(prediction->probabilities, prediction->probability_count, best,
                                    style->strip_rows);
  const int size = strip_text(style);
  for (int i = 0; i < rows; ++i, row.y += row.height) {
    const float p = prediction->probabilities[best[i]];
    char share[SUMI__NUMBER_TEXT_MAX], number[SUMI__NUMBER_TEXT_MAX];
    sumi__render_share_text(share, p);
    snprintf(number, sizeof number, "%d", best[i]);
    const char *name = best[i] < style->class_count ? style->class_names[best[i]] : number;
    const sumi_rect_t bar = {row.x, row.y + 1, row.width, row.height - 2};
    sumi_canvas_fill(canvas, bar, SUMI__LINE_FAINT);
    if (p > 0)
      sumi_canvas_fill(canvas,
                       (sumi_rect_t){bar.x, bar.y, (int)lround(bar.width * fmin(p, 1)), bar.height},
                       strip_color(prediction, name));
    const sumi_rect_t text = {bar.x + 4, bar.y, bar.width - 8, bar.height};
    const int share_width = sumi__render_canvas_text_width(canvas, share, size, false) + 4;
    sumi_canvas_text(canvas, share, text, .size_px = size, .align = SUMI_ALIGN_END);
    sumi_canvas_text(canvas, name,
                     ((sumi_rect_t){text.x, text.y, text.width - share_width, text.height}),
                     .size_px = size);
  }
}

sumi_status_t sumi__render_cell_draw(sumi_canvas_t *canvas, const sumi_prediction_t *prediction,
                                     const sumi__render_cell_style_t *style, int x, int y,
                                     sumi_rect_t *picture) {
  SUMI_TRY(draw_picture(canvas, prediction, style, x, y, picture));
  const int width = style->width, text_height = line_height(style);
  int at = y + style->area_height + 2 * style->frame_px;
  if (style->has_caption) {
    at += style->gap_px;
    draw_caption(canvas, prediction, style, (sumi_rect_t){x, at, width, text_height});
    at += text_height;
  }
  if (style->has_bar) {
    at += style->gap_px / 2;
    draw_bar(canvas, prediction, (sumi_rect_t){x, at, width, BAR_PX});
    at += BAR_PX;
  }
  if (style->has_truth) {
    at += style->gap_px / 2;
    if (shows_truth(prediction))
      draw_truth(canvas, prediction, style, (sumi_rect_t){x, at, width, text_height});
    at += text_height;
  }
  if (style->strip_rows && prediction->probabilities)
    draw_strip(canvas, prediction, style,
               (sumi_rect_t){x, at + style->gap_px, width, strip_row(style)});
  return SUMI_OK;
}
