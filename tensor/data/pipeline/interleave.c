/* Elements of many pipelines by turns, in the order of tf.data's InterleaveDataset
 * (tensorflow/core/kernels/data/interleave_dataset_op.cc). */
#include "data/pipeline/stage.h"

#include <inttypes.h>
#include <sumi/alloc.h>
#include <sumi/options.h>

typedef struct {
  sumi_pipeline_t base;
  sumi_interleave_fn_t fn;
  sumi__tensor_function_t function;
  int64_t cycle_length, block_length, seed;
} stage_t;

/* One of those whose turn comes. */
typedef struct {
  sumi_pipeline_t *pipeline;
  sumi__tensor_cursor_t *cursor; /* NULL where none is open */
} turn_t;

typedef struct {
  sumi__tensor_cursor_t base;
  turn_t *turns;
  int64_t turn, block, index; /* whose turn, its elements so far, elements of the input */
  int64_t open;
  bool ended; /* the input */
} cursor_t;

static const stage_t *stage_of(const cursor_t *cursor) {
  return (const stage_t *)cursor->base.stage;
}

static void close_turn(turn_t *turn) {
  sumi__tensor_cursor_free(turn->cursor);
  sumi_pipeline_unref(turn->pipeline);
  *turn = (turn_t){0};
}

static void close_turns(cursor_t *cursor) {
  for (int64_t i = 0; cursor->turns && i < stage_of(cursor)->cycle_length; ++i)
    close_turn(&cursor->turns[i]);
}

static void close_interleave(sumi__tensor_cursor_t *base) {
  close_turns((cursor_t *)base);
  sumi_free(((cursor_t *)base)->turns);
}

static sumi_status_t rewind_interleave(sumi__tensor_cursor_t *base) {
  cursor_t *cursor = (cursor_t *)base;
  close_turns(cursor);
  cursor->turn = cursor->block = cursor->index = cursor->open = 0;
  cursor->ended = false;
  const size_t count = (size_t)stage_of(cursor)->cycle_length;
  if (!cursor->turns) cursor->turns = sumi_calloc(count, sizeof *cursor->turns);
  if (!cursor->turns) return sumi_fail_alloc("an interleave", count * sizeof *cursor->turns);
  return sumi__tensor_rewind_inputs(base);
}

static sumi_status_t open_cursor(cursor_t *cursor, turn_t *turn) {
  SUMI_TRY(sumi_pipeline_status(turn->pipeline));
  turn->cursor = sumi__tensor_cursor_new(turn->pipeline);
  if (!turn->cursor) return SUMI_RESOURCE_EXHAUSTED;
  return sumi__tensor_cursor_rewind(turn->cursor, cursor->base.round);
}

static sumi_status_t open_turn(cursor_t *cursor, turn_t *turn) {
  sumi_element_t *element;
  SUMI_TRY(sumi__tensor_cursor_next(cursor->base.inputs[0], &element));
  cursor->ended = !element;
  if (!element) return SUMI_OK;
  const sumi_pipeline_call_t call = sumi__tensor_call_at(&stage_of(cursor)->function,
                                                         cursor->base.round, cursor->index++);
  turn->pipeline = stage_of(cursor)->fn(&call, element);
  sumi__tensor_element_free(element);
  const sumi_status_t status = open_cursor(cursor, turn);
  if (status == SUMI_OK)
    ++cursor->open;
  else
    close_turn(turn);
  return status;
}

static void pass_on(cursor_t *cursor) {
  cursor->block = 0;
  cursor->turn = (cursor->turn + 1) % stage_of(cursor)->cycle_length;
}

static sumi_status_t next_in_turn(sumi__tensor_cursor_t *base, sumi_element_t **element) {
  cursor_t *cursor = (cursor_t *)base;
  while (!cursor->ended || cursor->open > 0) {
    turn_t *turn = &cursor->turns[cursor->turn];
    if (turn->cursor) {
      const sumi_status_t status = sumi__tensor_cursor_next(turn->cursor, element);
      const bool over = status == SUMI_OK && !*element;
      if (over) {
        close_turn(turn);
        --cursor->open;
      }
      if (over || ++cursor->block == stage_of(cursor)->block_length) pass_on(cursor);
      if (!over) return status;
    } else if (!cursor->ended) {
      SUMI_TRY(open_turn(cursor, turn));
    } else {
      pass_on(cursor);
    }
  }
  return SUMI_OK;
}

static void describe(const sumi_pipeline_t *base, sumi_buffer_t *text) {
  const stage_t *stage = (const stage_t *)base;
  sumi_buffer_printf(text, "%" PRId64 ", blocks of %" PRId64 ", seed %" PRId64, stage->cycle_length,
                     stage->block_length, stage->seed);
}

static void release(sumi_pipeline_t *base) {
  sumi__tensor_function_release(&((stage_t *)base)->function);
}

static const sumi__tensor_stage_kind_t kind = {.name = "interleave",
                                               .stage_bytes = sizeof(stage_t),
                                               .cursor_bytes = sizeof(cursor_t),
                                               .varies = true,
                                               .describe = describe,
                                               .release = release,
                                               .rewind = rewind_interleave,
                                               .next = next_in_turn,
                                               .close = close_interleave};

static sumi_status_t check(const stage_t *stage) {
  if (!stage->fn) return sumi_fail(SUMI_INVALID_ARGUMENT, "interleave: the function is NULL");
  if (stage->cycle_length >= 1 && stage->cycle_length <= INT32_MAX && stage->block_length >= 1)
    return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT,
                   "interleave: cycle_length is %" PRId64 " and block_length %" PRId64
                   "; 1 or more are needed",
                   stage->cycle_length, stage->block_length);
}

sumi_pipeline_t *sumi_pipeline_interleave_with(sumi_pipeline_t *pipeline, sumi_interleave_fn_t fn,
                                               const sumi_interleave_options_t *given) {
  sumi_interleave_options_t options;
  const sumi_status_t read = sumi_options_read(&options, sizeof options, given);
  sumi_pipeline_t *base = sumi__tensor_stage_over(&kind, pipeline);
  if (!sumi__tensor_stage_is(base, &kind)) {
    if (options.release) options.release(options.user);
    return base;
  }
  stage_t *stage = (stage_t *)base;
  stage->fn = fn;
  stage->function = sumi__tensor_function_of(base, options.user, options.release, options.seed);
  stage->cycle_length = options.cycle_length ? options.cycle_length : 1;
  stage->block_length = options.block_length ? options.block_length : 1;
  stage->seed = options.seed;
  sumi__tensor_stage_check(base, read);
  return sumi__tensor_stage_check(base, check(stage));
}
