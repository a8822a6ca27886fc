/* Rounds of the same elements. */
#include "data/pipeline/stage.h"

#include <inttypes.h>

typedef struct {
  sumi_pipeline_t base;
  int64_t count; /* SUMI_FOREVER for no end */
} stage_t;

typedef struct {
  sumi__tensor_cursor_t base;
  int64_t done, at; /* whole rounds; elements of the round that is on */
  int64_t length;   /* of a round, once one was gone through */
} cursor_t;

static int64_t count_of(const cursor_t *cursor) {
  return ((const stage_t *)cursor->base.stage)->count;
}

/* Rounds within rounds are numbered on, so that no two are the same. */
static int64_t input_round(const cursor_t *cursor) {
  const int64_t count = count_of(cursor);
  return count == SUMI_FOREVER ? cursor->done : cursor->base.round * count + cursor->done;
}

static sumi_status_t begin_round(cursor_t *cursor) {
  cursor->at = 0;
  if (cursor->done == count_of(cursor)) return SUMI_OK;
  return sumi__tensor_cursor_rewind(cursor->base.inputs[0], input_round(cursor));
}

static sumi_status_t rewind_repeat(sumi__tensor_cursor_t *base) {
  cursor_t *cursor = (cursor_t *)base;
  cursor->done = cursor->length = 0;
  return begin_round(cursor);
}

/* A round without elements is the last: those after it would have none, either. */
static sumi_status_t end_round(cursor_t *cursor) {
  cursor->length = cursor->at;
  cursor->done = cursor->at == 0 ? count_of(cursor) : cursor->done + 1;
  if (cursor->at == 0 && count_of(cursor) == SUMI_FOREVER) return SUMI_OK;
  return begin_round(cursor);
}

static bool is_over(const cursor_t *cursor) {
  return cursor->done == count_of(cursor);
}

static sumi_status_t next_repeated(sumi__tensor_cursor_t *base, sumi_element_t **element) {
  cursor_t *cursor = (cursor_t *)base;
  while (!is_over(cursor)) {
    SUMI_TRY(sumi__tensor_cursor_next(base->inputs[0], element));
    cursor->at += *element != NULL;
    if (*element) return SUMI_OK;
    SUMI_TRY(end_round(cursor));
  }
  return SUMI_OK;
}

/* Rounds that are equally long are counted, once one was gone through: what is kept from it for the
 * next ones is then there. */
static int64_t whole_rounds(const cursor_t *cursor, int64_t count) {
  if (cursor->base.stage->varies || cursor->length == 0 || cursor->at > 0) return 0;
  const int64_t rounds = count / cursor->length;
  const int64_t left = count_of(cursor) - cursor->done;
  return count_of(cursor) == SUMI_FOREVER || rounds < left ? rounds : left;
}

static sumi_status_t skip_repeated(sumi__tensor_cursor_t *base, int64_t count, int64_t *skipped) {
  cursor_t *cursor = (cursor_t *)base;
  while (*skipped < count && !is_over(cursor)) {
    const int64_t rounds = whole_rounds(cursor, count - *skipped);
    int64_t passed = 0;
    if (rounds > 0) {
      cursor->done += rounds;
      *skipped += rounds * cursor->length;
      SUMI_TRY(begin_round(cursor));
      continue;
    }
    SUMI_TRY(sumi__tensor_cursor_skip(base->inputs[0], count - *skipped, &passed));
    cursor->at += passed;
    *skipped += passed;
    if (*skipped < count) SUMI_TRY(end_round(cursor));
  }
  return SUMI_OK;
}

static void describe(const sumi_pipeline_t *base, sumi_buffer_t *text) {
  const int64_t count = ((const stage_t *)base)->count;
  if (count == SUMI_FOREVER)
    sumi_buffer_puts(text, "forever");
  else
    sumi_buffer_printf(text, "%" PRId64, count);
}

static const sumi__tensor_stage_kind_t kind = {.name = "repeat",
                                               .stage_bytes = sizeof(stage_t),
                                               .cursor_bytes = sizeof(cursor_t),
                                               .describe = describe,
                                               .rewind = rewind_repeat,
                                               .next = next_repeated,
                                               .skip = skip_repeated};

sumi_pipeline_t *sumi_pipeline_repeat(sumi_pipeline_t *pipeline, int64_t count) {
  sumi_pipeline_t *base = sumi__tensor_stage_over(&kind, pipeline);
  if (!sumi__tensor_stage_is(base, &kind)) return base;
  ((stage_t *)base)->count = count;
  if (count >= 0 || count == SUMI_FOREVER) return base;
  return sumi__tensor_stage_check(
      base, sumi_fail(SUMI_INVALID_ARGUMENT,
                      "repeat %" PRId64 " times; 0 or more, or SUMI_FOREVER, are needed", count));
}
