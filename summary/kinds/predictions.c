/* Galleries of predictions: copied by the caller, drawn by a worker. */
#include <stdio.h>

#include <sumi/gallery.h>
#include <sumi/summary_pictures.h>

#include "copy.h"
#include "picture.h"

enum { MAX_PREDICTIONS = 1 << 20 };

typedef struct predictions {
  sumi_prediction_t *items;
  int64_t count;
  sumi_gallery_options_t options;
} predictions_t;

static sumi_status_t check(const sumi_prediction_t *items, int64_t count) {
  if (count < 0 || count > MAX_PREDICTIONS || (count > 0 && !items))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%lld predictions at %s; expected 0 to %d",
                     (long long)count, items ? "an address" : "NULL", (int)MAX_PREDICTIONS);
  for (int64_t i = 0; i < count; ++i) {
    char what[40];
    snprintf(what, sizeof what, "prediction %lld", (long long)i);
    SUMI_TRY(sumi_prediction_check(what, &items[i]));
  }
  return SUMI_OK;
}

static int most_classes(const sumi_prediction_t *items, int64_t count) {
  int most = 0;
  for (int64_t i = 0; i < count; ++i)
    if (items[i].probability_count > most) most = items[i].probability_count;
  return most;
}

/* Label and score of the most probable class, for a prediction that was given none. */
static void label_by_probability(sumi_prediction_t *item, const char *const *class_names) {
  if (item->label || item->probability_count == 0) return;
  int best = 0;
  for (int i = 1; i < item->probability_count; ++i)
    if (item->probabilities[i] > item->probabilities[best]) best = i;
  item->label = class_names[best];
  if (item->has_score) return;
  item->has_score = true;
  item->score = item->probabilities[best];
}

static sumi_status_t copy_texts(sumi__job_t *job, const sumi_predictions_options_t *given,
                                predictions_t *copy) {
  sumi_gallery_options_t *options = &copy->options;
  SUMI_TRY(sumi__copy_text(job->memory, "title", given->title ? given->title : job->tag->name,
                           &options->title));
  SUMI_TRY(sumi__copy_text(job->memory, "subtitle", given->subtitle, &options->subtitle));
  if (!options->subtitle)
    options->subtitle = sumi_arena_printf(job->memory, "step %lld", (long long)job->step);
  if (!options->subtitle) return sumi_fail_alloc("a subtitle", 24);
  options->class_count = given->class_names ? most_classes(copy->items, copy->count) : 0;
  SUMI_TRY(sumi__copy_texts(job->memory, "class_names", given->class_names, options->class_count,
                            &options->class_names));
  for (int64_t i = 0; options->class_names && i < copy->count; ++i)
    label_by_probability(&copy->items[i], options->class_names);
  return SUMI_OK;
}

static sumi_status_t copy_predictions(sumi__job_t *job, const sumi_prediction_t *items,
                                      int64_t count, const sumi_predictions_options_t *given) {
  SUMI_TRY(check(items, count));
  predictions_t *copy = SUMI__PAYLOAD(job, predictions_t);
  if (!copy) return sumi_fail_alloc("predictions", sizeof *copy);
  copy->count = count;
  copy->options = (sumi_gallery_options_t){.columns = given->columns,
                                           .max_count = given->max_count,
                                           .order = given->worst_first ? SUMI_ORDER_WORST_FIRST
                                                                       : SUMI_ORDER_GIVEN,
                                           .only_wrong = given->only_wrong,
                                           .picture_px = given->picture_px,
                                           .top_k = given->top_k,
                                           .bad_color = given->bad_color,
                                           .low = given->low,
                                           .high = given->high};
  const void *keys;
  SUMI_TRY(sumi__copy_predictions(job->memory, items, count, &copy->items));
  SUMI_TRY(sumi__copy_bytes(job->memory, given->keys, (size_t)count * sizeof(double), &keys));
  copy->options.keys = keys;
  return copy_texts(job, given, copy);
}

static sumi_status_t run_predictions(sumi__job_t *job) {
  const predictions_t *predictions = job->payload;
  sumi_picture_t picture = {0};
  SUMI_TRY(sumi_gallery_draw_with(predictions->items, predictions->count, &picture,
                                  predictions->options));
  return sumi__write_drawn(job, &picture);
}

sumi_status_t sumi_writer_predictions_with(sumi_writer_t *writer, const char *tag, int64_t step,
                                           const sumi_prediction_t *predictions, int64_t count,
                                           sumi_predictions_options_t options) {
  sumi__job_t *job;
  SUMI_TRY(sumi__job_begin(writer, tag, sumi__plugin_images, step, &job));
  if (!job) return SUMI_OK;
  return sumi__job_end(job, copy_predictions(job, predictions, count, &options), run_predictions);
}
