/* Two pipelines as one: behind each other, and side by side. */
#include "data/pipeline/stage.h"

typedef struct {
  sumi__tensor_cursor_t base;
  bool first_ended;
} cursor_t;

static sumi_status_t rewind_both(sumi__tensor_cursor_t *base) {
  ((cursor_t *)base)->first_ended = false;
  return sumi__tensor_rewind_inputs(base);
}

/* ---- concatenate ---- */

static sumi_status_t next_of_either(sumi__tensor_cursor_t *base, sumi_element_t **element) {
  cursor_t *cursor = (cursor_t *)base;
  if (!cursor->first_ended) {
    SUMI_TRY(sumi__tensor_cursor_next(base->inputs[0], element));
    if (*element) return SUMI_OK;
    cursor->first_ended = true;
  }
  return sumi__tensor_cursor_next(base->inputs[1], element);
}

static sumi_status_t skip_either(sumi__tensor_cursor_t *base, int64_t count, int64_t *skipped) {
  cursor_t *cursor = (cursor_t *)base;
  int64_t passed = 0;
  if (!cursor->first_ended) SUMI_TRY(sumi__tensor_cursor_skip(base->inputs[0], count, &passed));
  *skipped = passed;
  if (passed == count) return SUMI_OK;
  cursor->first_ended = true;
  const sumi_status_t status = sumi__tensor_cursor_skip(base->inputs[1], count - passed, &passed);
  *skipped += passed;
  return status;
}

static const sumi__tensor_stage_kind_t concatenate_kind = {.name = "concatenate",
                                                           .stage_bytes = sizeof(sumi_pipeline_t),
                                                           .cursor_bytes = sizeof(cursor_t),
                                                           .rewind = rewind_both,
                                                           .next = next_of_either,
                                                           .skip = skip_either};

sumi_pipeline_t *sumi_pipeline_concatenate(sumi_pipeline_t *pipeline, sumi_pipeline_t *other) {
  return sumi__tensor_stage_over_two(&concatenate_kind, pipeline, other);
}

/* ---- zip ---- */

static sumi_status_t add_all(sumi_element_t *element, const sumi_element_t *more) {
  for (int i = 0; i < more->count; ++i) {
    const sumi__tensor_component_t *component = &more->components[i];
    if (sumi_element_get(element, component->name))
      return sumi_fail(SUMI_INVALID_ARGUMENT, "zip: both elements have an array \"%s\"",
                       component->name);
    SUMI_TRY(sumi_element_set(element, component->name, sumi_array_ref(component->array)));
  }
  return SUMI_OK;
}

/* When one fails the other has moved on, too, so that elements stay together. */
static sumi_status_t next_pair(sumi__tensor_cursor_t *base, sumi_element_t **element) {
  sumi_element_t *pair[2] = {NULL, NULL};
  sumi__tensor_failure_t failure = {0};
  sumi__tensor_failure_set(&failure, sumi__tensor_cursor_next(base->inputs[0], &pair[0]));
  sumi_status_t status = sumi__tensor_cursor_next(base->inputs[1], &pair[1]);
  if (failure.status != SUMI_OK) status = sumi__tensor_failure_tell(&failure);
  sumi__tensor_failure_release(&failure);
  const bool whole = status == SUMI_OK && pair[0] && pair[1];
  if (whole) status = add_all(pair[0], pair[1]);
  sumi__tensor_element_free(pair[1]);
  if (whole && status == SUMI_OK)
    *element = pair[0];
  else
    sumi__tensor_element_free(pair[0]);
  return status;
}

static sumi_status_t skip_pairs(sumi__tensor_cursor_t *base, int64_t count, int64_t *skipped) {
  int64_t other = 0;
  SUMI_TRY(sumi__tensor_cursor_skip(base->inputs[0], count, skipped));
  SUMI_TRY(sumi__tensor_cursor_skip(base->inputs[1], count, &other));
  if (other < *skipped) *skipped = other;
  return SUMI_OK;
}

static const sumi__tensor_stage_kind_t zip_kind = {.name = "zip",
                                                   .stage_bytes = sizeof(sumi_pipeline_t),
                                                   .cursor_bytes = sizeof(cursor_t),
                                                   .rewind = rewind_both,
                                                   .next = next_pair,
                                                   .skip = skip_pairs};

sumi_pipeline_t *sumi_pipeline_zip(sumi_pipeline_t *pipeline, sumi_pipeline_t *other) {
  return sumi__tensor_stage_over_two(&zip_kind, pipeline, other);
}
