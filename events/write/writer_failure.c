/* What can be wrong with an event writer, and how it is kept and said. */
#include "event_writer.h"

#include <stdio.h>
#include <unistd.h>

sumi_status_t sumi__events_writer_check_usable(const sumi_event_writer_t *writer) {
  if (!writer) return sumi_fail(SUMI_INVALID_ARGUMENT, "the event writer is NULL");
  if (!sumi__events_writer_is_inherited(writer)) return SUMI_OK;
  return sumi_fail(SUMI_FAILED_PRECONDITION,
                   "%s is written by the parent of this forked process (%lld); open a writer here",
                   writer->sink.file.path ? writer->sink.file.path : "the run",
                   (long long)getpid());
}

sumi_status_t sumi__events_writer_refuse(sumi_event_writer_t *writer, sumi_status_t status) {
  pthread_mutex_lock(&writer->lock);
  ++writer->counts.refused;
  pthread_mutex_unlock(&writer->lock);
  return status;
}

static void note_failure(sumi_event_writer_t *writer, sumi_status_t status, const char *reason) {
  if (status == SUMI_OK || writer->failure != SUMI_OK) return;
  writer->failure = status;
  snprintf(writer->reason, sizeof writer->reason, "%s", reason);
}

void sumi__events_writer_note_sink_failure(sumi_event_writer_t *writer) {
  if (writer->failure == SUMI_OK) writer->failure_is_sinks = writer->sink.failure != SUMI_OK;
  note_failure(writer, writer->sink.failure, writer->sink.reason);
}

void sumi_event_writer_fail(sumi_event_writer_t *writer, sumi_status_t status) {
  if (sumi__events_writer_check_usable(writer) != SUMI_OK) return;
  pthread_mutex_lock(&writer->lock);
  note_failure(writer, status, sumi_error_message());
  pthread_mutex_unlock(&writer->lock);
}

sumi_status_t sumi__events_writer_report(const sumi_event_writer_t *writer) {
  if (writer->failure == SUMI_OK) return SUMI_OK;
  if (!writer->failure_is_sinks) return sumi_fail(writer->failure, "%s", writer->reason);
  return sumi_fail(writer->failure, "%s; %llu event(s) lost so far", writer->reason,
                   (unsigned long long)writer->counts.lost);
}

sumi_status_t sumi_event_writer_status(sumi_event_writer_t *writer) {
  SUMI_TRY(sumi__events_writer_check_usable(writer));
  pthread_mutex_lock(&writer->lock);
  const sumi_status_t status = sumi__events_writer_report(writer);
  pthread_mutex_unlock(&writer->lock);
  return status;
}
