#include "array/array.h"
#include "array/gzip.h"
#include "array/sink.h"
#include "array/zip.h"
#include <sumi/options.h>
#include <sumi/npy.h>

#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sumi/alloc.h>
#include <sumi/utf8.h>

static void put16(sumi_buffer_t *buffer, unsigned value) {
  sumi_buffer_putc(buffer, (char)(value & 0xFF));
  sumi_buffer_putc(buffer, (char)(value >> 8 & 0xFF));
}

static void put32(sumi_buffer_t *buffer, uint32_t value) {
  put16(buffer, value & 0xFFFF);
  put16(buffer, value >> 16);
}

typedef struct {
  const char *name;
  uint32_t crc, packed, size, offset;
  unsigned method;
} member_t;

/* The fields that a member's header and its directory entry share. */
static void put_common(sumi_buffer_t *buffer, const member_t *member) {
  const unsigned version = 20, first_of_1980 = 0x21;
  put16(buffer, version);
  put16(buffer, SUMI__ZIP_UTF8);
  put16(buffer, member->method);
  put16(buffer, 0);
  put16(buffer, first_of_1980); /* the same arrays give the same file */
  put32(buffer, member->crc);
  put32(buffer, member->packed);
  put32(buffer, member->size);
  put16(buffer, (unsigned)strlen(member->name) + 4);
  put16(buffer, 0);
}

static void put_local(sumi_buffer_t *buffer, const member_t *member) {
  put32(buffer, SUMI__ZIP_LOCAL);
  put_common(buffer, member);
  sumi_buffer_printf(buffer, "%s.npy", member->name);
}

static void put_entry(sumi_buffer_t *buffer, const member_t *member) {
  put32(buffer, SUMI__ZIP_ENTRY);
  put16(buffer, 20);
  put_common(buffer, member);
  put16(buffer, 0); /* comment */
  put16(buffer, 0); /* disk */
  put16(buffer, 0); /* internal attributes */
  put32(buffer, 0); /* external attributes */
  put32(buffer, member->offset);
  sumi_buffer_printf(buffer, "%s.npy", member->name);
}

static void put_end(sumi_buffer_t *buffer, int64_t count, size_t directory, int64_t offset) {
  put32(buffer, SUMI__ZIP_END);
  put32(buffer, 0); /* disks */
  put16(buffer, (unsigned)count);
  put16(buffer, (unsigned)count);
  put32(buffer, (uint32_t)directory);
  put32(buffer, (uint32_t)offset);
  put16(buffer, 0);
}

static sumi_status_t deflate_all(const sumi_buffer_t *from, sumi_buffer_t *to) {
  z_stream stream = {0};
  sumi__tensor_zlib_use_allocator(&stream);
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    return sumi_fail_alloc("deflating", 1 << 18);
  const uLong bound = deflateBound(&stream, from->size);
  stream.next_out = sumi_buffer_reserve(to, bound);
  int result = Z_MEM_ERROR;
  if (stream.next_out) {
    stream.next_in = (unsigned char *)from->data;
    stream.avail_in = (uInt)from->size;
    stream.avail_out = (uInt)bound;
    result = deflate(&stream, Z_FINISH);
    to->size += stream.total_out;
  }
  deflateEnd(&stream);
  return result == Z_STREAM_END ? SUMI_OK : sumi_fail_alloc("deflating", bound);
}

/* Writes one member and appends its entry to the directory. */
static sumi_status_t write_member(sumi__tensor_sink_t *sink, const sumi_npz_item_t *item,
                                  bool compress, sumi_buffer_t *npy, sumi_buffer_t *work,
                                  sumi_buffer_t *directory) {
  sumi_buffer_clear(npy);
  SUMI_TRY(sumi_npy_encode(item->array, npy));
  /* Headers and the directory stay far below the other half of 4 GiB. */
  if (npy->size > INT32_MAX || sink->size > INT32_MAX)
    return sumi_fail(SUMI_UNIMPLEMENTED, "%s: array \"%s\": members of 2 GiB and more", sink->path,
                     item->name);
  member_t member = {.name = item->name,
                     .crc = (uint32_t)crc32(0, (const Bytef *)npy->data, (uInt)npy->size),
                     .size = (uint32_t)npy->size,
                     .offset = (uint32_t)sink->size,
                     .method = compress ? SUMI__ZIP_DEFLATED : SUMI__ZIP_STORED};
  sumi_buffer_t packed = {0};
  sumi_status_t status = compress ? deflate_all(npy, &packed) : SUMI_OK;
  const sumi_buffer_t *data = compress ? &packed : npy;
  member.packed = (uint32_t)data->size;
  sumi_buffer_clear(work);
  put_local(work, &member);
  put_entry(directory, &member);
  if (status == SUMI_OK) status = sumi_buffer_status(work, "an npz header");
  if (status == SUMI_OK) status = sumi_buffer_status(directory, "an npz directory");
  if (status == SUMI_OK) {
    sumi__tensor_sink_write(sink, work->data, work->size);
    sumi__tensor_sink_write(sink, data->data, data->size);
    status = sink->status;
  }
  sumi_buffer_release(&packed);
  return status;
}

static sumi_status_t check_items(int64_t count, const sumi_npz_item_t *items) {
  if (count < 0 || count >= 0xFFFF || (count > 0 && !items))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "npz: %" PRId64 " arrays; 0 to 65534 are allowed",
                     count);
  for (int64_t i = 0; i < count; ++i) {
    SUMI_TRY(sumi_utf8_check("npz: the name of an array", items[i].name));
    SUMI_TRY(sumi__tensor_array_check(items[i].name, items[i].array));
    if (strlen(items[i].name) > 1000)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "npz: a name of %zu bytes; up to 1000 are allowed",
                       strlen(items[i].name));
    for (int64_t k = 0; k < i; ++k)
      if (strcmp(items[i].name, items[k].name) == 0)
        return sumi_fail(SUMI_INVALID_ARGUMENT, "npz: two arrays are named \"%s\"", items[i].name);
  }
  return SUMI_OK;
}

sumi_status_t sumi_npz_write_with(const char *path, int64_t count, const sumi_npz_item_t *items,
                                  const sumi_npz_options_t *given) {
  sumi_npz_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  SUMI_TRY(check_items(count, items));
  sumi__tensor_sink_t sink = sumi__tensor_sink_open(path, "npz");
  sumi_buffer_t npy = {0}, work = {0}, directory = {0};
  for (int64_t i = 0; i < count && sink.status == SUMI_OK; ++i)
    sumi__tensor_sink_abandon(
        &sink, write_member(&sink, &items[i], options.compress, &npy, &work, &directory));
  if (sink.status == SUMI_OK) {
    put_end(&directory, count, directory.size, sink.size);
    sumi__tensor_sink_abandon(&sink, sumi_buffer_status(&directory, "an npz directory"));
    sumi__tensor_sink_write(&sink, directory.data, directory.size);
  }
  sumi_buffer_release(&npy);
  sumi_buffer_release(&work);
  sumi_buffer_release(&directory);
  return sumi__tensor_sink_close(&sink);
}
