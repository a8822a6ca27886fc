#include <sumi/options.h>
#include <sumi/gallery.h>

#include <math.h>
#include <stdio.h>

#include <sumi/alloc.h>
#include <sumi/arena.h>
#include <sumi/pixels.h>

#include "annotations_write.h"
#include "cell.h"
#include "gallery_choose.h"
#include "gallery_match.h"
#include "gallery_options.h"
#include "layout.h"
#include "legend.h"
#include "number_text.h"
#include "sheet.h"
#include "theme.h"

enum {
  MIN_WIDTH_PX = 320,
  COLUMN_GAP_PX = 14,
  ROW_GAP_PX = 18,
  BELOW_LEGEND_PX = 12,
};

/* Everything a sheet is made of, once decided. */
typedef struct {
  const sumi_gallery_options_t *options;
  const sumi__render_pick_t *picks;
  int64_t shown;
  sumi_verdict_counts_t of;       /* all that the shown ones were chosen from */
  sumi_detection_scores_t scores; /* where things are matched */
  sumi__render_cell_style_t style;
  int columns, rows, width, height, head_height, legend_height;
} sheet_t;

/* The predictions as they are drawn: labelled, and with the channels of their pictures last. */
static sumi_status_t prepare(sumi_arena_t *memory, const sumi_prediction_t *predictions,
                             int64_t count, const sumi_gallery_options_t *options,
                             sumi_prediction_t **prepared) {
  SUMI_TRY(sumi__render_gallery_label(memory, predictions, count, options, prepared));
  if (!options->channels_first) return SUMI_OK;
  for (int64_t i = 0; i < count; ++i) {
    const sumi_array_view_t *image = &predictions[i].image;
    void *room = sumi_arena_calloc(memory, (size_t)sumi_array_view_count(image),
                                   sumi_dtype_size_bytes(image->dtype));
    if (!room) return sumi_fail_alloc("a picture", 0);
    SUMI_TRY(sumi_pixels_channels_last("the image", image, room, &(*prepared)[i].image));
  }
  return SUMI_OK;
}

/* ---- the legend: how many are shown, and how many are right and wrong of all ---- */

static void add_count(sumi__render_legend_t *legend, int64_t count, const char *word,
                      sumi_color_t color) {
  char number[SUMI__NUMBER_TEXT_MAX], text[SUMI__NUMBER_TEXT_MAX + 16];
  sumi__render_count_text(number, (double)count);
  snprintf(text, sizeof text, "%s %s", number, word);
  sumi__render_legend_add(legend, color, text);
}

static void add_number(sumi__render_legend_t *legend, const char *word, double number) {
  if (isnan(number)) return;
  char digits[SUMI__NUMBER_TEXT_MAX], text[2 * SUMI__NUMBER_TEXT_MAX + 24];
  sumi__render_fixed_text(digits, number, 3);
  snprintf(text, sizeof text, "%s %s", word, digits);
  sumi__render_legend_add(legend, 0, text);
}

static void add_matches(sumi__render_legend_t *legend, const sheet_t *sheet) {
  const sumi_detection_scores_t *scores = &sheet->scores;
  const int64_t alarms = scores->counts.false_alarms;
  add_count(legend, scores->counts.hits, scores->counts.hits == 1 ? "hit" : "hits",
            SUMI_COLOR_RIGHT);
  add_count(legend, scores->counts.misses, "missed", SUMI_COLOR_MISSED);
  add_count(legend, alarms, alarms == 1 ? "false alarm" : "false alarms", SUMI_COLOR_WRONG);
  sumi__render_legend_add(legend, 0,
                          sheet->options->match == SUMI_MATCHING_MASKS ? "outlined: truth"
                                                                       : "dashed: truth");
  add_number(legend, "precision", scores->precision);
  add_number(legend, "recall", scores->recall);
  char iou[SUMI__NUMBER_TEXT_MAX], word[SUMI__NUMBER_TEXT_MAX + 8];
  sumi__render_number_text(iou, sheet->options->iou, 3);
  snprintf(word, sizeof word, "AP@%s", iou);
  add_number(legend, word, scores->average_precision);
}

