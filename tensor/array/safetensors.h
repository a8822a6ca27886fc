/* What the two directions of the safetensors format share, and a file that is open for reading.
 * The header is JSON; the only file that knows that is safetensors_json.c. */
#ifndef SUMI_ARRAY_SAFETENSORS_H
#define SUMI_ARRAY_SAFETENSORS_H

#include <sumi/arena.h>
#include <sumi/safetensors.h>

#define SUMI__TENSOR_SAFETENSORS_METADATA "__metadata__" /* the member that is no array */

enum { SUMI__TENSOR_SAFETENSORS_LENGTH = 8 }; /* bytes of the header's length, before the header */

typedef struct sumi__tensor_safetensor {
  sumi_safetensor_t shown;
  int64_t offset; /* in the file */
} sumi__tensor_safetensor_t;

struct sumi_safetensors {
  sumi_arena_t *arena; /* of all below */
  const char *path;
  int file;
  int64_t count, metadata_count;
  sumi__tensor_safetensor_t *items; /* in the order of their bytes */
  sumi__tensor_safetensor_t **by_name;
  sumi_named_text_t *metadata;
};

/* DATA_LOSS: "<path>: …". */
sumi_status_t sumi__tensor_safetensors_damaged(const sumi_safetensors_t *file, const char *format,
                                               ...) SUMI_PRINTF(2, 3);

/* Fills items and metadata, in the header's order, from the header's text; the first array's bytes
 * begin at `data`. Each array's size is what its shape and dtype take. */
sumi_status_t sumi__tensor_safetensors_parse(sumi_safetensors_t *file, const char *text,
                                             size_t size_bytes, int64_t data);

/* Appends the header of these arrays, whose bytes follow each other. */
sumi_status_t sumi__tensor_safetensors_put_header(sumi_buffer_t *header, const char *path,
                                                  int64_t count,
                                                  const sumi_named_array_t *const *arrays,
                                                  const sumi_safetensors_options_t *options);

/* "F32"; NULL for strings. And back; SUMI_DTYPE_INVALID for what we have not. */
const char *sumi__tensor_safetensors_dtype(sumi_dtype_t dtype);
sumi_dtype_t sumi__tensor_safetensors_dtype_of(const char *text);

#endif
