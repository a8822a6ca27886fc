#include "copy.h"

#include <string.h>

#include <sumi/pixels.h>
#include <sumi/utf8.h>

sumi_status_t sumi__summary_copy_bytes(sumi_arena_t *memory, const void *bytes, size_t size_bytes,
                                       const void **copy) {
  *copy = NULL;
  if (!bytes || size_bytes == 0) return SUMI_OK;
  *copy = sumi_arena_memdup(memory, bytes, size_bytes);
  return *copy ? SUMI_OK : sumi_fail_alloc("a copy", size_bytes);
}

sumi_status_t sumi__summary_copy_text(sumi_arena_t *memory, const char *what, const char *text,
                                      const char **copy) {
  *copy = NULL;
  if (!text) return SUMI_OK;
  SUMI_TRY(sumi_utf8_check(what, text));
  *copy = sumi_arena_strdup(memory, text);
  return *copy ? SUMI_OK : sumi_fail_alloc(what, strlen(text));
}

sumi_status_t sumi__summary_copy_texts(sumi_arena_t *memory, const char *what,
                                       const char *const *texts, int64_t count,
                                       const char *const **copy) {
  *copy = NULL;
  if (!texts || count <= 0) return SUMI_OK;
  const char **copies = sumi_arena_calloc(memory, (size_t)count, sizeof *copies);
  if (!copies) return sumi_fail_alloc(what, (size_t)count * sizeof *copies);
  for (int64_t i = 0; i < count; ++i) {
    if (!texts[i]) return sumi_fail(SUMI_INVALID_ARGUMENT, "%s [%lld] is NULL", what, (long long)i);
    SUMI_TRY(sumi__summary_copy_text(memory, what, texts[i], &copies[i]));
  }
  *copy = copies;
  return SUMI_OK;
}

sumi_status_t sumi__summary_copy_view(sumi_arena_t *memory, const sumi_array_view_t *view,
                                      sumi_array_view_t *copy) {
  *copy = *view;
  const size_t size_bytes = (size_t)sumi_array_view_count(view) *
                            sumi_dtype_size_bytes(view->dtype);
  return sumi__summary_copy_bytes(memory, view->data, size_bytes, &copy->data);
}

sumi_status_t sumi__summary_channels_last(sumi_arena_t *memory, const char *what,
                                          const sumi_array_view_t *pixels,
                                          sumi_array_view_t *moved) {
  SUMI_TRY(sumi_pixels_channels_last(what, pixels, NULL, moved));
  void *room = sumi_arena_calloc(memory, (size_t)sumi_array_view_count(pixels),
                                 sumi_dtype_size_bytes(pixels->dtype));
  if (!room) return sumi_fail_alloc(what, 0);
  return sumi_pixels_channels_last(what, pixels, room, moved);
}

static sumi_status_t copy_boxes(sumi_arena_t *memory, sumi_prediction_t *prediction) {
  const size_t count = (size_t)prediction->box_count;
  if (count == 0) return SUMI_OK;
  sumi_box_t *boxes = sumi_arena_memdup(memory, prediction->boxes, count * sizeof *boxes);
  if (!boxes) return sumi_fail_alloc("boxes", count * sizeof *boxes);
  for (size_t i = 0; i < count; ++i)
    SUMI_TRY(sumi__summary_copy_text(memory, "box label", boxes[i].label, &boxes[i].label));
  prediction->boxes = boxes;
  return SUMI_OK;
}

static sumi_status_t copy_masks(sumi_arena_t *memory, sumi_prediction_t *prediction) {
  const size_t count = (size_t)prediction->mask_count;
  if (count == 0) return SUMI_OK;
  sumi_mask_t *masks = sumi_arena_memdup(memory, prediction->masks, count * sizeof *masks);
  if (!masks) return sumi_fail_alloc("masks", count * sizeof *masks);
  for (size_t i = 0; i < count; ++i) {
    const sumi_array_view_t lent = masks[i].pixels;
    SUMI_TRY(sumi__summary_copy_view(memory, &lent, &masks[i].pixels));
    SUMI_TRY(sumi__summary_copy_text(memory, "mask label", masks[i].label, &masks[i].label));
  }
  prediction->masks = masks;
  return SUMI_OK;
}

/* Replaces a member that points to `count` plain values by a copy of them. */
#define COPY_MEMBER(memory, member, count)                                                         \
  do {                                                                                             \
    const void *copied_;                                                                           \
    SUMI_TRY(                                                                                      \
        sumi__summary_copy_bytes(memory, member, (size_t)(count) * sizeof *(member), &copied_));   \
    (member) = copied_;                                                                            \
  } while (0)

static sumi_status_t copy_prediction(sumi_arena_t *memory, sumi_prediction_t *prediction) {
  const sumi_array_view_t lent = prediction->image;
  SUMI_TRY(sumi__summary_copy_view(memory, &lent, &prediction->image));
  SUMI_TRY(sumi__summary_copy_text(memory, "label", prediction->label, &prediction->label));
  SUMI_TRY(sumi__summary_copy_text(memory, "truth", prediction->truth, &prediction->truth));
  COPY_MEMBER(memory, prediction->probabilities, prediction->probability_count);
  COPY_MEMBER(memory, prediction->keypoints, prediction->keypoint_count);
  COPY_MEMBER(memory, prediction->bones, prediction->bone_count);
  SUMI_TRY(copy_boxes(memory, prediction));
  return copy_masks(memory, prediction);
}

sumi_status_t sumi__summary_copy_predictions(sumi_arena_t *memory,
                                             const sumi_prediction_t *predictions,
                                             const int64_t *indices, int64_t count,
                                             sumi_prediction_t **copy) {
  *copy = NULL;
  if (count == 0) return SUMI_OK;
  sumi_prediction_t *copies = sumi_arena_calloc(memory, (size_t)count, sizeof *copies);
  if (!copies) return sumi_fail_alloc("predictions", (size_t)count * sizeof *copies);
  for (int64_t i = 0; i < count; ++i) {
    copies[i] = predictions[indices ? indices[i] : i];
    SUMI_TRY(copy_prediction(memory, &copies[i]));
  }
  *copy = copies;
  return SUMI_OK;
}
