#include "gallery_match.h"

#include <math.h>

#include "average_precision.h"

sumi_status_t sumi__render_gallery_match_options(const sumi_gallery_options_t *options,
                                                 sumi_match_options_t *matching) {
  if ((unsigned)options->match > SUMI_MATCHING_MASKS)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "match is %d; SUMI_MATCHING_BOXES or _MASKS is expected", (int)options->match);
  if (options->match == SUMI_MATCHING_NONE &&
      (options->iou != 0 || options->any_class || options->min_score != 0))
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "iou, any_class and min_score are for .match, which is not given");
  return sumi__render_match_options(
      matching, &(sumi_match_options_t){.struct_size = sizeof(sumi_match_options_t),
                                        .iou = options->iou,
                                        .any_class = options->any_class,
                                        .min_score = options->min_score,
                                        .masks = options->match == SUMI_MATCHING_MASKS});
}

/* How much of a mistake it is. */
static double error_of(sumi_match_t match, bool has_score, double score) {
  if (match == SUMI_MATCH_MISS) return 1;
  if (match != SUMI_MATCH_FALSE_ALARM) return 0;
  return !has_score ? 1 : isnan(score) ? 0 : fmin(fmax(score, 0), 1);
}

/* Gives an item a copy of its marks (boxes or masks) as they were judged: those that something
 * became of. */
#define DEFINE_KEEP(NAME, THING, marks, mark_count)                                                \
  static sumi_status_t NAME(sumi_arena_t *memory, sumi_prediction_t *item,                         \
                            const sumi__render_scene_t *scene, double *error) {                    \
    const int count = item->mark_count;                                                            \
    if (count == 0) return SUMI_OK;                                                                \
    THING *copy = sumi_arena_memdup(memory, item->marks, (size_t)count * sizeof *copy);            \
    if (!copy) return sumi_fail_alloc("a gallery's matches", (size_t)count * sizeof *copy);        \
    for (int i = 0; i < count; ++i) copy[scene->things[i].index].match = scene->things[i].match;   \
    int kept = 0;                                                                                  \
    for (int i = 0; i < count; ++i) {                                                              \
      if (copy[i].match == SUMI_MATCH_NONE) continue;                                              \
      *error += error_of(copy[i].match, copy[i].has_score, copy[i].score);                         \
      copy[kept++] = copy[i];                                                                      \
    }                                                                                              \
    item->marks = copy;                                                                            \
    item->mark_count = kept;                                                                       \
    return SUMI_OK;                                                                                \
  }

DEFINE_KEEP(keep_boxes, sumi_box_t, boxes, box_count)
DEFINE_KEEP(keep_masks, sumi_mask_t, masks, mask_count)

static void judge(sumi_prediction_t *item, const sumi_match_counts_t *before,
                  const sumi_match_counts_t *after) {
  if (item->verdict != SUMI_VERDICT_AUTO) return;
  if (after->misses > before->misses || after->false_alarms > before->false_alarms)
    item->verdict = SUMI_VERDICT_WRONG;
  else if (after->hits > before->hits && sumi_prediction_verdict(item) == SUMI_VERDICT_NEUTRAL)
    item->verdict = SUMI_VERDICT_RIGHT;
}

static sumi_status_t match(sumi_arena_t *memory, sumi_prediction_t *item,
                           sumi__render_scores_t *all, double *error) {
  const sumi_match_counts_t before = all->counts;
  sumi__render_scene_t scene;
  sumi_status_t status = sumi__render_scene_of(&scene, item, &all->options);
  if (status == SUMI_OK) status = sumi__render_scores_add(all, &scene);
  if (status == SUMI_OK)
    status = (all->options.masks ? keep_masks : keep_boxes)(memory, item, &scene, error);
  sumi__render_scene_release(&scene);
  if (status == SUMI_OK) judge(item, &before, &all->counts);
  return status;
}

sumi_status_t sumi__render_gallery_match(sumi_arena_t *memory, sumi_prediction_t *items,
                                         int64_t count, const sumi_gallery_options_t *options,
                                         sumi_detection_scores_t *scores, double *errors) {
  sumi_match_options_t matching;
  SUMI_TRY(sumi__render_gallery_match_options(options, &matching));
  int64_t things = 0;
  for (int64_t i = 0; i < count; ++i)
    things += matching.masks ? items[i].mask_count : items[i].box_count;
  sumi__render_scores_t all;
  SUMI_TRY(sumi__render_scores_begin(&all, things, &matching));
  sumi_status_t status = SUMI_OK;
  for (int64_t i = 0; i < count && status == SUMI_OK; ++i)
    status = match(memory, &items[i], &all, &errors[i]);
  if (status == SUMI_OK) sumi__render_scores_end(&all, scores);
  sumi__render_scores_release(&all);
  return status;
}
