/* Functions of elements on the thread that asks; map_threads.c has those on others. */
#include "data/pipeline/map.h"

#include <sumi/options.h>

typedef struct {
  sumi__tensor_cursor_t base;
  int64_t index;
} cursor_t;

static sumi_status_t rewind_map(sumi__tensor_cursor_t *base) {
  ((cursor_t *)base)->index = 0;
  return sumi__tensor_rewind_inputs(base);
}

static sumi_status_t next_mapped(sumi__tensor_cursor_t *base, sumi_element_t **element) {
  cursor_t *cursor = (cursor_t *)base;
  SUMI_TRY(sumi__tensor_cursor_next(base->inputs[0], element));
  if (!*element) return SUMI_OK;
  return sumi__tensor_map_apply((const sumi__tensor_map_t *)base->stage, base->round,
                                cursor->index++, element);
}

static sumi_status_t skip_unmapped(sumi__tensor_cursor_t *base, int64_t count, int64_t *skipped) {
  const sumi_status_t status = sumi__tensor_cursor_skip(base->inputs[0], count, skipped);
  ((cursor_t *)base)->index += *skipped;
  return status;
}

static const sumi__tensor_stage_kind_t kind = {.name = "map",
                                               .stage_bytes = sizeof(sumi__tensor_map_t),
                                               .cursor_bytes = sizeof(cursor_t),
                                               .describe = sumi__tensor_map_describe,
                                               .release = sumi__tensor_map_release,
                                               .rewind = rewind_map,
                                               .next = next_mapped,
                                               .skip = skip_unmapped};

enum { MAX_THREADS = 1024 };

static sumi_status_t check(const sumi__tensor_map_t *map) {
  if (!map->fn) return sumi_fail(SUMI_INVALID_ARGUMENT, "a map: the function is NULL");
  if (map->threads >= 0 && map->threads <= MAX_THREADS) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "a map: threads is %d; 0 to %d are allowed", map->threads,
                   MAX_THREADS);
}

sumi_pipeline_t *sumi_pipeline_map_with(sumi_pipeline_t *pipeline, sumi_element_fn_t fn,
                                        const sumi_map_options_t *given) {
  sumi_map_options_t options;
  const sumi_status_t read = sumi_options_read(&options, sizeof options, given);
  const sumi__tensor_stage_kind_t *chosen = options.threads > 1 ? &sumi__tensor_map_threads : &kind;
  sumi_pipeline_t *base = sumi__tensor_stage_over(chosen, pipeline);
  if (!sumi__tensor_stage_is(base, chosen)) {
    if (options.release) options.release(options.user);
    return base;
  }
  sumi__tensor_map_t *map = (sumi__tensor_map_t *)base;
  map->fn = fn;
  map->threads = options.threads;
  map->seed = options.seed;
  map->function = sumi__tensor_function_of(base, options.user, options.release, options.seed);
  sumi__tensor_stage_check(base, read);
  return sumi__tensor_stage_check(base, check(map));
}
