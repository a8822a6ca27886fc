/* The events between the callers and the writing thread: a run of bytes with a bound. No lock of
 * its own: the writer's guards it. */
#ifndef SUMI__EVENT_QUEUE_H
#define SUMI__EVENT_QUEUE_H

#include <sumi/event_writer.h>

#include "tag.h"

/* One waiting event; `size_bytes` is a multiple of 8 and leads to the next. A summary is followed
 * by its values; any other event (value_count 0) by `what_size_bytes` bytes, the encoded member of
 * Event.what. */
typedef struct sumi__events_queued_event {
  size_t size_bytes;
  size_t value_count, what_size_bytes;
  int64_t step;
  double wall_time_s;
} sumi__events_queued_event_t;

/* Followed by the encoded tensor; the next value begins at the next multiple of 8. */
typedef struct sumi__events_queued_value {
  sumi_event_tag_t *tag;
  size_t tensor_size_bytes;
} sumi__events_queued_value_t;

static inline size_t sumi__events_queue_align(size_t size_bytes) {
  return (size_bytes + 7) & ~(size_t)7;
}

static inline sumi__events_queued_value_t *
sumi__events_queued_values(sumi__events_queued_event_t *event) {
  return (sumi__events_queued_value_t *)(event + 1);
}

static inline uint8_t *sumi__events_queued_tensor(sumi__events_queued_value_t *value) {
  return (uint8_t *)(value + 1);
}

static inline sumi__events_queued_value_t *
sumi__events_queued_next(sumi__events_queued_value_t *value) {
  return (sumi__events_queued_value_t *)(sumi__events_queued_tensor(value) +
                                         sumi__events_queue_align(value->tensor_size_bytes));
}

/* Zero-initialise, then set limit_bytes. */
typedef struct sumi__events_event_queue {
  uint8_t *bytes;
  size_t used, capacity, limit_bytes;
} sumi__events_event_queue_t;

void sumi__events_queue_release(sumi__events_event_queue_t *queue);

/* Whether `size_bytes` more stay within the bound; an event larger than the bound fits an empty
 * queue. */
bool sumi__events_queue_fits(const sumi__events_event_queue_t *queue, size_t size_bytes);

/* Makes room by DROP_OLDEST or COALESCE and returns the number of events given up. Events that are
 * no summaries stay, so that there may still be too little room. */
size_t sumi__events_queue_thin(sumi__events_event_queue_t *queue, sumi_queue_policy_t policy,
                               size_t size_bytes);

/* Appends an uninitialised event (but for its size) of `size_bytes` bytes, a multiple of 8; NULL
 * when there is no memory. */
sumi__events_queued_event_t *sumi__events_queue_push(sumi__events_event_queue_t *queue,
                                                     size_t size_bytes);

/* The events in order: from NULL to NULL. */
sumi__events_queued_event_t *sumi__events_queue_next(const sumi__events_event_queue_t *queue,
                                                     sumi__events_queued_event_t *event);

/* Empties the queue; gives back memory that only an oversized event needed. */
void sumi__events_queue_clear(sumi__events_event_queue_t *queue);

#endif
