#include <sumi/npy.h>
#include "array/array.h"
#include "array/elements.h"
#include "array/npy.h"
#include "array/npy_header.h"
#include "array/sink.h"

#include <string.h>
#include <sumi/alloc.h>
#include <sumi/utf8.h>

/* ---- Reading ---- */

static bool put_utf8(sumi_buffer_t *text, uint32_t code) {
  if (code >= 0x110000 || (code >= 0xD800 && code < 0xE000)) return false;
  if (code < 0x80) {
    sumi_buffer_putc(text, (char)code);
    return true;
  }
  const int tail = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
  sumi_buffer_putc(text, (char)(lead[tail] | code >> 6 * tail));
  for (int i = tail - 1; i >= 0; --i) sumi_buffer_putc(text, (char)(0x80 | (code >> 6 * i & 0x3F)));
  return true;
}

/* One element of fixed length, padded with zeros, as UTF-8. */
static bool decode_text(const sumi__tensor_npy_header_t *header, const unsigned char *element,
                        sumi_buffer_t *text) {
  if (header->kind == 'S') {
    const char *bytes = (const char *)element;
    sumi_buffer_append(text, bytes, strnlen(bytes, (size_t)header->width));
    return true;
  }
  for (int64_t at = 0; at < header->width; at += 4) {
    uint32_t code;
    memcpy(&code, element + at, 4);
    if (header->swapped) code = __builtin_bswap32(code);
    if (code == 0) return true;
    if (!put_utf8(text, code)) return false;
  }
  return true;
}

static sumi_status_t read_text(sumi__tensor_source_t *source,
                               const sumi__tensor_npy_header_t *header, sumi_buffer_t *element,
                               sumi_buffer_t *text, sumi_array_t *array, int64_t index) {
  sumi_buffer_clear(element);
  sumi_buffer_clear(text);
  void *place = sumi_buffer_reserve(element, (size_t)header->width);
  if (!place) return sumi_fail_alloc("a text", (size_t)header->width);
  SUMI_TRY(sumi__tensor_source_read(source, place, (size_t)header->width, "the elements"));
  if (!decode_text(header, place, text))
    return sumi__tensor_source_fail(source, SUMI_DATA_LOSS,
                                    "a character that is none before this byte");
  const char *decoded = sumi_buffer_text(text);
  return decoded ? sumi_array_set_text(array, index, decoded)
                 : sumi_fail_alloc("a text", (size_t)header->width);
}

static sumi_status_t read_texts(sumi__tensor_source_t *source,
                                const sumi__tensor_npy_header_t *header, sumi_dims_t dims,
                                sumi_array_t **array) {
  sumi_array_t *read = sumi_array_new(SUMI_STRING, dims);
  if (!read) return SUMI_RESOURCE_EXHAUSTED;
  sumi_buffer_t element = {0}, text = {0};
  sumi_status_t status = SUMI_OK;
  for (int64_t i = 0; i < read->count && status == SUMI_OK; ++i)
    status = read_text(source, header, &element, &text, read, i);
  sumi_buffer_release(&element);
  sumi_buffer_release(&text);
  if (status == SUMI_OK)
    *array = read;
  else
    sumi_array_unref(read);
  return status;
}

static sumi_dims_t reversed(sumi_dims_t dims) {
  sumi_dims_t result = dims;
  for (int axis = 0; axis < dims.rank; ++axis) result.size[axis] = dims.size[dims.rank - 1 - axis];
  return result;
}

