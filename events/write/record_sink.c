#include "record_sink.h"

#include <sumi/clock.h>
#include <sumi/record.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sumi/wire.h>

/* Fields of Event, Summary and Summary.Value, SourceMetadata and SessionLog. */
enum {
  WALL_TIME = 1,
  STEP = 2,
  FILE_VERSION = 3,
  SUMMARY = 5,
  SESSION_LOG = 7,
  SOURCE_METADATA = 10
};
enum { SUMMARY_VALUE = 1, VALUE_TAG = 1, VALUE_SIMPLE = 2, VALUE_TENSOR = 8, VALUE_METADATA = 9 };
enum { SOURCE_WRITER = 1, SESSION_STATUS = 1 };

enum { BLOCK_BYTES = 256 * 1024 };

static const char version_text[] = "brain.Event:2";
static const char source_text[] = "sumi " SUMI_VERSION;

void sumi__events_sink_fail(sumi__events_record_sink_t *sink, sumi_status_t status) {
  if (status == SUMI_OK || sink->failure != SUMI_OK) return;
  sink->failure = status;
  snprintf(sink->reason, sizeof sink->reason, "%s", sumi_error_message());
}

void sumi__events_sink_lose(sumi__events_record_sink_t *sink, uint64_t events) {
  sink->lost += events;
}

/* Most records are as long as some before them, whose length has its checksum already. */
static void put_header(sumi__events_record_sink_t *sink, size_t size_bytes, uint8_t *at) {
  const bool is_short = size_bytes < sizeof sink->header_crcs / sizeof *sink->header_crcs;
  if (is_short && sink->header_crcs[size_bytes]) {
    sumi_put_le32(sumi_put_le64(at, size_bytes), sink->header_crcs[size_bytes]);
    return;
  }
  sumi_record_header(size_bytes, at);
  if (is_short) sink->header_crcs[size_bytes] = sumi_get_le32(at + 8);
}

/* Room for a record with a payload of that size, its header filled in; NULL when there is no
 * memory. */
static uint8_t *begin_record(sumi__events_record_sink_t *sink, size_t payload_size_bytes) {
  uint8_t *at = sumi_buffer_reserve(&sink->block, payload_size_bytes + SUMI_RECORD_OVERHEAD_BYTES);
  if (!at) return NULL;
  put_header(sink, payload_size_bytes, at);
  return at + SUMI_RECORD_HEADER_BYTES;
}

static void end_record(sumi__events_record_sink_t *sink, const uint8_t *payload, uint8_t *end) {
  sumi_record_footer(payload, (size_t)(end - payload), end);
  sink->block.size = (size_t)(end + SUMI_RECORD_FOOTER_BYTES - (uint8_t *)sink->block.data);
}

static size_t event_head_size(int64_t step) {
  return 1 + sizeof(double) + (step ? sumi_wire_varint_field_size((uint64_t)step) : 0);
}

static uint8_t *put_event_head(uint8_t *at, double wall_time_s, int64_t step) {
  at = sumi_wire_put_double_field(at, WALL_TIME, wall_time_s);
  return step ? sumi_wire_put_varint_field(at, STEP, (uint64_t)step) : at;
}

static bool append_version(sumi__events_record_sink_t *sink, double wall_time_s) {
  const size_t source_size = sumi_wire_bytes_field_size(sizeof source_text - 1);
  uint8_t *payload = begin_record(sink, event_head_size(0) +
                                            sumi_wire_bytes_field_size(sizeof version_text - 1) +
                                            sumi_wire_bytes_field_size(source_size));
  if (!payload) return false;
  uint8_t *at = put_event_head(payload, wall_time_s, 0);
  at = sumi_wire_put_bytes_field(at, FILE_VERSION, version_text, sizeof version_text - 1);
  at = sumi_wire_put_bytes_key(at, SOURCE_METADATA, source_size);
  at = sumi_wire_put_bytes_field(at, SOURCE_WRITER, source_text, sizeof source_text - 1);
  end_record(sink, payload, at);
  return true;
}

static bool append_session_start(sumi__events_record_sink_t *sink, double wall_time_s) {
  uint8_t *payload = begin_record(sink, event_head_size(sink->start_step) +
                                            sumi_wire_bytes_field_size(2));
  if (!payload) return false;
  uint8_t *at = put_event_head(payload, wall_time_s, sink->start_step);
  at = sumi_wire_put_bytes_key(at, SESSION_LOG, 2);
  at = sumi_wire_put_varint_field(at, SESSION_STATUS, SUMI_SESSION_START);
  end_record(sink, payload, at);
  return true;
}

static void clear_block(sumi__events_record_sink_t *sink) {
  sink->block_events = 0;
  sumi_buffer_clear(&sink->marks);
  if (sink->block.capacity > 16 * BLOCK_BYTES) sumi_buffer_release(&sink->block);
  sumi_buffer_clear(&sink->block);
}

/* A file begins with its version, and with a session's start unless it goes on with one: there
 * TensorBoard's Python loader drops what it has from that step on. */
