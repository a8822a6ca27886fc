#include "data/pipeline/stage.h"

#include <string.h>
#include <sumi/alloc.h>

static sumi_status_t no_elements(sumi__tensor_cursor_t *cursor, sumi_element_t **element) {
  (void)cursor, (void)element;
  return SUMI_OK;
}

/* What every constructor returns without memory; nobody owns it. */
static const sumi__tensor_stage_kind_t nothing = {
    .name = "nothing", .cursor_bytes = sizeof(sumi__tensor_cursor_t), .next = no_elements};
static sumi_pipeline_t without_memory = {
    .kind = &nothing, .failure = {SUMI_RESOURCE_EXHAUSTED, (char *)"out of memory for a pipeline"}};

sumi_pipeline_t *sumi_pipeline_ref(sumi_pipeline_t *pipeline) {
  if (pipeline && pipeline != &without_memory)
    atomic_fetch_add_explicit(&pipeline->references, 1, memory_order_relaxed);
  return pipeline;
}

void sumi_pipeline_unref(sumi_pipeline_t *pipeline) {
  while (pipeline && pipeline != &without_memory &&
         atomic_fetch_sub_explicit(&pipeline->references, 1, memory_order_acq_rel) == 1) {
    if (pipeline->kind->release) pipeline->kind->release(pipeline);
    sumi__tensor_failure_release(&pipeline->failure);
    sumi_pipeline_t *input = pipeline->inputs[0];
    sumi_pipeline_unref(pipeline->inputs[1]);
    sumi_free(pipeline);
    pipeline = input;
  }
}

sumi_pipeline_t *sumi__tensor_stage_source(const sumi__tensor_stage_kind_t *kind) {
  sumi_pipeline_t *stage = sumi_calloc(1, kind->stage_bytes);
  if (!stage) return &without_memory;
  atomic_init(&stage->references, 1);
  stage->kind = kind;
  stage->varies = kind->varies;
  return stage;
}

static void stand_on(sumi_pipeline_t *stage, int place, sumi_pipeline_t *input) {
  sumi__tensor_stage_check(stage, sumi_pipeline_status(input));
  if (!input) return;
  stage->inputs[place] = input;
  stage->depth += 1 + input->depth;
  stage->varies = stage->varies || input->varies;
}

sumi_pipeline_t *sumi__tensor_stage_over(const sumi__tensor_stage_kind_t *kind,
                                         sumi_pipeline_t *input) {
  sumi_pipeline_t *stage = sumi__tensor_stage_source(kind);
  if (stage == &without_memory)
    sumi_pipeline_unref(input);
  else
    stand_on(stage, 0, input);
  return stage;
}

sumi_pipeline_t *sumi__tensor_stage_over_two(const sumi__tensor_stage_kind_t *kind,
                                             sumi_pipeline_t *input, sumi_pipeline_t *other) {
  sumi_pipeline_t *stage = sumi__tensor_stage_over(kind, input);
  if (stage == &without_memory)
    sumi_pipeline_unref(other);
  else
    stand_on(stage, 1, other);
  return stage;
}

bool sumi__tensor_stage_is(const sumi_pipeline_t *stage, const sumi__tensor_stage_kind_t *kind) {
  return stage->kind == kind;
}

int64_t sumi__tensor_stage_seed(const sumi_pipeline_t *stage, int64_t seed) {
  return (int64_t)((uint64_t)seed + ((uint64_t)stage->depth << 40));
}

sumi_pipeline_t *sumi__tensor_stage_check(sumi_pipeline_t *stage, sumi_status_t status) {
  if (status != SUMI_OK && stage->failure.status == SUMI_OK)
    sumi__tensor_failure_set(&stage->failure, status);
  return stage;
}

sumi_status_t sumi_pipeline_status(const sumi_pipeline_t *pipeline) {
  if (!pipeline) return sumi_fail(SUMI_INVALID_ARGUMENT, "the pipeline is NULL");
  return sumi__tensor_failure_tell(&pipeline->failure);
}

void sumi_pipeline_format(const sumi_pipeline_t *pipeline, sumi_buffer_t *buffer) {
  if (!pipeline || !buffer) return;
  const bool two = pipeline->inputs[1] != NULL;
  if (two) sumi_buffer_puts(buffer, "[");
  for (int i = 0; i < SUMI__STAGE_INPUTS && pipeline->inputs[i]; ++i) {
    if (i > 0) sumi_buffer_puts(buffer, " | ");
    sumi_pipeline_format(pipeline->inputs[i], buffer);
  }
  if (two) sumi_buffer_puts(buffer, "]");
  if (pipeline->inputs[0]) sumi_buffer_puts(buffer, " ");
  sumi_buffer_puts(buffer, pipeline->kind->name);
  if (!pipeline->kind->describe) return;
  sumi_buffer_puts(buffer, "(");
  pipeline->kind->describe(pipeline, buffer);
  sumi_buffer_puts(buffer, ")");
}
