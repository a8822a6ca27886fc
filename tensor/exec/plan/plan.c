/* The life of a plan. */
#include "exec/plan/calls.h"
#include "exec/plan/unshaped.h"

#include <sumi/alloc.h>

void sumi__tensor_unshaped_release(sumi__tensor_plan_t *plan) {
  for (int i = 0; plan->unshaped_values && i < plan->unshaped_count; ++i) {
    sumi_array_unref(plan->unshaped_values[i].array);
    plan->unshaped_values[i].array = NULL;
  }
  for (int i = 0; plan->steps && i < plan->step_count; ++i) {
    const sumi__tensor_step_t *step = &plan->steps[i];
    for (int k = 0; step->unshaped && step->unshaped->held && k < step->kernel.output_count; ++k) {
      sumi_array_unref(step->unshaped->held[k]);
      step->unshaped->held[k] = NULL;
    }
  }
}

void *sumi__tensor_plan_calloc(sumi__tensor_plan_t *plan, size_t count, size_t size_bytes) {
  void *memory = sumi_arena_calloc(plan->memory, count, size_bytes);
  if (!memory) sumi_fail_alloc("a plan", count * size_bytes);
  return memory;
}

void *sumi__tensor_plan_constant(sumi__tensor_plan_t *plan, size_t size_bytes) {
  if (plan->constant_count == plan->constant_capacity) {
    const int capacity = plan->constant_capacity ? plan->constant_capacity * 2 : 16;
    void **grown = sumi_realloc_array(plan->constants, (size_t)capacity, sizeof *grown);
    if (!grown) return NULL;
    plan->constants = grown;
    plan->constant_capacity = capacity;
  }
  void *memory = sumi_malloc_aligned(size_bytes);
  if (memory) plan->constants[plan->constant_count++] = memory;
  return memory;
}

static void release_calls(sumi__tensor_calls_t *calls) {
  for (int f = 0; f < SUMI__FLOW_FUNCTIONS; ++f)
    for (int i = 0; i < calls->functions[f].plan_count; ++i)
      sumi__tensor_plan_free(calls->functions[f].plans[i]);
  for (int i = 0; i < calls->held_count; ++i)
    for (int k = 0; k < 2; ++k) sumi_free_aligned(calls->held[i].data[k]);
}

void sumi__tensor_plan_free(sumi__tensor_plan_t *plan) {
  if (!plan) return;
  sumi__tensor_unshaped_release(plan);
  for (sumi__tensor_calls_t *calls = plan->calls; calls; calls = calls->next) release_calls(calls);
  sumi_free_aligned(plan->arena);
  for (int i = 0; i < plan->constant_count; ++i) sumi_free_aligned(plan->constants[i]);
  sumi_free(plan->constants);
  sumi_arena_free(plan->memory);
  sumi_free(plan);
}

sumi__tensor_plan_t *sumi__tensor_plan_new(sumi_session_t *session) {
  sumi__tensor_plan_t *plan = sumi_calloc(1, sizeof *plan);
  sumi_arena_t *memory = sumi_arena_new();
  if (!plan || !memory) {
    sumi_free(plan);
    sumi_arena_free(memory);
    sumi_fail_alloc("a plan", sizeof *plan);
    return NULL;
  }
  plan->session = session;
  plan->memory = memory;
  return plan;
}
