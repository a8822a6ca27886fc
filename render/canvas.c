#include "canvas_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <sumi/alloc.h>

#include "layout.h"
#include "theme.h"

void sumi__render_cairo_color(cairo_t *cairo, sumi_color_t color) {
  cairo_set_source_rgba(cairo, (color >> 16 & 0xff) / 255.0, (color >> 8 & 0xff) / 255.0,
                        (color & 0xff) / 255.0, (color >> 24) / 255.0);
}

static sumi_rect_t whole(const sumi_canvas_t *canvas) {
  return (sumi_rect_t){0, 0, canvas->picture.width, canvas->picture.height};
}

sumi_status_t sumi_canvas_new(int64_t width_px, int64_t height_px, sumi_color_t ground,
                              sumi_canvas_t **canvas) {
  if (!canvas) return sumi_fail(SUMI_INVALID_ARGUMENT, "canvas is NULL");
  *canvas = NULL;
  sumi_picture_t picture;
  SUMI_TRY(sumi_picture_new(SUMI_PIXEL_CANVAS, width_px, height_px, &picture));
  sumi_canvas_t *made = sumi_calloc(1, sizeof *made);
  if (!made) {
    sumi_picture_free(&picture);
    return sumi_fail_alloc("a canvas", sizeof *made);
  }
  made->picture = picture;
  made->clip = whole(made);
  sumi_canvas_fill(made, made->clip, 0xff000000u | (ground ? ground : SUMI__PAPER));
  *canvas = made;
  return SUMI_OK;
}

void sumi__render_canvas_end_cairo(sumi_canvas_t *canvas) {
  if (!canvas->cairo) return;
  cairo_surface_t *surface = cairo_get_target(canvas->cairo);
  cairo_surface_finish(surface); /* a document's last bytes */
  cairo_status_t status = cairo_status(canvas->cairo);
  if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(surface);
  if (status != CAIRO_STATUS_SUCCESS && sumi__render_canvas_works(canvas))
    sumi__render_canvas_fail(
        canvas,
        sumi_fail(status == CAIRO_STATUS_NO_MEMORY ? SUMI_RESOURCE_EXHAUSTED : SUMI_INTERNAL,
                  "cairo: %s", cairo_status_to_string(status)));
  cairo_destroy(canvas->cairo);
  canvas->cairo = NULL;
}

void sumi_canvas_free(sumi_canvas_t *canvas) {
  if (!canvas) return;
  sumi__render_canvas_end_cairo(canvas);
  sumi_picture_free(&canvas->picture);
  sumi_buffer_release(&canvas->document);
  sumi_free(canvas);
}

sumi_status_t sumi_canvas_finish(sumi_canvas_t *canvas, sumi_picture_t *picture) {
  if (picture) *picture = (sumi_picture_t){0};
  if (!canvas || !picture) {
    sumi_canvas_free(canvas);
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s is NULL", canvas ? "picture" : "canvas");
  }
  if (canvas->is_document) {
    sumi_canvas_free(canvas);
    return sumi_fail(SUMI_FAILED_PRECONDITION,
                     "the canvas is a document; sumi_canvas_finish_document gives it");
  }
  sumi__render_canvas_end_cairo(canvas);
  const sumi_status_t status = canvas->status;
  if (status != SUMI_OK) {
    sumi_fail(status, "%s", canvas->message);
  } else {
    *picture = canvas->picture;
    canvas->picture = (sumi_picture_t){0};
  }
  sumi_canvas_free(canvas);
  return status;
}

void sumi__render_canvas_fail(sumi_canvas_t *canvas, sumi_status_t status) {
  if (!sumi__render_canvas_works(canvas)) return;
  canvas->status = status;
  snprintf(canvas->message, sizeof canvas->message, "%s", sumi_error_message());
}

void sumi_canvas_clip(sumi_canvas_t *canvas, sumi_rect_t rect) {
  if (!canvas) return;
  canvas->clip = rect.width == 0 ? whole(canvas) : sumi__render_rect_intersect(rect, whole(canvas));
}

/* The cairo context, told that our own code may have written pixels since it was last used. */
cairo_t *sumi__render_canvas_cairo(sumi_canvas_t *canvas) {
  if (!sumi__render_canvas_works(canvas)) return NULL;
  if (canvas->is_document) {
    /* Nobody else writes into it. */
  } else if (canvas->cairo) {
    cairo_surface_mark_dirty(cairo_get_target(canvas->cairo));
  } else {
    const sumi_picture_t *picture = &canvas->picture;
    cairo_surface_t *surface = cairo_image_surface_create_for_data(
        picture->pixels, CAIRO_FORMAT_RGB24, picture->width, picture->height,
        (int)picture->stride_bytes);
    canvas->cairo = cairo_create(surface);
    cairo_surface_destroy(surface);
  }
  const sumi_rect_t clip = canvas->clip;
  cairo_reset_clip(canvas->cairo);
  cairo_rectangle(canvas->cairo, clip.x, clip.y, clip.width, clip.height);
  cairo_clip(canvas->cairo);
  return canvas->cairo;
}

static void fill_document(sumi_canvas_t *canvas, sumi_rect_t rect, sumi_color_t color) {
  cairo_t *cr = sumi__render_canvas_cairo(canvas);
  if (!cr) return;
  cairo_new_path(cr);
  cairo_rectangle(cr, rect.x, rect.y, rect.width, rect.height);
  sumi__render_cairo_color(cr, color);
  cairo_fill(cr);
}

