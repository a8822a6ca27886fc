#include <sumi/options.h>

#include "gallery_options.h"

#include <stdio.h>

#include <sumi/pixels.h>

#include "cell.h"
#include "gallery_match.h"
#include "sheet.h"

enum {
  DEFAULT_PICTURE_PX = 112,
  DEFAULT_MAX_COUNT = 256,
  MAX_PREDICTIONS = 1 << 20,
  MAX_COLUMNS = 256,
};

int64_t sumi__render_verdicts_sum(const sumi_verdict_counts_t *counts) {
  return counts->right + counts->wrong + counts->neutral;
}

/* Those chosen cannot be more than what they were chosen from. */
static sumi_status_t check_chosen_from(const sumi_gallery_options_t *options, int64_t count) {
  const sumi_verdict_counts_t *from = &options->chosen_from;
  if (from->right == 0 && from->wrong == 0 && from->neutral == 0) return SUMI_OK;
  if (options->match != SUMI_MATCHING_NONE)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "chosen_from and match: all predictions are needed");
  if (from->right < 0 || from->wrong < 0 || from->neutral < 0 || from->right > MAX_PREDICTIONS ||
      from->wrong > MAX_PREDICTIONS || from->neutral > MAX_PREDICTIONS ||
      sumi__render_verdicts_sum(from) < count)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "chosen_from is %lld right, %lld wrong, %lld neutral, of which %lld "
                     "predictions cannot have been chosen",
                     (long long)from->right, (long long)from->wrong, (long long)from->neutral,
                     (long long)count);
  return SUMI_OK;
}

static sumi_status_t check_counts(const sumi_gallery_options_t *options) {
  if (options->columns < 0 || options->columns > MAX_COLUMNS)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "columns is %d; 1 to %d are allowed", options->columns,
                     MAX_COLUMNS);
  if (options->max_count < 0 || options->max_count > SUMI_GALLERY_MAX_SHOWN)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "max_count is %d; 1 to %d are allowed",
                     options->max_count, SUMI_GALLERY_MAX_SHOWN);
  if (options->max_outputs < 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "max_outputs is %d; 1 or more are allowed",
                     options->max_outputs);
  if (options->worst_first && options->order == SUMI_ORDER_BEST_FIRST)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "worst_first and the order SUMI_ORDER_BEST_FIRST");
  return SUMI_OK;
}

static sumi_status_t check_prediction(const sumi_prediction_t *prediction, int64_t index,
                                      bool channels_first) {
  char what[48], image[64];
  snprintf(what, sizeof what, "prediction %lld", (long long)index);
  if (!channels_first) return sumi_prediction_check(what, prediction);
  sumi_prediction_t as_last = *prediction;
  snprintf(image, sizeof image, "the image of %s", what);
  SUMI_TRY(sumi_pixels_channels_last(image, &prediction->image, NULL, &as_last.image));
  return sumi_prediction_check(what, &as_last);
}

int sumi_gallery_class_count(const sumi_prediction_t *predictions, int64_t count,
                             const sumi_gallery_options_t *options) {
  if (!options->class_names || options->class_count != 0)
    return options->class_names ? options->class_count : 0;
  int most = 0;
  for (int64_t i = 0; i < count; ++i)
    if (predictions[i].probability_count > most) most = predictions[i].probability_count;
  return most;
}

int64_t sumi__render_gallery_taken(int64_t count, const sumi_gallery_options_t *options) {
  return options->max_outputs > 0 && options->max_outputs < count ? options->max_outputs : count;
}

sumi_status_t sumi__render_gallery_options(const sumi_prediction_t *predictions, int64_t count,
                                           const sumi_gallery_options_t *given,
                                           sumi_gallery_options_t *options) {
  SUMI_TRY(sumi_options_read(options, sizeof *options, given));
  if (count < 0 || count > MAX_PREDICTIONS || (count > 0 && !predictions))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%lld predictions are %s", (long long)count,
                     predictions ? "not possible" : "NULL");
  SUMI_TRY(check_counts(options));
  SUMI_TRY(check_chosen_from(options, count));
  sumi_match_options_t matching;
  SUMI_TRY(sumi__render_gallery_match_options(options, &matching));
  if (options->match != SUMI_MATCHING_NONE) options->iou = matching.iou;
  if (options->picture_px == 0) options->picture_px = DEFAULT_PICTURE_PX;
  if (options->max_count == 0) options->max_count = DEFAULT_MAX_COUNT;
  if (options->worst_first) options->order = SUMI_ORDER_WORST_FIRST;
  if (options->class_names)
    options->class_count = sumi_gallery_class_count(predictions, count, options);
  SUMI_TRY(sumi__render_check_texts(options->title, options->subtitle));
  SUMI_TRY(sumi__render_check_cell_options(options->picture_px, options->top_k,
                                           options->class_names, options->class_count));
  for (int64_t i = 0; i < sumi__render_gallery_taken(count, options); ++i)
    SUMI_TRY(check_prediction(&predictions[i], i, options->channels_first));
  return SUMI_OK;
}

sumi_status_t sumi_gallery_check(const sumi_prediction_t *predictions, int64_t count,
                                 const sumi_gallery_options_t *given) {
  sumi_gallery_options_t options;
  return sumi__render_gallery_options(predictions, count, given, &options);
}
