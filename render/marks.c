#include "marks.h"

#include <sumi/alloc.h>

#include "canvas_internal.h"
#include "layout.h"
#include "mark_labels.h"
#include "mask_marks.h"
#include "theme.h"

/* Beside lines, so that they show on any ground. */
#define SHADOW 0x59000000u
#define GLOW   0xb3ffffffu

static sumi__render_view_t view_of(int width, int height, sumi_rect_t shown) {
  const int longer = shown.width > shown.height ? shown.width : shown.height;
  const int text = longer < 160 ? 10 : longer < 400 ? 11 : longer < 800 ? 13 : 16;
  return (sumi__render_view_t){.shown = shown,
                               .scale_x = (double)shown.width / width,
                               .scale_y = (double)shown.height / height,
                               .line_px = longer < 800 ? 2 : 3,
                               .text_px = text};
}

static sumi_rect_t box_rect(const sumi__render_view_t *view, const sumi_box_t *box) {
  return sumi__render_view_rect(view, box->x0, box->y0, box->x1, box->y1);
}

/* ---- boxes ---- */

/* Dashes of one side; horizontal or vertical. */
static void dash_side(sumi_canvas_t *canvas, int x, int y, int length, bool horizontal, int thick,
                      sumi_color_t color) {
  const int on = 3 * thick, period = 5 * thick;
  for (int at = 0; at < length; at += period) {
    const int dash = length - at < on ? length - at : on;
    const sumi_rect_t rect = horizontal ? (sumi_rect_t){x + at, y, dash, thick}
                                        : (sumi_rect_t){x, y + at, thick, dash};
    sumi_canvas_fill(canvas, rect, color);
  }
}

static void dashed_frame(sumi_canvas_t *canvas, sumi_rect_t rect, int thick, sumi_color_t color) {
  dash_side(canvas, rect.x, rect.y, rect.width, true, thick, color);
  dash_side(canvas, rect.x, rect.y + rect.height - thick, rect.width, true, thick, color);
  dash_side(canvas, rect.x, rect.y, rect.height, false, thick, color);
  dash_side(canvas, rect.x + rect.width - thick, rect.y, rect.height, false, thick, color);
}

static void draw_predicted(sumi_canvas_t *canvas, const sumi__render_view_t *view,
                           const sumi_box_t *box) {
  const sumi_rect_t rect = box_rect(view, box);
  sumi_canvas_frame(canvas, sumi__render_rect_inset(rect, -1), 1, SHADOW);
  sumi_canvas_frame(canvas, rect, view->line_px,
                    sumi__render_mark_color(box->match, box->class_index));
  sumi_canvas_frame(canvas, sumi__render_rect_inset(rect, view->line_px), 1, SHADOW);
}

/* What was missed stands out: dark between its dashes, and a line more. */
static void draw_true(sumi_canvas_t *canvas, const sumi__render_view_t *view,
                      const sumi_box_t *box) {
  const sumi_rect_t rect = box_rect(view, box);
  const bool missed = box->match == SUMI_MATCH_MISS;
  const int thick = view->line_px + missed;
  sumi_canvas_frame(canvas, rect, thick, missed ? SUMI__INK : GLOW);
  dashed_frame(canvas, rect, thick, sumi__render_mark_color(box->match, box->class_index));
}

/* The truth is drawn over the predictions, whose solid lines would hide it. */
static void draw_boxes(sumi_canvas_t *canvas, const sumi__render_view_t *view,
                       const sumi_prediction_t *prediction) {
  for (int i = 0; i < prediction->box_count; ++i)
    if (prediction->boxes[i].layer == SUMI_LAYER_PREDICTED)
      draw_predicted(canvas, view, &prediction->boxes[i]);
  for (int i = 0; i < prediction->box_count; ++i)
    if (prediction->boxes[i].layer == SUMI_LAYER_TRUTH)
      draw_true(canvas, view, &prediction->boxes[i]);
}

/* ---- key points ---- */

