/* What stands in files one after the other: records, and lines of text. */
#include "data/pipeline/stage.h"
#include "data/record_reader.h"

#include <inttypes.h>
#include <string.h>
#include <sumi/alloc.h>
#include <sumi/tfrecord.h>

typedef struct {
  sumi_pipeline_t base;
  char **paths;
  int count;
} stage_t;

/* A record reader, which lines use the source and the buffer of. */
typedef sumi__tensor_record_reader_t reader_t;

/* What is in a file: how it is opened, and its next element, NULL at the end. */
typedef struct {
  sumi_status_t (*open)(const char *path, reader_t *reader);
  sumi_status_t (*next)(reader_t *reader, sumi_element_t **element);
  const char *unit;
  int64_t first; /* number of one */
} contents_t;

typedef struct {
  sumi__tensor_cursor_t base;
  int file; /* the next to open */
  bool open;
  reader_t reader;
  sumi_array_t *path; /* of the file that is open; its elements keep it */
} cursor_t;

static const contents_t *contents_of(const cursor_t *cursor);

static void close_file(cursor_t *cursor) {
  if (cursor->open) sumi__tensor_record_reader_close(&cursor->reader);
  sumi_array_unref(cursor->path);
  cursor->path = NULL;
  cursor->open = false;
}

static void close_files(sumi__tensor_cursor_t *base) {
  close_file((cursor_t *)base);
}

static sumi_status_t rewind_files(sumi__tensor_cursor_t *base) {
  close_file((cursor_t *)base);
  ((cursor_t *)base)->file = 0;
  return SUMI_OK;
}

/* A file that cannot be opened is passed, like a damaged record. */
static sumi_status_t open_next(cursor_t *cursor) {
  const char *path = ((const stage_t *)cursor->base.stage)->paths[cursor->file++];
  cursor->path = sumi_array_text(path);
  if (!cursor->path) return SUMI_RESOURCE_EXHAUSTED;
  const sumi_status_t status = contents_of(cursor)->open(path, &cursor->reader);
  cursor->open = true;
  if (status != SUMI_OK) close_file(cursor);
  return status;
}

static sumi_status_t next_of_files(sumi__tensor_cursor_t *base, sumi_element_t **element) {
  cursor_t *cursor = (cursor_t *)base;
  for (;;) {
    if (!cursor->open && cursor->file == ((const stage_t *)base->stage)->count) return SUMI_OK;
    if (!cursor->open) SUMI_TRY(open_next(cursor));
    SUMI_TRY(contents_of(cursor)->next(&cursor->reader, element));
    if (*element) break;
    close_file(cursor);
  }
  (*element)->origin = sumi_array_ref(cursor->path);
  (*element)->unit = contents_of(cursor)->unit;
  (*element)->number = cursor->reader.number - 1 + contents_of(cursor)->first;
  return SUMI_OK;
}

static void describe(const sumi_pipeline_t *base, sumi_buffer_t *text) {
  sumi_buffer_printf(text, "%d files", ((const stage_t *)base)->count);
}

static void release(sumi_pipeline_t *base) {
  stage_t *stage = (stage_t *)base;
  for (int i = 0; i < stage->count; ++i) sumi_free(stage->paths[i]);
  sumi_free(stage->paths);
}

#define FILES_KIND(kind_name)                                                                      \
  {                                                                                                \
    .name = kind_name, .stage_bytes = sizeof(stage_t), .cursor_bytes = sizeof(cursor_t),           \
    .describe = describe, .release = release, .rewind = rewind_files, .next = next_of_files,       \
    .close = close_files                                                                           \
  }
static const sumi__tensor_stage_kind_t records_kind = FILES_KIND("records");
static const sumi__tensor_stage_kind_t lines_kind = FILES_KIND("lines");

static sumi_status_t copy_paths(stage_t *stage, sumi_texts_t paths) {
  if (paths.count < 1 || !paths.list)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s of %d files; at least one is needed",
                     stage->base.kind->name, paths.count);
  stage->paths = sumi_calloc((size_t)paths.count, sizeof *stage->paths);
  if (!stage->paths) return sumi_fail_alloc("paths", (size_t)paths.count * sizeof *stage->paths);
  for (int i = 0; i < paths.count; ++i) {
    if (!paths.list[i])
      return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: path %d of %d is NULL", stage->base.kind->name,
                       i, paths.count);
    stage->paths[i] = sumi_strdup(paths.list[i]);
    if (!stage->paths[i]) return sumi_fail_alloc("a path", strlen(paths.list[i]));
    stage->count = i + 1;
  }
  return SUMI_OK;
}

