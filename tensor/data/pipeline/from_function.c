#include "data/pipeline/stage.h"

#include <inttypes.h>
#include <sumi/options.h>

typedef struct {
  sumi_pipeline_t base;
  sumi_element_fn_t fn;
  sumi__tensor_function_t function;
  int64_t count, seed; /* count: 0 for what only the function knows */
} stage_t;

typedef struct {
  sumi__tensor_cursor_t base;
  int64_t at;
  bool ended;
} cursor_t;

static sumi_status_t rewind_function(sumi__tensor_cursor_t *base) {
  cursor_t *cursor = (cursor_t *)base;
  cursor->at = 0;
  cursor->ended = false;
  return SUMI_OK;
}

static sumi_status_t next_call(sumi__tensor_cursor_t *base, sumi_element_t **element) {
  cursor_t *cursor = (cursor_t *)base;
  const stage_t *stage = (const stage_t *)base->stage;
  if (cursor->ended || (stage->count > 0 && cursor->at == stage->count)) return SUMI_OK;
  sumi_element_t *made = sumi__tensor_element_new();
  if (!made) return SUMI_RESOURCE_EXHAUSTED;
  const sumi_pipeline_call_t call = sumi__tensor_call_at(&stage->function, base->round,
                                                         cursor->at++);
  const sumi_status_t status = stage->fn(&call, made);
  cursor->ended = status == SUMI_OK && made->count == 0;
  if (status == SUMI_OK && !cursor->ended)
    *element = made;
  else
    sumi__tensor_element_free(made);
  return status;
}

/* Where the function alone knows the end, it is asked. */
static sumi_status_t skip_calls(sumi__tensor_cursor_t *base, int64_t count, int64_t *skipped) {
  cursor_t *cursor = (cursor_t *)base;
  const stage_t *stage = (const stage_t *)base->stage;
  if (stage->count == 0) return sumi__tensor_cursor_drop(base, count, skipped);
  const int64_t left = stage->count - cursor->at;
  *skipped = count < left ? count : left;
  cursor->at += *skipped;
  return SUMI_OK;
}

static void describe(const sumi_pipeline_t *base, sumi_buffer_t *text) {
  const stage_t *stage = (const stage_t *)base;
  sumi_buffer_printf(text, "%" PRId64 ", seed %" PRId64, stage->count, stage->seed);
}

static void release(sumi_pipeline_t *base) {
  sumi__tensor_function_release(&((stage_t *)base)->function);
}

static const sumi__tensor_stage_kind_t kind = {.name = "function",
                                               .stage_bytes = sizeof(stage_t),
                                               .cursor_bytes = sizeof(cursor_t),
                                               .varies = true,
                                               .describe = describe,
                                               .release = release,
                                               .rewind = rewind_function,
                                               .next = next_call,
                                               .skip = skip_calls};

sumi_pipeline_t *sumi_pipeline_from_function_with(sumi_element_fn_t fn,
                                                  const sumi_generate_options_t *given) {
  sumi_generate_options_t options;
  const sumi_status_t read = sumi_options_read(&options, sizeof options, given);
  sumi_pipeline_t *base = sumi__tensor_stage_source(&kind);
  if (!sumi__tensor_stage_is(base, &kind)) {
    if (options.release) options.release(options.user);
    return base;
  }
  stage_t *stage = (stage_t *)base;
  stage->fn = fn;
  stage->count = options.count;
  stage->seed = options.seed;
  stage->function = sumi__tensor_function_of(base, options.user, options.release, options.seed);
  base->varies = options.count == 0;
  sumi__tensor_stage_check(base, read);
  if (!fn || options.count < 0)
    sumi__tensor_stage_check(base, sumi_fail(SUMI_INVALID_ARGUMENT, "elements of a function: %s",
                                             fn ? "count is negative" : "it is NULL"));
  return base;
}
