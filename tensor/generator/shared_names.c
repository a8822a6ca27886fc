/* level_names.h: macros that end every name which the files of ops/ and kernels/ share in the level
 * that they are compiled for, so that all levels fit in one library. */
#include "generator/block.h"

#include <ctype.h>
#include <string.h>

static const char prefix[] = "sumi__tensor_";

static void add(names_t *names, const char *start, size_t length) {
  if (names->count == names->capacity) {
    names->capacity = names->capacity ? 2 * names->capacity : 256;
    char **grown = allocate((size_t)names->capacity * sizeof *grown);
    if (names->count) memcpy(grown, names->list, (size_t)names->count * sizeof *grown);
    names->list = grown;
  }
  names->list[names->count++] = copy_text(start, length);
}

static size_t name_length(const char *at) {
  size_t length = 0;
  while (isalnum((unsigned char)at[length]) || at[length] == '_') ++length;
  return length;
}

/* What a line declares that starts in the first column: a function, or an extern object. */
static void scan_line(names_t *names, const char *line, const char *end) {
  const bool object = strncmp(line, "extern ", 7) == 0;
  for (const char *at = line; (at = strstr(at, prefix)) && at < end;) {
    const size_t length = name_length(at);
    const char next = at[length];
    if (next == '(' || (object && (next == ';' || next == '['))) {
      add(names, at, length);
      return;
    }
    at += length;
  }
}

bool scan_names(names_t *names, const char *path) {
  const char *line = read_file(path);
  if (!line) return false;
  for (const char *end; *line; line = *end ? end + 1 : end) {
    end = line + strcspn(line, "\n");
    if (isalpha((unsigned char)*line) && strncmp(line, "typedef ", 8) != 0)
      scan_line(names, line, end);
  }
  return true;
}

static void put_macro(text_t *text, const char *name) {
  put(text, "#define %s SUMI__LEVELLED(%s, SUMI__LEVEL)\n", name, name);
}

void write_level_names(const blocks_t *blocks, const names_t *names, text_t *text) {
  put(text, "/* Written by sumi_generator; do not edit. */\n"
            "#define SUMI__LEVELLED(name, level)  SUMI__LEVELLED_(name, level)\n"
            "#define SUMI__LEVELLED_(name, level) name##_##level\n\n");
  for (int i = 0; i < names->count; ++i) put_macro(text, names->list[i]);
  for (int i = 0; i < blocks->count; ++i) {
    text_t name = {0};
    put(&name, "%sop_%s", prefix, blocks->list[i]->name);
    put_macro(text, name.data);
  }
}
