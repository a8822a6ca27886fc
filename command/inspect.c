/* sumi inspect: what runs hold. */
#include "command.h"
#include "names.h"
#include "text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sumi/alloc.h>

/* A tag of a run. */
typedef struct tag {
  sumi_name_t name;
  char plugin[64];
  int64_t count, first_step, last_step;
  sumi_event_form_t form; /* of the first value */
} tag_t;

/* What was met of a run, in the order of meeting. */
typedef struct survey {
  sumi_name_t name;
  sumi_name_table_t tags;
  int64_t events, values, graphs, first_step, last_step;
  double first_time_s, last_time_s;
  bool has_step;
} survey_t;

static tag_t *find_tag(survey_t *survey, const sumi_event_value_t *value, int64_t step) {
  tag_t *tag = sumi_name_table_find(&survey->tags, value->tag);
  if (tag) return tag;
  tag = sumi_name_table_make(&survey->tags, value->tag, sizeof *tag);
  if (!tag || !sumi_name_table_add(&survey->tags, tag)) return NULL;
  snprintf(tag->plugin, sizeof tag->plugin, "%s", sumi__command_plugin(value));
  tag->first_step = tag->last_step = step;
  tag->form = value->form;
  return tag;
}

static bool add_values(survey_t *survey, const arguments_t *arguments, const sumi_event_t *event) {
  for (size_t i = 0; i < event->value_count; ++i) {
    if (!sumi__command_wanted(arguments, event, &event->values[i])) continue;
    tag_t *tag = find_tag(survey, &event->values[i], event->step);
    if (!tag) return false;
    ++survey->values;
    ++tag->count;
    if (event->step < tag->first_step) tag->first_step = event->step;
    if (event->step > tag->last_step) tag->last_step = event->step;
    if (!survey->has_step || event->step < survey->first_step) survey->first_step = event->step;
    if (!survey->has_step || event->step > survey->last_step) survey->last_step = event->step;
    survey->has_step = true;
  }
  return true;
}

static bool add_event(survey_t *survey, const arguments_t *arguments, const sumi_event_t *event) {
  const double time_s = event->wall_time_s;
  if (isfinite(time_s) && (survey->first_time_s == 0 || time_s < survey->first_time_s))
    survey->first_time_s = time_s;
  if (isfinite(time_s) && time_s > survey->last_time_s) survey->last_time_s = time_s;
  survey->graphs += event->kind == SUMI_EVENT_GRAPH_DEF;
  ++survey->events;
  return add_values(survey, arguments, event);
}

/* ---- Showing ---- */

static int64_t size_of(const shown_run_t *run) {
  int64_t size = 0;
  struct stat info;
  for (size_t i = 0; i < run->file_count; ++i)
    if (stat(run->files[i], &info) == 0) size += info.st_size;
  return size;
}

static void print_text(const shown_run_t *run, const survey_t *survey, tag_t **tags) {
  char begun[TIME_TEXT_SIZE];
  printf("%s\n  %zu file%s, %lld bytes, %lld events", run->name, run->file_count,
         run->file_count == 1 ? "" : "s", (long long)size_of(run), (long long)survey->events);
  if (survey->has_step)
    printf(", steps %lld to %lld", (long long)survey->first_step, (long long)survey->last_step);
  printf(", begun %s, %.0f s long\n", sumi__command_time(survey->first_time_s, begun),
         survey->last_time_s - survey->first_time_s);
  if (survey->graphs) puts("  a graph");
  if (run->damage.places)
    printf("  DAMAGED in %llu place%s: %llu bytes cannot be read\n",
           (unsigned long long)run->damage.places, run->damage.places == 1 ? "" : "s",
           (unsigned long long)run->damage.skipped_bytes);
  int width = 0;
  for (int i = 0; tags[i]; ++i)
    if (sumi__command_characters(tags[i]->name.text) > width)
      width = sumi__command_characters(tags[i]->name.text);
  for (; *tags; ++tags) {
    fputs("  ", stdout);
    sumi__command_plain(stdout, (*tags)->name.text, (*tags)->name.size_bytes);
    printf("%*s  %-14s %8lld value%s steps %lld to %lld\n",
           width - sumi__command_characters((*tags)->name.text), "", (*tags)->plugin,
           (long long)(*tags)->count, (*tags)->count == 1 ? ", " : "s,",
           (long long)(*tags)->first_step, (long long)(*tags)->last_step);
  }
}

