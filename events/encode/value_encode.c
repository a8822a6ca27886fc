#include "value_encode.h"

#include <sumi/utf8.h>

#include <string.h>

#include <sumi/wire.h>

/* protobuf's limit for one message; the event around the tensor takes its share. */
static const size_t max_tensor_bytes = (size_t)INT32_MAX - (1 << 20);

/* Fields of TensorProto, TensorShapeProto, SummaryMetadata and PluginData. */
enum {
  DTYPE = 1,
  SHAPE = 2,
  CONTENT = 4,
  FLOAT_VAL = 5,
  STRING_VAL = 8,
  SHAPE_DIM = 2,
  DIM_SIZE = 1
};
enum { PLUGIN_DATA = 1, DISPLAY_NAME = 2, DESCRIPTION = 3, DATA_CLASS = 4 };
enum { PLUGIN_NAME = 1, PLUGIN_CONTENT = 2 };

static const char *kind_name(sumi_event_value_kind_t kind) {
  switch (kind) {
  case SUMI_EVENT_SCALAR: return "scalar";
  case SUMI_EVENT_STRINGS: return "strings";
  case SUMI_EVENT_NUMBERS: return "numbers";
  case SUMI_EVENT_EMPTY: return "empty";
  case SUMI_EVENT_UNDECODED: break; /* cannot be written */
  }
  return NULL;
}

static sumi_status_t check_strings(const char *tag, const sumi_event_strings_t *strings,
                                   bool utf8) {
  if (strings->rank < 0 || strings->rank > SUMI_MAX_RANK)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "tag \"%s\": strings of rank %d; 0 to %d are allowed",
                     tag, strings->rank, SUMI_MAX_RANK);
  int64_t count = 1;
  for (int i = 0; i < strings->rank; ++i)
    if (strings->dims[i] < 0 || __builtin_mul_overflow(count, strings->dims[i], &count))
      return sumi_fail(SUMI_INVALID_ARGUMENT, "tag \"%s\": size %lld of axis %d of the strings",
                       tag, (long long)strings->dims[i], i);
  if (count > 0 && !strings->items)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "tag \"%s\": %lld strings but items is NULL", tag,
                     (long long)count);
  for (int64_t i = 0; i < count; ++i) {
    const sumi_bytes_view_t *item = &strings->items[i];
    if (item->size_bytes > 0 && !item->data)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "tag \"%s\": string %lld is NULL but has %zu bytes",
                       tag, (long long)i, item->size_bytes);
    const size_t bad = utf8 ? sumi_utf8_first_invalid(item->data, item->size_bytes) : 0;
    if (utf8 && bad < item->size_bytes)
      return sumi_fail(SUMI_INVALID_ARGUMENT,
                       "tag \"%s\": text %lld is not UTF-8: byte 0x%02x at offset %zu of %zu", tag,
                       (long long)i, ((const uint8_t *)item->data)[bad], bad, item->size_bytes);
  }
  return SUMI_OK;
}

/* What TensorBoard's make_ndarray decodes with and without TensorFlow (util/tensor_util.py). */
static bool is_decodable(sumi_dtype_t dtype) {
  return dtype == SUMI_FLOAT32 || dtype == SUMI_FLOAT64 || dtype == SUMI_INT32 ||
         dtype == SUMI_INT64 || dtype == SUMI_UINT8;
}

static sumi_status_t check_numbers(const char *tag, const sumi_array_view_t *numbers) {
  if (sumi_array_view_check("numbers", numbers) != SUMI_OK)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "tag \"%s\": %s", tag, sumi_error_message());
  if (is_decodable(numbers->dtype)) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT,
                   "tag \"%s\": numbers of type %s; TensorBoard decodes float32, float64, int32, "
                   "int64 and uint8",
                   tag, sumi_dtype_name(numbers->dtype));
}

/* The one form in which both of TensorBoard's readers show a plugin's values; other plugins take
 * any. */
static const struct {
  const char *plugin;
  sumi_event_value_kind_t kind;
  int min_rank, max_rank;
} plugin_forms[] = {
    {"scalars", SUMI_EVENT_SCALAR, 0, 0},         {"images", SUMI_EVENT_STRINGS, 1, 1},
    {"audio", SUMI_EVENT_STRINGS, 1, 1},          {"text", SUMI_EVENT_STRINGS, 0, 2},
    {"histograms", SUMI_EVENT_NUMBERS, 2, 2},     {"pr_curves", SUMI_EVENT_NUMBERS, 2, 2},
    {"mesh", SUMI_EVENT_NUMBERS, 3, 3},           {"hparams", SUMI_EVENT_EMPTY, 0, 0},
    {"custom_scalars", SUMI_EVENT_STRINGS, 0, 0},
};

