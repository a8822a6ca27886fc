#include <sumi/options.h>
#include <sumi/matching.h>

#include <math.h>

#include <sumi/alloc.h>

#include "matching_scene.h"

#define DEFAULT_IOU 0.5
enum { DEFAULT_MAX_PER_PICTURE = 100 };

sumi_status_t sumi__render_match_options(sumi_match_options_t *options,
                                         const sumi_match_options_t *given) {
  SUMI_TRY(sumi_options_read(options, sizeof *options, given));
  if (options->iou == 0) options->iou = DEFAULT_IOU;
  if (!(options->iou > 0 && options->iou <= 1))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "iou is %g; above 0 to 1 is allowed", options->iou);
  options->min_score = sumi_option_number(options->min_score, -INFINITY);
  if (isnan(options->min_score))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "min_score is nan; a number is expected");
  if (options->max_per_picture < 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "max_per_picture is %d; 1 or more are allowed",
                     options->max_per_picture);
  if (options->max_per_picture == 0) options->max_per_picture = DEFAULT_MAX_PER_PICTURE;
  return SUMI_OK;
}

static sumi_status_t check(const char *what, const void *items, int count) {
  if (count < 0 || (count > 0 && !items))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%d %s are %s", count, what,
                     items ? "not possible" : "NULL");
  return SUMI_OK;
}

static sumi_match_t *match_of_box(void *items, int index) {
  return &((sumi_box_t *)items)[index].match;
}

static sumi_match_t *match_of_mask(void *items, int index) {
  return &((sumi_mask_t *)items)[index].match;
}

/* Matches what is in the scene and releases it. */
static sumi_status_t finish(sumi__render_scene_t *scene, sumi_status_t status,
                            const sumi_match_options_t *options,
                            sumi_match_t *(*match_of)(void *items, int index), void *items,
                            sumi_match_counts_t *counts) {
  sumi_match_counts_t unwanted;
  if (!counts) counts = &unwanted;
  *counts = (sumi_match_counts_t){0};
  if (status == SUMI_OK) status = sumi__render_scene_judge(scene, options, counts);
  for (int i = 0; i < scene->count && status == SUMI_OK; ++i)
    *match_of(items, scene->things[i].index) = scene->things[i].match;
  sumi__render_scene_release(scene);
  return status;
}

sumi_status_t sumi_boxes_match_with(sumi_box_t *boxes, int count, sumi_match_counts_t *counts,
                                    const sumi_match_options_t *given) {
  sumi_match_options_t options;
  SUMI_TRY(sumi__render_match_options(&options, given));
  SUMI_TRY(check("boxes", boxes, count));
  sumi__render_scene_t scene;
  const sumi_status_t status = sumi__render_scene_boxes(&scene, boxes, count, options.any_class);
  return finish(&scene, status, &options, match_of_box, boxes, counts);
}

sumi_status_t sumi_masks_match_with(sumi_mask_t *masks, int count, sumi_match_counts_t *counts,
                                    const sumi_match_options_t *given) {
  sumi_match_options_t options;
  SUMI_TRY(sumi__render_match_options(&options, given));
  SUMI_TRY(check("masks", masks, count));
  sumi__render_scene_t scene;
  const sumi_status_t status = sumi__render_scene_masks(&scene, masks, count, options.any_class);
  return finish(&scene, status, &options, match_of_mask, masks, counts);
}
