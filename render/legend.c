#include "legend.h"

#include <string.h>

#include "canvas_internal.h"
#include "text.h"
#include "theme.h"

enum { TEXT_PX = 12, SQUARE_PX = 10, SQUARE_GAP_PX = 6, ITEM_GAP_PX = 18, LINE_GAP_PX = 4 };

void sumi__render_legend_add(sumi__render_legend_t *legend, sumi_color_t color, const char *text) {
  if (legend->count == SUMI__LEGEND_MAX) return;
  const size_t length = sumi__render_cut_length(text, SUMI__LEGEND_TEXT_MAX - 1);
  legend->items[legend->count].color = color;
  memcpy(legend->items[legend->count].text, text, length);
  legend->items[legend->count].text[length] = '\0';
  ++legend->count;
}

/* Walks through the items as they are set; draws them when there is a canvas. */
static sumi_status_t set_items(sumi_canvas_t *canvas, const sumi__render_legend_t *legend,
                               sumi_rect_t at, int *height) {
  sumi_status_t status = SUMI_OK;
  const int line = sumi_text_height_px(TEXT_PX);
  int x = at.x, y = at.y;
  for (int i = 0; i < legend->count; ++i) {
    const sumi_color_t color = legend->items[i].color;
    const int square = color ? SQUARE_PX + SQUARE_GAP_PX : 0;
    int width = square + sumi__render_text_width(legend->items[i].text, TEXT_PX, false, &status);
    if (width > at.width) width = at.width;
    if (x > at.x && x + width > at.x + at.width) {
      x = at.x;
      y += line + LINE_GAP_PX;
    }
    if (canvas && color)
      sumi_canvas_fill(canvas, (sumi_rect_t){x, y + (line - SQUARE_PX) / 2, SQUARE_PX, SQUARE_PX},
                       color);
    if (canvas)
      sumi_canvas_text(canvas, legend->items[i].text,
                       ((sumi_rect_t){x + square, y, width - square, line}), .size_px = TEXT_PX,
                       .color = SUMI__INK_MUTED);
    x += width + ITEM_GAP_PX;
  }
  *height = legend->count ? y + line - at.y : 0;
  return status;
}

sumi_status_t sumi__render_legend_height(const sumi__render_legend_t *legend, int width,
                                         int *height) {
  return set_items(NULL, legend, (sumi_rect_t){0, 0, width, 0}, height);
}

void sumi__render_legend_draw(sumi_canvas_t *canvas, const sumi__render_legend_t *legend,
                              sumi_rect_t at) {
  int height;
  const sumi_status_t status = set_items(canvas, legend, at, &height);
  if (status != SUMI_OK) sumi__render_canvas_fail(canvas, status);
}
