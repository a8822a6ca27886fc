#include "array/array.h"
#include "array/elements.h"
#include "array/half.h"
#include "array/safetensors.h"
#include "array/source.h"

#include <sumi/alloc.h>
#include <sumi/safetensors.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_HEADER_BYTES = 100000000 }; /* the format's own limit */

static sumi_status_t read_at(const sumi_safetensors_t *file, int64_t offset, void *to,
                             size_t size_bytes) {
  size_t got;
  SUMI_TRY(sumi__tensor_read_at(file->file, file->path, offset, to, size_bytes, &got));
  if (got == size_bytes) return SUMI_OK;
  return sumi__tensor_safetensors_damaged(file, "byte %" PRId64 ": the file ends here",
                                          offset + (int64_t)got);
}

/* ---- The header ---- */

static int by_offset(const void *left, const void *right) {
  const sumi__tensor_safetensor_t *a = left, *b = right;
  if (a->offset != b->offset) return a->offset < b->offset ? -1 : 1;
  return (a->shown.size_bytes > b->shown.size_bytes) - (a->shown.size_bytes < b->shown.size_bytes);
}

static int by_name(const void *left, const void *right) {
  return strcmp((*(sumi__tensor_safetensor_t *const *)left)->shown.name,
                (*(sumi__tensor_safetensor_t *const *)right)->shown.name);
}

/* The arrays' bytes fill the rest of the file, without a hole and without an overlap. */
static sumi_status_t check_bytes(const sumi_safetensors_t *file, int64_t data, int64_t file_size) {
  int64_t at = data;
  for (int64_t i = 0; i < file->count; ++i) {
    const sumi__tensor_safetensor_t *item = &file->items[i];
    if (item->offset != at)
      return sumi__tensor_safetensors_damaged(file,
                                              "byte %" PRId64
                                              ": array \"%s\" begins at byte %" PRId64
                                              "; arrays follow each other without a gap",
                                              at, item->shown.name, item->offset);
    at += item->shown.size_bytes;
  }
  if (at != file_size)
    return sumi__tensor_safetensors_damaged(
        file, "the arrays end at byte %" PRId64 " and the file at byte %" PRId64, at, file_size);
  return SUMI_OK;
}

static sumi_status_t sort_items(sumi_safetensors_t *file) {
  const size_t count = (size_t)file->count;
  file->by_name = sumi_arena_calloc(file->arena, count + 1, sizeof *file->by_name);
  if (!file->by_name) return sumi_fail_alloc("a list of arrays", count);
  qsort(file->items, count, sizeof *file->items, by_offset);
  for (size_t i = 0; i < count; ++i) file->by_name[i] = &file->items[i];
  qsort(file->by_name, count, sizeof *file->by_name, by_name);
  return SUMI_OK;
}

static sumi_status_t read_header(sumi_safetensors_t *file) {
  struct stat info;
  unsigned char length[SUMI__TENSOR_SAFETENSORS_LENGTH];
  if (fstat(file->file, &info) != 0) return sumi_fail_errno(errno, "cannot read", file->path);
  if (!S_ISREG(info.st_mode))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s is not a regular file", file->path);
  SUMI_TRY(read_at(file, 0, length, sizeof length));
  uint64_t size = 0;
  for (int i = 0; i < SUMI__TENSOR_SAFETENSORS_LENGTH; ++i) size |= (uint64_t)length[i] << 8 * i;
  if (size == 0 || size > MAX_HEADER_BYTES ||
      size > (uint64_t)info.st_size - SUMI__TENSOR_SAFETENSORS_LENGTH)
    return sumi__tensor_safetensors_damaged(
        file, "byte 0: a header of %" PRIu64 " bytes in a file of %lld", size,
        (long long)info.st_size);
  char *text = sumi_malloc((size_t)size);
  if (!text) return sumi_fail_alloc("a safetensors header", (size_t)size);
  sumi_status_t status = read_at(file, SUMI__TENSOR_SAFETENSORS_LENGTH, text, (size_t)size);
  const int64_t data = SUMI__TENSOR_SAFETENSORS_LENGTH + (int64_t)size;
  if (status == SUMI_OK) status = sumi__tensor_safetensors_parse(file, text, (size_t)size, data);
  if (status == SUMI_OK) status = sort_items(file);
  if (status == SUMI_OK) status = check_bytes(file, data, info.st_size);
  sumi_free(text);
  return status;
}