static sumi_status_t check_form(const sumi_event_value_t *value, const char *plugin_name) {
  const int rank = value->kind == SUMI_EVENT_STRINGS   ? value->strings.rank
                   : value->kind == SUMI_EVENT_NUMBERS ? value->numbers.rank
                                                       : 0;
  for (size_t i = 0; i < sizeof plugin_forms / sizeof *plugin_forms; ++i) {
    if (strcmp(plugin_name, plugin_forms[i].plugin) != 0) continue;
    if (value->kind == plugin_forms[i].kind && rank >= plugin_forms[i].min_rank &&
        rank <= plugin_forms[i].max_rank)
      return SUMI_OK;
    return sumi_fail(
        SUMI_INVALID_ARGUMENT,
        "tag \"%s\": %s of rank %d given to plugin \"%s\", which shows %s of rank %d to %d",
        value->tag, kind_name(value->kind), rank, plugin_name, kind_name(plugin_forms[i].kind),
        plugin_forms[i].min_rank, plugin_forms[i].max_rank);
  }
  return SUMI_OK;
}

sumi_status_t sumi__events_value_check(const sumi_event_value_t *value, const char *plugin_name) {
  if (!kind_name(value->kind))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "tag \"%s\": unknown kind of value %d", value->tag,
                     (int)value->kind);
  if (value->kind == SUMI_EVENT_STRINGS)
    SUMI_TRY(check_strings(value->tag, &value->strings, strcmp(plugin_name, "text") == 0));
  if (value->kind == SUMI_EVENT_NUMBERS) SUMI_TRY(check_numbers(value->tag, &value->numbers));
  SUMI_TRY(check_form(value, plugin_name));
  if (sumi__events_tensor_size(value) == SIZE_MAX)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "tag \"%s\": more than %zu bytes in one value",
                     value->tag, max_tensor_bytes);
  return SUMI_OK;
}

static size_t dim_size(int64_t size) {
  return size ? sumi_wire_varint_field_size((uint64_t)size) : 0;
}

static size_t shape_size(int rank, const int64_t *dims) {
  size_t size = 0;
  for (int i = 0; i < rank; ++i) size += sumi_wire_bytes_field_size(dim_size(dims[i]));
  return size;
}

/* The field tensor_shape; absent for rank 0. */
static size_t shape_field_size(int rank, const int64_t *dims) {
  return rank ? sumi_wire_bytes_field_size(shape_size(rank, dims)) : 0;
}

static uint8_t *put_shape_field(uint8_t *at, int rank, const int64_t *dims) {
  if (rank == 0) return at;
  at = sumi_wire_put_bytes_key(at, SHAPE, shape_size(rank, dims));
  for (int i = 0; i < rank; ++i) {
    at = sumi_wire_put_bytes_key(at, SHAPE_DIM, dim_size(dims[i]));
    if (dims[i]) at = sumi_wire_put_varint_field(at, DIM_SIZE, (uint64_t)dims[i]);
  }
  return at;
}

static int64_t string_count(const sumi_event_strings_t *strings) {
  int64_t count = 1;
  for (int i = 0; i < strings->rank; ++i) count *= strings->dims[i];
  return count;
}

static size_t numbers_size(const sumi_array_view_t *numbers) {
  return (size_t)sumi_array_view_count(numbers) * sumi_dtype_size_bytes(numbers->dtype);
}

static size_t string_fields_size(const sumi_event_strings_t *strings) {
  const int64_t count = string_count(strings);
  size_t size = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (strings->items[i].size_bytes > max_tensor_bytes) return SIZE_MAX;
    size += sumi_wire_bytes_field_size(strings->items[i].size_bytes);
    if (size > max_tensor_bytes) return SIZE_MAX;
  }
  return size;
}

/* dtype, with its one-byte number, and then the shape. */
static size_t head_size(int rank, const int64_t *dims) {
  return 2 + shape_field_size(rank, dims);
}

static uint8_t *put_head(uint8_t *at, sumi_dtype_t dtype, int rank, const int64_t *dims) {
  return put_shape_field(sumi_wire_put_varint_field(at, DTYPE, (uint64_t)dtype), rank, dims);
}

static const int64_t no_elements[1] = {0};

size_t sumi__events_tensor_size(const sumi_event_value_t *value) {
  switch (value->kind) {
  case SUMI_EVENT_SCALAR: return head_size(0, NULL) + 2 + sizeof(float);
  case SUMI_EVENT_EMPTY: return head_size(1, no_elements);
  case SUMI_EVENT_STRINGS: {
    const size_t fields = string_fields_size(&value->strings);
    return fields == SIZE_MAX ? SIZE_MAX
                              : head_size(value->strings.rank, value->strings.dims) + fields;
  }
  case SUMI_EVENT_NUMBERS: {
    const size_t content = numbers_size(&value->numbers);
    if (content > max_tensor_bytes) return SIZE_MAX;
    return head_size(value->numbers.rank, value->numbers.dims) +
           (content ? sumi_wire_bytes_field_size(content) : 0);
  }
  case SUMI_EVENT_UNDECODED: break;
  }
  return SIZE_MAX;
}

