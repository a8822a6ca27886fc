/* Elements kept in memory. The input is only ever at its round 0. */
#include "data/pipeline/stage.h"

#include <sumi/alloc.h>

typedef struct {
  sumi__tensor_cursor_t base;
  sumi_element_t **kept;
  int64_t count, capacity, at;
  bool complete;
} cursor_t;

static void drop(cursor_t *cursor) {
  while (cursor->count > 0) sumi__tensor_element_free(cursor->kept[--cursor->count]);
}

static void close_cache(sumi__tensor_cursor_t *base) {
  drop((cursor_t *)base);
  sumi_free(((cursor_t *)base)->kept);
}

static sumi_status_t rewind_cache(sumi__tensor_cursor_t *base) {
  cursor_t *cursor = (cursor_t *)base;
  cursor->at = 0;
  if (cursor->complete) return SUMI_OK;
  drop(cursor);
  return sumi__tensor_cursor_rewind(base->inputs[0], 0);
}

static sumi_status_t keep(cursor_t *cursor, const sumi_element_t *element) {
  if (cursor->count == cursor->capacity) {
    const int64_t capacity = cursor->capacity ? 2 * cursor->capacity : 64;
    sumi_element_t **kept = sumi_realloc_array(cursor->kept, (size_t)capacity, sizeof *kept);
    if (!kept) return sumi_fail_alloc("a cache", (size_t)capacity * sizeof *kept);
    cursor->kept = kept;
    cursor->capacity = capacity;
  }
  sumi_element_t *copy = sumi__tensor_element_copy(element);
  if (!copy) return SUMI_RESOURCE_EXHAUSTED;
  cursor->kept[cursor->count++] = copy;
  return SUMI_OK;
}

static sumi_status_t next_new(cursor_t *cursor, sumi_element_t **element) {
  SUMI_TRY(sumi__tensor_cursor_next(cursor->base.inputs[0], element));
  cursor->complete = !*element;
  if (cursor->complete) return SUMI_OK;
  const sumi_status_t status = keep(cursor, *element);
  cursor->at += status == SUMI_OK;
  if (status == SUMI_OK) return SUMI_OK;
  sumi__tensor_element_free(*element);
  *element = NULL;
  return status;
}

static sumi_status_t next_cached(sumi__tensor_cursor_t *base, sumi_element_t **element) {
  cursor_t *cursor = (cursor_t *)base;
  if (!cursor->complete) return next_new(cursor, element);
  if (cursor->at == cursor->count) return SUMI_OK;
  *element = sumi__tensor_element_copy(cursor->kept[cursor->at]);
  cursor->at += *element != NULL;
  return *element ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

/* What is not kept yet is made, for the rounds to come. */
static sumi_status_t skip_cached(sumi__tensor_cursor_t *base, int64_t count, int64_t *skipped) {
  cursor_t *cursor = (cursor_t *)base;
  while (*skipped < count && !cursor->complete) {
    sumi_element_t *element = NULL;
    SUMI_TRY(next_new(cursor, &element));
    *skipped += element != NULL;
    sumi__tensor_element_free(element);
  }
  const int64_t left = cursor->count - cursor->at, wanted = count - *skipped;
  const int64_t passed = wanted < left ? wanted : left;
  cursor->at += passed;
  *skipped += passed;
  return SUMI_OK;
}

static const sumi__tensor_stage_kind_t kind = {.name = "cache",
                                               .stage_bytes = sizeof(sumi_pipeline_t),
                                               .cursor_bytes = sizeof(cursor_t),
                                               .rewind = rewind_cache,
                                               .next = next_cached,
                                               .skip = skip_cached,
                                               .close = close_cache};

sumi_pipeline_t *sumi_pipeline_cache(sumi_pipeline_t *pipeline) {
  return sumi__tensor_stage_over(&kind, pipeline);
}
