#include "picture_fit.h"

#include <string.h>

#include <sumi/color.h>

#include "picture_reduce.h"

sumi__render_fit_t sumi__render_fit(int width, int height, int budget_px) {
  const int longer = width > height ? width : height;
  if (longer <= budget_px) {
    const int factor = budget_px / longer;
    return (sumi__render_fit_t){width * factor, height * factor, factor};
  }
  const int64_t w = ((int64_t)width * budget_px + longer / 2) / longer;
  const int64_t h = ((int64_t)height * budget_px + longer / 2) / longer;
  return (sumi__render_fit_t){w < 1 ? 1 : (int)w, h < 1 ? 1 : (int)h, 0};
}

static uint32_t opaque(const uint8_t *at, int channels, int x, int y) {
  if (channels == 1) return 0xff000000u | at[0] * 0x010101u;
  const uint32_t color = 0xff000000u | (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 |
                         (uint32_t)at[2];
  return channels == 3 ? color : sumi__render_blend(sumi__render_checker(x, y), color, at[3]);
}

/* Rows of one picture row: written once, then copied. Transparent pictures show the checkerboard
 * inside enlarged pixels, so each of their rows is written. */
static void enlarge(sumi_canvas_t *canvas, const sumi_picture_t *picture, int x, int y,
                    int factor) {
  const int channels = (int)picture->format;
  const size_t row_bytes = (size_t)picture->width * (size_t)factor * sizeof(uint32_t);
  for (int row = 0; row < picture->height; ++row) {
    uint32_t *first = sumi__render_canvas_row(canvas, y + row * factor) + x;
    for (int copy = 0; copy < factor; ++copy) {
      uint32_t *to = sumi__render_canvas_row(canvas, y + row * factor + copy) + x;
      if (copy > 0 && channels != 4) {
        memcpy(to, first, row_bytes);
        continue;
      }
      const uint8_t *from = picture->pixels + (size_t)row * picture->stride_bytes;
      int shown_x = 0;
      for (int column = 0; column < picture->width; ++column, from += channels) {
        if (channels != 4) {
          const uint32_t color = opaque(from, channels, 0, 0);
          for (int i = 0; i < factor; ++i) *to++ = color;
        } else {
          for (int i = 0; i < factor; ++i, ++shown_x)
            *to++ = opaque(from, 4, shown_x, row * factor + copy);
        }
      }
    }
  }
}

void sumi__render_canvas_picture(sumi_canvas_t *canvas, const sumi_picture_t *picture, int x, int y,
                                 sumi__render_fit_t fit) {
  if (!sumi__render_canvas_works(canvas) || x < 0 || y < 0 ||
      x + fit.width > canvas->picture.width || y + fit.height > canvas->picture.height)
    return;
  if (fit.factor > 0)
    enlarge(canvas, picture, x, y, fit.factor);
  else
    sumi__render_reduce(canvas, picture, (sumi_rect_t){x, y, fit.width, fit.height});
}