static sumi__render_legend_t legend_of(const sheet_t *sheet) {
  sumi__render_legend_t legend = {0};
  const bool mistakes = sheet->options->only_wrong;
  const sumi_verdict_counts_t *of = &sheet->of;
  const int64_t all = mistakes ? of->wrong : sumi__render_verdicts_sum(of);
  const char *things = mistakes   ? all == 1 ? "mistake" : "mistakes"
                       : all == 1 ? "picture"
                                  : "pictures";
  if (sheet->shown < all) {
    char shown[SUMI__NUMBER_TEXT_MAX], given[SUMI__NUMBER_TEXT_MAX];
    char text[2 * SUMI__NUMBER_TEXT_MAX + 16];
    sumi__render_count_text(shown, (double)sheet->shown);
    sumi__render_count_text(given, (double)all);
    snprintf(text, sizeof text, "%s of %s %s", shown, given, things);
    sumi__render_legend_add(&legend, 0, text);
  } else {
    add_count(&legend, all, things, 0);
  }
  if (sheet->options->match != SUMI_MATCHING_NONE) {
    add_matches(&legend, sheet);
  } else if (of->right + of->wrong > 0) {
    add_count(&legend, of->right, "right", SUMI_COLOR_RIGHT);
    add_count(&legend, of->wrong, "wrong", SUMI_COLOR_WRONG);
    if (of->neutral > 0) add_count(&legend, of->neutral, "undecided", SUMI_COLOR_NEUTRAL);
    char share[SUMI__NUMBER_TEXT_MAX], text[SUMI__NUMBER_TEXT_MAX + 16];
    sumi__render_fixed_text(share, 100.0 * (double)of->right / (double)(of->right + of->wrong), 1);
    snprintf(text, sizeof text, "accuracy %s%%", share);
    sumi__render_legend_add(&legend, 0, text);
  }
  return legend;
}

/* ---- drawing ---- */

static sumi_status_t decide_sizes(sheet_t *sheet) {
  const sumi__render_cell_style_t *style = &sheet->style;
  const int64_t cells = sheet->shown > 0 ? sheet->shown : 1;
  const int wanted = sheet->options->columns
                         ? sheet->options->columns
                         : sumi__render_square_columns(cells, style->width + COLUMN_GAP_PX,
                                                       style->height + ROW_GAP_PX);
  sheet->columns = wanted < cells ? wanted : (int)cells;
  sheet->rows = (int)((cells + sheet->columns - 1) / sheet->columns);
  const int grid = sheet->columns * style->width + (sheet->columns - 1) * COLUMN_GAP_PX;
  const int wide = grid + 2 * SUMI__SHEET_MARGIN_PX;
  sheet->width = wide > MIN_WIDTH_PX ? wide : MIN_WIDTH_PX;
  const sumi__render_legend_t legend = legend_of(sheet);
  sheet->head_height = sumi__render_sheet_head_height(sheet->options->title,
                                                      sheet->options->subtitle);
  SUMI_TRY(sumi__render_legend_height(&legend, sheet->width - 2 * SUMI__SHEET_MARGIN_PX,
                                      &sheet->legend_height));
  sheet->legend_height += BELOW_LEGEND_PX;
  sheet->height = sheet->head_height + sheet->legend_height + sheet->rows * style->height +
                  (sheet->rows - 1) * ROW_GAP_PX + SUMI__SHEET_MARGIN_PX;
  return SUMI_OK;
}

static void draw_head(sumi_canvas_t *canvas, const sheet_t *sheet) {
  sumi__render_sheet_head(canvas, (sumi_rect_t){.width = sheet->width}, sheet->options->title,
                          sheet->options->subtitle);
  const sumi__render_legend_t legend = legend_of(sheet);
  const sumi_rect_t at = {SUMI__SHEET_MARGIN_PX, sheet->head_height - 4,
                          sheet->width - 2 * SUMI__SHEET_MARGIN_PX, sheet->legend_height};
  sumi__render_legend_draw(canvas, &legend, at);
  if (sheet->shown > 0) return;
  const sumi_rect_t middle = {SUMI__SHEET_MARGIN_PX, sheet->head_height + sheet->legend_height,
                              sheet->width - 2 * SUMI__SHEET_MARGIN_PX, sheet->style.height};
  sumi_canvas_fill(canvas, middle, SUMI__LINE_FAINT);
  sumi_canvas_text(canvas, "nothing to show", middle, .color = SUMI__INK_MUTED,
                   .align = SUMI_ALIGN_MIDDLE);
}

static sumi_status_t draw_cells(sumi_canvas_t *canvas, const sheet_t *sheet, sumi_buffer_t *json) {
  const sumi__render_cell_style_t *style = &sheet->style;
  for (int64_t i = 0; i < sheet->shown; ++i) {
    const int column = (int)(i % sheet->columns), row = (int)(i / sheet->columns);
    const sumi_rect_t cell = {SUMI__SHEET_MARGIN_PX + column * (style->width + COLUMN_GAP_PX),
                              sheet->head_height + sheet->legend_height +
                                  row * (style->height + ROW_GAP_PX),
                              style->width, style->height};
    sumi_rect_t picture;
    SUMI_TRY(sumi__render_cell_draw(canvas, sheet->picks[i].prediction, style, cell.x, cell.y,
                                    &picture));
    sumi__render_annotations_cell(json, sheet->picks[i].prediction, cell, picture,
                                  sheet->picks[i].key);
  }
  return SUMI_OK;
}

