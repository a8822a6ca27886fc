/* The labels of boxes and masks: which of them, where, how long. */
#ifndef SUMI_RENDER_MARK_LABELS_H
#define SUMI_RENDER_MARK_LABELS_H

#include <sumi/canvas.h>
#include <sumi/prediction.h>

#include "marks_view.h"

typedef struct {
  const char *label; /* or NULL */
  double score;
  bool has_score, truth;
  sumi_match_t match;
  sumi_color_t color;
  sumi_rect_t anchor; /* what it belongs to, as far as that is shown */
} sumi__render_mark_label_t;

/* Draws as many labels as leave the picture to be seen: misses and false alarms first, then the
 * highest score; with as much of each as there is room for. A plate in a corner says how many are
 * left out. */
sumi_status_t sumi__render_mark_labels(sumi_canvas_t *canvas, const sumi__render_view_t *view,
                                       const sumi__render_mark_label_t *labels, int count);

#endif
