/* A loop: its test and its body are called in turns. What it carries lies in the caller's memory at
 * first, then in the loop's own, of which there are two pieces for each: one is read while the
 * other is written. What it stacks goes to its place in the output, where the plan knows that, and
 * else to memory that grows. */
#include "exec/run/loop.h"

#include "exec/run/call.h"
#include "exec/run/fetch.h"
#include "exec/run/unshaped.h"

#include <sumi/alloc.h>

#include <inttypes.h>
#include <string.h>

typedef struct loop {
  const sumi_kernel_t *kernel;
  sumi__tensor_calls_t *calls;
  const sumi__tensor_flow_t *flow;
  int64_t limit, trips; /* -1: none; -1: not known before the end */
  int64_t done;         /* iterations */
} loop_t;

static sumi_dims_t dims_of(const sumi_array_view_t *view) {
  return sumi_dims_make(view->rank, view->dims);
}

static size_t bytes_of(const sumi_array_view_t *view) {
  return (size_t)sumi_array_view_count(view) * sumi_dtype_size_bytes(view->dtype);
}

static sumi__tensor_held_t *carried(const loop_t *loop, int i) {
  return &loop->calls->held[i];
}

static sumi__tensor_held_t *stacked(const loop_t *loop, int k) {
  return &loop->calls->held[loop->flow->carried + k];
}

/* ---- Before the first iteration ---- */

static sumi_status_t check_elements(const loop_t *loop) {
  for (int i = 0; i < loop->flow->scanned; ++i) {
    const sumi_array_view_t *in = &loop->kernel->in[1 + loop->flow->carried + i];
    if (in->rank > 0 && in->dims[0] == loop->trips) continue;
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "element list %d has shape %s, the loop runs %" PRId64 " times", i,
                     sumi_dims_text(dims_of(in)).text, loop->trips);
  }
  return SUMI_OK;
}

/* A loop without a test runs up to its limit. For another the plan may know, and has a place for
 * what it stacks then. */
static int64_t find_trips(const loop_t *loop) {
  if (!loop->flow->functions[SUMI__TEST]) return loop->limit;
  for (int i = 1 + loop->flow->carried; i < loop->kernel->output_count; ++i)
    if (loop->calls->wanted[i] && sumi__tensor_is_placed(loop->kernel, i))
      return loop->kernel->out[i].dims[0];
  return -1;
}

static sumi_status_t begin(loop_t *loop) {
  const sumi_kernel_t *kernel = loop->kernel;
  if (sumi__tensor_step_of(kernel)->unshaped) sumi__tensor_look_at_inputs(kernel);
  loop->limit = *(const int32_t *)kernel->in[0].data;
  loop->trips = find_trips(loop);
  SUMI_TRY(check_elements(loop));
  for (int i = 0; i < loop->flow->carried; ++i) {
    const sumi_array_view_t *in = &kernel->in[1 + i];
    carried(loop, i)->now = in->data;
    carried(loop, i)->dims = dims_of(in);
  }
  for (int f = 0; f < SUMI__FLOW_FUNCTIONS; ++f)
    if (loop->calls->functions[f].function)
      sumi__tensor_hand_captured(kernel, &loop->calls->functions[f]);
  return SUMI_OK;
}

/* ---- An iteration ---- */

/* Where the elements of this iteration are, or go. */
static int64_t place(const loop_t *loop) {
  return loop->flow->reverse ? loop->trips - 1 - loop->done : loop->done;
}

/* The list with the shapes of element list i; NULL when they are the same. */
static const sumi_array_view_t *shapes_of(const loop_t *loop, int i) {
  const int *shapes = loop->flow->shapes;
  return shapes && shapes[i] >= 0 ? &loop->kernel->in[1 + loop->flow->carried + shapes[i]] : NULL;
}

static const void *element(const loop_t *loop, int i, sumi_dims_t *dims) {
  const sumi_array_view_t *in = &loop->kernel->in[1 + loop->flow->carried + i];
  const sumi_array_view_t *shapes = shapes_of(loop, i);
  *dims = sumi_dims_make(in->rank - 1, in->dims + 1);
  const size_t slot = (size_t)sumi_dims_count(*dims) * sumi_dtype_size_bytes(in->dtype);
  const int64_t at = place(loop);
  for (int axis = 0; shapes && axis < dims->rank; ++axis)
    dims->size[axis] = ((const int32_t *)shapes->data)[at * dims->rank + axis];
  return in->data ? (const char *)in->data + (size_t)at * slot : NULL;
}

