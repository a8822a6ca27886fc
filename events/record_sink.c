#include "record_sink.h"

#include <sumi/record.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire.h"

/* Fields of Event, Summary and Summary.Value, SourceMetadata and SessionLog. */
enum {
  WALL_TIME = 1,
  STEP = 2,
  FILE_VERSION = 3,
  SUMMARY = 5,
  SESSION_LOG = 7,
  SOURCE_METADATA = 10
};
enum { SUMMARY_VALUE = 1, VALUE_TAG = 1, VALUE_TENSOR = 8, VALUE_METADATA = 9 };
enum { SOURCE_WRITER = 1, SESSION_STATUS = 1 };

enum { BLOCK_BYTES = 256 * 1024 };

static const char version_text[] = "brain.Event:2";
static const char source_text[] = "sumi " SUMI_VERSION;

static void fail(sumi__record_sink_t *sink, sumi_status_t status, const char *reason) {
  if (sink->failure != SUMI_OK) return;
  sink->failure = status;
  snprintf(sink->reason, sizeof sink->reason, "%s", reason);
}

static void fail_errno(sumi__record_sink_t *sink, const char *what) {
  const sumi_status_t status = sumi_fail_errno(errno, what, sink->path);
  fail(sink, status, sumi_error_message());
}

/* Room for a record with a payload of that size, its header filled in; NULL when there is no
 * memory. */
static uint8_t *begin_record(sumi__record_sink_t *sink, size_t payload_size_bytes) {
  uint8_t *at = sumi_buffer_reserve(&sink->block, payload_size_bytes + SUMI_RECORD_OVERHEAD_BYTES);
  if (!at) return NULL;
  sumi_record_header(payload_size_bytes, at);
  return at + SUMI_RECORD_HEADER_BYTES;
}

static void end_record(sumi__record_sink_t *sink, const uint8_t *payload, uint8_t *end) {
  sumi_record_footer(payload, (size_t)(end - payload), end);
  sink->block.size = (size_t)(end + SUMI_RECORD_FOOTER_BYTES - (uint8_t *)sink->block.data);
}

static size_t event_head_size(int64_t step) {
  return 1 + sizeof(double) + (step ? sumi__varint_field_size((uint64_t)step) : 0);
}

static uint8_t *put_event_head(uint8_t *at, double wall_time_s, int64_t step) {
  at = sumi__put_double_field(at, WALL_TIME, wall_time_s);
  return step ? sumi__put_varint_field(at, STEP, (uint64_t)step) : at;
}

void sumi__sink_head(sumi__record_sink_t *sink, double wall_time_s, int64_t start_step) {
  const size_t source_size = sumi__bytes_field_size(sizeof source_text - 1);
  uint8_t *payload = begin_record(sink, event_head_size(0) +
                                            sumi__bytes_field_size(sizeof version_text - 1) +
                                            sumi__bytes_field_size(source_size));
  if (payload) {
    uint8_t *at = put_event_head(payload, wall_time_s, 0);
    at = sumi__put_bytes_field(at, FILE_VERSION, version_text, sizeof version_text - 1);
    at = sumi__put_bytes_key(at, SOURCE_METADATA, source_size);
    at = sumi__put_bytes_field(at, SOURCE_WRITER, source_text, sizeof source_text - 1);
    end_record(sink, payload, at);
    payload = begin_record(sink, event_head_size(start_step) + sumi__bytes_field_size(2));
  }
  if (payload) {
    uint8_t *at = put_event_head(payload, wall_time_s, start_step);
    at = sumi__put_bytes_key(at, SESSION_LOG, 2);
    at = sumi__put_varint_field(at, SESSION_STATUS, SUMI_SESSION_START);
    end_record(sink, payload, at);
  }
  if (sink->block.failed)
    fail(sink, SUMI_RESOURCE_EXHAUSTED, "out of memory for an event file's head");
}

static size_t value_size(const sumi__queued_value_t *value) {
  const sumi__tag_t *tag = value->tag;
  return sumi__bytes_field_size(tag->name.size_bytes) +
         (tag->in_file ? 0 : sumi__bytes_field_size(tag->metadata_size_bytes)) +
         sumi__bytes_field_size(value->tensor_size_bytes);
}

static uint8_t *put_value(uint8_t *at, sumi__queued_value_t *value) {
  const sumi__tag_t *tag = value->tag;
  at = sumi__put_bytes_key(at, SUMMARY_VALUE, value_size(value));
  at = sumi__put_bytes_field(at, VALUE_TAG, tag->name.text, tag->name.size_bytes);
  if (!tag->in_file)
    at = sumi__put_bytes_field(at, VALUE_METADATA, tag->metadata, tag->metadata_size_bytes);
  return sumi__put_bytes_field(at, VALUE_TENSOR, sumi__queued_tensor(value),
                               value->tensor_size_bytes);
}

static size_t summary_size(sumi__queued_event_t *event) {
  size_t size = 0;
  sumi__queued_value_t *value = sumi__queued_values(event);
  for (size_t i = 0; i < event->value_count; ++i, value = sumi__queued_next(value))
    size += sumi__bytes_field_size(value_size(value));
  return size;
}

static size_t what_size(sumi__queued_event_t *event) {
  return event->value_count ? sumi__bytes_field_size(summary_size(event)) : event->what_size_bytes;
}

