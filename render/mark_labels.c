#include "mark_labels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <sumi/alloc.h>
#include <sumi/buffer.h>

#include "canvas_internal.h"
#include "layout.h"
#include "number_text.h"
#include "text.h"
#include "theme.h"

enum {
  MAX_LABELS = 64,
  PAD_PX = 3,
  SHARE = 5,   /* of the picture that labels may cover: one part of so many */
  SHORTEST = 4 /* a shortened label is at least so many times as wide as it is high */
};

/* What is wrong comes first, what is true but not matched last: its box stands beside a
 * prediction's. */
static int rank_of(const sumi__render_mark_label_t *label) {
  switch (label->match) {
  case SUMI_MATCH_MISS: return 0;
  case SUMI_MATCH_FALSE_ALARM: return 1;
  case SUMI_MATCH_HIT:
  case SUMI_MATCH_NONE: break;
  }
  return label->truth ? 3 : 2;
}

static double score_of(const sumi__render_mark_label_t *label) {
  return sumi__render_score(label->has_score, label->score);
}

/* Equal ones lie in one array, in the order given. */
static int in_order(const void *a, const void *b) {
  const sumi__render_mark_label_t *x = *(const sumi__render_mark_label_t *const *)a,
                                  *y = *(const sumi__render_mark_label_t *const *)b;
  if (rank_of(x) != rank_of(y)) return rank_of(x) - rank_of(y);
  if (score_of(x) != score_of(y)) return score_of(x) > score_of(y) ? -1 : 1;
  return x < y ? -1 : x > y;
}

/* Whether characters of the text may be set from right to left, and with them what follows. */
static bool is_bidirectional(const char *text) {
  for (const unsigned char *at = (const unsigned char *)text; *at; ++at) {
    if (*at >= 0xd6 && *at <= 0xdf) return true;   /* Hebrew, Arabic, Syriac, Thaana, N'Ko */
    if (*at == 0xe0 && at[1] <= 0xa3) return true; /* Samaritan to Arabic Extended */
    if (*at == 0xe2 && (at[1] == 0x80 || at[1] == 0x81)) return true; /* marks and embeddings */
    if (*at == 0xef || *at == 0xf0) return true; /* presentation forms, the rarer scripts */
  }
  return false;
}

/* "cat 92%", "missed cat" */
static sumi_status_t text_of(const sumi__render_mark_label_t *label, sumi_buffer_t *text) {
  sumi_buffer_clear(text);
  if (label->match == SUMI_MATCH_MISS) sumi_buffer_puts(text, "missed");
  if (label->label) {
    const bool isolated = is_bidirectional(label->label);
    if (text->size) sumi_buffer_putc(text, ' ');
    sumi_buffer_printf(text, isolated ? "\u2068%s\u2069" : "%s", label->label);
  }
  if (label->has_score) {
    char share[SUMI__NUMBER_TEXT_MAX];
    sumi__render_share_text(share, label->score);
    sumi_buffer_printf(text, "%s%s", text->size ? " " : "", share);
  }
  return sumi_buffer_text(text) ? SUMI_OK : sumi_buffer_status(text, "a label");
}

/* Solid plates belong to predictions and to what was missed, white ones with coloured text to the
 * truth. */
static void draw_plate(sumi_canvas_t *canvas, const sumi__render_view_t *view, const char *text,
                       sumi_rect_t plate, sumi_color_t color, bool solid) {
  sumi_canvas_fill(canvas, plate, solid ? color : SUMI__PAPER);
  if (!solid) sumi_canvas_frame(canvas, plate, 1, color);
  const sumi_rect_t inside = {plate.x + PAD_PX, plate.y, plate.width - 2 * PAD_PX, plate.height};
  sumi_canvas_text(canvas, text, inside, .size_px = view->text_px,
                   .color = solid ? sumi_color_ink_on(color)
                                  : sumi_color_legible_on(color, SUMI__PAPER),
                   .ellipsis = SUMI_ELLIPSIS_MIDDLE);
}

/* What is placed, and how much more may be. */
typedef struct {
  sumi_rect_t taken[MAX_LABELS + 1];
  int count, height;
  int64_t area_left;
} placed_t;

