#include "data/pipeline/stage.h"

/* Numbers an element may draw before it reaches those of the next. */
enum { BLOCKS_BITS = 24 };

sumi__tensor_function_t sumi__tensor_function_of(const sumi_pipeline_t *stage, void *user,
                                                 void (*release)(void *user), int64_t seed) {
  return (sumi__tensor_function_t){user, release, sumi__tensor_stage_seed(stage, seed)};
}

sumi_pipeline_call_t sumi__tensor_call_at(const sumi__tensor_function_t *function, int64_t round,
                                          int64_t index) {
  const sumi_philox_t stream = sumi_philox_seeded(function->seed, round);
  return (sumi_pipeline_call_t){.user = function->user,
                                .index = index,
                                .round = round,
                                .random = sumi_philox_skip(stream, (uint64_t)index << BLOCKS_BITS)};
}

void sumi__tensor_function_release(sumi__tensor_function_t *function) {
  if (function->release) function->release(function->user);
}