static uint8_t *put_what(uint8_t *at, sumi__queued_event_t *event) {
  if (event->value_count == 0) return sumi__put_bytes(at, event + 1, event->what_size_bytes);
  at = sumi__put_bytes_key(at, SUMMARY, summary_size(event));
  sumi__queued_value_t *value = sumi__queued_values(event);
  for (size_t i = 0; i < event->value_count; ++i, value = sumi__queued_next(value))
    at = put_value(at, value);
  return at;
}

/* Notes which tags' metadata the record just appended has brought. */
static void mark_tags(sumi__record_sink_t *sink, sumi__queued_event_t *event) {
  sumi__queued_value_t *value = sumi__queued_values(event);
  for (size_t i = 0; i < event->value_count; ++i, value = sumi__queued_next(value)) {
    if (value->tag->in_file) continue;
    const sumi__sink_mark_t mark = {sink->block.size, value->tag};
    sumi_buffer_append(&sink->marks, &mark, sizeof mark);
    /* Without the note a failed write could not be taken back, so the tag repeats its metadata next
     * time. */
    value->tag->in_file = !sink->marks.failed;
    sink->marks.failed = false;
  }
}

void sumi__sink_event(sumi__record_sink_t *sink, sumi__queued_event_t *event) {
  if (sink->dead) {
    ++sink->lost;
    return;
  }
  uint8_t *payload = begin_record(sink, event_head_size(event->step) + what_size(event));
  if (!payload) {
    sink->block.failed = false; /* what the block already holds is whole */
    sumi_fail(SUMI_RESOURCE_EXHAUSTED, "out of memory for an event of %zu bytes in %s",
              event->size_bytes, sink->path);
    fail(sink, SUMI_RESOURCE_EXHAUSTED, sumi_error_message());
    ++sink->lost;
    return;
  }
  uint8_t *end = put_what(put_event_head(payload, event->wall_time_s, event->step), event);
  end_record(sink, payload, end);
  ++sink->block_events;
  mark_tags(sink, event);
  if (sink->block.size >= BLOCK_BYTES) sumi__sink_write(sink);
}

/* Bytes of the block that reached the file; errno says why not all. */
static size_t write_block(sumi__record_sink_t *sink) {
  size_t done = 0;
  while (done < sink->block.size) {
    const ssize_t n = sink->io.write(sink->io.user, sink->fd, sink->block.data + done,
                                     sink->block.size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) errno = EIO;
    if (n <= 0) break;
    done += (size_t)n;
  }
  return done;
}

/* The end of the last whole record within the first `written` bytes of the block; `events` counts
 * them. */
static size_t whole_records(const sumi__record_sink_t *sink, size_t written, uint64_t *events) {
  size_t end = 0;
  *events = 0;
  while (end < written) {
    const uint64_t payload = sumi__get_le64((const uint8_t *)sink->block.data + end);
    if (written - end < payload + SUMI_RECORD_OVERHEAD_BYTES) break;
    end += (size_t)payload + SUMI_RECORD_OVERHEAD_BYTES;
    ++*events;
  }
  return end;
}

static void forget_marks_behind(sumi__record_sink_t *sink, size_t kept) {
  const sumi__sink_mark_t *marks = (const sumi__sink_mark_t *)(void *)sink->marks.data;
  for (size_t i = 0; i < sink->marks.size / sizeof *marks; ++i)
    if (marks[i].record_end > kept) marks[i].tag->in_file = false;
}

static bool may_pass(int error) {
  return error == ENOSPC || error == EDQUOT;
}

static void give_up_rest(sumi__record_sink_t *sink, size_t written) {
  const int error = errno;
  fail_errno(sink, "cannot write");
  uint64_t events;
  const size_t kept = whole_records(sink, written, &events);
  /* The head's records are no caller's events, but a writer whose head failed never starts. */
  sink->written += events;
  sink->lost += sink->block_events - events;
  sink->file_size_bytes += kept;
  forget_marks_behind(sink, kept);
  sink->dead = !may_pass(error);
  if (kept < written &&
      sink->io.truncate(sink->io.user, sink->fd, (off_t)sink->file_size_bytes) != 0)
    sink->dead = true;
}

static void check_still_there(sumi__record_sink_t *sink) {
  struct stat info;
  if (fstat(sink->fd, &info) != 0 || info.st_nlink > 0) return;
  errno = ENOENT;
  fail_errno(sink, "the event file was deleted while being written:");
  sink->dead = true;
}

void sumi__sink_write(sumi__record_sink_t *sink) {
  if (sink->block.size == 0) return;
  if (sink->dead) {
    sink->lost += sink->block_events;
  } else {
    const size_t written = write_block(sink);
    if (written < sink->block.size) {
      give_up_rest(sink, written);
    } else {
      sink->written += sink->block_events;
      sink->file_size_bytes += written;
      check_still_there(sink);
    }
    if (sink->sync && !sink->dead && sink->io.sync(sink->io.user, sink->fd) != 0)
      fail_errno(sink, "cannot sync");
  }
  sink->block_events = 0;
  sumi_buffer_clear(&sink->marks);
  if (sink->block.capacity > 16 * BLOCK_BYTES) sumi_buffer_release(&sink->block);
  sumi_buffer_clear(&sink->block);
}

void sumi__sink_close(sumi__record_sink_t *sink) {
  if (sink->fd >= 0 && close(sink->fd) != 0 && errno != EINTR) fail_errno(sink, "cannot close");
  sink->fd = -1;
  sumi_buffer_release(&sink->block);
  sumi_buffer_release(&sink->marks);
}
