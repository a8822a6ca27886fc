#include "matching_scene.h"

#include <math.h>
#include <stdlib.h>

#include <sumi/alloc.h>

#include "mask_pixels.h"
#include "marks_view.h"

static sumi_status_t make_room(sumi__render_scene_t *scene, int count) {
  *scene = (sumi__render_scene_t){0};
  scene->things = sumi_calloc((size_t)count, sizeof *scene->things);
  if (!scene->things) return sumi_fail_alloc("matching", (size_t)count * sizeof *scene->things);
  scene->count = count;
  return SUMI_OK;
}

void sumi__render_scene_release(sumi__render_scene_t *scene) {
  sumi_free(scene->things);
  sumi_free(scene->bits);
  *scene = (sumi__render_scene_t){0};
}

static int in_order(const void *a, const void *b) {
  const sumi__render_thing_t *x = a, *y = b;
  if (x->truth != y->truth) return x->truth ? -1 : 1;
  if (x->group != y->group) return x->group < y->group ? -1 : 1;
  if (!x->truth && x->score != y->score) return x->score > y->score ? -1 : 1;
  if (x->class_index != y->class_index) return x->class_index < y->class_index ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

static void put_in_order(sumi__render_scene_t *scene) {
  qsort(scene->things, (size_t)scene->count, sizeof *scene->things, in_order);
  for (int i = 0; i < scene->count; ++i) {
    sumi__render_thing_t *thing = &scene->things[i];
    scene->truths += thing->truth;
    if (i > scene->truths && thing->group == thing[-1].group) thing->rank = thing[-1].rank + 1;
  }
}

sumi_status_t sumi__render_scene_boxes(sumi__render_scene_t *scene, const sumi_box_t *boxes,
                                       int count, bool any_class) {
  SUMI_TRY(make_room(scene, count));
  for (int i = 0; i < count; ++i) {
    const sumi_box_t *box = &boxes[i];
    scene->things[i] = (sumi__render_thing_t){
        .index = i,
        .class_index = box->class_index,
        .group = any_class ? 0 : box->class_index,
        .truth = box->layer == SUMI_LAYER_TRUTH,
        .score = sumi__render_score(box->has_score, box->score),
        .x0 = box->x0,
        .y0 = box->y0,
        .x1 = box->x1,
        .y1 = box->y1,
        .area = (box->x1 - box->x0) * (box->y1 - box->y0)};
  }
  put_in_order(scene);
  return SUMI_OK;
}

static int bits_set(uint64_t word) {
  word -= word >> 1 & 0x5555555555555555u;
  word = (word & 0x3333333333333333u) + (word >> 2 & 0x3333333333333333u);
  word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fu;
  return (int)(word * 0x0101010101010101u >> 56);
}

/* Sets the bits of what is inside, and returns how many these are. */
static int64_t fill_bits(const sumi_array_view_t *mask, uint64_t *bits) {
  const int64_t count = sumi_array_view_count(mask);
  int64_t area = 0;
  for (int64_t i = 0; i < count; ++i) {
    const uint64_t inside = sumi__render_mask_inside(mask, i);
    bits[i / 64] |= inside << (i % 64);
    area += (int64_t)inside;
  }
  return area;
}

static sumi_status_t check_masks(const sumi_mask_t *masks, int count) {
  for (int i = 0; i < count; ++i) {
    SUMI_TRY(sumi_array_view_check("a mask", &masks[i].pixels));
    if (masks[i].pixels.rank == 2 && masks[i].pixels.dims[0] == masks[0].pixels.dims[0] &&
        masks[i].pixels.dims[1] == masks[0].pixels.dims[1])
      continue;
    char first[SUMI_SHAPE_TEXT_MAX], shape[SUMI_SHAPE_TEXT_MAX];
    sumi_array_view_shape_text(&masks[0].pixels, first);
    sumi_array_view_shape_text(&masks[i].pixels, shape);
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "mask %d has shape %s and mask 0 %s; masks of one size, [height, width], are "
                     "expected",
                     i, shape, first);
  }
  return SUMI_OK;
}

sumi_status_t sumi__render_scene_masks(sumi__render_scene_t *scene, const sumi_mask_t *masks,
                                       int count, bool any_class) {
  *scene = (sumi__render_scene_t){0};
  SUMI_TRY(check_masks(masks, count));
  SUMI_TRY(make_room(scene, count));
  scene->words = count ? ((size_t)sumi_array_view_count(&masks[0].pixels) + 63) / 64 : 0;
  scene->bits = sumi_calloc(scene->words * (size_t)count, sizeof *scene->bits);
  if (!scene->bits) {
    sumi__render_scene_release(scene);
    return sumi_fail_alloc("matching", (size_t)count * sizeof *scene->bits);
  }
  for (int i = 0; i < count; ++i) {
    uint64_t *bits = scene->bits + (size_t)i * scene->words;
    scene->things[i] = (sumi__render_thing_t){
        .index = i,
        .class_index = masks[i].class_index,
        .group = any_class ? 0 : masks[i].class_index,
        .truth = masks[i].layer == SUMI_LAYER_TRUTH,
        .score = sumi__render_score(masks[i].has_score, masks[i].score),
        .bits = bits,
        .area = (double)fill_bits(&masks[i].pixels, bits)};
  }
  put_in_order(scene);
  return SUMI_OK;
}

