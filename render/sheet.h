/* The head that galleries and charts share: a title and a line below it. */
#ifndef SUMI_RENDER_SHEET_H
#define SUMI_RENDER_SHEET_H

#include <sumi/canvas.h>

enum { SUMI__SHEET_MARGIN_PX = 16, SUMI__TITLE_PX = 16, SUMI__SUBTITLE_PX = 12 };

/* Pixels from the sheet's upper edge to what follows the head; the margin when both texts are
 * NULL. */
int sumi__render_sheet_head_height(const char *title, const char *subtitle);

/* Draws both at the sheet's upper edge, shortened to its width. */
void sumi__render_sheet_head(sumi_canvas_t *canvas, sumi_rect_t sheet, const char *title,
                             const char *subtitle);

/* INVALID_ARGUMENT for a text that is not UTF-8; NULL is fine. */
sumi_status_t sumi__render_check_texts(const char *title, const char *subtitle);

/* The names, if any: INVALID_ARGUMENT naming the index of one that is NULL or not UTF-8. */
sumi_status_t sumi__render_check_names(const char *what, const char *const *names, int64_t count);

#endif
