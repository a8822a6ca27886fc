#include "array/npy_header.h"
#include "array/elements.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/alloc.h>

enum { HEADER_MAX = 1 << 16 };

static const char magic[] = "\x93NUMPY";

/* NumPy's kind and width of the dtypes that are stored as they are. */
static const struct {
  sumi_dtype_t dtype;
  char kind;
  int width;
} stored[] = {
    {SUMI_FLOAT32, 'f', 4}, {SUMI_FLOAT64, 'f', 8}, {SUMI_INT8, 'i', 1},  {SUMI_INT16, 'i', 2},
    {SUMI_INT32, 'i', 4},   {SUMI_INT64, 'i', 8},   {SUMI_UINT8, 'u', 1}, {SUMI_UINT16, 'u', 2},
    {SUMI_UINT32, 'u', 4},  {SUMI_UINT64, 'u', 8},  {SUMI_BOOL, 'b', 1},
};
enum { STORED = sizeof stored / sizeof *stored };

static char native_order(void) {
  return sumi__tensor_is_little_endian() ? '<' : '>';
}

/* ---- Reading: a Python dict literal with three keys ---- */

typedef struct {
  const sumi__tensor_source_t *source; /* offset: where `text` begins */
  const char *text, *at, *end;
} parser_t;

static sumi_status_t fail_at(const parser_t *parser, const char *expected) {
  sumi__tensor_source_t here = *parser->source;
  here.offset += parser->at - parser->text;
  return sumi__tensor_source_fail(&here, SUMI_DATA_LOSS, "the npy header is damaged: expected %s",
                                  expected);
}

static void skip_spaces(parser_t *parser) {
  while (parser->at < parser->end && (*parser->at == ' ' || *parser->at == '\n')) ++parser->at;
}

static bool accept(parser_t *parser, const char *text) {
  skip_spaces(parser);
  const size_t length = strlen(text);
  if ((size_t)(parser->end - parser->at) < length || memcmp(parser->at, text, length) != 0)
    return false;
  parser->at += length;
  return true;
}

/* A quoted text without escapes. */
static sumi_status_t parse_text(parser_t *parser, char *text, size_t size) {
  skip_spaces(parser);
  const char quote = parser->at < parser->end ? *parser->at : 0;
  if (quote != '\'' && quote != '"') return fail_at(parser, "a quoted text");
  const char *first = parser->at + 1;
  const char *last = memchr(first, quote, (size_t)(parser->end - first));
  if (!last || (size_t)(last - first) >= size) return fail_at(parser, "the end of a short text");
  memcpy(text, first, (size_t)(last - first));
  text[last - first] = '\0';
  parser->at = last + 1;
  return SUMI_OK;
}

static bool parse_digits(const char **at, const char *end, int64_t *value) {
  const char *first = *at;
  for (*value = 0; *at < end && **at >= '0' && **at <= '9'; ++*at)
    if (__builtin_mul_overflow(*value, 10, value) ||
        __builtin_add_overflow(*value, **at - '0', value))
      return false;
  return *at > first;
}

static sumi_status_t parse_shape(parser_t *parser, sumi_dims_t *dims) {
  if (!accept(parser, "(")) return fail_at(parser, "the shape's '('");
  *dims = (sumi_dims_t){0};
  while (!accept(parser, ")")) {
    if (dims->rank == SUMI_MAX_RANK) return fail_at(parser, "at most 8 sizes");
    skip_spaces(parser);
    if (!parse_digits(&parser->at, parser->end, &dims->size[dims->rank++]))
      return fail_at(parser, "a size");
    accept(parser, "L"); /* written by Python 2 */
    if (accept(parser, ",")) continue;
    if (!accept(parser, ")")) return fail_at(parser, "',' or ')' in the shape");
    break;
  }
  return SUMI_OK;
}

/* "<f4", "|u1", ">U12". */
static sumi_status_t parse_descr(parser_t *parser, sumi__tensor_npy_header_t *header) {
  char text[24];
  if (accept(parser, "["))
    return sumi__tensor_source_fail(parser->source, SUMI_UNIMPLEMENTED,
                                    "records (structured dtypes) are not supported");
  SUMI_TRY(parse_text(parser, text, sizeof text));
  const char *at = text;
  const char order = *at && strchr("<>|=", *at) ? *at++ : '=';
  header->swapped = strchr("<>", order) && order != native_order();
  header->kind = *at ? *at++ : 0;
  const bool whole = parse_digits(&at, text + strlen(text), &header->width) && !*at;
  header->dtype = SUMI_DTYPE_INVALID;
  for (int i = 0; whole && i < STORED; ++i)
    if (stored[i].kind == header->kind && stored[i].width == header->width)
      header->dtype = stored[i].dtype;
  if (whole && (header->kind == 'U' || header->kind == 'S') && header->width < INT32_MAX) {
    header->dtype = SUMI_STRING;
    header->width *= header->kind == 'U' ? 4 : 1;
  }
  if (header->dtype != SUMI_DTYPE_INVALID) return SUMI_OK;
  return sumi__tensor_source_fail(parser->source, SUMI_UNIMPLEMENTED, "dtype '%s' is not supported",
                                  text);
}

static sumi_status_t parse_bool(parser_t *parser, bool *value) {
  *value = accept(parser, "True");
  if (!*value && !accept(parser, "False")) return fail_at(parser, "True or False");
  return SUMI_OK;
}

