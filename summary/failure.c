/* What can be wrong with a writer, and how it is kept and said. */
#include <string.h>

#include "writer_private.h"

sumi_status_t sumi__summary_keep_failure(sumi_writer_t *writer, sumi_status_t status) {
  if (status != SUMI_OK && writer->events) sumi_event_writer_fail(writer->events, status);
  return status;
}

sumi_status_t sumi__summary_refuse(sumi_writer_t *writer, sumi_status_t status) {
  if (status != SUMI_OK) SUMI__COUNT(writer->refused);
  return sumi__summary_keep_failure(writer, status);
}

sumi_status_t sumi__summary_fail_inherited(const sumi_writer_t *writer) {
  return sumi_fail(SUMI_FAILED_PRECONDITION,
                   "the writer of %s belongs to the process that opened it; a forked child needs "
                   "one of its own",
                   writer->directory);
}

sumi_status_t sumi__summary_fail_unopened(const sumi_writer_t *writer) {
  return sumi_fail(writer->unopened, "%s",
                   writer->unopened_text ? writer->unopened_text : "out of memory");
}

sumi_status_t sumi_writer_status(sumi_writer_t *writer) {
  if (!writer) return SUMI_OK;
  if (writer->out_of_memory) return sumi_fail_alloc("a writer", sizeof *writer);
  if (!writer->events) return sumi__summary_fail_unopened(writer);
  if (sumi__summary_is_inherited(writer)) return sumi__summary_fail_inherited(writer);
  return sumi_event_writer_status(writer->events);
}

sumi_status_t sumi__summary_check_usable(sumi_writer_t *writer) {
  if (writer->events && !sumi__summary_is_inherited(writer)) return SUMI_OK;
  SUMI__COUNT(writer->refused);
  return writer->events ? sumi__summary_fail_inherited(writer) : sumi_writer_status(writer);
}

int64_t sumi__summary_step_after(const sumi_writer_t *writer, const char *name, int64_t step) {
  const sumi_event_tag_t *tag = sumi_event_writer_find_tag(writer->events, name);
  const int64_t last = tag ? sumi_event_tag_last_step(tag) : -1;
  if (step < writer->first_step) step = writer->first_step;
  return step > last ? step : last + 1;
}

void sumi__summary_warn(sumi_writer_t *writer, const char *text) {
  if (!writer->events) return;
  const sumi_bytes_view_t bytes = {text, strlen(text)};
  const sumi_event_value_t value = {.tag = "sumi/warnings",
                                    .kind = SUMI_EVENT_STRINGS,
                                    .strings = {.items = &bytes},
                                    .metadata = {.plugin_name = sumi__summary_plugin_text}};
  pthread_mutex_lock(&writer->report_lock);
  const int64_t step = sumi__summary_step_after(writer, value.tag, 0);
  sumi__summary_keep_failure(writer, sumi_event_writer_values(writer->events, step, 0, &value, 1));
  pthread_mutex_unlock(&writer->report_lock);
}
