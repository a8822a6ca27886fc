/* Rows of arrays; pictures of data sets are that, too. */
#include "data/pipeline/stage.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
  sumi_pipeline_t base;
  sumi_element_t *arrays;
  int64_t rows;
} stage_t;

typedef struct {
  sumi__tensor_cursor_t base;
  int64_t at;
} cursor_t;

static sumi_status_t rewind_rows(sumi__tensor_cursor_t *base) {
  ((cursor_t *)base)->at = 0;
  return SUMI_OK;
}

static sumi_status_t next_row(sumi__tensor_cursor_t *base, sumi_element_t **element) {
  cursor_t *cursor = (cursor_t *)base;
  const stage_t *stage = (const stage_t *)base->stage;
  if (cursor->at == stage->rows) return SUMI_OK;
  sumi_element_t *row = sumi__tensor_element_new();
  if (!row) return SUMI_RESOURCE_EXHAUSTED;
  for (int i = 0; i < stage->arrays->count; ++i) {
    const sumi__tensor_component_t *whole = &stage->arrays->components[i];
    sumi_array_t *part = sumi_array_row(whole->array, cursor->at);
    if (part && sumi_element_set(row, whole->name, part) == SUMI_OK) continue;
    sumi__tensor_element_free(row);
    return SUMI_RESOURCE_EXHAUSTED;
  }
  ++cursor->at;
  *element = row;
  return SUMI_OK;
}

static sumi_status_t skip_rows(sumi__tensor_cursor_t *base, int64_t count, int64_t *skipped) {
  cursor_t *cursor = (cursor_t *)base;
  const int64_t left = ((const stage_t *)base->stage)->rows - cursor->at;
  *skipped = count < left ? count : left;
  cursor->at += *skipped;
  return SUMI_OK;
}

static void describe(const sumi_pipeline_t *base, sumi_buffer_t *text) {
  sumi_buffer_printf(text, "%" PRId64, ((const stage_t *)base)->rows);
}

static void release(sumi_pipeline_t *base) {
  sumi__tensor_element_free(((stage_t *)base)->arrays);
}

static const sumi__tensor_stage_kind_t kind = {.name = "arrays",
                                               .stage_bytes = sizeof(stage_t),
                                               .cursor_bytes = sizeof(cursor_t),
                                               .describe = describe,
                                               .release = release,
                                               .rewind = rewind_rows,
                                               .next = next_row,
                                               .skip = skip_rows};

static sumi_status_t add(stage_t *stage, const sumi_component_t *given) {
  if (!given->array)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "rows of arrays: array \"%s\" is NULL: %s",
                     given->name ? given->name : "", sumi_error_message());
  if (sumi_element_get(stage->arrays, given->name))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "rows of arrays: two are called \"%s\"", given->name);
  if (sumi_array_rank(given->array) == 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "rows of arrays: \"%s\" is a scalar, which has none",
                     given->name ? given->name : "");
  const int64_t rows = sumi_array_dims(given->array).size[0];
  if (stage->arrays->count > 0 && rows != stage->rows)
    return sumi_fail(
        SUMI_INVALID_ARGUMENT, "rows of arrays: \"%s\" has %" PRId64 ", \"%s\" has %" PRId64,
        given->name ? given->name : "", rows, stage->arrays->components[0].name, stage->rows);
  stage->rows = rows;
  return sumi_element_set(stage->arrays, given->name, sumi_array_ref(given->array));
}

static sumi_status_t fill(stage_t *stage, sumi_components_t arrays) {
  if (arrays.count < 1 || !arrays.list)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "rows of %d arrays; at least one is needed",
                     arrays.count);
  stage->arrays = sumi__tensor_element_new();
  if (!stage->arrays) return SUMI_RESOURCE_EXHAUSTED;
  for (int i = 0; i < arrays.count; ++i) SUMI_TRY(add(stage, &arrays.list[i]));
  return SUMI_OK;
}

sumi_pipeline_t *sumi_pipeline_from_arrays(sumi_components_t arrays) {
  sumi_pipeline_t *stage = sumi__tensor_stage_source(&kind);
  if (!sumi__tensor_stage_is(stage, &kind)) return stage;
  return sumi__tensor_stage_check(stage, fill((stage_t *)stage, arrays));
}

sumi_pipeline_t *sumi_pipeline_from_dataset(const sumi_dataset_t *dataset) {
  return sumi_pipeline_from_arrays(SUMI_COMPONENTS({"image", dataset ? dataset->images : NULL},
                                                   {"label", dataset ? dataset->labels : NULL}));
}
