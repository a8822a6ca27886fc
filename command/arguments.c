#include "command.h"

#include <fnmatch.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <sumi/decimal.h>

static const struct {
  char letter;
  const char *name, *value, *help; /* value NULL: takes none */
} options[] = {
    {'r', "run", "PATTERN", "only runs whose names fit the shell pattern; may be given again"},
    {'t', "tag", "PATTERN", "only tags that fit the shell pattern; may be given again"},
    {'s', "steps", "A:B", "only steps from A to B; either may be left out"},
    {'n', "lines", "N", "so many lines (10)"},
    {'f', "follow", NULL, "go on with what is added, until Ctrl-C"},
    {'j', "json", NULL,
     "JSON, an object a line; numbers that JSON lacks are \"nan\", \"inf\", \"-inf\""},
    {'F', "format", "NAME", "csv (default) or jsonl"},
    {'w', "wide", NULL, "a line for each run and step, with a column for each tag"},
    {'m', "media", "FOLDER", "also write pictures, audio and texts to files there"},
    {'o', "output", "PATH", "write there instead of to standard output"},
    {'l', "lax", NULL, "steps that only some of the runs have, too"},
    {'T', "tolerance", "X", "numbers differ when they are further apart than X times the larger"},
    {'S', "from-step", "N", "leave out everything at step N and later"},
    {'i', "in-place", NULL, "change the files themselves, each whole or not at all"},
};

enum { OPTION_COUNT = sizeof options / sizeof *options };

int sumi__command_fail(const char *format, ...) {
  va_list args;
  va_start(args, format);
  fputs("sumi: ", stderr);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
  return EXIT_FAILED;
}

static int misused(const command_t *command, const char *format, ...) SUMI_PRINTF(2, 3);
static int misused(const command_t *command, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fprintf(stderr, "sumi %s: ", command->name);
  vfprintf(stderr, format, args);
  fprintf(stderr, " (see sumi help %s)\n", command->name);
  va_end(args);
  return EXIT_MISUSED;
}

void sumi__command_help(const command_t *command) {
  printf("usage: sumi %s [OPTION…] [PATH…]\n\n%s. A PATH is a run, a folder of runs or an event "
         "file, - is standard input; without one\nit is the folder runs.\n%s\n",
         command->name, command->summary, command->details);
  for (int i = 0; i < OPTION_COUNT; ++i)
    if (strchr(command->options, options[i].letter))
      printf("  -%c, --%s%s%s\n        %s\n", options[i].letter, options[i].name,
             options[i].value ? " " : "", options[i].value ? options[i].value : "",
             options[i].help);
  puts("\nExit status: 0 done, 1 not done, 2 wrong arguments, 3 damage or differences were\nfound "
       "(verify, repair, diff).");
}

/* The command's options for getopt_long. */
static void fill_options(const command_t *command, struct option *longs, char *letters) {
  *letters++ = ':'; /* a missing value is told apart from an unknown option */
  for (int i = 0; i < OPTION_COUNT; ++i) {
    if (!strchr(command->options, options[i].letter)) continue;
    *longs++ = (struct option){options[i].name, options[i].value ? required_argument : no_argument,
                               NULL, options[i].letter};
    *letters++ = options[i].letter;
    if (options[i].value) *letters++ = ':';
  }
  *longs++ = (struct option){"help", no_argument, NULL, 'h'};
  *longs = (struct option){0};
  *letters++ = 'h';
  *letters = '\0';
}

static bool read_number(const char *text, int64_t *number) {
  char *end;
  const long long read = strtoll(text, &end, 10);
  if (end == text || *end) return false;
  *number = read;
  return true;
}

static bool read_steps(const char *text, arguments_t *arguments) {
  char first[32] = "";
  const char *colon = strchr(text, ':');
  if (!colon || colon - text >= (int)sizeof first) return false;
  memcpy(first, text, (size_t)(colon - text));
  return (!first[0] || read_number(first, &arguments->first_step)) &&
         (!colon[1] || read_number(colon + 1, &arguments->last_step));
}

static bool add_pattern(patterns_t *patterns, const char *pattern) {
  if (patterns->count == MAX_PATTERNS) return false;
  patterns->list[patterns->count++] = pattern;
  return true;
}

/* false: the value is none of its option. */
static bool take(arguments_t *a, int letter, const char *value) {
  switch (letter) {
  case 'r': return add_pattern(&a->runs, value);
  case 't': return add_pattern(&a->tags, value);
  case 's': return read_steps(value, a);
  case 'n': return read_number(value, &a->count) && a->count >= 0;
  case 'S': return read_number(value, &a->from_step) && a->from_step >= 0;
  case 'f': return a->follow = true;
  case 'j': return a->json = true;
  case 'w': return a->wide = true;
  case 'l': return a->lax = true;
  case 'T': return sumi_decimal_read(value, &a->tolerance) && a->tolerance >= 0;
  case 'i': return a->in_place = true;
  case 'F': a->format = value; return strcmp(value, "csv") == 0 || strcmp(value, "jsonl") == 0;
  case 'm': a->media = value; return true;
  default: a->output = value; return true;
  }
}

int sumi__command_arguments(const command_t *command, int argc, char **argv, arguments_t *a) {
  static const char *const default_paths[] = {"runs"};
  struct option longs[OPTION_COUNT + 2];
  char letters[2 * OPTION_COUNT + 3];
  fill_options(command, longs, letters);
  *a = (arguments_t){.first_step = INT64_MIN, .last_step = INT64_MAX, .count = 10, .from_step = -1};
  opterr = 0;
  int letter;
  while ((letter = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
    if (letter == 'h') {
      sumi__command_help(command);
      return EXIT_FINE;
    }
    if (letter == '?') return misused(command, "unknown option %s", argv[optind - 1]);
    if (letter == ':') return misused(command, "%s needs a value", argv[optind - 1]);
    if (!take(a, letter, optarg))
      return misused(command, "'%s' is no value of -%c", optarg, letter);
  }
  a->path_count = argc - optind;
  a->paths = (const char *const *)argv + optind;
  if (a->path_count == 0) {
    a->paths = default_paths;
    a->path_count = 1;
  }
  return -1;
}

bool sumi__command_fits(const patterns_t *patterns, const char *text) {
  for (int i = 0; i < patterns->count; ++i)
    if (fnmatch(patterns->list[i], text, 0) == 0) return true;
  return patterns->count == 0;
}

bool sumi__command_wanted(const arguments_t *arguments, const sumi_event_t *event,
                          const sumi_event_value_t *value) {
  return event->step >= arguments->first_step && event->step <= arguments->last_step &&
         sumi__command_fits(&arguments->tags, value->tag);
}
