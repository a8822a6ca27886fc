#include "array/tensor_bundle.h"

#include "array/elements.h"
#include "array/table.h"

#include <sumi/alloc.h>
#include <sumi/crc32c.h>
#include <sumi/file.h>
#include <sumi/wire.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int by_name(const void *left, const void *right) {
  return strcmp((*(const sumi_named_array_t *const *)left)->name,
                (*(const sumi_named_array_t *const *)right)->name);
}

static sumi_status_t check(const char *prefix, int64_t count, const sumi_named_array_t *arrays) {
  if (!prefix || !prefix[0] || count < 0 || (count > 0 && !arrays))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_tensor_bundle_write: %s",
                     prefix && prefix[0] ? "a count without a list" : "there is no prefix");
  for (int64_t i = 0; i < count; ++i) {
    if (!arrays[i].name || !arrays[i].name[0] || !arrays[i].array)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: array %" PRId64 " has no name or no values",
                       prefix, i);
    if (sumi_array_dtype(arrays[i].array) == SUMI_STRING)
      return sumi_fail(SUMI_UNIMPLEMENTED, "%s: array \"%s\" is of texts", prefix, arrays[i].name);
  }
  return SUMI_OK;
}

static sumi_status_t check_names(const char *prefix, int64_t count,
                                 const sumi_named_array_t *const *order) {
  for (int64_t i = 1; i < count; ++i)
    if (strcmp(order[i - 1]->name, order[i]->name) == 0)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: two arrays are called \"%s\"", prefix,
                       order[i]->name);
  return SUMI_OK;
}

static void put_header(sumi__tensor_table_t *table) {
  uint8_t bytes[16], version[4], *at = bytes;
  uint8_t *end = sumi_wire_put_varint_field(version, SUMI__VERSION_PRODUCER, SUMI__BUNDLE_VERSION);
  at = sumi_wire_put_varint_field(at, SUMI__BUNDLE_HEADER_SHARDS, 1);
  at = sumi_wire_put_bytes_field(at, SUMI__BUNDLE_HEADER_VERSION, version, (size_t)(end - version));
  sumi__tensor_table_add(table, "", 0, bytes, (size_t)(at - bytes));
}

static uint8_t *put_shape(uint8_t *at, sumi_dims_t dims) {
  uint8_t shape[SUMI_MAX_RANK * 13], *end = shape;
  for (int i = 0; i < dims.rank; ++i) {
    const uint64_t size = (uint64_t)dims.size[i];
    end = sumi_wire_put_bytes_key(end, SUMI__SHAPE_DIM, sumi_wire_varint_field_size(size));
    end = sumi_wire_put_varint_field(end, SUMI__DIM_SIZE, size);
  }
  return sumi_wire_put_bytes_field(at, SUMI__BUNDLE_ENTRY_SHAPE, shape, (size_t)(end - shape));
}

/* Zeros are left out, as protobuf does. */
static void put_entry(sumi__tensor_table_t *table, const sumi_named_array_t *named, uint64_t offset,
                      const sumi_file_part_t *part) {
  uint8_t bytes[SUMI_MAX_RANK * 13 + 64], *at = bytes;
  at = sumi_wire_put_varint_field(at, SUMI__BUNDLE_ENTRY_DTYPE,
                                  (uint64_t)sumi_array_dtype(named->array));
  at = put_shape(at, sumi_array_dims(named->array));
  if (offset) at = sumi_wire_put_varint_field(at, SUMI__BUNDLE_ENTRY_OFFSET, offset);
  if (part->size_bytes)
    at = sumi_wire_put_varint_field(at, SUMI__BUNDLE_ENTRY_SIZE, part->size_bytes);
  *at++ = sumi_wire_key(SUMI__BUNDLE_ENTRY_CRC, SUMI_WIRE_FIXED32);
  at = sumi_put_le32(at, sumi_crc32c_mask(sumi_crc32c(part->bytes, part->size_bytes)));
  sumi__tensor_table_add(table, named->name, strlen(named->name), bytes, (size_t)(at - bytes));
}

static sumi_status_t write_file(const char *prefix, bool index, int64_t count,
                                const sumi_file_part_t *parts) {
  sumi_buffer_t path = {0};
  if (index)
    sumi_buffer_printf(&path, SUMI__BUNDLE_INDEX, prefix);
  else
    sumi_buffer_printf(&path, SUMI__BUNDLE_DATA, prefix, 0, 1);
  const char *text = sumi_buffer_text(&path);
  const sumi_status_t status = text ? sumi_file_replace_path(text, count, parts)
                                    : sumi_fail_alloc("a path", strlen(prefix));
  sumi_buffer_release(&path);
  return status;
}

static sumi_status_t write_files(const char *prefix, int64_t count,
                                 const sumi_named_array_t *const *order,
                                 const sumi_file_part_t *parts) {
  sumi__tensor_table_t table = {0};
  put_header(&table);
  uint64_t offset = 0;
  for (int64_t i = 0; i < count; ++i) {
    put_entry(&table, order[i], offset, &parts[i]);
    offset += parts[i].size_bytes;
  }
  sumi_status_t status = sumi__tensor_table_finish(&table);
  if (status == SUMI_OK) status = write_file(prefix, false, count, parts);
  const sumi_file_part_t whole = {table.bytes.data, table.bytes.size};
  if (status == SUMI_OK) status = write_file(prefix, true, 1, &whole);
  sumi__tensor_table_release(&table);
  return status;
}

static sumi_status_t write_ordered(const char *prefix, int64_t count,
                                   const sumi_named_array_t *const *order) {
  SUMI_TRY(check_names(prefix, count, order));
  sumi_file_part_t *parts = sumi_calloc((size_t)count + 1, sizeof *parts);
  if (!parts) return sumi_fail_alloc("a list of arrays", (size_t)count * sizeof *parts);
  sumi_status_t status = SUMI_OK;
  for (int64_t i = 0; i < count && status == SUMI_OK; ++i)
    status = sumi__tensor_little_endian(order[i]->array, &parts[i].bytes, &parts[i].size_bytes);
  if (status == SUMI_OK) status = write_files(prefix, count, order, parts);
  for (int64_t i = 0; i < count; ++i)
    if (parts[i].bytes) sumi__tensor_little_endian_release(order[i]->array, parts[i].bytes);
  sumi_free(parts);
  return status;
}

sumi_status_t sumi_tensor_bundle_write(const char *prefix, int64_t count,
                                       const sumi_named_array_t *arrays) {
  SUMI_TRY(check(prefix, count, arrays));
  const sumi_named_array_t **order = sumi_calloc((size_t)count + 1, sizeof *order);
  if (!order) return sumi_fail_alloc("a list of arrays", (size_t)count * sizeof *order);
  for (int64_t i = 0; i < count; ++i) order[i] = &arrays[i];
  if (count) qsort((void *)order, (size_t)count, sizeof *order, by_name);
  const sumi_status_t status = write_ordered(prefix, count, order);
  sumi_free((void *)order);
  return status;
}
