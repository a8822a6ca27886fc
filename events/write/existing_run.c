#include "existing_run.h"

#include <sumi/alloc.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "read/event_repair.h"
#include "event_writer.h"

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

/* A torn end is cut, so that readers do not stop there; a live neighbour's file is its own, and old
 * logs may be kept read-only: neither is in the way of a new file. */
static sumi_status_t cut_torn_end(sumi_event_writer_t *writer, const char *path) {
  sumi_event_repair_t report;
  if (!is_sumis(path)) return SUMI_OK;
  const sumi_status_t status = sumi_event_file_repair(path, &report, .tail_only = true);
  if (!report.busy) return status == SUMI_FAILED_PRECONDITION ? SUMI_OK : status;
  sumi_arena_t *arena = sumi_name_table_arena(&writer->tags);
  writer->neighbour = arena ? sumi_arena_strdup(arena, path) : NULL;
  return writer->neighbour ? SUMI_OK : sumi_fail_alloc("a path", strlen(path) + 1);
}

static sumi_status_t cut_torn_ends(sumi_event_writer_t *writer,
                                   const sumi__events_event_files_t *files) {
  sumi_status_t status = SUMI_OK;
  for (size_t i = 0; i < files->count && status == SUMI_OK; ++i)
    status = cut_torn_end(writer, files->paths[i]);
  return status;
}

static sumi_status_t lock_file(const char *path, int *fd) {
  *fd = open(path, O_RDWR | O_CLOEXEC);
  if (*fd < 0) return sumi_fail_errno(errno, "cannot open", path);
  if (sumi__events_event_file_lock(*fd)) return SUMI_OK;
  return sumi_fail(SUMI_UNAVAILABLE, "%s is still being written by another process", path);
}

/* All files are locked before the first is changed: a run that cannot be taken over loses
 * nothing. */
static sumi_status_t trim_locked(const sumi__events_event_files_t *files, int64_t first_step,
                                 int *fds, size_t *locked) {
  for (; *locked < files->count; ++*locked) {
    const sumi_status_t status = lock_file(files->paths[*locked], &fds[*locked]);
    if (status == SUMI_OK) continue;
    *locked += fds[*locked] >= 0;
    return status;
  }
  const sumi_event_repair_options_t options = {
      .struct_size = sizeof options, .trim = true, .first_step = first_step};
  for (size_t i = 0; i < files->count; ++i)
    SUMI_TRY(sumi__events_event_file_repair_locked(files->paths[i], fds[i], NULL, &options));
  return SUMI_OK;
}

static sumi_status_t trim(const sumi__events_event_files_t *files, int64_t first_step) {
  int *fds = sumi_calloc(files->count, sizeof *fds);
  if (!fds) return sumi_fail_alloc("the locks of event files", files->count * sizeof *fds);
  size_t locked = 0;
  const sumi_status_t status = trim_locked(files, first_step, fds, &locked);
  for (size_t i = 0; i < locked; ++i) close(fds[i]);
  sumi_free(fds);
  return status;
}

static sumi_status_t learn_value(sumi_event_writer_t *writer, const sumi_event_value_t *value,
                                 int64_t step) {
  /* Tags this writer could not write are nobody's business here. */
  if (!*value->tag || !value->metadata.plugin_name || !*value->metadata.plugin_name) return SUMI_OK;
  sumi_event_tag_t *tag = sumi_event_writer_find_tag(writer, value->tag);
  if (!tag) {
    SUMI_TRY(sumi__events_tag_add(writer, value->tag, &tag));
    SUMI_TRY(sumi__events_tag_describe(tag, &value->metadata));
  }
  if (step > tag->last_step) tag->last_step = step;
  tag->is_older = true;
  return SUMI_OK;
}

static sumi_status_t learn_event(sumi_event_writer_t *writer, const sumi_event_t *event,
                                 int64_t *last_step) {
  if (event->kind != SUMI_EVENT_SUMMARY) return SUMI_OK;
  if (event->step > *last_step) *last_step = event->step;
  for (size_t i = 0; i < event->value_count; ++i)
    SUMI_TRY(learn_value(writer, &event->values[i], event->step));
  return SUMI_OK;
}

static sumi_status_t learn_file(const char *path, sumi_event_writer_t *writer, int64_t *last_step) {
  sumi_status_t status;
  sumi_event_reader_t *reader = sumi_event_reader_open(path, &status, .max_record_bytes = INT32_MAX,
                                                       .complete = true);
  if (!reader) return status;
  while (status == SUMI_OK || status == SUMI_DATA_LOSS) {
    sumi_event_t event;
    status = sumi_event_reader_next(reader, &event);
    if (status == SUMI_OK) status = learn_event(writer, &event, last_step);
  }
  sumi_event_reader_free(reader);
  return status == SUMI_OUT_OF_RANGE ? SUMI_OK : status;
}

sumi_status_t sumi__events_existing_run_take_over(sumi_event_writer_t *writer,
                                                  const sumi__events_event_files_t *files,
                                                  int64_t *start_step) {
  const sumi_event_writer_options_t *options = &writer->options;
  *start_step = options->existing == SUMI_RUN_RESUME ? options->resume_step : 0;
  if (files->count == 0) return SUMI_OK;
  if (options->existing == SUMI_RUN_REFUSE)
    return sumi_fail(SUMI_ALREADY_EXISTS, "the run already has %zu event file(s), the last is %s",
                     files->count, files->paths[files->count - 1]);
  SUMI_TRY(options->existing == SUMI_RUN_RESUME ? trim(files, options->resume_step)
                                                : cut_torn_ends(writer, files));
  int64_t last_step = -1;
  for (size_t i = 0; i < files->count; ++i)
    SUMI_TRY(learn_file(files->paths[i], writer, &last_step));
  /* A session start makes TensorBoard's Python loader drop what is at its step and above: here
   * nothing is. */
  if (options->existing == SUMI_RUN_CONTINUE)
    *start_step = last_step < INT64_MAX ? last_step + 1 : last_step;
  return SUMI_OK;
}
