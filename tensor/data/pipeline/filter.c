/* Elements left out: by a function, and where making them failed. */
#include "data/pipeline/stage.h"

#include <inttypes.h>
#include <sumi/options.h>

typedef struct {
  sumi_pipeline_t base;
  sumi_filter_fn_t fn;
  sumi__tensor_function_t function;
  int64_t seed;
} stage_t;

typedef struct {
  sumi__tensor_cursor_t base;
  int64_t index;
} cursor_t;

static sumi_status_t rewind_filter(sumi__tensor_cursor_t *base) {
  ((cursor_t *)base)->index = 0;
  return sumi__tensor_rewind_inputs(base);
}

static sumi_status_t next_kept(sumi__tensor_cursor_t *base, sumi_element_t **element) {
  const stage_t *stage = (const stage_t *)base->stage;
  for (;;) {
    SUMI_TRY(sumi__tensor_cursor_next(base->inputs[0], element));
    if (!*element) return SUMI_OK;
    const sumi_pipeline_call_t call = sumi__tensor_call_at(&stage->function, base->round,
                                                           ((cursor_t *)base)->index++);
    bool keep = false;
    const sumi_status_t status = stage->fn(&call, *element, &keep);
    if (status == SUMI_OK && keep) return SUMI_OK;
    if (status != SUMI_OK) sumi__tensor_element_fail(*element, status);
    sumi__tensor_element_free(*element);
    *element = NULL;
    if (status != SUMI_OK) return status;
  }
}

static void describe(const sumi_pipeline_t *base, sumi_buffer_t *text) {
  sumi_buffer_printf(text, "seed %" PRId64, ((const stage_t *)base)->seed);
}

static void release(sumi_pipeline_t *base) {
  sumi__tensor_function_release(&((stage_t *)base)->function);
}

static const sumi__tensor_stage_kind_t kind = {.name = "filter",
                                               .stage_bytes = sizeof(stage_t),
                                               .cursor_bytes = sizeof(cursor_t),
                                               .varies = true,
                                               .describe = describe,
                                               .release = release,
                                               .rewind = rewind_filter,
                                               .next = next_kept};

static sumi_status_t check(sumi_filter_fn_t fn, const sumi_map_options_t *options) {
  if (!fn) return sumi_fail(SUMI_INVALID_ARGUMENT, "a filter: the function is NULL");
  if (options->threads == 0) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "a filter: threads is %d; it has none of its own",
                   options->threads);
}

sumi_pipeline_t *sumi_pipeline_filter_with(sumi_pipeline_t *pipeline, sumi_filter_fn_t fn,
                                           const sumi_map_options_t *given) {
  sumi_map_options_t options;
  const sumi_status_t read = sumi_options_read(&options, sizeof options, given);
  sumi_pipeline_t *base = sumi__tensor_stage_over(&kind, pipeline);
  if (!sumi__tensor_stage_is(base, &kind)) {
    if (options.release) options.release(options.user);
    return base;
  }
  stage_t *stage = (stage_t *)base;
  stage->fn = fn;
  stage->seed = options.seed;
  stage->function = sumi__tensor_function_of(base, options.user, options.release, options.seed);
  sumi__tensor_stage_check(base, read);
  return sumi__tensor_stage_check(base, check(fn, &options));
}

/* ---- Errors ---- */

/* Memory that is not there would not be for the next element, either. */
static sumi_status_t next_sound(sumi__tensor_cursor_t *base, sumi_element_t **element) {
  sumi_status_t status;
  do status = sumi__tensor_cursor_next(base->inputs[0], element);
  while (status != SUMI_OK && status != SUMI_RESOURCE_EXHAUSTED);
  return status;
}

static const sumi__tensor_stage_kind_t sound_kind = {.name = "ignore_errors",
                                                     .stage_bytes = sizeof(sumi_pipeline_t),
                                                     .cursor_bytes = sizeof(sumi__tensor_cursor_t),
                                                     .varies = true,
                                                     .next = next_sound};

sumi_pipeline_t *sumi_pipeline_ignore_errors(sumi_pipeline_t *pipeline) {
  return sumi__tensor_stage_over(&sound_kind, pipeline);
}
