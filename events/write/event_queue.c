#include "event_queue.h"

#include <sumi/alloc.h>

#include <string.h>

void sumi__events_queue_release(sumi__events_event_queue_t *queue) {
  sumi_free(queue->bytes);
  queue->bytes = NULL;
  queue->used = queue->capacity = 0;
}

bool sumi__events_queue_fits(const sumi__events_event_queue_t *queue, size_t size_bytes) {
  return queue->used == 0 ||
         (queue->used <= queue->limit_bytes && size_bytes <= queue->limit_bytes - queue->used);
}

static bool grow(sumi__events_event_queue_t *queue, size_t needed) {
  size_t capacity = queue->capacity ? queue->capacity : 64 * 1024;
  while (capacity < needed) capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
  uint8_t *bytes = sumi_realloc_array(queue->bytes, capacity, 1);
  if (!bytes) return false;
  queue->bytes = bytes;
  queue->capacity = capacity;
  return true;
}

sumi__events_queued_event_t *sumi__events_queue_push(sumi__events_event_queue_t *queue,
                                                     size_t size_bytes) {
  size_t needed;
  if (__builtin_add_overflow(queue->used, size_bytes, &needed)) return NULL;
  if (needed > queue->capacity && !grow(queue, needed)) return NULL;
  sumi__events_queued_event_t *event = (sumi__events_queued_event_t *)(void *)(queue->bytes +
                                                                               queue->used);
  event->size_bytes = size_bytes;
  queue->used = needed;
  return event;
}

sumi__events_queued_event_t *sumi__events_queue_next(const sumi__events_event_queue_t *queue,
                                                     sumi__events_queued_event_t *event) {
  const size_t at = event ? (size_t)((uint8_t *)event - queue->bytes) + event->size_bytes : 0;
  return at < queue->used ? (sumi__events_queued_event_t *)(void *)(queue->bytes + at) : NULL;
}

void sumi__events_queue_clear(sumi__events_event_queue_t *queue) {
  queue->used = 0;
  if (queue->capacity / 2 > queue->limit_bytes) sumi__events_queue_release(queue);
}

static size_t offset_of(const sumi__events_event_queue_t *queue,
                        const sumi__events_queued_event_t *event) {
  return (size_t)((const uint8_t *)event - queue->bytes);
}

static void mark_newest(sumi__events_event_queue_t *queue) {
  for (sumi__events_queued_event_t *event = sumi__events_queue_next(queue, NULL); event;
       event = sumi__events_queue_next(queue, event))
    if (event->value_count > 0)
      sumi__events_queued_values(event)->tag->newest = offset_of(queue, event);
}

/* Which summaries go: those that are not their tag's newest, or those before a limit. */
typedef struct rule {
  bool keep_newest;
  size_t bytes_to_free; /* stop when so many are free; counted down */
} rule_t;

static bool goes(const sumi__events_event_queue_t *queue, sumi__events_queued_event_t *event,
                 rule_t *rule) {
  if (event->value_count == 0 || rule->bytes_to_free == 0) return false;
  if (rule->keep_newest &&
      sumi__events_queued_values(event)->tag->newest == offset_of(queue, event))
    return false;
  rule->bytes_to_free -= event->size_bytes < rule->bytes_to_free ? event->size_bytes
                                                                 : rule->bytes_to_free;
  return true;
}

static size_t remove_events(sumi__events_event_queue_t *queue, rule_t rule) {
  size_t removed = 0, kept = 0;
  for (size_t at = 0, size; at < queue->used; at += size) {
    sumi__events_queued_event_t *event = (sumi__events_queued_event_t *)(void *)(queue->bytes + at);
    size = event->size_bytes;
    if (goes(queue, event, &rule)) {
      ++removed;
      continue;
    }
    memmove(queue->bytes + kept, queue->bytes + at, size);
    kept += size;
  }
  queue->used = kept;
  return removed;
}

size_t sumi__events_queue_thin(sumi__events_event_queue_t *queue, sumi_queue_policy_t policy,
                               size_t size_bytes) {
  size_t removed = 0;
  if (policy == SUMI_QUEUE_COALESCE) {
    mark_newest(queue);
    removed = remove_events(queue, (rule_t){.keep_newest = true, .bytes_to_free = SIZE_MAX});
  }
  if (sumi__events_queue_fits(queue, size_bytes)) return removed;
  /* A quarter at a time, so that a full queue is not moved for every event. */
  const size_t least = size_bytes < queue->limit_bytes
                           ? queue->used + size_bytes - queue->limit_bytes
                           : SIZE_MAX;
  const size_t quarter = queue->limit_bytes / 4;
  return removed +
         remove_events(queue, (rule_t){.bytes_to_free = least > quarter ? least : quarter});
}
