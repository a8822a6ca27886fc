#include "data/pipeline/stack.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
  sumi_element_t *const *elements;
  int64_t count, batch;
  const char *name;
  const sumi_padding_t *padding;
  bool padded;
  sumi_dims_t dims; /* of one element in the batch */
  sumi_dtype_t dtype;
} stack_t;

static const sumi_array_t *array_at(const stack_t *stack, int64_t i) {
  return sumi_element_get(stack->elements[i], stack->name);
}

static sumi_status_t fail(const stack_t *stack, int64_t i, const char *expected) {
  const sumi_array_t *array = array_at(stack, i);
  const sumi_status_t status = sumi_fail(
      SUMI_INVALID_ARGUMENT, "batch %" PRId64 ": array \"%s\" of its element %" PRId64 " is %s, %s",
      stack->batch, stack->name, i, array ? sumi__tensor_array_text(array).text : "missing",
      expected);
  return sumi__tensor_element_fail(stack->elements[i], status);
}

static sumi_status_t fail_unlike_first(const stack_t *stack, int64_t i) {
  char expected[SUMI_DIMS_TEXT_MAX + 64];
  snprintf(expected, sizeof expected, "that of the first %s",
           sumi__tensor_array_text(array_at(stack, 0)).text);
  return fail(stack, i, expected);
}

/* The largest size of each axis, or that which was asked for. */
static sumi_status_t widen(stack_t *stack, int64_t i) {
  const sumi_dims_t dims = sumi_array_dims(array_at(stack, i));
  if (dims.rank != stack->dims.rank) return fail_unlike_first(stack, i);
  for (int axis = 0; axis < dims.rank; ++axis)
    if (dims.size[axis] > stack->dims.size[axis]) stack->dims.size[axis] = dims.size[axis];
  return SUMI_OK;
}

static sumi_status_t apply_shape(stack_t *stack) {
  const sumi_dims_t largest = stack->dims;
  if (!stack->padding || !sumi_dims_given(stack->padding->shape)) return SUMI_OK;
  const sumi_dims_t wanted = stack->padding->shape;
  char expected[SUMI_DIMS_TEXT_MAX + 64];
  snprintf(expected, sizeof expected, "which does not fit into the shape %s to be filled up to",
           sumi_dims_text(wanted).text);
  if (wanted.rank != largest.rank) return fail(stack, 0, expected);
  for (int axis = 0; axis < wanted.rank; ++axis)
    if (wanted.size[axis] >= 0) stack->dims.size[axis] = wanted.size[axis];
  for (int64_t i = 0; i < stack->count; ++i)
    for (int axis = 0; axis < wanted.rank; ++axis)
      if (sumi_array_dims(array_at(stack, i)).size[axis] > stack->dims.size[axis])
        return fail(stack, i, expected);
  return SUMI_OK;
}

static sumi_status_t measure(stack_t *stack) {
  const sumi_array_t *first = array_at(stack, 0);
  stack->dims = sumi_array_dims(first);
  stack->dtype = sumi_array_dtype(first);
  for (int64_t i = 1; i < stack->count; ++i) {
    const sumi_array_t *array = array_at(stack, i);
    if (!array || sumi_array_dtype(array) != stack->dtype) return fail_unlike_first(stack, i);
    if (stack->padded)
      SUMI_TRY(widen(stack, i));
    else if (!sumi_dims_equal(sumi_array_dims(array), stack->dims))
      return fail_unlike_first(stack, i);
  }
  if (stack->padded) SUMI_TRY(apply_shape(stack));
  if (stack->dims.rank < SUMI_MAX_RANK) return SUMI_OK;
  return fail(stack, 0, "to which a batch cannot add an axis");
}

/* ---- Copying ---- */

static sumi_status_t copy_texts(const sumi_array_t *from, int64_t from_at, int64_t count,
                                sumi_array_t *to, int64_t to_at) {
  for (int64_t i = 0; i < count; ++i)
    SUMI_TRY(sumi_array_set_text(to, to_at + i, sumi_array_get_text(from, from_at + i)));
  return SUMI_OK;
}

static sumi_status_t copy_run(const sumi_array_t *from, int64_t from_at, int64_t count,
                              sumi_array_t *to, int64_t to_at) {
  const sumi_dtype_t dtype = sumi_array_dtype(from);
  if (dtype == SUMI_STRING) return copy_texts(from, from_at, count, to, to_at);
  const size_t size = sumi_dtype_size_bytes(dtype);
  if (count > 0)
    memcpy((char *)sumi_array_data(to) + (size_t)to_at * size,
           (const char *)sumi_array_data(from) + (size_t)from_at * size, (size_t)count * size);
  return SUMI_OK;
}

