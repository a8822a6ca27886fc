/* What is matched in one picture, boxes or masks. */
#ifndef SUMI_RENDER_MATCHING_SCENE_H
#define SUMI_RENDER_MATCHING_SCENE_H

#include <sumi/matching.h>

typedef struct {
  int index;              /* among what the scene was made of */
  int class_index, group; /* things of one group match: a class, or all */
  bool truth;
  double score; /* certain is 1, -infinity for NaN */
  double x0, y0, x1, y1;
  const uint64_t *bits; /* of a mask, NULL for a box */
  double area;
  int rank;           /* of a prediction in its group, from 0: how many have a higher score */
  uint32_t matched;   /* bit t: at thresholds[t] */
  sumi_match_t match; /* once judged */
} sumi__render_thing_t;

/* The truth first, class by class; then what was predicted, class by class, the highest score
 * first. Equal ones stand by class, as pycocotools has them, then in the order given. */
typedef struct {
  int count, truths;
  sumi__render_thing_t *things;
  uint64_t *bits;
  size_t words; /* of each mask */
} sumi__render_scene_t;

/* Defaults in place; INVALID_ARGUMENT for options out of range. */
sumi_status_t sumi__render_match_options(sumi_match_options_t *options,
                                         const sumi_match_options_t *given);

/* On failure the scene is empty; releasing it is allowed. */
sumi_status_t sumi__render_scene_boxes(sumi__render_scene_t *scene, const sumi_box_t *boxes,
                                       int count, bool any_class);
sumi_status_t sumi__render_scene_masks(sumi__render_scene_t *scene, const sumi_mask_t *masks,
                                       int count, bool any_class);
/* The masks or the boxes of a prediction, as the options want. */
sumi_status_t sumi__render_scene_of(sumi__render_scene_t *scene,
                                    const sumi_prediction_t *prediction,
                                    const sumi_match_options_t *options);
void sumi__render_scene_release(sumi__render_scene_t *scene);

/* Finds `matched` at each of up to 32 overlaps, for the first `most` predictions of a group that
 * have at least that score. */
sumi_status_t sumi__render_scene_match(sumi__render_scene_t *scene, const double *thresholds,
                                       int threshold_count, double min_score, int most);

/* Matches at the options' overlap, and says of each thing what it is. Adds to the counts, a hit
 * once; nothing stays `matched`. */
sumi_status_t sumi__render_scene_judge(sumi__render_scene_t *scene,
                                       const sumi_match_options_t *options,
                                       sumi_match_counts_t *counts);

#endif
