/* Lines that are JSON objects (RFC 8259). Numbers of objects in them are tags with slashes. */
#include "import.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <sumi/alloc.h>
#include <sumi/buffer.h>

enum { MAX_DEPTH = 32 };

/* A number that a line holds, or a text that may be one ("nan"). */
typedef struct member {
  size_t key, text; /* places in the line's texts */
  bool is_number;
} member_t;

typedef struct line {
  import_t *import;
  const char *at; /* of the JSON that is left */
  sumi_buffer_t texts;
  member_t *members;
  size_t count, capacity;
  char path[512]; /* of the object being read: "a/b/" */
} line_t;

static bool fail(line_t *line, const char *expected) {
  sumi__command_import_fail(line->import, "'%.20s' where %s was expected", line->at, expected);
  return false;
}

static char next(line_t *line) {
  while (*line->at && isspace((unsigned char)*line->at)) ++line->at;
  return *line->at;
}

static bool take(line_t *line, char c) {
  if (next(line) != c) return false;
  ++line->at;
  return true;
}

/* UTF-8 of a code point. */
static void put_code(sumi_buffer_t *text, unsigned code) {
  if (code < 0x80) {
    sumi_buffer_putc(text, (char)code);
    return;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  static const unsigned char heads[] = {0, 0xC0, 0xE0, 0xF0};
  sumi_buffer_putc(text, (char)(heads[more] | code >> (6 * more)));
  for (int i = more - 1; i >= 0; --i) sumi_buffer_putc(text, (char)(0x80 | (code >> 6 * i & 0x3F)));
}

/* Four hexadecimal digits behind \u; false: there are none. */
static bool read_unit(const char *at, unsigned *unit) {
  *unit = 0;
  for (int i = 0; i < 4; ++i) {
    if (!isxdigit((unsigned char)at[i])) return false;
    const int digit = isdigit((unsigned char)at[i]) ? at[i] - '0' : (tolower(at[i]) - 'a') + 10;
    *unit = *unit << 4 | (unsigned)digit;
  }
  return true;
}

static bool read_escape(line_t *line) {
  static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  const char *letter = *line->at ? strchr(letters, *line->at) : NULL;
  unsigned code, low;
  if (letter) {
    sumi_buffer_putc(&line->texts, meant[letter - letters]);
    ++line->at;
    return true;
  }
  if (*line->at != 'u' || !read_unit(line->at + 1, &code)) return fail(line, "an escape");
  line->at += 5;
  if (code >= 0xD800 && code < 0xDC00 && line->at[0] == '\\' && line->at[1] == 'u' &&
      read_unit(line->at + 2, &low) && low >= 0xDC00 && low < 0xE000) {
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    line->at += 6;
  }
  if (code == 0 || (code >= 0xD800 && code < 0xE000)) return fail(line, "a character");
  put_code(&line->texts, code);
  return true;
}

/* A string, ended by a NUL; false: there is none. */
static bool read_string(line_t *line, size_t *place) {
  if (!take(line, '"')) return fail(line, "a string");
  *place = line->texts.size;
  while (*line->at != '"') {
    if (!*line->at) return fail(line, "the end of a string");
    if (*line->at++ != '\\')
      sumi_buffer_putc(&line->texts, line->at[-1]);
    else if (!read_escape(line))
      return false;
  }
  ++line->at;
  sumi_buffer_putc(&line->texts, '\0');
  return true;
}

static bool add_member(line_t *line, size_t key, size_t text, bool is_number) {
  if (line->count == line->capacity) {
    const size_t capacity = line->capacity ? line->capacity * 2 : 16;
    member_t *members = sumi_realloc_array(line->members, capacity, sizeof *members);
    if (!members) return fail(line, "memory");
    line->members = members;
    line->capacity = capacity;
  }
  line->members[line->count++] = (member_t){key, text, is_number};
  return true;
}

/* A number or a word: what Python's json writes for what is not finite counts, others are no
 * value. */
static bool read_word(line_t *line, size_t key) {
  const size_t size = strcspn(line->at, ",]} \t\r\n"), text = line->texts.size;
  if (size == 0) return fail(line, "a value");
  sumi_buffer_append(&line->texts, line->at, size);
  sumi_buffer_putc(&line->texts, '\0');
  line->at += size;
  if (line->texts.failed) return fail(line, "memory");
  const char *word = line->texts.data + text;
  if (strcmp(word, "true") == 0 || strcmp(word, "false") == 0 || strcmp(word, "null") == 0)
    return true;
  return add_member(line, key, text, true);
}

static bool read_object(line_t *line, int depth);

static bool read_array(line_t *line, int depth);

/* `in_array`: the value has no name, and is passed over. */
static bool read_value(line_t *line, size_t key, int depth, bool in_array) {
  const size_t count = line->count;
  size_t text;
  bool fine;
  switch (next(line)) {
  case '{': fine = read_object(line, depth + 1); break;
  case '[': fine = read_array(line, depth + 1); break;
  case '"': fine = read_string(line, &text) && add_member(line, key, text, false); break;
  default: fine = read_word(line, key);
  }
  if (in_array) line->count = count;
  return fine;
}

static bool read_array(line_t *line, int depth) {
  if (depth > MAX_DEPTH) return fail(line, "less depth");
  ++line->at;
  if (take(line, ']')) return true;
  do {
    if (!read_value(line, 0, depth, true)) return false;
  } while (take(line, ','));
  return take(line, ']') || fail(line, "]");
}

/* A member's key with those of the objects around it. */
static bool read_key(line_t *line, size_t *key) {
  const size_t path_size = strlen(line->path);
  size_t name;
  *key = line->texts.size;
  sumi_buffer_append(&line->texts, line->path, path_size);
  if (!read_string(line, &name)) return false;
  return take(line, ':') || fail(line, ":");
}

static bool read_object(line_t *line, int depth) {
  const size_t path_size = strlen(line->path);
  if (depth > MAX_DEPTH) return fail(line, "less depth");
  if (!take(line, '{')) return fail(line, "{");
  if (take(line, '}')) return true;
  do {
    size_t key;
    if (!read_key(line, &key) || line->texts.failed) return false;
    const char *whole = line->texts.data + key;
    if (next(line) == '{') {
      if (strlen(whole) + 2 > sizeof line->path) return fail(line, "shorter names");
      snprintf(line->path, sizeof line->path, "%s/", whole);
    }
    const bool fine = read_value(line, key, depth, false);
    line->path[path_size] = '\0';
    if (!fine) return false;
  } while (take(line, ','));
  return take(line, '}') || fail(line, "}");
}

static const member_t *find(const line_t *line, const char *key) {
  for (size_t i = 0; i < line->count; ++i)
    if (strcmp(line->texts.data + line->members[i].key, key) == 0) return &line->members[i];
  return NULL;
}

static const char *text_of(const line_t *line, const member_t *member) {
  return member ? line->texts.data + member->text : NULL;
}

/* One value of a tag that it names, or a member for each tag. */
static void add_line(line_t *line) {
  import_t *import = line->import;
  const member_t *run = find(line, "run"), *tag = find(line, "tag"), *step = find(line, "step"),
                 *time = find(line, "wall_time"), *value = find(line, "value");
  if (!step) {
    sumi__command_import_fail(import, "there is no step");
    return;
  }
  import_place_t place = {.step = sumi__command_import_step(import, text_of(line, step))};
  if (run && !run->is_number) place.run = text_of(line, run);
  if (time) place.time_s = sumi__command_import_number(import, "wall_time", text_of(line, time));
  if (tag && value) {
    const double number = sumi__command_import_number(import, "value", text_of(line, value));
    sumi__command_import_add(import, &place, text_of(line, tag), number);
    return;
  }
  for (size_t i = 0; i < line->count && !import->failed; ++i) {
    const member_t *member = &line->members[i];
    const char *key = line->texts.data + member->key;
    if (member == step || member == time || !member->is_number) continue;
    const double number = sumi__command_import_number(import, key, text_of(line, member));
    sumi__command_import_add(import, &place, key, number);
  }
}

void sumi__command_import_json(import_t *import, FILE *file) {
  char *text = NULL;
  size_t capacity = 0;
  line_t line = {.import = import};
  for (; !import->failed && getline(&text, &capacity, file) >= 0; ++import->line) {
    line.at = text;
    line.count = 0;
    line.path[0] = '\0';
    sumi_buffer_clear(&line.texts);
    if (next(&line) == '\0') continue;
    if (read_object(&line, 0) && next(&line) != '\0') fail(&line, "the end of the line");
    if (line.texts.failed) sumi__command_import_fail(import, "out of memory");
    if (!import->failed) add_line(&line);
  }
  free(text);
  sumi_free(line.members);
  sumi_buffer_release(&line.texts);
}
