/* safetensors: named arrays in one file, as Hugging Face's library writes and reads them. Format:
 * https://github.com/huggingface/safetensors (README.md, "Format").
 * Readable: bool, integers of 8 to 64 bits, float32, float64, and float16 and bfloat16, which
 * become float32. Written: the dtypes of arrays, little-endian on every machine.
 * Errors of reading: NOT_FOUND and the like from the system; DATA_LOSS, with path and byte or name,
 * for contents that are damaged, truncated or claim more than the file holds; UNIMPLEMENTED, naming
 * it, for another dtype or a rank above SUMI_MAX_RANK. Without jansson at build time everything is
 * UNIMPLEMENTED. */
#ifndef SUMI_SAFETENSORS_H
#define SUMI_SAFETENSORS_H

#include <sumi/array.h>

SUMI_BEGIN_DECLS

typedef struct sumi_named_array {
  const char *name SUMI_UNSET; /* UTF-8, unique, not "__metadata__" */
  const sumi_array_t *array SUMI_UNSET;
} sumi_named_array_t;

typedef struct sumi_named_text {
  const char *name SUMI_UNSET, *text SUMI_UNSET; /* UTF-8; the name is unique */
} sumi_named_text_t;

typedef struct sumi_safetensors_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  int64_t metadata_count SUMI_UNSET;
  const sumi_named_text_t *metadata SUMI_UNSET; /* texts that go with the arrays */
} sumi_safetensors_options_t;

/** Writes `count` arrays. The file appears whole, synced to the disk, or not at all; one that was
 * there stays until then. */
#define sumi_safetensors_write(path, count, ...) SUMI__SAFETENSORS_WRITE(path, count, __VA_ARGS__, )
#define SUMI__SAFETENSORS_WRITE(path, count, arrays, ...)                                          \
  sumi_safetensors_write_with(path, count, arrays,                                                 \
                              SUMI_OPTIONS(sumi_safetensors_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_safetensors_write_with(const char *path, int64_t count,
                                                   const sumi_named_array_t *arrays,
                                                   const sumi_safetensors_options_t *options);

/** A file open for reading; confined to a thread. */
typedef struct sumi_safetensors sumi_safetensors_t;

/** Opens a file, reads what it holds and checks that all of it is there; *file is NULL on failure.
 */
SUMI_API sumi_status_t sumi_safetensors_open(const char *path, sumi_safetensors_t **file);
/** NULL is allowed. */
SUMI_API void sumi_safetensors_close(sumi_safetensors_t *file);

/** An array of a file. */
typedef struct sumi_safetensor {
  const char *name;  /* valid until close */
  const char *dtype; /* as in the file: "F32", "BF16" */
  sumi_dims_t dims;  /* of rank SUMI_UNKNOWN_RANK where the file's is above SUMI_MAX_RANK */
  int64_t size_bytes;
} sumi_safetensor_t;

/** How many arrays there are; one of them, in the order of their bytes, NULL out of range; the one
 * of that name, NULL when there is none. */
SUMI_API int64_t sumi_safetensors_count(const sumi_safetensors_t *file);
SUMI_API const sumi_safetensor_t *sumi_safetensors_at(const sumi_safetensors_t *file,
                                                      int64_t index);
SUMI_API const sumi_safetensor_t *sumi_safetensors_find(const sumi_safetensors_t *file,
                                                        const char *name);

/** Reads one array by name; *array is new (the caller unrefs it), NULL on failure. NOT_FOUND names
 * what was asked for. */
SUMI_API sumi_status_t sumi_safetensors_read(const sumi_safetensors_t *file, const char *name,
                                             sumi_array_t **array);

/** The texts that go with the arrays: how many, and one of them (NULL out of range), valid until
 * close; the text of a name, NULL when there is none. */
SUMI_API int64_t sumi_safetensors_metadata_count(const sumi_safetensors_t *file);
SUMI_API const sumi_named_text_t *sumi_safetensors_metadata_at(const sumi_safetensors_t *file,
                                                               int64_t index);
SUMI_API const char *sumi_safetensors_metadata(const sumi_safetensors_t *file, const char *name);

SUMI_END_DECLS
#endif
