/* A gallery's options: their defaults, and what is refused. */
#ifndef SUMI_RENDER_GALLERY_OPTIONS_H
#define SUMI_RENDER_GALLERY_OPTIONS_H

#include <sumi/gallery.h>

/* The options with their defaults in place, once they and the predictions are found to be as they
 * should. */
sumi_status_t sumi__render_gallery_options(const sumi_prediction_t *predictions, int64_t count,
                                           const sumi_gallery_options_t *given,
                                           sumi_gallery_options_t *options);

/* How many of `count` predictions are taken at all. */
int64_t sumi__render_gallery_taken(int64_t count, const sumi_gallery_options_t *options);

int64_t sumi__render_verdicts_sum(const sumi_verdict_counts_t *counts);

#endif
