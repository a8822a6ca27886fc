#include "shape_text.h"

#include <stdio.h>

void sumi__shape_text(const sumi_array_view_t *view, char text[SUMI__SHAPE_TEXT_MAX]) {
  if (view->rank < 0 || view->rank > SUMI_MAX_RANK) {
    snprintf(text, SUMI__SHAPE_TEXT_MAX, "[] of rank %d", view->rank);
    return;
  }
  size_t length = (size_t)snprintf(text, SUMI__SHAPE_TEXT_MAX, "[");
  for (int axis = 0; axis < view->rank; ++axis)
    length += (size_t)snprintf(text + length, SUMI__SHAPE_TEXT_MAX - length, "%s%lld",
                               axis ? ", " : "", (long long)view->dims[axis]);
  snprintf(text + length, SUMI__SHAPE_TEXT_MAX - length, "]");
}
