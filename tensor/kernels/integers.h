/* Arrays of integers of either size, and sizes multiplied. */
#ifndef SUMI_KERNELS_INTEGERS_H
#define SUMI_KERNELS_INTEGERS_H

#include <sumi/array_view.h>

/* Element `index` of an int32 or int64 array. */
static inline int64_t sumi__tensor_view_int(const sumi_array_view_t *view, int64_t index) {
  return view->dtype == SUMI_INT32 ? ((const int32_t *)view->data)[index]
                                   : ((const int64_t *)view->data)[index];
}

/* Sets it. */
static inline void sumi__tensor_put_int(const sumi_array_view_t *view, int64_t index,
                                        int64_t value) {
  if (view->dtype == SUMI_INT32)
    ((int32_t *)(uintptr_t)view->data)[index] = (int32_t)value;
  else
    ((int64_t *)(uintptr_t)view->data)[index] = value;
}

/* Elements of axes [begin, end) of a shape, multiplied. */
static inline int64_t sumi__tensor_count_axes(const int64_t *size, int begin, int end) {
  int64_t count = 1;
  for (int axis = begin; axis < end; ++axis) count *= size[axis];
  return count;
}

#endif
