/* Looking at drawn pixels. */
#ifndef SUMI_TESTS_RENDER_INSPECT_H
#define SUMI_TESTS_RENDER_INSPECT_H

#include <sumi/picture.h>

/* Where the pixels are that differ from `ground`: their bounding box, width 0 when there are
 * none. */
static inline sumi_rect_t drawn_box(const sumi_picture_t *picture, uint32_t ground) {
  int left = picture->width, right = -1, top = picture->height, bottom = -1;
  for (int y = 0; y < picture->height; ++y)
    for (int x = 0; x < picture->width; ++x) {
      if (sumi_picture_pixel(picture, x, y) == ground) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
  if (right < 0) return (sumi_rect_t){0, 0, 0, 0};
  return (sumi_rect_t){left, top, right - left + 1, bottom - top + 1};
}

static inline bool lies_within(sumi_rect_t inner, sumi_rect_t outer) {
  return inner.x >= outer.x && inner.y >= outer.y &&
         inner.x + inner.width <= outer.x + outer.width &&
         inner.y + inner.height <= outer.y + outer.height;
}

/* Pixels of exactly that colour within a rectangle. */
static inline int count_color(const sumi_picture_t *picture, sumi_rect_t where, uint32_t color) {
  int count = 0;
  for (int y = where.y; y < where.y + where.height; ++y)
    for (int x = where.x; x < where.x + where.width; ++x)
      count += sumi_picture_pixel(picture, x, y) == color;
  return count;
}

#endif
