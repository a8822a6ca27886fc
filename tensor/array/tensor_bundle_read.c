#include "array/tensor_bundle.h"

#include "array/array.h"
#include "array/elements.h"
#include "array/source.h"
#include "array/table.h"

#include <sumi/alloc.h>
#include <sumi/crc32c.h>
#include <sumi/wire.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_INDEX_BYTES = 1 << 30, MAX_SHARDS = 100000 };

static sumi_status_t damaged(const sumi_tensor_bundle_t *b, uint64_t offset, const char *name,
                             const char *what) {
  return sumi_fail(SUMI_DATA_LOSS, "%s: block at byte %" PRIu64 ": \"%s\": %s", b->index_path,
                   offset, name, what);
}

/* ---- Messages ---- */

static sumi_status_t take_header(sumi_tensor_bundle_t *b, uint64_t offset, const uint8_t *at,
                                 const uint8_t *end) {
  uint64_t endianness = 0, min_consumer = 0;
  b->shards = 0;
  for (sumi_wire_field_t field; at < end; at = field.end) {
    if (!sumi_wire_get_field(at, end, &field)) return damaged(b, offset, "", "not a header");
    if (field.number == SUMI__BUNDLE_HEADER_SHARDS) b->shards = field.value;
    if (field.number == SUMI__BUNDLE_HEADER_ENDIANNESS) endianness = field.value;
    if (field.number != SUMI__BUNDLE_HEADER_VERSION || field.type != SUMI_WIRE_BYTES) continue;
    sumi_wire_field_t version;
    for (const uint8_t *v = field.bytes; v < field.end; v = version.end) {
      if (!sumi_wire_get_field(v, field.end, &version)) return damaged(b, offset, "", "no version");
      if (version.number == SUMI__VERSION_MIN_CONSUMER) min_consumer = version.value;
    }
  }
  b->has_header = true;
  if (b->shards < 1 || b->shards > MAX_SHARDS)
    return damaged(b, offset, "", "the number of data files is none");
  if (endianness == 0 && min_consumer <= SUMI__BUNDLE_VERSION) return SUMI_OK;
  return sumi_fail(SUMI_UNIMPLEMENTED, "%s: %s", b->index_path,
                   endianness ? "the numbers are big-endian" : "the format is newer than this");
}

static bool get_dims(const sumi_wire_field_t *shape, sumi_dims_t *dims) {
  sumi_wire_field_t dim, size;
  dims->rank = 0;
  for (const uint8_t *at = shape->bytes; at < shape->end; at = dim.end) {
    if (!sumi_wire_get_field(at, shape->end, &dim)) return false;
    if (dim.number != SUMI__SHAPE_DIM || dim.type != SUMI_WIRE_BYTES) continue;
    int64_t length = 0;
    for (const uint8_t *in = dim.bytes; in < dim.end; in = size.end) {
      if (!sumi_wire_get_field(in, dim.end, &size)) return false;
      if (size.number == SUMI__DIM_SIZE) length = (int64_t)size.value;
    }
    if (length < 0) return false;
    if (dims->rank >= 0 && dims->rank < SUMI_MAX_RANK)
      dims->size[dims->rank++] = length;
    else
      dims->rank = SUMI_UNKNOWN_RANK;
  }
  return true;
}

/* Fills the numbers; the shape too. */
static bool get_entry(sumi__tensor_bundle_entry_t *entry, const uint8_t *at, const uint8_t *end) {
  entry->shown.dims = sumi_dims_make(0, NULL);
  for (sumi_wire_field_t field; at < end; at = field.end) {
    if (!sumi_wire_get_field(at, end, &field)) return false;
    switch (field.number) {
    case SUMI__BUNDLE_ENTRY_DTYPE: entry->dtype = field.value; break;
    case SUMI__BUNDLE_ENTRY_SHAPE:
      if (field.type != SUMI_WIRE_BYTES || !get_dims(&field, &entry->shown.dims)) return false;
      break;
    case SUMI__BUNDLE_ENTRY_SHARD: entry->shard = field.value; break;
    case SUMI__BUNDLE_ENTRY_OFFSET: entry->offset = field.value; break;
    case SUMI__BUNDLE_ENTRY_SIZE: entry->shown.size_bytes = (int64_t)field.value; break;
    case SUMI__BUNDLE_ENTRY_CRC:
      if (field.type != SUMI_WIRE_FIXED32) return false;
      entry->crc = sumi_get_le32(field.bytes);
      break;
    case SUMI__BUNDLE_ENTRY_SLICES: ++entry->slices; break;
    default: break;
    }
  }
  return true;
}

