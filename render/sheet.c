#include "sheet.h"

#include <stdio.h>

#include <sumi/utf8.h>

#include "theme.h"

enum { LINE_GAP_PX = 4, BELOW_PX = 12 };

int sumi__render_sheet_head_height(const char *title, const char *subtitle) {
  int height = SUMI__SHEET_MARGIN_PX;
  if (title) height += sumi_text_height_px(SUMI__TITLE_PX);
  if (title && subtitle) height += LINE_GAP_PX;
  if (subtitle) height += sumi_text_height_px(SUMI__SUBTITLE_PX);
  return title || subtitle ? height + BELOW_PX : height;
}

void sumi__render_sheet_head(sumi_canvas_t *canvas, sumi_rect_t sheet, const char *title,
                             const char *subtitle) {
  sumi_rect_t line = {sheet.x + SUMI__SHEET_MARGIN_PX, sheet.y + SUMI__SHEET_MARGIN_PX,
                      sheet.width - 2 * SUMI__SHEET_MARGIN_PX, sumi_text_height_px(SUMI__TITLE_PX)};
  if (title) {
    sumi_canvas_text(canvas, title, line, .size_px = SUMI__TITLE_PX, .bold = true);
    line.y += line.height + LINE_GAP_PX;
  }
  line.height = sumi_text_height_px(SUMI__SUBTITLE_PX);
  if (subtitle)
    sumi_canvas_text(canvas, subtitle, line, .size_px = SUMI__SUBTITLE_PX,
                     .color = SUMI__INK_MUTED);
}

sumi_status_t sumi__render_check_texts(const char *title, const char *subtitle) {
  if (title) SUMI_TRY(sumi_utf8_check("the title", title));
  if (subtitle) SUMI_TRY(sumi_utf8_check("the subtitle", subtitle));
  return SUMI_OK;
}

sumi_status_t sumi__render_check_names(const char *what, const char *const *names, int64_t count) {
  for (int64_t i = 0; names && i < count; ++i) {
    char name[64];
    snprintf(name, sizeof name, "%s[%lld]", what, (long long)i);
    SUMI_TRY(sumi_utf8_check(name, names[i]));
  }
  return SUMI_OK;
}
