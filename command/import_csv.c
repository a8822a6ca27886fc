/* Tables of comma-separated values (RFC 4180) with a line of names. */
#include "import.h"

#include <string.h>

#include <sumi/alloc.h>
#include <sumi/buffer.h>

/* The fields of a line, each ended by a NUL. */
typedef struct row {
  sumi_buffer_t text;
  size_t *starts;
  size_t count, capacity;
} row_t;

static void begin_field(import_t *import, row_t *row) {
  if (row->count == row->capacity) {
    const size_t capacity = row->capacity ? row->capacity * 2 : 16;
    size_t *starts = sumi_realloc_array(row->starts, capacity, sizeof *starts);
    if (!starts) {
      sumi__command_import_fail(import, "out of memory");
      return;
    }
    row->starts = starts;
    row->capacity = capacity;
  }
  row->starts[row->count++] = row->text.size;
}

static const char *field(const row_t *row, size_t index) {
  return row->text.data + row->starts[index];
}

/* A quoted field's text, from behind the quote to behind the next that is alone. */
static int read_quoted(import_t *import, FILE *file, row_t *row) {
  for (int c = getc(file);; c = getc(file)) {
    if (c == '"' && (c = getc(file)) != '"') return c;
    if (c == EOF) {
      sumi__command_import_fail(import, "a quote is not closed");
      return c;
    }
    import->line += c == '\n';
    sumi_buffer_putc(&row->text, (char)c);
  }
}

/* Whether there was a line; empty ones are passed over. */
static bool read_row(import_t *import, FILE *file, row_t *row) {
  int c = getc(file);
  for (; c == '\n' || c == '\r'; c = getc(file)) import->line += c == '\n';
  row->count = 0;
  sumi_buffer_clear(&row->text);
  if (c == EOF || import->failed) return false;
  begin_field(import, row);
  for (; c != EOF && c != '\n' && !import->failed; c = getc(file)) {
    if (c == '"' && row->text.size == row->starts[row->count - 1]) {
      c = read_quoted(import, file, row);
      if (c == EOF || c == '\n') break;
    }
    if (c == ',') {
      sumi_buffer_putc(&row->text, '\0');
      begin_field(import, row);
    } else if (c != '\r') {
      sumi_buffer_putc(&row->text, (char)c);
    }
  }
  sumi_buffer_putc(&row->text, '\0');
  if (c == '\n') ungetc(c, file); /* the line's number counts while it is used */
  if (row->text.failed) sumi__command_import_fail(import, "out of memory");
  return !import->failed;
}

/* The columns with a meaning; the number of columns where one is not there. */
typedef struct columns {
  size_t run, tag, step, time, value, count;
} columns_t;

static size_t find(const row_t *names, const char *name) {
  size_t i = 0;
  while (i < names->count && strcmp(field(names, i), name) != 0) ++i;
  return i;
}

static columns_t find_columns(import_t *import, const row_t *names) {
  const columns_t columns = {find(names, "run"),       find(names, "tag"),   find(names, "step"),
                             find(names, "wall_time"), find(names, "value"), names->count};
  if (columns.step == names->count) sumi__command_import_fail(import, "there is no column 'step'");
  if (columns.tag < names->count && columns.value == names->count)
    sumi__command_import_fail(import, "there is a column 'tag', but no 'value'");
  return columns;
}

/* A line is one value of a tag that it names, or has a column for each tag, where what is empty is
 * no value. */
static void add_row(import_t *import, const columns_t *columns, const row_t *names,
                    const row_t *row) {
  if (row->count != columns->count) {
    sumi__command_import_fail(import, "there are %zu fields; the first line names %zu", row->count,
                              columns->count);
    return;
  }
  import_place_t place = {.step = sumi__command_import_step(import, field(row, columns->step))};
  if (columns->run < row->count) place.run = field(row, columns->run);
  if (columns->time < row->count && field(row, columns->time)[0])
    place.time_s = sumi__command_import_number(import, "wall_time", field(row, columns->time));
  const bool is_long = columns->tag < row->count;
  for (size_t i = 0; i < row->count && !import->failed; ++i) {
    const char *text = field(row, i), *name = field(names, i);
    if (is_long ? i != columns->value
                : i == columns->run || i == columns->step || i == columns->time || !text[0])
      continue;
    const double number = sumi__command_import_number(import, name, text);
    sumi__command_import_add(import, &place, is_long ? field(row, columns->tag) : name, number);
  }
}

void sumi__command_import_csv(import_t *import, FILE *file) {
  row_t names = {0}, row = {0};
  if (read_row(import, file, &names)) {
    const columns_t columns = find_columns(import, &names);
    while (!import->failed && read_row(import, file, &row)) add_row(import, &columns, &names, &row);
  }
  sumi_free(names.starts);
  sumi_free(row.starts);
  sumi_buffer_release(&names.text);
  sumi_buffer_release(&row.text);
}
