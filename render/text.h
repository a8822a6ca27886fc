/* Shaped and rasterised lines of text, kept per thread so that a text already seen costs a look-up.
 *
 * Every thread has its own pango font map and cache (fontconfig's configuration is shared and
 * locked by itself), so nothing here takes a lock; they are released when the thread ends. */
#ifndef SUMI_RENDER_TEXT_H
#define SUMI_RENDER_TEXT_H

#include <sumi/canvas.h>
#include <sumi/status.h>

/* One line of text as coverage bytes. Owned by the cache: valid until the thread's next call. */
typedef struct sumi__render_run {
  int advance;       /* pixels along the line */
  int x, y;          /* of the coverage's top left corner, from the line's start on the baseline */
  int width, height; /* of the coverage; 0 for blank text */
  int stride;        /* bytes per row */
  const uint8_t *coverage;
  int unknown_glyphs; /* characters no installed font has */
} sumi__render_run_t;

/* Ascent and descent of the default font: one for all texts of a size, so that baselines agree. */
typedef struct {
  int ascent, descent;
} sumi__render_line_metrics_t;

sumi__render_line_metrics_t sumi__render_line_metrics(double size_px);

/* The line of text, not longer than max_width pixels (shortened with an ellipsis; INT_MAX = never,
 * but no canvas is as wide as the longest one). Control characters count as spaces.
 * INVALID_ARGUMENT for text that is not UTF-8, RESOURCE_EXHAUSTED. */
sumi_status_t sumi__render_text_run(const char *text, double size_px, bool bold, int max_width,
                                    sumi_ellipsis_t ellipsis, sumi__render_run_t *run);

/* Lays that line on what cairo draws, its start on the baseline being the context's origin. */
struct _cairo; /* cairo_t */
sumi_status_t sumi__render_text_show(struct _cairo *cairo, const char *text, double size_px,
                                     bool bold, int max_width, sumi_ellipsis_t ellipsis);

/* Pixels the text takes along its line. A failure is kept in *status unless one is there
 * already, and 0 is returned. */
int sumi__render_text_width(const char *text, double size_px, bool bold, sumi_status_t *status);

/* The same, a failure being the canvas's. */
int sumi__render_canvas_text_width(sumi_canvas_t *canvas, const char *text, double size_px,
                                   bool bold);

/* The bytes of the text up to `most`, cut on a character's boundary. */
size_t sumi__render_cut_length(const char *text, size_t most);

/* Releases the calling thread's fonts and cache, as its end does. */
void sumi__render_text_forget(void);

#endif
