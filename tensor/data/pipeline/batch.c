#include "data/pipeline/stack.h"
#include "data/pipeline/stage.h"

#include <inttypes.h>
#include <string.h>
#include <sumi/alloc.h>
#include <sumi/options.h>

typedef struct {
  sumi_pipeline_t base;
  int64_t size;
  bool drop_remainder, padded;
  sumi_paddings_t paddings; /* copied, with their names */
} stage_t;

typedef struct {
  sumi__tensor_cursor_t base;
  sumi__tensor_elements_t elements; /* of the batch that is made */
  int64_t batch;
} cursor_t;

static void close_batch(sumi__tensor_cursor_t *base) {
  sumi__tensor_elements_release(&((cursor_t *)base)->elements);
}

static sumi_status_t rewind_batch(sumi__tensor_cursor_t *base) {
  ((cursor_t *)base)->batch = 0;
  return sumi__tensor_rewind_inputs(base);
}

static sumi_status_t collect(cursor_t *cursor) {
  sumi__tensor_elements_t *elements = &cursor->elements;
  while (elements->count < ((const stage_t *)cursor->base.stage)->size) {
    SUMI_TRY(sumi__tensor_elements_make_room(elements, "a batch"));
    sumi_element_t *element;
    SUMI_TRY(sumi__tensor_cursor_next(cursor->base.inputs[0], &element));
    if (!element) return SUMI_OK;
    elements->list[elements->count++] = element;
  }
  return SUMI_OK;
}

static sumi_status_t next_batch(sumi__tensor_cursor_t *base, sumi_element_t **element) {
  cursor_t *cursor = (cursor_t *)base;
  const stage_t *stage = (const stage_t *)base->stage;
  sumi_status_t status = collect(cursor);
  const int64_t count = cursor->elements.count;
  if (status == SUMI_OK && (count == stage->size || (count > 0 && !stage->drop_remainder)))
    status = sumi__tensor_stack(cursor->elements.list, count, cursor->batch++,
                                stage->padded ? &stage->paddings : NULL, element);
  sumi__tensor_elements_clear(&cursor->elements);
  return status;
}

static sumi_status_t skip_batches(sumi__tensor_cursor_t *base, int64_t count, int64_t *skipped) {
  const stage_t *stage = (const stage_t *)base->stage;
  int64_t elements, passed = 0;
  if (__builtin_mul_overflow(count, stage->size, &elements)) elements = INT64_MAX;
  SUMI_TRY(sumi__tensor_cursor_skip(base->inputs[0], elements, &passed));
  *skipped = passed / stage->size + (passed % stage->size > 0 && !stage->drop_remainder);
  ((cursor_t *)base)->batch += *skipped;
  return SUMI_OK;
}

static void describe(const sumi_pipeline_t *base, sumi_buffer_t *text) {
  const stage_t *stage = (const stage_t *)base;
  sumi_buffer_printf(text, "%" PRId64 "%s", stage->size,
                     stage->drop_remainder ? ", drop_remainder" : "");
}

static void release(sumi_pipeline_t *base) {
  const sumi_paddings_t *paddings = &((stage_t *)base)->paddings;
  for (int i = 0; i < paddings->count; ++i) sumi_free((char *)(uintptr_t)paddings->list[i].name);
  sumi_free((sumi_padding_t *)(uintptr_t)paddings->list);
}

#define BATCH_KIND(kind_name)                                                                      \
  {                                                                                                \
    .name = kind_name, .stage_bytes = sizeof(stage_t), .cursor_bytes = sizeof(cursor_t),           \
    .describe = describe, .release = release, .rewind = rewind_batch, .next = next_batch,          \
    .skip = skip_batches, .close = close_batch                                                     \
  }
static const sumi__tensor_stage_kind_t batch_kind = BATCH_KIND("batch");
static const sumi__tensor_stage_kind_t padded_kind = BATCH_KIND("padded_batch");

static sumi_pipeline_t *over(const sumi__tensor_stage_kind_t *kind, sumi_pipeline_t *pipeline,
                             int64_t size, bool drop_remainder, sumi_status_t read) {
  sumi_pipeline_t *base = sumi__tensor_stage_over(kind, pipeline);
  if (!sumi__tensor_stage_is(base, kind)) return base;
  stage_t *stage = (stage_t *)base;
  stage->size = size;
  stage->drop_remainder = drop_remainder;
  stage->padded = kind == &padded_kind;
  sumi__tensor_stage_check(base, read);
  if (size < 1 || size > INT32_MAX)
    sumi__tensor_stage_check(base, sumi_fail(SUMI_INVALID_ARGUMENT,
                                             "%s: batch_size is %" PRId64 "; 1 to %d are allowed",
                                             kind->name, size, INT32_MAX));
  return base;
}

sumi_pipeline_t *sumi_pipeline_batch_with(sumi_pipeline_t *pipeline, int64_t batch_size,
                                          const sumi_pipeline_batch_options_t *given) {
  sumi_pipeline_batch_options_t options;
  const sumi_status_t read = sumi_options_read(&options, sizeof options, given);
  return over(&batch_kind, pipeline, batch_size, options.drop_remainder, read);
}

static sumi_status_t copy_paddings(stage_t *stage, sumi_paddings_t given) {
  if (given.count <= 0) return SUMI_OK;
  sumi_padding_t *list = sumi_calloc((size_t)given.count, sizeof *list);
  if (!list) return sumi_fail_alloc("paddings", (size_t)given.count * sizeof *list);
  stage->paddings.list = list;
  for (int i = 0; i < given.count; ++i) {
    if (!given.list[i].name)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "padded_batch: the name of padding %d is NULL", i);
    list[i] = given.list[i];
    list[i].name = sumi_strdup(given.list[i].name);
    if (!list[i].name) return sumi_fail_alloc("paddings", strlen(given.list[i].name));
    stage->paddings.count = i + 1;
  }
  return SUMI_OK;
}

sumi_pipeline_t *sumi_pipeline_padded_batch_with(sumi_pipeline_t *pipeline, int64_t batch_size,
                                                 const sumi_padded_batch_options_t *given) {
  sumi_padded_batch_options_t options;
  const sumi_status_t read = sumi_options_read(&options, sizeof options, given);
  sumi_pipeline_t *base = over(&padded_kind, pipeline, batch_size, options.drop_remainder, read);
  if (!sumi__tensor_stage_is(base, &padded_kind)) return base;
  return sumi__tensor_stage_check(base, copy_paddings((stage_t *)base, options.paddings));
}
