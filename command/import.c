/* sumi import: tables and logs as runs. */
#include "import.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include <sumi/alloc.h>
#include <sumi/buffer.h>
#include <sumi/decimal.h>
#include <sumi/event_writer.h>

void sumi__command_import_fail(import_t *import, const char *format, ...) {
  char text[512];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (!import->failed)
    sumi__command_fail("%s, line %lld: %s", import->path, (long long)import->line, text);
  import->failed = true;
}

double sumi__command_import_number(import_t *import, const char *what, const char *text) {
  double number = NAN;
  if (!sumi_decimal_read(text, &number))
    sumi__command_import_fail(import, "%s is '%s', which is no number", what, text);
  return number;
}

int64_t sumi__command_import_step(import_t *import, const char *text) {
  const double step = sumi__command_import_number(import, "the step", text);
  if (step >= 0 && step <= (double)SUMI_MAX_STEP && floor(step) == step) return (int64_t)step;
  sumi__command_import_fail(import, "the step is %s; whole numbers from 0 to %lld are allowed",
                            text, (long long)SUMI_MAX_STEP);
  return 0;
}

void sumi__command_import_add(import_t *import, const import_place_t *place, const char *tag,
                              double value) {
  const char *run = place->run ? place->run : import->run;
  const arguments_t *arguments = import->arguments;
  if (import->failed || place->step < arguments->first_step || place->step > arguments->last_step ||
      !sumi__command_fits(&arguments->tags, tag) || !sumi__command_fits(&arguments->runs, run))
    return;
  if (!tag[0]) sumi__command_import_fail(import, "a tag is empty");
  if (!sumi__command_series_add(&import->series, run, tag, place->step, value, true))
    sumi__command_import_fail(import, "out of memory");
  else
    import->series.points[import->series.count - 1].time_s = place->time_s;
}

/* ---- Writing ---- */

/* A run below the folder, not beside it. */
static bool climbs(const char *run) {
  if (run[0] == '/' || !run[0]) return true;
  for (const char *part = run; part; part = strchr(part, '/')) {
    part += *part == '/';
    if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || !part[2])) return true;
  }
  return false;
}

static sumi_event_writer_t *open_run(const char *folder, const char *run, sumi_status_t *status) {
  sumi_buffer_t path = {0};
  sumi_buffer_printf(&path, strcmp(run, ".") == 0 ? "%s" : "%s/%s", folder, run);
  sumi_event_writer_t *writer = NULL;
  if (climbs(run))
    *status = sumi_fail(SUMI_INVALID_ARGUMENT, "the run \"%s\" is no folder below %s", run, folder);
  else if (sumi_buffer_text(&path))
    writer = sumi_event_writer_open(path.data, status, .existing = SUMI_RUN_REFUSE,
                                    .simple_values = true);
  else
    *status = sumi_fail_alloc("a path", path.size);
  sumi_buffer_release(&path);
  return writer;
}

/* The values of one run, step and time are one event. */
static sumi_status_t put_step(sumi_event_writer_t *writer, const point_t *points, size_t count,
                              const char **tags) {
  sumi_event_value_t *values = sumi_calloc(count, sizeof *values);
  if (!values) return sumi_fail_alloc("the values", count);
  for (size_t i = 0; i < count; ++i)
    values[i] = (sumi_event_value_t){.tag = tags[points[i].tag], .scalar = (float)points[i].value};
  const sumi_status_t status = sumi_event_writer_values(writer, points[0].step, points[0].time_s,
                                                        values, count);
  sumi_free(values);
  return status;
}

static sumi_status_t put_run(const char *folder, const char *run, const point_t *points,
                             size_t count, const char **tags) {
  sumi_status_t status = SUMI_OK;
  sumi_event_writer_t *writer = open_run(folder, run, &status);
  if (!writer) return status;
  for (size_t i = 0, end; i < count && status == SUMI_OK; i = end) {
    end = i;
    while (end < count && points[end].step == points[i].step &&
           points[end].time_s == points[i].time_s)
      ++end;
    status = put_step(writer, points + i, end - i, tags);
  }
  const sumi_status_t closed = sumi_event_writer_close(writer);
  return status == SUMI_OK ? closed : status;
}

static sumi_status_t put_all(series_t *series, const char *folder) {
  const char **runs = sumi__command_series_names(&series->runs);
  const char **tags = sumi__command_series_names(&series->tags);
  sumi_status_t status = runs && tags ? SUMI_OK : sumi_fail_alloc("names", series->tags.count);
  sumi__command_series_sort(series, BY_RUN);
  for (size_t i = 0, end; status == SUMI_OK && i < series->count; i = end) {
    for (end = i; end < series->count && series->points[end].run == series->points[i].run;) ++end;
    const point_t *points = &series->points[i];
    status = put_run(folder, runs[points->run], points, end - i, tags);
  }
  sumi_free(runs);
  sumi_free(tags);
  return status;
}