/* The axes from `axis` on, run by run. */
static sumi_status_t copy_axes(const stack_t *stack, const sumi_array_t *from, int axis,
                               int64_t *from_at, sumi_array_t *to, int64_t to_at) {
  const sumi_dims_t dims = sumi_array_dims(from);
  if (axis >= dims.rank - 1) {
    const int64_t run = dims.rank > 0 ? dims.size[axis] : 1;
    SUMI_TRY(copy_run(from, *from_at, run, to, to_at));
    *from_at += run;
    return SUMI_OK;
  }
  int64_t step = 1;
  for (int inner = axis + 1; inner < dims.rank; ++inner) step *= stack->dims.size[inner];
  for (int64_t i = 0; i < dims.size[axis]; ++i)
    SUMI_TRY(copy_axes(stack, from, axis + 1, from_at, to, to_at + i * step));
  return SUMI_OK;
}

static sumi_array_t *new_batch(const stack_t *stack) {
  sumi_dims_t dims = {.rank = stack->dims.rank + 1, .size = {stack->count}};
  memcpy(dims.size + 1, stack->dims.size, (size_t)stack->dims.rank * sizeof *dims.size);
  if (!stack->padded) return sumi_array_new_uninitialized(stack->dtype, dims);
  if (stack->dtype == SUMI_STRING) return sumi_array_new(stack->dtype, dims);
  return sumi_array_full(stack->dtype, dims, stack->padding ? stack->padding->value : 0);
}

static sumi_status_t fill(const stack_t *stack, sumi_array_t *batch) {
  const int64_t each = sumi_array_count(batch) / stack->count;
  for (int64_t i = 0; i < stack->count; ++i) {
    const sumi_array_t *array = array_at(stack, i);
    int64_t from_at = 0;
    if (sumi_array_count(array) == each)
      SUMI_TRY(copy_run(array, 0, each, batch, i * each));
    else
      SUMI_TRY(copy_axes(stack, array, 0, &from_at, batch, i * each));
  }
  return SUMI_OK;
}

static sumi_status_t stack_one(stack_t *stack, sumi_element_t *stacked) {
  SUMI_TRY(measure(stack));
  sumi_array_t *batch = new_batch(stack);
  if (!batch) return SUMI_RESOURCE_EXHAUSTED;
  const sumi_status_t status = fill(stack, batch);
  if (status == SUMI_OK) return sumi_element_set(stacked, stack->name, batch);
  sumi_array_unref(batch);
  return status;
}

static const sumi_padding_t *padding_of(const sumi_paddings_t *paddings, const char *name) {
  for (int i = 0; paddings && i < paddings->count; ++i)
    if (strcmp(paddings->list[i].name, name) == 0) return &paddings->list[i];
  return NULL;
}

/* Of equally many arrays none can be one that the first element lacks, unless it lacks another. */
static sumi_status_t check_counts(sumi_element_t *const *elements, int64_t count, int64_t batch) {
  for (int64_t i = 1; i < count; ++i)
    if (elements[i]->count != elements[0]->count)
      return sumi_fail(SUMI_INVALID_ARGUMENT,
                       "batch %" PRId64 ": its element %" PRId64 " has %d arrays, the first has %d",
                       batch, i, elements[i]->count, elements[0]->count);
  return SUMI_OK;
}

sumi_status_t sumi__tensor_stack(sumi_element_t *const *elements, int64_t count, int64_t batch,
                                 const sumi_paddings_t *paddings, sumi_element_t **stacked) {
  SUMI_TRY(check_counts(elements, count, batch));
  sumi_element_t *made = sumi__tensor_element_new();
  if (!made) return SUMI_RESOURCE_EXHAUSTED;
  sumi_status_t status = SUMI_OK;
  for (int i = 0; i < elements[0]->count && status == SUMI_OK; ++i) {
    const char *name = elements[0]->components[i].name;
    stack_t stack = {.elements = elements,
                     .count = count,
                     .batch = batch,
                     .name = name,
                     .padding = padding_of(paddings, name),
                     .padded = paddings != NULL};
    status = stack_one(&stack, made);
  }
  if (status == SUMI_OK)
    *stacked = made;
  else
    sumi__tensor_element_free(made);
  return status;
}
