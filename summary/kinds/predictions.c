/* Galleries of predictions: copied by the caller, drawn by a worker. */
#include <sumi/options.h>
#include <sumi/gallery.h>
#include <sumi/summary_pictures.h>

#include "copy.h"
#include "picture.h"

typedef struct predictions {
  sumi_prediction_t *items;
  int64_t count;
  sumi_gallery_options_t options;
} predictions_t;

/* What the options point to becomes the job's own; title and subtitle get their defaults. */
static sumi_status_t copy_options(sumi__summary_job_t *job, const sumi_gallery_options_t *given,
                                  predictions_t *copy) {
  sumi_gallery_options_t *options = &copy->options;
  *options = *given;
  options->class_count = sumi_gallery_class_count(copy->items, copy->count, given);
  SUMI_TRY(sumi__summary_copy_texts(job->memory, "class_names", given->class_names,
                                    options->class_count, &options->class_names));
  SUMI_TRY(sumi__summary_copy_text(job->memory, "title",
                                   given->title ? given->title : job->tag->name, &options->title));
  SUMI_TRY(sumi__summary_copy_text(job->memory, "subtitle", given->subtitle, &options->subtitle));
  if (!options->subtitle)
    options->subtitle = sumi_arena_printf(job->memory, "step %lld", (long long)job->step);
  if (!options->subtitle) return sumi_fail_alloc("a subtitle", 24);
  const void *keys;
  SUMI_TRY(sumi__summary_copy_bytes(job->memory, given->keys, (size_t)copy->count * sizeof(double),
                                    &keys));
  options->keys = keys;
  return SUMI_OK;
}

static sumi_status_t copy_predictions(sumi__summary_job_t *job, const sumi_prediction_t *items,
                                      int64_t count, const sumi_gallery_options_t *given) {
  SUMI_TRY(sumi_gallery_check(items, count, given));
  predictions_t *copy = SUMI__PAYLOAD(job, predictions_t);
  if (!copy) return sumi_fail_alloc("predictions", sizeof *copy);
  copy->count = given->max_outputs > 0 && given->max_outputs < count ? given->max_outputs : count;
  SUMI_TRY(sumi__summary_copy_predictions(job->memory, items, copy->count, &copy->items));
  return copy_options(job, given, copy);
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