/* The dtype's name; TensorFlow's number of one that we have not. */
static const char *name_dtype(sumi_tensor_bundle_t *b, uint64_t number) {
  const sumi_dtype_t dtype = number <= INT32_MAX ? (sumi_dtype_t)number : SUMI_DTYPE_INVALID;
  if (number && sumi_dtype_size_bytes(dtype) > 0) return sumi_dtype_name(dtype);
  return sumi_arena_printf(b->arena, "dtype number %" PRIu64, number);
}

static bool is_number(uint64_t dtype) {
  return dtype <= INT32_MAX && dtype != SUMI_STRING &&
         sumi_dtype_size_bytes((sumi_dtype_t)dtype) > 0;
}

static sumi_status_t check_entry(const sumi_tensor_bundle_t *b, uint64_t offset,
                                 const sumi__tensor_bundle_entry_t *entry) {
  const char *name = entry->shown.name;
  const sumi_dims_t dims = entry->shown.dims;
  if (entry->shard >= b->shards) return damaged(b, offset, name, "it is in no data file");
  if (entry->shown.size_bytes < 0 || entry->offset > INT64_MAX / 2)
    return damaged(b, offset, name, "its place in the data file cannot be");
  if (entry->slices || !is_number(entry->dtype) || dims.rank < 0) return SUMI_OK;
  int64_t bytes;
  const int64_t count = sumi_dims_count(dims);
  const size_t size = sumi_dtype_size_bytes((sumi_dtype_t)entry->dtype);
  if (count < 0 || __builtin_mul_overflow(count, (int64_t)size, &bytes) ||
      bytes != entry->shown.size_bytes)
    return damaged(b, offset, name, "its shape does not fit its bytes");
  return SUMI_OK;
}

/* ---- The index ---- */

static sumi_status_t reserve(sumi_tensor_bundle_t *b) {
  if (b->count < b->capacity) return SUMI_OK;
  const int64_t capacity = b->capacity * 2 + 16;
  sumi__tensor_bundle_entry_t *entries = sumi_realloc_array(b->entries, (size_t)capacity,
                                                            sizeof *entries);
  if (!entries) return sumi_fail_alloc("a list of arrays", (size_t)capacity * sizeof *entries);
  b->entries = entries;
  b->capacity = capacity;
  return SUMI_OK;
}

/* A key that begins with a zero byte is a slice of a variable, which the variable's entry lists. */
static sumi_status_t take_pair(void *context, uint64_t offset, const uint8_t *key, size_t key_size,
                               const uint8_t *value, size_t value_size) {
  sumi_tensor_bundle_t *b = context;
  if (!b->has_header) {
    if (key_size > 0) return damaged(b, offset, "", "the header is missing");
    return take_header(b, offset, value, value + value_size);
  }
  if (key_size > 0 && key[0] == 0) return SUMI_OK;
  if (key_size == 0 || memchr(key, 0, key_size))
    return damaged(b, offset, "", "a name is empty or holds a zero byte");
  SUMI_TRY(reserve(b));
  sumi__tensor_bundle_entry_t entry = {0};
  char *name = sumi_arena_calloc(b->arena, key_size + 1, 1);
  if (!name) return sumi_fail_alloc("a name", key_size);
  memcpy(name, key, key_size);
  entry.shown.name = name;
  if (!get_entry(&entry, value, value + value_size))
    return damaged(b, offset, name, "its entry cannot be read");
  if (b->count > 0 && strcmp(b->entries[b->count - 1].shown.name, name) >= 0)
    return damaged(b, offset, name, "the names are not in ascending order");
  entry.shown.dtype = name_dtype(b, entry.dtype);
  if (!entry.shown.dtype) return sumi_fail_alloc("a dtype's name", 0);
  SUMI_TRY(check_entry(b, offset, &entry));
  b->entries[b->count++] = entry;
  return SUMI_OK;
}

