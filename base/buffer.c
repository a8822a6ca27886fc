#include <sumi/buffer.h>
#include <sumi/alloc.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sumi_buffer_release(sumi_buffer_t *buffer) {
  sumi_free(buffer->data);
  *buffer = (sumi_buffer_t){0};
}

void sumi_buffer_clear(sumi_buffer_t *buffer) {
  buffer->size = 0;
  buffer->failed = false;
}

void *sumi_buffer_reserve(sumi_buffer_t *buffer, size_t size_bytes) {
  if (buffer->failed) return NULL;
  size_t needed;
  if (__builtin_add_overflow(buffer->size, size_bytes, &needed)) {
    buffer->failed = true;
    return NULL;
  }
  if (needed > buffer->capacity || !buffer->data) {
    size_t capacity = buffer->capacity ? buffer->capacity : 64;
    while (capacity < needed) capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    char *data = sumi_realloc_array(buffer->data, capacity, 1);
    if (!data) {
      buffer->failed = true;
      return NULL;
    }
    buffer->data = data;
    buffer->capacity = capacity;
  }
  return buffer->data + buffer->size;
}

void sumi_buffer_append(sumi_buffer_t *buffer, const void *bytes, size_t size_bytes) {
  void *end = sumi_buffer_reserve(buffer, size_bytes);
  if (!end || size_bytes == 0) return;
  memcpy(end, bytes, size_bytes);
  buffer->size += size_bytes;
}

void sumi_buffer_puts(sumi_buffer_t *buffer, const char *text) {
  sumi_buffer_append(buffer, text, strlen(text));
}

void sumi_buffer_putc(sumi_buffer_t *buffer, char byte) {
  sumi_buffer_append(buffer, &byte, 1);
}

void sumi_buffer_printf(sumi_buffer_t *buffer, const char *format, ...) {
  va_list args;
  va_start(args, format);
  const int length = vsnprintf(NULL, 0, format, args);
  va_end(args);
  char *end = length < 0 ? NULL : sumi_buffer_reserve(buffer, (size_t)length + 1);
  if (!end) {
    buffer->failed = true;
    return;
  }
  va_start(args, format);
  vsnprintf(end, (size_t)length + 1, format, args);
  va_end(args);
  buffer->size += (size_t)length;
}

const char *sumi_buffer_text(sumi_buffer_t *buffer) {
  char *end = sumi_buffer_reserve(buffer, 1);
  if (!end) return NULL;
  *end = '\0';
  return buffer->data;
}

sumi_status_t sumi_buffer_status(const sumi_buffer_t *buffer, const char *what) {
  return buffer->failed ? sumi_fail_alloc(what, buffer->size) : SUMI_OK;
}