/* ---- Reading ---- */

static const struct format {
  const char *name;
  const char *endings; /* of files, each between dots */
  void (*read)(import_t *import, FILE *file);
} formats[] = {{"csv", ".csv.", sumi__command_import_csv},
               {"jsonl", ".json.jsonl.ndjson.", sumi__command_import_json},
               {"log", ".log.txt.out.", sumi__command_import_log}};

enum { FORMAT_COUNT = sizeof formats / sizeof *formats };

/* What is asked for, or what the file's name says; a pattern is one of logs. */
static const struct format *format_of(const arguments_t *arguments, const char *path) {
  const char *name = arguments->from ? arguments->from : NULL, *dot = strrchr(path, '.');
  char ending[32] = "";
  if (!name && arguments->patterns.count > 0) name = "log";
  if (dot) snprintf(ending, sizeof ending, "%s.", dot);
  for (int i = 0; i < FORMAT_COUNT; ++i)
    if (name ? strcmp(formats[i].name, name) == 0 : dot && strstr(formats[i].endings, ending))
      return &formats[i];
  return name || strcmp(path, "-") != 0 ? NULL : &formats[0];
}

/* Values of several files are told apart by the files' names, without their ending. */
static char *run_of(const arguments_t *arguments, const char *path) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  const char *dot = strrchr(name, '.');
  if (arguments->path_count == 1) return sumi_strdup(".");
  char *run = sumi_strdup(name);
  if (run && dot && dot > name) run[dot - name] = '\0';
  return run;
}

static void read_path(import_t *import, const char *path) {
  const struct format *format = format_of(import->arguments, path);
  FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
  char *run = run_of(import->arguments, path);
  import->path = path;
  import->run = run;
  import->line = 1;
  if (!file)
    sumi__command_fail("%s: %s", path, strerror(errno));
  else if (run)
    format->read(import, file);
  if (file && ferror(file)) sumi__command_import_fail(import, "%s", strerror(errno));
  import->failed |= !file || !run;
  if (file && file != stdin) fclose(file);
  sumi_free(run);
}

/* Two files of the same name would be one run, mixed. */
static int check_names(const arguments_t *arguments) {
  for (int i = 0; i < arguments->path_count; ++i)
    for (int k = 0; k < i; ++k) {
      char *run = run_of(arguments, arguments->paths[i]);
      char *other = run_of(arguments, arguments->paths[k]);
      const bool same = run && other && strcmp(run, other) == 0;
      sumi_free(run);
      sumi_free(other);
      if (same)
        return sumi__command_misused("import", "%s and %s would both be the run of their name",
                                     arguments->paths[k], arguments->paths[i]);
    }
  return -1;
}

static int check(const arguments_t *arguments) {
  if (!arguments->output) return sumi__command_misused("import", "--output FOLDER is needed");
  if (arguments->path_count == 0) return sumi__command_misused("import", "a FILE is needed");
  for (int i = 0; i < arguments->path_count; ++i) {
    const struct format *format = format_of(arguments, arguments->paths[i]);
    if (!format)
      return sumi__command_misused("import", "%s: --from csv, jsonl or log is needed",
                                   arguments->paths[i]);
    if (format->read == sumi__command_import_log && arguments->patterns.count == 0)
      return sumi__command_misused("import", "a log needs --pattern");
  }
  return check_names(arguments);
}

static int import_files(const arguments_t *arguments) {
  const int misused = check(arguments);
  if (misused >= 0) return misused;
  import_t import = {.arguments = arguments};
  for (int i = 0; i < arguments->path_count && !import.failed; ++i)
    read_path(&import, arguments->paths[i]);
  if (!import.failed && put_all(&import.series, arguments->output) != SUMI_OK) {
    sumi__command_fail("%s", sumi_error_message());
    import.failed = true;
  }
  if (!import.failed && import.series.count == 0) fputs("sumi: there was no value\n", stderr);
  sumi__command_series_release(&import.series);
  return import.failed ? EXIT_FAILED : EXIT_FINE;
}

const command_t sumi__command_import = {
    .name = "import",
    .summary = "Tables and logs as scalars of new runs below --output",
    .operands = "FILE…",
    .options = "from pattern run tag steps output",
    .details =
        "csv and jsonl have a step and numbers, or step, tag and value, and may have run and "
        "wall_time. A log is\nread by patterns: {NAME} is a number, * anything, a blank any "
        "blanks. {step} is the step; lines\nwithout one have that of the line before.\n"
        "  llm.c    --pattern 'step {step}/* | loss {loss} * | norm {norm} * | lr {lr} | {ms} ms'\n"
        "           --pattern 'val loss {val_loss}'\n"
        "  darknet  --pattern '{step}: {loss}, {average} avg* {rate} rate, {seconds} seconds'\n",
    .run = import_files};
