/* What an event is, without decoding what it holds. */
#ifndef SUMI__EVENT_GLANCE_H
#define SUMI__EVENT_GLANCE_H

#include <sumi/event.h>

typedef struct sumi__events_glance {
  int64_t step;
  sumi_event_kind_t kind;
  sumi_session_status_t session_status;
} sumi__events_glance_t;

/* False when the bytes are no protobuf message: then nothing is known. A message whose values Sumi
 * could not decode is fine. */
bool sumi__events_glance_at(const void *bytes, size_t size_bytes, sumi__events_glance_t *glance);

#endif