static sumi_status_t write_head(sumi__events_record_sink_t *sink) {
  const double now_s = sumi_clock_wall_s();
  if (!append_version(sink, now_s) || (sink->start_step >= 0 && !append_session_start(sink, now_s)))
    return sumi_fail(SUMI_RESOURCE_EXHAUSTED, "out of memory for an event file's head");
  if (sumi__events_current_file_write(&sink->file, sink->block.data, sink->block.size) <
      sink->block.size)
    return sumi_fail_errno(errno, "cannot write", sink->file.path);
  sink->file.size_bytes = sink->block.size;
  sink->start_step = -1;
  return SUMI_OK;
}

static sumi_status_t begin_file(sumi__events_record_sink_t *sink) {
  SUMI_TRY(sumi__events_current_file_create(&sink->file));
  sink->file_events = 0;
  const sumi_status_t status = write_head(sink);
  clear_block(sink);
  if (status == SUMI_OK) return SUMI_OK;
  char reason[SUMI_ERROR_MESSAGE_MAX];
  snprintf(reason, sizeof reason, "%s", sumi_error_message());
  (void)sumi__events_current_file_leave(&sink->file, true);
  return sumi_fail(status, "%s", reason);
}

static void leave_file(sumi__events_record_sink_t *sink) {
  sumi__events_sink_fail(sink,
                         sumi__events_current_file_leave(&sink->file, sink->file_events == 0));
}

/* Whether the file is still there; what went with a deleted one is lost. */
static bool check_file(sumi__events_record_sink_t *sink) {
  const sumi_status_t status = sumi__events_current_file_check(&sink->file);
  if (status == SUMI_OK) return true;
  sumi__events_sink_fail(sink, status);
  if (status == SUMI_NOT_FOUND) {
    sink->written -= sink->file_events;
    sink->lost += sink->file_events;
  }
  leave_file(sink);
  return false;
}

bool sumi__events_sink_ready(sumi__events_record_sink_t *sink) {
  if (sink->file.fd >= 0 && check_file(sink)) return true;
  const sumi_status_t status = begin_file(sink);
  sumi__events_sink_fail(sink, status);
  return status == SUMI_OK;
}

/* A tag's metadata stand at its first value in each file; `file` is the number of this one. */
static size_t value_size(const sumi__events_queued_value_t *value, unsigned file) {
  const sumi_event_tag_t *tag = value->tag;
  if (tag->is_simple) return sumi_wire_bytes_field_size(tag->name.size_bytes) + 1 + sizeof(float);
  return sumi_wire_bytes_field_size(tag->name.size_bytes) +
         (tag->in_file == file ? 0 : sumi_wire_bytes_field_size(tag->metadata_size_bytes)) +
         sumi_wire_bytes_field_size(value->tensor_size_bytes);
}

/* A scalar's is of 8 bytes, which are copied without a call. */
static uint8_t *put_tensor(uint8_t *at, sumi__events_queued_value_t *value) {
  enum { SCALAR_BYTES = 8 };
  const uint8_t *tensor = sumi__events_queued_tensor(value);
  at = sumi_wire_put_bytes_key(at, VALUE_TENSOR, value->tensor_size_bytes);
  if (value->tensor_size_bytes != SCALAR_BYTES)
    return sumi_wire_put_bytes(at, tensor, value->tensor_size_bytes);
  memcpy(at, tensor, SCALAR_BYTES);
  return at + SCALAR_BYTES;
}

static uint8_t *put_value(uint8_t *at, sumi__events_queued_value_t *value, unsigned file) {
  const sumi_event_tag_t *tag = value->tag;
  at = sumi_wire_put_bytes_key(at, SUMMARY_VALUE, value_size(value, file));
  at = sumi_wire_put_bytes_field(at, VALUE_TAG, tag->name.text, tag->name.size_bytes);
  if (tag->is_simple) { /* its float ends the scalar's tensor */
    *at++ = sumi_wire_key(VALUE_SIMPLE, SUMI_WIRE_FIXED32);
    const uint8_t *end = (uint8_t *)sumi__events_queued_tensor(value) + value->tensor_size_bytes;
    return sumi_wire_put_bytes(at, end - sizeof(float), sizeof(float));
  }
  if (tag->in_file != file)
    at = sumi_wire_put_bytes_field(at, VALUE_METADATA, tag->metadata, tag->metadata_size_bytes);
  return put_tensor(at, value);
}

static size_t summary_size(sumi__events_queued_event_t *event, unsigned file) {
  size_t size = 0;
  sumi__events_queued_value_t *value = sumi__events_queued_values(event);
  for (size_t i = 0; i < event->value_count; ++i, value = sumi__events_queued_next(value))
    size += sumi_wire_bytes_field_size(value_size(value, file));
  return size;
}

