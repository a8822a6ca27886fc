/* Sums, means and positions along axes. */
#include "array/array.h"

#include <math.h>
#include <sumi/alloc.h>

static sumi_dtype_t sum_dtype(sumi_dtype_t dtype) {
  switch (dtype) {
  case SUMI_FLOAT32:
  case SUMI_FLOAT64: return dtype;
  case SUMI_UINT8:
  case SUMI_UINT16:
  case SUMI_UINT32:
  case SUMI_UINT64: return SUMI_UINT64;
  default: return SUMI_INT64;
  }
}

/* Where an input element goes: the step of each input axis in the output, 0 for axes that
 * disappear. */
typedef struct {
  sumi_dims_t out;
  int64_t steps[SUMI_MAX_RANK];
  int64_t reduced; /* input elements per output element */
} plan_t;

static plan_t plan_reduction(sumi_dims_t in, unsigned axes) {
  plan_t plan = {.reduced = 1};
  for (int axis = 0; axis < in.rank; ++axis) {
    if (axes >> axis & 1u)
      plan.reduced *= in.size[axis];
    else
      plan.out.size[plan.out.rank++] = in.size[axis];
  }
  int64_t step = 1;
  for (int axis = in.rank - 1; axis >= 0; --axis)
    if (!(axes >> axis & 1u)) plan.steps[axis] = step, step *= in.size[axis];
  return plan;
}

/* The output element of the input element after the one that goes to `at`. */
static int64_t next_place(const plan_t *plan, const sumi_dims_t *in, int64_t *index, int64_t at) {
  for (int axis = in->rank - 1; axis >= 0; --axis) {
    at += plan->steps[axis];
    if (++index[axis] < in->size[axis]) break;
    at -= plan->steps[axis] * index[axis];
    index[axis] = 0;
  }
  return at;
}

static void add_as_double(const sumi_array_t *a, const plan_t *plan, double *sums) {
  int64_t index[SUMI_MAX_RANK] = {0}, at = 0;
  for (int64_t i = 0; i < a->count; ++i) {
    sums[at] += sumi_array_get(a, i);
    at = next_place(plan, &a->dims, index, at);
  }
}

/* 64-bit integers wrap, signed and unsigned alike. */
static void add_as_integer(const sumi_array_t *a, const plan_t *plan, uint64_t *sums) {
  int64_t index[SUMI_MAX_RANK] = {0}, at = 0;
  for (int64_t i = 0; i < a->count; ++i) {
    switch (a->dtype) {
    case SUMI_INT64: sums[at] += (uint64_t)((const int64_t *)a->data)[i]; break;
    case SUMI_UINT64: sums[at] += ((const uint64_t *)a->data)[i]; break;
    default: sums[at] += (uint64_t)(int64_t)sumi_array_get(a, i); break;
    }
    at = next_place(plan, &a->dims, index, at);
  }
}

static sumi_status_t check_reducible(const char *name, const sumi_array_t *a, unsigned axes) {
  if (!a) return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: the array is NULL", name);
  if (a->dtype == SUMI_STRING)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: not defined for string", name);
  if (axes != SUMI_ALL_AXES && axes >> a->dims.rank != 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: axes 0x%x of an array of shape %s", name, axes,
                     sumi_dims_text(a->dims).text);
  return SUMI_OK;
}

/* Sums in double, divided by `divisor`, as an array of `dtype`. */
static sumi_array_t *floating_sum(const sumi_array_t *a, const plan_t *plan, sumi_dtype_t dtype,
                                  double divisor) {
  sumi_array_t *sums = sumi_array_new(SUMI_FLOAT64, plan->out);
  if (!sums) return NULL;
  double *values = sums->data;
  add_as_double(a, plan, values);
  for (int64_t i = 0; i < sums->count; ++i) values[i] /= divisor;
  if (dtype == SUMI_FLOAT64) return sums;
  sumi_array_t *result = sumi_array_astype(sums, dtype);
  sumi_array_unref(sums);
  return result;
}

sumi_array_t *sumi_array_sum(const sumi_array_t *a, unsigned axes) {
  if (check_reducible("sum", a, axes) != SUMI_OK) return NULL;
  const plan_t plan = plan_reduction(a->dims, axes);
  if (sumi_dtype_is_floating(a->dtype)) return floating_sum(a, &plan, a->dtype, 1);
  sumi_array_t *sums = sumi_array_new(sum_dtype(a->dtype), plan.out);
  if (sums) add_as_integer(a, &plan, sums->data);
  return sums;
}

sumi_array_t *sumi_array_mean(const sumi_array_t *a, unsigned axes) {
  if (check_reducible("mean", a, axes) != SUMI_OK) return NULL;
  const plan_t plan = plan_reduction(a->dims, axes);
  const sumi_dtype_t dtype = sumi_dtype_is_floating(a->dtype) ? a->dtype : SUMI_FLOAT64;
  return floating_sum(a, &plan, dtype, (double)plan.reduced);
}

/* Whether element `i` is larger than element `best`: NaN is the largest, integers compare exactly.
 */
static bool is_larger(const sumi_array_t *a, int64_t i, int64_t best) {
  switch (a->dtype) {
  case SUMI_INT64: return ((const int64_t *)a->data)[i] > ((const int64_t *)a->data)[best];
  case SUMI_UINT64: return ((const uint64_t *)a->data)[i] > ((const uint64_t *)a->data)[best];
  default: break;
  }
  const double value = sumi_array_get(a, i), held = sumi_array_get(a, best);
  return value > held || (isnan(value) && !isnan(held));
}

sumi_array_t *sumi_array_argmax(const sumi_array_t *a, int axis) {
  if (check_reducible("argmax", a, SUMI_ALL_AXES) != SUMI_OK) return NULL;
  const int rank = a->dims.rank, along = axis < 0 ? axis + rank : axis;
  if (along < 0 || along >= rank || a->dims.size[along] == 0) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "argmax: axis %d of an array of shape %s", axis,
              sumi_dims_text(a->dims).text);
    return NULL;
  }
  const plan_t plan = plan_reduction(a->dims, 1u << along);
  sumi_array_t *result = sumi_array_new(SUMI_INT64, plan.out);
  if (!result) return NULL;
  int64_t inner = 1;
  for (int k = along + 1; k < rank; ++k) inner *= a->dims.size[k];
  const int64_t size = a->dims.size[along];
  for (int64_t at = 0; at < result->count; ++at) {
    const int64_t first = at / inner * inner * size + at % inner;
    int64_t best = 0;
    for (int64_t k = 1; k < size; ++k)
      if (is_larger(a, first + k * inner, first + best * inner)) best = k;
    ((int64_t *)result->data)[at] = best;
  }
  return result;
}
