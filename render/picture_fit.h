/* Pictures brought to the size they are shown in. */
#ifndef SUMI_RENDER_PICTURE_FIT_H
#define SUMI_RENDER_PICTURE_FIT_H

#include <sumi/picture.h>

#include "canvas_internal.h"

typedef struct {
  int width, height; /* as shown */
  int factor;        /* every pixel becomes factor x factor; 0: the picture is averaged down */
} sumi__render_fit_t;

/* The largest whole factor that keeps the longer side within `budget_px`, or the reduction to
 * it. */
sumi__render_fit_t sumi__render_fit(int width, int height, int budget_px);

/* Copies the picture (GREY, RGB or RGBA; transparency over a checkerboard) onto the canvas at
 * (x, y) in that size. */
void sumi__render_canvas_picture(sumi_canvas_t *canvas, const sumi_picture_t *picture, int x, int y,
                                 sumi__render_fit_t fit);

#endif