/* The whole of a regular file. */
static sumi_status_t read_file(const char *path, sumi_buffer_t *bytes) {
  struct stat info;
  if (stat(path, &info) != 0) return sumi_fail_errno(errno, "cannot open", path);
  if (!S_ISREG(info.st_mode) || info.st_size > MAX_INDEX_BYTES)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s is not a regular file of less than a gigabyte",
                     path);
  void *to = sumi_buffer_reserve(bytes, (size_t)info.st_size + 1);
  if (!to) return sumi_buffer_status(bytes, "an index");
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return sumi_fail_errno(errno, "cannot open", path);
  while (bytes->size < (size_t)info.st_size) {
    const ssize_t got = read(file, (char *)to + bytes->size, (size_t)info.st_size - bytes->size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    bytes->size += (size_t)got;
  }
  close(file);
  return SUMI_OK;
}

static char *data_path(const sumi_tensor_bundle_t *b, uint64_t shard) {
  char *path = sumi_arena_printf(b->arena, SUMI__BUNDLE_DATA, b->prefix, (int)shard,
                                 (int)b->shards);
  if (!path) sumi_fail_alloc("a path", strlen(b->prefix));
  return path;
}

/* Each data file reaches as far as the index says. */
static sumi_status_t check_data(const sumi_tensor_bundle_t *b) {
  uint64_t checked = UINT64_MAX;
  int64_t size = 0;
  const char *path = NULL;
  for (int64_t i = 0; i < b->count; ++i) {
    const sumi__tensor_bundle_entry_t *entry = &b->entries[i];
    struct stat info;
    if (entry->slices) continue;
    if (entry->shard != checked) {
      path = data_path(b, entry->shard);
      if (!path) return SUMI_RESOURCE_EXHAUSTED;
      if (stat(path, &info) != 0) return sumi_fail_errno(errno, "cannot open", path);
      size = info.st_size;
      checked = entry->shard;
    }
    if (entry->shown.size_bytes > size || (int64_t)entry->offset > size - entry->shown.size_bytes)
      return sumi_fail(
          SUMI_DATA_LOSS,
          "%s: byte %" PRId64 ": the file ends here, and array \"%s\" ends at byte %" PRIu64, path,
          size, entry->shown.name, entry->offset + (uint64_t)entry->shown.size_bytes);
  }
  return SUMI_OK;
}

static sumi_status_t read_index(sumi_tensor_bundle_t *b) {
  sumi_buffer_t bytes = {0};
  sumi_status_t status = read_file(b->index_path, &bytes);
  if (status == SUMI_OK)
    status = sumi__tensor_table_read(b->index_path, (const uint8_t *)bytes.data, bytes.size,
                                     take_pair, b);
  if (status == SUMI_OK && !b->has_header) status = damaged(b, 0, "", "the header is missing");
  sumi_buffer_release(&bytes);
  return status == SUMI_OK ? check_data(b) : status;
}

bool sumi_tensor_bundle_exists(const char *prefix) {
  sumi_buffer_t path = {0};
  if (prefix) sumi_buffer_printf(&path, SUMI__BUNDLE_INDEX, prefix);
  const char *text = prefix ? sumi_buffer_text(&path) : NULL;
  const bool exists = text && access(text, F_OK) == 0;
  sumi_buffer_release(&path);
  return exists;
}

sumi_status_t sumi_tensor_bundle_open(const char *prefix, sumi_tensor_bundle_t **bundle) {
  if (!prefix || !bundle)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_tensor_bundle_open: %s is NULL",
                     bundle ? "prefix" : "bundle");
  *bundle = NULL;
  sumi_tensor_bundle_t *b = sumi_calloc(1, sizeof *b);
  if (!b) return sumi_fail_alloc("a bundle", sizeof *b);
  b->arena = sumi_arena_new();
  b->prefix = b->arena ? sumi_arena_strdup(b->arena, prefix) : NULL;
  b->index_path = b->prefix ? sumi_arena_printf(b->arena, SUMI__BUNDLE_INDEX, prefix) : NULL;
  const sumi_status_t status = b->index_path ? read_index(b) : sumi_fail_alloc("a bundle", 0);
  if (status == SUMI_OK)
    *bundle = b;
  else
    sumi_tensor_bundle_close(b);
  return status;
}

