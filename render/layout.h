/* Arithmetic of rectangles, and places for labels. */
#ifndef SUMI_RENDER_LAYOUT_H
#define SUMI_RENDER_LAYOUT_H

#include <sumi/picture.h>

/* What lies in both; width or height 0 when nothing does. */
sumi_rect_t sumi__render_rect_intersect(sumi_rect_t a, sumi_rect_t b);

/* The rectangle without a margin of `by` pixels (wider by -by) on every side. */
static inline sumi_rect_t sumi__render_rect_inset(sumi_rect_t rect, int by) {
  return (sumi_rect_t){rect.x + by, rect.y + by, rect.width - 2 * by, rect.height - 2 * by};
}

static inline int64_t sumi__render_rect_area(sumi_rect_t rect) {
  return rect.width > 0 && rect.height > 0 ? (int64_t)rect.width * rect.height : 0;
}

/* The rectangle with sides that can be computed with, wherever a user put it: what is cut off lies
 * far outside all pictures. */
sumi_rect_t sumi__render_rect_near(sumi_rect_t rect);

/* Columns of a grid of `count` cells of that size that make it about as wide as high, at least
 * 1. */
int sumi__render_square_columns(int64_t count, int cell_width, int cell_height);

/* How much of the rectangle lies in the `count` rectangles `taken`. */
int64_t sumi__render_rect_overlap(sumi_rect_t rect, const sumi_rect_t *taken, int count);

/* Where a label of width x height goes that belongs to `anchor` and must stay inside `frame` and
 * off the `taken_count` rectangles `taken`: above the anchor, below it, on its sides, and only
 * where these have no room over it, at its corners; then along rows of the frame; the place with
 * the least overlap when there is no free one. The size is cut to the frame's. */
sumi_rect_t sumi__render_place_label(int width, int height, sumi_rect_t anchor, sumi_rect_t frame,
                                     const sumi_rect_t *taken, int taken_count);

#endif
