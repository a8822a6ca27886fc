/* The header of a safetensors file, which is JSON, to and from structs. */
#include "array/safetensors.h"

#include <jansson.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- Reading ---- */

/* Every dtype of the format, those that are not ours included. */
static int size_bits_of(const char *dtype) {
  static const struct {
    const char *dtype;
    int bits;
  } others[] = {{"F16", 16},    {"BF16", 16},   {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8},
                {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"F4", 4},      {"C64", 64}};
  const sumi_dtype_t ours = sumi__tensor_safetensors_dtype_of(dtype);
  if (ours) return (int)sumi_dtype_size_bytes(ours) * 8;
  for (size_t i = 0; i < sizeof others / sizeof *others; ++i)
    if (strcmp(dtype, others[i].dtype) == 0) return others[i].bits;
  return 0;
}

/* The sizes, and the number of elements; false when they are no shape. */
static bool read_shape(const json_t *shape, sumi_dims_t *dims, int64_t *count) {
  const size_t rank = json_array_size(shape);
  *count = 1;
  *dims = (sumi_dims_t){.rank = rank <= SUMI_MAX_RANK ? (int)rank : SUMI_UNKNOWN_RANK};
  if (!json_is_array(shape)) return false;
  bool is_empty = false;
  for (size_t axis = 0; axis < rank; ++axis) {
    const json_t *size = json_array_get(shape, axis);
    const json_int_t value = json_integer_value(size);
    if (!json_is_integer(size) || value < 0) return false;
    if (dims->rank >= 0) dims->size[axis] = value;
    is_empty |= value == 0;
    if (!is_empty && __builtin_mul_overflow(*count, (int64_t)value, count)) return false;
  }
  if (is_empty) *count = 0;
  return true;
}

static sumi_status_t read_item(sumi_safetensors_t *file, const char *name, const json_t *entry,
                               int64_t data, sumi__tensor_safetensor_t *item) {
  const char *dtype = json_string_value(json_object_get(entry, "dtype"));
  const json_t *offsets = json_object_get(entry, "data_offsets");
  const json_t *first = json_array_get(offsets, 0), *last = json_array_get(offsets, 1);
  const int bits = dtype ? size_bits_of(dtype) : 0;
  int64_t count, total;
  if (!dtype || json_array_size(offsets) != 2 || !json_is_integer(first) || !json_is_integer(last))
    return sumi__tensor_safetensors_damaged(
        file, "array \"%s\": the header gives no dtype or no two data_offsets", name);
  if (bits == 0)
    return sumi_fail(SUMI_UNIMPLEMENTED, "%s: array \"%s\" is of an unknown dtype, \"%s\"",
                     file->path, name, dtype);
  if (!read_shape(json_object_get(entry, "shape"), &item->shown.dims, &count) ||
      __builtin_mul_overflow(count, (int64_t)bits, &total) || total % 8 != 0)
    return sumi__tensor_safetensors_damaged(
        file, "array \"%s\": the header gives no possible shape", name);
  const int64_t begin = json_integer_value(first), end = json_integer_value(last);
  if (begin < 0 || end < begin || end - begin != total / 8)
    return sumi__tensor_safetensors_damaged(file,
                                            "array \"%s\": its data_offsets %" PRId64
                                            " and %" PRId64 " are not %" PRId64
                                            " bytes apart, which its shape and dtype take",
                                            name, begin, end, total / 8);
  item->shown.name = sumi_arena_strdup(file->arena, name);
  item->shown.dtype = sumi_arena_strdup(file->arena, dtype);
  item->shown.size_bytes = end - begin;
  item->offset = data + begin;
  return item->shown.name && item->shown.dtype ? SUMI_OK : sumi_fail_alloc("a list of arrays", 0);
}

static sumi_status_t read_metadata(sumi_safetensors_t *file, const json_t *object) {
  if (!json_is_object(object))
    return sumi__tensor_safetensors_damaged(file, "\"%s\" is no object",
                                            SUMI__TENSOR_SAFETENSORS_METADATA);
  file->metadata = sumi_arena_calloc(file->arena, json_object_size(object) + 1,
                                     sizeof *file->metadata);
  if (!file->metadata) return sumi_fail_alloc("metadata", 0);
  const char *name;
  const json_t *value;
  json_object_foreach((json_t *)object, name, value) {
    if (!json_is_string(value))
      return sumi__tensor_safetensors_damaged(file, "metadata \"%s\" is no text", name);
    sumi_named_text_t *text = &file->metadata[file->metadata_count++];
    text->name = sumi_arena_strdup(file->arena, name);
    text->text = sumi_arena_strdup(file->arena, json_string_value(value));
    if (!text->name || !text->text) return sumi_fail_alloc("metadata", 0);
  }
  return SUMI_OK;
}

