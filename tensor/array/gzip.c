#include "array/gzip.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sumi/alloc.h>
#include <unistd.h>

enum { CHUNK = 256 * 1024 };

struct sumi__tensor_gzip {
  int file;
  z_stream stream;
  int64_t compressed; /* bytes read from the file */
  bool in_member;     /* between a member's header and its trailer */
  bool at_end;        /* of the file */
  unsigned char chunk[CHUNK];
};

static voidpf allocate(voidpf user, uInt count, uInt size) {
  (void)user;
  return sumi_calloc(count, size);
}

static void release(voidpf user, voidpf memory) {
  (void)user;
  sumi_free(memory);
}

void sumi__tensor_zlib_use_allocator(z_stream *stream) {
  stream->zalloc = allocate;
  stream->zfree = release;
}

sumi__tensor_gzip_t *sumi__tensor_gzip_new(int file) {
  sumi__tensor_gzip_t *gzip = sumi_malloc(sizeof *gzip);
  if (!gzip) return NULL;
  memset(gzip, 0, offsetof(sumi__tensor_gzip_t, chunk));
  gzip->file = file;
  sumi__tensor_zlib_use_allocator(&gzip->stream);
  if (inflateInit2(&gzip->stream, MAX_WBITS + 32) == Z_OK) return gzip;
  sumi_free(gzip);
  return NULL;
}

void sumi__tensor_gzip_free(sumi__tensor_gzip_t *gzip) {
  if (!gzip) return;
  inflateEnd(&gzip->stream);
  sumi_free(gzip);
}

static sumi_status_t refill(sumi__tensor_gzip_t *gzip, const char *path) {
  ssize_t got;
  do got = read(gzip->file, gzip->chunk, CHUNK);
  while (got < 0 && errno == EINTR);
  if (got < 0) return sumi_fail_errno(errno, "cannot read", path);
  gzip->at_end = got == 0;
  gzip->compressed += got;
  gzip->stream.next_in = gzip->chunk;
  gzip->stream.avail_in = (uInt)got;
  return SUMI_OK;
}

static sumi_status_t fail(const sumi__tensor_gzip_t *gzip, const char *path, const char *why) {
  return sumi_fail(SUMI_DATA_LOSS, "%s: byte %lld of the compressed file: %s", path,
                   (long long)(gzip->compressed - gzip->stream.avail_in), why);
}

/* Inflates until `to` is full or input is used up. A file may be several members one after the
 * other. */
static sumi_status_t inflate_some(sumi__tensor_gzip_t *gzip, const char *path) {
  gzip->in_member = true;
  const int result = inflate(&gzip->stream, Z_NO_FLUSH);
  if (result == Z_STREAM_END) {
    gzip->in_member = false;
    inflateReset(&gzip->stream);
    return SUMI_OK;
  }
  if (result == Z_MEM_ERROR) return sumi_fail_alloc("inflating", 1 << MAX_WBITS);
  if (result == Z_OK || result == Z_BUF_ERROR) return SUMI_OK;
  return fail(gzip, path, gzip->stream.msg ? gzip->stream.msg : "not gzip data");
}

sumi_status_t sumi__tensor_gzip_read(sumi__tensor_gzip_t *gzip, const char *path, void *to,
                                     size_t size, size_t *got) {
  *got = 0;
  while (*got < size) {
    const size_t left = size - *got;
    const uInt room = left > UINT_MAX / 2 ? UINT_MAX / 2 : (uInt)left;
    if (gzip->stream.avail_in == 0 && !gzip->at_end) SUMI_TRY(refill(gzip, path));
    if (gzip->stream.avail_in == 0 && !gzip->in_member) return SUMI_OK;
    gzip->stream.next_out = (unsigned char *)to + *got;
    gzip->stream.avail_out = room;
    const uInt before = gzip->stream.avail_in;
    SUMI_TRY(inflate_some(gzip, path));
    *got += room - gzip->stream.avail_out;
    const bool stuck = gzip->stream.avail_in == before && gzip->stream.avail_out == room;
    if (stuck && gzip->at_end && gzip->in_member)
      return fail(gzip, path, "the compressed data are truncated");
  }
  return SUMI_OK;
}

sumi_status_t sumi__tensor_inflate(const void *from, size_t from_size, void *to, size_t to_size) {
  z_stream stream = {.next_in = (unsigned char *)(uintptr_t)from};
  sumi__tensor_zlib_use_allocator(&stream);
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    return sumi_fail_alloc("inflating", 1 << MAX_WBITS);
  unsigned char spare; /* zlib wants a place to write to even when there is nothing to write */
  stream.next_out = to_size > 0 ? to : &spare;
  int result = Z_OK;
  while (result == Z_OK) {
    const uInt in = from_size > INT_MAX ? INT_MAX : (uInt)from_size;
    const uInt out = to_size > INT_MAX ? INT_MAX : (uInt)to_size;
    stream.avail_in = in, stream.avail_out = out;
    result = inflate(&stream, Z_NO_FLUSH);
    from_size -= in - stream.avail_in, to_size -= out - stream.avail_out;
  }
  inflateEnd(&stream);
  if (result == Z_MEM_ERROR) return sumi_fail_alloc("inflating", 1 << MAX_WBITS);
  if (result == Z_STREAM_END && from_size == 0 && to_size == 0) return SUMI_OK;
  return sumi_fail(SUMI_DATA_LOSS, "damaged deflate data");
}
