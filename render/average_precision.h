/* Scores of matched things, collected picture by picture. */
#ifndef SUMI_RENDER_AVERAGE_PRECISION_H
#define SUMI_RENDER_AVERAGE_PRECISION_H

#include "matching_scene.h"

/* The first overlap is the caller's, then come COCO's ten. */
enum { SUMI__SCORES_OVERLAPS = 11 };

/* One prediction of some picture, or a truth. */
typedef struct {
  int group;
  bool truth;
  double score;
  uint32_t matched;
  int64_t order;
} sumi__render_found_t;

typedef struct {
  sumi__render_found_t *found;
  int64_t count;
  double overlaps[SUMI__SCORES_OVERLAPS];
  sumi_match_options_t options;
  sumi_match_counts_t counts;
} sumi__render_scores_t;

/* Scores of up to so many things; the options have their defaults in place. */
sumi_status_t sumi__render_scores_begin(sumi__render_scores_t *all, int64_t things,
                                        const sumi_match_options_t *options);

/* Judges the things of one picture, and adds them. */
sumi_status_t sumi__render_scores_add(sumi__render_scores_t *all, sumi__render_scene_t *scene);

void sumi__render_scores_end(sumi__render_scores_t *all, sumi_detection_scores_t *scores);
void sumi__render_scores_release(sumi__render_scores_t *all);

#endif
