#include "array/gzip.h"
#include "array/sink.h"
#include "data/example.h"

#include <sumi/alloc.h>
#include <sumi/options.h>
#include <sumi/tfrecord.h>

#include <limits.h>
#include <string.h>

enum { CHUNK = 64 * 1024, MEMORY_LEVEL = 8 };

struct sumi_record_writer {
  char *path;
  sumi__tensor_sink_t sink;
  sumi__tensor_failure_t failure;
  bool packed;
  z_stream stream;
  unsigned char chunk[CHUNK];
  sumi_buffer_t example;
};

static sumi_status_t check(const char *path, const sumi_record_writer_options_t *options) {
  if (!path) return sumi_fail(SUMI_INVALID_ARGUMENT, "the path of a TFRecord file is NULL");
  if (options->compression < SUMI_UNCOMPRESSED || options->compression > SUMI_ZLIB)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: compression %d", path, (int)options->compression);
  if (options->level < 0 || options->level > 9)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: level is %d; 1 to 9 are allowed", path,
                     options->level);
  return SUMI_OK;
}

static sumi_status_t begin(sumi_record_writer_t *writer, const char *path,
                           const sumi_record_writer_options_t *options) {
  writer->path = sumi_strdup(path);
  if (!writer->path) return sumi_fail_alloc("a path", strlen(path));
  if (options->compression != SUMI_UNCOMPRESSED) {
    sumi__tensor_zlib_use_allocator(&writer->stream);
    const int format = options->compression == SUMI_GZIP ? MAX_WBITS + 16 : MAX_WBITS;
    if (deflateInit2(&writer->stream, options->level ? options->level : 6, Z_DEFLATED, format,
                     MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
      return sumi_fail_alloc("deflating", 1 << (MAX_WBITS + 3));
    writer->packed = true;
  }
  writer->sink = sumi__tensor_sink_open(writer->path, "TFRecord");
  return writer->sink.status;
}

static void release(sumi_record_writer_t *writer) {
  if (writer->packed) deflateEnd(&writer->stream);
  sumi__tensor_failure_release(&writer->failure);
  sumi_buffer_release(&writer->example);
  sumi_free(writer->path);
  sumi_free(writer);
}

sumi_record_writer_t *sumi_record_writer_open_with(const char *path,
                                                   const sumi_record_writer_options_t *given) {
  sumi_record_writer_options_t options;
  if (sumi_options_read(&options, sizeof options, given) != SUMI_OK) return NULL;
  if (check(path, &options) != SUMI_OK) return NULL;
  sumi_record_writer_t *writer = sumi_calloc(1, sizeof *writer);
  if (!writer) {
    sumi_fail_alloc("a writer of records", sizeof *writer);
    return NULL;
  }
  if (begin(writer, path, &options) == SUMI_OK) return writer;
  release(writer);
  return NULL;
}

/* ---- Bytes ---- */

static void deflate_some(sumi_record_writer_t *writer, int flush) {
  do {
    writer->stream.next_out = writer->chunk;
    writer->stream.avail_out = CHUNK;
    deflate(&writer->stream, flush);
    sumi__tensor_sink_write(&writer->sink, writer->chunk, CHUNK - writer->stream.avail_out);
  } while (writer->stream.avail_out == 0);
}

static void put(sumi_record_writer_t *writer, const void *bytes, size_t size) {
  if (!writer->packed) {
    sumi__tensor_sink_write(&writer->sink, bytes, size);
    return;
  }
  for (const unsigned char *at = bytes; size > 0;) {
    const uInt part = size > INT_MAX ? INT_MAX : (uInt)size;
    writer->stream.next_in = (unsigned char *)(uintptr_t)at;
    writer->stream.avail_in = part;
    deflate_some(writer, Z_NO_FLUSH);
    at += part;
    size -= part;
  }
}

/* What was just recorded stays the writer's failure. */
static sumi_status_t keep(sumi_record_writer_t *writer, sumi_status_t status) {
  if (status != SUMI_OK) sumi__tensor_failure_set(&writer->failure, status);
  return status;
}

static sumi_status_t check_writer(const sumi_record_writer_t *writer) {
  if (!writer) return sumi_fail(SUMI_INVALID_ARGUMENT, "the writer of records is NULL");
  return sumi__tensor_failure_tell(&writer->failure);
}

static sumi_status_t write_record(sumi_record_writer_t *writer, const void *bytes, size_t size) {
  uint8_t header[SUMI_RECORD_HEADER_BYTES], footer[SUMI_RECORD_FOOTER_BYTES];
  if (!bytes && size > 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: the bytes of a record are NULL", writer->path);
  sumi_record_header(size, header);
  sumi_record_footer(bytes ? bytes : "", size, footer);
  put(writer, header, sizeof header);
  put(writer, bytes, size);
  put(writer, footer, sizeof footer);
  return writer->sink.status;
}

sumi_status_t sumi_record_writer_record(sumi_record_writer_t *writer, const void *bytes,
                                        size_t size_bytes) {
  SUMI_TRY(check_writer(writer));
  return keep(writer, write_record(writer, bytes, size_bytes));
}

sumi_status_t sumi_record_writer_example(sumi_record_writer_t *writer, sumi_components_t arrays) {
  SUMI_TRY(check_writer(writer));
  sumi_buffer_clear(&writer->example);
  SUMI_TRY(keep(writer, sumi__tensor_example_append(&writer->example, arrays)));
  return keep(writer, write_record(writer, writer->example.data, writer->example.size));
}

sumi_status_t sumi_record_writer_element(sumi_record_writer_t *writer,
                                         const sumi_element_t *element) {
  SUMI_TRY(check_writer(writer));
  const int count = sumi_element_count(element);
  sumi_component_t *list = sumi_calloc((size_t)count + 1, sizeof *list);
  if (!list) return keep(writer, sumi_fail_alloc("an example", (size_t)count * sizeof *list));
  for (int i = 0; i < count; ++i)
    list[i] = (sumi_component_t){sumi_element_name(element, i),
                                 sumi_element_get(element, sumi_element_name(element, i))};
  const sumi_status_t status = sumi_record_writer_example(writer, (sumi_components_t){count, list});
  sumi_free(list);
  return status;
}

sumi_status_t sumi_record_writer_close(sumi_record_writer_t *writer) {
  if (!writer) return check_writer(writer);
  if (writer->failure.status != SUMI_OK)
    sumi__tensor_sink_abandon(&writer->sink, writer->failure.status);
  else if (writer->packed)
    deflate_some(writer, Z_FINISH);
  const sumi_status_t closed = sumi__tensor_sink_close(&writer->sink);
  const sumi_status_t status = writer->failure.status != SUMI_OK
                                   ? sumi__tensor_failure_tell(&writer->failure)
                                   : closed;
  release(writer);
  return status;
}
