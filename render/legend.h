/* Coloured squares with words, in a line that wraps. */
#ifndef SUMI_RENDER_LEGEND_H
#define SUMI_RENDER_LEGEND_H

#include <sumi/canvas.h>

enum { SUMI__LEGEND_MAX = 32, SUMI__LEGEND_TEXT_MAX = 128 };

/* Zero-initialise to start empty. */
typedef struct {
  int count;
  struct {
    sumi_color_t color; /* 0: no square */
    char text[SUMI__LEGEND_TEXT_MAX];
  } items[SUMI__LEGEND_MAX];
} sumi__render_legend_t;

/* Adds an item; a longer text is cut on a character's boundary, an item past the maximum is left
 * out. */
void sumi__render_legend_add(sumi__render_legend_t *legend, sumi_color_t color, const char *text);

/* Pixels the legend takes when it is `width` wide; 0 for an empty one. Fails for a text that is
 * not UTF-8 or for lack of memory. */
sumi_status_t sumi__render_legend_height(const sumi__render_legend_t *legend, int width,
                                         int *height);

/* Draws the legend from the top left corner of `at`, in its width. */
void sumi__render_legend_draw(sumi_canvas_t *canvas, const sumi__render_legend_t *legend,
                              sumi_rect_t at);

#endif
