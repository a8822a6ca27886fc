/* Shapes as messages show them. */
#ifndef SUMI_RENDER_SHAPE_TEXT_H
#define SUMI_RENDER_SHAPE_TEXT_H

#include <sumi/array_view.h>

enum { SUMI__SHAPE_TEXT_MAX = SUMI_MAX_RANK * 22 + 16 };

/* "[2, 28, 28]"; "[] of rank 9" when the rank is out of range. */
void sumi__shape_text(const sumi_array_view_t *view, char text[SUMI__SHAPE_TEXT_MAX]);

#endif
