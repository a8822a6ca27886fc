/* Growing text and files, for a program that stops when memory ends. */
#ifndef SUMI_GENERATOR_TEXT_H
#define SUMI_GENERATOR_TEXT_H

#include <sumi/config.h>

#include <stdbool.h>
#include <stddef.h>

typedef struct text {
  char *data; /* NUL-terminated once anything was put */
  size_t size, capacity;
} text_t;

void *allocate(size_t size_bytes); /* zeroed; ends the program without memory */
char *copy_text(const char *start, size_t length);
void put(text_t *text, const char *format, ...) SUMI_PRINTF(2, 3);
void put_char(text_t *text, char c);

/* The whole file as a text, NULL (and a message) when it cannot be read. */
char *read_file(const char *path);

/* Writes the file unless it has this content already, so that nothing is built again for it. */
bool write_if_changed(const char *path, const text_t *text);

#endif