static void hand_over(const loop_t *loop, sumi__tensor_called_t *called) {
  for (int k = 0; k < called->changing_feeds; ++k) {
    const int i = called->inputs[k] - 1;
    sumi_dims_t dims;
    if (i < loop->flow->carried) {
      sumi__tensor_hand(called, k, carried(loop, i)->dims, carried(loop, i)->now);
    } else {
      const void *data = element(loop, i - loop->flow->carried, &dims);
      sumi__tensor_hand(called, k, dims, data);
    }
  }
}

static sumi_status_t goes_on(const loop_t *loop, bool *on) {
  sumi__tensor_called_t *test = &loop->calls->functions[SUMI__TEST];
  *on = loop->limit < 0 || loop->done < loop->limit;
  if (!*on || !test->function) return SUMI_OK;
  sumi__tensor_plan_t *plan;
  hand_over(loop, test);
  SUMI_TRY(sumi__tensor_call(loop->kernel, test, &plan));
  const sumi_array_view_t result = sumi__tensor_fetched(plan, 0);
  if (sumi_array_view_count(&result) != 1)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the test has shape %s, not one bool",
                     sumi_dims_text(dims_of(&result)).text);
  *on = *(const bool *)result.data;
  return SUMI_OK;
}

static sumi_status_t make_room(sumi__tensor_held_t *held, int which, size_t used, size_t bytes) {
  if (held->data[which] && bytes <= held->bytes[which]) return SUMI_OK;
  void *data = sumi_malloc_aligned(bytes);
  if (!data) return sumi_fail_alloc("what a loop carries", bytes);
  if (used) memcpy(data, held->data[which], used);
  sumi_free_aligned(held->data[which]);
  held->data[which] = data;
  held->bytes[which] = bytes;
  return SUMI_OK;
}

static void exchange(sumi__tensor_held_t *held) {
  void *data = held->data[0];
  const size_t bytes = held->bytes[0];
  held->data[0] = held->data[1], held->bytes[0] = held->bytes[1];
  held->data[1] = data, held->bytes[1] = bytes;
}

static sumi_status_t carry(const loop_t *loop, int i, const sumi_array_view_t *next) {
  sumi__tensor_held_t *held = carried(loop, i);
  const sumi_dims_t invariant = loop->flow->invariants[i];
  sumi_dims_t both;
  if (!sumi_merge_dims(invariant, dims_of(next), &both))
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "carried %d has shape %s and becomes %s, where its invariant is %s", i,
                     sumi_dims_text(held->dims).text, sumi_dims_text(dims_of(next)).text,
                     sumi_dims_text(invariant).text);
  if (next->data == held->now && sumi_dims_equal(held->dims, dims_of(next))) return SUMI_OK;
  SUMI_TRY(make_room(held, 1, 0, bytes_of(next)));
  if (bytes_of(next)) memcpy(held->data[1], next->data, bytes_of(next));
  return SUMI_OK;
}

/* All has been copied: what comes next is now. */
static void turn(const loop_t *loop, int i, const sumi_array_view_t *next) {
  sumi__tensor_held_t *held = carried(loop, i);
  const sumi_dims_t dims = dims_of(next);
  if (next->data == held->now && sumi_dims_equal(held->dims, dims)) return;
  exchange(held);
  held->now = held->data[0];
  held->dims = dims;
}

static sumi_dims_t stack_dims(int64_t count, sumi_dims_t element) {
  sumi_dims_t dims = {.rank = element.rank + 1, .size = {count}};
  for (int i = 0; i < element.rank; ++i) dims.size[i + 1] = element.size[i];
  return dims;
}

static sumi_status_t fail_shape(const loop_t *loop, int k, sumi_dims_t dims) {
  const sumi_tensor_t value = loop->flow->functions[SUMI__BODY]->results[loop->flow->carried + k];
  return sumi_fail(SUMI_INVALID_ARGUMENT,
                   "'%s' has shape %s and had %s in the iterations before; stacks are of one shape",
                   sumi_op_name(value.op), sumi_dims_text(dims).text,
                   sumi_dims_text(stacked(loop, k)->dims).text);
}

