/* The boxes or masks of a gallery's predictions, matched with the truth. */
#ifndef SUMI_RENDER_GALLERY_MATCH_H
#define SUMI_RENDER_GALLERY_MATCH_H

#include <sumi/arena.h>
#include <sumi/gallery.h>
#include <sumi/matching.h>

/* How the gallery's options want things matched, defaults in place; INVALID_ARGUMENT where they are
 * out of range, or given without `.match`. */
sumi_status_t sumi__render_gallery_match_options(const sumi_gallery_options_t *options,
                                                 sumi_match_options_t *matching);

/* Gives every item a copy of its boxes or masks, each with what became of it, without the
 * predictions below min_score; a verdict where it has none: wrong with a miss or a false alarm; and
 * to `errors` what it is ordered by: misses, and false alarms by their score. */
sumi_status_t sumi__render_gallery_match(sumi_arena_t *memory, sumi_prediction_t *items,
                                         int64_t count, const sumi_gallery_options_t *options,
                                         sumi_detection_scores_t *scores, double *errors);

#endif
