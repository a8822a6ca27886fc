/* A map on several threads. The thread that asks fills a ring with elements of the input, threads
 * take the oldest that waits, and results leave in the ring's order: only the function runs
 * elsewhere. */
#include "data/pipeline/map.h"
#include "data/pipeline/thread.h"

#include <sumi/alloc.h>

typedef enum { WAITING, TAKEN, DONE } state_t;

/* Where the input failed there is no element, and nothing to do. */
typedef struct {
  state_t state;
  sumi_element_t *element;
  int64_t index, round;
  sumi__tensor_failure_t failure;
} slot_t;

typedef struct {
  sumi__tensor_cursor_t base;
  slot_t *slots;
  int capacity;
  int64_t index;
  bool ended; /* the input */
  pthread_t *threads;
  int thread_count;
  bool made; /* mutex and conditions */
  pthread_mutex_t mutex;
  pthread_cond_t work, done;
  int64_t first, taken, filled; /* of all slots ever: the oldest, the next to work on, the end */
  bool stop;
} cursor_t;

static slot_t *slot_at(const cursor_t *cursor, int64_t number) {
  return &cursor->slots[number % cursor->capacity];
}

static void apply(const cursor_t *cursor, slot_t *slot) {
  const sumi__tensor_map_t *map = (const sumi__tensor_map_t *)cursor->base.stage;
  sumi__tensor_failure_set(&slot->failure,
                           sumi__tensor_map_apply(map, slot->round, slot->index, &slot->element));
}

static void *work(void *argument) {
  cursor_t *cursor = argument;
  pthread_mutex_lock(&cursor->mutex);
  for (;;) {
    while (!cursor->stop && cursor->taken == cursor->filled)
      pthread_cond_wait(&cursor->work, &cursor->mutex);
    if (cursor->stop) break;
    slot_t *slot = slot_at(cursor, cursor->taken++);
    if (slot->state == DONE) continue;
    slot->state = TAKEN;
    pthread_mutex_unlock(&cursor->mutex);
    apply(cursor, slot);
    pthread_mutex_lock(&cursor->mutex);
    slot->state = DONE;
    pthread_cond_signal(&cursor->done);
  }
  pthread_mutex_unlock(&cursor->mutex);
  return NULL;
}

/* Joins the threads and drops what they made. */
static void stop(cursor_t *cursor) {
  if (!cursor->made) return;
  pthread_mutex_lock(&cursor->mutex);
  cursor->stop = true;
  pthread_cond_broadcast(&cursor->work);
  pthread_mutex_unlock(&cursor->mutex);
  for (int i = 0; i < cursor->thread_count; ++i) pthread_join(cursor->threads[i], NULL);
  for (; cursor->first < cursor->filled; ++cursor->first) {
    slot_t *slot = slot_at(cursor, cursor->first);
    sumi__tensor_element_free(slot->element);
    sumi__tensor_failure_release(&slot->failure);
    *slot = (slot_t){0};
  }
  cursor->thread_count = 0;
  cursor->first = cursor->taken = cursor->filled = 0;
  cursor->stop = false;
}

static void close_map(sumi__tensor_cursor_t *base) {
  cursor_t *cursor = (cursor_t *)base;
  stop(cursor);
  if (cursor->made) {
    pthread_mutex_destroy(&cursor->mutex);
    pthread_cond_destroy(&cursor->work);
    pthread_cond_destroy(&cursor->done);
  }
  sumi_free(cursor->slots);
  sumi_free(cursor->threads);
}

static sumi_status_t rewind_map(sumi__tensor_cursor_t *base) {
  cursor_t *cursor = (cursor_t *)base;
  stop(cursor);
  cursor->index = 0;
  cursor->ended = false;
  return sumi__tensor_rewind_inputs(base);
}

