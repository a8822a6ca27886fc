#include <sumi/options.h>
#include <sumi/canvas.h>

#include <limits.h>
#include <math.h>

#include "canvas_internal.h"
#include "layout.h"
#include "text.h"
#include "theme.h"

#define QUARTER_TURN 1.57079632679489661923
enum { DEFAULT_SIZE_PX = 12, MIN_SIZE_PX = 4, MAX_SIZE_PX = 96 };

static double usable_size(double size_px) {
  return size_px > 0 ? fmin(fmax(size_px, MIN_SIZE_PX), MAX_SIZE_PX) : DEFAULT_SIZE_PX;
}

/* Lays colour over the canvas where the run covers it; the run's start on the baseline is at (x,
 * y). */
static void blend_run(sumi_canvas_t *canvas, const sumi__render_run_t *run, int x, int y,
                      sumi_rect_t clip, sumi_color_t color) {
  const sumi_rect_t at = {x + run->x, y + run->y, run->width, run->height};
  const sumi_rect_t seen = sumi__render_rect_intersect(at, clip);
  for (int row = 0; row < seen.height; ++row) {
    const uint8_t *coverage = run->coverage + (size_t)(seen.y - at.y + row) * (size_t)run->stride +
                              (seen.x - at.x);
    uint32_t *pixels = sumi__render_canvas_row(canvas, seen.y + row) + seen.x;
    for (int i = 0; i < seen.width; ++i)
      if (coverage[i]) pixels[i] = sumi__render_blend(pixels[i], color, coverage[i]);
  }
}

/* The same turned by 90 degrees: the line runs upwards from (x, y), the baseline on its right. */
static void blend_run_upwards(sumi_canvas_t *canvas, const sumi__render_run_t *run, int x, int y,
                              sumi_rect_t clip, sumi_color_t color) {
  const sumi_rect_t at = {x + run->y, y - run->x - run->width, run->height, run->width};
  const sumi_rect_t seen = sumi__render_rect_intersect(at, clip);
  for (int row = seen.y; row < seen.y + seen.height; ++row) {
    const int along = at.y + at.height - 1 - row;
    uint32_t *pixels = sumi__render_canvas_row(canvas, row);
    for (int column = seen.x; column < seen.x + seen.width; ++column) {
      const uint8_t alpha = run->coverage[(size_t)(column - at.x) * (size_t)run->stride + along];
      if (alpha) pixels[column] = sumi__render_blend(pixels[column], color, alpha);
    }
  }
}

/* The same on a document; the line is not longer than max_width. */
static void show_text(sumi_canvas_t *canvas, const char *text, int max_width, int x, int y,
                      sumi_rect_t clip, const sumi_text_options_t *options) {
  cairo_t *cr = sumi__render_canvas_cairo(canvas);
  if (!cr) return;
  cairo_save(cr);
  cairo_rectangle(cr, clip.x, clip.y, clip.width, clip.height);
  cairo_clip(cr);
  cairo_translate(cr, x, y);
  if (options->upwards) cairo_rotate(cr, -QUARTER_TURN);
  sumi__render_cairo_color(cr, options->color);
  const sumi_status_t status = sumi__render_text_show(cr, text, options->size_px, options->bold,
                                                      max_width, options->ellipsis);
  if (status != SUMI_OK) sumi__render_canvas_fail(canvas, status);
  cairo_restore(cr);
}

static int aligned_offset(int room, int length, sumi_align_t align) {
  if (length >= room || align == SUMI_ALIGN_START) return 0;
  return align == SUMI_ALIGN_MIDDLE ? (room - length) / 2 : room - length;
}

/* The run of the text, shortened when it is longer than `room`. */
static sumi_status_t fitting_run(const char *text, double size_px, int room,
                                 const sumi_text_options_t *options, sumi__render_run_t *run) {
  SUMI_TRY(sumi__render_text_run(text, size_px, options->bold, INT_MAX, SUMI_ELLIPSIS_END, run));
  if (run->advance <= room) return SUMI_OK;
  return sumi__render_text_run(text, size_px, options->bold, room, options->ellipsis, run);
}

void sumi_canvas_text_with(sumi_canvas_t *canvas, const char *text, sumi_rect_t box,
                           const sumi_text_options_t *given) {
  sumi_text_options_t options;
  box = sumi__render_rect_near(box);
  if (!sumi__render_canvas_works(canvas) || box.width <= 0 || box.height <= 0) return;
  const sumi_status_t read = sumi_options_read(&options, sizeof options, given);
  if (read != SUMI_OK) {
    sumi__render_canvas_fail(canvas, read);
    return;
  }
  if (!text) {
    sumi__render_canvas_fail(canvas, sumi_fail(SUMI_INVALID_ARGUMENT, "text is NULL"));
    return;
  }
  const double size = options.size_px = usable_size(options.size_px);
  const sumi_color_t color = options.color = options.color ? options.color : SUMI__INK;
  const int room = options.upwards ? box.height : box.width;
  const int across = options.upwards ? box.width : box.height;
  sumi__render_run_t run;
  const sumi_status_t status = fitting_run(text, size, room, &options, &run);
  if (status != SUMI_OK) {
    sumi__render_canvas_fail(canvas, status);
    return;
  }
  const sumi__render_line_metrics_t line = sumi__render_line_metrics(size);
  const int start = aligned_offset(room, run.advance, options.align);
  const int baseline = (across - line.ascent - line.descent) / 2 + line.ascent;
  const sumi_rect_t clip = sumi__render_rect_intersect(box, canvas->clip);
  const int x = box.x + (options.upwards ? baseline : start);
  const int y = box.y + (options.upwards ? box.height - start : baseline);
  if (canvas->is_document)
    show_text(canvas, text, run.advance < room ? INT_MAX : room, x, y, clip, &options);
  else if (options.upwards)
    blend_run_upwards(canvas, &run, x, y, clip, color);
  else
    blend_run(canvas, &run, x, y, clip, color);
}

int sumi__render_text_width(const char *text, double size_px, bool bold, sumi_status_t *status) {
  if (*status != SUMI_OK) return 0;
  sumi__render_run_t run;
  *status = text ? sumi__render_text_run(text, usable_size(size_px), bold, INT_MAX,
                                         SUMI_ELLIPSIS_END, &run)
                 : sumi_fail(SUMI_INVALID_ARGUMENT, "text is NULL");
  return *status == SUMI_OK ? run.advance : 0;
}

int sumi__render_canvas_text_width(sumi_canvas_t *canvas, const char *text, double size_px,
                                   bool bold) {
  if (!sumi__render_canvas_works(canvas)) return 0;
  sumi_status_t status = SUMI_OK;
  const int width = sumi__render_text_width(text, size_px, bold, &status);
  if (status != SUMI_OK) sumi__render_canvas_fail(canvas, status);
  return width;
}

int sumi_text_width_px(const char *text, double size_px, bool bold) {
  sumi_status_t status = SUMI_OK;
  const int width = sumi__render_text_width(text, size_px, bold, &status);
  return status == SUMI_OK ? width : -1;
}

int sumi_text_height_px(double size_px) {
  const sumi__render_line_metrics_t line = sumi__render_line_metrics(usable_size(size_px));
  return line.ascent + line.descent;
}
