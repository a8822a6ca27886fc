/* sumi export: scalars as tables, pictures, audio and texts as files. */
#include "command.h"
#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sumi/alloc.h>
#include <sumi/buffer.h>
#include <sumi/file.h>
#include <sumi/name_table.h>

/* ---- Long tables: a line for each value ---- */

static void put_csv(FILE *file, const char *run, const char *tag, const sumi_event_t *event,
                    double number, bool single) {
  char text[NUMBER_TEXT_SIZE], time[NUMBER_TEXT_SIZE];
  sumi__command_csv_text(file, run);
  fputc(',', file);
  sumi__command_csv_text(file, tag);
  fprintf(file, ",%lld,%s,%s\n", (long long)event->step,
          sumi__command_number(event->wall_time_s, false, time),
          sumi__command_number(number, single, text));
}

static void put_jsonl(FILE *file, const char *run, const char *tag, const sumi_event_t *event,
                      double number, bool single) {
  fputs("{\"run\":", file);
  sumi__command_json_text(file, run, strlen(run));
  fputs(",\"tag\":", file);
  sumi__command_json_text(file, tag, strlen(tag));
  fprintf(file, ",\"step\":%lld,\"wall_time\":", (long long)event->step);
  sumi__command_json_number(file, event->wall_time_s, false);
  fputs(",\"value\":", file);
  sumi__command_json_number(file, number, single);
  fputs("}\n", file);
}

/* ---- Wide tables: a line for each run and step, a column for each tag ---- */

typedef struct column {
  sumi_name_t name;
  int number; /* in the order of appearance */
} column_t;

typedef struct cell {
  int run; /* in the order of appearance */
  int64_t step;
  int64_t order; /* of arrival: a later value of the same place counts */
  int column;
  double number;
  bool single;
} cell_t;

typedef struct table {
  sumi_name_table_t columns, runs;
  cell_t *cells;
  size_t count, capacity;
} table_t;

static int number_of(sumi_name_table_t *names, const char *name) {
  column_t *column = sumi_name_table_find(names, name);
  if (column) return column->number;
  column = sumi_name_table_make(names, name, sizeof *column);
  if (!column) return -1;
  column->number = (int)names->count;
  return sumi_name_table_add(names, column) ? column->number : -1;
}

static bool add_cell(table_t *table, const char *run, const char *tag, int64_t step, double number,
                     bool single) {
  if (table->count == table->capacity) {
    const size_t capacity = table->capacity ? table->capacity * 2 : 1024;
    cell_t *cells = sumi_realloc_array(table->cells, capacity, sizeof *cells);
    if (!cells) return false;
    table->cells = cells;
    table->capacity = capacity;
  }
  const cell_t cell = {.run = number_of(&table->runs, run),
                       .step = step,
                       .order = (int64_t)table->count,
                       .column = number_of(&table->columns, tag),
                       .number = number,
                       .single = single};
  table->cells[table->count++] = cell;
  return cell.run >= 0 && cell.column >= 0;
}

static int by_place(const void *left, const void *right) {
  const cell_t *a = left, *b = right;
  if (a->run != b->run) return a->run < b->run ? -1 : 1;
  if (a->step != b->step) return a->step < b->step ? -1 : 1;
  if (a->column != b->column) return a->column < b->column ? -1 : 1;
  return a->order < b->order ? -1 : 1;
}

static const char **names_of(const sumi_name_table_t *names) {
  const char **list = sumi_calloc(names->count + 1, sizeof *list);
  size_t cursor = 0;
  for (column_t *column; list && (column = sumi_name_table_next(names, &cursor));)
    list[column->number] = column->name.text;
  return list;
}

static void put_row(FILE *file, const cell_t *cells, size_t count, const char *run, int columns) {
  char text[NUMBER_TEXT_SIZE];
  sumi__command_csv_text(file, run);
  fprintf(file, ",%lld", (long long)cells[0].step);
  size_t at = 0;
  for (int column = 0; column < columns; ++column) {
    fputc(',', file);
    while (at + 1 < count && cells[at + 1].column == column && cells[at].column == column) ++at;
    if (at < count && cells[at].column == column) {
      fputs(sumi__command_number(cells[at].number, cells[at].single, text), file);
      ++at;
    }
  }
  fputc('\n', file);
}

