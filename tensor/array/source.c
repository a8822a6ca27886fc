#include "array/source.h"
#include "array/gunzip.h"
#include "array/gzip.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sumi/alloc.h>
#include <sys/stat.h>
#include <unistd.h>

static sumi_status_t read_file(int file, const char *path, void *to, size_t size, size_t *got) {
  for (*got = 0; *got < size;) {
    const ssize_t step = read(file, (char *)to + *got, size - *got);
    if (step < 0 && errno == EINTR) continue;
    if (step < 0) return sumi_fail_errno(errno, "cannot read", path);
    if (step == 0) break;
    *got += (size_t)step;
  }
  return SUMI_OK;
}

sumi_status_t sumi__tensor_read_at(int file, const char *path, int64_t offset, void *to,
                                   size_t size, size_t *got) {
  for (*got = 0; *got < size;) {
    const ssize_t step = pread(file, (char *)to + *got, size - *got, offset + (int64_t)*got);
    if (step < 0 && errno == EINTR) continue;
    if (step < 0) return sumi_fail_errno(errno, "cannot read", path);
    if (step == 0) break;
    *got += (size_t)step;
  }
  return SUMI_OK;
}

bool sumi__tensor_starts_as_gzip(const unsigned char *start, size_t size) {
  return size >= 2 && start[0] == 0x1F && start[1] == 0x8B;
}

static bool begins_as_gzip(int file) {
  unsigned char magic[2];
  return pread(file, magic, 2, 0) == 2 && sumi__tensor_starts_as_gzip(magic, 2);
}

static int64_t inflated_limit(int64_t compressed) {
  int64_t limit;
  return __builtin_mul_overflow(compressed, SUMI__DEFLATE_MAX_RATIO, &limit) ? INT64_MAX : limit;
}

static sumi_status_t open_file(const char *path, sumi__tensor_source_t *source) {
  *source = (sumi__tensor_source_t){.path = path, .file = -1};
  if (!path) return sumi_fail(SUMI_INVALID_ARGUMENT, "the path of a file to read is NULL");
  source->file = open(path, O_RDONLY | O_CLOEXEC);
  if (source->file < 0) return sumi_fail_errno(errno, "cannot open", path);
  struct stat info;
  if (fstat(source->file, &info) != 0) return sumi_fail_errno(errno, "cannot look at", path);
  if (!S_ISREG(info.st_mode))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s is not a regular file", path);
  source->limit = info.st_size;
  return SUMI_OK;
}

static sumi_status_t unpack(sumi__tensor_source_t *source) {
  source->limit = inflated_limit(source->limit);
  source->gzip = sumi__tensor_gzip_new(source->file);
  return source->gzip ? SUMI_OK : sumi_fail_alloc("inflating", 1 << MAX_WBITS);
}

sumi_status_t sumi__tensor_source_open(const char *path, sumi__tensor_source_t *source) {
  SUMI_TRY(open_file(path, source));
  if (!begins_as_gzip(source->file)) return SUMI_OK;
  size_t size;
  source->owned = sumi__tensor_gunzip(source->file, source->limit, &size);
  if (!source->owned) return unpack(source);
  source->memory = source->owned;
  source->limit = (int64_t)size;
  return SUMI_OK;
}

sumi_status_t sumi__tensor_source_open_stream(const char *path,
                                              bool (*is_packed)(const unsigned char *start,
                                                                size_t size),
                                              sumi__tensor_source_t *source) {
  unsigned char start[16];
  SUMI_TRY(open_file(path, source));
  const ssize_t got = pread(source->file, start, sizeof start, 0);
  return got > 0 && is_packed(start, (size_t)got) ? unpack(source) : SUMI_OK;
}

sumi_status_t sumi__tensor_source_read_file(const char *path, unsigned char **bytes, size_t *size) {
  sumi__tensor_source_t source;
  sumi_status_t status = open_file(path, &source);
  *size = status == SUMI_OK ? (size_t)source.limit : 0;
  *bytes = status == SUMI_OK ? sumi_malloc(*size) : NULL;
  if (status == SUMI_OK && !*bytes) status = sumi_fail_alloc("a file", *size);
  if (status == SUMI_OK) status = read_file(source.file, path, *bytes, *size, size);
  sumi__tensor_source_close(&source);
  return status;
}

sumi__tensor_source_t sumi__tensor_source_from_memory(const char *name, const void *bytes,
                                                      size_t size_bytes) {
  return (sumi__tensor_source_t){
      .path = name, .memory = bytes, .limit = (int64_t)size_bytes, .file = -1};
}

void sumi__tensor_source_close(sumi__tensor_source_t *source) {
  sumi__tensor_gzip_free(source->gzip);
  sumi_free_aligned(source->owned);
  if (source->file >= 0) close(source->file);
  *source = (sumi__tensor_source_t){.file = -1};
}

sumi_status_t sumi__tensor_source_read_some(sumi__tensor_source_t *source, void *to, size_t size,
                                            size_t *got) {
  *got = 0;
  if (source->gzip) {
    SUMI_TRY(sumi__tensor_gzip_read(source->gzip, source->path, to, size, got));
  } else if (!source->memory && source->file >= 0) {
    SUMI_TRY(read_file(source->file, source->path, to, size, got));
  } else {
    const size_t left = (size_t)(source->limit - source->offset);
    *got = size < left ? size : left;
    if (*got > 0) memcpy(to, source->memory + source->offset, *got);
  }
  source->offset += (int64_t)*got;
  return SUMI_OK;
}

sumi_status_t sumi__tensor_source_fail(const sumi__tensor_source_t *source, sumi_status_t status,
                                       const char *format, ...) {
  char text[SUMI_ERROR_MESSAGE_MAX / 2];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return sumi_fail(status, "%s: byte %" PRId64 ": %s", source->path, source->offset, text);
}

static sumi_status_t fail_truncated(const sumi__tensor_source_t *source, int64_t size,
                                    int64_t there, const char *what) {
  return sumi__tensor_source_fail(
      source, SUMI_DATA_LOSS, "truncated: %s need %" PRId64 " bytes, at most %" PRId64 " follow",
      what, size, there);
}

sumi_status_t sumi__tensor_source_read(sumi__tensor_source_t *source, void *to, size_t size,
                                       const char *what) {
  size_t got;
  const int64_t before = source->offset;
  SUMI_TRY(sumi__tensor_source_read_some(source, to, size, &got));
  if (got == size) return SUMI_OK;
  source->offset = before;
  return fail_truncated(source, (int64_t)size, (int64_t)got, what);
}

sumi_status_t sumi__tensor_source_expect(const sumi__tensor_source_t *source, int64_t size,
                                         const char *what) {
  const int64_t left = source->limit - source->offset;
  return size <= left ? SUMI_OK : fail_truncated(source, size, left < 0 ? 0 : left, what);
}

sumi_status_t sumi__tensor_source_expect_end(sumi__tensor_source_t *source) {
  char byte;
  size_t got;
  const int64_t before = source->offset;
  SUMI_TRY(sumi__tensor_source_read_some(source, &byte, 1, &got));
  if (got == 0) return SUMI_OK;
  source->offset = before;
  return sumi__tensor_source_fail(source, SUMI_DATA_LOSS, "bytes follow after the end of the data");
}