static void print_json_tags(tag_t **tags) {
  for (int i = 0; tags[i]; ++i) {
    fputs(i ? ",{\"tag\":" : "{\"tag\":", stdout);
    sumi__command_json_text(stdout, tags[i]->name.text, tags[i]->name.size_bytes);
    fputs(",\"plugin\":", stdout);
    sumi__command_json_text(stdout, tags[i]->plugin, strlen(tags[i]->plugin));
    printf(",\"count\":%lld,\"first_step\":%lld,\"last_step\":%lld}", (long long)tags[i]->count,
           (long long)tags[i]->first_step, (long long)tags[i]->last_step);
  }
}

static void print_json(const shown_run_t *run, const survey_t *survey, tag_t **tags) {
  fputs("{\"run\":", stdout);
  sumi__command_json_text(stdout, run->name, strlen(run->name));
  fputs(",\"files\":[", stdout);
  for (size_t i = 0; i < run->file_count; ++i) {
    if (i) fputc(',', stdout);
    sumi__command_json_text(stdout, run->files[i], strlen(run->files[i]));
  }
  printf("],\"bytes\":%lld,\"events\":%lld,\"values\":%lld,\"graphs\":%lld,",
         (long long)size_of(run), (long long)survey->events, (long long)survey->values,
         (long long)survey->graphs);
  if (survey->has_step)
    printf("\"first_step\":%lld,\"last_step\":%lld,", (long long)survey->first_step,
           (long long)survey->last_step);
  fputs("\"first_wall_time\":", stdout);
  sumi__command_json_number(stdout, survey->first_time_s, false);
  fputs(",\"last_wall_time\":", stdout);
  sumi__command_json_number(stdout, survey->last_time_s, false);
  printf(",\"damaged_places\":%llu,\"damaged_bytes\":%llu,\"tags\":[",
         (unsigned long long)run->damage.places, (unsigned long long)run->damage.skipped_bytes);
  print_json_tags(tags);
  puts("]}");
}

static bool print_run(const arguments_t *arguments, const shown_run_t *run,
                      const sumi_name_table_t *surveys) {
  static const survey_t nothing; /* a run without a single event */
  const survey_t *survey = sumi_name_table_find(surveys, run->name);
  if (!survey) survey = &nothing;
  tag_t **tags = (tag_t **)sumi__command_sorted(&survey->tags);
  if (!tags) return false;
  (arguments->json ? print_json : print_text)(run, survey, tags);
  sumi_free(tags);
  return true;
}

static void release(sumi_name_table_t *surveys) {
  size_t cursor = 0;
  for (survey_t *survey; (survey = sumi_name_table_next(surveys, &cursor));)
    sumi_name_table_release(&survey->tags);
  sumi_name_table_release(surveys);
}

static int inspect(const arguments_t *arguments) {
  source_t *source = sumi__command_open(arguments);
  if (!source) return EXIT_FAILED;
  sumi_name_table_t surveys = {0};
  sumi_status_t status;
  sumi_event_t event;
  const char *run;
  bool enough = true; /* memory */
  while (enough && (status = sumi__command_next(source, &event, &run)) == SUMI_OK) {
    survey_t *survey = sumi__command_named(&surveys, run, sizeof *survey);
    enough = survey && add_event(survey, arguments, &event);
  }
  for (size_t i = 0; enough && i < sumi__command_run_count(source); ++i) {
    const shown_run_t shown = sumi__command_run(source, i);
    enough = print_run(arguments, &shown, &surveys);
  }
  release(&surveys);
  sumi__command_close(source);
  if (!enough) return sumi__command_fail("out of memory");
  return status == SUMI_OUT_OF_RANGE ? EXIT_FINE : EXIT_FAILED;
}

const command_t sumi__command_inspect = {
    .name = "inspect",
    .summary = "What runs hold: files, tags, their kinds, counts and steps, damage",
    .options = "run tag steps json",
    .details = "",
    .run = inspect};
