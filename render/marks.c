#include "marks.h"

#include <math.h>

#include <sumi/alloc.h>
#include <sumi/buffer.h>

#include "canvas_internal.h"
#include "layout.h"
#include "number_text.h"
#include "text.h"
#include "theme.h"

enum { MAX_LABELS = 64, MASK_ALPHA = 115, LABEL_PAD_PX = 3 };
/* Beside lines, so that they show on any ground. */
#define SHADOW 0x59000000u
#define GLOW   0xb3ffffffu

/* From pixels of the picture to pixels of the canvas. */
typedef struct {
  sumi_rect_t shown;
  double scale_x, scale_y;
  int line_px, text_px;
} view_t;

static view_t view_of(int width, int height, sumi_rect_t shown) {
  const int longer = shown.width > shown.height ? shown.width : shown.height;
  const int text = longer < 160 ? 10 : longer < 400 ? 11 : longer < 800 ? 13 : 16;
  return (view_t){.shown = shown,
                  .scale_x = (double)shown.width / width,
                  .scale_y = (double)shown.height / height,
                  .line_px = longer < 800 ? 2 : 3,
                  .text_px = text};
}

/* Far outside is brought near, still outside: the conversion to int stays defined. */
static int to_pixel(double at) {
  return (int)fmin(fmax(floor(at + 0.5), -100000), 100000);
}

static sumi_rect_t box_rect(const view_t *view, const sumi_box_t *box) {
  const int x0 = to_pixel(view->shown.x + box->x0 * view->scale_x);
  const int y0 = to_pixel(view->shown.y + box->y0 * view->scale_y);
  const int x1 = to_pixel(view->shown.x + box->x1 * view->scale_x);
  const int y1 = to_pixel(view->shown.y + box->y1 * view->scale_y);
  return (sumi_rect_t){x0, y0, x1 > x0 ? x1 - x0 : 1, y1 > y0 ? y1 - y0 : 1};
}

/* ---- masks ---- */

static bool in_mask(const sumi_array_view_t *mask, int64_t x, int64_t y) {
  if (x < 0 || y < 0 || x >= mask->dims[1] || y >= mask->dims[0]) return false;
  return sumi_array_view_double(mask, y * mask->dims[1] + x) > 0.5;
}

/* A region's outline: its shown pixels within `line_px` of one that is outside. */
static bool on_outline(const sumi_array_view_t *mask, const view_t *view, int x, int y) {
  const int reach = view->line_px;
  for (int dy = -reach; dy <= reach; dy += reach)
    for (int dx = -reach; dx <= reach; dx += reach)
      if (!in_mask(mask, (int64_t)floor((x + dx) / view->scale_x),
                   (int64_t)floor((y + dy) / view->scale_y)))
        return true;
  return false;
}

