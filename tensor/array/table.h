/* Tables of LevelDB's kind: sorted pairs of bytes in blocks with checksums, as TensorFlow's
 * core/lib/io/table writes them, without compression. For the files of tensor/array/ only. */
#ifndef SUMI_ARRAY_TABLE_H
#define SUMI_ARRAY_TABLE_H

#include <sumi/buffer.h>

enum {
  SUMI__TABLE_TRAILER = 5,  /* behind each block: the kind of compression, the checksum */
  SUMI__TABLE_FOOTER = 48,  /* at the end: where the indices are, zeros, the magic number */
  SUMI__TABLE_RESTARTS = 16 /* each sixteenth key of a block is written whole */
};

#define SUMI__TABLE_MAGIC UINT64_C(0xdb4775248b80fb57)

/* Where a block lies, without its trailer. */
typedef struct sumi__tensor_block_handle {
  uint64_t offset, size;
} sumi__tensor_block_handle_t;

/* ---- Writing ---- */

/* A block under way. */
typedef struct sumi__tensor_block {
  sumi_buffer_t bytes, restarts, last_key;
  int entries;
} sumi__tensor_block_t;

/* Zero-initialise it, and release it whatever happens. */
typedef struct sumi__tensor_table {
  sumi_buffer_t bytes; /* of the file, finished with _finish */
  sumi__tensor_block_t block, index;
} sumi__tensor_table_t;

/* Adds a pair; keys come in ascending order. */
void sumi__tensor_table_add(sumi__tensor_table_t *table, const void *key, size_t key_size,
                            const void *value, size_t value_size);
/* Whatever failed meanwhile is said here. */
sumi_status_t sumi__tensor_table_finish(sumi__tensor_table_t *table);
void sumi__tensor_table_release(sumi__tensor_table_t *table);

/* ---- Reading ---- */

/* Takes a pair, whose block begins at byte `offset` of the file. */
typedef sumi_status_t (*sumi__tensor_table_take_t)(void *context, uint64_t offset,
                                                   const uint8_t *key, size_t key_size,
                                                   const uint8_t *value, size_t value_size);

/* All pairs of a file, in order; its path is for messages. */
sumi_status_t sumi__tensor_table_read(const char *path, const uint8_t *bytes, size_t size_bytes,
                                      sumi__tensor_table_take_t take, void *context);

#endif