static bool put_table(FILE *file, table_t *table) {
  const char **columns = names_of(&table->columns), **runs = names_of(&table->runs);
  if (columns && runs) {
    if (table->count) qsort(table->cells, table->count, sizeof *table->cells, by_place);
    fputs("run,step", file);
    for (size_t i = 0; i < table->columns.count; ++i) {
      fputc(',', file);
      sumi__command_csv_text(file, columns[i]);
    }
    fputc('\n', file);
    for (size_t i = 0, end; i < table->count; i = end) {
      const cell_t *first = &table->cells[i];
      for (end = i; end < table->count; ++end)
        if (table->cells[end].run != first->run || table->cells[end].step != first->step) break;
      put_row(file, first, end - i, runs[first->run], (int)table->columns.count);
    }
  }
  const bool done = columns && runs;
  sumi_free(columns);
  sumi_free(runs);
  return done;
}

static void release(table_t *table) {
  sumi_name_table_release(&table->columns);
  sumi_name_table_release(&table->runs);
  sumi_free(table->cells);
}

/* ---- Files ---- */

static const struct {
  const char *magic;
  size_t size;
  const char *ending;
} formats[] = {{"\x89PNG", 4, "png"}, {"\xFF\xD8\xFF", 3, "jpg"}, {"GIF8", 4, "gif"},
               {"BM", 2, "bmp"},      {"RIFF", 4, "wav"},         {"fLaC", 4, "flac"},
               {"OggS", 4, "ogg"}};

static const char *ending_of(const sumi_bytes_view_t *bytes, const char *otherwise) {
  for (size_t i = 0; i < sizeof formats / sizeof *formats; ++i)
    if (bytes->size_bytes >= formats[i].size &&
        memcmp(bytes->data, formats[i].magic, formats[i].size) == 0)
      return formats[i].ending;
  return otherwise;
}

/* A name that cannot climb out of the folder: letters, digits and - . = stay. */
static void put_name(sumi_buffer_t *path, const char *name) {
  for (const char *c = name; *c; ++c) {
    const unsigned char byte = (unsigned char)*c;
    const bool stays = byte >= 0x80 || isalnum(byte) || (strchr("-.=", byte) && c > name);
    sumi_buffer_putc(path, stays ? *c : '_');
  }
}

/* <folder>/<run>/<tag>_<step>[_<number>].<ending> */
static bool put_file(const arguments_t *arguments, const char *run, const char *tag, int64_t step,
                     int64_t number, const sumi_bytes_view_t *bytes, const char *ending) {
  sumi_buffer_t path = {0};
  sumi_buffer_printf(&path, "%s/", arguments->media);
  put_name(&path, run);
  sumi_status_t status = sumi_buffer_text(&path) ? sumi_file_make_directories(path.data)
                                                 : SUMI_RESOURCE_EXHAUSTED;
  sumi_buffer_putc(&path, '/');
  put_name(&path, tag);
  sumi_buffer_printf(&path, "_%lld", (long long)step);
  if (number >= 0) sumi_buffer_printf(&path, "_%lld", (long long)number);
  sumi_buffer_printf(&path, ".%s", ending);
  const sumi_file_part_t part = {bytes->data, bytes->size_bytes};
  if (status == SUMI_OK) status = sumi_buffer_status(&path, "a path");
  if (status == SUMI_OK) status = sumi_file_replace_path(sumi_buffer_text(&path), 1, &part);
  if (status != SUMI_OK) sumi__command_fail("%s", sumi_error_message());
  sumi_buffer_release(&path);
  return status == SUMI_OK;
}

static int64_t string_count(const sumi_event_strings_t *strings) {
  int64_t count = 1;
  for (int axis = 0; axis < strings->rank; ++axis) count *= strings->dims[axis];
  return count;
}

