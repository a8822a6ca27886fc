/* Elements made ahead of time by a thread of their own, which alone asks the input while it runs.
 */
#include "data/pipeline/stage.h"
#include "data/pipeline/thread.h"

#include <inttypes.h>
#include <sumi/alloc.h>

typedef struct {
  sumi_pipeline_t base;
  int64_t count;
} stage_t;

/* Without an element and a failure: the end. */
typedef struct {
  sumi_element_t *element;
  sumi__tensor_failure_t failure;
} slot_t;

typedef struct {
  sumi__tensor_cursor_t base;
  slot_t *slots;
  bool made, running, stop, ended;
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t filled_some, taken_some;
  int64_t taken, filled; /* of all slots ever */
} cursor_t;

static int64_t capacity_of(const cursor_t *cursor) {
  return ((const stage_t *)cursor->base.stage)->count;
}

static slot_t *slot_at(const cursor_t *cursor, int64_t number) {
  return &cursor->slots[number % capacity_of(cursor)];
}

static bool wait_for_room(cursor_t *cursor) {
  pthread_mutex_lock(&cursor->mutex);
  while (!cursor->stop && cursor->filled - cursor->taken == capacity_of(cursor))
    pthread_cond_wait(&cursor->taken_some, &cursor->mutex);
  const bool stop = cursor->stop;
  pthread_mutex_unlock(&cursor->mutex);
  return !stop;
}

static void *run(void *argument) {
  cursor_t *cursor = argument;
  for (bool ended = false; !ended && wait_for_room(cursor);) {
    slot_t slot = {0};
    const sumi_status_t status = sumi__tensor_cursor_next(cursor->base.inputs[0], &slot.element);
    sumi__tensor_failure_set(&slot.failure, status);
    ended = status == SUMI_OK && !slot.element;
    pthread_mutex_lock(&cursor->mutex);
    *slot_at(cursor, cursor->filled++) = slot;
    pthread_cond_signal(&cursor->filled_some);
    pthread_mutex_unlock(&cursor->mutex);
  }
  return NULL;
}

/* Joins the thread and drops what it made. */
static void stop(cursor_t *cursor) {
  if (cursor->running) {
    pthread_mutex_lock(&cursor->mutex);
    cursor->stop = true;
    pthread_cond_signal(&cursor->taken_some);
    pthread_mutex_unlock(&cursor->mutex);
    pthread_join(cursor->thread, NULL);
  }
  for (; cursor->taken < cursor->filled; ++cursor->taken) {
    sumi__tensor_element_free(slot_at(cursor, cursor->taken)->element);
    sumi__tensor_failure_release(&slot_at(cursor, cursor->taken)->failure);
  }
  cursor->running = cursor->stop = cursor->ended = false;
  cursor->taken = cursor->filled = 0;
}

static void close_prefetch(sumi__tensor_cursor_t *base) {
  cursor_t *cursor = (cursor_t *)base;
  stop(cursor);
  if (cursor->made) {
    pthread_mutex_destroy(&cursor->mutex);
    pthread_cond_destroy(&cursor->filled_some);
    pthread_cond_destroy(&cursor->taken_some);
  }
  sumi_free(cursor->slots);
}

static sumi_status_t rewind_prefetch(sumi__tensor_cursor_t *base) {
  stop((cursor_t *)base);
  return sumi__tensor_rewind_inputs(base);
}

static sumi_status_t make(cursor_t *cursor) {
  if (cursor->made) return SUMI_OK;
  cursor->slots = sumi_calloc((size_t)capacity_of(cursor), sizeof(slot_t));
  if (!cursor->slots)
    return sumi_fail_alloc("a prefetch", (size_t)capacity_of(cursor) * sizeof(slot_t));
  pthread_mutex_init(&cursor->mutex, NULL);
  pthread_cond_init(&cursor->filled_some, NULL);
  pthread_cond_init(&cursor->taken_some, NULL);
  cursor->made = true;
  return SUMI_OK;
}

/* Where the system gives no thread, elements are made when they are asked for. */
static sumi_status_t next_ready(sumi__tensor_cursor_t *base, sumi_element_t **element) {
  cursor_t *cursor = (cursor_t *)base;
  if (cursor->ended) return SUMI_OK;
  SUMI_TRY(make(cursor));
  if (!cursor->running) cursor->running = sumi__tensor_thread_start(&cursor->thread, run, cursor);
  if (!cursor->running) {
    atomic_fetch_add(&base->waits, 1);
    return sumi__tensor_cursor_next(base->inputs[0], element);
  }
  pthread_mutex_lock(&cursor->mutex);
  if (cursor->taken == cursor->filled) atomic_fetch_add(&base->waits, 1);
  while (cursor->taken == cursor->filled) pthread_cond_wait(&cursor->filled_some, &cursor->mutex);
  slot_t slot = *slot_at(cursor, cursor->taken++);
  pthread_cond_signal(&cursor->taken_some);
  pthread_mutex_unlock(&cursor->mutex);
  *element = slot.element;
  const sumi_status_t status = sumi__tensor_failure_tell(&slot.failure);
  sumi__tensor_failure_release(&slot.failure);
  cursor->ended = status == SUMI_OK && !*element;
  return status;
}

/* Before the thread runs nothing is made; after that, what it has made is dropped one by one. */
static sumi_status_t skip_unready(sumi__tensor_cursor_t *base, int64_t count, int64_t *skipped) {
  return ((cursor_t *)base)->running ? sumi__tensor_cursor_drop(base, count, skipped)
                                     : sumi__tensor_cursor_skip(base->inputs[0], count, skipped);
}

static const sumi__tensor_stage_kind_t kind = {.name = "prefetch",
                                               .stage_bytes = sizeof(stage_t),
                                               .cursor_bytes = sizeof(cursor_t),
                                               .waits = true,
                                               .rewind = rewind_prefetch,
                                               .next = next_ready,
                                               .skip = skip_unready,
                                               .close = close_prefetch};

sumi_pipeline_t *sumi_pipeline_prefetch(sumi_pipeline_t *pipeline, int64_t count) {
  sumi_pipeline_t *base = sumi__tensor_stage_over(&kind, pipeline);
  if (!sumi__tensor_stage_is(base, &kind)) return base;
  ((stage_t *)base)->count = count;
  if (count >= 1 && count <= INT32_MAX) return base;
  return sumi__tensor_stage_check(
      base, sumi_fail(SUMI_INVALID_ARGUMENT, "prefetch: count is %" PRId64 "; 1 to %d are allowed",
                      count, INT32_MAX));
}
