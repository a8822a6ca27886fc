/* The canvas as the files of render/ see it. */
#ifndef SUMI_RENDER_CANVAS_INTERNAL_H
#define SUMI_RENDER_CANVAS_INTERNAL_H

#include <cairo.h>

#include <sumi/buffer.h>
#include <sumi/canvas.h>
#include <sumi/picture.h>

struct sumi_canvas {
  sumi_picture_t picture; /* CANVAS pixels, into which everything is drawn; a document has none */
  bool is_document;
  sumi_buffer_t document; /* what cairo has written of it */
  sumi_rect_t clip;
  cairo_t *cairo; /* a document's, or made by the first line or circle, over the same pixels */
  sumi_status_t status;
  char message[256]; /* of the first failure */
};

/* False when nothing is to be drawn any more. */
static inline bool sumi__render_canvas_works(const sumi_canvas_t *canvas) {
  return canvas && canvas->status == SUMI_OK;
}

/* Keeps the first failure; its text is the thread's latest error message. */
void sumi__render_canvas_fail(sumi_canvas_t *canvas, sumi_status_t status);

/* The context to draw lines with, clipped, or NULL when nothing is to be drawn any more. */
cairo_t *sumi__render_canvas_cairo(sumi_canvas_t *canvas);

/* Ends cairo's drawing; a failure of it is the canvas's. */
void sumi__render_canvas_end_cairo(sumi_canvas_t *canvas);

void sumi__render_cairo_color(cairo_t *cairo, sumi_color_t color);

/* Of a canvas of pixels. */
static inline uint32_t *sumi__render_canvas_row(sumi_canvas_t *canvas, int y) {
  return (uint32_t *)(void *)(canvas->picture.pixels + (size_t)y * canvas->picture.stride_bytes);
}

/* ground + (color - ground) * alpha / 255, opaque; alpha in 0 … 255, rounded. */
static inline uint32_t sumi__render_blend(uint32_t ground, uint32_t color, uint32_t alpha) {
  /* Two channels in one multiplication; x / 255 rounded is (x + 128 + ((x + 128) >> 8)) >> 8 for
   * x <= 65535. */
  const uint32_t inverse = 255 - alpha;
  uint32_t rb = (color & 0xff00ff) * alpha + (ground & 0xff00ff) * inverse + 0x800080;
  uint32_t g = (color >> 8 & 0xff) * alpha + (ground >> 8 & 0xff) * inverse + 0x80;
  rb = (rb + (rb >> 8 & 0xff00ff)) >> 8 & 0xff00ff;
  g = (g + (g >> 8)) & 0xff00;
  return 0xff000000u | rb | g;
}

/* The ground of transparency: squares of 8 shown pixels. */
static inline uint32_t sumi__render_checker(int x, int y) {
  return ((x ^ y) & 8) ? 0xffe4e6eau : 0xffffffffu;
}

#endif
