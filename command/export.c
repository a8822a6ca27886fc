/* sumi export: scalars as tables, pictures, audio and texts as files. */
#include "export_npz.h"
#include "series.h"
#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sumi/alloc.h>
#include <sumi/buffer.h>
#include <sumi/file.h>

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

/* The points of one run and step. */
static void put_row(FILE *file, const point_t *points, size_t count, const char *run, int columns) {
  char text[NUMBER_TEXT_SIZE];
  sumi__command_csv_text(file, run);
  fprintf(file, ",%lld", (long long)points[0].step);
  size_t at = 0;
  for (int column = 0; column < columns; ++column) {
    fputc(',', file);
    if (at == count || points[at].tag != column) continue;
    fputs(sumi__command_number(points[at].value, points[at].single, text), file);
    ++at;
  }
  fputc('\n', file);
}

static bool put_table(FILE *file, series_t *series) {
  const char **tags = sumi__command_series_names(&series->tags);
  const char **runs = sumi__command_series_names(&series->runs);
  if (tags && runs) {
    sumi__command_series_sort(series, BY_RUN);
    fputs("run,step", file);
    for (size_t i = 0; i < series->tags.count; ++i) {
      fputc(',', file);
      sumi__command_csv_text(file, tags[i]);
    }
    fputc('\n', file);
    for (size_t i = 0, end; i < series->count; i = end) {
      const point_t *first = &series->points[i];
      for (end = i; end < series->count; ++end)
        if (series->points[end].run != first->run || series->points[end].step != first->step) break;
      put_row(file, first, end - i, runs[first->run], (int)series->tags.count);
    }
  }
  const bool done = tags && runs;
  sumi_free(tags);
  sumi_free(runs);
  return done;
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

static bool put_media(const arguments_t *arguments, const char *run, int64_t step,
                      const sumi_event_value_t *value) {
  const char *plugin = sumi__command_plugin(value);
  const bool images = strcmp(plugin, "images") == 0, audio = strcmp(plugin, "audio") == 0;
  if (value->kind != SUMI_EVENT_STRINGS || (!images && !audio && strcmp(plugin, "text") != 0))
    return true;
  const int64_t first = images ? 2 : 0, all = sumi__command_string_count(&value->strings);
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

static bool has_format(const arguments_t *arguments, const char *format) {
  return strcmp(arguments->format ? arguments->format : "csv", format) == 0;
}

static bool put_value(const arguments_t *arguments, FILE *file, series_t *series, const char *run,
                      const sumi_event_t *event, const sumi_event_value_t *value) {
  double number;
  const bool single = value->kind == SUMI_EVENT_SCALAR;
  if (!sumi__command_is_scalar(value, &number))
    return !arguments->media || put_media(arguments, run, event->step, value);
  if (arguments->wide || has_format(arguments, "npz")) {
    if (sumi__command_series_add(series, run, value->tag, event->step, number, single)) {
      series->points[series->count - 1].time_s = event->wall_time_s;
      return true;
    }
    sumi__command_fail("out of memory");
    return false;
  }
  (has_format(arguments, "jsonl") ? put_jsonl : put_csv)(file, run, value->tag, event, number,
                                                         single);
  return true;
}

static int put_all(const arguments_t *arguments, FILE *file, source_t *source, series_t *series) {
  sumi_status_t status;
  sumi_event_t event;
  const char *run;
  if (!arguments->wide && has_format(arguments, "csv"))
    fputs("run,tag,step,wall_time,value\n", file);
  while ((status = sumi__command_next(source, &event, &run)) == SUMI_OK)
    for (size_t i = 0; i < event.value_count; ++i)
      if (sumi__command_wanted(arguments, &event, &event.values[i]) &&
          !put_value(arguments, file, series, run, &event, &event.values[i]))
        return EXIT_FAILED;
  if (status != SUMI_OUT_OF_RANGE) return EXIT_FAILED;
  if (has_format(arguments, "npz")) return sumi__command_export_npz(arguments, series);
  if (arguments->wide && !put_table(file, series)) return sumi__command_fail("out of memory");
  return EXIT_FINE;
}

/* -1 to go on. */
static int check(const arguments_t *arguments) {
  if (arguments->wide && has_format(arguments, "jsonl"))
    return sumi__command_misused("export", "a wide table is csv or npz");
  if (has_format(arguments, "npz") && !arguments->output)
    return sumi__command_misused("export", "npz needs --output FILE");
  return -1;
}

static int export(const arguments_t *arguments) {
  const int misused = check(arguments);
  if (misused >= 0) return misused;
  source_t *source = sumi__command_open(arguments);
  if (!source) return EXIT_FAILED;
  const bool opens = arguments->output && !has_format(arguments, "npz");
  FILE *file = opens ? fopen(arguments->output, "w") : stdout;
  int status = file ? EXIT_FINE : sumi__command_fail("%s: %s", arguments->output, strerror(errno));
  series_t series = {0};
  if (file) status = put_all(arguments, file, source, &series);
  if (file && file != stdout && (ferror(file) | (fclose(file) != 0)))
    status = sumi__command_fail("%s could not be written", arguments->output);
  sumi__command_series_release(&series);
  sumi__command_close(source);
  return status;
}

const command_t sumi__command_export = {
    .name = "export",
    .summary = "Scalars as a table: run, tag, step, wall time and value",
    .options = "run tag steps format wide output media",
    .details = "With --media, pictures, audio and texts become FOLDER/RUN/TAG_STEP files. An npz "
               "file holds the\ncolumns as arrays of NumPy's.\n",
    .run = export};
