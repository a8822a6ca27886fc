#include "array/elements.h"
#include "array/array.h"

#include <string.h>
#include <sumi/alloc.h>

bool sumi__tensor_is_little_endian(void) {
  const uint16_t one = 1;
  return *(const unsigned char *)&one == 1;
}

static void swap_bytes(void *data, int64_t count, size_t size) {
  unsigned char *element = data;
  for (int64_t i = 0; i < count; ++i, element += size)
    for (size_t k = 0; k < size / 2; ++k) {
      const unsigned char byte = element[k];
      element[k] = element[size - 1 - k];
      element[size - 1 - k] = byte;
    }
}

/* A byte that is neither 0 nor 1 is no valid bool in C. */
static void normalise_bools(void *data, int64_t count) {
  unsigned char *bytes = data;
  for (int64_t i = 0; i < count; ++i) bytes[i] = bytes[i] != 0;
}

static void release_memory(void *user, void *data) {
  (void)data;
  sumi_free_aligned(user);
}

/* Elements that follow in memory of the source's own stay where they are: the array takes the
 * memory over. */
static bool can_take_over(const sumi__tensor_source_t *source, sumi_dtype_t dtype, int64_t count) {
  return source->owned && count > 0 &&
         (uintptr_t)(source->memory + source->offset) % sumi_dtype_size_bytes(dtype) == 0;
}

static sumi_array_t *take_over(sumi__tensor_source_t *source, sumi_dtype_t dtype,
                               sumi_dims_t dims) {
  unsigned char *memory = source->owned;
  sumi_array_t *array = sumi_array_wrap(dtype, dims, memory + source->offset, release_memory,
                                        memory);
  if (!array) return NULL;
  source->owned = NULL; /* and stays readable as long as the array */
  source->offset += (int64_t)sumi_array_size_bytes(array);
  return array;
}

sumi_status_t sumi__tensor_read_elements(sumi__tensor_source_t *source, sumi_dtype_t dtype,
                                         sumi_dims_t dims, bool swapped, sumi_array_t **array) {
  const size_t size = sumi_dtype_size_bytes(dtype);
  const bool taken = can_take_over(source, dtype, sumi_dims_count(dims));
  sumi_array_t *read = taken ? take_over(source, dtype, dims)
                             : sumi_array_new_uninitialized(dtype, dims);
  if (!read) return SUMI_RESOURCE_EXHAUSTED;
  if (!taken) {
    const sumi_status_t status = sumi__tensor_source_read(
        source, read->data, sumi_array_size_bytes(read), "the elements");
    if (status != SUMI_OK) {
      sumi_array_unref(read);
      return status;
    }
  }
  if (swapped && size > 1) swap_bytes(read->data, read->count, size);
  if (dtype == SUMI_BOOL) normalise_bools(read->data, read->count);
  *array = read;
  return SUMI_OK;
}

sumi_status_t sumi__tensor_little_endian(const sumi_array_t *array, const void **bytes,
                                         size_t *size_bytes) {
  *bytes = array->data;
  *size_bytes = sumi_array_size_bytes(array);
  const size_t size = sumi_dtype_size_bytes(array->dtype);
  if (sumi__tensor_is_little_endian() || size == 1 || array->count == 0) return SUMI_OK;
  void *copy = sumi_malloc(*size_bytes);
  *bytes = copy;
  if (!copy) return sumi_fail_alloc("the elements of an array", *size_bytes);
  memcpy(copy, array->data, *size_bytes);
  swap_bytes(copy, array->count, size);
  return SUMI_OK;
}

void sumi__tensor_little_endian_release(const sumi_array_t *array, const void *bytes) {
  if (bytes != array->data) sumi_free((void *)bytes);
}

void sumi__tensor_from_little_endian(sumi_array_t *array) {
  const size_t size = sumi_dtype_size_bytes(array->dtype);
  if (!sumi__tensor_is_little_endian() && size > 1) swap_bytes(array->data, array->count, size);
  if (array->dtype == SUMI_BOOL) normalise_bools(array->data, array->count);
}
