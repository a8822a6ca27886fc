#include <cairo-features.h>

#ifdef CAIRO_HAS_PDF_SURFACE
#include <cairo-pdf.h>
#endif
#ifdef CAIRO_HAS_SVG_SURFACE
#include <cairo-svg.h>
#endif

#include <sumi/alloc.h>

#include "canvas_internal.h"
#include "theme.h"

#define POINTS_PER_PX 0.75    /* 72 to 96 an inch, as CSS has them */
enum { MAX_SIDE_PX = 19200 }; /* 14400 points: PDF 1.7, appendix C */

static cairo_status_t put_bytes(void *document, const unsigned char *bytes, unsigned size_bytes) {
  sumi_buffer_append(document, bytes, size_bytes);
  return ((sumi_buffer_t *)document)->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

/* NULL when this cairo does not write the format. */
static cairo_surface_t *new_surface(sumi_document_format_t format, sumi_canvas_t *canvas) {
  const double width = canvas->picture.width, height = canvas->picture.height;
  cairo_surface_t *surface = NULL;
#ifdef CAIRO_HAS_SVG_SURFACE
  if (format == SUMI_DOCUMENT_SVG) {
    surface = cairo_svg_surface_create_for_stream(put_bytes, &canvas->document, width, height);
    cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX);
  }
#endif
#ifdef CAIRO_HAS_PDF_SURFACE
  if (format == SUMI_DOCUMENT_PDF) {
    surface = cairo_pdf_surface_create_for_stream(put_bytes, &canvas->document,
                                                  width * POINTS_PER_PX, height * POINTS_PER_PX);
    cairo_surface_set_device_scale(surface, POINTS_PER_PX, POINTS_PER_PX);
  }
#endif
  return surface;
}

sumi_status_t sumi_canvas_new_document(sumi_document_format_t format, int64_t width_px,
                                       int64_t height_px, sumi_color_t ground,
                                       sumi_canvas_t **canvas) {
  if (!canvas) return sumi_fail(SUMI_INVALID_ARGUMENT, "canvas is NULL");
  *canvas = NULL;
  if (format != SUMI_DOCUMENT_SVG && format != SUMI_DOCUMENT_PDF)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "the document's format is %d; 1 (SVG) and 2 (PDF) are known", (int)format);
  if (width_px < 1 || width_px > MAX_SIDE_PX || height_px < 1 || height_px > MAX_SIDE_PX)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "a document of %lld x %lld pixels; 1 to %d a side are allowed",
                     (long long)width_px, (long long)height_px, MAX_SIDE_PX);
  sumi_canvas_t *made = sumi_calloc(1, sizeof *made);
  if (!made) return sumi_fail_alloc("a canvas", sizeof *made);
  made->is_document = true;
  made->picture.width = (int)width_px;
  made->picture.height = (int)height_px;
  cairo_surface_t *surface = new_surface(format, made);
  if (!surface) {
    sumi_canvas_free(made);
    return sumi_fail(SUMI_UNIMPLEMENTED, "this machine's cairo writes no %s",
                     format == SUMI_DOCUMENT_SVG ? "SVG" : "PDF");
  }
  made->cairo = cairo_create(surface);
  cairo_surface_destroy(surface);
  sumi_canvas_clip(made, (sumi_rect_t){0});
  sumi_canvas_fill(made, made->clip, 0xff000000u | (ground ? ground : SUMI__PAPER));
  *canvas = made;
  return SUMI_OK;
}

sumi_status_t sumi_canvas_finish_document(sumi_canvas_t *canvas, sumi_buffer_t *bytes) {
  if (!canvas || !bytes) {
    sumi_canvas_free(canvas);
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s is NULL", canvas ? "bytes" : "canvas");
  }
  if (!canvas->is_document) {
    sumi_canvas_free(canvas);
    return sumi_fail(SUMI_FAILED_PRECONDITION,
                     "the canvas is of pixels; sumi_canvas_finish gives them");
  }
  sumi__render_canvas_end_cairo(canvas);
  sumi_status_t status = canvas->status;
  if (status != SUMI_OK) sumi_fail(status, "%s", canvas->message);
  /* cairo does not say of every write that failed. */
  if (status == SUMI_OK) status = sumi_buffer_status(&canvas->document, "a document");
  if (status == SUMI_OK) {
    sumi_buffer_append(bytes, canvas->document.data, canvas->document.size);
    status = sumi_buffer_status(bytes, "a document");
  }
  sumi_canvas_free(canvas);
  return status;
}
