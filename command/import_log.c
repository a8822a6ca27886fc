/* Lines of a log by patterns: {NAME} is a number, * any text, a blank any number of blanks, and
 * everything else itself. A pattern may fit anywhere in a line. */
#include "import.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_FIELDS = 64 };

/* The numbers that a pattern has found. */
typedef struct fields {
  struct {
    const char *name;
    int name_size;
    double value;
  } list[MAX_FIELDS];
  int count;
} fields_t;

static bool fits(const char *pattern, const char *text, fields_t *fields);

/* What is written behind the number goes on with the pattern. */
static bool number_fits(const char *pattern, const char *text, fields_t *fields) {
  const char *close = strchr(pattern, '}');
  char *end;
  if (!close || fields->count == MAX_FIELDS) return false;
  text += strspn(text, " \t");
  const double value = strtod(text, &end); /* the program sets no locale */
  if (end == text) return false;
  const int index = fields->count++;
  fields->list[index].name = pattern + 1;
  fields->list[index].name_size = (int)(close - pattern - 1);
  fields->list[index].value = value;
  if (fits(close + 1, end, fields)) return true;
  fields->count = index;
  return false;
}

static bool fits(const char *pattern, const char *text, fields_t *fields) {
  for (;; ++pattern, ++text) {
    if (*pattern == '{') return number_fits(pattern, text, fields);
    if (*pattern == '*') {
      for (; *text; ++text)
        if (fits(pattern + 1, text, fields)) return true;
      return fits(pattern + 1, text, fields);
    }
    if (*pattern == ' ') {
      pattern += strspn(pattern, " ");
      text += strspn(text, " \t");
      --pattern, --text;
      continue;
    }
    if (!*pattern) return true;
    if (*pattern != *text) return false;
  }
}

static bool is_found(const char *pattern, const char *line, fields_t *fields) {
  for (; *line; ++line) {
    fields->count = 0;
    if (fits(pattern, line, fields)) return true;
  }
  return false;
}

static bool is_step(const fields_t *fields, int index) {
  return fields->list[index].name_size == 4 && strncmp(fields->list[index].name, "step", 4) == 0;
}

/* {} is a number that nobody wants. */
static void add_fields(import_t *import, import_place_t *place, const fields_t *fields) {
  char text[32];
  for (int i = 0; i < fields->count; ++i) {
    if (!is_step(fields, i)) continue;
    snprintf(text, sizeof text, "%.17g", fields->list[i].value);
    place->step = sumi__command_import_step(import, text);
  }
  for (int i = 0; i < fields->count; ++i) {
    char name[256];
    snprintf(name, sizeof name, "%.*s", fields->list[i].name_size, fields->list[i].name);
    if (!is_step(fields, i) && name[0])
      sumi__command_import_add(import, place, name, fields->list[i].value);
  }
}

void sumi__command_import_log(import_t *import, FILE *file) {
  const patterns_t *patterns = &import->arguments->patterns;
  bool has_step = false;
  for (int i = 0; i < patterns->count; ++i) has_step |= strstr(patterns->list[i], "{step}") != NULL;
  import_place_t place = {.step = has_step ? 0 : -1};
  char *line = NULL;
  size_t capacity = 0;
  for (; !import->failed && getline(&line, &capacity, file) >= 0; ++import->line)
    for (int i = 0; i < patterns->count; ++i) {
      fields_t fields;
      if (!is_found(patterns->list[i], line, &fields)) continue;
      if (!has_step && i == 0) ++place.step;
      if (!has_step && place.step < 0) place.step = 0;
      add_fields(import, &place, &fields);
    }
  free(line);
}
