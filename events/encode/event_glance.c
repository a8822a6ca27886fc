#include "event_glance.h"

#include <string.h>

#include <sumi/wire.h>

/* Of Event and SessionLog (event.proto). */
enum { STEP = 2, SESSION_LOG = SUMI_EVENT_SESSION_LOG, STATUS = 1 };

static bool is_what(uint64_t number) {
  return number >= SUMI_EVENT_FILE_VERSION && number <= SUMI_EVENT_META_GRAPH_DEF;
}

static bool glance_at_session(const sumi_wire_field_t *session, sumi__events_glance_t *glance) {
  sumi_wire_field_t field;
  for (const uint8_t *at = session->bytes; at < session->end; at = field.end) {
    if (!sumi_wire_get_field(at, session->end, &field)) return false;
    if (field.number == STATUS) glance->session_status = (sumi_session_status_t)field.value;
  }
  return true;
}

bool sumi__events_glance_at(const void *bytes, size_t size_bytes, sumi__events_glance_t *glance) {
  *glance = (sumi__events_glance_t){0};
  const uint8_t *end = (const uint8_t *)bytes + size_bytes;
  sumi_wire_field_t field;
  for (const uint8_t *at = bytes; at < end; at = field.end) {
    if (!sumi_wire_get_field(at, end, &field)) return false;
    if (field.number == STEP) glance->step = (int64_t)field.value;
    if (is_what(field.number)) glance->kind = (sumi_event_kind_t)field.number;
    if (field.number == SESSION_LOG && !glance_at_session(&field, glance)) return false;
  }
  return true;
}
