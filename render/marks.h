/* What is drawn on a picture: masks, boxes with labels, key points. */
#ifndef SUMI_RENDER_MARKS_H
#define SUMI_RENDER_MARKS_H

#include <sumi/canvas.h>
#include <sumi/prediction.h>

/* Draws the prediction's marks over its picture of `width` x `height` pixels, shown in `shown`;
 * none of it leaves that rectangle, and labels keep off each other. */
sumi_status_t sumi__render_marks_draw(sumi_canvas_t *canvas, const sumi_prediction_t *prediction,
                                      int width, int height, sumi_rect_t shown);

#endif