static sumi_status_t read_members(sumi_safetensors_t *file, const json_t *header, int64_t data) {
  const size_t size = json_object_size(header) + 1;
  file->items = sumi_arena_calloc(file->arena, size, sizeof *file->items);
  if (!file->items) return sumi_fail_alloc("a list of arrays", size);
  const char *name;
  const json_t *value;
  json_object_foreach((json_t *)header, name, value) {
    if (strcmp(name, SUMI__TENSOR_SAFETENSORS_METADATA) == 0)
      SUMI_TRY(read_metadata(file, value));
    else
      SUMI_TRY(read_item(file, name, value, data, &file->items[file->count++]));
  }
  return SUMI_OK;
}

sumi_status_t sumi__tensor_safetensors_parse(sumi_safetensors_t *file, const char *text,
                                             size_t size_bytes, int64_t data) {
  json_error_t error = {.text = "it does not begin with {"};
  json_t *header = text[0] == '{' ? json_loadb(text, size_bytes, JSON_REJECT_DUPLICATES, &error)
                                  : NULL;
  if (!header)
    return sumi__tensor_safetensors_damaged(file, "byte %d: the header is no JSON object: %s",
                                            SUMI__TENSOR_SAFETENSORS_LENGTH + error.position,
                                            error.text);
  const sumi_status_t status = read_members(file, header, data);
  json_decref(header);
  return status;
}

/* ---- Writing ---- */

static json_t *entry(const sumi_array_t *array, int64_t begin) {
  const sumi_dims_t dims = sumi_array_dims(array);
  json_t *shape = json_array();
  for (int axis = 0; shape && axis < dims.rank; ++axis)
    json_array_append_new(shape, json_integer(dims.size[axis]));
  return json_pack("{s:s, s:o, s:[I, I]}", "dtype",
                   sumi__tensor_safetensors_dtype(sumi_array_dtype(array)), "shape", shape,
                   "data_offsets", (json_int_t)begin,
                   (json_int_t)(begin + (int64_t)sumi_array_size_bytes(array)));
}

/* false: the name is not UTF-8, or there, or there is no memory. */
static bool add(json_t *object, const char *name, json_t *value) {
  if (name && value && !json_object_get(object, name) &&
      json_object_set_new(object, name, value) == 0)
    return true;
  json_decref(value);
  return false;
}

static sumi_status_t fill(json_t *header, const char *path, int64_t count,
                          const sumi_named_array_t *const *order,
                          const sumi_safetensors_options_t *options) {
  if (options->metadata_count > 0) {
    json_t *texts = json_object();
    json_object_set_new(header, SUMI__TENSOR_SAFETENSORS_METADATA, texts);
    for (int64_t i = 0; i < options->metadata_count; ++i) {
      const sumi_named_text_t *text = &options->metadata[i];
      if (!add(texts, text->name, text->text ? json_string(text->text) : NULL))
        return sumi_fail(SUMI_INVALID_ARGUMENT,
                         "%s: text %" PRId64 " of the metadata: a unique name and a text in UTF-8 "
                         "are needed",
                         path, i);
    }
  }
  int64_t begin = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (!add(header, order[i]->name, entry(order[i]->array, begin)))
      return sumi_fail(SUMI_INVALID_ARGUMENT,
                       "%s: array \"%s\": its name is there twice or not UTF-8", path,
                       order[i]->name);
    begin += (int64_t)sumi_array_size_bytes(order[i]->array);
  }
  return SUMI_OK;
}

sumi_status_t sumi__tensor_safetensors_put_header(sumi_buffer_t *header, const char *path,
                                                  int64_t count,
                                                  const sumi_named_array_t *const *arrays,
                                                  const sumi_safetensors_options_t *options) {
  json_t *object = json_object();
  if (!object) return sumi_fail_alloc("a safetensors header", 0);
  sumi_status_t status = fill(object, path, count, arrays, options);
  char *text = status == SUMI_OK ? json_dumps(object, JSON_COMPACT) : NULL;
  json_decref(object);
  if (status != SUMI_OK) return status;
  if (!text) return sumi_fail_alloc("a safetensors header", 0);
  sumi_buffer_puts(header, text);
  free(text);
  return sumi_buffer_status(header, "a safetensors header");
}
