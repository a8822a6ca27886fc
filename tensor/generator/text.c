#include "generator/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Everything the tool allocates lives until it ends. */
typedef union block {
  union block *next;
  max_align_t align;
} block_t;

static block_t *blocks;

static void free_blocks(void) {
  while (blocks) {
    block_t *next = blocks->next;
    free(blocks);
    blocks = next;
  }
}

void *allocate(size_t size_bytes) {
  if (!blocks) atexit(free_blocks);
  block_t *block = calloc(1, sizeof *block + size_bytes);
  if (!block) {
    fputs("sumi_generator: out of memory\n", stderr);
    exit(1);
  }
  block->next = blocks;
  blocks = block;
  return block + 1;
}

char *copy_text(const char *start, size_t length) {
  char *copy = allocate(length + 1);
  memcpy(copy, start, length);
  return copy;
}

static void reserve(text_t *text, size_t more) {
  if (text->size + more + 1 <= text->capacity) return;
  size_t capacity = (text->size + more + 1) * 2;
  char *grown = allocate(capacity);
  if (text->size) memcpy(grown, text->data, text->size);
  text->data = grown, text->capacity = capacity;
}

void put_char(text_t *text, char c) {
  reserve(text, 1);
  text->data[text->size++] = c;
  text->data[text->size] = 0;
}

void put(text_t *text, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int length = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (length < 0) return;
  reserve(text, (size_t)length);
  va_start(args, format);
  vsnprintf(text->data + text->size, (size_t)length + 1, format, args);
  va_end(args);
  text->size += (size_t)length;
}

static char *read_stream(FILE *file) {
  text_t text = {0};
  char part[4096];
  reserve(&text, 0);
  for (size_t size; (size = fread(part, 1, sizeof part, file)) > 0;) {
    reserve(&text, size);
    memcpy(text.data + text.size, part, size);
    text.size += size;
  }
  text.data[text.size] = 0;
  return text.data;
}

char *read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return NULL;
  }
  char *content = read_stream(file);
  fclose(file);
  return content;
}

static bool has_content(const char *path, const text_t *text) {
  FILE *file = fopen(path, "rb");
  if (!file) return false;
  char *content = read_stream(file);
  fclose(file);
  bool same = strcmp(content, text->data) == 0;
  return same;
}

bool write_if_changed(const char *path, const text_t *text) {
  if (has_content(path, text)) return true;
  FILE *file = fopen(path, "wb");
  bool written = file && fwrite(text->data, 1, text->size, file) == text->size;
  if (file && fclose(file) != 0) written = false;
  if (!written) fprintf(stderr, "%s: %s\n", path, strerror(errno));
  return written;
}
