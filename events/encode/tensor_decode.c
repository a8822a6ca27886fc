#include "tensor_decode.h"

#include <string.h>

/* Where one element fills a whole shape, the record's size does not bound the tensor's; this does,
 * for all such tensors of an event together. */
static const size_t max_filled_bytes = 64u << 20;

static bool may_fill(sumi_arena_t *arena, int64_t count, size_t size_bytes) {
  const size_t used = sumi_arena_used_bytes(arena);
  return used < max_filled_bytes && (uint64_t)count <= (max_filled_bytes - used) / size_bytes;
}

/* The typed field of each element type, and how wide its members are there (int_val holds the
 * narrow types too). */
typedef struct field {
  const void *data;
  size_t count, width;
} field_t;

static field_t field_of(const Sumi__Pb__TensorProto *tensor, sumi_dtype_t dtype) {
  switch (dtype) {
  case SUMI_FLOAT32: return (field_t){tensor->float_val, tensor->n_float_val, 4};
  case SUMI_FLOAT64: return (field_t){tensor->double_val, tensor->n_double_val, 8};
  case SUMI_INT32:
  case SUMI_INT16:
  case SUMI_INT8:
  case SUMI_UINT16:
  case SUMI_UINT8: return (field_t){tensor->int_val, tensor->n_int_val, 4};
  case SUMI_INT64: return (field_t){tensor->int64_val, tensor->n_int64_val, 8};
  case SUMI_BOOL:
    return (field_t){tensor->bool_val, tensor->n_bool_val, sizeof(protobuf_c_boolean)};
  case SUMI_UINT32: return (field_t){tensor->uint32_val, tensor->n_uint32_val, 4};
  case SUMI_UINT64: return (field_t){tensor->uint64_val, tensor->n_uint64_val, 8};
  case SUMI_STRING:
  case SUMI_DTYPE_INVALID: break;
  }
  return (field_t){NULL, 0, 0};
}

/* One element of a typed field in the width its type has in memory. */
static void put_element(uint8_t *to, sumi_dtype_t dtype, const field_t *field, size_t index) {
  const uint8_t *from = (const uint8_t *)field->data + index * field->width;
  const size_t size = sumi_dtype_size_bytes(dtype);
  if (size == field->width) {
    memcpy(to, from, size);
    return;
  }
  uint32_t wide = 0;
  memcpy(&wide, from, field->width);
  const uint8_t narrow = dtype == SUMI_BOOL ? wide != 0 : (uint8_t)wide;
  const uint16_t middle = (uint16_t)wide;
  if (size == 1) memcpy(to, &narrow, 1);
  if (size == 2) memcpy(to, &middle, 2);
}

/* TensorFlow's names of its element types, by number (types.proto). */
static const char *const dtype_names[] = {
    "",          "float32", "float64",    "int32", "uint8",    "int16",   "int8",     "string",
    "complex64", "int64",   "bool",       "qint8", "quint8",   "qint32",  "bfloat16", "qint16",
    "quint16",   "uint16",  "complex128", "half",  "resource", "variant", "uint32",   "uint64"};

static sumi_status_t leave_undecoded(const Sumi__Pb__TensorProto *tensor, sumi_arena_t *arena,
                                     sumi_event_value_t *value, const char *reason) {
  const Sumi__Pb__TensorShapeProto *shape = tensor->tensor_shape;
  const size_t rank = shape ? shape->n_dim : 0, dtype = (size_t)tensor->dtype;
  int64_t *dims = sumi_arena_calloc(arena, rank, sizeof *dims);
  if (!dims || !reason) return sumi_fail_alloc("a tensor's shape", rank * sizeof *dims);
  for (size_t i = 0; i < rank; ++i) dims[i] = shape->dim[i]->size;
  value->kind = SUMI_EVENT_UNDECODED;
  value->numbers = (sumi_array_view_t){0};
  value->strings = (sumi_event_strings_t){0};
  value->undecoded = (sumi_event_undecoded_t){
      .dtype_name = dtype < sizeof dtype_names / sizeof *dtype_names ? dtype_names[dtype] : "",
      .dims = dims,
      .rank = shape && shape->unknown_rank ? -1 : (int)rank,
      .reason = reason};
  return SUMI_OK;
}

static sumi_status_t leave_miscounted(const Sumi__Pb__TensorProto *tensor, sumi_arena_t *arena,
                                      sumi_event_value_t *value, size_t found) {
  return leave_undecoded(tensor, arena, value,
                         sumi_arena_printf(arena, "it holds %zu elements", found));
}

