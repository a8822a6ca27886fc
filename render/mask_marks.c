#include "mask_marks.h"

#include <stdlib.h>

#include <sumi/alloc.h>

#include "canvas_internal.h"
#include "mask_pixels.h"

enum { FILL_ALPHA = 115, MAX_LINE_PX = 4 };

/* A mask with a byte for each pixel, and which pixel is shown where: columns[x + MAX_LINE_PX] for
 * the shown column x, also around the picture, where it is -1. */
typedef struct {
  int64_t width, height;
  uint8_t *inside;
  int *columns, *rows;
} region_t;

/* What is drawn when. */
typedef struct {
  int64_t area;
  int index;
} turn_t;

static int larger_first(const void *a, const void *b) {
  const turn_t *x = a, *y = b;
  if (x->area != y->area) return x->area > y->area ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

static void fill_inside(region_t *region, const sumi_array_view_t *mask) {
  const int64_t count = region->width * region->height;
  for (int64_t i = 0; i < count; ++i) region->inside[i] = sumi__render_mask_inside(mask, i);
}

/* The region's area, and the rectangle around it in pixels of the canvas. */
static int64_t measure(const region_t *region, const sumi__render_view_t *view,
                       sumi_rect_t *anchor) {
  int64_t area = 0, left = region->width, right = -1, top = region->height, bottom = -1;
  for (int64_t y = 0; y < region->height; ++y) {
    const uint8_t *row = region->inside + y * region->width;
    int64_t in_row = 0;
    for (int64_t x = 0; x < region->width; ++x) in_row += row[x];
    if (in_row == 0) continue;
    area += in_row;
    if (top > y) top = y;
    bottom = y;
    for (int64_t x = 0; x < left; ++x)
      if (row[x]) left = x;
    for (int64_t x = region->width - 1; x > right; --x)
      if (row[x]) right = x;
  }
  *anchor = area ? sumi__render_view_rect(view, (double)left, (double)top, (double)right + 1,
                                          (double)bottom + 1)
                 : (sumi_rect_t){0};
  return area;
}

static bool is_inside(const region_t *region, int shown_x, int shown_y) {
  const int x = region->columns[shown_x + MAX_LINE_PX], y = region->rows[shown_y + MAX_LINE_PX];
  return x >= 0 && y >= 0 && region->inside[y * region->width + x];
}

/* Shown pixels of the region within `reach` of one that is outside. */
static bool is_outline(const region_t *region, int x, int y, int reach) {
  for (int dy = -reach; dy <= reach; dy += reach)
    for (int dx = -reach; dx <= reach; dx += reach)
      if (!is_inside(region, x + dx, y + dy)) return true;
  return false;
}

static void draw_region(sumi_canvas_t *canvas, const sumi__render_view_t *view,
                        const region_t *region, const sumi_mask_t *mask) {
  const sumi_color_t color = sumi__render_mark_color(mask->match, mask->class_index);
  for (int y = 0; y < view->shown.height; ++y) {
    uint32_t *row = sumi__render_canvas_row(canvas, view->shown.y + y) + view->shown.x;
    for (int x = 0; x < view->shown.width; ++x) {
      if (!is_inside(region, x, y)) continue;
      if (is_outline(region, x, y, view->line_px))
        row[x] = color;
      else if (mask->layer == SUMI_LAYER_PREDICTED)
        row[x] = sumi__render_blend(row[x], color, FILL_ALPHA);
    }
  }
}

static void find_pixels(int *pixels, int shown, double scale, int64_t length) {
  for (int i = -MAX_LINE_PX; i < shown + MAX_LINE_PX; ++i) {
    const double at = floor(i / scale);
    pixels[i + MAX_LINE_PX] = at >= 0 && at < (double)length ? (int)at : -1;
  }
}

static void draw_all(sumi_canvas_t *canvas, const sumi__render_view_t *view,
                     const sumi_prediction_t *prediction, region_t *region, turn_t *turns,
                     sumi_rect_t *anchors) {
  const int count = prediction->mask_count;
  find_pixels(region->columns, view->shown.width, view->scale_x, region->width);
  find_pixels(region->rows, view->shown.height, view->scale_y, region->height);
  for (int i = 0; i < count; ++i) {
    fill_inside(region, &prediction->masks[i].pixels);
    turns[i] = (turn_t){measure(region, view, &anchors[i]), i};
  }
  qsort(turns, (size_t)count, sizeof *turns, larger_first);
  for (int i = 0; i < count; ++i) {
    const sumi_mask_t *mask = &prediction->masks[turns[i].index];
    if (count > 1) fill_inside(region, &mask->pixels);
    draw_region(canvas, view, region, mask);
  }
}

sumi_status_t sumi__render_masks_draw(sumi_canvas_t *canvas, const sumi__render_view_t *view,
                                      const sumi_prediction_t *prediction, sumi_rect_t *anchors) {
  const int count = prediction->mask_count;
  if (count == 0) return SUMI_OK;
  region_t region = {.height = prediction->image.dims[0], .width = prediction->image.dims[1]};
  const size_t pixels = (size_t)(region.height * region.width);
  region.inside = sumi_malloc(pixels);
  region.columns = sumi_calloc((size_t)view->shown.width + 2 * MAX_LINE_PX, sizeof(int));
  region.rows = sumi_calloc((size_t)view->shown.height + 2 * MAX_LINE_PX, sizeof(int));
  turn_t *turns = sumi_calloc((size_t)count, sizeof *turns);
  const bool enough = region.inside && region.columns && region.rows && turns;
  if (enough) draw_all(canvas, view, prediction, &region, turns, anchors);
  sumi_free(region.inside);
  sumi_free(region.columns);
  sumi_free(region.rows);
  sumi_free(turns);
  return enough ? SUMI_OK : sumi_fail_alloc("masks", pixels);
}
