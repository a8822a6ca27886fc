/* NumPy's files: .npy (one array) and .npz (named arrays in a ZIP archive).
 * Format: numpy/lib/_format_impl.py and PKWARE's APPNOTE.TXT.
 *
 * Readable: versions 1.0 to 3.0, C and Fortran order, both byte orders, bool, int8 to int64, uint8
 * to uint64, float32, float64, fixed-length unicode (as UTF-8) and byte strings. Written: version
 * 1.0, C order, the machine's byte order.
 *
 * Errors of reading: NOT_FOUND and the like from the system; DATA_LOSS, with path and byte, for
 * contents that are damaged, truncated or claim more than the file can hold; UNIMPLEMENTED, naming
 * it, for a dtype, version or compression that is not in the list. */
#ifndef SUMI_NPY_H
#define SUMI_NPY_H

#include <sumi/array.h>

SUMI_BEGIN_DECLS

/** Reads an array; *array is new (the caller unrefs it), NULL on failure. */
SUMI_API sumi_status_t sumi_npy_read(const char *path, sumi_array_t **array);

/** The same from memory; `name` stands in messages for the path. */
SUMI_API sumi_status_t sumi_npy_decode(const char *name, const void *bytes, size_t size_bytes,
                                       sumi_array_t **array);

/** Writes an array as numpy.save would, byte for byte. A file that could not be completed is
 * removed. */
SUMI_API sumi_status_t sumi_npy_write(const char *path, const sumi_array_t *array);

/** Appends what sumi_npy_write writes to a buffer. */
SUMI_API sumi_status_t sumi_npy_encode(const sumi_array_t *array, sumi_buffer_t *buffer);

/** An archive open for reading; confined to a thread. */
typedef struct sumi_npz sumi_npz_t;

/** Opens an archive and reads its directory; *npz is NULL on failure. */
SUMI_API sumi_status_t sumi_npz_open(const char *path, sumi_npz_t **npz);
SUMI_API void sumi_npz_close(sumi_npz_t *npz);

/** How many members there are, and the name of one (without ".npy"), valid until close; NULL out of
 * range. */
SUMI_API int64_t sumi_npz_count(const sumi_npz_t *npz);
SUMI_API const char *sumi_npz_name(const sumi_npz_t *npz, int64_t index);

/** Reads one array by name, checking its CRC. NOT_FOUND lists what there is. */
SUMI_API sumi_status_t sumi_npz_read(sumi_npz_t *npz, const char *name, sumi_array_t **array);

typedef struct sumi_npz_item {
  const char *name SUMI_UNSET; /* without ".npy", UTF-8, unique */
  const sumi_array_t *array SUMI_UNSET;
} sumi_npz_item_t;

typedef struct sumi_npz_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  bool compress SUMI_UNSET;      /* deflate (numpy.savez_compressed); stored otherwise */
} sumi_npz_options_t;

/** Writes an archive of `count` arrays, less than 4 GiB in all. A file that could not be completed
 * is removed. */
#define sumi_npz_write(path, count, ...) SUMI__NPZ_WRITE(path, count, __VA_ARGS__, )
#define SUMI__NPZ_WRITE(path, count, items, ...)                                                   \
  sumi_npz_write_with(path, count, items, SUMI_OPTIONS(sumi_npz_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_npz_write_with(const char *path, int64_t count,
                                           const sumi_npz_item_t *items,
                                           const sumi_npz_options_t *options);

SUMI_END_DECLS
#endif
