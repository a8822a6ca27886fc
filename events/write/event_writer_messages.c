/* Events that are no summaries: the graph, run metadata, session marks. */
#include "event_writer.h"

#include <sumi/clock.h>
#include <sumi/utf8.h>

#include <math.h>
#include <string.h>

#include <sumi/wire.h>

/* Fields of TaggedRunMetadata and SessionLog. */
enum { METADATA_TAG = 1, METADATA_BYTES = 2 };
enum { SESSION_STATUS = 1, SESSION_CHECKPOINT = 2, SESSION_MESSAGE = 3 };

/* One member of Event.what, in pieces: the parts of a nested message, or the whole of a bytes
 * field. */
typedef struct message {
  sumi_event_kind_t kind;
  int64_t step;
  bool nested;
  uint64_t varint; /* field 1 of a nested message, 0 when there is none */
  struct {
    unsigned field;
    sumi_bytes_view_t bytes;
  } parts[2];
} message_t;

static size_t part_size(const message_t *message, int i) {
  const size_t size = message->parts[i].bytes.size_bytes;
  return message->nested && size > 0 ? sumi_wire_bytes_field_size(size) : size;
}

static size_t content_size(const message_t *message) {
  const size_t varint = message->varint ? sumi_wire_varint_field_size(message->varint) : 0;
  return varint + part_size(message, 0) + part_size(message, 1);
}

static void put_message(uint8_t *at, const message_t *message) {
  at = sumi_wire_put_bytes_key(at, (unsigned)message->kind, content_size(message));
  if (message->varint) at = sumi_wire_put_varint_field(at, SESSION_STATUS, message->varint);
  for (int i = 0; i < 2; ++i) {
    const sumi_bytes_view_t bytes = message->parts[i].bytes;
    if (bytes.size_bytes == 0) continue;
    if (message->nested)
      at = sumi_wire_put_bytes_key(at, message->parts[i].field, bytes.size_bytes);
    at = sumi_wire_put_bytes(at, bytes.data, bytes.size_bytes);
  }
}

static sumi_status_t queue_message(sumi_event_writer_t *writer, const message_t *message,
                                   double wall_time_s) {
  const size_t what = sumi_wire_bytes_field_size(content_size(message));
  const size_t size = sizeof(sumi__events_queued_event_t) + sumi__events_queue_align(what);
  bool waited;
  sumi__events_writer_make_room(writer, size, &waited);
  sumi__events_queued_event_t *event = sumi__events_queue_push(&writer->queue, size);
  if (!event) return sumi_fail_alloc("an event in the queue", size);
  event->value_count = 0;
  event->what_size_bytes = what;
  event->step = message->step;
  event->wall_time_s = wall_time_s;
  put_message((uint8_t *)(event + 1), message);
  ++writer->counts.queued;
  return SUMI_OK;
}

static sumi_status_t check_message(const message_t *message, double wall_time_s) {
  SUMI_TRY(sumi__events_writer_check_step(message->step));
  if (!isfinite(wall_time_s))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the wall time %g is not finite", wall_time_s);
  const size_t limit = (size_t)INT32_MAX / 2;
  for (int i = 0; i < 2; ++i) {
    const sumi_bytes_view_t bytes = message->parts[i].bytes;
    if (bytes.size_bytes > limit)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "a message of %zu bytes; at most %zu are written",
                       bytes.size_bytes, limit);
    if (bytes.size_bytes > 0 && !bytes.data)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "a message of %zu bytes is NULL", bytes.size_bytes);
  }
  return SUMI_OK;
}

/* Queues a message whose texts `checked` says are fit. */
static sumi_status_t send(sumi_event_writer_t *writer, const message_t *message,
                          sumi_status_t checked) {
  const double now = sumi_clock_wall_s();
  if (checked == SUMI_OK) checked = check_message(message, now);
  if (checked != SUMI_OK) return sumi__events_writer_refuse(writer, checked);
  pthread_mutex_lock(&writer->lock);
  const sumi_status_t status = queue_message(writer, message, now);
  if (status != SUMI_OK) ++writer->counts.refused;
  pthread_mutex_unlock(&writer->lock);
  return status;
}

static sumi_bytes_view_t text_view(const char *text) {
  return (sumi_bytes_view_t){text, text ? strlen(text) : 0};
}

sumi_status_t sumi_event_writer_graph_def(sumi_event_writer_t *writer,
                                          sumi_bytes_view_t graph_def) {
  SUMI_TRY(sumi__events_writer_check_usable(writer));
  const message_t message = {.kind = SUMI_EVENT_GRAPH_DEF, .parts = {{0, graph_def}}};
  sumi_status_t checked = SUMI_OK;
  if (graph_def.size_bytes == 0) checked = sumi_fail(SUMI_INVALID_ARGUMENT, "the graph is empty");
  return send(writer, &message, checked);
}

sumi_status_t sumi_event_writer_run_metadata(sumi_event_writer_t *writer, const char *tag,
                                             int64_t step, sumi_bytes_view_t run_metadata) {
  SUMI_TRY(sumi__events_writer_check_usable(writer));
  const message_t message = {
      .kind = SUMI_EVENT_RUN_METADATA,
      .step = step,
      .nested = true,
      .parts = {{METADATA_TAG, text_view(tag)}, {METADATA_BYTES, run_metadata}}};
  return send(writer, &message, sumi_utf8_check("the tag of run metadata", tag));
}

static sumi_status_t check_session(sumi_session_status_t session_status,
                                   const char *checkpoint_path, const char *text) {
  if (session_status != SUMI_SESSION_STOP && session_status != SUMI_SESSION_CHECKPOINT)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "session mark %d; STOP and CHECKPOINT may be written",
                     (int)session_status);
  if (checkpoint_path) SUMI_TRY(sumi_utf8_check("a checkpoint's path", checkpoint_path));
  return text ? sumi_utf8_check("a session's message", text) : SUMI_OK;
}

sumi_status_t sumi_event_writer_session(sumi_event_writer_t *writer,
                                        sumi_session_status_t session_status, int64_t step,
                                        const char *checkpoint_path, const char *text) {
  SUMI_TRY(sumi__events_writer_check_usable(writer));
  const message_t message = {.kind = SUMI_EVENT_SESSION_LOG,
                             .step = step,
                             .nested = true,
                             .varint = (uint64_t)session_status,
                             .parts = {{SESSION_CHECKPOINT, text_view(checkpoint_path)},
                                       {SESSION_MESSAGE, text_view(text)}}};
  return send(writer, &message, check_session(session_status, checkpoint_path, text));
}
