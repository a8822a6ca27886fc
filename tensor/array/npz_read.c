#include "array/array.h"
#include "array/gzip.h"
#include "array/npy.h"
#include "array/zip.h"
#include <sumi/npy.h>

#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sumi/alloc.h>
#include <sumi/arena.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  const char *name; /* without ".npy" */
  unsigned flags, method;
  uint32_t crc;
  int64_t packed, size, offset;
} entry_t;

struct sumi_npz {
  sumi__tensor_source_t source; /* keeps the file open; read at any place */
  sumi_arena_t *arena;          /* path, names and entries */
  const char *path;
  int64_t count;
  entry_t *entries;
};

static unsigned get16(const unsigned char *at) {
  return at[0] | (unsigned)at[1] << 8;
}

static uint32_t get32(const unsigned char *at) {
  return get16(at) | (uint32_t)get16(at + 2) << 16;
}

static uint64_t get64(const unsigned char *at) {
  return get32(at) | (uint64_t)get32(at + 4) << 32;
}

static sumi_status_t damaged(const sumi_npz_t *npz, int64_t offset, const char *why) {
  return sumi_fail(SUMI_DATA_LOSS, "%s: byte %" PRId64 ": %s", npz->path, offset, why);
}

static sumi_status_t read_at(sumi_npz_t *npz, int64_t offset, void *to, size_t size) {
  if (offset < 0 || offset > npz->source.limit || size > (uint64_t)(npz->source.limit - offset) ||
      lseek(npz->source.file, offset, SEEK_SET) != offset)
    return damaged(npz, offset, "the archive points past its end");
  npz->source.offset = offset;
  return sumi__tensor_source_read(&npz->source, to, size, "a part of an archive");
}

/* ---- The directory ---- */

/* 64-bit values stand in an extra field, in this order, for those that are all ones in the entry.
 */
static bool apply_zip64(entry_t *entry, const unsigned char *extra, size_t length) {
  while (length >= 4) {
    const unsigned id = get16(extra), size = get16(extra + 2);
    if (size > length - 4) return false;
    if (id == SUMI__ZIP_64_EXTRA) {
      const unsigned char *at = extra + 4, *end = at + size;
      int64_t *fields[] = {&entry->size, &entry->packed, &entry->offset};
      for (int i = 0; i < 3; ++i) {
        if (*fields[i] != UINT32_MAX) continue;
        if (end - at < 8 || get64(at) > INT64_MAX) return false;
        *fields[i] = (int64_t)get64(at);
        at += 8;
      }
    }
    extra += 4 + size, length -= 4 + size;
  }
  return true;
}

static const char *member_name(sumi_npz_t *npz, const unsigned char *text, size_t length) {
  static const char suffix[] = ".npy";
  const size_t cut = sizeof suffix - 1;
  if (length > cut && memcmp(text + length - cut, suffix, cut) == 0) length -= cut;
  char *name = sumi_arena_calloc(npz->arena, length + 1, 1);
  if (name) memcpy(name, text, length);
  return name;
}

/* Parses one entry at `at`; *used is its length. */
static sumi_status_t parse_entry(sumi_npz_t *npz, const unsigned char *at, size_t left,
                                 int64_t offset, entry_t *entry, size_t *used) {
  if (left < SUMI__ZIP_ENTRY_SIZE || get32(at) != SUMI__ZIP_ENTRY)
    return damaged(npz, offset, "no entry of the archive's directory");
  const size_t name = get16(at + 28), extra = get16(at + 30), comment = get16(at + 32);
  *used = SUMI__ZIP_ENTRY_SIZE + name + extra + comment;
  if (*used > left) return damaged(npz, offset, "the archive's directory is truncated");
  *entry = (entry_t){.flags = get16(at + 8),
                     .method = get16(at + 10),
                     .crc = get32(at + 16),
                     .packed = get32(at + 20),
                     .size = get32(at + 24),
                     .offset = get32(at + 42)};
  if (!apply_zip64(entry, at + SUMI__ZIP_ENTRY_SIZE + name, extra))
    return damaged(npz, offset, "a damaged 64-bit field");
  entry->name = member_name(npz, at + SUMI__ZIP_ENTRY_SIZE, name);
  return entry->name ? SUMI_OK : sumi_fail_alloc("a name", name);
}

static sumi_status_t parse_directory(sumi_npz_t *npz, const unsigned char *bytes, size_t size,
                                     int64_t offset) {
  npz->entries = sumi_arena_calloc(npz->arena, (size_t)npz->count, sizeof *npz->entries);
  if (!npz->entries) return sumi_fail_alloc("an archive's directory", size);
  size_t at = 0;
  for (int64_t i = 0; i < npz->count; ++i) {
    size_t used = 0;
    SUMI_TRY(
        parse_entry(npz, bytes + at, size - at, offset + (int64_t)at, &npz->entries[i], &used));
    at += used;
  }
  return SUMI_OK;
}

