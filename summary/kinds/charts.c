/* Charts that a worker draws: confusion matrices and filters. */
#include <sumi/options.h>
#include <sumi/charts.h>
#include <sumi/summary_pictures.h>

#include "copy.h"
#include "picture.h"

typedef struct confusion {
  sumi_array_view_t counts;
  sumi_confusion_options_t options;
} confusion_t;

static sumi_status_t copy_confusion(sumi__summary_job_t *job, const sumi_array_view_t *counts,
                                    const sumi_confusion_options_t *given) {
  SUMI_TRY(sumi_confusion_check(counts, given));
  confusion_t *copy = SUMI__PAYLOAD(job, confusion_t);
  if (!copy) return sumi_fail_alloc("a confusion matrix", sizeof *copy);
  copy->options = *given;
  SUMI_TRY(sumi__summary_copy_view(job->memory, counts, &copy->counts));
  SUMI_TRY(sumi__summary_copy_text(job->memory, "title", given->title, &copy->options.title));
  SUMI_TRY(
      sumi__summary_copy_text(job->memory, "subtitle", given->subtitle, &copy->options.subtitle));
  return sumi__summary_copy_texts(job->memory, "class_names", given->class_names, counts->dims[0],
                                  &copy->options.class_names);
}

static sumi_status_t run_confusion(sumi__summary_job_t *job) {
  const confusion_t *confusion = job->payload;
  sumi_picture_t picture = {0};
  SUMI_TRY(sumi_confusion_draw_with(&confusion->counts, &picture, &confusion->options));
  return sumi__summary_write_drawn(job, &picture);
}

sumi_status_t sumi_writer_confusion_with(sumi_writer_t *writer, const char *tag, int64_t step,
                                         const sumi_array_view_t *counts,
                                         const sumi_confusion_options_t *given) {
  sumi_confusion_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  sumi__summary_job_t *job;
  SUMI_TRY(sumi__summary_job_begin(writer, tag, sumi__summary_plugin_images, step, &job));
  if (!job) return SUMI_OK;
  return sumi__summary_job_end(job, copy_confusion(job, counts, &options), run_confusion);
}

typedef struct filters {
  sumi_array_view_t values;
  sumi_filters_options_t options;
} filters_t;

static sumi_status_t copy_filters(sumi__summary_job_t *job, const sumi_array_view_t *values,
                                  const sumi_filters_options_t *given) {
  SUMI_TRY(sumi_filters_check(values, given));
  filters_t *copy = SUMI__PAYLOAD(job, filters_t);
  if (!copy) return sumi_fail_alloc("filters", sizeof *copy);
  copy->options = *given;
  SUMI_TRY(sumi__summary_copy_view(job->memory, values, &copy->values));
  SUMI_TRY(sumi__summary_copy_text(job->memory, "title", given->title, &copy->options.title));
  return sumi__summary_copy_text(job->memory, "subtitle", given->subtitle, &copy->options.subtitle);
}

static sumi_status_t run_filters(sumi__summary_job_t *job) {
  const filters_t *filters = job->payload;
  sumi_picture_t picture = {0};
  SUMI_TRY(sumi_filters_draw_with(&filters->values, &picture, &filters->options));
  return sumi__summary_write_drawn(job, &picture);
}

sumi_status_t sumi_writer_filters_with(sumi_writer_t *writer, const char *tag, int64_t step,
                                       const sumi_array_view_t *filters,
                                       const sumi_filters_options_t *given) {
  sumi_filters_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  sumi__summary_job_t *job;
  SUMI_TRY(sumi__summary_job_begin(writer, tag, sumi__summary_plugin_images, step, &job));
  if (!job) return SUMI_OK;
  return sumi__summary_job_end(job, copy_filters(job, filters, &options), run_filters);
}
