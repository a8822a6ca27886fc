#include "picture_fit.h"

#include <string.h>

#include <sumi/color.h>

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

/* The grounds of transparency: squares of 8 shown pixels. */
static uint32_t checker(int x, int y) {
  return ((x ^ y) & 8) ? 0xffe4e6eau : 0xffffffffu;
}

static uint32_t opaque(const uint8_t *at, int channels, int x, int y) {
  if (channels == 1) return 0xff000000u | at[0] * 0x010101u;
  const uint32_t color = 0xff000000u | (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 |
                         (uint32_t)at[2];
  return channels == 3 ? color : sumi__render_blend(checker(x, y), color, at[3]);
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

/* Each shown pixel is the mean of the pixels it covers at least in part. */
static uint32_t mean_of(const sumi_picture_t *picture, int x0, int x1, int y0, int y1, int shown_x,
                        int shown_y) {
  const int channels = (int)picture->format;
  uint64_t red = 0, green = 0, blue = 0;
  for (int y = y0; y < y1; ++y) {
    const uint8_t *at = picture->pixels + (size_t)y * picture->stride_bytes +
                        (size_t)x0 * (size_t)channels;
    for (int x = x0; x < x1; ++x, at += channels) {
      const uint32_t color = opaque(at, channels, shown_x, shown_y);
      red += color >> 16 & 0xff, green += color >> 8 & 0xff, blue += color & 0xff;
    }
  }
  const uint64_t count = (uint64_t)(x1 - x0) * (uint64_t)(y1 - y0), half = count / 2;
  return SUMI_RGB((red + half) / count, (green + half) / count, (blue + half) / count);
}

static void reduce(sumi_canvas_t *canvas, const sumi_picture_t *picture, int x, int y,
                   sumi__render_fit_t fit) {
  const int64_t w = picture->width, h = picture->height;
  for (int row = 0; row < fit.height; ++row) {
    const int y0 = (int)(row * h / fit.height);
    const int y1 = (int)(((row + 1) * h + fit.height - 1) / fit.height);
    uint32_t *to = sumi__render_canvas_row(canvas, y + row) + x;
    for (int column = 0; column < fit.width; ++column) {
      const int x0 = (int)(column * w / fit.width);
      const int x1 = (int)(((column + 1) * w + fit.width - 1) / fit.width);
      to[column] = mean_of(picture, x0, x1, y0, y1, column, row);
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
    reduce(canvas, picture, x, y, fit);
}
