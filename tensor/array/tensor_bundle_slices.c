/* Slices of partitioned variables: what they are called, and how they become one array. Source:
 * TensorFlow core/util/saved_tensor_slice_util.cc, core/framework/tensor_slice.proto and
 * core/lib/strings/ordered_code.cc. */
#include "array/tensor_bundle.h"

#include "array/array.h"

#include <string.h>

static void put_byte(sumi_buffer_t *key, unsigned byte) {
  const uint8_t value = (uint8_t)byte;
  sumi_buffer_append(key, &value, 1);
}

/* OrderedCode: the number of bytes, then these, the highest first; none for 0. */
static void put_count(sumi_buffer_t *key, unsigned count) {
  put_byte(key, count ? 1 : 0);
  if (count) put_byte(key, count);
}

static void put_text(sumi_buffer_t *key, const char *text) {
  for (; *text; ++text) {
    put_byte(key, (uint8_t)*text);
    if ((uint8_t)*text == 0xff) put_byte(key, 0);
  }
  put_byte(key, 0);
  put_byte(key, 1);
}

/* OrderedCode of a signed number in n bytes: its lowest 8 n bits, of which the first n, all alike
 * before, are turned over. */
static void put_signed(sumi_buffer_t *key, int64_t number) {
  const uint64_t size = number < 0 ? ~(uint64_t)number : (uint64_t)number;
  unsigned bytes = 1;
  while (bytes < 10 && (7 * bytes - 1 < 64 && size >> (7 * bytes - 1))) ++bytes;
  uint8_t text[10];
  for (unsigned i = 0; i < 10; ++i) {
    const unsigned shift = 8 * (9 - i);
    text[i] = shift < 64 ? (uint8_t)((uint64_t)number >> shift) : number < 0 ? 0xff : 0;
  }
  for (unsigned bit = 0; bit < bytes; ++bit)
    text[10 - bytes + bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
  sumi_buffer_append(key, text + 10 - bytes, bytes);
}

void sumi__tensor_bundle_slice_key(sumi_buffer_t *key, const char *name,
                                   const sumi__tensor_bundle_slice_t *slice) {
  put_count(key, 0);
  put_text(key, name);
  put_count(key, (unsigned)slice->rank);
  for (int i = 0; i < slice->rank; ++i) {
    put_signed(key, slice->start[i]);
    put_signed(key, slice->length[i]);
  }
}

/* An extent without a length is all of an axis. */
static bool get_extent(const sumi_wire_field_t *extent, int64_t *start, int64_t *length) {
  *start = 0;
  *length = SUMI__SLICE_ALL;
  sumi_wire_field_t field;
  for (const uint8_t *at = extent->bytes; at < extent->end; at = field.end) {
    if (!sumi_wire_get_field(at, extent->end, &field)) return false;
    if (field.number == SUMI__EXTENT_START) *start = (int64_t)field.value;
    if (field.number == SUMI__EXTENT_LENGTH) *length = (int64_t)field.value;
  }
  return true;
}

bool sumi__tensor_bundle_get_slice(const sumi_wire_field_t *message, sumi_dims_t whole,
                                   sumi__tensor_bundle_slice_t *slice) {
  slice->rank = 0;
  slice->dims = sumi_dims_make(0, NULL);
  sumi_wire_field_t field;
  for (const uint8_t *at = message->bytes; at < message->end; at = field.end) {
    if (!sumi_wire_get_field(at, message->end, &field)) return false;
    if (field.number != SUMI__SLICE_EXTENT || field.type != SUMI_WIRE_BYTES) continue;
    const int axis = slice->rank++;
    if (axis >= whole.rank || !get_extent(&field, &slice->start[axis], &slice->length[axis]))
      return false;
    const int64_t start = slice->start[axis], length = slice->length[axis];
    const int64_t size = length == SUMI__SLICE_ALL ? whole.size[axis] : length;
    if (start < 0 || size < 0 || size > whole.size[axis] || start > whole.size[axis] - size)
      return false;
    slice->dims.size[slice->dims.rank++] = size;
  }
  return slice->rank == whole.rank;
}

/* Rows of the last axis, one after the other. */
void sumi__tensor_bundle_put_slice(sumi_array_t *whole, const sumi__tensor_bundle_slice_t *slice,
                                   const sumi_array_t *part) {
  const sumi_dims_t dims = slice->dims;
  const size_t element = sumi_dtype_size_bytes(whole->dtype);
  if (part->count == 0) return;
  const int64_t row = dims.rank ? dims.size[dims.rank - 1] : 1;
  for (int64_t from = 0; from < part->count; from += row) {
    int64_t rest = from, to = 0, stride = 1;
    for (int axis = dims.rank - 1; axis >= 0; --axis) {
      to += (rest % dims.size[axis] + slice->start[axis]) * stride;
      rest /= dims.size[axis];
      stride *= sumi_array_dims(whole).size[axis];
    }
    memcpy((char *)whole->data + (size_t)to * element,
           (const char *)part->data + (size_t)from * element, (size_t)row * element);
  }
}