sumi_status_t sumi__render_scene_of(sumi__render_scene_t *scene,
                                    const sumi_prediction_t *prediction,
                                    const sumi_match_options_t *options) {
  return options->masks ? sumi__render_scene_masks(scene, prediction->masks, prediction->mask_count,
                                                   options->any_class)
                        : sumi__render_scene_boxes(scene, prediction->boxes, prediction->box_count,
                                                   options->any_class);
}

static double common_area(const sumi__render_scene_t *scene, const sumi__render_thing_t *a,
                          const sumi__render_thing_t *b) {
  if (!a->bits) {
    const double width = fmin(a->x1, b->x1) - fmax(a->x0, b->x0);
    const double height = fmin(a->y1, b->y1) - fmax(a->y0, b->y0);
    return width > 0 && height > 0 ? width * height : 0;
  }
  int64_t common = 0;
  for (size_t i = 0; i < scene->words; ++i) common += bits_set(a->bits[i] & b->bits[i]);
  return (double)common;
}

/* The overlap of a prediction with each truth of its group, 0 with all others. */
static void overlaps_of(const sumi__render_scene_t *scene, const sumi__render_thing_t *predicted,
                        double *overlaps) {
  for (int i = 0; i < scene->truths; ++i) {
    const sumi__render_thing_t *truth = &scene->things[i];
    overlaps[i] = 0;
    if (truth->group != predicted->group) continue;
    const double common = common_area(scene, predicted, truth);
    if (common > 0) overlaps[i] = common / (predicted->area + truth->area - common);
  }
}

/* As pycocotools.cocoeval.evaluateImg: of equal overlaps the last one is taken, and one that is 1
 * but for rounding is enough for a threshold of 1. */
static void take(sumi__render_scene_t *scene, sumi__render_thing_t *predicted,
                 const double *overlaps, double threshold, uint32_t bit) {
  double best = fmin(threshold, 1 - 1e-10);
  sumi__render_thing_t *taken = NULL;
  for (int i = 0; i < scene->truths; ++i) {
    if ((scene->things[i].matched & bit) || !(overlaps[i] >= best)) continue;
    best = overlaps[i];
    taken = &scene->things[i];
  }
  if (!taken) return;
  taken->matched |= bit;
  predicted->matched |= bit;
}

sumi_status_t sumi__render_scene_match(sumi__render_scene_t *scene, const double *thresholds,
                                       int threshold_count, double min_score, int most) {
  double *overlaps = sumi_calloc((size_t)scene->truths, sizeof *overlaps);
  if (!overlaps) return sumi_fail_alloc("matching", (size_t)scene->truths * sizeof *overlaps);
  for (int i = scene->truths; i < scene->count; ++i) {
    sumi__render_thing_t *predicted = &scene->things[i];
    if (predicted->rank >= most || predicted->score < min_score) continue;
    overlaps_of(scene, predicted, overlaps);
    for (int t = 0; t < threshold_count; ++t)
      take(scene, predicted, overlaps, thresholds[t], UINT32_C(1) << t);
  }
  sumi_free(overlaps);
  return SUMI_OK;
}

static sumi_match_t judge(const sumi__render_thing_t *thing, double min_score,
                          sumi_match_counts_t *counts) {
  if (thing->matched) {
    counts->hits += thing->truth;
    return SUMI_MATCH_HIT;
  }
  if (thing->truth) {
    ++counts->misses;
    return SUMI_MATCH_MISS;
  }
  if (thing->score < min_score) return SUMI_MATCH_NONE;
  ++counts->false_alarms;
  return SUMI_MATCH_FALSE_ALARM;
}

sumi_status_t sumi__render_scene_judge(sumi__render_scene_t *scene,
                                       const sumi_match_options_t *options,
                                       sumi_match_counts_t *counts) {
  SUMI_TRY(sumi__render_scene_match(scene, &options->iou, 1, options->min_score, INT32_MAX));
  for (int i = 0; i < scene->count; ++i) {
    scene->things[i].match = judge(&scene->things[i], options->min_score, counts);
    scene->things[i].matched = 0;
  }
  return SUMI_OK;
}
