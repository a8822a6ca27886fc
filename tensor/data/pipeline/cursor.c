#include "data/pipeline/stage.h"

#include <sumi/alloc.h>

void sumi__tensor_cursor_free(sumi__tensor_cursor_t *cursor) {
  if (!cursor) return;
  if (cursor->stage->kind->close) cursor->stage->kind->close(cursor);
  for (int i = 0; i < SUMI__STAGE_INPUTS; ++i) sumi__tensor_cursor_free(cursor->inputs[i]);
  sumi_free(cursor);
}

sumi__tensor_cursor_t *sumi__tensor_cursor_new(const sumi_pipeline_t *stage) {
  sumi__tensor_cursor_t *cursor = sumi_calloc(1, stage->kind->cursor_bytes);
  if (!cursor) {
    sumi_fail_alloc("an iterator", stage->kind->cursor_bytes);
    return NULL;
  }
  cursor->stage = stage;
  for (int i = 0; i < SUMI__STAGE_INPUTS && stage->inputs[i]; ++i) {
    cursor->inputs[i] = sumi__tensor_cursor_new(stage->inputs[i]);
    if (cursor->inputs[i]) continue;
    sumi__tensor_cursor_free(cursor);
    return NULL;
  }
  return cursor;
}

int64_t sumi__tensor_cursor_waits(const sumi__tensor_cursor_t *cursor) {
  if (cursor->stage->kind->waits) return atomic_load(&cursor->waits);
  int64_t waits = 0;
  for (int i = 0; i < SUMI__STAGE_INPUTS && cursor->inputs[i]; ++i)
    waits += sumi__tensor_cursor_waits(cursor->inputs[i]);
  return waits;
}

sumi_status_t sumi__tensor_cursor_rewind(sumi__tensor_cursor_t *cursor, int64_t round) {
  cursor->round = round;
  return cursor->stage->kind->rewind ? cursor->stage->kind->rewind(cursor)
                                     : sumi__tensor_rewind_inputs(cursor);
}

sumi_status_t sumi__tensor_rewind_inputs(sumi__tensor_cursor_t *cursor) {
  for (int i = 0; i < SUMI__STAGE_INPUTS && cursor->inputs[i]; ++i)
    SUMI_TRY(sumi__tensor_cursor_rewind(cursor->inputs[i], cursor->round));
  return SUMI_OK;
}

sumi_status_t sumi__tensor_cursor_next(sumi__tensor_cursor_t *cursor, sumi_element_t **element) {
  *element = NULL;
  return cursor->stage->kind->next(cursor, element);
}

sumi_status_t sumi__tensor_cursor_drop(sumi__tensor_cursor_t *cursor, int64_t count,
                                       int64_t *skipped) {
  for (sumi_element_t *element; *skipped < count; ++*skipped) {
    SUMI_TRY(sumi__tensor_cursor_next(cursor, &element));
    if (!element) return SUMI_OK;
    sumi__tensor_element_free(element);
  }
  return SUMI_OK;
}

sumi_status_t sumi__tensor_cursor_skip(sumi__tensor_cursor_t *cursor, int64_t count,
                                       int64_t *skipped) {
  *skipped = 0;
  if (count <= 0) return SUMI_OK;
  return cursor->stage->kind->skip ? cursor->stage->kind->skip(cursor, count, skipped)
                                   : sumi__tensor_cursor_drop(cursor, count, skipped);
}