/* The end record stands before a comment of unknown length: the last place that fits counts. */
static const unsigned char *find_end(const unsigned char *tail, size_t size) {
  for (size_t back = SUMI__ZIP_END_SIZE; back <= size; ++back) {
    const unsigned char *at = tail + size - back;
    if (get32(at) == SUMI__ZIP_END && get16(at + 20) == back - SUMI__ZIP_END_SIZE) return at;
  }
  return NULL;
}

static sumi_status_t read_directory(sumi_npz_t *npz, const unsigned char *end) {
  npz->count = get16(end + 10);
  const uint32_t size = get32(end + 12), offset = get32(end + 16);
  if (npz->count == 0xFFFF || offset == UINT32_MAX)
    return sumi_fail(SUMI_UNIMPLEMENTED, "%s: a 64-bit archive directory", npz->path);
  if (offset > npz->source.limit || size > npz->source.limit - offset)
    return damaged(npz, npz->source.limit, "the archive's directory is outside of the file");
  unsigned char *bytes = sumi_malloc(size);
  if (!bytes) return sumi_fail_alloc("an archive's directory", size);
  sumi_status_t status = read_at(npz, offset, bytes, size);
  if (status == SUMI_OK) status = parse_directory(npz, bytes, size, offset);
  sumi_free(bytes);
  return status;
}

static sumi_status_t read_archive(sumi_npz_t *npz) {
  const int64_t most = SUMI__ZIP_COMMENT_MAX + SUMI__ZIP_END_SIZE;
  const int64_t length = npz->source.limit < most ? npz->source.limit : most;
  unsigned char *tail = sumi_malloc((size_t)length);
  if (!tail) return sumi_fail_alloc("an archive's end", (size_t)length);
  sumi_status_t status = read_at(npz, npz->source.limit - length, tail, (size_t)length);
  if (status == SUMI_OK) {
    const unsigned char *end = find_end(tail, (size_t)length);
    status = end ? read_directory(npz, end)
                 : damaged(npz, npz->source.limit,
                           "no end of an archive: truncated or no npz file");
  }
  sumi_free(tail);
  return status;
}

sumi_status_t sumi_npz_open(const char *path, sumi_npz_t **result) {
  if (!result) return sumi_fail(SUMI_INVALID_ARGUMENT, "the place for the archive is NULL");
  *result = NULL;
  sumi_npz_t *npz = sumi_calloc(1, sizeof *npz);
  if (!npz) return sumi_fail_alloc("an archive", sizeof *npz);
  sumi_status_t status = sumi__tensor_source_open(path, &npz->source);
  if (status == SUMI_OK) {
    npz->arena = sumi_arena_new();
    npz->path = npz->arena ? sumi_arena_strdup(npz->arena, path) : NULL;
    if (!npz->path) status = sumi_fail_alloc("an archive", sizeof *npz);
  }
  if (status == SUMI_OK && npz->source.gzip) status = damaged(npz, 0, "gzip data, no npz file");
  npz->source.path = npz->path;
  if (status == SUMI_OK) status = read_archive(npz);
  if (status == SUMI_OK)
    *result = npz;
  else
    sumi_npz_close(npz);
  return status;
}

void sumi_npz_close(sumi_npz_t *npz) {
  if (!npz) return;
  sumi__tensor_source_close(&npz->source);
  sumi_arena_free(npz->arena);
  sumi_free(npz);
}

int64_t sumi_npz_count(const sumi_npz_t *npz) {
  return npz ? npz->count : 0;
}

const char *sumi_npz_name(const sumi_npz_t *npz, int64_t index) {
  return npz && index >= 0 && index < npz->count ? npz->entries[index].name : NULL;
}

/* ---- Members ---- */

/* Where a member's data begin: its own header may have another length than the directory says. */
static sumi_status_t find_data(sumi_npz_t *npz, const entry_t *entry, int64_t *offset) {
  unsigned char header[SUMI__ZIP_LOCAL_SIZE];
  SUMI_TRY(read_at(npz, entry->offset, header, sizeof header));
  if (get32(header) != SUMI__ZIP_LOCAL)
    return damaged(npz, entry->offset, "no member of an archive");
  *offset = entry->offset + SUMI__ZIP_LOCAL_SIZE + get16(header + 26) + get16(header + 28);
  return SUMI_OK;
}

