#include "array/elements.h"
#include "array/safetensors.h"

#include <sumi/alloc.h>
#include <sumi/file.h>
#include <sumi/options.h>
#include <sumi/safetensors.h>

#include <inttypes.h>
#include <string.h>

static sumi_status_t check(const char *path, int64_t count, const sumi_named_array_t *arrays,
                           const sumi_safetensors_options_t *options) {
  if (!path || count < 0 || (count > 0 && !arrays) || options->metadata_count < 0 ||
      (options->metadata_count > 0 && !options->metadata))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_safetensors_write: %s",
                     path ? "a count without a list" : "path is NULL");
  for (int64_t i = 0; i < count; ++i) {
    if (!arrays[i].name || !arrays[i].array ||
        strcmp(arrays[i].name, SUMI__TENSOR_SAFETENSORS_METADATA) == 0)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: array %" PRId64 " has no name or no values",
                       path, i);
    if (!sumi__tensor_safetensors_dtype(sumi_array_dtype(arrays[i].array)))
      return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: array \"%s\" is %s", path, arrays[i].name,
                       sumi_dtype_name(sumi_array_dtype(arrays[i].array)));
  }
  return SUMI_OK;
}

/* By descending size of the elements, so that each array is aligned; else in the given order. */
static const sumi_named_array_t **ordered(int64_t count, const sumi_named_array_t *arrays) {
  const sumi_named_array_t **order = sumi_calloc((size_t)(count ? count : 1), sizeof *order);
  if (!order) {
    sumi_fail_alloc("a list of arrays", (size_t)count * sizeof *order);
    return NULL;
  }
  int64_t at = 0;
  for (size_t size = 8; size > 0; size /= 2)
    for (int64_t i = 0; i < count; ++i)
      if (sumi_dtype_size_bytes(sumi_array_dtype(arrays[i].array)) == size)
        order[at++] = &arrays[i];
  return order;
}

/* The header's length and the header, filled up with spaces so that the arrays are aligned. */
static sumi_status_t put_header(const sumi_buffer_t *text, sumi_buffer_t *bytes) {
  const size_t size = (text->size + 7) / 8 * 8;
  for (int i = 0; i < SUMI__TENSOR_SAFETENSORS_LENGTH; ++i)
    sumi_buffer_putc(bytes, (char)((uint64_t)size >> 8 * i & 0xFF));
  sumi_buffer_append(bytes, text->data, text->size);
  for (size_t i = text->size; i < size; ++i) sumi_buffer_putc(bytes, ' ');
  return sumi_buffer_status(bytes, "a safetensors header");
}

static sumi_status_t put_arrays(const char *path, int64_t count,
                                const sumi_named_array_t *const *order,
                                const sumi_buffer_t *header) {
  sumi_file_part_t *parts = sumi_calloc((size_t)count + 1, sizeof *parts);
  if (!parts) return sumi_fail_alloc("a list of arrays", (size_t)count * sizeof *parts);
  parts[0] = (sumi_file_part_t){header->data, header->size};
  sumi_status_t status = SUMI_OK;
  for (int64_t i = 0; i < count && status == SUMI_OK; ++i)
    status = sumi__tensor_little_endian(order[i]->array, &parts[i + 1].bytes,
                                        &parts[i + 1].size_bytes);
  if (status == SUMI_OK) status = sumi_file_replace_path(path, count + 1, parts);
  for (int64_t i = 0; i < count; ++i)
    if (parts[i + 1].bytes) sumi__tensor_little_endian_release(order[i]->array, parts[i + 1].bytes);
  sumi_free(parts);
  return status;
}

sumi_status_t sumi_safetensors_write_with(const char *path, int64_t count,
                                          const sumi_named_array_t *arrays,
                                          const sumi_safetensors_options_t *given) {
  sumi_safetensors_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  SUMI_TRY(check(path, count, arrays, &options));
  const sumi_named_array_t **order = ordered(count, arrays);
  if (!order) return SUMI_RESOURCE_EXHAUSTED;
  sumi_buffer_t text = {0}, bytes = {0};
  sumi_status_t status = sumi__tensor_safetensors_put_header(&text, path, count, order, &options);
  if (status == SUMI_OK) status = put_header(&text, &bytes);
  if (status == SUMI_OK) status = put_arrays(path, count, order, &bytes);
  sumi_buffer_release(&bytes);
  sumi_buffer_release(&text);
  sumi_free(order);
  return status;
}
