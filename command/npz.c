#include "npz.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <zlib.h>

#include <sumi/alloc.h>
#include <sumi/file.h>
#include <sumi/little_endian.h>
#include <sumi/utf8.h>

/* ---- .npy: format version 1.0 (numpy.lib.format) ---- */

static void begin(sumi_buffer_t *npy, const char *dtype, size_t count) {
  enum { MAGIC_BYTES = 10, ALIGNMENT = 64 };
  char head[160];
  int size = snprintf(head, sizeof head,
                      "{'descr': '%s', 'fortran_order': False, 'shape': (%zu,), }", dtype, count);
  while ((MAGIC_BYTES + size + 1) % ALIGNMENT) head[size++] = ' ';
  head[size++] = '\n';
  const char magic[MAGIC_BYTES] = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0, (char)size, 0};
  sumi_buffer_append(npy, magic, sizeof magic);
  sumi_buffer_append(npy, head, (size_t)size);
}

void sumi__command_npy_numbers(sumi_buffer_t *npy, const char *dtype, size_t count) {
  begin(npy, dtype, count);
}

static void put64(sumi_buffer_t *npy, uint64_t bits) {
  uint8_t bytes[8];
  sumi_put_le64(bytes, bits);
  sumi_buffer_append(npy, bytes, sizeof bytes);
}

void sumi__command_npy_whole(sumi_buffer_t *npy, int64_t value) {
  put64(npy, (uint64_t)value);
}

void sumi__command_npy_float(sumi_buffer_t *npy, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  put64(npy, bits);
}

/* The next character of a text that may be anything; false at its end. */
static bool next_character(const char **text, uint32_t *character) {
  if (!**text) return false;
  size_t size = 1;
  while (((*text)[size] & 0xC0) == 0x80) ++size;
  if (sumi_utf8_first_invalid(*text, size) == size) {
    *character = sumi_utf8_next(text);
  } else {
    *character = 0xFFFD;
    *text += size;
  }
  return true;
}

size_t sumi__command_npy_width(const char *const *texts, size_t count) {
  size_t widest = 1;
  for (size_t i = 0; i < count; ++i) {
    size_t width = 0;
    uint32_t character;
    for (const char *text = texts[i]; next_character(&text, &character);) ++width;
    if (width > widest) widest = width;
  }
  return widest;
}

void sumi__command_npy_texts(sumi_buffer_t *npy, size_t width, size_t count) {
  char dtype[32];
  snprintf(dtype, sizeof dtype, "<U%zu", width);
  begin(npy, dtype, count);
}

void sumi__command_npy_text(sumi_buffer_t *npy, const char *text, size_t width) {
  uint8_t *at = sumi_buffer_reserve(npy, 4 * width);
  if (!at) return;
  for (size_t i = 0; i < width; ++i) {
    uint32_t character = 0;
    next_character(&text, &character);
    at = sumi_put_le32(at, character);
  }
  npy->size += 4 * width;
}

/* ---- .zip: APPNOTE 4.3, members stored ---- */

enum { LOCAL = 0x04034b50, ENTRY = 0x02014b50, END = 0x06054b50 };
enum { VERSION = 20, UTF8_NAMES = 1 << 11, FIRST_OF_1980 = 0x21, MOST_MEMBERS = 65535 };

static void put16(sumi_buffer_t *buffer, unsigned value) {
  sumi_buffer_putc(buffer, (char)(value & 0xFF));
  sumi_buffer_putc(buffer, (char)(value >> 8 & 0xFF));
}

static void put32(sumi_buffer_t *buffer, uint32_t value) {
  put16(buffer, value & 0xFFFF);
  put16(buffer, value >> 16);
}

/* What a member's header and its entry in the directory share. */
static void put_member(sumi_buffer_t *buffer, const npz_column_t *column, uint32_t crc) {
  const uint32_t size = (uint32_t)column->npy.size;
  put16(buffer, VERSION);
  put16(buffer, UTF8_NAMES);
  put16(buffer, 0); /* stored */
  put16(buffer, 0);
  put16(buffer, FIRST_OF_1980);
  put32(buffer, crc);
  put32(buffer, size);
  put32(buffer, size);
  put16(buffer, (unsigned)strlen(column->name) + 4);
  put16(buffer, 0);
}

