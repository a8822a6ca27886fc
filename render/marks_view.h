/* How a picture is shown, for what is drawn on it. */
#ifndef SUMI_RENDER_MARKS_VIEW_H
#define SUMI_RENDER_MARKS_VIEW_H

#include <math.h>

#include <sumi/color.h>
#include <sumi/prediction.h>

/* From pixels of the picture to pixels of the canvas. */
typedef struct {
  sumi_rect_t shown;
  double scale_x, scale_y;
  int line_px, text_px;
} sumi__render_view_t;

/* Far outside is brought near, still outside: the conversion to int stays defined. */
static inline int sumi__render_to_pixel(double at) {
  return (int)fmin(fmax(floor(at + 0.5), -100000), 100000);
}

/* Where a rectangle of the picture is shown: a pixel wide and high at least. */
static inline sumi_rect_t sumi__render_view_rect(const sumi__render_view_t *view, double left,
                                                 double top, double right, double bottom) {
  const int x0 = sumi__render_to_pixel(view->shown.x + left * view->scale_x);
  const int y0 = sumi__render_to_pixel(view->shown.y + top * view->scale_y);
  const int x1 = sumi__render_to_pixel(view->shown.x + right * view->scale_x);
  const int y1 = sumi__render_to_pixel(view->shown.y + bottom * view->scale_y);
  return (sumi_rect_t){x0, y0, x1 > x0 ? x1 - x0 : 1, y1 > y0 ? y1 - y0 : 1};
}

/* A thing without a score is certain; NaN is no score, and comes last. */
static inline double sumi__render_score(bool has_score, double score) {
  return !has_score ? 1 : isnan(score) ? -INFINITY : score;
}

/* What was matched has the colour of what became of it, all else that of its class. */
static inline sumi_color_t sumi__render_mark_color(sumi_match_t match, int class_index) {
  switch (match) {
  case SUMI_MATCH_HIT: return SUMI_COLOR_RIGHT;
  case SUMI_MATCH_MISS: return SUMI_COLOR_MISSED;
  case SUMI_MATCH_FALSE_ALARM: return SUMI_COLOR_WRONG;
  case SUMI_MATCH_NONE: break;
  }
  return sumi_palette_color(class_index);
}

#endif