static sumi_status_t parse_dict(parser_t *parser, sumi__tensor_npy_header_t *header) {
  bool descr = false, order = false, shape = false;
  if (!accept(parser, "{")) return fail_at(parser, "'{'");
  while (!accept(parser, "}")) {
    char key[16];
    SUMI_TRY(parse_text(parser, key, sizeof key));
    if (!accept(parser, ":")) return fail_at(parser, "':'");
    if (strcmp(key, "descr") == 0) {
      descr = true;
      SUMI_TRY(parse_descr(parser, header));
    } else if (strcmp(key, "fortran_order") == 0) {
      order = true;
      SUMI_TRY(parse_bool(parser, &header->fortran));
    } else if (strcmp(key, "shape") == 0) {
      shape = true;
      SUMI_TRY(parse_shape(parser, &header->dims));
    } else {
      return fail_at(parser, "the keys descr, fortran_order and shape only");
    }
    if (accept(parser, ",")) continue;
    if (!accept(parser, "}")) return fail_at(parser, "',' or '}'");
    break;
  }
  if (!descr || !order || !shape) return fail_at(parser, "descr, fortran_order and shape");
  skip_spaces(parser);
  return parser->at == parser->end ? SUMI_OK : fail_at(parser, "the header's end");
}

/* Magic, version and the length of the text that follows. */
static sumi_status_t read_preamble(sumi__tensor_source_t *source, uint32_t *length) {
  unsigned char bytes[12];
  SUMI_TRY(sumi__tensor_source_read(source, bytes, 8, "npy magic and version"));
  if (memcmp(bytes, magic, 6) != 0) {
    source->offset = 0;
    return sumi__tensor_source_fail(source, SUMI_DATA_LOSS, "not an npy file");
  }
  if (bytes[6] < 1 || bytes[6] > 3 || bytes[7] != 0)
    return sumi__tensor_source_fail(source, SUMI_UNIMPLEMENTED,
                                    "npy version %d.%d; 1.0 to 3.0 are supported", bytes[6],
                                    bytes[7]);
  const size_t size = bytes[6] == 1 ? 2 : 4;
  SUMI_TRY(sumi__tensor_source_read(source, bytes + 8, size, "the npy header's length"));
  *length = 0;
  for (size_t i = size; i-- > 0;) *length = *length << 8 | bytes[8 + i];
  if (*length <= HEADER_MAX) return SUMI_OK;
  return sumi__tensor_source_fail(
      source, SUMI_DATA_LOSS, "an npy header of %" PRIu32 " bytes; up to %d", *length, HEADER_MAX);
}

sumi_status_t sumi__tensor_npy_read_header(sumi__tensor_source_t *source,
                                           sumi__tensor_npy_header_t *header) {
  uint32_t length = 0;
  SUMI_TRY(read_preamble(source, &length));
  char *text = sumi_malloc(length + 1);
  if (!text) return sumi_fail_alloc("an npy header", length + 1);
  const sumi__tensor_source_t start = *source;
  sumi_status_t status = sumi__tensor_source_read(source, text, length, "the npy header");
  if (status == SUMI_OK) {
    parser_t parser = {.source = &start, .text = text, .at = text, .end = text + length};
    status = parse_dict(&parser, header);
  }
  sumi_free(text);
  return status;
}

/* ---- Writing ---- */

static void put_descr(sumi_buffer_t *text, const sumi_array_t *array, int64_t width) {
  if (sumi_array_dtype(array) == SUMI_STRING) {
    sumi_buffer_printf(text, "'%cU%" PRId64 "'", native_order(), width / 4);
    return;
  }
  for (int i = 0; i < STORED; ++i)
    if (stored[i].dtype == sumi_array_dtype(array))
      sumi_buffer_printf(text, "'%c%c%d'", stored[i].width == 1 ? '|' : native_order(),
                         stored[i].kind, stored[i].width);
}

/* numpy.save leaves room for the first size to grow to 21 digits, then aligns the data to 64 bytes.
 */
static void put_padding(sumi_buffer_t *text, const sumi_array_t *array) {
  char digits[24];
  int growth = 0;
  if (sumi_array_rank(array) > 0)
    growth = 21 - sprintf(digits, "%" PRId64, sumi_array_dims(array).size[0]);
  for (; growth > 0; --growth) sumi_buffer_putc(text, ' ');
  while (!text->failed && (10 + text->size + 1) % 64 != 0) sumi_buffer_putc(text, ' ');
  sumi_buffer_putc(text, '\n');
}

void sumi__tensor_npy_put_header(sumi_buffer_t *buffer, const sumi_array_t *array, int64_t width) {
  sumi_buffer_t text = {0};
  sumi_buffer_puts(&text, "{'descr': ");
  put_descr(&text, array, width);
  sumi_buffer_puts(&text, ", 'fortran_order': False, 'shape': ");
  sumi_dims_format(sumi_array_dims(array), &text);
  sumi_buffer_puts(&text, ", }");
  put_padding(&text, array);
  const char preamble[4] = {1, 0, (char)(text.size & 0xFF), (char)(text.size >> 8)};
  sumi_buffer_append(buffer, magic, 6);
  sumi_buffer_append(buffer, preamble, sizeof preamble);
  sumi_buffer_append(buffer, text.data, text.size);
  buffer->failed |= text.failed;
  sumi_buffer_release(&text);
}