void sumi_canvas_fill(sumi_canvas_t *canvas, sumi_rect_t rect, sumi_color_t color) {
  if (!sumi__render_canvas_works(canvas)) return;
  const sumi_rect_t inside = sumi__render_rect_intersect(rect, canvas->clip);
  if (inside.width <= 0 || inside.height <= 0) return;
  if (canvas->is_document) {
    fill_document(canvas, inside, color);
    return;
  }
  const uint32_t alpha = color >> 24;
  if (alpha == 255) {
    uint32_t *first = sumi__render_canvas_row(canvas, inside.y) + inside.x;
    for (int x = 0; x < inside.width; ++x) first[x] = color;
    for (int y = 1; y < inside.height; ++y)
      memcpy(sumi__render_canvas_row(canvas, inside.y + y) + inside.x, first,
             (size_t)inside.width * sizeof *first);
    return;
  }
  for (int y = 0; y < inside.height; ++y) {
    uint32_t *row = sumi__render_canvas_row(canvas, inside.y + y) + inside.x;
    for (int x = 0; x < inside.width; ++x) row[x] = sumi__render_blend(row[x], color, alpha);
  }
}

void sumi_canvas_frame(sumi_canvas_t *canvas, sumi_rect_t rect, int thickness_px,
                       sumi_color_t color) {
  rect = sumi__render_rect_near(rect);
  const int t = thickness_px, x = rect.x, y = rect.y, w = rect.width, h = rect.height;
  if (t <= 0 || w <= 0 || h <= 0) return;
  if (t >= (w + 1) / 2 || t >= (h + 1) / 2) {
    sumi_canvas_fill(canvas, rect, color);
    return;
  }
  sumi_canvas_fill(canvas, (sumi_rect_t){x, y, w, t}, color);
  sumi_canvas_fill(canvas, (sumi_rect_t){x, y + h - t, w, t}, color);
  sumi_canvas_fill(canvas, (sumi_rect_t){x, y + t, t, h - 2 * t}, color);
  sumi_canvas_fill(canvas, (sumi_rect_t){x + w - t, y + t, t, h - 2 * t}, color);
}

static void stroke_path(cairo_t *cr, sumi_stroke_t stroke) {
  sumi__render_cairo_color(cr, stroke.color);
  cairo_set_line_width(cr, stroke.width_px > 0 ? stroke.width_px : 1);
  cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(cr, stroke.dash ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_ROUND);
  cairo_set_dash(cr, stroke.dash, stroke.dash ? stroke.dash_count : 0, 0);
  cairo_stroke(cr);
  cairo_surface_flush(cairo_get_target(cr));
}

/* cairo computes in 24.8 fixed point: what is far outside is brought near, still outside. */
static double within_cairo(double coordinate) {
  return fmin(fmax(coordinate, -1e5), 1e5);
}

void sumi_canvas_lines(sumi_canvas_t *canvas, const double *points, int64_t count,
                       sumi_stroke_t stroke) {
  cairo_t *cr = sumi__render_canvas_cairo(canvas);
  if (!cr) return;
  cairo_new_path(cr);
  bool pen_down = false;
  for (int64_t i = 0; i < count; ++i) {
    const double x = points[2 * i], y = points[2 * i + 1];
    if (!isfinite(x) || !isfinite(y)) {
      pen_down = false;
      continue;
    }
    /* The second line_to gives a point without neighbours its round cap. */
    if (!pen_down) cairo_move_to(cr, within_cairo(x), within_cairo(y));
    cairo_line_to(cr, within_cairo(x), within_cairo(y));
    pen_down = true;
  }
  stroke_path(cr, stroke);
}

void sumi_canvas_polygon(sumi_canvas_t *canvas, const double *points, int64_t count,
                         sumi_color_t color) {
  cairo_t *cr = sumi__render_canvas_cairo(canvas);
  if (!cr) return;
  cairo_new_path(cr);
  for (int64_t i = 0; i < count; ++i) {
    const double x = points[2 * i], y = points[2 * i + 1];
    if (isfinite(x) && isfinite(y)) cairo_line_to(cr, within_cairo(x), within_cairo(y));
  }
  sumi__render_cairo_color(cr, color);
  cairo_fill(cr);
  cairo_surface_flush(cairo_get_target(cr));
}

void sumi_canvas_disc(sumi_canvas_t *canvas, double x, double y, double radius_px,
                      sumi_color_t color) {
  if (!isfinite(x) || !isfinite(y) || !(radius_px > 0)) return;
  cairo_t *cr = sumi__render_canvas_cairo(canvas);
  if (!cr) return;
  cairo_new_path(cr);
  cairo_arc(cr, within_cairo(x), within_cairo(y), within_cairo(radius_px), 0,
            2 * 3.14159265358979323846);
  sumi__render_cairo_color(cr, color);
  cairo_fill(cr);
  cairo_surface_flush(cairo_get_target(cr));
}

void sumi_canvas_ring(sumi_canvas_t *canvas, double x, double y, double radius_px,
                      sumi_stroke_t stroke) {
  if (!isfinite(x) || !isfinite(y) || !(radius_px > 0)) return;
  cairo_t *cr = sumi__render_canvas_cairo(canvas);
  if (!cr) return;
  cairo_new_path(cr);
  cairo_arc(cr, within_cairo(x), within_cairo(y), within_cairo(radius_px), 0,
            2 * 3.14159265358979323846);
  stroke_path(cr, stroke);
}
