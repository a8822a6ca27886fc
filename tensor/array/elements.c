#include "array/elements.h"
#include "array/array.h"

bool sumi__is_little_endian(void) {
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

sumi_status_t sumi__read_elements(sumi__source_t *source, sumi_array_t *array, bool swapped) {
  const size_t size = sumi_dtype_size_bytes(array->dtype);
  SUMI_TRY(sumi__source_read(source, array->data, sumi_array_size_bytes(array), "the elements"));
  if (swapped && size > 1) swap_bytes(array->data, array->count, size);
  if (array->dtype == SUMI_BOOL) normalise_bools(array->data, array->count);
  return SUMI_OK;
}
