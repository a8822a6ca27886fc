#include "layout.h"

#include <math.h>

static int least(int a, int b) {
  return a < b ? a : b;
}

static int greatest(int a, int b) {
  return a > b ? a : b;
}

/* Ends as int64, so that rectangles given by users may lie anywhere. */
sumi_rect_t sumi__render_rect_intersect(sumi_rect_t a, sumi_rect_t b) {
  const int x = greatest(a.x, b.x), y = greatest(a.y, b.y);
  const int64_t right_a = (int64_t)a.x + a.width, right_b = (int64_t)b.x + b.width;
  const int64_t bottom_a = (int64_t)a.y + a.height, bottom_b = (int64_t)b.y + b.height;
  const int64_t width = (right_a < right_b ? right_a : right_b) - x;
  const int64_t height = (bottom_a < bottom_b ? bottom_a : bottom_b) - y;
  if (width <= 0 || height <= 0) return (sumi_rect_t){x, y, 0, 0};
  return (sumi_rect_t){x, y, (int)width, (int)height};
}

sumi_rect_t sumi__render_rect_near(sumi_rect_t rect) {
  const int far = 1 << 28;
  return sumi__render_rect_intersect(rect, (sumi_rect_t){-far, -far, 2 * far, 2 * far});
}

int sumi__render_square_columns(int64_t count, int cell_width, int cell_height) {
  const double columns = sqrt((double)count * cell_height / cell_width);
  const int64_t rounded = (int64_t)(columns + 0.5);
  return (int)(rounded < 1 ? 1 : rounded > count && count > 0 ? count : rounded);
}

static sumi_rect_t clamp_into(sumi_rect_t rect, sumi_rect_t frame) {
  rect.x = greatest(frame.x, least(rect.x, frame.x + frame.width - rect.width));
  rect.y = greatest(frame.y, least(rect.y, frame.y + frame.height - rect.height));
  return rect;
}

int64_t sumi__render_rect_overlap(sumi_rect_t rect, const sumi_rect_t *taken, int count) {
  int64_t area = 0;
  for (int i = 0; i < count; ++i)
    area += sumi__render_rect_area(sumi__render_rect_intersect(rect, taken[i]));
  return area;
}

/* The best place found so far. */
typedef struct {
  sumi_rect_t rect;
  int64_t overlap; /* -1: none yet */
} place_t;

/* Returns true when the candidate is free, so that the search may stop. */
static bool try_place(place_t *best, sumi_rect_t candidate, sumi_rect_t frame,
                      const sumi_rect_t *taken, int taken_count) {
  candidate = clamp_into(candidate, frame);
  const int64_t area = sumi__render_rect_overlap(candidate, taken, taken_count);
  if (best->overlap < 0 || area < best->overlap) *best = (place_t){candidate, area};
  return area == 0;
}

/* Rows of the frame by their distance from the anchor, and in each row the ends of what is
 * taken. */
static void search_rows(place_t *best, int width, int height, sumi_rect_t anchor, sumi_rect_t frame,
                        const sumi_rect_t *taken, int taken_count) {
  for (int distance = 0; distance <= frame.height; distance += greatest(1, height / 2))
    for (int side = -1; side <= 1; side += 2) {
      const int y = anchor.y + side * distance;
      if (y < frame.y || y + height > frame.y + frame.height) continue;
      if (try_place(best, (sumi_rect_t){anchor.x, y, width, height}, frame, taken, taken_count))
        return;
      for (int i = 0; i < taken_count; ++i) {
        const sumi_rect_t right = {taken[i].x + taken[i].width, y, width, height};
        const sumi_rect_t left = {taken[i].x - width, y, width, height};
        if (try_place(best, right, frame, taken, taken_count) ||
            try_place(best, left, frame, taken, taken_count))
          return;
      }
    }
}

sumi_rect_t sumi__render_place_label(int width, int height, sumi_rect_t anchor, sumi_rect_t frame,
                                     const sumi_rect_t *taken, int taken_count) {
  width = least(width, frame.width);
  height = least(height, frame.height);
  anchor = clamp_into((sumi_rect_t){anchor.x, anchor.y, least(anchor.width, frame.width),
                                    least(anchor.height, frame.height)},
                      frame);
  const int left = anchor.x, right = anchor.x + anchor.width - width;
  const int top = anchor.y, bottom = anchor.y + anchor.height;
  const sumi_rect_t beside[] = {
      {left, top - height, width, height},           {left, bottom, width, height},
      {right, top - height, width, height},          {right, bottom, width, height},
      {anchor.x + anchor.width, top, width, height}, {anchor.x - width, top, width, height},
  };
  const sumi_rect_t over[] = {
      {left, top, width, height},
      {left, bottom - height, width, height},
      {right, top, width, height},
      {right, bottom - height, width, height},
  };
  place_t best = {.overlap = -1};
  for (size_t i = 0; i < sizeof beside / sizeof *beside; ++i)
    if (sumi__render_rect_overlap(clamp_into(beside[i], frame), &anchor, 1) == 0 &&
        try_place(&best, beside[i], frame, taken, taken_count))
      return best.rect;
  for (size_t i = 0; i < sizeof over / sizeof *over; ++i)
    if (try_place(&best, over[i], frame, taken, taken_count)) return best.rect;
  search_rows(&best, width, height, anchor, frame, taken, taken_count);
  return best.rect;
}
