/* Galleries of predictions: chosen and copied by the caller, drawn by a worker. */
#include <sumi/options.h>
#include <sumi/alloc.h>
#include <sumi/gallery.h>
#include <sumi/summary_pictures.h>

#include "copy.h"
#include "picture.h"

typedef struct predictions {
  sumi_prediction_t *items;
  int64_t count;
  sumi_gallery_options_t options;
} predictions_t;

/* The texts that the options point to become the job's own; title and subtitle get their
 * defaults. */
static sumi_status_t copy_options(sumi__summary_job_t *job, const sumi_prediction_t *items,
                                  int64_t count, predictions_t *copy) {
  sumi_gallery_options_t *options = &copy->options;
  options->class_count = sumi_gallery_class_count(items, count, options);
  SUMI_TRY(sumi__summary_copy_texts(job->memory, "class_names", options->class_names,
                                    options->class_count, &options->class_names));
  SUMI_TRY(sumi__summary_copy_text(
      job->memory, "title", options->title ? options->title : job->tag->name, &options->title));
  SUMI_TRY(sumi__summary_copy_text(job->memory, "subtitle", options->subtitle, &options->subtitle));
  if (!options->subtitle)
    options->subtitle = sumi_arena_printf(job->memory, "step %lld", (long long)job->step);
  return options->subtitle ? SUMI_OK : sumi_fail_alloc("a subtitle", 24);
}

/* No more than the worker will draw is copied. */
static sumi_status_t copy_chosen(sumi__summary_job_t *job, const sumi_prediction_t *items,
                                 int64_t count, sumi_gallery_options_t *options, int64_t *indices,
                                 predictions_t *copy) {
  sumi_verdict_counts_t counts, *from = &options->chosen_from;
  SUMI_TRY(sumi_gallery_choose(items, count, options, indices, &copy->count, &counts));
  if (from->right == 0 && from->wrong == 0 && from->neutral == 0) *from = counts;
  SUMI_TRY(sumi__summary_copy_predictions(job->memory, items, indices, copy->count, &copy->items));
  if (!options->keys) return SUMI_OK;
  double *keys = sumi_arena_calloc(job->memory, (size_t)copy->count, sizeof *keys);
  if (!keys) return sumi_fail_alloc("keys", (size_t)copy->count * sizeof *keys);
  for (int64_t i = 0; i < copy->count; ++i) keys[i] = options->keys[indices[i]];
  options->keys = keys;
  return SUMI_OK;
}

/* What is matched is counted as a whole. */
static sumi_status_t copy_all(sumi__summary_job_t *job, const sumi_prediction_t *items,
                              int64_t count, sumi_gallery_options_t *options, predictions_t *copy) {
  SUMI_TRY(sumi_gallery_check(items, count, options));
  copy->count = options->max_outputs > 0 && options->max_outputs < count ? options->max_outputs
                                                                         : count;
  SUMI_TRY(sumi__summary_copy_predictions(job->memory, items, NULL, copy->count, &copy->items));
  const void *keys;
  SUMI_TRY(sumi__summary_copy_bytes(job->memory, options->keys,
                                    (size_t)copy->count * sizeof *options->keys, &keys));
  options->keys = keys;
  return SUMI_OK;
}

static sumi_status_t copy_predictions(sumi__summary_job_t *job, const sumi_prediction_t *items,
                                      int64_t count, const sumi_gallery_options_t *given) {
  predictions_t *copy = SUMI__PAYLOAD(job, predictions_t);
  if (!copy) return sumi_fail_alloc("predictions", sizeof *copy);
  copy->options = *given;
  if (given->match != SUMI_MATCHING_NONE) {
    SUMI_TRY(copy_all(job, items, count, &copy->options, copy));
  } else {
    int64_t *indices = sumi_calloc(SUMI_GALLERY_MAX_SHOWN, sizeof *indices);
    if (!indices) return sumi_fail_alloc("a choice", SUMI_GALLERY_MAX_SHOWN * sizeof *indices);
    const sumi_status_t status = copy_chosen(job, items, count, &copy->options, indices, copy);
    sumi_free(indices);
    SUMI_TRY(status);
  }
  return copy_options(job, items, count, copy);
}

static sumi_status_t run_predictions(sumi__summary_job_t *job) {
  const predictions_t *predictions = job->payload;
  sumi_picture_t picture = {0};
  SUMI_TRY(sumi_gallery_draw_with(predictions->items, predictions->count, &picture,
                                  &predictions->options));
  return sumi__summary_write_drawn(job, &picture);
}

sumi_status_t sumi_writer_predictions_with(sumi_writer_t *writer, const char *tag, int64_t step,
                                           const sumi_prediction_t *predictions, int64_t count,
                                           const sumi_gallery_options_t *given) {
  sumi_gallery_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  sumi__summary_job_t *job;
  SUMI_TRY(sumi__summary_job_begin(writer, tag, sumi__summary_plugin_images, step, &job));
  if (!job) return SUMI_OK;
  return sumi__summary_job_end(job, copy_predictions(job, predictions, count, &options),
                               run_predictions);
}
