#include "data/record_reader.h"

#include <sumi/crc32c.h>
#include <sumi/little_endian.h>
#include <sumi/record.h>

#include <inttypes.h>
#include <string.h>

enum { READ_BYTES = 256 * 1024 };

/* A record's length is followed by its checksum, which no packed file has in that place. */
static bool is_packed(const unsigned char *start, size_t size) {
  if (size >= SUMI_RECORD_HEADER_BYTES &&
      sumi_crc32c_mask(sumi_crc32c(start, 8)) == sumi_get_le32(start + 8))
    return false;
  const bool zlib = size >= 2 && (start[0] & 0x0F) == 8 && (start[0] << 8 | start[1]) % 31 == 0;
  return zlib || sumi__tensor_starts_as_gzip(start, size);
}

sumi_status_t sumi__tensor_record_reader_open(const char *path,
                                              sumi__tensor_record_reader_t *reader) {
  *reader = (sumi__tensor_record_reader_t){0};
  return sumi__tensor_source_open_stream(path, is_packed, &reader->source);
}

void sumi__tensor_record_reader_close(sumi__tensor_record_reader_t *reader) {
  sumi__tensor_source_close(&reader->source);
  sumi_buffer_release(&reader->bytes);
}

static size_t available(const sumi__tensor_record_reader_t *reader) {
  return reader->bytes.size - reader->at;
}

/* Makes `needed` bytes available from `at` on, or as many as there are. Memory grows with what is
 * read, not with what a record claims. */
static sumi_status_t fetch(sumi__tensor_record_reader_t *reader, uint64_t needed) {
  if (reader->at > 0) {
    memmove(reader->bytes.data, reader->bytes.data + reader->at, available(reader));
    reader->bytes.size -= reader->at;
    reader->at = 0;
  }
  for (size_t got = 1; got > 0 && reader->bytes.size < needed; reader->bytes.size += got) {
    void *place = sumi_buffer_reserve(&reader->bytes, READ_BYTES);
    if (!place) return sumi_fail_alloc("a record", reader->bytes.size + READ_BYTES);
    SUMI_TRY(sumi__tensor_source_read_some(&reader->source, place, READ_BYTES, &got));
  }
  return SUMI_OK;
}

/* "<path>: byte <where the record begins>: record <number>: …" */
static sumi_status_t fail(sumi__tensor_record_reader_t *reader, const char *what, uint64_t size) {
  const sumi__tensor_source_t *source = &reader->source;
  return sumi_fail(SUMI_DATA_LOSS, "%s: byte %" PRId64 ": record %" PRId64 ": %s %" PRIu64 " bytes",
                   source->path, source->offset - (int64_t)available(reader), reader->number, what,
                   size);
}

static sumi_status_t fail_truncated(sumi__tensor_record_reader_t *reader, uint64_t needed) {
  const sumi__tensor_source_t *source = &reader->source;
  return sumi_fail(SUMI_DATA_LOSS,
                   "%s: byte %" PRId64 ": truncated: record %" PRId64 " needs %" PRIu64
                   " bytes, %zu follow",
                   source->path, source->offset - (int64_t)available(reader), reader->number,
                   needed, available(reader));
}

static sumi_status_t look(sumi__tensor_record_reader_t *reader, const uint8_t **payload,
                          size_t *size_bytes) {
  sumi_record_t record;
  sumi_record_state_t state;
  while ((state = sumi_record_parse(reader->bytes.data + reader->at, available(reader), INT64_MAX,
                                    &record)) == SUMI_RECORD_INCOMPLETE) {
    SUMI_TRY(fetch(reader, record.size_bytes));
    if (available(reader) == 0) return SUMI_OK;
    if (available(reader) < record.size_bytes) return fail_truncated(reader, record.size_bytes);
  }
  if (state == SUMI_RECORD_TOO_LARGE)
    return fail(reader, "it claims to have", record.payload_size_bytes);
  if (state == SUMI_RECORD_BAD_LENGTH)
    return fail(reader, "the checksum of its length is wrong: it begins with other",
                SUMI_RECORD_HEADER_BYTES);
  sumi_status_t status = SUMI_OK;
  if (state == SUMI_RECORD_BAD_PAYLOAD)
    status = fail(reader, "the checksum is wrong of its", record.payload_size_bytes);
  *payload = record.payload;
  *size_bytes = (size_t)record.payload_size_bytes;
  reader->at += (size_t)record.size_bytes;
  ++reader->number;
  reader->ended = false;
  return status;
}

sumi_status_t sumi__tensor_record_reader_next(sumi__tensor_record_reader_t *reader,
                                              const uint8_t **payload, size_t *size_bytes) {
  *payload = NULL;
  *size_bytes = 0;
  if (reader->ended) return SUMI_OK;
  reader->ended = true;
  return look(reader, payload, size_bytes);
}
