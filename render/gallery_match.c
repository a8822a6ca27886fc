#include "gallery_match.h"

#include <math.h>

static sumi_match_options_t options_of(const sumi_gallery_options_t *options) {
  return (sumi_match_options_t){.struct_size = sizeof(sumi_match_options_t),
                                .iou = options->iou,
                                .any_class = options->any_class,
                                .min_score = options->min_score,
                                .masks = options->match == SUMI_MATCHING_MASKS};
}

sumi_status_t sumi__render_gallery_match_check(const sumi_gallery_options_t *options) {
  if ((unsigned)options->match > SUMI_MATCHING_MASKS)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "match is %d; SUMI_MATCHING_BOXES or _MASKS is expected", (int)options->match);
  if (options->match == SUMI_MATCHING_NONE &&
      (options->iou != 0 || options->any_class || options->min_score != 0))
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "iou, any_class and min_score are for .match, which is not given");
  const sumi_match_options_t matching = options_of(options);
  return sumi_boxes_match_with(NULL, 0, NULL, &matching);
}

/* How much of a mistake it is. */
static double error_of(sumi_match_t match, bool has_score, double score) {
  if (match == SUMI_MATCH_MISS) return 1;
  if (match != SUMI_MATCH_FALSE_ALARM) return 0;
  return !has_score ? 1 : isnan(score) ? 0 : fmin(fmax(score, 0), 1);
}

/* Matches an item's THINGS (boxes or masks), and keeps those that something became of. */
#define DEFINE_MATCH(NAME, MATCH, THING, things, thing_count)                                      \
  static sumi_status_t NAME(sumi_arena_t *memory, sumi_prediction_t *item,                         \
                            const sumi_match_options_t *options, sumi_match_counts_t *counts,      \
                            double *error) {                                                       \
    const int count = item->thing_count;                                                           \
    THING *copy = NULL;                                                                            \
    if (count > 0) {                                                                               \
      copy = sumi_arena_memdup(memory, item->things, (size_t)count * sizeof *copy);                \
      if (!copy) return sumi_fail_alloc("a gallery's matches", (size_t)count * sizeof *copy);      \
    }                                                                                              \
    SUMI_TRY(MATCH(copy, count, counts, options));                                                 \
    int kept = 0;                                                                                  \
    for (int i = 0; i < count; ++i) {                                                              \
      if (copy[i].match == SUMI_MATCH_NONE) continue;                                              \
      *error += error_of(copy[i].match, copy[i].has_score, copy[i].score);                         \
      copy[kept++] = copy[i];                                                                      \
    }                                                                                              \
    item->things = copy;                                                                           \
    item->thing_count = kept;                                                                      \
    return SUMI_OK;                                                                                \
  }

DEFINE_MATCH(match_boxes, sumi_boxes_match_with, sumi_box_t, boxes, box_count)
DEFINE_MATCH(match_masks, sumi_masks_match_with, sumi_mask_t, masks, mask_count)

static void judge(sumi_prediction_t *item, const sumi_match_counts_t *counts) {
  if (item->verdict != SUMI_VERDICT_AUTO) return;
  if (counts->misses + counts->false_alarms > 0)
    item->verdict = SUMI_VERDICT_WRONG;
  else if (counts->hits > 0 && sumi_prediction_verdict(item) == SUMI_VERDICT_NEUTRAL)
    item->verdict = SUMI_VERDICT_RIGHT;
}

sumi_status_t sumi__render_gallery_match(sumi_arena_t *memory, sumi_prediction_t *items,
                                         int64_t count, const sumi_gallery_options_t *options,
                                         sumi_detection_scores_t *scores, double *errors) {
  const sumi_match_options_t matching = options_of(options);
  SUMI_TRY(sumi_detections_score_with(items, count, scores, &matching));
  for (int64_t i = 0; i < count; ++i) {
    sumi_match_counts_t counts;
    SUMI_TRY((matching.masks ? match_masks : match_boxes)(memory, &items[i], &matching, &counts,
                                                          &errors[i]));
    judge(&items[i], &counts);
  }
  return SUMI_OK;
}
