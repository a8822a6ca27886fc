/* Which predictions a gallery shows, in which order, and what all of them are. */
#ifndef SUMI_RENDER_GALLERY_CHOOSE_H
#define SUMI_RENDER_GALLERY_CHOOSE_H

#include <sumi/arena.h>
#include <sumi/gallery.h>

/* One prediction that may be shown, and what it is ordered by. */
typedef struct sumi__render_pick {
  const sumi_prediction_t *prediction;
  double key;
  int64_t index;
} sumi__render_pick_t;

/* Copies of the predictions, named after their most probable classes. */
sumi_status_t sumi__render_gallery_label(sumi_arena_t *memory, const sumi_prediction_t *predictions,
                                         int64_t count, const sumi_gallery_options_t *options,
                                         sumi_prediction_t **labelled);

/* Fills `picks`, room for `count`, with what is to be shown, in order, and returns how many. The
 * options have their defaults, the predictions their labels. */
int64_t sumi__render_gallery_choose(const sumi_prediction_t *predictions, int64_t count,
                                    const sumi_gallery_options_t *options,
                                    sumi__render_pick_t *picks, sumi_verdict_counts_t *counts);

#endif