/* A free place for the plate, whole or shortened; false when there is none. */
static bool find_place(const sumi__render_view_t *view, placed_t *placed, int width,
                       sumi_rect_t anchor, sumi_rect_t *plate) {
  if (placed->count == MAX_LABELS) return false;
  const int height = placed->height, shortest = SHORTEST * height;
  for (int wide = width < view->shown.width ? width : view->shown.width;;) {
    const bool fits = (int64_t)wide * height <= placed->area_left || placed->count == 0;
    *plate = sumi__render_place_label(wide, height, anchor, view->shown, placed->taken,
                                      placed->count);
    if (fits && sumi__render_rect_overlap(*plate, placed->taken, placed->count) == 0) break;
    if (wide <= shortest) return false;
    wide = wide * 3 / 4 > shortest ? wide * 3 / 4 : shortest;
  }
  placed->area_left -= sumi__render_rect_area(*plate);
  placed->taken[placed->count++] = *plate;
  return true;
}

static void say_left_out(sumi_canvas_t *canvas, const sumi__render_view_t *view, placed_t *placed,
                         int left_out) {
  char text[32];
  snprintf(text, sizeof text, "+%d more", left_out);
  int width = sumi__render_canvas_text_width(canvas, text, view->text_px, false) + 2 * PAD_PX;
  if (2 * width > view->shown.width) {
    snprintf(text, sizeof text, "+%d", left_out);
    width = sumi__render_canvas_text_width(canvas, text, view->text_px, false) + 2 * PAD_PX;
  }
  const sumi_rect_t shown = view->shown,
                    corner = {shown.x + shown.width - 1, shown.y + shown.height - 1, 1, 1};
  const sumi_rect_t plate = sumi__render_place_label(width, placed->height, corner, shown,
                                                     placed->taken, placed->count);
  draw_plate(canvas, view, text, plate, SUMI__INK, true);
}

static sumi_status_t draw_all(sumi_canvas_t *canvas, const sumi__render_view_t *view,
                              const sumi__render_mark_label_t *const *order, int count,
                              int height) {
  placed_t placed = {.height = height, .area_left = sumi__render_rect_area(view->shown) / SHARE};
  sumi_buffer_t text = {0};
  sumi_status_t status = SUMI_OK;
  int left_out = 0;
  for (int i = 0; i < count && status == SUMI_OK; ++i) {
    const sumi__render_mark_label_t *label = order[i];
    status = text_of(label, &text);
    if (status != SUMI_OK || text.size == 0) continue;
    const int width = sumi__render_canvas_text_width(canvas, text.data, view->text_px, false) +
                      2 * PAD_PX;
    sumi_rect_t plate;
    if (find_place(view, &placed, width, label->anchor, &plate))
      draw_plate(canvas, view, text.data, plate, label->color,
                 !label->truth || label->match == SUMI_MATCH_MISS);
    else
      ++left_out;
  }
  if (left_out && status == SUMI_OK) say_left_out(canvas, view, &placed, left_out);
  sumi_buffer_release(&text);
  return status;
}

/* A truth that was found is told by its prediction. */
static bool is_wanted(const sumi__render_mark_label_t *label) {
  return sumi__render_rect_area(label->anchor) > 0 &&
         !(label->truth && label->match == SUMI_MATCH_HIT);
}

sumi_status_t sumi__render_mark_labels(sumi_canvas_t *canvas, const sumi__render_view_t *view,
                                       const sumi__render_mark_label_t *labels, int count) {
  const int height = sumi_text_height_px(view->text_px) + 1;
  if (view->shown.height < 2 * height || view->shown.width < 3 * height) return SUMI_OK;
  const sumi__render_mark_label_t **order = sumi_calloc((size_t)count, sizeof *order);
  if (!order) return sumi_fail_alloc("labels", (size_t)count * sizeof *order);
  int wanted = 0;
  for (int i = 0; i < count; ++i)
    if (is_wanted(&labels[i])) order[wanted++] = &labels[i];
  qsort(order, (size_t)wanted, sizeof *order, in_order);
  const sumi_status_t status = draw_all(canvas, view, order, wanted, height);
  sumi_free((void *)order);
  return status;
}
