/* sumi cat, sumi tail: values, one a line. */
#include "command.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#include <sumi/alloc.h>

static void print_text(FILE *file, const char *run, const sumi_event_t *event,
                       const sumi_event_value_t *value) {
  char time[TIME_TEXT_SIZE];
  sumi__command_plain(file, run, strlen(run));
  fputc('\t', file);
  sumi__command_plain(file, value->tag, strlen(value->tag));
  fprintf(file, "\t%lld\t%s\t", (long long)event->step,
          sumi__command_time(event->wall_time_s, time));
  sumi__command_value(file, value);
  fputc('\n', file);
}

static void print_json(FILE *file, const char *run, const sumi_event_t *event,
                       const sumi_event_value_t *value) {
  const char *plugin = sumi__command_plugin(value);
  fputs("{\"run\":", file);
  sumi__command_json_text(file, run, strlen(run));
  fputs(",\"tag\":", file);
  sumi__command_json_text(file, value->tag, strlen(value->tag));
  fprintf(file, ",\"step\":%lld,\"wall_time\":", (long long)event->step);
  sumi__command_json_number(file, event->wall_time_s, false);
  fputs(",\"plugin\":", file);
  sumi__command_json_text(file, plugin, strlen(plugin));
  fputs(",\"value\":", file);
  sumi__command_json_value(file, value);
  fputs("}\n", file);
}

static void print(FILE *file, const arguments_t *arguments, const char *run,
                  const sumi_event_t *event, const sumi_event_value_t *value) {
  (arguments->json ? print_json : print_text)(file, run, event, value);
}

/* ---- The last lines ---- */

typedef struct ring {
  char **lines;
  int64_t capacity, count; /* of lines that went in */
} ring_t;

static bool keep(ring_t *ring, const arguments_t *arguments, const char *run,
                 const sumi_event_t *event, const sumi_event_value_t *value) {
  if (ring->capacity == 0) return true;
  char **line = &ring->lines[ring->count++ % ring->capacity];
  size_t size;
  free(*line);
  *line = NULL;
  FILE *memory = open_memstream(line, &size);
  if (!memory) return false;
  print(memory, arguments, run, event, value);
  return fclose(memory) == 0;
}

static void print_kept(ring_t *ring) {
  const int64_t first = ring->count > ring->capacity ? ring->count - ring->capacity : 0;
  for (int64_t i = first; i < ring->count; ++i) {
    char **line = &ring->lines[i % ring->capacity];
    fputs(*line, stdout);
    free(*line);
    *line = NULL;
  }
  sumi_free(ring->lines);
  *ring = (ring_t){0};
}

/* ---- Reading ---- */

/* To the present end; into the ring when there is one. */
static sumi_status_t read_on(source_t *source, const arguments_t *arguments, ring_t *ring) {
  sumi_event_t event;
  const char *run;
  sumi_status_t status;
  while ((status = sumi__command_next(source, &event, &run)) == SUMI_OK)
    for (size_t i = 0; i < event.value_count; ++i) {
      const sumi_event_value_t *value = &event.values[i];
      if (!sumi__command_wanted(arguments, &event, value)) continue;
      if (!ring)
        print(stdout, arguments, run, &event, value);
      else if (!keep(ring, arguments, run, &event, value))
        return SUMI_RESOURCE_EXHAUSTED;
    }
  return status;
}

static sumi_status_t follow(source_t *source, const arguments_t *arguments) {
  sumi_status_t status = SUMI_OUT_OF_RANGE;
  while (status == SUMI_OUT_OF_RANGE && fflush(stdout) == 0) {
    status = sumi__command_wait(source);
    if (status == SUMI_OK) status = read_on(source, arguments, NULL);
  }
  return status;
}

static int show(const arguments_t *arguments, bool only_the_last) {
  ring_t ring = {.capacity = arguments->count};
  if (only_the_last) {
    ring.lines = sumi_calloc((size_t)(ring.capacity ? ring.capacity : 1), sizeof *ring.lines);
    if (!ring.lines) return sumi__command_fail("out of memory");
  }
  source_t *source = sumi__command_open(arguments);
  sumi_status_t status = SUMI_UNAVAILABLE;
  if (source) status = read_on(source, arguments, only_the_last ? &ring : NULL);
  if (only_the_last) print_kept(&ring);
  if (source && arguments->follow && status == SUMI_OUT_OF_RANGE)
    status = follow(source, arguments);
  sumi__command_close(source);
  return status == SUMI_OUT_OF_RANGE ? EXIT_FINE : EXIT_FAILED;
}

static int cat(const arguments_t *arguments) {
  return show(arguments, false);
}

static int tail(const arguments_t *arguments) {
  return show(arguments, true);
}

const command_t sumi__command_cat = {
    .name = "cat",
    .summary = "All values, a line each: run, tag, step, time, value",
    .options = "run tag steps json",
    .details = "The fields are separated by tabs.\n",
    .run = cat};

const command_t sumi__command_tail = {.name = "tail",
                                      .summary = "The last values, and with -f those to come",
                                      .options = "run tag steps lines follow json",
                                      .details = "",
                                      .run = tail};