static bool put_media(const arguments_t *arguments, const char *run, int64_t step,
                      const sumi_event_value_t *value) {
  const char *plugin = sumi__command_plugin(value);
  const bool images = strcmp(plugin, "images") == 0, audio = strcmp(plugin, "audio") == 0;
  if (value->kind != SUMI_EVENT_STRINGS || (!images && !audio && strcmp(plugin, "text") != 0))
    return true;
  const int64_t first = images ? 2 : 0, all = string_count(&value->strings);
  /* Audio of TensorFlow 2 is [k, 2]: each clip with its label. */
  const int64_t every = audio && value->strings.rank == 2 ? value->strings.dims[1] : 1;
  const int64_t count = every > 0 ? (all - first) / every : 0;
  for (int64_t i = 0; i < count; ++i) {
    const sumi_bytes_view_t *bytes = &value->strings.items[first + i * every];
    const char *ending = ending_of(bytes, images ? "png" : audio ? "wav" : "txt");
    if (!put_file(arguments, run, value->tag, step, count > 1 ? i : -1, bytes, ending))
      return false;
  }
  return true;
}

/* ---- All of it ---- */

static bool put_value(const arguments_t *arguments, FILE *file, table_t *table, const char *run,
                      const sumi_event_t *event, const sumi_event_value_t *value) {
  double number;
  const bool single = value->kind == SUMI_EVENT_SCALAR;
  if (strcmp(sumi__command_plugin(value), "scalars") != 0 ||
      sumi_event_value_number(value, &number) != SUMI_OK)
    return !arguments->media || put_media(arguments, run, event->step, value);
  if (arguments->wide) {
    if (add_cell(table, run, value->tag, event->step, number, single)) return true;
    sumi__command_fail("out of memory");
    return false;
  }
  const bool json = arguments->format && strcmp(arguments->format, "jsonl") == 0;
  (json ? put_jsonl : put_csv)(file, run, value->tag, event, number, single);
  return true;
}

static int put_all(const arguments_t *arguments, FILE *file, source_t *source, table_t *table) {
  sumi_status_t status;
  sumi_event_t event;
  const char *run;
  if (!arguments->wide && (!arguments->format || strcmp(arguments->format, "csv") == 0))
    fputs("run,tag,step,wall_time,value\n", file);
  while ((status = sumi__command_next(source, &event, &run)) == SUMI_OK)
    for (size_t i = 0; i < event.value_count; ++i)
      if (sumi__command_wanted(arguments, &event, &event.values[i]) &&
          !put_value(arguments, file, table, run, &event, &event.values[i]))
        return EXIT_FAILED;
  if (status != SUMI_OUT_OF_RANGE) return EXIT_FAILED;
  if (arguments->wide && !put_table(file, table)) return sumi__command_fail("out of memory");
  return EXIT_FINE;
}

static int export(const arguments_t *arguments) {
  if (arguments->wide && arguments->format && strcmp(arguments->format, "csv") != 0) {
    sumi__command_fail("export: a wide table is csv");
    return EXIT_MISUSED;
  }
  source_t *source = sumi__command_open(arguments);
  if (!source) return EXIT_FAILED;
  FILE *file = arguments->output ? fopen(arguments->output, "w") : stdout;
  int status = file ? EXIT_FINE : sumi__command_fail("%s: %s", arguments->output, strerror(errno));
  table_t table = {0};
  if (file) status = put_all(arguments, file, source, &table);
  if (file && file != stdout && (ferror(file) | (fclose(file) != 0)))
    status = sumi__command_fail("%s could not be written", arguments->output);
  release(&table);
  sumi__command_close(source);
  return status;
}

const command_t sumi__command_export = {
    .name = "export",
    .summary = "Scalars as a table: run, tag, step, wall time and value",
    .options = "rtsFwom",
    .details = "With --media, pictures, audio and texts become FOLDER/RUN/TAG_STEP files.\n",
    .run = export};
