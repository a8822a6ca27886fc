/* Pictures made smaller. */
#ifndef SUMI_RENDER_PICTURE_REDUCE_H
#define SUMI_RENDER_PICTURE_REDUCE_H

#include <sumi/array_view.h>
#include <sumi/picture.h>

#include "canvas_internal.h"

/* Draws the picture (GREY, RGB or RGBA; transparency over a checkerboard) into `shown`, which lies
 * on the canvas and is not larger than the picture: each shown pixel is the mean of the area it
 * covers, rounded. */
void sumi__render_reduce(sumi_canvas_t *canvas, const sumi_picture_t *picture, sumi_rect_t shown);

/* Shows what is not a number however small the picture becomes: shown pixels that cover a pixel of
 * `image` ([h, w] or [h, w, c]) with a value that is not finite, in part at least, take that
 * pixel's colour in `picture`, which was made of the image. */
void sumi__render_reduce_bad(sumi_canvas_t *canvas, const sumi_array_view_t *image,
                             const sumi_picture_t *picture, sumi_rect_t shown);

#endif
