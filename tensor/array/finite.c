#include "array/finite.h"

#include <math.h>

#define FIRST_IN(type)                                                                             \
  do {                                                                                             \
    const type *x = view->data;                                                                    \
    for (int64_t i = 0; i < count; ++i)                                                            \
      if (!isfinite(x[i])) return i;                                                               \
    return -1;                                                                                     \
  } while (0)

int64_t sumi__tensor_first_not_finite(const sumi_array_view_t *view) {
  const int64_t count = sumi_array_view_count(view);
  if (view->dtype == SUMI_FLOAT32) FIRST_IN(float);
  if (view->dtype == SUMI_FLOAT64) FIRST_IN(double);
  if (!sumi_dtype_is_floating(view->dtype)) return -1;
  for (int64_t i = 0; i < count; ++i)
    if (!isfinite(sumi_array_view_double(view, i))) return i;
  return -1;
}