static sumi_status_t make(cursor_t *cursor, int threads) {
  cursor->capacity = 2 * threads;
  if (!cursor->slots) cursor->slots = sumi_calloc((size_t)cursor->capacity, sizeof(slot_t));
  if (!cursor->threads) cursor->threads = sumi_calloc((size_t)threads, sizeof(pthread_t));
  if (!cursor->slots || !cursor->threads)
    return sumi_fail_alloc("the threads of a map", (size_t)cursor->capacity * sizeof(slot_t));
  if (!cursor->made) {
    pthread_mutex_init(&cursor->mutex, NULL);
    pthread_cond_init(&cursor->work, NULL);
    pthread_cond_init(&cursor->done, NULL);
    cursor->made = true;
  }
  return SUMI_OK;
}

/* Where the system gives fewer threads, fewer work; where it gives none, the one that asks does. */
static sumi_status_t start(cursor_t *cursor) {
  if (cursor->thread_count > 0) return SUMI_OK;
  const int threads = ((const sumi__tensor_map_t *)cursor->base.stage)->threads;
  SUMI_TRY(make(cursor, threads));
  while (cursor->thread_count < threads &&
         sumi__tensor_thread_start(&cursor->threads[cursor->thread_count], work, cursor))
    ++cursor->thread_count;
  return SUMI_OK;
}

/* Moves an element of the input into the ring. Only this thread changes `filled`, and a slot that
 * is not filled is this thread's. */
static void fill_slot(cursor_t *cursor) {
  slot_t *slot = slot_at(cursor, cursor->filled);
  *slot = (slot_t){.round = cursor->base.round};
  const sumi_status_t status = sumi__tensor_cursor_next(cursor->base.inputs[0], &slot->element);
  cursor->ended = status == SUMI_OK && !slot->element;
  if (cursor->ended) return;
  sumi__tensor_failure_set(&slot->failure, status);
  slot->state = status == SUMI_OK ? WAITING : DONE;
  if (status == SUMI_OK) slot->index = cursor->index++;
  pthread_mutex_lock(&cursor->mutex);
  ++cursor->filled;
  pthread_cond_signal(&cursor->work);
  pthread_mutex_unlock(&cursor->mutex);
}

static void wait_for_first(cursor_t *cursor) {
  slot_t *slot = slot_at(cursor, cursor->first);
  if (cursor->thread_count == 0) {
    if (slot->state == WAITING) apply(cursor, slot);
    cursor->taken = cursor->first + 1;
    return;
  }
  pthread_mutex_lock(&cursor->mutex);
  while (slot->state != DONE) pthread_cond_wait(&cursor->done, &cursor->mutex);
  /* A slot without work may not have been looked at yet, and is given back all the same. */
  if (cursor->taken == cursor->first) ++cursor->taken;
  pthread_mutex_unlock(&cursor->mutex);
}

static sumi_status_t next_mapped(sumi__tensor_cursor_t *base, sumi_element_t **element) {
  cursor_t *cursor = (cursor_t *)base;
  SUMI_TRY(start(cursor));
  while (!cursor->ended && cursor->filled - cursor->first < cursor->capacity) fill_slot(cursor);
  if (cursor->first == cursor->filled) return SUMI_OK;
  wait_for_first(cursor);
  slot_t *slot = slot_at(cursor, cursor->first++);
  *element = slot->element;
  const sumi_status_t status = sumi__tensor_failure_tell(&slot->failure);
  sumi__tensor_failure_release(&slot->failure);
  *slot = (slot_t){0};
  return status;
}

/* With nothing in the ring nothing is mapped; else what is there is taken and dropped. */
static sumi_status_t skip_unmapped(sumi__tensor_cursor_t *base, int64_t count, int64_t *skipped) {
  cursor_t *cursor = (cursor_t *)base;
  if (cursor->ended || cursor->first < cursor->filled)
    return sumi__tensor_cursor_drop(base, count, skipped);
  const sumi_status_t status = sumi__tensor_cursor_skip(base->inputs[0], count, skipped);
  cursor->index += *skipped;
  return status;
}

const sumi__tensor_stage_kind_t sumi__tensor_map_threads = {
    .name = "map",
    .stage_bytes = sizeof(sumi__tensor_map_t),
    .cursor_bytes = sizeof(cursor_t),
    .describe = sumi__tensor_map_describe,
    .release = sumi__tensor_map_release,
    .rewind = rewind_map,
    .next = next_mapped,
    .skip = skip_unmapped,
    .close = close_map};
