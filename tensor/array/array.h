/* What an array is inside; for files of tensor/array/ and tensor/data/ only. */
#ifndef SUMI_ARRAY_ARRAY_H
#define SUMI_ARRAY_ARRAY_H

#include <stdatomic.h>
#include <sumi/array.h>

/* Three ways to hold elements: own memory (base NULL, release NULL), the caller's (release or
 * foreign set), or that of `base`, which this array keeps alive. Strings in own memory are copies,
 * or the shared empty text. */
struct sumi_array {
  atomic_int references;
  sumi_dtype_t dtype;
  bool foreign;
  sumi_dims_t dims;
  int64_t count;
  void *data;
  sumi_array_t *base;
  void (*release)(void *user, void *data);
  void *user;
};

/* INVALID_ARGUMENT "<what> is NULL"; OUT_OF_RANGE for an index past the elements. */
sumi_status_t sumi__tensor_array_check(const char *what, const sumi_array_t *array);
sumi_status_t sumi__tensor_array_check_index(const sumi_array_t *array, int64_t index);

/* X(NAME, C type) for every dtype but string. */
#define SUMI__NUMERIC_DTYPES(X)                                                                    \
  X(FLOAT32, float)                                                                                \
  X(FLOAT64, double)                                                                               \
  X(INT8, int8_t)                                                                                  \
  X(INT16, int16_t)                                                                                \
  X(INT32, int32_t)                                                                                \
  X(INT64, int64_t)                                                                                \
  X(UINT8, uint8_t)                                                                                \
  X(UINT16, uint16_t)                                                                              \
  X(UINT32, uint32_t)                                                                              \
  X(UINT64, uint64_t)                                                                              \
  X(BOOL, bool)

#endif