void sumi_tensor_bundle_close(sumi_tensor_bundle_t *bundle) {
  if (!bundle) return;
  sumi_free(bundle->entries);
  sumi_arena_free(bundle->arena);
  sumi_free(bundle);
}

/* ---- Looking and reading ---- */

int64_t sumi_tensor_bundle_count(const sumi_tensor_bundle_t *bundle) {
  return bundle ? bundle->count : 0;
}

const sumi_safetensor_t *sumi_tensor_bundle_at(const sumi_tensor_bundle_t *bundle, int64_t index) {
  return bundle && index >= 0 && index < bundle->count ? &bundle->entries[index].shown : NULL;
}

static int by_name(const void *left, const void *right) {
  return strcmp(((const sumi__tensor_bundle_entry_t *)left)->shown.name,
                ((const sumi__tensor_bundle_entry_t *)right)->shown.name);
}

static const sumi__tensor_bundle_entry_t *find(const sumi_tensor_bundle_t *b, const char *name) {
  const sumi__tensor_bundle_entry_t wanted = {.shown = {.name = name}};
  if (!b || !name || b->count == 0) return NULL;
  return bsearch(&wanted, b->entries, (size_t)b->count, sizeof *b->entries, by_name);
}

const sumi_safetensor_t *sumi_tensor_bundle_find(const sumi_tensor_bundle_t *bundle,
                                                 const char *name) {
  const sumi__tensor_bundle_entry_t *entry = find(bundle, name);
  return entry ? &entry->shown : NULL;
}

static sumi_status_t read_bytes(const char *path, const sumi__tensor_bundle_entry_t *entry,
                                sumi_array_t *array) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return sumi_fail_errno(errno, "cannot open", path);
  const size_t size = sumi_array_size_bytes(array);
  size_t done = 0;
  while (done < size) {
    const ssize_t got = pread(file, (char *)array->data + done, size - done,
                              (off_t)(entry->offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += (size_t)got;
  }
  close(file);
  if (done < size)
    return sumi_fail(SUMI_DATA_LOSS, "%s: byte %" PRIu64 ": the file ends in array \"%s\"", path,
                     entry->offset + done, entry->shown.name);
  if (sumi_crc32c_mask(sumi_crc32c(array->data, size)) != entry->crc)
    return sumi_fail(SUMI_DATA_LOSS, "%s: byte %" PRIu64 ": the checksum of array \"%s\" is wrong",
                     path, entry->offset, entry->shown.name);
  sumi__tensor_from_little_endian(array);
  return SUMI_OK;
}

sumi_status_t sumi_tensor_bundle_read(const sumi_tensor_bundle_t *bundle, const char *name,
                                      sumi_array_t **array) {
  if (!bundle || !name || !array)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_tensor_bundle_read: a NULL argument");
  *array = NULL;
  const sumi__tensor_bundle_entry_t *entry = find(bundle, name);
  if (!entry)
    return sumi_fail(SUMI_NOT_FOUND, "%s: there is no array \"%s\"", bundle->index_path, name);
  if (entry->slices || !is_number(entry->dtype) || entry->shown.dims.rank < 0)
    return sumi_fail(SUMI_UNIMPLEMENTED, "%s: array \"%s\" of %s is stored %s", bundle->index_path,
                     name, entry->shown.dtype,
                     entry->slices                ? "in slices, as partitioned variables are"
                     : entry->shown.dims.rank < 0 ? "with a rank above 8"
                                                  : "as no numbers that Sumi has");
  const char *path = data_path(bundle, entry->shard);
  sumi_array_t *read =
      path ? sumi_array_new_uninitialized((sumi_dtype_t)entry->dtype, entry->shown.dims) : NULL;
  if (!read) return SUMI_RESOURCE_EXHAUSTED;
  const sumi_status_t status = read_bytes(path, entry, read);
  if (status == SUMI_OK)
    *array = read;
  else
    sumi_array_unref(read);
  return status;
}
