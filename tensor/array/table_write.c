#include "array/table.h"

#include <sumi/crc32c.h>
#include <sumi/wire.h>

#include <string.h>

enum { BLOCK_BYTES = 256 * 1024 }; /* then comes another, as in TensorFlow */

static void put_varint(sumi_buffer_t *buffer, uint64_t value) {
  uint8_t bytes[10];
  sumi_buffer_append(buffer, bytes, (size_t)(sumi_wire_put_varint(bytes, value) - bytes));
}

static void put_le32(sumi_buffer_t *buffer, uint32_t value) {
  uint8_t bytes[4];
  sumi_put_le32(bytes, value);
  sumi_buffer_append(buffer, bytes, sizeof bytes);
}

/* How many bytes the key has in common with the one before. */
static size_t shared_with_last(const sumi__tensor_block_t *block, const char *key, size_t size) {
  size_t shared = 0;
  while (shared < size && shared < block->last_key.size &&
         key[shared] == block->last_key.data[shared])
    ++shared;
  return shared;
}

static void add(sumi__tensor_block_t *block, int restarts, const void *key, size_t key_size,
                const void *value, size_t value_size) {
  const bool restart = block->entries++ % restarts == 0;
  const size_t shared = restart ? 0 : shared_with_last(block, key, key_size);
  if (restart) put_le32(&block->restarts, (uint32_t)block->bytes.size);
  put_varint(&block->bytes, shared);
  put_varint(&block->bytes, key_size - shared);
  put_varint(&block->bytes, value_size);
  sumi_buffer_append(&block->bytes, (const char *)key + shared, key_size - shared);
  sumi_buffer_append(&block->bytes, value, value_size);
  sumi_buffer_clear(&block->last_key);
  sumi_buffer_append(&block->last_key, key, key_size);
}

static bool has_failed(const sumi__tensor_block_t *block) {
  return block->bytes.failed || block->restarts.failed || block->last_key.failed;
}

/* Appends the block to the file and empties it; a block has at least one restart. */
static sumi__tensor_block_handle_t flush(sumi_buffer_t *file, sumi__tensor_block_t *block) {
  if (block->restarts.size == 0) put_le32(&block->restarts, 0);
  const uint32_t restarts = (uint32_t)(block->restarts.size / 4);
  sumi_buffer_append(&block->bytes, block->restarts.data, block->restarts.size);
  put_le32(&block->bytes, restarts);
  const sumi__tensor_block_handle_t handle = {file->size, block->bytes.size};
  sumi_buffer_putc(&block->bytes, 0); /* no compression */
  file->failed |= has_failed(block);
  if (!file->failed)
    put_le32(&block->bytes, sumi_crc32c_mask(sumi_crc32c(block->bytes.data, block->bytes.size)));
  sumi_buffer_append(file, block->bytes.data, block->bytes.size);
  sumi_buffer_clear(&block->bytes);
  sumi_buffer_clear(&block->restarts);
  sumi_buffer_clear(&block->last_key);
  block->entries = 0;
  return handle;
}

static size_t put_handle(uint8_t *to, sumi__tensor_block_handle_t handle) {
  return (size_t)(sumi_wire_put_varint(sumi_wire_put_varint(to, handle.offset), handle.size) - to);
}

/* The index says the last key of each block. */
static void end_block(sumi__tensor_table_t *table) {
  if (table->block.entries == 0) return;
  sumi_buffer_t last = table->block.last_key;
  table->block.last_key = (sumi_buffer_t){0};
  uint8_t handle[20];
  const size_t size = put_handle(handle, flush(&table->bytes, &table->block));
  add(&table->index, 1, last.data, last.size, handle, size);
  sumi_buffer_release(&last);
}

void sumi__tensor_table_add(sumi__tensor_table_t *table, const void *key, size_t key_size,
                            const void *value, size_t value_size) {
  add(&table->block, SUMI__TABLE_RESTARTS, key, key_size, value, value_size);
  if (table->block.bytes.size >= BLOCK_BYTES) end_block(table);
}

sumi_status_t sumi__tensor_table_finish(sumi__tensor_table_t *table) {
  end_block(table);
  sumi__tensor_block_t empty = {0};
  uint8_t footer[SUMI__TABLE_FOOTER] = {0};
  const size_t size = put_handle(footer, flush(&table->bytes, &empty));
  put_handle(footer + size, flush(&table->bytes, &table->index));
  sumi_put_le64(footer + SUMI__TABLE_FOOTER - 8, SUMI__TABLE_MAGIC);
  sumi_buffer_append(&table->bytes, footer, sizeof footer);
  sumi_buffer_release(&empty.bytes);
  sumi_buffer_release(&empty.restarts);
  return sumi_buffer_status(&table->bytes, "a table");
}

static void release(sumi__tensor_block_t *block) {
  sumi_buffer_release(&block->bytes);
  sumi_buffer_release(&block->restarts);
  sumi_buffer_release(&block->last_key);
}

void sumi__tensor_table_release(sumi__tensor_table_t *table) {
  release(&table->block);
  release(&table->index);
  sumi_buffer_release(&table->bytes);
}
