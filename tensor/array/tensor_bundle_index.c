/* The index of a bundle: what there is, and where. */
#include "array/tensor_bundle.h"

#include "array/table.h"

#include <sumi/alloc.h>

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
  if (number == SUMI__BUNDLE_FLOAT16) return "float16";
  if (number == SUMI__BUNDLE_BFLOAT16) return "bfloat16";
  const sumi_dtype_t dtype = number <= INT32_MAX ? (sumi_dtype_t)number : SUMI_DTYPE_INVALID;
  if (number && sumi_dtype_size_bytes(dtype) > 0) return sumi_dtype_name(dtype);
  return sumi_arena_printf(b->arena, "dtype number %" PRIu64, number);
}

size_t sumi__tensor_bundle_element_bytes(uint64_t dtype) {
  if (dtype == SUMI__BUNDLE_FLOAT16 || dtype == SUMI__BUNDLE_BFLOAT16) return sizeof(uint16_t);
  return dtype <= INT32_MAX && dtype != SUMI_STRING ? sumi_dtype_size_bytes((sumi_dtype_t)dtype)
                                                    : 0;
}

static sumi_status_t check_entry(const sumi_tensor_bundle_t *b, uint64_t offset,
                                 const sumi__tensor_bundle_entry_t *entry) {
  const char *name = entry->shown.name;
  const sumi_dims_t dims = entry->shown.dims;
  if (entry->shard >= b->shards) return damaged(b, offset, name, "it is in no data file");
  if (entry->shown.size_bytes < 0 || entry->offset > INT64_MAX / 2)
    return damaged(b, offset, name, "its place in the data file cannot be");
  const size_t size = sumi__tensor_bundle_element_bytes(entry->dtype);
  if (entry->slices || size == 0 || dims.rank < 0) return SUMI_OK;
  int64_t bytes;
  const int64_t count = sumi_dims_count(dims);
  if (count < 0 || __builtin_mul_overflow(count, (int64_t)size, &bytes) ||
      bytes != entry->shown.size_bytes)
    return damaged(b, offset, name, "its shape does not fit its bytes");
  return SUMI_OK;
}

/* ---- The index ---- */

static sumi_status_t reserve(sumi__tensor_bundle_list_t *list) {
  if (list->count < list->capacity) return SUMI_OK;
  const int64_t capacity = list->capacity * 2 + 16;
  sumi__tensor_bundle_entry_t *items = sumi_realloc_array(list->items, (size_t)capacity,
                                                          sizeof *items);
  if (!items) return sumi_fail_alloc("a list of arrays", (size_t)capacity * sizeof *items);
  list->items = items;
  list->capacity = capacity;
  return SUMI_OK;
}

static int compare_keys(const void *a, size_t a_size, const void *b, size_t b_size) {
  const size_t both = a_size < b_size ? a_size : b_size;
  const int order = both ? memcmp(a, b, both) : 0;
  return order ? order : (a_size > b_size) - (a_size < b_size);
}

static int by_key(const void *left, const void *right) {
  const sumi__tensor_bundle_entry_t *a = left, *b = right;
  return compare_keys(a->key, a->key_size, b->key, b->key_size);
}

const sumi__tensor_bundle_entry_t *
sumi__tensor_bundle_find_key(const sumi__tensor_bundle_list_t *list, const void *key, size_t size) {
  const sumi__tensor_bundle_entry_t wanted = {.key = key, .key_size = size};
  if (list->count == 0) return NULL;
  return bsearch(&wanted, list->items, (size_t)list->count, sizeof *list->items, by_key);
}

/* A copy with a zero byte behind it. */
static const uint8_t *keep(sumi_tensor_bundle_t *b, const uint8_t *bytes, size_t size) {
  uint8_t *copy = sumi_arena_calloc(b->arena, size + 1, 1);
  if (!copy) sumi_fail_alloc("an entry of an index", size);
  if (copy && size) memcpy(copy, bytes, size);
  return copy;
}

/* A key that begins with a zero byte is that of a slice. */
static sumi_status_t take_entry(sumi_tensor_bundle_t *b, uint64_t offset,
                                sumi__tensor_bundle_entry_t entry) {
  const bool is_part = entry.key[0] == 0;
  sumi__tensor_bundle_list_t *list = is_part ? &b->parts : &b->arrays;
  const char *name = entry.shown.name = is_part ? "(a slice)" : (const char *)entry.key;
  SUMI_TRY(reserve(list));
  if (!get_entry(&entry, entry.value, entry.value + entry.value_size))
    return damaged(b, offset, name, "its entry cannot be read");
  if (list->count > 0 && by_key(&list->items[list->count - 1], &entry) >= 0)
    return damaged(b, offset, name, "the names are not in ascending order");
  if (is_part && entry.slices) return damaged(b, offset, name, "a slice has slices");
  entry.shown.dtype = name_dtype(b, entry.dtype);
  if (!entry.shown.dtype) return sumi_fail_alloc("a dtype's name", 0);
  SUMI_TRY(check_entry(b, offset, &entry));
  list->items[list->count++] = entry;
  return SUMI_OK;
}

static sumi_status_t take_pair(void *context, uint64_t offset, const uint8_t *key, size_t key_size,
                               const uint8_t *value, size_t value_size) {
  sumi_tensor_bundle_t *b = context;
  if (!b->has_header) {
    if (key_size > 0) return damaged(b, offset, "", "the header is missing");
    return take_header(b, offset, value, value + value_size);
  }
  if (key_size == 0 || (key[0] != 0 && memchr(key, 0, key_size)))
    return damaged(b, offset, "", "a name is empty or holds a zero byte");
  const sumi__tensor_bundle_entry_t entry = {.key = keep(b, key, key_size),
                                             .value = keep(b, value, value_size),
                                             .key_size = key_size,
                                             .value_size = value_size};
  return entry.key && entry.value ? take_entry(b, offset, entry) : SUMI_RESOURCE_EXHAUSTED;
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

char *sumi__tensor_bundle_data_path(const sumi_tensor_bundle_t *b, uint64_t shard) {
  char *path = sumi_arena_printf(b->arena, SUMI__BUNDLE_DATA, b->prefix, (int)shard,
                                 (int)b->shards);
  if (!path) sumi_fail_alloc("a path", strlen(b->prefix));
  return path;
}

/* Each data file reaches as far as the index says. */
static sumi_status_t check_data(const sumi_tensor_bundle_t *b,
                                const sumi__tensor_bundle_list_t *list) {
  uint64_t checked = UINT64_MAX;
  int64_t size = 0;
  const char *path = NULL;
  for (int64_t i = 0; i < list->count; ++i) {
    const sumi__tensor_bundle_entry_t *entry = &list->items[i];
    struct stat info;
    if (entry->slices) continue;
    if (entry->shard != checked) {
      path = sumi__tensor_bundle_data_path(b, entry->shard);
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
  if (status == SUMI_OK) status = check_data(b, &b->arrays);
  return status == SUMI_OK ? check_data(b, &b->parts) : status;
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
  sumi_free(bundle->arrays.items);
  sumi_free(bundle->parts.items);
  sumi_arena_free(bundle->arena);
  sumi_free(bundle);
}