static void put_entry(sumi_buffer_t *buffer, const npz_column_t *column, uint32_t crc,
                      uint32_t offset) {
  put32(buffer, ENTRY);
  put16(buffer, VERSION);
  put_member(buffer, column, crc);
  put16(buffer, 0); /* comment, disk, attributes */
  put16(buffer, 0);
  put16(buffer, 0);
  put32(buffer, 0);
  put32(buffer, offset);
  sumi_buffer_printf(buffer, "%s.npy", column->name);
}

static sumi_status_t check(const npz_column_t *columns, size_t count) {
  uint64_t size = 0;
  for (size_t i = 0; i < count; ++i) {
    SUMI_TRY(sumi_buffer_status(&columns[i].npy, columns[i].name));
    if (strlen(columns[i].name) > UINT16_MAX - 4)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "a name of %zu bytes is too long for an npz file",
                       strlen(columns[i].name));
    size += columns[i].npy.size + 2 * strlen(columns[i].name) + 128;
  }
  if (count <= MOST_MEMBERS && size <= UINT32_MAX) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT,
                   "%zu columns of %llu bytes; an npz file holds %d, and 4 GiB", count,
                   (unsigned long long)size, MOST_MEMBERS);
}

/* The heads of the members stand in one buffer, with where each ends in `ends`. */
static void put_heads(sumi_buffer_t *heads, size_t *ends, sumi_buffer_t *directory,
                      const npz_column_t *columns, size_t count) {
  uint32_t offset = 0;
  for (size_t i = 0; i < count; ++i) {
    const sumi_buffer_t *npy = &columns[i].npy;
    const uint32_t crc = (uint32_t)crc32_z(0, (const Bytef *)npy->data, npy->size);
    const size_t begun = heads->size;
    put32(heads, LOCAL);
    put_member(heads, &columns[i], crc);
    sumi_buffer_printf(heads, "%s.npy", columns[i].name);
    put_entry(directory, &columns[i], crc, offset);
    ends[i] = heads->size;
    offset += (uint32_t)(ends[i] - begun + npy->size);
  }
  const uint32_t size = (uint32_t)directory->size;
  put32(directory, END);
  put32(directory, 0); /* disks */
  put16(directory, (unsigned)count);
  put16(directory, (unsigned)count);
  put32(directory, size);
  put32(directory, offset);
  put16(directory, 0); /* comment */
}

static sumi_status_t write_parts(const char *path, const sumi_buffer_t *heads, const size_t *ends,
                                 const sumi_buffer_t *directory, const npz_column_t *columns,
                                 size_t count) {
  sumi_file_part_t *parts = sumi_calloc(2 * count + 1, sizeof *parts);
  if (!parts) return sumi_fail_alloc("the parts of an npz file", (2 * count + 1) * sizeof *parts);
  for (size_t i = 0; i < count; ++i) {
    const size_t begun = i ? ends[i - 1] : 0;
    parts[2 * i] = (sumi_file_part_t){heads->data + begun, ends[i] - begun};
    parts[2 * i + 1] = (sumi_file_part_t){columns[i].npy.data, columns[i].npy.size};
  }
  parts[2 * count] = (sumi_file_part_t){directory->data, directory->size};
  const sumi_status_t status = sumi_file_replace_path(path, (int64_t)(2 * count + 1), parts);
  sumi_free(parts);
  return status;
}

sumi_status_t sumi__command_npz_write(const char *path, const npz_column_t *columns, size_t count) {
  SUMI_TRY(check(columns, count));
  sumi_buffer_t heads = {0}, directory = {0};
  size_t *ends = sumi_calloc(count + 1, sizeof *ends);
  sumi_status_t status = ends ? SUMI_OK : sumi_fail_alloc("an npz file", count * sizeof *ends);
  if (status == SUMI_OK) put_heads(&heads, ends, &directory, columns, count);
  if (status == SUMI_OK) status = sumi_buffer_status(&heads, "an npz file");
  if (status == SUMI_OK) status = sumi_buffer_status(&directory, "an npz file");
  if (status == SUMI_OK) status = write_parts(path, &heads, ends, &directory, columns, count);
  sumi_free(ends);
  sumi_buffer_release(&heads);
  sumi_buffer_release(&directory);
  return status;
}