static size_t element_bytes(const loop_t *loop, int k) {
  return sumi_dtype_size_bytes(loop->kernel->out[1 + loop->flow->carried + k].dtype);
}

static size_t slot_bytes(const loop_t *loop, int k) {
  return (size_t)sumi_dims_count(stacked(loop, k)->dims) * element_bytes(loop, k);
}

/* The size of so many slots; false where no memory has it. */
static bool fits(size_t slots, size_t slot, size_t *bytes) {
  return !__builtin_mul_overflow(slots, slot, bytes) && *bytes <= PTRDIFF_MAX;
}

/* Room for one more slot: for all of them, where their number is known. */
static sumi_status_t make_slot(const loop_t *loop, int k) {
  sumi__tensor_held_t *held = stacked(loop, k);
  const size_t slot = slot_bytes(loop, k), done = (size_t)loop->done;
  const size_t slots = loop->trips >= 0 ? (size_t)loop->trips : done + 1;
  size_t bytes;
  if (!fits(loop->trips >= 0 ? slots : 2 * slots, slot, &bytes))
    return sumi_fail_alloc("what a loop stacks", SIZE_MAX);
  if (held->data[0] && slots * slot <= held->bytes[0]) return SUMI_OK;
  return make_room(held, 0, loop->trips >= 0 ? 0 : done * slot, bytes);
}

/* A larger element than any before: the slots grow along the axes in which it is. */
static sumi_status_t grow_slots(const loop_t *loop, int k, sumi_dims_t dims) {
  sumi__tensor_held_t *held = stacked(loop, k);
  const size_t before = slot_bytes(loop, k);
  if (k < loop->flow->strict_stacks || dims.rank != held->dims.rank)
    return fail_shape(loop, k, dims);
  for (int axis = 0; axis < dims.rank; ++axis)
    if (dims.size[axis] > held->dims.size[axis]) held->dims.size[axis] = dims.size[axis];
  const size_t slots = (size_t)(loop->trips >= 0 ? loop->trips : 2 * (loop->done + 1));
  const int64_t count = sumi_dims_count(held->dims);
  size_t bytes, slot;
  if (count < 0 || !fits((size_t)count, element_bytes(loop, k), &slot) ||
      !fits(slots, slot, &bytes))
    return sumi_fail_alloc("what a loop stacks", SIZE_MAX);
  if (slot == before) return SUMI_OK;
  SUMI_TRY(make_room(held, 1, 0, bytes));
  memset(held->data[1], 0, bytes);
  for (int64_t i = 0; i < loop->done; ++i) {
    const size_t at = (size_t)(loop->flow->reverse ? loop->trips - 1 - i : i);
    if (before)
      memcpy((char *)held->data[1] + at * slot, (char *)held->data[0] + at * before, before);
  }
  exchange(held);
  return SUMI_OK;
}

static sumi_status_t stack(const loop_t *loop, int k, const sumi_array_view_t *element) {
  const int output = 1 + loop->flow->carried + k;
  const sumi_dims_t dims = dims_of(element);
  sumi__tensor_held_t *held = stacked(loop, k);
  const bool placed = sumi__tensor_is_placed(loop->kernel, output);
  if (dims.rank >= SUMI_MAX_RANK)
    return sumi_fail(SUMI_UNIMPLEMENTED, "a stack of values with %d axes", dims.rank);
  if (loop->done == 0) held->dims = dims;
  if (loop->done == 0 && placed)
    SUMI_TRY(sumi__tensor_hold_output(loop->kernel, output, stack_dims(loop->trips, dims)));
  if (!sumi_dims_equal(held->dims, dims))
    SUMI_TRY(placed ? fail_shape(loop, k, dims) : grow_slots(loop, k, dims));
  if (!placed) SUMI_TRY(make_slot(loop, k));
  const size_t slot = slot_bytes(loop, k), bytes = bytes_of(element);
  char *to = placed ? sumi_kernel_out(loop->kernel, output) : held->data[0];
  if (bytes) memcpy(to + (size_t)place(loop) * slot, element->data, bytes);
  if (slot > bytes) memset(to + (size_t)place(loop) * slot + bytes, 0, slot - bytes);
  return SUMI_OK;
}

