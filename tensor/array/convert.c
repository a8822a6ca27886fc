/* Elements as numbers of another type. */
#include "array/array.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The largest double that does not exceed INT64_MAX and UINT64_MAX: the maxima themselves are not
 * doubles. */
static const double int64_limit = 9223372036854774784.0, uint64_limit = 18446744073709549568.0;

static double clamp(double value, double low, double high) {
  if (isnan(value)) return 0;
  return value < low ? low : value > high ? high : value;
}

static float to_float(double value) {
  return (float)value;
}
static double to_double(double value) {
  return value;
}
static int8_t to_int8_t(double value) {
  return (int8_t)clamp(value, INT8_MIN, INT8_MAX);
}
static int16_t to_int16_t(double value) {
  return (int16_t)clamp(value, INT16_MIN, INT16_MAX);
}
static int32_t to_int32_t(double value) {
  return (int32_t)clamp(value, INT32_MIN, INT32_MAX);
}
static uint8_t to_uint8_t(double value) {
  return (uint8_t)clamp(value, 0, UINT8_MAX);
}
static uint16_t to_uint16_t(double value) {
  return (uint16_t)clamp(value, 0, UINT16_MAX);
}
static uint32_t to_uint32_t(double value) {
  return (uint32_t)clamp(value, 0, UINT32_MAX);
}
static bool to_bool(double value) {
  return value != 0;
}

static int64_t to_int64_t(double value) {
  return value > int64_limit ? INT64_MAX : (int64_t)clamp(value, (double)INT64_MIN, int64_limit);
}

static uint64_t to_uint64_t(double value) {
  return value > uint64_limit ? UINT64_MAX : (uint64_t)clamp(value, 0, uint64_limit);
}

double sumi_array_get(const sumi_array_t *array, int64_t index) {
  const sumi_array_view_t view = sumi_array_view(array);
  return sumi_array_view_double(&view, index);
}

/* Stores `value` at `count` places from `first` on. */
static void store(sumi_array_t *array, int64_t first, int64_t count, double value) {
  switch (array->dtype) {
#define STORE(NAME, type)                                                                          \
  case SUMI_##NAME: {                                                                              \
    type *place = (type *)array->data + first;                                                     \
    const type converted = to_##type(value);                                                       \
    for (int64_t i = 0; i < count; ++i) place[i] = converted;                                      \
    break;                                                                                         \
  }
    SUMI__NUMERIC_DTYPES(STORE)
#undef STORE
  case SUMI_STRING:
  case SUMI_DTYPE_INVALID: break;
  }
}

static sumi_status_t check_numeric(sumi_dtype_t dtype) {
  if (dtype != SUMI_STRING) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "a number for an array of strings");
}

sumi_status_t sumi_array_set(sumi_array_t *array, int64_t index, double value) {
  SUMI_TRY(sumi__tensor_array_check_index(array, index));
  SUMI_TRY(check_numeric(array->dtype));
  store(array, index, 1, value);
  return SUMI_OK;
}

sumi_array_t *sumi_array_full(sumi_dtype_t dtype, sumi_dims_t dims, double value) {
  if (check_numeric(dtype) != SUMI_OK) return NULL;
  sumi_array_t *array = sumi_array_new_uninitialized(dtype, dims);
  if (array) store(array, 0, array->count, value);
  return array;
}

sumi_array_t *sumi_array_scalar(sumi_dtype_t dtype, double value) {
  return sumi_array_full(dtype, SUMI_DIMS(), value);
}

/* ---- Whole arrays: one loop for each pair of types ---- */

#define FROM_FLOATING(NAME, type)                                                                  \
  case SUMI_##NAME:                                                                                \
    for (int64_t i = 0; i < count; ++i) ((type *)to)[i] = to_##type((double)source[i]);            \
    break;
#define FROM_INTEGER(NAME, type)                                                                   \
  case SUMI_##NAME:                                                                                \
    for (int64_t i = 0; i < count; ++i) ((type *)to)[i] = (type)source[i];                         \
    break;
#define CONVERTER(from_type, rule)                                                                 \
  static void from_##from_type(const void *from, sumi_dtype_t dtype, void *to, int64_t count) {    \
    const from_type *source = from;                                                                \
    switch (dtype) {                                                                               \
      SUMI__NUMERIC_DTYPES(rule)                                                                   \
    case SUMI_STRING:                                                                              \
    case SUMI_DTYPE_INVALID: break;                                                                \
    }                                                                                              \
  }
CONVERTER(float, FROM_FLOATING)
CONVERTER(double, FROM_FLOATING)
CONVERTER(int8_t, FROM_INTEGER)
CONVERTER(int16_t, FROM_INTEGER)
CONVERTER(int32_t, FROM_INTEGER)
CONVERTER(int64_t, FROM_INTEGER)
CONVERTER(uint8_t, FROM_INTEGER)
CONVERTER(uint16_t, FROM_INTEGER)
CONVERTER(uint32_t, FROM_INTEGER)
CONVERTER(uint64_t, FROM_INTEGER)
CONVERTER(bool, FROM_INTEGER)

sumi_array_t *sumi_array_astype(const sumi_array_t *array, sumi_dtype_t dtype) {
  if (sumi__tensor_array_check("the array to convert", array) != SUMI_OK) return NULL;
  if (dtype == array->dtype) return sumi_array_copy(array);
  if (dtype == SUMI_STRING || array->dtype == SUMI_STRING) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "an array of %s cannot become one of %s",
              sumi_dtype_name(array->dtype), sumi_dtype_name(dtype));
    return NULL;
  }
  sumi_array_t *result = sumi_array_new_uninitialized(dtype, array->dims);
  if (!result) return NULL;
  switch (array->dtype) {
#define FROM(NAME, type)                                                                           \
  case SUMI_##NAME: from_##type(array->data, dtype, result->data, array->count); break;
    SUMI__NUMERIC_DTYPES(FROM)
#undef FROM
  case SUMI_STRING:
  case SUMI_DTYPE_INVALID: break;
  }
  return result;
}

/* ---- Comparison ---- */

static bool same_texts(const sumi_array_t *a, const sumi_array_t *b) {
  for (int64_t i = 0; i < a->count; ++i)
    if (strcmp(sumi_array_get_text(a, i), sumi_array_get_text(b, i)) != 0) return false;
  return true;
}

bool sumi_array_equal(const sumi_array_t *a, const sumi_array_t *b) {
  if (!a || !b) return a == b;
  if (a->dtype != b->dtype || !sumi_dims_equal(a->dims, b->dims)) return false;
  if (a->dtype == SUMI_STRING) return same_texts(a, b);
  if (!sumi_dtype_is_floating(a->dtype))
    return a->count == 0 || memcmp(a->data, b->data, sumi_array_size_bytes(a)) == 0;
  for (int64_t i = 0; i < a->count; ++i)
    if (!(sumi_array_get(a, i) == sumi_array_get(b, i))) return false;
  return true;
}