static sumi_status_t check_entry(const sumi_npz_t *npz, const entry_t *entry) {
  const bool stored = entry->method == SUMI__ZIP_STORED;
  if (entry->flags & SUMI__ZIP_ENCRYPTED)
    return sumi_fail(SUMI_UNIMPLEMENTED, "%s: \"%s\" is encrypted", npz->path, entry->name);
  if (!stored && entry->method != SUMI__ZIP_DEFLATED)
    return sumi_fail(SUMI_UNIMPLEMENTED, "%s: \"%s\" is compressed by method %u", npz->path,
                     entry->name, entry->method);
  if (entry->packed > npz->source.limit)
    return damaged(npz, entry->offset, "a member is larger than the file");
  if (stored ? entry->size != entry->packed : entry->size / SUMI__DEFLATE_MAX_RATIO > entry->packed)
    return damaged(npz, entry->offset, "a member's size is impossible");
  return SUMI_OK;
}

static sumi_status_t check_crc(const sumi_npz_t *npz, const entry_t *entry,
                               const unsigned char *bytes) {
  uLong crc = crc32(0, NULL, 0);
  for (int64_t at = 0; at < entry->size;) {
    const int64_t left = entry->size - at;
    const uInt step = left > INT_MAX ? INT_MAX : (uInt)left;
    crc = crc32(crc, bytes + at, step);
    at += step;
  }
  if (crc == entry->crc) return SUMI_OK;
  return sumi_fail(SUMI_DATA_LOSS,
                   "%s: byte %" PRId64 ": \"%s\" has CRC %08lx, expected %08" PRIx32, npz->path,
                   entry->offset, entry->name, (unsigned long)crc, entry->crc);
}

/* Reads a member's bytes into `to`, which has entry->size of them. */
static sumi_status_t unpack(sumi_npz_t *npz, const entry_t *entry, unsigned char *to) {
  int64_t offset = 0;
  SUMI_TRY(find_data(npz, entry, &offset));
  if (entry->method == SUMI__ZIP_STORED) return read_at(npz, offset, to, (size_t)entry->size);
  unsigned char *packed = sumi_malloc((size_t)entry->packed);
  if (!packed) return sumi_fail_alloc("a compressed array", (size_t)entry->packed);
  sumi_status_t status = read_at(npz, offset, packed, (size_t)entry->packed);
  if (status == SUMI_OK)
    status = sumi__tensor_inflate(packed, (size_t)entry->packed, to, (size_t)entry->size);
  if (status == SUMI_DATA_LOSS) status = damaged(npz, offset, "damaged compressed data");
  sumi_free(packed);
  return status;
}

static sumi_status_t read_member(sumi_npz_t *npz, const entry_t *entry, sumi_array_t **array) {
  SUMI_TRY(check_entry(npz, entry));
  unsigned char *bytes = sumi_malloc((size_t)entry->size);
  if (!bytes) return sumi_fail_alloc("an array of an archive", (size_t)entry->size);
  sumi_status_t status = unpack(npz, entry, bytes);
  if (status == SUMI_OK) status = check_crc(npz, entry, bytes);
  if (status == SUMI_OK) {
    sumi_buffer_t name = {0};
    sumi_buffer_printf(&name, "%s(%s.npy)", npz->path, entry->name);
    const char *text = sumi_buffer_text(&name);
    status = text ? sumi_npy_decode(text, bytes, (size_t)entry->size, array)
                  : sumi_buffer_status(&name, "a name");
    sumi_buffer_release(&name);
  }
  sumi_free(bytes);
  return status;
}

static sumi_status_t fail_not_found(const sumi_npz_t *npz, const char *name) {
  sumi_buffer_t names = {0};
  for (int64_t i = 0; i < npz->count && names.size < 500; ++i)
    sumi_buffer_printf(&names, "%s%s", i ? ", " : "", npz->entries[i].name);
  const char *text = sumi_buffer_text(&names);
  sumi_fail(SUMI_NOT_FOUND, "%s has no array \"%s\"; it has: %s", npz->path, name,
            text ? text : "");
  sumi_buffer_release(&names);
  return SUMI_NOT_FOUND;
}

sumi_status_t sumi_npz_read(sumi_npz_t *npz, const char *name, sumi_array_t **array) {
  if (!npz || !name || !array)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "npz: the %s is NULL",
                     !npz    ? "archive"
                     : !name ? "name"
                             : "place for the array");
  *array = NULL;
  for (int64_t i = 0; i < npz->count; ++i)
    if (strcmp(npz->entries[i].name, name) == 0) return read_member(npz, &npz->entries[i], array);
  return fail_not_found(npz, name);
}
