/* Arrays of random numbers. */
#include "array/array.h"

#include <sumi/random.h>

static sumi_array_t *new_random(const char *what, sumi_dtype_t dtype, sumi_dims_t dims) {
  if (sumi_dtype_is_floating(dtype)) return sumi_array_new_uninitialized(dtype, dims);
  sumi_fail(SUMI_INVALID_ARGUMENT, "%s numbers of %s; float32 and float64 are allowed", what,
            sumi_dtype_name(dtype));
  return NULL;
}

/* x * factor + offset, rounded after each step in the array's own type as the ops of TensorFlow do.
 */
static void scale(sumi_array_t *array, double factor, double offset) {
  if (array->dtype == SUMI_FLOAT32) {
    float *values = array->data;
    const float by = (float)factor, plus = (float)offset;
    for (int64_t i = 0; i < array->count; ++i) values[i] *= by;
    for (int64_t i = 0; i < array->count; ++i) values[i] += plus;
  } else {
    double *values = array->data;
    for (int64_t i = 0; i < array->count; ++i) values[i] *= factor;
    for (int64_t i = 0; i < array->count; ++i) values[i] += offset;
  }
}

sumi_array_t *sumi_array_normal(sumi_dtype_t dtype, sumi_dims_t dims, double mean, double deviation,
                                int64_t seed, int64_t seed2) {
  sumi_array_t *array = new_random("normal", dtype, dims);
  if (!array) return NULL;
  const sumi_philox_t stream = sumi_philox_seeded(seed, seed2);
  if (dtype == SUMI_FLOAT32)
    sumi_random_normal_float32(stream, 0, array->count, array->data);
  else
    sumi_random_normal_float64(stream, 0, array->count, array->data);
  scale(array, deviation, mean);
  return array;
}

sumi_array_t *sumi_array_uniform(sumi_dtype_t dtype, sumi_dims_t dims, double low, double high,
                                 int64_t seed, int64_t seed2) {
  sumi_array_t *array = new_random("uniform", dtype, dims);
  if (!array) return NULL;
  const sumi_philox_t stream = sumi_philox_seeded(seed, seed2);
  if (dtype == SUMI_FLOAT32)
    sumi_random_uniform_float32(stream, 0, array->count, array->data);
  else
    sumi_random_uniform_float64(stream, 0, array->count, array->data);
  scale(array, high - low, low);
  return array;
}
