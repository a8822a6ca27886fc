#include <sumi/event_edit.h>

#include <sumi/record.h>
#include <sumi/utf8.h>
#include <sumi/wire.h>

#include <string.h>

#include "value_encode.h"

/* Of Event, Summary and Summary.Value (event.proto, summary.proto). */
enum { SUMMARY = SUMI_EVENT_SUMMARY, VALUE = 1, TAG = 1, NODE_NAME = 7, METADATA = 9 };

static void put_field(sumi_buffer_t *bytes, unsigned field, const void *value, size_t size_bytes) {
  uint8_t *at = sumi_buffer_reserve(bytes, sumi_wire_bytes_field_size(size_bytes));
  if (!at) return;
  sumi_wire_put_bytes_field(at, field, value, size_bytes);
  bytes->size += sumi_wire_bytes_field_size(size_bytes);
}

static void put_metadata(sumi_buffer_t *bytes, const sumi_event_metadata_t *metadata) {
  const size_t size = sumi__events_metadata_size(metadata);
  uint8_t *at = sumi_buffer_reserve(bytes, sumi_wire_bytes_field_size(size));
  if (!at) return;
  sumi__events_metadata_put(sumi_wire_put_bytes_key(at, METADATA, size), metadata);
  bytes->size += sumi_wire_bytes_field_size(size);
}

static sumi_status_t not_decoded(void) {
  return sumi_fail(SUMI_DATA_LOSS, "the event's record holds other values than the event");
}

/* The fields of a value; old writers named it by a node. */
static sumi_status_t edit_value(const sumi_wire_field_t *from, const sumi_event_value_t *value,
                                const sumi_value_edit_t *edit, sumi_buffer_t *bytes) {
  bool has_metadata = false;
  sumi_wire_field_t field;
  if (edit->tag) put_field(bytes, TAG, edit->tag, strlen(edit->tag));
  for (const uint8_t *at = from->bytes; at < from->end; at = field.end) {
    if (!sumi_wire_get_field(at, from->end, &field)) return not_decoded();
    has_metadata |= field.number == METADATA;
    if (edit->tag && (field.number == TAG || field.number == NODE_NAME)) continue;
    sumi_buffer_append(bytes, at, (size_t)(field.end - at));
  }
  const bool is_known = value->metadata.plugin_name && value->metadata.plugin_name[0];
  if (edit->with_metadata && !has_metadata && is_known && value->form == SUMI_EVENT_FORM_TENSOR)
    put_metadata(bytes, &value->metadata);
  return SUMI_OK;
}

/* Messages are put together from the inside, each in a buffer of its own. */
typedef struct levels {
  sumi_buffer_t value, summary, event;
} levels_t;

static sumi_status_t edit_summary(const sumi_wire_field_t *from, const sumi_event_t *event,
                                  const sumi_value_edit_t *edits, levels_t *levels) {
  sumi_wire_field_t field;
  size_t index = 0;
  for (const uint8_t *at = from->bytes; at < from->end; at = field.end) {
    if (!sumi_wire_get_field(at, from->end, &field)) return not_decoded();
    if (field.number != VALUE) {
      sumi_buffer_append(&levels->summary, at, (size_t)(field.end - at));
      continue;
    }
    if (index == event->value_count) return not_decoded();
    const sumi_value_edit_t *edit = &edits[index];
    const sumi_event_value_t *value = &event->values[index++];
    if (edit->left_out) continue;
    sumi_buffer_clear(&levels->value);
    SUMI_TRY(edit_value(&field, value, edit, &levels->value));
    SUMI_TRY(sumi_buffer_status(&levels->value, "an edited value"));
    put_field(&levels->summary, VALUE, levels->value.data, levels->value.size);
  }
  return index == event->value_count ? SUMI_OK : not_decoded();
}

static sumi_status_t edit_event(const sumi_event_t *event, const sumi_value_edit_t *edits,
                                levels_t *levels) {
  const uint8_t *end = (const uint8_t *)event->record.data + event->record.size_bytes;
  sumi_wire_field_t field;
  bool seen = false;
  for (const uint8_t *at = event->record.data; at < end; at = field.end) {
    if (!sumi_wire_get_field(at, end, &field)) return not_decoded();
    if (field.number != SUMMARY) {
      sumi_buffer_append(&levels->event, at, (size_t)(field.end - at));
      continue;
    }
    if (seen) return not_decoded();
    seen = true;
    SUMI_TRY(edit_summary(&field, event, edits, levels));
    SUMI_TRY(sumi_buffer_status(&levels->summary, "an edited summary"));
    put_field(&levels->event, SUMMARY, levels->summary.data, levels->summary.size);
  }
  return sumi_buffer_status(&levels->event, "an edited event");
}

static sumi_status_t put_record(sumi_buffer_t *records, const void *payload, size_t size_bytes) {
  uint8_t *at = sumi_buffer_reserve(records, size_bytes + SUMI_RECORD_OVERHEAD_BYTES);
  if (!at) return sumi_buffer_status(records, "a record");
  sumi_record_header(size_bytes, at);
  at = sumi_wire_put_bytes(at + SUMI_RECORD_HEADER_BYTES, payload, size_bytes);
  sumi_record_footer(payload, size_bytes, at);
  records->size += size_bytes + SUMI_RECORD_OVERHEAD_BYTES;
  return SUMI_OK;
}

static sumi_status_t check_edits(const sumi_event_t *event, const sumi_value_edit_t *edits,
                                 size_t *kept, bool *changed) {
  *kept = 0;
  *changed = false;
  for (size_t i = 0; i < event->value_count; ++i) {
    *kept += !edits[i].left_out;
    *changed |= edits[i].left_out || edits[i].tag || edits[i].with_metadata;
    if (!edits[i].tag) continue;
    if (!edits[i].tag[0])
      return sumi_fail(SUMI_INVALID_ARGUMENT, "the new tag of \"%s\" is empty",
                       event->values[i].tag);
    SUMI_TRY(sumi_utf8_check("a new tag", edits[i].tag));
  }
  return SUMI_OK;
}

sumi_status_t sumi_event_edit(const sumi_event_t *event, const sumi_value_edit_t *edits,
                              sumi_buffer_t *records) {
  if (!event || !records || (event->value_count > 0 && !edits))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the event, its edits or the buffer is NULL");
  size_t kept;
  bool changed;
  SUMI_TRY(check_edits(event, edits, &kept, &changed));
  if (!changed) return put_record(records, event->record.data, event->record.size_bytes);
  if (kept == 0) return SUMI_OK;
  levels_t levels = {0};
  sumi_status_t status = edit_event(event, edits, &levels);
  if (status == SUMI_OK) status = put_record(records, levels.event.data, levels.event.size);
  sumi_buffer_release(&levels.value);
  sumi_buffer_release(&levels.summary);
  sumi_buffer_release(&levels.event);
  return status;
}
