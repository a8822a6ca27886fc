/* Inflating with zlib through Sumi's allocator; for the files of tensor/array/ and
 * tensor/data/ only. */
#ifndef SUMI_ARRAY_GZIP_H
#define SUMI_ARRAY_GZIP_H

#include <sumi/status.h>
#include <zlib.h>

/* No deflate stream expands more: 258 bytes for 2 bits. */
#define SUMI__DEFLATE_MAX_RATIO 1032

/* Sets the stream's allocation functions. */
void sumi__tensor_zlib_use_allocator(z_stream *stream);

typedef struct sumi__tensor_gzip sumi__tensor_gzip_t;

/* A gzip or zlib file open at its start; NULL without memory. */
sumi__tensor_gzip_t *sumi__tensor_gzip_new(int file);
void sumi__tensor_gzip_free(sumi__tensor_gzip_t *gzip);

/* Reads up to `size` bytes of the contents; *got is less only at the end. `path` is for messages.
 */
sumi_status_t sumi__tensor_gzip_read(sumi__tensor_gzip_t *gzip, const char *path, void *to,
                                     size_t size, size_t *got);

/* Inflates one raw deflate stream of known length, as in ZIP members; DATA_LOSS when it is damaged,
 * short or long. */
sumi_status_t sumi__tensor_inflate(const void *from, size_t from_size, void *to, size_t to_size);

#endif