static sumi_status_t iterate(const loop_t *loop) {
  sumi__tensor_called_t *body = &loop->calls->functions[SUMI__BODY];
  const int count = loop->flow->carried;
  sumi__tensor_plan_t *plan;
  hand_over(loop, body);
  SUMI_TRY(sumi__tensor_call(loop->kernel, body, &plan));
  for (int k = 0; k < body->fetch_count; ++k) {
    const int i = body->results[k];
    const sumi_array_view_t result = sumi__tensor_fetched(plan, k);
    SUMI_TRY(i < count ? carry(loop, i, &result) : stack(loop, i - count, &result));
  }
  for (int i = 0; i < count; ++i) { /* the first results are what is carried */
    const sumi_array_view_t result = sumi__tensor_fetched(plan, i);
    turn(loop, i, &result);
  }
  return SUMI_OK;
}

/* ---- After the last ---- */

static sumi_status_t finish_stack(const loop_t *loop, int k) {
  const int output = 1 + loop->flow->carried + k;
  const sumi__tensor_held_t *held = stacked(loop, k);
  if (sumi__tensor_is_placed(loop->kernel, output)) return SUMI_OK;
  sumi_dims_t dims = stack_dims(loop->done, held->dims);
  if (loop->done == 0) { /* nothing says what an element would have been */
    dims = loop->kernel->op->outputs[output].dims;
    if (dims.rank == SUMI_UNKNOWN_RANK) dims = SUMI_DIMS(0);
    for (int i = 0; i < dims.rank; ++i)
      if (dims.size[i] < 0 || i == 0) dims.size[i] = 0;
  }
  SUMI_TRY(sumi__tensor_hold_output(loop->kernel, output, dims));
  const size_t bytes = bytes_of(&loop->kernel->out[output]);
  if (bytes) memcpy(sumi_kernel_out(loop->kernel, output), held->data[0], bytes);
  return SUMI_OK;
}

static sumi_status_t finish(const loop_t *loop) {
  const sumi_kernel_t *kernel = loop->kernel;
  const bool *wanted = loop->calls->wanted;
  if (wanted[0]) {
    SUMI_TRY(sumi__tensor_hold_output(kernel, 0, SUMI_SCALAR));
    *(int32_t *)sumi_kernel_out(kernel, 0) = (int32_t)loop->done;
  }
  for (int i = 0; i < loop->flow->carried; ++i) {
    if (!wanted[1 + i]) continue;
    SUMI_TRY(sumi__tensor_hold_output(kernel, 1 + i, carried(loop, i)->dims));
    const size_t bytes = bytes_of(&kernel->out[1 + i]);
    if (bytes) memcpy(sumi_kernel_out(kernel, 1 + i), carried(loop, i)->now, bytes);
  }
  for (int k = 0; 1 + loop->flow->carried + k < kernel->output_count; ++k)
    if (wanted[1 + loop->flow->carried + k]) SUMI_TRY(finish_stack(loop, k));
  return SUMI_OK;
}

static sumi_status_t run_all(loop_t *loop) {
  for (bool on = true;; ++loop->done) {
    if (loop->done == INT32_MAX)
      return sumi_fail(SUMI_OUT_OF_RANGE, "more iterations than an int32 counts");
    SUMI_TRY(goes_on(loop, &on));
    if (loop->trips >= 0 && on != (loop->done < loop->trips))
      return sumi_fail(SUMI_INTERNAL, "the loop was planned for %" PRId64 " iterations",
                       loop->trips);
    if (!on) return SUMI_OK;
    SUMI_TRY(iterate(loop));
  }
}

sumi_status_t sumi__tensor_run_loop(const sumi_kernel_t *kernel) {
  sumi__tensor_calls_t *calls = sumi__tensor_step_of(kernel)->calls;
  loop_t loop = {.kernel = kernel, .calls = calls, .flow = calls->flow};
  SUMI_TRY(begin(&loop));
  const sumi_status_t status = run_all(&loop);
  if (status == SUMI_OK) return finish(&loop);
  return sumi_kernel_fail(kernel, status, "iteration %" PRId64 ": %s", loop.done,
                          sumi_error_message());
}