static void draw_mask(sumi_canvas_t *canvas, const view_t *view, const sumi_mask_t *mask) {
  const sumi_color_t color = sumi_palette_color(mask->class_index);
  for (int y = 0; y < view->shown.height; ++y) {
    uint32_t *row = sumi__render_canvas_row(canvas, view->shown.y + y) + view->shown.x;
    const int64_t from_y = (int64_t)(y / view->scale_y);
    for (int x = 0; x < view->shown.width; ++x) {
      if (!in_mask(&mask->pixels, (int64_t)(x / view->scale_x), from_y)) continue;
      if (on_outline(&mask->pixels, view, x, y))
        row[x] = color;
      else if (mask->layer == SUMI_LAYER_PREDICTED)
        row[x] = sumi__render_blend(row[x], color, MASK_ALPHA);
    }
  }
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

static void draw_box(sumi_canvas_t *canvas, const view_t *view, const sumi_box_t *box) {
  const sumi_rect_t rect = box_rect(view, box);
  const sumi_color_t color = sumi_palette_color(box->class_index);
  if (box->layer == SUMI_LAYER_PREDICTED) {
    sumi_canvas_frame(canvas, sumi__render_rect_inset(rect, -1), 1, SHADOW);
    sumi_canvas_frame(canvas, rect, view->line_px, color);
    sumi_canvas_frame(canvas, sumi__render_rect_inset(rect, view->line_px), 1, SHADOW);
  } else {
    sumi_canvas_frame(canvas, rect, view->line_px, GLOW);
    dashed_frame(canvas, rect, view->line_px, color);
  }
}

/* "cat 92%" */
static sumi_status_t label_text(const sumi_box_t *box, sumi_buffer_t *text) {
  sumi_buffer_clear(text);
  if (box->label) sumi_buffer_puts(text, box->label);
  if (box->has_score) {
    char share[SUMI__NUMBER_TEXT_MAX];
    sumi__render_share_text(share, box->score);
    sumi_buffer_printf(text, "%s%s", text->size ? " " : "", share);
  }
  return sumi_buffer_text(text) ? SUMI_OK : sumi_buffer_status(text, "a box's label");
}

/* Solid plates belong to predictions, white ones with coloured text to the truth. */
static void draw_label(sumi_canvas_t *canvas, const view_t *view, const sumi_box_t *box,
                       const char *text, sumi_rect_t plate) {
  const sumi_color_t color = sumi_palette_color(box->class_index);
  const bool truth = box->layer == SUMI_LAYER_TRUTH;
  sumi_canvas_fill(canvas, plate, truth ? SUMI__PAPER : color);
  if (truth) sumi_canvas_frame(canvas, plate, 1, color);
  const sumi_rect_t inside = {plate.x + LABEL_PAD_PX, plate.y, plate.width - 2 * LABEL_PAD_PX,
                              plate.height};
  sumi_canvas_text(canvas, text, inside, .size_px = view->text_px,
                   .color = truth ? sumi_color_legible_on(color, SUMI__PAPER)
                                  : sumi_color_ink_on(color),
                   .ellipsis = SUMI_ELLIPSIS_MIDDLE);
}

static sumi_status_t draw_labels(sumi_canvas_t *canvas, const view_t *view, const sumi_box_t *boxes,
                                 int count) {
  const int height = sumi_text_height_px(view->text_px) + 1;
  if (view->shown.height < 2 * height || view->shown.width < 3 * height) return SUMI_OK;
  sumi_rect_t taken[MAX_LABELS];
  sumi_buffer_t text = {0};
  sumi_status_t status = SUMI_OK;
  for (int i = 0, placed = 0; i < count && placed < MAX_LABELS && status == SUMI_OK; ++i) {
    status = label_text(&boxes[i], &text);
    if (status != SUMI_OK || text.size == 0) continue;
    const sumi_rect_t anchor = sumi__render_rect_intersect(box_rect(view, &boxes[i]), view->shown);
    if (sumi__render_rect_area(anchor) == 0) continue;
    const int width = sumi__render_canvas_text_width(canvas, text.data, view->text_px, false);
    const sumi_rect_t plate = sumi__render_place_label(width + 2 * LABEL_PAD_PX, height, anchor,
                                                       view->shown, taken, placed);
    draw_label(canvas, view, &boxes[i], text.data, plate);
    taken[placed++] = plate;
  }
  sumi_buffer_release(&text);
  return status;
}

/* ---- key points ---- */

static void draw_bones(sumi_canvas_t *canvas, const view_t *view,
                       const sumi_prediction_t *prediction) {
  for (int i = 0; i < prediction->bone_count; ++i) {
    const sumi_keypoint_t *from = &prediction->keypoints[prediction->bones[i].from];
    const sumi_keypoint_t *to = &prediction->keypoints[prediction->bones[i].to];
    const double ends[4] = {
        view->shown.x + from->x * view->scale_x, view->shown.y + from->y * view->scale_y,
        view->shown.x + to->x * view->scale_x, view->shown.y + to->y * view->scale_y};
    sumi_canvas_lines(canvas, ends, 2, (sumi_stroke_t){SHADOW, view->line_px + 2, NULL, 0});
    sumi_canvas_lines(
        canvas, ends, 2,
        (sumi_stroke_t){sumi_palette_color(from->class_index), view->line_px, NULL, 0});
  }
}

static void draw_keypoint(sumi_canvas_t *canvas, const view_t *view, const sumi_keypoint_t *point) {
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

sumi_status_t sumi__render_marks_draw(sumi_canvas_t *canvas, const sumi_prediction_t *prediction,
                                      int width, int height, sumi_rect_t shown) {
  const view_t view = view_of(width, height, shown);
  if (!sumi__render_canvas_works(canvas)) return SUMI_OK;
  sumi_canvas_clip(canvas, shown);
  for (int i = 0; i < prediction->mask_count; ++i) draw_mask(canvas, &view, &prediction->masks[i]);
  for (int i = 0; i < prediction->box_count; ++i) draw_box(canvas, &view, &prediction->boxes[i]);
  draw_bones(canvas, &view, prediction);
  for (int i = 0; i < prediction->keypoint_count; ++i)
    draw_keypoint(canvas, &view, &prediction->keypoints[i]);
  const sumi_status_t status = draw_labels(canvas, &view, prediction->boxes, prediction->box_count);
  sumi_canvas_clip(canvas, (sumi_rect_t){0});
  return status;
}