sumi_status_t sumi_safetensors_open(const char *path, sumi_safetensors_t **opened) {
  if (!opened) return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_safetensors_open: file is NULL");
  *opened = NULL;
  if (!path) return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_safetensors_open: path is NULL");
  sumi_safetensors_t *file = sumi_calloc(1, sizeof *file);
  if (!file) return sumi_fail_alloc("a safetensors file", sizeof *file);
  file->file = -1;
  file->arena = sumi_arena_new();
  file->path = file->arena ? sumi_arena_strdup(file->arena, path) : NULL;
  sumi_status_t status = SUMI_OK;
  if (!file->path) {
    status = sumi_fail_alloc("a safetensors file", 0);
  } else {
    file->file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    status = file->file < 0 ? sumi_fail_errno(errno, "cannot open", path) : read_header(file);
  }
  if (status == SUMI_OK)
    *opened = file;
  else
    sumi_safetensors_close(file);
  return status;
}

void sumi_safetensors_close(sumi_safetensors_t *file) {
  if (!file) return;
  if (file->file >= 0) close(file->file);
  sumi_arena_free(file->arena);
  sumi_free(file);
}

/* ---- Looking and reading ---- */

int64_t sumi_safetensors_count(const sumi_safetensors_t *file) {
  return file ? file->count : 0;
}

const sumi_safetensor_t *sumi_safetensors_at(const sumi_safetensors_t *file, int64_t index) {
  return file && index >= 0 && index < file->count ? &file->items[index].shown : NULL;
}

static const sumi__tensor_safetensor_t *find(const sumi_safetensors_t *file, const char *name) {
  const sumi__tensor_safetensor_t wanted = {.shown = {.name = name}}, *key = &wanted;
  if (!file || !name || file->count == 0) return NULL;
  sumi__tensor_safetensor_t *const *found = bsearch(&key, file->by_name, (size_t)file->count,
                                                    sizeof *file->by_name, by_name);
  return found ? *found : NULL;
}

const sumi_safetensor_t *sumi_safetensors_find(const sumi_safetensors_t *file, const char *name) {
  const sumi__tensor_safetensor_t *item = find(file, name);
  return item ? &item->shown : NULL;
}

static sumi_status_t read_numbers(const sumi_safetensors_t *file,
                                  const sumi__tensor_safetensor_t *item, sumi_dtype_t dtype,
                                  sumi_array_t **array) {
  sumi_array_t *read = sumi_array_new_uninitialized(dtype, item->shown.dims);
  if (!read) return SUMI_RESOURCE_EXHAUSTED;
  const sumi_status_t status = read_at(file, item->offset, read->data, sumi_array_size_bytes(read));
  if (status == SUMI_OK) {
    sumi__tensor_from_little_endian(read);
    *array = sumi_array_ref(read);
  }
  sumi_array_unref(read);
  return status;
}

/* 16-bit floats as float32. */
static sumi_status_t read_halves(const sumi_safetensors_t *file,
                                 const sumi__tensor_safetensor_t *item, sumi__tensor_half_t kind,
                                 sumi_array_t **array) {
  sumi_array_t *halves;
  SUMI_TRY(read_numbers(file, item, SUMI_UINT16, &halves));
  *array = sumi__tensor_of_halves(halves, kind);
  sumi_array_unref(halves);
  return *array ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

sumi_status_t sumi_safetensors_read(const sumi_safetensors_t *file, const char *name,
                                    sumi_array_t **array) {
  if (!file || !name || !array)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_safetensors_read: a NULL argument");
  *array = NULL;
  const sumi__tensor_safetensor_t *item = find(file, name);
  if (!item) return sumi_fail(SUMI_NOT_FOUND, "%s: there is no array \"%s\"", file->path, name);
  const sumi_dtype_t dtype = sumi__tensor_safetensors_dtype_of(item->shown.dtype);
  const bool is_half = strcmp(item->shown.dtype, "F16") == 0;
  const bool is_bfloat = strcmp(item->shown.dtype, "BF16") == 0;
  if (item->shown.dims.rank < 0 || (!dtype && !is_half && !is_bfloat))
    return sumi_fail(SUMI_UNIMPLEMENTED, "%s: array \"%s\" of dtype %s%s", file->path, name,
                     item->shown.dtype, item->shown.dims.rank < 0 ? " and a rank above 8" : "");
  if (is_half || is_bfloat)
    return read_halves(file, item, is_half ? SUMI__FLOAT16 : SUMI__BFLOAT16, array);
  return read_numbers(file, item, dtype, array);
}

int64_t sumi_safetensors_metadata_count(const sumi_safetensors_t *file) {
  return file ? file->metadata_count : 0;
}

const sumi_named_text_t *sumi_safetensors_metadata_at(const sumi_safetensors_t *file,
                                                      int64_t index) {
  return file && index >= 0 && index < file->metadata_count ? &file->metadata[index] : NULL;
}

const char *sumi_safetensors_metadata(const sumi_safetensors_t *file, const char *name) {
  for (int64_t i = 0; file && name && i < file->metadata_count; ++i)
    if (strcmp(file->metadata[i].name, name) == 0) return file->metadata[i].text;
  return NULL;
}
