#include "charts/color_bar.h"

#include <math.h>

#include "number_text.h"
#include "text.h"
#include "theme.h"

enum { TEXT_PX = 11, BAR_WIDTH_PX = 120, GAP_PX = 8, BAR_HEIGHT_PX = 10 };

void sumi__render_color_bar(sumi_canvas_t *canvas, sumi_rect_t rect, sumi_color_map_t map,
                            double low, double high) {
  char text[SUMI__NUMBER_TEXT_MAX];
  sumi__render_number_text(text, low, 3);
  const int low_width = sumi__render_canvas_text_width(canvas, text, TEXT_PX, false);
  sumi_canvas_text(canvas, text, rect, .size_px = TEXT_PX, .color = SUMI__INK_MUTED);
  sumi_rect_t bar = {rect.x + low_width + GAP_PX, rect.y + (rect.height - BAR_HEIGHT_PX) / 2,
                     BAR_WIDTH_PX, BAR_HEIGHT_PX};
  const int room = rect.width - low_width - 2 * GAP_PX - 48;
  if (bar.width > room) bar.width = room > 0 ? room : 0;
  for (int i = 0; i < bar.width; ++i)
    sumi_canvas_fill(canvas, (sumi_rect_t){bar.x + i, bar.y, 1, bar.height},
                     sumi_color_map_color(map, (i + 0.5) / bar.width));
  sumi__render_number_text(text, high, 3);
  const int at = bar.x + bar.width + GAP_PX;
  sumi_canvas_text(canvas, text, ((sumi_rect_t){at, rect.y, rect.x + rect.width - at, rect.height}),
                   .size_px = TEXT_PX, .color = SUMI__INK_MUTED);
}

void sumi__render_color_range(sumi_color_map_t map, double *low, double *high, double smallest,
                              double largest) {
  if (*low == 0 && *high == 0) {
    const bool any = smallest <= largest;
    *low = any ? smallest : 0;
    *high = any ? largest : 1;
    if (map == SUMI_MAP_DIVERGING) {
      *high = fmax(fabs(*low), fabs(*high));
      *low = -*high;
    }
  }
  if (*low != *high) return;
  const double half = *low == 0 ? 0.5 : fabs(*low) / 2; /* one value is in the middle */
  *low -= half;
  *high += half;
}

double sumi__render_color_share(double value, double low, double high) {
  return isfinite(value) ? (value / 2 - low / 2) / (high / 2 - low / 2) : NAN;
}