static sumi_status_t read_elements(sumi__tensor_source_t *source,
                                   const sumi__tensor_npy_header_t *header, sumi_array_t **array) {
  int64_t bytes;
  const int64_t count = sumi_dims_count(header->dims);
  if (count < 0 || __builtin_mul_overflow(count, header->width, &bytes))
    return sumi__tensor_source_fail(source, SUMI_DATA_LOSS, "shape %s has too many elements",
                                    sumi_dims_text(header->dims).text);
  SUMI_TRY(sumi__tensor_source_expect(source, bytes, "the elements"));
  if (header->dtype == SUMI_STRING && header->width == 0 && count > source->limit)
    return sumi__tensor_source_fail(source, SUMI_DATA_LOSS, "shape %s of empty texts",
                                    sumi_dims_text(header->dims).text);
  /* Fortran order of a shape is C order of the reversed one. */
  const sumi_dims_t dims = header->fortran ? reversed(header->dims) : header->dims;
  sumi_array_t *read = NULL;
  SUMI_TRY(header->dtype == SUMI_STRING
               ? read_texts(source, header, dims, &read)
               : sumi__tensor_read_elements(source, header->dtype, dims, header->swapped, &read));
  *array = read;
  if (!header->fortran || dims.rank < 2) return SUMI_OK;
  *array = sumi_array_transpose(read);
  sumi_array_unref(read);
  return *array ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

sumi_status_t sumi__tensor_npy_read_source(sumi__tensor_source_t *source, sumi_array_t **array) {
  sumi__tensor_npy_header_t header;
  SUMI_TRY(sumi__tensor_npy_read_header(source, &header));
  SUMI_TRY(read_elements(source, &header, array));
  const sumi_status_t status = sumi__tensor_source_expect_end(source);
  if (status == SUMI_OK) return SUMI_OK;
  sumi_array_unref(*array);
  *array = NULL;
  return status;
}

static sumi_status_t clear_result(sumi_array_t **array) {
  if (!array) return sumi_fail(SUMI_INVALID_ARGUMENT, "the place for the array is NULL");
  *array = NULL;
  return SUMI_OK;
}

sumi_status_t sumi_npy_read(const char *path, sumi_array_t **array) {
  SUMI_TRY(clear_result(array));
  sumi__tensor_source_t source;
  sumi_status_t status = sumi__tensor_source_open(path, &source);
  if (status == SUMI_OK) status = sumi__tensor_npy_read_source(&source, array);
  sumi__tensor_source_close(&source);
  return status;
}

sumi_status_t sumi_npy_decode(const char *name, const void *bytes, size_t size_bytes,
                              sumi_array_t **array) {
  SUMI_TRY(clear_result(array));
  if (!bytes && size_bytes > 0) return sumi_fail(SUMI_INVALID_ARGUMENT, "the npy bytes are NULL");
  sumi__tensor_source_t source = sumi__tensor_source_from_memory(name ? name : "npy data", bytes,
                                                                 size_bytes);
  return sumi__tensor_npy_read_source(&source, array);
}

/* ---- Writing ---- */

/* Bytes of an element in the file: UCS-4 as long as the longest text, at least one character as in
 * NumPy. */
static sumi_status_t measure(const sumi_array_t *array, int64_t *width) {
  *width = (int64_t)sumi_dtype_size_bytes(array->dtype);
  if (array->dtype != SUMI_STRING) return SUMI_OK;
  *width = 4;
  for (int64_t i = 0; i < array->count; ++i) {
    const char *text = sumi_array_get_text(array, i);
    SUMI_TRY(sumi_utf8_check("a text to write as npy", text));
    int64_t length = 0;
    for (; *text; ++length) sumi_utf8_next(&text);
    if (4 * length > *width) *width = 4 * length;
  }
  return SUMI_OK;
}

static void put_texts(sumi_buffer_t *buffer, const sumi_array_t *array, int64_t width) {
  for (int64_t i = 0; i < array->count; ++i) {
    unsigned char *element = sumi_buffer_reserve(buffer, (size_t)width);
    if (!element) return;
    memset(element, 0, (size_t)width);
    for (const char *text = sumi_array_get_text(array, i); *text; element += 4) {
      const uint32_t code = sumi_utf8_next(&text);
      memcpy(element, &code, 4);
    }
    buffer->size += (size_t)width;
  }
}

sumi_status_t sumi_npy_encode(const sumi_array_t *array, sumi_buffer_t *buffer) {
  SUMI_TRY(sumi__tensor_array_check("the array to write", array));
  if (!buffer) return sumi_fail(SUMI_INVALID_ARGUMENT, "the buffer to write to is NULL");
  int64_t width;
  SUMI_TRY(measure(array, &width));
  sumi__tensor_npy_put_header(buffer, array, width);
  if (array->dtype == SUMI_STRING)
    put_texts(buffer, array, width);
  else
    sumi_buffer_append(buffer, array->data, sumi_array_size_bytes(array));
  return sumi_buffer_status(buffer, "an npy file");
}

sumi_status_t sumi_npy_write(const char *path, const sumi_array_t *array) {
  SUMI_TRY(sumi__tensor_array_check("the array to write", array));
  int64_t width;
  SUMI_TRY(measure(array, &width));
  sumi_buffer_t head = {0};
  sumi__tensor_npy_put_header(&head, array, width);
  const bool texts = array->dtype == SUMI_STRING;
  if (texts) put_texts(&head, array, width);
  sumi_status_t status = sumi_buffer_status(&head, "an npy file");
  if (status == SUMI_OK) {
    sumi__tensor_sink_t sink = sumi__tensor_sink_open(path, "npy");
    sumi__tensor_sink_write(&sink, head.data, head.size);
    if (!texts) sumi__tensor_sink_write(&sink, array->data, sumi_array_size_bytes(array));
    status = sumi__tensor_sink_close(&sink);
  }
  sumi_buffer_release(&head);
  return status;
}
