/* Regions drawn on a picture. */
#ifndef SUMI_RENDER_MASK_MARKS_H
#define SUMI_RENDER_MASK_MARKS_H

#include <sumi/canvas.h>

#include "marks_view.h"

/* Draws the prediction's masks, the largest first, so that a small one is seen on it; anchors[i] is
 * what mask i covers, width 0 when it is empty. RESOURCE_EXHAUSTED. */
sumi_status_t sumi__render_masks_draw(sumi_canvas_t *canvas, const sumi__render_view_t *view,
                                      const sumi_prediction_t *prediction, sumi_rect_t *anchors);

#endif
