/* A buffer that elements are drawn from. The n-th draw of a round is the n-th number of its stream,
 * so that passing over elements draws as taking them does. */
#include "data/pipeline/stage.h"

#include <inttypes.h>
#include <sumi/options.h>

typedef struct {
  sumi_pipeline_t base;
  int64_t size, given_seed, seed;
  bool same_each_round;
} stage_t;

typedef struct {
  sumi__tensor_cursor_t base;
  sumi__tensor_elements_t buffer;
  int64_t draws;
  bool ended; /* the input */
} cursor_t;

static void close_shuffle(sumi__tensor_cursor_t *base) {
  sumi__tensor_elements_release(&((cursor_t *)base)->buffer);
}

static sumi_status_t rewind_shuffle(sumi__tensor_cursor_t *base) {
  cursor_t *cursor = (cursor_t *)base;
  sumi__tensor_elements_clear(&cursor->buffer);
  cursor->draws = 0;
  cursor->ended = false;
  return sumi__tensor_rewind_inputs(base);
}

static sumi_status_t fill(cursor_t *cursor) {
  const int64_t size = ((const stage_t *)cursor->base.stage)->size;
  sumi__tensor_elements_t *buffer = &cursor->buffer;
  while (!cursor->ended && buffer->count < size) {
    SUMI_TRY(sumi__tensor_elements_make_room(buffer, "a shuffle"));
    sumi_element_t *element;
    SUMI_TRY(sumi__tensor_cursor_next(cursor->base.inputs[0], &element));
    cursor->ended = !element;
    if (element) buffer->list[buffer->count++] = element;
  }
  return SUMI_OK;
}

static int64_t draw(cursor_t *cursor) {
  const stage_t *stage = (const stage_t *)cursor->base.stage;
  const sumi_philox_t stream = sumi_philox_seeded(stage->seed,
                                                  stage->same_each_round ? 0 : cursor->base.round);
  int64_t drawn;
  sumi_random_uniform_int64(stream, 0, cursor->buffer.count, cursor->draws++, 1, &drawn);
  return drawn;
}

static sumi_status_t next_drawn(sumi__tensor_cursor_t *base, sumi_element_t **element) {
  cursor_t *cursor = (cursor_t *)base;
  SUMI_TRY(fill(cursor));
  sumi__tensor_elements_t *buffer = &cursor->buffer;
  if (buffer->count == 0) return SUMI_OK;
  const int64_t place = draw(cursor);
  *element = buffer->list[place];
  buffer->list[place] = buffer->list[--buffer->count];
  return SUMI_OK;
}

static void describe(const sumi_pipeline_t *base, sumi_buffer_t *text) {
  const stage_t *stage = (const stage_t *)base;
  sumi_buffer_printf(text, "%" PRId64 ", seed %" PRId64 "%s", stage->size, stage->given_seed,
                     stage->same_each_round ? ", the same each round" : "");
}

static const sumi__tensor_stage_kind_t kind = {.name = "shuffle",
                                               .stage_bytes = sizeof(stage_t),
                                               .cursor_bytes = sizeof(cursor_t),
                                               .describe = describe,
                                               .rewind = rewind_shuffle,
                                               .next = next_drawn,
                                               .close = close_shuffle};

sumi_pipeline_t *sumi_pipeline_shuffle_with(sumi_pipeline_t *pipeline, int64_t buffer_size,
                                            const sumi_shuffle_options_t *given) {
  sumi_shuffle_options_t options;
  const sumi_status_t read = sumi_options_read(&options, sizeof options, given);
  sumi_pipeline_t *base = sumi__tensor_stage_over(&kind, pipeline);
  if (!sumi__tensor_stage_is(base, &kind)) return base;
  stage_t *stage = (stage_t *)base;
  stage->size = buffer_size;
  stage->given_seed = options.seed;
  stage->seed = sumi__tensor_stage_seed(base, options.seed);
  stage->same_each_round = options.same_each_round;
  sumi__tensor_stage_check(base, read);
  if (buffer_size < 1)
    sumi__tensor_stage_check(
        base, sumi_fail(SUMI_INVALID_ARGUMENT,
                        "shuffle: buffer_size is %" PRId64 "; 1 or more is needed", buffer_size));
  return base;
}
