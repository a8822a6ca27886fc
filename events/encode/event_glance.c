#include "event_glance.h"

#include <string.h>

#include "wire.h"

/* Of Event and SessionLog (event.proto). */
enum { STEP = 2, SESSION_LOG = SUMI_EVENT_SESSION_LOG, STATUS = 1 };

typedef struct field {
  uint64_t number, value;     /* the value of a varint, the size of bytes */
  const uint8_t *bytes, *end; /* what follows the field's head, and the field */
} field_t;

static const uint8_t *get_varint(const uint8_t *at, const uint8_t *end, uint64_t *value) {
  *value = 0;
  for (unsigned shift = 0; at < end && shift < 64; shift += 7) {
    *value |= (uint64_t)(*at & 0x7f) << shift;
    if (!(*at++ & 0x80)) return at;
  }
  return NULL;
}

/* The field at `at`; false when none can be read there. */
static bool get_field(const uint8_t *at, const uint8_t *end, field_t *field) {
  uint64_t key, size = 0;
  if (!(at = get_varint(at, end, &key))) return false;
  *field = (field_t){.number = key >> 3, .bytes = at};
  switch (key & 7) {
  case SUMI__WIRE_VARINT: field->end = get_varint(at, end, &field->value); return field->end;
  case SUMI__WIRE_FIXED64: size = 8; break;
  case SUMI__WIRE_FIXED32: size = 4; break;
  case SUMI__WIRE_BYTES:
    if (!(field->bytes = get_varint(at, end, &size))) return false;
    field->value = size;
    break;
  default: return false;
  }
  if (size > (uint64_t)(end - field->bytes)) return false;
  field->end = field->bytes + size;
  return true;
}

static bool is_what(uint64_t number) {
  return number >= SUMI_EVENT_FILE_VERSION && number <= SUMI_EVENT_META_GRAPH_DEF;
}

static bool glance_at_session(const field_t *session, sumi__events_glance_t *glance) {
  field_t field;
  for (const uint8_t *at = session->bytes; at < session->end; at = field.end) {
    if (!get_field(at, session->end, &field)) return false;
    if (field.number == STATUS) glance->session_status = (sumi_session_status_t)field.value;
  }
  return true;
}

bool sumi__events_glance_at(const void *bytes, size_t size_bytes, sumi__events_glance_t *glance) {
  *glance = (sumi__events_glance_t){0};
  const uint8_t *end = (const uint8_t *)bytes + size_bytes;
  field_t field;
  for (const uint8_t *at = bytes; at < end; at = field.end) {
    if (!get_field(at, end, &field)) return false;
    if (field.number == STEP) glance->step = (int64_t)field.value;
    if (is_what(field.number)) glance->kind = (sumi_event_kind_t)field.number;
    if (field.number == SESSION_LOG && !glance_at_session(&field, glance)) return false;
  }
  return true;
}
