/* Elements kept in memory. The input is only ever at its round 0. */
#include "data/pipeline/stage.h"

typedef struct {
  sumi__tensor_cursor_t base;
  sumi__tensor_elements_t kept;
  int64_t at;
  bool complete;
} cursor_t;

static void close_cache(sumi__tensor_cursor_t *base) {
  sumi__tensor_elements_release(&((cursor_t *)base)->kept);
}

static sumi_status_t rewind_cache(sumi__tensor_cursor_t *base) {
  cursor_t *cursor = (cursor_t *)base;
  cursor->at = 0;
  if (cursor->complete) return SUMI_OK;
  sumi__tensor_elements_clear(&cursor->kept);
  return sumi__tensor_cursor_rewind(base->inputs[0], 0);
}

static sumi_status_t keep(cursor_t *cursor, const sumi_element_t *element) {
  SUMI_TRY(sumi__tensor_elements_make_room(&cursor->kept, "a cache"));
  sumi_element_t *copy = sumi__tensor_element_copy(element);
  if (!copy) return SUMI_RESOURCE_EXHAUSTED;
  cursor->kept.list[cursor->kept.count++] = copy;
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
  if (cursor->at == cursor->kept.count) return SUMI_OK;
  *element = sumi__tensor_element_copy(cursor->kept.list[cursor->at]);
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
  const int64_t left = cursor->kept.count - cursor->at, wanted = count - *skipped;
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
