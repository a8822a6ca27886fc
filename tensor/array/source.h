/* Bytes from a file (as it is, or gzip) or from memory, with errors that say where; for
 * tensor/array/ and tensor/data/. */
#ifndef SUMI_ARRAY_SOURCE_H
#define SUMI_ARRAY_SOURCE_H

#include <sumi/status.h>

typedef struct {
  const char *path; /* borrowed; for messages */
  int64_t offset;   /* bytes of the contents read so far */
  int64_t limit;    /* the contents cannot be longer than this */
  const unsigned char *memory;
  void *owned; /* the memory, when it is the source's own */
  struct sumi__tensor_gzip *gzip;
  int file;
} sumi__tensor_source_t;

/* Opens a file; one that begins with gzip's magic number is decompressed on the way. Close it
 * whatever happens. */
sumi_status_t sumi__tensor_source_open(const char *path, sumi__tensor_source_t *source);

/* The same for a file that is packed, as gzip or zlib, when `is_packed` says so of its first bytes;
 * nothing of it is read ahead of time. */
sumi_status_t sumi__tensor_source_open_stream(const char *path,
                                              bool (*is_packed)(const unsigned char *start,
                                                                size_t size),
                                              sumi__tensor_source_t *source);

bool sumi__tensor_starts_as_gzip(const unsigned char *start, size_t size);

/* `size` bytes from `offset` on; *got is less only where the file ends. Errors name `path`. The
 * file's position does not change. */
sumi_status_t sumi__tensor_read_at(int file, const char *path, int64_t offset, void *to,
                                   size_t size, size_t *got);

/* All of a file, as it is, in memory that the caller releases with sumi_free. */
sumi_status_t sumi__tensor_source_read_file(const char *path, unsigned char **bytes, size_t *size);

sumi__tensor_source_t sumi__tensor_source_from_memory(const char *name, const void *bytes,
                                                      size_t size_bytes);
void sumi__tensor_source_close(sumi__tensor_source_t *source);

/* Reads all of `size` bytes, or fails with DATA_LOSS: "<path>: byte 16: truncated in <what>: …". */
sumi_status_t sumi__tensor_source_read(sumi__tensor_source_t *source, void *to, size_t size,
                                       const char *what);

/* Up to `size` bytes; *got is less only at the end of the contents. */
sumi_status_t sumi__tensor_source_read_some(sumi__tensor_source_t *source, void *to, size_t size,
                                            size_t *got);

/* DATA_LOSS when `size` more bytes cannot be there: asked before memory for them is allocated. */
sumi_status_t sumi__tensor_source_expect(const sumi__tensor_source_t *source, int64_t size,
                                         const char *what);

/* DATA_LOSS unless everything has been read. */
sumi_status_t sumi__tensor_source_expect_end(sumi__tensor_source_t *source);

/* Records "<path>: byte <offset>: <text>" and returns `status`. */
sumi_status_t sumi__tensor_source_fail(const sumi__tensor_source_t *source, sumi_status_t status,
                                       const char *format, ...) SUMI_PRINTF(3, 4);

#endif