static sumi_pipeline_t *from_files(const sumi__tensor_stage_kind_t *kind, sumi_texts_t paths) {
  sumi_pipeline_t *base = sumi__tensor_stage_source(kind);
  if (!sumi__tensor_stage_is(base, kind)) return base;
  return sumi__tensor_stage_check(base, copy_paths((stage_t *)base, paths));
}

/* Takes over the array as that of a new element. */
static sumi_status_t hand_out(const char *name, sumi_array_t *array, sumi_element_t **element) {
  if (!array) return SUMI_RESOURCE_EXHAUSTED;
  *element = sumi__tensor_element_new();
  if (*element) return sumi_element_set(*element, name, array);
  sumi_array_unref(array);
  return SUMI_RESOURCE_EXHAUSTED;
}

/* ---- Records ---- */

static sumi_status_t next_record(reader_t *reader, sumi_element_t **element) {
  const uint8_t *payload;
  size_t size;
  SUMI_TRY(sumi__tensor_record_reader_next(reader, &payload, &size));
  if (!payload) return SUMI_OK;
  return hand_out("record", sumi_array_from(SUMI_UINT8, SUMI_DIMS((int64_t)size), payload),
                  element);
}

sumi_pipeline_t *sumi_pipeline_from_records(sumi_texts_t paths) {
  return from_files(&records_kind, paths);
}

/* ---- Lines ---- */

enum { READ_BYTES = 64 * 1024 };

static sumi_status_t open_text(const char *path, reader_t *reader) {
  *reader = (reader_t){0};
  return sumi__tensor_source_open_stream(path, sumi__tensor_starts_as_gzip, &reader->source);
}

/* More of the file behind what is in the buffer, which moves to its beginning. */
static sumi_status_t read_more(reader_t *reader) {
  sumi_buffer_t *bytes = &reader->bytes;
  bytes->size -= reader->at;
  if (reader->at > 0) memmove(bytes->data, bytes->data + reader->at, bytes->size);
  reader->at = 0;
  size_t got = 0;
  void *place = sumi_buffer_reserve(bytes, READ_BYTES);
  const sumi_status_t status = place ? sumi__tensor_source_read_some(&reader->source, place,
                                                                     READ_BYTES, &got)
                                     : sumi_fail_alloc("a line", bytes->size + READ_BYTES);
  bytes->size = status == SUMI_OK ? bytes->size + got : 0;
  reader->ended = got < READ_BYTES;
  return status;
}

/* The end of the line that begins at `at`; NULL, with all that is there in the buffer, when it has
 * none. */
static sumi_status_t find_end(reader_t *reader, char **end) {
  *end = NULL;
  for (size_t searched = 0;;) {
    const size_t left = reader->bytes.size - reader->at;
    if (left > searched)
      *end = memchr(reader->bytes.data + reader->at + searched, '\n', left - searched);
    if (*end || reader->ended) return SUMI_OK;
    searched = left;
    SUMI_TRY(read_more(reader));
  }
}

static sumi_status_t next_line(reader_t *reader, sumi_element_t **element) {
  char *end;
  SUMI_TRY(find_end(reader, &end));
  const size_t left = reader->bytes.size - reader->at;
  if (left == 0) return SUMI_OK;
  const char *line = reader->bytes.data + reader->at;
  const size_t whole = end ? (size_t)(end - line) : left;
  const size_t size = end && whole > 0 && line[whole - 1] == '\r' ? whole - 1 : whole;
  reader->at += whole + (end != NULL);
  ++reader->number;
  if (size > 0 && memchr(line, 0, size))
    return sumi_fail(SUMI_DATA_LOSS, "%s: line %" PRId64 ": there is a NUL in it: no text",
                     reader->source.path, reader->number);
  char *text = sumi_strndup(line, size);
  if (!text) return sumi_fail_alloc("a line", size);
  const sumi_status_t status = hand_out("line", sumi_array_text(text), element);
  sumi_free(text);
  return status;
}

sumi_pipeline_t *sumi_pipeline_from_lines(sumi_texts_t paths) {
  return from_files(&lines_kind, paths);
}

static const contents_t records = {sumi__tensor_record_reader_open, next_record, "record", 0};
static const contents_t lines = {open_text, next_line, "line", 1};

static const contents_t *contents_of(const cursor_t *cursor) {
  return cursor->base.stage->kind == &records_kind ? &records : &lines;
}
