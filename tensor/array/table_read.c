#include "array/table.h"

#include <sumi/crc32c.h>
#include <sumi/wire.h>

#include <inttypes.h>
#include <string.h>

typedef struct file {
  const char *path;
  const uint8_t *bytes;
  size_t size_bytes;
} file_t;

static sumi_status_t damaged(const file_t *file, uint64_t offset, const char *what) {
  return sumi_fail(SUMI_DATA_LOSS, "%s: byte %" PRIu64 ": %s", file->path, offset, what);
}

static const uint8_t *get_handle(const uint8_t *at, const uint8_t *end,
                                 sumi__tensor_block_handle_t *handle) {
  at = sumi_wire_get_varint(at, end, &handle->offset);
  return at ? sumi_wire_get_varint(at, end, &handle->size) : NULL;
}

/* The block's bytes without its trailer, whose checksum is right. */
static sumi_status_t check_block(const file_t *file, sumi__tensor_block_handle_t handle) {
  const uint64_t room = file->size_bytes - SUMI__TABLE_FOOTER;
  if (handle.offset > room || handle.size > room - handle.offset ||
      room - handle.offset - handle.size < SUMI__TABLE_TRAILER)
    return damaged(file, handle.offset, "a block reaches beyond the end of the file");
  const uint8_t *block = file->bytes + handle.offset, *trailer = block + handle.size;
  const uint32_t stored = sumi_crc32c_unmask(sumi_get_le32(trailer + 1));
  if (sumi_crc32c(block, (size_t)handle.size + 1) != stored)
    return damaged(file, handle.offset, "the checksum of a block is wrong");
  if (trailer[0] != 0)
    return sumi_fail(SUMI_UNIMPLEMENTED,
                     "%s: byte %" PRIu64 ": a block with compression of kind %d (1 is Snappy); "
                     "only blocks without are read",
                     file->path, handle.offset, trailer[0]);
  return SUMI_OK;
}

/* Where the entries of a checked block end; NULL when it cannot be. */
static const uint8_t *entries_end(const uint8_t *block, uint64_t size) {
  if (size < 4) return NULL;
  const uint64_t restarts = sumi_get_le32(block + size - 4);
  return restarts <= (size - 4) / 4 ? block + size - 4 - 4 * restarts : NULL;
}

typedef struct entry {
  uint64_t shared, key_size, value_size;
  const uint8_t *key, *value;
} entry_t;

/* The entry at `at`, and where the next begins; NULL when it cannot be. */
static const uint8_t *get_entry(const uint8_t *at, const uint8_t *end, size_t last_size,
                                entry_t *entry) {
  if (!(at = sumi_wire_get_varint(at, end, &entry->shared)) ||
      !(at = sumi_wire_get_varint(at, end, &entry->key_size)) ||
      !(at = sumi_wire_get_varint(at, end, &entry->value_size)))
    return NULL;
  const uint64_t room = (uint64_t)(end - at);
  if (entry->shared > last_size || entry->key_size > room ||
      entry->value_size > room - entry->key_size)
    return NULL;
  entry->key = at;
  entry->value = at + entry->key_size;
  return entry->value + entry->value_size;
}

static sumi_status_t read_block(const file_t *file, sumi__tensor_block_handle_t handle,
                                sumi__tensor_table_take_t take, void *context) {
  SUMI_TRY(check_block(file, handle));
  const uint8_t *at = file->bytes + handle.offset, *end = entries_end(at, handle.size);
  if (!end) return damaged(file, handle.offset, "a block has more restarts than bytes");
  sumi_buffer_t key = {0};
  sumi_status_t status = SUMI_OK;
  while (status == SUMI_OK && at < end) {
    entry_t entry;
    const uint8_t *next = get_entry(at, end, key.size, &entry);
    if (!next) {
      status = damaged(file, (uint64_t)(at - file->bytes), "an entry reaches beyond its block");
      break;
    }
    key.size = (size_t)entry.shared;
    sumi_buffer_append(&key, entry.key, (size_t)entry.key_size);
    status = sumi_buffer_status(&key, "a table's key");
    if (status == SUMI_OK)
      status = take(context, handle.offset, (const uint8_t *)(key.data ? key.data : ""), key.size,
                    entry.value, (size_t)entry.value_size);
    at = next;
  }
  sumi_buffer_release(&key);
  return status;
}

/* ---- The index, whose values say where blocks are ---- */

typedef struct walk {
  const file_t *file;
  sumi__tensor_table_take_t take;
  void *context;
} walk_t;

static sumi_status_t take_handle(void *context, uint64_t offset, const uint8_t *key,
                                 size_t key_size, const uint8_t *value, size_t value_size) {
  (void)key, (void)key_size;
  const walk_t *walk = context;
  sumi__tensor_block_handle_t handle;
  if (!get_handle(value, value + value_size, &handle))
    return damaged(walk->file, offset, "the index does not say where a block is");
  return read_block(walk->file, handle, walk->take, walk->context);
}

sumi_status_t sumi__tensor_table_read(const char *path, const uint8_t *bytes, size_t size_bytes,
                                      sumi__tensor_table_take_t take, void *context) {
  const file_t file = {path, bytes, size_bytes};
  if (size_bytes < SUMI__TABLE_FOOTER)
    return damaged(&file, size_bytes, "the file is too short for a table's footer");
  const uint8_t *footer = bytes + size_bytes - SUMI__TABLE_FOOTER,
                *end = footer + SUMI__TABLE_FOOTER;
  if (sumi_get_le64(end - 8) != SUMI__TABLE_MAGIC)
    return damaged(&file, size_bytes - 8, "there is no table's magic number: cut, or another file");
  sumi__tensor_block_handle_t unused, index;
  const uint8_t *at = get_handle(footer, end - 8, &unused);
  if (!at || !(at = get_handle(at, end - 8, &index)))
    return damaged(&file, size_bytes - SUMI__TABLE_FOOTER,
                   "the footer does not say where the index is");
  for (; at < end - 8; ++at)
    if (*at)
      return damaged(&file, (uint64_t)(at - bytes), "the footer is not filled up with zeros");
  SUMI_TRY(check_block(&file, unused));
  walk_t walk = {&file, take, context};
  return read_block(&file, index, take_handle, &walk);
}