/* `summary` is the summary's size; of other events there is none. */
static uint8_t *put_what(uint8_t *at, sumi__events_queued_event_t *event, size_t summary,
                         unsigned file) {
  if (event->value_count == 0) return sumi_wire_put_bytes(at, event + 1, event->what_size_bytes);
  at = sumi_wire_put_bytes_key(at, SUMMARY, summary);
  sumi__events_queued_value_t *value = sumi__events_queued_values(event);
  for (size_t i = 0; i < event->value_count; ++i, value = sumi__events_queued_next(value))
    at = put_value(at, value, file);
  return at;
}

/* Notes which tags' metadata the record just appended has brought. */
static void mark_tags(sumi__events_record_sink_t *sink, sumi__events_queued_event_t *event) {
  sumi__events_queued_value_t *value = sumi__events_queued_values(event);
  for (size_t i = 0; i < event->value_count; ++i, value = sumi__events_queued_next(value)) {
    if (value->tag->in_file == sink->file.number) continue;
    const sumi__events_sink_mark_t mark = {sink->block.size, value->tag};
    sumi_buffer_append(&sink->marks, &mark, sizeof mark);
    /* Without the note a failed write could not be taken back, so the tag repeats its metadata next
     * time. */
    value->tag->in_file = sink->marks.failed ? 0 : sink->file.number;
    sink->marks.failed = false;
  }
}

bool sumi__events_sink_event(sumi__events_record_sink_t *sink, sumi__events_queued_event_t *event) {
  const unsigned file = sink->file.number;
  const size_t summary = summary_size(event, file);
  const size_t what = event->value_count ? sumi_wire_bytes_field_size(summary)
                                         : event->what_size_bytes;
  uint8_t *payload = begin_record(sink, event_head_size(event->step) + what);
  if (!payload) {
    sink->block.failed = false; /* what the block already holds is whole */
    return false;
  }
  uint8_t *end = put_what(put_event_head(payload, event->wall_time_s, event->step), event, summary,
                          file);
  end_record(sink, payload, end);
  ++sink->block_events;
  mark_tags(sink, event);
  return true;
}

bool sumi__events_sink_is_full(const sumi__events_record_sink_t *sink) {
  return sink->block.size >= BLOCK_BYTES;
}

/* The end of the last whole record within the first `written` bytes of the block; `events` counts
 * them. */
static size_t whole_records(const sumi__events_record_sink_t *sink, size_t written,
                            uint64_t *events) {
  size_t end = 0;
  *events = 0;
  while (end < written) {
    const uint64_t payload = sumi_get_le64((const uint8_t *)sink->block.data + end);
    if (written - end < payload + SUMI_RECORD_OVERHEAD_BYTES) break;
    end += (size_t)payload + SUMI_RECORD_OVERHEAD_BYTES;
    ++*events;
  }
  return end;
}

static void forget_marks_behind(sumi__events_record_sink_t *sink, size_t kept) {
  const sumi__events_sink_mark_t *marks =
      (const sumi__events_sink_mark_t *)(void *)sink->marks.data;
  for (size_t i = 0; i < sink->marks.size / sizeof *marks; ++i)
    if (marks[i].record_end > kept) marks[i].tag->in_file = 0;
}

/* A full disk is waited for; a file that fails otherwise is left. */
static bool may_pass(int error) {
  return error == ENOSPC || error == EDQUOT;
}

/* After a write that took `written` bytes: what of it counts. */
static uint64_t take_whole_records(sumi__events_record_sink_t *sink, size_t written) {
  const int error = errno;
  sumi__events_sink_fail(sink, sumi_fail_errno(error, "cannot write", sink->file.path));
  uint64_t events;
  const size_t kept = whole_records(sink, written, &events);
  sink->file.size_bytes += kept;
  forget_marks_behind(sink, kept);
  sink->written += events;
  sink->file_events += events;
  const bool whole = kept == written || sumi__events_current_file_cut(&sink->file);
  if (!whole || !may_pass(error)) leave_file(sink);
  return events;
}

static uint64_t write_block(sumi__events_record_sink_t *sink) {
  const size_t written = sumi__events_current_file_write(&sink->file, sink->block.data,
                                                         sink->block.size);
  if (written < sink->block.size) return take_whole_records(sink, written);
  if (!check_file(sink)) {
    forget_marks_behind(sink, 0);
    return 0;
  }
  sink->file.size_bytes += written;
  sink->written += sink->block_events;
  sink->file_events += sink->block_events;
  if (sink->file.sync && sink->file.io.sync(sink->file.io.user, sink->file.fd) != 0)
    sumi__events_sink_fail(sink, sumi_fail_errno(errno, "cannot sync", sink->file.path));
  return sink->block_events;
}

uint64_t sumi__events_sink_write(sumi__events_record_sink_t *sink) {
  const uint64_t in_file = sink->block_events ? write_block(sink) : 0;
  clear_block(sink);
  return in_file;
}

void sumi__events_sink_close(sumi__events_record_sink_t *sink) {
  sumi__events_sink_fail(sink, sumi__events_current_file_leave(&sink->file, false));
  sumi__events_current_file_release(&sink->file);
  sumi_buffer_release(&sink->block);
  sumi_buffer_release(&sink->marks);
}
