#include "hand_blit.h"

#include <cairo.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = 32, LAST = 126, FRAME_PX = 3, MARGIN_PX = 13, BAR_PX = 6 };

static const uint32_t background = 0xFFFFFFFF, frame = 0xFF1B7837, bar = 0xFF4477AA;

struct hand_blit {
  int height, advance[LAST + 1];
  uint8_t *glyphs[LAST + 1]; /* height rows of `advance` bytes of coverage */
};

static bool draw_glyph(hand_blit_t *blit, cairo_t *measure, double font_px, int c) {
  const char text[2] = {(char)c, '\0'};
  cairo_text_extents_t extents;
  cairo_text_extents(measure, text, &extents);
  const int width = (int)ceil(extents.x_advance) + 1;
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, width, blit->height);
  cairo_t *cairo = cairo_create(surface);
  cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cairo, font_px);
  cairo_move_to(cairo, 0, font_px);
  cairo_show_text(cairo, text);
  cairo_surface_flush(surface);
  uint8_t *glyph = malloc((size_t)width * (size_t)blit->height);
  for (int y = 0; glyph && y < blit->height; ++y)
    memcpy(glyph + y * width,
           cairo_image_surface_get_data(surface) + y * cairo_image_surface_get_stride(surface),
           (size_t)width);
  blit->glyphs[c] = glyph;
  blit->advance[c] = width;
  cairo_destroy(cairo);
  cairo_surface_destroy(surface);
  return glyph != NULL;
}

hand_blit_t *hand_blit_new(double font_px) {
  hand_blit_t *blit = calloc(1, sizeof *blit);
  if (!blit) return NULL;
  blit->height = (int)ceil(font_px * 1.3);
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1);
  cairo_t *measure = cairo_create(surface);
  cairo_select_font_face(measure, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(measure, font_px);
  bool drawn = true;
  for (int c = FIRST; c <= LAST && drawn; ++c) drawn = draw_glyph(blit, measure, font_px, c);
  cairo_destroy(measure);
  cairo_surface_destroy(surface);
  if (drawn) return blit;
  hand_blit_free(blit);
  return NULL;
}

void hand_blit_free(hand_blit_t *blit) {
  if (!blit) return;
  for (int c = FIRST; c <= LAST; ++c) free(blit->glyphs[c]);
  free(blit);
}

static void fill(uint32_t *out, int stride, int x, int y, int width, int height, uint32_t color) {
  for (int row = y; row < y + height; ++row)
    for (int column = x; column < x + width; ++column) out[row * stride + column] = color;
}

static void enlarge(const uint8_t *grey, int side, int factor, uint32_t *out, int stride) {
  for (int y = 0; y < side; ++y) {
    uint32_t *row = out + y * factor * stride;
    for (int x = 0; x < side; ++x) {
      const uint32_t color = 0xFF000000U | grey[y * side + x] * 0x10101U;
      for (int i = 0; i < factor; ++i) row[x * factor + i] = color;
    }
    for (int i = 1; i < factor; ++i)
      memcpy(row + i * stride, row, (size_t)(side * factor) * sizeof *row);
  }
}

static void write_text(const hand_blit_t *blit, const char *text, uint32_t *out, int stride) {
  for (; *text; ++text) {
    const int c = *text, width = blit->advance[c];
    for (int y = 0; y < blit->height; ++y)
      for (int x = 0; x < width; ++x)
        out[y * stride + x] = 0xFF000000U | (255U - blit->glyphs[c][y * width + x]) * 0x10101U;
    out += width - 1;
  }
}

void hand_blit_draw(const hand_blit_t *blit, const uint8_t *grey, int side, int factor,
                    const char *text, double score, uint32_t *out, int width, int height) {
  const int picture = side * factor;
  fill(out, width, 0, 0, width, height, frame);
  fill(out, width, FRAME_PX, FRAME_PX, width - 2 * FRAME_PX, height - 2 * FRAME_PX, background);
  enlarge(grey, side, factor, out + MARGIN_PX * width + MARGIN_PX, width);
  write_text(blit, text, out + (MARGIN_PX + picture + 4) * width + MARGIN_PX, width);
  fill(out, width, MARGIN_PX, height - FRAME_PX - BAR_PX, (int)(score * picture), BAR_PX - 2, bar);
}