static void draw_bones(sumi_canvas_t *canvas, const sumi__render_view_t *view,
                       const sumi_prediction_t *prediction) {
  for (int i = 0; i < prediction->bone_count; ++i) {
    const sumi_keypoint_t *from = &prediction->keypoints[prediction->bones[i].from];
    const sumi_keypoint_t *to = &prediction->keypoints[prediction->bones[i].to];
    if (from->absent || to->absent) continue;
    const double ends[4] = {
        view->shown.x + from->x * view->scale_x, view->shown.y + from->y * view->scale_y,
        view->shown.x + to->x * view->scale_x, view->shown.y + to->y * view->scale_y};
    sumi_canvas_lines(canvas, ends, 2, (sumi_stroke_t){SHADOW, view->line_px + 2, NULL, 0});
    sumi_canvas_lines(
        canvas, ends, 2,
        (sumi_stroke_t){sumi_palette_color(from->class_index), view->line_px, NULL, 0});
  }
}

static void draw_keypoint(sumi_canvas_t *canvas, const sumi__render_view_t *view,
                          const sumi_keypoint_t *point) {
  if (point->absent) return;
  const double x = view->shown.x + point->x * view->scale_x;
  const double y = view->shown.y + point->y * view->scale_y;
  const double radius = view->line_px + 1.5;
  const sumi_color_t color = sumi_palette_color(point->class_index);
  const bool truth = point->layer == SUMI_LAYER_TRUTH;
  sumi_canvas_disc(canvas, x, y, radius + 1.5, truth ? SUMI__PAPER : SHADOW);
  if (point->hidden)
    sumi_canvas_ring(canvas, x, y, radius, (sumi_stroke_t){color, 1.5, NULL, 0});
  else
    sumi_canvas_disc(canvas, x, y, radius, color);
}

/* ---- labels ---- */

/* Boxes and masks have the same members for it. */
#define LABEL_OF(thing, anchor)                                                                    \
  ((sumi__render_mark_label_t){                                                                    \
      (thing).label, (thing).score, (thing).has_score, (thing).layer == SUMI_LAYER_TRUTH,          \
      (thing).match, sumi__render_mark_color((thing).match, (thing).class_index), (anchor)})

static sumi_status_t draw_labels(sumi_canvas_t *canvas, const sumi__render_view_t *view,
                                 const sumi_prediction_t *prediction,
                                 const sumi_rect_t *mask_anchors) {
  const int boxes = prediction->box_count, count = boxes + prediction->mask_count;
  if (count == 0) return SUMI_OK;
  sumi__render_mark_label_t *labels = sumi_calloc((size_t)count, sizeof *labels);
  if (!labels) return sumi_fail_alloc("labels", (size_t)count * sizeof *labels);
  for (int i = 0; i < boxes; ++i) {
    const sumi_box_t *box = &prediction->boxes[i];
    labels[i] = LABEL_OF(*box, sumi__render_rect_intersect(box_rect(view, box), view->shown));
  }
  for (int i = boxes; i < count; ++i) {
    const sumi_mask_t *mask = &prediction->masks[i - boxes];
    labels[i] = LABEL_OF(*mask, sumi__render_rect_intersect(mask_anchors[i - boxes], view->shown));
  }
  const sumi_status_t status = sumi__render_mark_labels(canvas, view, labels, count);
  sumi_free(labels);
  return status;
}

static sumi_status_t draw_marks(sumi_canvas_t *canvas, const sumi__render_view_t *view,
                                const sumi_prediction_t *prediction, sumi_rect_t *mask_anchors) {
  SUMI_TRY(sumi__render_masks_draw(canvas, view, prediction, mask_anchors));
  draw_boxes(canvas, view, prediction);
  draw_bones(canvas, view, prediction);
  for (int i = 0; i < prediction->keypoint_count; ++i)
    draw_keypoint(canvas, view, &prediction->keypoints[i]);
  return draw_labels(canvas, view, prediction, mask_anchors);
}

sumi_status_t sumi__render_marks_draw(sumi_canvas_t *canvas, const sumi_prediction_t *prediction,
                                      int width, int height, sumi_rect_t shown) {
  const sumi__render_view_t view = view_of(width, height, shown);
  if (!sumi__render_canvas_works(canvas)) return SUMI_OK;
  const size_t masks = (size_t)prediction->mask_count;
  sumi_rect_t *mask_anchors = sumi_calloc(masks, sizeof *mask_anchors);
  if (!mask_anchors) return sumi_fail_alloc("masks", masks * sizeof *mask_anchors);
  sumi_canvas_clip(canvas, shown);
  const sumi_status_t status = draw_marks(canvas, &view, prediction, mask_anchors);
  sumi_canvas_clip(canvas, (sumi_rect_t){0});
  sumi_free(mask_anchors);
  return status;
}
