/* The first elements, the later ones, and every n-th. */
#include "data/pipeline/stage.h"

#include <inttypes.h>

typedef struct {
  sumi_pipeline_t base;
  int64_t count, index; /* index: of shards */
} stage_t;

typedef struct {
  sumi__tensor_cursor_t base;
  int64_t at; /* elements asked of the input */
} cursor_t;

static sumi_status_t rewind_count(sumi__tensor_cursor_t *base) {
  ((cursor_t *)base)->at = 0;
  return sumi__tensor_rewind_inputs(base);
}

static void describe(const sumi_pipeline_t *base, sumi_buffer_t *text) {
  sumi_buffer_printf(text, "%" PRId64, ((const stage_t *)base)->count);
}

static sumi_pipeline_t *over(const sumi__tensor_stage_kind_t *kind, sumi_pipeline_t *pipeline,
                             int64_t count, int64_t index, sumi_status_t status) {
  sumi_pipeline_t *base = sumi__tensor_stage_over(kind, pipeline);
  if (!sumi__tensor_stage_is(base, kind)) return base;
  ((stage_t *)base)->count = count;
  ((stage_t *)base)->index = index;
  return sumi__tensor_stage_check(base, status);
}

static sumi_status_t check_count(const char *what, int64_t count) {
  if (count >= 0) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "%s %" PRId64 " elements; 0 or more are needed", what,
                   count);
}

/* ---- take ---- */

static sumi_status_t next_taken(sumi__tensor_cursor_t *base, sumi_element_t **element) {
  cursor_t *cursor = (cursor_t *)base;
  if (cursor->at == ((const stage_t *)base->stage)->count) return SUMI_OK;
  ++cursor->at;
  return sumi__tensor_cursor_next(base->inputs[0], element);
}

static sumi_status_t skip_taken(sumi__tensor_cursor_t *base, int64_t count, int64_t *skipped) {
  cursor_t *cursor = (cursor_t *)base;
  const int64_t left = ((const stage_t *)base->stage)->count - cursor->at;
  const sumi_status_t status = sumi__tensor_cursor_skip(base->inputs[0],
                                                        count < left ? count : left, skipped);
  cursor->at += *skipped;
  return status;
}

static const sumi__tensor_stage_kind_t take_kind = {.name = "take",
                                                    .stage_bytes = sizeof(stage_t),
                                                    .cursor_bytes = sizeof(cursor_t),
                                                    .describe = describe,
                                                    .rewind = rewind_count,
                                                    .next = next_taken,
                                                    .skip = skip_taken};

sumi_pipeline_t *sumi_pipeline_take(sumi_pipeline_t *pipeline, int64_t count) {
  return over(&take_kind, pipeline, count, 0, check_count("take", count));
}

/* ---- skip ---- */

static sumi_status_t pass_over(cursor_t *cursor) {
  const int64_t count = ((const stage_t *)cursor->base.stage)->count;
  if (cursor->at == count) return SUMI_OK;
  int64_t skipped;
  const sumi_status_t status = sumi__tensor_cursor_skip(cursor->base.inputs[0], count - cursor->at,
                                                        &skipped);
  cursor->at = count;
  return status;
}

static sumi_status_t next_later(sumi__tensor_cursor_t *base, sumi_element_t **element) {
  SUMI_TRY(pass_over((cursor_t *)base));
  return sumi__tensor_cursor_next(base->inputs[0], element);
}

static sumi_status_t skip_later(sumi__tensor_cursor_t *base, int64_t count, int64_t *skipped) {
  SUMI_TRY(pass_over((cursor_t *)base));
  return sumi__tensor_cursor_skip(base->inputs[0], count, skipped);
}

static const sumi__tensor_stage_kind_t skip_kind = {.name = "skip",
                                                    .stage_bytes = sizeof(stage_t),
                                                    .cursor_bytes = sizeof(cursor_t),
                                                    .describe = describe,
                                                    .rewind = rewind_count,
                                                    .next = next_later,
                                                    .skip = skip_later};

sumi_pipeline_t *sumi_pipeline_skip(sumi_pipeline_t *pipeline, int64_t count) {
  return over(&skip_kind, pipeline, count, 0, check_count("skip", count));
}

/* ---- shard ---- */

/* How many of the input stand before the `number`-th of the shard from here, counted from 0. */
static int64_t gap(const cursor_t *cursor, int64_t number) {
  const stage_t *stage = (const stage_t *)cursor->base.stage;
  const int64_t first = (stage->index - cursor->at % stage->count + stage->count) % stage->count;
  int64_t rest;
  if (__builtin_mul_overflow(number, stage->count, &rest) ||
      __builtin_add_overflow(rest, first, &rest))
    return INT64_MAX;
  return rest;
}

static sumi_status_t go_on(cursor_t *cursor, int64_t count, int64_t *skipped) {
  const sumi_status_t status = sumi__tensor_cursor_skip(cursor->base.inputs[0], count, skipped);
  cursor->at += *skipped;
  return status;
}

static sumi_status_t next_of_shard(sumi__tensor_cursor_t *base, sumi_element_t **element) {
  cursor_t *cursor = (cursor_t *)base;
  int64_t skipped;
  SUMI_TRY(go_on(cursor, gap(cursor, 0), &skipped));
  const sumi_status_t status = sumi__tensor_cursor_next(base->inputs[0], element);
  if (status != SUMI_OK || *element) ++cursor->at;
  return status;
}

static sumi_status_t skip_of_shard(sumi__tensor_cursor_t *base, int64_t count, int64_t *skipped) {
  cursor_t *cursor = (cursor_t *)base;
  const int64_t before = gap(cursor, 0), last = gap(cursor, count - 1);
  int64_t passed;
  SUMI_TRY(go_on(cursor, last == INT64_MAX ? last : last + 1, &passed));
  *skipped = passed > before ? 1 + (passed - before - 1) / ((const stage_t *)base->stage)->count
                             : 0;
  return SUMI_OK;
}

static void describe_shard(const sumi_pipeline_t *base, sumi_buffer_t *text) {
  const stage_t *stage = (const stage_t *)base;
  sumi_buffer_printf(text, "%" PRId64 " of %" PRId64, stage->index, stage->count);
}

static const sumi__tensor_stage_kind_t shard_kind = {.name = "shard",
                                                     .stage_bytes = sizeof(stage_t),
                                                     .cursor_bytes = sizeof(cursor_t),
                                                     .describe = describe_shard,
                                                     .rewind = rewind_count,
                                                     .next = next_of_shard,
                                                     .skip = skip_of_shard};

sumi_pipeline_t *sumi_pipeline_shard(sumi_pipeline_t *pipeline, int64_t count, int64_t index) {
  sumi_status_t status = SUMI_OK;
  if (count < 1 || index < 0 || index >= count)
    status = sumi_fail(SUMI_INVALID_ARGUMENT, "shard %" PRId64 " of %" PRId64, index, count);
  return over(&shard_kind, pipeline, count, index, status);
}
