#include <sumi/array_view.h>

#include <stdio.h>

sumi_array_view_t sumi_array_view_make(const void *data, sumi_dtype_t dtype, int rank,
                                       const int64_t *dims) {
  sumi_array_view_t view = {.dtype = dtype, .rank = rank, .data = data};
  for (int axis = 0; dims && axis < rank && axis < SUMI_MAX_RANK; ++axis)
    view.dims[axis] = dims[axis];
  return view;
}

int64_t sumi_array_view_count(const sumi_array_view_t *view) {
  if (view->rank < 0 || view->rank > SUMI_MAX_RANK) return -1;
  int64_t count = 1;
  for (int axis = 0; axis < view->rank; ++axis)
    if (view->dims[axis] < 0 || __builtin_mul_overflow(count, view->dims[axis], &count)) return -1;
  return count;
}

sumi_status_t sumi_array_view_check(const char *what, const sumi_array_view_t *view) {
  if (!view) return sumi_fail(SUMI_INVALID_ARGUMENT, "%s is NULL", what);
  const size_t size = sumi_dtype_size_bytes(view->dtype);
  if (size == 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s has unknown dtype %d", what, (int)view->dtype);
  if (view->rank < 0 || view->rank > SUMI_MAX_RANK)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s has rank %d; 0 to %d are allowed", what, view->rank,
                     SUMI_MAX_RANK);
  const int64_t count = sumi_array_view_count(view);
  int64_t bytes;
  if (count < 0 || __builtin_mul_overflow(count, (int64_t)size, &bytes))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s has a negative size or too many elements", what);
  if (count > 0 && !view->data)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s has %lld elements but NULL data", what,
                     (long long)count);
  return SUMI_OK;
}

void sumi_array_view_shape_text(const sumi_array_view_t *view, char text[SUMI_SHAPE_TEXT_MAX]) {
  if (view->rank < 0 || view->rank > SUMI_MAX_RANK) {
    snprintf(text, SUMI_SHAPE_TEXT_MAX, "[] of rank %d", view->rank);
    return;
  }
  size_t length = (size_t)snprintf(text, SUMI_SHAPE_TEXT_MAX, "[");
  for (int axis = 0; axis < view->rank; ++axis)
    length += (size_t)snprintf(text + length, SUMI_SHAPE_TEXT_MAX - length, "%s%lld",
                               axis ? ", " : "", (long long)view->dims[axis]);
  snprintf(text + length, SUMI_SHAPE_TEXT_MAX - length, "]");
}

double sumi_array_view_double(const sumi_array_view_t *view, int64_t index) {
  switch (view->dtype) {
  case SUMI_STRING: return 0;
  case SUMI_FLOAT32: return ((const float *)view->data)[index];
  case SUMI_FLOAT64: return ((const double *)view->data)[index];
  case SUMI_INT32: return ((const int32_t *)view->data)[index];
  case SUMI_UINT8: return ((const uint8_t *)view->data)[index];
  case SUMI_INT16: return ((const int16_t *)view->data)[index];
  case SUMI_INT8: return ((const int8_t *)view->data)[index];
  case SUMI_INT64: return (double)((const int64_t *)view->data)[index];
  /* Bytes of a file may be no bool of C's. */
  case SUMI_BOOL: return ((const uint8_t *)view->data)[index] != 0;
  case SUMI_UINT16: return ((const uint16_t *)view->data)[index];
  case SUMI_UINT32: return ((const uint32_t *)view->data)[index];
  case SUMI_UINT64: return (double)((const uint64_t *)view->data)[index];
  case SUMI_DTYPE_INVALID: break;
  }
  return 0;
}
