/* pycocotools.cocoeval, accumulate and summarize, for one area and one limit of detections. */
#include <sumi/options.h>
#include <sumi/matching.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <sumi/alloc.h>

#include "average_precision.h"

enum { COCO_OVERLAPS = SUMI__SCORES_OVERLAPS - 1, RECALLS = 101 };

static int in_order(const void *a, const void *b) {
  const sumi__render_found_t *x = a, *y = b;
  if (x->group != y->group) return x->group < y->group ? -1 : 1;
  if (x->truth != y->truth) return x->truth ? -1 : 1;
  if (x->score != y->score) return x->score > y->score ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

sumi_status_t sumi__render_scores_add(sumi__render_scores_t *all, sumi__render_scene_t *scene) {
  SUMI_TRY(sumi__render_scene_judge(scene, &all->options, &all->counts));
  SUMI_TRY(sumi__render_scene_match(scene, all->overlaps, SUMI__SCORES_OVERLAPS, -INFINITY,
                                    all->options.max_per_picture));
  for (int i = 0; i < scene->count; ++i) {
    const sumi__render_thing_t *thing = &scene->things[i];
    if (thing->rank >= all->options.max_per_picture) continue;
    all->found[all->count] = (sumi__render_found_t){thing->group, thing->truth, thing->score,
                                                    thing->matched, all->count};
    ++all->count;
  }
  return SUMI_OK;
}

/* The mean of precision at 101 recalls, precision being the best at this recall or a higher one.
 * Goes through the predictions of one class from the lowest score to the highest, so that the best
 * so far is at hand. */
static double precision_of(const sumi__render_found_t *predicted, int64_t count, int64_t truths,
                           uint32_t bit) {
  int64_t hits = 0;
  for (int64_t i = 0; i < count; ++i) hits += (predicted[i].matched & bit) != 0;
  double best = 0, sum = 0;
  int recall = RECALLS - 1; /* of the recalls not answered yet, the highest */
  for (int64_t i = count - 1; i >= 0; --i) {
    /* The recall before this prediction: those above it, up to this one's, start here. */
    const bool hit = (predicted[i].matched & bit) != 0;
    const double precision = (double)hits / ((double)(i + 1) + 0x1p-52);
    if (precision > best) best = precision;
    const double before = i == 0 ? -1 : (double)(hits - hit) / (double)truths;
    const double here = (double)hits / (double)truths;
    while (recall >= 0 && recall * 0.01 > here) --recall;
    while (recall >= 0 && recall * 0.01 > before) {
      sum += best;
      --recall;
    }
    hits -= hit;
  }
  return sum / RECALLS;
}

static void average(sumi__render_scores_t *all, sumi_detection_scores_t *scores) {
  qsort(all->found, (size_t)all->count, sizeof *all->found, in_order);
  double sums[SUMI__SCORES_OVERLAPS] = {0};
  int64_t classes = 0;
  for (int64_t begin = 0, end; begin < all->count; begin = end) {
    int64_t truths = 0;
    for (end = begin; end < all->count && all->found[end].group == all->found[begin].group; ++end)
      truths += all->found[end].truth;
    if (truths == 0) continue;
    ++classes;
    for (int t = 0; t < SUMI__SCORES_OVERLAPS; ++t)
      sums[t] += precision_of(all->found + begin + truths, end - begin - truths, truths,
                              UINT32_C(1) << t);
  }
  double coco = 0;
  for (int t = 1; t < SUMI__SCORES_OVERLAPS; ++t) coco += sums[t] / COCO_OVERLAPS;
  scores->average_precision = classes ? sums[0] / (double)classes : NAN;
  scores->coco_average_precision = classes ? coco / (double)classes : NAN;
}

sumi_status_t sumi__render_scores_begin(sumi__render_scores_t *all, int64_t things,
                                        const sumi_match_options_t *options) {
  *all = (sumi__render_scores_t){.options = *options, .overlaps = {options->iou}};
  for (int t = 0; t < COCO_OVERLAPS; ++t) all->overlaps[1 + t] = 0.5 + t * ((0.95 - 0.5) / 9);
  all->overlaps[COCO_OVERLAPS] = 0.95;
  all->found = sumi_calloc((size_t)things, sizeof *all->found);
  return all->found ? SUMI_OK : sumi_fail_alloc("matching", (size_t)things * sizeof *all->found);
}

void sumi__render_scores_end(sumi__render_scores_t *all, sumi_detection_scores_t *scores) {
  const sumi_match_counts_t *counts = &all->counts;
  scores->counts = *counts;
  const int64_t said = counts->hits + counts->false_alarms, true_ = counts->hits + counts->misses;
  scores->precision = said ? (double)counts->hits / (double)said : NAN;
  scores->recall = true_ ? (double)counts->hits / (double)true_ : NAN;
  average(all, scores);
}

void sumi__render_scores_release(sumi__render_scores_t *all) {
  sumi_free(all->found);
}

static sumi_status_t check(const sumi_prediction_t *predictions, int64_t count, int64_t *things,
                           bool masks) {
  if (count < 0 || (count > 0 && !predictions))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%lld predictions are %s", (long long)count,
                     predictions ? "not possible" : "NULL");
  for (int64_t i = 0; i < count; ++i) {
    char what[48];
    snprintf(what, sizeof what, "prediction %lld", (long long)i);
    SUMI_TRY(sumi_prediction_check(what, &predictions[i]));
    *things += masks ? predictions[i].mask_count : predictions[i].box_count;
  }
  return SUMI_OK;
}

sumi_status_t sumi_detections_score_with(const sumi_prediction_t *predictions, int64_t count,
                                         sumi_detection_scores_t *scores,
                                         const sumi_match_options_t *given) {
  if (!scores) return sumi_fail(SUMI_INVALID_ARGUMENT, "scores is NULL");
  *scores = (sumi_detection_scores_t){0};
  sumi_match_options_t options;
  SUMI_TRY(sumi__render_match_options(&options, given));
  int64_t things = 0;
  SUMI_TRY(check(predictions, count, &things, options.masks));
  sumi__render_scores_t all;
  SUMI_TRY(sumi__render_scores_begin(&all, things, &options));
  sumi_status_t status = SUMI_OK;
  for (int64_t i = 0; i < count && status == SUMI_OK; ++i) {
    sumi__render_scene_t scene;
    status = sumi__render_scene_of(&scene, &predictions[i], &options);
    if (status == SUMI_OK) status = sumi__render_scores_add(&all, &scene);
    sumi__render_scene_release(&scene);
  }
  if (status == SUMI_OK) sumi__render_scores_end(&all, scores);
  sumi__render_scores_release(&all);
  return status;
}
