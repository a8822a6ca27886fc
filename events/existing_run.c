#include "existing_run.h"

#include <sumi/event_reader.h>

#include <string.h>

#include "tag.h"

/* Whether a file's first event names Sumi as its writer: other writers take no lock that would show
 * they live. */
static bool is_sumis(const char *path) {
  sumi_event_reader_t *reader = sumi_event_reader_open(path, NULL, .complete = true);
  if (!reader) return false;
  sumi_event_t event;
  const bool ours = sumi_event_reader_next(reader, &event) == SUMI_OK &&
                    strncmp(event.source, "sumi", 4) == 0;
  sumi_event_reader_free(reader);
  return ours;
}

static sumi_status_t repair(const char *path, const sumi_event_writer_options_t *options) {
  if (options->existing == SUMI_RUN_RESUME)
    return sumi_event_file_repair(path, NULL, .trim = true, .first_step = options->resume_step);
  sumi_event_repair_t report;
  if (!is_sumis(path)) return SUMI_OK;
  const sumi_status_t status = sumi_event_file_repair(path, &report, .tail_only = true);
  /* A live neighbour's file is its own, and old logs may be kept read-only; neither is in the way
   * of a new file. */
  return report.busy || status == SUMI_FAILED_PRECONDITION ? SUMI_OK : status;
}

static sumi_status_t learn_value(sumi__name_table_t *tags, const sumi_event_value_t *value,
                                 int64_t step) {
  /* Tags this writer could not write are nobody's business here. */
  if (!*value->tag || !value->metadata.plugin_name || !*value->metadata.plugin_name) return SUMI_OK;
  sumi__tag_t *tag = sumi__tag_find(tags, value->tag);
  if (!tag) SUMI_TRY(sumi__tag_add(tags, value->tag, &value->metadata, &tag));
  tag->is_older = true;
  if (step > tag->last_step) tag->last_step = step;
  return SUMI_OK;
}

static sumi_status_t learn_event(sumi__name_table_t *tags, const sumi_event_t *event,
                                 int64_t *last_step) {
  if (event->kind != SUMI_EVENT_SUMMARY) return SUMI_OK;
  if (event->step > *last_step) *last_step = event->step;
  for (size_t i = 0; i < event->value_count; ++i)
    SUMI_TRY(learn_value(tags, &event->values[i], event->step));
  return SUMI_OK;
}

static sumi_status_t learn_file(const char *path, sumi__name_table_t *tags, int64_t *last_step) {
  sumi_status_t status;
  sumi_event_reader_t *reader = sumi_event_reader_open(path, &status, .max_record_bytes = INT32_MAX,
                                                       .complete = true);
  if (!reader) return status;
  while (status == SUMI_OK || status == SUMI_DATA_LOSS) {
    sumi_event_t event;
    status = sumi_event_reader_next(reader, &event);
    if (status == SUMI_OK) status = learn_event(tags, &event, last_step);
  }
  sumi_event_reader_free(reader);
  return status == SUMI_OUT_OF_RANGE ? SUMI_OK : status;
}

sumi_status_t sumi__existing_run_take_over(const sumi__event_files_t *files,
                                           const sumi_event_writer_options_t *options,
                                           sumi__name_table_t *tags, int64_t *start_step) {
  *start_step = options->existing == SUMI_RUN_RESUME ? options->resume_step : 0;
  if (files->count == 0) return SUMI_OK;
  if (options->existing == SUMI_RUN_REFUSE)
    return sumi_fail(SUMI_ALREADY_EXISTS, "the run already has %zu event file(s), the last is %s",
                     files->count, files->paths[files->count - 1]);
  int64_t last_step = -1;
  for (size_t i = 0; i < files->count; ++i) {
    SUMI_TRY(repair(files->paths[i], options));
    SUMI_TRY(learn_file(files->paths[i], tags, &last_step));
  }
  /* A session start makes TensorBoard's Python loader drop what is at its step and above: here
   * nothing is. */
  if (options->existing == SUMI_RUN_CONTINUE)
    *start_step = last_step < INT64_MAX ? last_step + 1 : last_step;
  return SUMI_OK;
}
