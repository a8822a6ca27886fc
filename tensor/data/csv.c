#include "array/array.h"
#include "array/source.h"
#include <sumi/options.h>
#include <sumi/data.h>

#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 16, SHOWN = 40 };

typedef struct {
  const char *path;
  sumi_csv_options_t options;
  locale_t locale;
  int64_t line, lines, fields;
  sumi_buffer_t values; /* doubles */
} reader_t;

static sumi_status_t read_text(const char *path, sumi_buffer_t *text) {
  sumi__tensor_source_t source;
  sumi_status_t status = sumi__tensor_source_open(path, &source);
  for (size_t got = 1; status == SUMI_OK && got > 0;) {
    void *place = sumi_buffer_reserve(text, CHUNK);
    if (!place)
      status = sumi_fail_alloc("a csv file", text->size + CHUNK);
    else
      status = sumi__tensor_source_read_some(&source, place, CHUNK, &got);
    if (status == SUMI_OK) text->size += got;
  }
  sumi__tensor_source_close(&source);
  if (status == SUMI_OK && !sumi_buffer_text(text)) status = sumi_fail_alloc("a csv file", 1);
  return status;
}

static bool is_blank(char byte) {
  return byte == ' ' || byte == '\t' || byte == '\r';
}

/* The field [at, end) as a number; blanks around it do not count. */
static sumi_status_t parse_field(reader_t *reader, const char *at, const char *end, int64_t field) {
  while (at < end && is_blank(*at)) ++at;
  while (end > at && is_blank(end[-1])) --end;
  char *stop = NULL;
  const double value = at < end ? strtod_l(at, &stop, reader->locale) : 0;
  if (stop != end) {
    const int shown = end - at > SHOWN ? SHOWN : (int)(end - at);
    return sumi_fail(SUMI_DATA_LOSS,
                     "%s: line %" PRId64 ", field %" PRId64 ": \"%.*s\" is no number", reader->path,
                     reader->line, field, shown, at);
  }
  sumi_buffer_append(&reader->values, &value, sizeof value);
  return sumi_buffer_status(&reader->values, "the numbers of a csv file");
}

static sumi_status_t parse_line(reader_t *reader, const char *at, const char *end) {
  int64_t fields = 0;
  for (const char *field = at; field <= end;) {
    const char *stop = memchr(field, reader->options.separator, (size_t)(end - field));
    if (!stop) stop = end;
    SUMI_TRY(parse_field(reader, field, stop, ++fields));
    field = stop + 1;
  }
  if (reader->lines++ == 0) reader->fields = fields;
  if (fields == reader->fields) return SUMI_OK;
  return sumi_fail(SUMI_DATA_LOSS,
                   "%s: line %" PRId64 ": %" PRId64 " fields, the first has %" PRId64, reader->path,
                   reader->line, fields, reader->fields);
}

static bool is_empty(const char *at, const char *end) {
  while (at < end && is_blank(*at)) ++at;
  return at == end;
}

static sumi_status_t parse_lines(reader_t *reader, const char *at, const char *end) {
  while (at < end) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    if (!stop) stop = end;
    ++reader->line;
    if (reader->line > reader->options.skip_lines && !is_empty(at, stop))
      SUMI_TRY(parse_line(reader, at, stop));
    at = stop + 1;
  }
  return SUMI_OK;
}

static sumi_status_t to_array(const reader_t *reader, sumi_array_t **array) {
  sumi_array_t *values = sumi_array_from(SUMI_FLOAT64, SUMI_DIMS(reader->lines, reader->fields),
                                         reader->values.data);
  if (!values) return SUMI_RESOURCE_EXHAUSTED;
  *array = sumi_array_astype(values, reader->options.dtype);
  sumi_array_unref(values);
  return *array ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

static sumi_status_t check_options(sumi_csv_options_t *options) {
  if (options->dtype == SUMI_DTYPE_INVALID) options->dtype = SUMI_FLOAT64;
  if (!options->separator) options->separator = ',';
  if (sumi_dtype_size_bytes(options->dtype) == 0 || options->dtype == SUMI_STRING)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "csv: dtype %s; numbers are read",
                     sumi_dtype_name(options->dtype));
  if (options->skip_lines < 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "csv: skip_lines is %" PRId64, options->skip_lines);
  return SUMI_OK;
}

sumi_status_t sumi_csv_read_with(const char *path, sumi_array_t **array,
                                 const sumi_csv_options_t *given) {
  sumi_csv_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!array) return sumi_fail(SUMI_INVALID_ARGUMENT, "the place for the array is NULL");
  *array = NULL;
  SUMI_TRY(check_options(&options));
  reader_t reader = {.path = path, .options = options};
  reader.locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (!reader.locale) return sumi_fail_alloc("a locale", sizeof reader.locale);
  sumi_buffer_t text = {0};
  sumi_status_t status = read_text(path, &text);
  if (status == SUMI_OK) status = parse_lines(&reader, text.data, text.data + text.size);
  if (status == SUMI_OK) status = to_array(&reader, array);
  freelocale(reader.locale);
  sumi_buffer_release(&text);
  sumi_buffer_release(&reader.values);
  return status;
}