static uint8_t *put_numbers(uint8_t *at, const sumi_array_view_t *numbers) {
  const size_t size = numbers_size(numbers);
  if (size == 0) return at;
  at = sumi_wire_put_bytes_field(at, CONTENT, numbers->data, size);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  const size_t width = sumi_dtype_size_bytes(numbers->dtype);
  for (uint8_t *element = at - size; element < at; element += width)
    for (size_t i = 0; i < width / 2; ++i) {
      const uint8_t byte = element[i];
      element[i] = element[width - 1 - i];
      element[width - 1 - i] = byte;
    }
#endif
  return at;
}

uint8_t *sumi__events_scalar_tensor_put(uint8_t *at, float value) {
  at = put_head(at, SUMI_FLOAT32, 0, NULL);
  at = sumi_wire_put_bytes_key(at, FLOAT_VAL, sizeof value);
  return sumi_wire_put_float(at, value);
}

uint8_t *sumi__events_tensor_put(uint8_t *at, const sumi_event_value_t *value) {
  switch (value->kind) {
  case SUMI_EVENT_SCALAR: return sumi__events_scalar_tensor_put(at, value->scalar);
  case SUMI_EVENT_EMPTY: return put_head(at, SUMI_FLOAT32, 1, no_elements);
  case SUMI_EVENT_STRINGS: {
    const sumi_event_strings_t *strings = &value->strings;
    at = put_head(at, SUMI_STRING, strings->rank, strings->dims);
    const int64_t count = string_count(strings);
    for (int64_t i = 0; i < count; ++i)
      at = sumi_wire_put_bytes_field(at, STRING_VAL, strings->items[i].data,
                                     strings->items[i].size_bytes);
    return at;
  }
  case SUMI_EVENT_NUMBERS:
    at = put_head(at, value->numbers.dtype, value->numbers.rank, value->numbers.dims);
    return put_numbers(at, &value->numbers);
  case SUMI_EVENT_UNDECODED: break;
  }
  return at;
}

sumi_status_t sumi__events_metadata_check(const char *tag, const sumi_event_metadata_t *metadata) {
  const struct {
    const char *name, *text;
  } texts[] = {{"plugin name", metadata->plugin_name},
               {"display name", metadata->display_name},
               {"description", metadata->description}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i)
    if (texts[i].text && sumi_utf8_check(texts[i].name, texts[i].text) != SUMI_OK)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "tag \"%s\": %s", tag, sumi_error_message());
  if (metadata->plugin_content.size_bytes > 0 && !metadata->plugin_content.data)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "tag \"%s\": plugin content is NULL", tag);
  if (sumi__events_metadata_size(metadata) > max_tensor_bytes)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "tag \"%s\": metadata of %zu bytes", tag,
                     sumi__events_metadata_size(metadata));
  if (metadata->data_class < SUMI_DATA_CLASS_UNKNOWN ||
      metadata->data_class > SUMI_DATA_CLASS_BLOB_SEQUENCE)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "tag \"%s\": unknown data class %d", tag,
                     (int)metadata->data_class);
  return SUMI_OK;
}

static size_t text_size(const char *text) {
  return text ? strlen(text) : 0;
}

static size_t optional_field_size(size_t size_bytes) {
  return size_bytes ? sumi_wire_bytes_field_size(size_bytes) : 0;
}

static uint8_t *put_optional_field(uint8_t *at, unsigned field, const void *bytes,
                                   size_t size_bytes) {
  return size_bytes ? sumi_wire_put_bytes_field(at, field, bytes, size_bytes) : at;
}

static size_t plugin_data_size(const sumi_event_metadata_t *metadata) {
  return optional_field_size(text_size(metadata->plugin_name)) +
         optional_field_size(metadata->plugin_content.size_bytes);
}

size_t sumi__events_metadata_size(const sumi_event_metadata_t *metadata) {
  return sumi_wire_bytes_field_size(plugin_data_size(metadata)) +
         optional_field_size(text_size(metadata->display_name)) +
         optional_field_size(text_size(metadata->description)) + (metadata->data_class ? 2 : 0);
}

uint8_t *sumi__events_metadata_put(uint8_t *at, const sumi_event_metadata_t *metadata) {
  at = sumi_wire_put_bytes_key(at, PLUGIN_DATA, plugin_data_size(metadata));
  at = put_optional_field(at, PLUGIN_NAME, metadata->plugin_name, text_size(metadata->plugin_name));
  at = put_optional_field(at, PLUGIN_CONTENT, metadata->plugin_content.data,
                          metadata->plugin_content.size_bytes);
  at = put_optional_field(at, DISPLAY_NAME, metadata->display_name,
                          text_size(metadata->display_name));
  at = put_optional_field(at, DESCRIPTION, metadata->description, text_size(metadata->description));
  if (metadata->data_class)
    at = sumi_wire_put_varint_field(at, DATA_CLASS, (uint64_t)metadata->data_class);
  return at;
}
