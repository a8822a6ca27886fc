/* Arrays from a rule. */
#include "array/array.h"

#include <inttypes.h>

sumi_array_t *sumi_array_arange(int64_t count, sumi_dtype_t dtype) {
  sumi_array_t *array = sumi_array_new(dtype, SUMI_DIMS(count));
  for (int64_t i = 0; array && i < count; ++i)
    if (sumi_array_set(array, i, (double)i) != SUMI_OK) {
      sumi_array_unref(array);
      return NULL;
    }
  return array;
}

/* numpy.linspace computes in double and forces the last element. */
sumi_array_t *sumi_array_linspace(double start, double stop, int64_t count, sumi_dtype_t dtype) {
  if (!sumi_dtype_is_floating(dtype)) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "linspace of %s; float32 and float64 are allowed",
              sumi_dtype_name(dtype));
    return NULL;
  }
  sumi_array_t *array = sumi_array_new_uninitialized(dtype, SUMI_DIMS(count));
  if (!array) return NULL;
  const double last = (double)(count - 1), step = (stop - start) / last;
  for (int64_t i = 0; i < count; ++i) {
    const double offset = step == 0 ? (double)i / last * (stop - start) : (double)i * step;
    const bool is_last = i == count - 1 && count > 1;
    (void)sumi_array_set(array, i, is_last ? stop : count == 1 ? start : start + offset);
  }
  return array;
}

sumi_array_t *sumi_array_eye(int64_t n, sumi_dtype_t dtype) {
  sumi_array_t *array = sumi_array_new(dtype, SUMI_DIMS(n, n));
  for (int64_t i = 0; array && i < n; ++i)
    if (sumi_array_set(array, i * (n + 1), 1) != SUMI_OK) {
      sumi_array_unref(array);
      return NULL;
    }
  return array;
}