static sumi_status_t draw_sheet(const sheet_t *sheet, sumi_picture_t *picture) {
  sumi_canvas_t *canvas;
  SUMI_TRY(sumi_canvas_new(sheet->width, sheet->height, 0, &canvas));
  sumi_buffer_t json = {0};
  sumi__render_annotations_begin(&json, "gallery", sheet->options->title);
  sumi__render_json_text(&json, "subtitle", sheet->options->subtitle);
  sumi__render_json_whole(&json, "columns", sheet->columns);
  sumi__render_json_open(&json, "cells", '[');
  draw_head(canvas, sheet);
  const sumi_status_t status = draw_cells(canvas, sheet, &json);
  sumi__render_json_close(&json, ']');
  return sumi__render_annotations_end_canvas(&json, canvas, status, picture);
}

/* The style all shown predictions fit in; none shown gives an empty cell. */
static sumi_status_t decide_style(sheet_t *sheet) {
  const sumi_prediction_t **shown = sumi_calloc((size_t)sheet->shown, sizeof *shown);
  if (!shown) return sumi_fail_alloc("a gallery's order", (size_t)sheet->shown * sizeof *shown);
  for (int64_t i = 0; i < sheet->shown; ++i) shown[i] = sheet->picks[i].prediction;
  const sumi_gallery_options_t *options = sheet->options;
  sheet->style = sumi__render_cell_style(
      shown, sheet->shown,
      &(sumi_prediction_options_t){.picture_px = options->picture_px,
                                   .class_names = options->class_names,
                                   .class_count = options->class_count,
                                   .top_k = options->top_k,
                                   .bad_color = options->bad_color,
                                   .low = options->low,
                                   .high = options->high});
  sumi_free(shown);
  if (sheet->shown == 0) sheet->style.height = options->picture_px;
  return SUMI_OK;
}

static sumi_status_t draw(const sumi_prediction_t *predictions, int64_t count,
                          const sumi_gallery_options_t *options,
                          const sumi_detection_scores_t *scores, sumi_picture_t *picture) {
  sumi__render_pick_t *picks = sumi_calloc((size_t)count, sizeof *picks);
  if (!picks) return sumi_fail_alloc("a gallery's order", (size_t)count * sizeof *picks);
  sheet_t sheet = {.options = options, .picks = picks, .scores = *scores};
  sheet.shown = sumi__render_gallery_choose(predictions, count, options, picks, &sheet.of);
  if (sumi__render_verdicts_sum(&options->chosen_from) > 0) sheet.of = options->chosen_from;
  sumi_status_t status = decide_style(&sheet);
  if (status == SUMI_OK) status = decide_sizes(&sheet);
  if (status == SUMI_OK) status = draw_sheet(&sheet, picture);
  sumi_free(picks);
  return status;
}

/* Matches what is to be matched; without keys, the mistakes become them. */
static sumi_status_t match(sumi_arena_t *memory, sumi_prediction_t *items, int64_t count,
                           sumi_gallery_options_t *options, sumi_detection_scores_t *scores) {
  *scores = (sumi_detection_scores_t){0};
  if (options->match == SUMI_MATCHING_NONE) return SUMI_OK;
  double *errors = sumi_arena_calloc(memory, (size_t)count, sizeof *errors);
  if (!errors) return sumi_fail_alloc("a gallery's order", (size_t)count * sizeof *errors);
  SUMI_TRY(sumi__render_gallery_match(memory, items, count, options, scores, errors));
  if (!options->keys && options->order != SUMI_ORDER_GIVEN) options->keys = errors;
  return SUMI_OK;
}

sumi_status_t sumi_gallery_draw_with(const sumi_prediction_t *predictions, int64_t count,
                                     sumi_picture_t *picture, const sumi_gallery_options_t *given) {
  if (!picture) return sumi_fail(SUMI_INVALID_ARGUMENT, "picture is NULL");
  *picture = (sumi_picture_t){0};
  sumi_gallery_options_t options;
  SUMI_TRY(sumi__render_gallery_options(predictions, count, given, &options));
  sumi_arena_t *memory = sumi_arena_new();
  if (!memory) return sumi_fail_alloc("a gallery", 0);
  sumi_prediction_t *prepared = NULL;
  const int64_t shown = sumi__render_gallery_taken(count, &options);
  sumi_status_t status = prepare(memory, predictions, shown, &options, &prepared);
  sumi_detection_scores_t scores;
  if (status == SUMI_OK) status = match(memory, prepared, shown, &options, &scores);
  if (status == SUMI_OK) status = draw(prepared, shown, &options, &scores, picture);
  sumi_arena_free(memory);
  return status;
}
