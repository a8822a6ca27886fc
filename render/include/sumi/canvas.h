/* A canvas to draw charts of one's own on, with the same text and colours as Sumi's.
 *
 * Drawing is sticky: the first failure is kept, later calls do nothing, sumi_canvas_finish reports
 * it. A canvas is confined to one thread at a time; different canvases may be used by different
 * threads. */
#ifndef SUMI_CANVAS_H
#define SUMI_CANVAS_H

#include <sumi/buffer.h>
#include <sumi/color.h>
#include <sumi/picture.h>

SUMI_BEGIN_DECLS

typedef struct sumi_canvas sumi_canvas_t;

/** A canvas filled with `ground` (0 = white). INVALID_ARGUMENT for a size beyond the limits of
 * picture.h. */
SUMI_API sumi_status_t sumi_canvas_new(int64_t width_px, int64_t height_px, sumi_color_t ground,
                                       sumi_canvas_t **canvas);

/** Releases a canvas that is not to be finished. NULL is allowed. */
SUMI_API void sumi_canvas_free(sumi_canvas_t *canvas);

/** Moves the pixels into *picture and releases the canvas, also when it reports the first failure
 * of drawing. */
SUMI_API sumi_status_t sumi_canvas_finish(sumi_canvas_t *canvas, sumi_picture_t *picture);

/** What a document is written as. */
typedef enum sumi_document_format {
  SUMI_DOCUMENT_SVG = 1, /* texts are outlines: they look the same everywhere */
  SUMI_DOCUMENT_PDF      /* one page; texts stay texts, a pixel is 0.75 points */
} sumi_document_format_t;

/** A canvas that keeps lines, areas and texts instead of pixels, for a document that is sharp at
 * any size. Everything below draws on it as on pixels. INVALID_ARGUMENT for a side below 1 or above
 * 19200, UNIMPLEMENTED when the machine's cairo does not write that format. */
SUMI_API sumi_status_t sumi_canvas_new_document(sumi_document_format_t format, int64_t width_px,
                                                int64_t height_px, sumi_color_t ground,
                                                sumi_canvas_t **canvas);

/** Appends the document to *bytes and releases the canvas, also when it reports the first failure
 * of drawing; *bytes are then as before. FAILED_PRECONDITION for a canvas of pixels, as
 * sumi_canvas_finish for a document. */
SUMI_API sumi_status_t sumi_canvas_finish_document(sumi_canvas_t *canvas, sumi_buffer_t *bytes);

/** Restricts all that follows to a rectangle; one of width 0 lifts the restriction. */
SUMI_API void sumi_canvas_clip(sumi_canvas_t *canvas, sumi_rect_t rect);

/** A filled rectangle, and the inner border of one. Alpha is respected; what lies outside the
 * canvas is cut off. */
SUMI_API void sumi_canvas_fill(sumi_canvas_t *canvas, sumi_rect_t rect, sumi_color_t color);
SUMI_API void sumi_canvas_frame(sumi_canvas_t *canvas, sumi_rect_t rect, int thickness_px,
                                sumi_color_t color);

typedef struct sumi_stroke {
  sumi_color_t color;
  double width_px;    /* 0 = 1 */
  const double *dash; /* lengths on, off, on …; NULL = solid */
  int dash_count;
} sumi_stroke_t;

/** Joined lines through `count` points x0, y0, x1, y1 … in pixels; a point that is not finite makes
 * a gap. */
SUMI_API void sumi_canvas_lines(sumi_canvas_t *canvas, const double *points, int64_t count,
                                sumi_stroke_t stroke);

/** The area inside joined lines through such points, closed from the last to the first; points that
 * are not finite are left out. */
SUMI_API void sumi_canvas_polygon(sumi_canvas_t *canvas, const double *points, int64_t count,
                                  sumi_color_t color);

/** A disc, and a ring of width stroke.width_px around the circle. */
SUMI_API void sumi_canvas_disc(sumi_canvas_t *canvas, double x, double y, double radius_px,
                               sumi_color_t color);
SUMI_API void sumi_canvas_ring(sumi_canvas_t *canvas, double x, double y, double radius_px,
                               sumi_stroke_t stroke);

/** Where a text stands in its box, along its line. */
typedef enum sumi_align { SUMI_ALIGN_START = 0, SUMI_ALIGN_MIDDLE, SUMI_ALIGN_END } sumi_align_t;

/** Where a text that is too long is shortened. */
typedef enum sumi_ellipsis { SUMI_ELLIPSIS_END = 0, SUMI_ELLIPSIS_MIDDLE } sumi_ellipsis_t;

typedef struct sumi_text_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  double size_px SUMI_UNSET;     /* of the em; default 12, 4 to 96 */
  bool bold SUMI_UNSET;
  sumi_color_t color SUMI_UNSET; /* default: near-black */
  sumi_align_t align SUMI_UNSET; /* along the line */
  sumi_ellipsis_t ellipsis SUMI_UNSET;
  bool upwards SUMI_UNSET; /* turned by 90 degrees, read from bottom to top */
} sumi_text_options_t;

/** One line of UTF-8 text, centred across `box` and shortened with an ellipsis to fit it; nothing
 * is drawn outside the box. Scripts that the first font lacks are taken from others. Invalid UTF-8
 * is a (sticky) INVALID_ARGUMENT. */
SUMI_API void sumi_canvas_text_with(sumi_canvas_t *canvas, const char *text, sumi_rect_t box,
                                    const sumi_text_options_t *options);
#define sumi_canvas_text(canvas, text, ...) SUMI__CANVAS_TEXT(canvas, text, __VA_ARGS__, )
#define SUMI__CANVAS_TEXT(canvas, text, box, ...)                                                  \
  sumi_canvas_text_with(canvas, text, box, SUMI_OPTIONS(sumi_text_options_t, __VA_ARGS__))

/** Pixels the text takes along its line, unshortened, but at most 32000; -1 on failure (the status
 * is recorded). */
SUMI_API int sumi_text_width_px(const char *text, double size_px, bool bold);

/** Pixels from the top to the bottom of a line of that size. */
SUMI_API int sumi_text_height_px(double size_px);

SUMI_END_DECLS
#endif
