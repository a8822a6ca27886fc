#include <sumi/prediction.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <sumi/pixels.h>
#include <sumi/utf8.h>

enum { WHAT_MAX = 256 };

sumi_verdict_t sumi_prediction_verdict(const sumi_prediction_t *prediction) {
  if (prediction->verdict != SUMI_VERDICT_AUTO) return prediction->verdict;
  if (!prediction->label || !prediction->truth) return SUMI_VERDICT_NEUTRAL;
  return strcmp(prediction->label, prediction->truth) == 0 ? SUMI_VERDICT_RIGHT
                                                           : SUMI_VERDICT_WRONG;
}

static sumi_status_t check_text(const char *what, const char *member, const char *text) {
  char name[WHAT_MAX + 32];
  if (!text) return SUMI_OK;
  snprintf(name, sizeof name, "the %.10s of %.*s", member, WHAT_MAX, what);
  return sumi_utf8_check(name, text);
}

static sumi_status_t check_array(const char *what, const char *member, const void *array,
                                 int count) {
  if (count < 0) return sumi_fail(SUMI_INVALID_ARGUMENT, "%s has %d %s", what, count, member);
  if (count > 0 && !array)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s has %d %s, but they are NULL", what, count, member);
  return SUMI_OK;
}

static sumi_status_t check_boxes(const char *what, const sumi_prediction_t *prediction) {
  for (int i = 0; i < prediction->box_count; ++i) {
    const sumi_box_t *box = &prediction->boxes[i];
    if (!isfinite(box->x0) || !isfinite(box->y0) || !isfinite(box->x1) || !isfinite(box->y1) ||
        box->x0 > box->x1 || box->y0 > box->y1)
      return sumi_fail(
          SUMI_INVALID_ARGUMENT,
          "box %d of %s is (%g, %g) to (%g, %g); finite x0 <= x1 and y0 <= y1 are needed", i, what,
          box->x0, box->y0, box->x1, box->y1);
    char name[WHAT_MAX];
    snprintf(name, sizeof name, "box %d of %s", i, what);
    SUMI_TRY(check_text(name, "label", box->label));
  }
  return SUMI_OK;
}

static sumi_status_t check_masks(const char *what, const sumi_prediction_t *prediction,
                                 int64_t height, int64_t width) {
  for (int i = 0; i < prediction->mask_count; ++i) {
    const sumi_array_view_t *mask = &prediction->masks[i].pixels;
    char name[WHAT_MAX], shape[SUMI_SHAPE_TEXT_MAX];
    snprintf(name, sizeof name, "mask %d of %s", i, what);
    SUMI_TRY(sumi_array_view_check(name, mask));
    sumi_array_view_shape_text(mask, shape);
    if (mask->rank != 2 || mask->dims[0] != height || mask->dims[1] != width)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "%s has shape %s, its picture has %lld x %lld pixels",
                       name, shape, (long long)height, (long long)width);
    SUMI_TRY(check_text(name, "label", prediction->masks[i].label));
  }
  return SUMI_OK;
}

static sumi_status_t check_keypoints(const char *what, const sumi_prediction_t *prediction) {
  for (int i = 0; i < prediction->keypoint_count; ++i) {
    const sumi_keypoint_t *point = &prediction->keypoints[i];
    if (!point->absent && (!isfinite(point->x) || !isfinite(point->y)))
      return sumi_fail(SUMI_INVALID_ARGUMENT, "key point %d of %s is at (%g, %g)", i, what,
                       point->x, point->y);
  }
  for (int i = 0; i < prediction->bone_count; ++i) {
    const sumi_bone_t *bone = &prediction->bones[i];
    if (bone->from < 0 || bone->to < 0 || bone->from >= prediction->keypoint_count ||
        bone->to >= prediction->keypoint_count)
      return sumi_fail(SUMI_INVALID_ARGUMENT,
                       "bone %d of %s joins key points %d and %d; there are %d", i, what,
                       bone->from, bone->to, prediction->keypoint_count);
  }
  return SUMI_OK;
}

sumi_status_t sumi_prediction_check(const char *what, const sumi_prediction_t *prediction) {
  if (!prediction) return sumi_fail(SUMI_INVALID_ARGUMENT, "%s is NULL", what);
  char image[WHAT_MAX];
  snprintf(image, sizeof image, "the image of %s", what);
  SUMI_TRY(sumi_pixels_check(image, &prediction->image, NULL));
  if (prediction->image.rank == 4) {
    char shape[SUMI_SHAPE_TEXT_MAX];
    sumi_array_view_shape_text(&prediction->image, shape);
    return sumi_fail(
        SUMI_INVALID_ARGUMENT,
        "%s has shape %s; one picture, [height, width] or [height, width, channels], is "
        "expected",
        image, shape);
  }
  SUMI_TRY(check_text(what, "label", prediction->label));
  SUMI_TRY(check_text(what, "truth", prediction->truth));
  SUMI_TRY(
      check_array(what, "probabilities", prediction->probabilities, prediction->probability_count));
  SUMI_TRY(check_array(what, "boxes", prediction->boxes, prediction->box_count));
  SUMI_TRY(check_array(what, "masks", prediction->masks, prediction->mask_count));
  SUMI_TRY(check_array(what, "key points", prediction->keypoints, prediction->keypoint_count));
  SUMI_TRY(check_array(what, "bones", prediction->bones, prediction->bone_count));
  SUMI_TRY(check_boxes(what, prediction));
  SUMI_TRY(check_masks(what, prediction, prediction->image.dims[0], prediction->image.dims[1]));
  return check_keypoints(what, prediction);
}
