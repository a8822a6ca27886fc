/* The run's graph and the profile of a step, as serialized messages. */
#include <sumi/summary_run.h>

#include "../writer_private.h"

static sumi_status_t note(sumi_writer_t *writer, sumi_status_t status) {
  if (status == SUMI_OK) SUMI__COUNT(writer->summaries);
  return sumi__summary_refuse(writer, status);
}

static sumi_status_t check_bytes(const char *what, const void *bytes, size_t size_bytes) {
  if (bytes && size_bytes > 0) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "%s is %zu bytes at %s; expected a serialized message",
                   what, size_bytes, bytes ? "an address" : "NULL");
}

sumi_status_t sumi_writer_graph_def(sumi_writer_t *writer, const void *graph_def,
                                    size_t size_bytes) {
  if (!writer) return SUMI_OK;
  SUMI_TRY(sumi__summary_check_usable(writer));
  SUMI_TRY(sumi__summary_refuse(writer, check_bytes("graph_def", graph_def, size_bytes)));
  return note(writer, sumi_event_writer_graph_def(writer->events,
                                                  (sumi_bytes_view_t){graph_def, size_bytes}));
}

sumi_status_t sumi_writer_run_metadata(sumi_writer_t *writer, const char *tag, int64_t step,
                                       const void *run_metadata, size_t size_bytes) {
  if (!writer) return SUMI_OK;
  SUMI_TRY(sumi__summary_check_usable(writer));
  SUMI_TRY(sumi__summary_refuse(writer, check_bytes("run_metadata", run_metadata, size_bytes)));
  return note(writer,
              sumi_event_writer_run_metadata(writer->events, tag, step,
                                             (sumi_bytes_view_t){run_metadata, size_bytes}));
}
