#include "array/gunzip.h"

#ifdef SUMI_HAVE_LIBDEFLATE

#include "array/gzip.h"
#include <libdeflate.h>
#include <sumi/alloc.h>
#include <unistd.h>

#define PACKED_MAX (INT64_C(1) << 30)

static bool read_whole(int file, unsigned char *to, size_t size) {
  for (size_t at = 0; at < size;) {
    const ssize_t got = pread(file, to + at, size - at, (off_t)at);
    if (got <= 0) return false;
    at += (size_t)got;
  }
  return true;
}

/* The last four bytes hold the length of the contents. */
static size_t stated_size(const unsigned char *packed, size_t size) {
  const unsigned char *at = packed + size - 4;
  return at[0] | (size_t)at[1] << 8 | (size_t)at[2] << 16 | (size_t)at[3] << 24;
}

static void *inflate_whole(const unsigned char *packed, size_t packed_size, size_t *size) {
  *size = stated_size(packed, packed_size);
  if (*size / SUMI__DEFLATE_MAX_RATIO > packed_size) return NULL;
  void *contents = sumi_malloc_aligned(*size);
  struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
  size_t used = 0, got = 0;
  const bool done = contents && decompressor &&
                    libdeflate_gzip_decompress_ex(decompressor, packed, packed_size, contents,
                                                  *size, &used, &got) == LIBDEFLATE_SUCCESS &&
                    used == packed_size && got == *size;
  libdeflate_free_decompressor(decompressor);
  if (done) return contents;
  sumi_free_aligned(contents);
  return NULL;
}

void *sumi__tensor_gunzip(int file, int64_t packed, size_t *size) {
  if (packed < 18 || packed > PACKED_MAX) return NULL;
  unsigned char *bytes = sumi_malloc((size_t)packed);
  void *contents = NULL;
  if (bytes && read_whole(file, bytes, (size_t)packed))
    contents = inflate_whole(bytes, (size_t)packed, size);
  sumi_free(bytes);
  return contents;
}

#else

void *sumi__tensor_gunzip(int file, int64_t packed, size_t *size) {
  (void)file, (void)packed, (void)size;
  return NULL;
}

#endif
