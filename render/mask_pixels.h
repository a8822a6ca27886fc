/* What is inside of a mask. */
#ifndef SUMI_RENDER_MASK_PIXELS_H
#define SUMI_RENDER_MASK_PIXELS_H

#include <sumi/array_view.h>

/* Bytes that are not 0, and numbers above 0.5. */
static inline bool sumi__render_mask_inside(const sumi_array_view_t *mask, int64_t index) {
  return mask->dtype == SUMI_UINT8 || mask->dtype == SUMI_BOOL
             ? ((const uint8_t *)mask->data)[index] != 0
             : sumi_array_view_double(mask, index) > 0.5;
}

#endif