static sumi_status_t decode_numbers(const Sumi__Pb__TensorProto *tensor, sumi_arena_t *arena,
                                    sumi_event_value_t *value, int64_t count) {
  const sumi_dtype_t dtype = value->numbers.dtype;
  const size_t size = sumi_dtype_size_bytes(dtype);
  if (tensor->tensor_content.len > 0) {
    if (tensor->tensor_content.len % size != 0 ||
        tensor->tensor_content.len / size != (uint64_t)count)
      return leave_undecoded(
          tensor, arena, value,
          sumi_arena_printf(arena, "it holds %zu bytes", tensor->tensor_content.len));
    uint8_t *data = sumi_arena_memdup(arena, tensor->tensor_content.data,
                                      tensor->tensor_content.len);
    if (!data) return sumi_fail_alloc("a tensor", tensor->tensor_content.len);
    /* Any other byte than 0 and 1 is no bool of C's. */
    if (dtype == SUMI_BOOL)
      for (int64_t i = 0; i < count; ++i) data[i] = data[i] != 0;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    for (uint8_t *element = data; element < data + tensor->tensor_content.len; element += size)
      for (size_t i = 0; i < size / 2; ++i) {
        const uint8_t byte = element[i];
        element[i] = element[size - 1 - i];
        element[size - 1 - i] = byte;
      }
#endif
    value->numbers.data = data;
    return SUMI_OK;
  }
  const field_t field = field_of(tensor, dtype);
  const bool fill = field.count == 1 && may_fill(arena, count, size);
  if (!fill && field.count != (uint64_t)count)
    return leave_miscounted(tensor, arena, value, field.count);
  uint8_t *data = sumi_arena_calloc(arena, (size_t)count, size);
  if (!data) return sumi_fail_alloc("a tensor", (size_t)count * size);
  for (int64_t i = 0; i < count; ++i)
    put_element(data + (size_t)i * size, dtype, &field, fill ? 0 : (size_t)i);
  value->numbers.data = data;
  return SUMI_OK;
}

static sumi_status_t decode_strings(const Sumi__Pb__TensorProto *tensor, sumi_arena_t *arena,
                                    sumi_event_value_t *value, int64_t count) {
  const bool fill = tensor->n_string_val == 1 && may_fill(arena, count, sizeof(sumi_bytes_view_t));
  if (!fill && tensor->n_string_val != (uint64_t)count)
    return leave_miscounted(tensor, arena, value, tensor->n_string_val);
  sumi_bytes_view_t *items = sumi_arena_calloc(arena, (size_t)count, sizeof *items);
  if (!items) return sumi_fail_alloc("a tensor of strings", (size_t)count * sizeof *items);
  for (int64_t i = 0; i < count; ++i) {
    const ProtobufCBinaryData *from = &tensor->string_val[fill ? 0 : i];
    items[i] = (sumi_bytes_view_t){from->data, from->len};
  }
  value->strings.items = items;
  return SUMI_OK;
}

/* Rank and sizes; -1 elements when the shape is unknown or too large to count. */
static int64_t decode_shape(const Sumi__Pb__TensorShapeProto *shape, int *rank, int64_t *dims) {
  *rank = 0;
  if (!shape) return 1;
  if (shape->unknown_rank || shape->n_dim > SUMI_MAX_RANK) return -1;
  int64_t count = 1;
  for (size_t i = 0; i < shape->n_dim; ++i) {
    dims[i] = shape->dim[i]->size;
    if (dims[i] < 0 || __builtin_mul_overflow(count, dims[i], &count)) return -1;
  }
  *rank = (int)shape->n_dim;
  return count;
}

sumi_status_t sumi__events_tensor_decode(const Sumi__Pb__TensorProto *tensor, sumi_arena_t *arena,
                                         sumi_event_value_t *value) {
  const sumi_dtype_t dtype = (sumi_dtype_t)tensor->dtype;
  value->kind = SUMI_EVENT_EMPTY;
  if (tensor->dtype == SUMI__PB__DATA_TYPE__DT_INVALID) return SUMI_OK;
  if (sumi_dtype_size_bytes(dtype) == 0)
    return leave_undecoded(tensor, arena, value, "Sumi has no such element type");
  int rank;
  int64_t dims[SUMI_MAX_RANK] = {0};
  const int64_t count = decode_shape(tensor->tensor_shape, &rank, dims);
  if (count < 0)
    return leave_undecoded(tensor, arena, value, "its shape is unknown, too large or above rank 8");
  if (dtype == SUMI_STRING) {
    value->kind = SUMI_EVENT_STRINGS;
    value->strings.rank = rank;
    memcpy(value->strings.dims, dims, sizeof dims);
    return decode_strings(tensor, arena, value, count);
  }
  value->numbers.dtype = dtype;
  value->numbers.rank = rank;
  memcpy(value->numbers.dims, dims, sizeof dims);
  value->kind = SUMI_EVENT_NUMBERS;
  SUMI_TRY(decode_numbers(tensor, arena, value, count));
  if (value->kind == SUMI_EVENT_UNDECODED) return SUMI_OK;
  if (dtype == SUMI_FLOAT32 && rank == 0) {
    value->kind = SUMI_EVENT_SCALAR;
    memcpy(&value->scalar, value->numbers.data, sizeof value->scalar);
  } else if (count == 0 && rank == 1 && dtype == SUMI_FLOAT32) {
    value->kind = SUMI_EVENT_EMPTY;
  }
  return SUMI_OK;
}
