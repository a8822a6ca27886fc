/* Arrays as a tf.train.Example, from the inside out: the list of values, the feature around it, its
 * entry in the map. */
#include "data/example.h"

#include <sumi/wire.h>

#include <string.h>

static void append_field(sumi_buffer_t *to, unsigned field, const void *bytes, size_t size) {
  uint8_t *at = sumi_buffer_reserve(to, sumi_wire_bytes_field_size(size));
  if (!at) return;
  to->size += (size_t)(sumi_wire_put_bytes_field(at, field, bytes, size) - at);
}

static void append_floats(sumi_buffer_t *list, const float *values, int64_t count) {
  const size_t size = (size_t)count * sizeof(float);
  uint8_t *at = sumi_buffer_reserve(list, sumi_wire_bytes_field_size(size)), *end = at;
  if (!at) return;
  end = sumi_wire_put_bytes_key(end, SUMI__LIST_VALUE, size);
  for (int64_t i = 0; i < count; ++i) end = sumi_wire_put_float(end, values[i]);
  list->size += (size_t)(end - at);
}

static void append_int64s(sumi_buffer_t *list, const int64_t *values, int64_t count) {
  size_t size = 0;
  for (int64_t i = 0; i < count; ++i) size += sumi_wire_varint_size((uint64_t)values[i]);
  uint8_t *at = sumi_buffer_reserve(list, sumi_wire_bytes_field_size(size)), *end = at;
  if (!at) return;
  end = sumi_wire_put_bytes_key(end, SUMI__LIST_VALUE, size);
  for (int64_t i = 0; i < count; ++i) end = sumi_wire_put_varint(end, (uint64_t)values[i]);
  list->size += (size_t)(end - at);
}

static sumi_status_t append_converted(sumi_buffer_t *list, const sumi_array_t *array,
                                      sumi_dtype_t dtype) {
  sumi_array_t *values = sumi_array_astype(array, dtype);
  if (!values) return SUMI_RESOURCE_EXHAUSTED;
  if (dtype == SUMI_FLOAT32)
    append_floats(list, sumi_array_data(values), sumi_array_count(values));
  else
    append_int64s(list, sumi_array_data(values), sumi_array_count(values));
  sumi_array_unref(values);
  return SUMI_OK;
}

/* The values, and in *kind which list of a Feature they are. */
static sumi_status_t append_list(sumi_buffer_t *list, const sumi_array_t *array, unsigned *kind) {
  switch (sumi_array_dtype(array)) {
  case SUMI_STRING:
    *kind = SUMI__FEATURE_BYTES;
    for (int64_t i = 0; i < sumi_array_count(array); ++i) {
      const char *text = sumi_array_get_text(array, i);
      append_field(list, SUMI__LIST_VALUE, text, strlen(text));
    }
    return SUMI_OK;
  case SUMI_UINT8:
    *kind = SUMI__FEATURE_BYTES;
    append_field(list, SUMI__LIST_VALUE, sumi_array_data(array), sumi_array_size_bytes(array));
    return SUMI_OK;
  case SUMI_FLOAT32:
  case SUMI_FLOAT64:
    *kind = SUMI__FEATURE_FLOATS;
    return append_converted(list, array, SUMI_FLOAT32);
  default: *kind = SUMI__FEATURE_INT64S; return append_converted(list, array, SUMI_INT64);
  }
}

static sumi_status_t append_entry(sumi_buffer_t *features, const sumi_component_t *component,
                                  sumi_buffer_t scratch[3]) {
  unsigned kind = 0;
  for (int i = 0; i < 3; ++i) sumi_buffer_clear(&scratch[i]);
  sumi_buffer_t *list = &scratch[0], *feature = &scratch[1], *entry = &scratch[2];
  SUMI_TRY(append_list(list, component->array, &kind));
  append_field(feature, kind, list->data, list->size);
  append_field(entry, SUMI__ENTRY_KEY, component->name, strlen(component->name));
  append_field(entry, SUMI__ENTRY_VALUE, feature->data, feature->size);
  append_field(features, SUMI__FEATURES_FEATURE, entry->data, entry->size);
  for (int i = 0; i < 3; ++i) SUMI_TRY(sumi_buffer_status(&scratch[i], "an example"));
  return sumi_buffer_status(features, "an example");
}

static sumi_status_t check(sumi_components_t arrays) {
  for (int i = 0; i < arrays.count; ++i)
    if (!arrays.list[i].name || !arrays.list[i].array)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "an example: %s of array %d is NULL: %s",
                       arrays.list[i].name ? "the contents" : "the name", i, sumi_error_message());
  return SUMI_OK;
}

sumi_status_t sumi__tensor_example_append(sumi_buffer_t *buffer, sumi_components_t arrays) {
  SUMI_TRY(check(arrays));
  sumi_buffer_t features = {0}, scratch[3] = {{0}};
  sumi_status_t status = SUMI_OK;
  for (int i = 0; i < arrays.count && status == SUMI_OK; ++i)
    status = append_entry(&features, &arrays.list[i], scratch);
  if (status == SUMI_OK) append_field(buffer, SUMI__EXAMPLE_FEATURES, features.data, features.size);
  if (status == SUMI_OK) status = sumi_buffer_status(buffer, "an example");
  for (int i = 0; i < 3; ++i) sumi_buffer_release(&scratch[i]);
  sumi_buffer_release(&features);
  return status;
}
