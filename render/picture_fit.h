/* Pictures brought to the size they are shown in. */
#ifndef SUMI_RENDER_PICTURE_FIT_H
#define SUMI_RENDER_PICTURE_FIT_H

#include <sumi/picture.h>

#include "canvas_internal.h"

typedef struct {
  int width, height; /* as shown */
  int factor;        /* every pixel becomes factor x factor; 0: the picture is averaged down */
} sumi__fit_t;

/* The largest whole factor that keeps the longer side within `budget_px`, or the reduction to
 * it. */
sumi__fit_t sumi__fit(int width, int height, int budget_px);

/* Copies the picture (GREY, RGB or RGBA; transparency over a checkerboard) onto the canvas at
 * (x, y) in that size. */
void sumi__canvas_picture(sumi_canvas_t *canvas, const sumi_picture_t *picture, int x, int y,
                          sumi__fit_t fit);

#endif
