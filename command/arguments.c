#include "command.h"

#include <fnmatch.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sumi/decimal.h>

/* What an option's value is, and so what becomes of it. */
typedef enum value_kind {
  FLAG,     /* bool: true */
  TEXT,     /* const char * */
  COUNT,    /* int64_t, not negative */
  NUMBER,   /* double, not negative */
  TIME,     /* double: seconds since the epoch, from those or a local date and time */
  SIZE,     /* both of width and height: "WxH" */
  STEPS,    /* both of first_step and last_step: "A:B" */
  PATTERNS, /* patterns_t: one more */
  CHOICE    /* const char *: one of those between the bars of .value */
} value_kind_t;

#define MEMBER(name) offsetof(arguments_t, name)

static const struct option_row {
  char letter; /* these as in option_text_t */
  const char *name, *value;
  value_kind_t kind;
  size_t member; /* of arguments_t */
  const char *help;
} options[] = {
    {'r', "run", "PATTERN", PATTERNS, MEMBER(runs),
     "only runs whose names fit the shell pattern; may be given again"},
    {'t', "tag", "PATTERN", PATTERNS, MEMBER(tags),
     "only tags that fit the shell pattern; may be given again"},
    {'s', "steps", "A:B", STEPS, 0, "only steps from A to B; either may be left out"},
    {'x', "except", "PATTERN", PATTERNS, MEMBER(except),
     "no tags that fit the shell pattern; may be given again"},
    {'k', "kind", "PATTERN", PATTERNS, MEMBER(kinds),
     "only what belongs to these plugins: scalars, images, text, graphs, …; may be given again"},
    {0, "since", "TIME", TIME, MEMBER(since_s),
     "only what was written then or later: seconds since 1970, or \"2026-11-30 20:52\""},
    {0, "until", "TIME", TIME, MEMBER(until_s), "only what was written then or earlier"},
    {'e', "replace", "s/A/B/", PATTERNS, MEMBER(replacements),
     "in tags, what fits the extended regular expression A becomes B; may be given again"},
    {0, "from", "csv|jsonl|log", CHOICE, MEMBER(from),
     "of what kind the files are (by their names)"},
    {'p', "pattern", "TEXT", PATTERNS, MEMBER(patterns),
     "of a log's lines, \"step {step}: loss {loss}\"; may be given again"},
    {0, "every", "N", COUNT, MEMBER(every), "keep every N-th value of a tag, and the last"},
    {0, "most", "N", COUNT, MEMBER(most),
     "keep at most N values of a tag: of scalars the smallest and largest of equal parts"},
    {'n', "lines", "N", COUNT, MEMBER(count), "so many lines (10)"},
    {0, "smooth", "X", NUMBER, MEMBER(smoothing),
     "curves smoothed as TensorBoard does, by 0 (not at all) to less than 1"},
    {0, "log", "x|y|xy", CHOICE, MEMBER(log), "logarithmic axes"},
    {0, "band", "minmax|std", CHOICE, MEMBER(band),
     "the runs' mean, in a band from the smallest to the largest or of the standard deviation"},
    {0, "together", NULL, FLAG, MEMBER(together), "one chart for all tags"},
    {0, "by", "NAME", TEXT, MEMBER(by), "sorted by this tag or hyper-parameter"},
    {0, "best", "min|max", CHOICE, MEMBER(best),
     "the smallest or the largest value of a tag instead of the last"},
    {0, "reverse", NULL, FLAG, MEMBER(reverse), "the largest first"},
    {0, "csv", NULL, FLAG, MEMBER(csv), "CSV, with a line of names"},
    {0, "total", "N", COUNT, MEMBER(total), "so many steps, from 0"},
    {0, "stride", "N", COUNT, MEMBER(stride), "summaries are offered every N steps (1)"},
    {0, "rate", "X", NUMBER, MEMBER(rate), "steps a second, for intervals on the clock"},
    {0, "once", NULL, FLAG, MEMBER(once), "print once, on a terminal, too"},
    {0, "alert", "RULE", PATTERNS, MEMBER(alerts),
     "nan, stall=SECONDS, TAG>X or TAG<X; may be given again"},
    {0, "exec", "COMMAND", TEXT, MEMBER(command),
     "a command for the shell when an alert is raised"},
    {0, "size", "WxH", SIZE, 0, "pixels of a chart (640x400)"},
    {'f', "follow", NULL, FLAG, MEMBER(follow), "go on with what is added, until Ctrl-C"},
    {'j', "json", NULL, FLAG, MEMBER(json),
     "JSON, an object a line; numbers that JSON lacks are \"nan\", \"inf\", \"-inf\""},
    {'F', "format", "csv|jsonl|npz", CHOICE, MEMBER(format), "of the table (csv)"},
    {'w', "wide", NULL, FLAG, MEMBER(wide),
     "a line for each run and step, with a column for each tag"},
    {'m', "media", "FOLDER", TEXT, MEMBER(media),
     "also write pictures, audio and texts to files there"},
    {'o', "output", "PATH", TEXT, MEMBER(output), "write there instead of to standard output"},
    {'l', "lax", NULL, FLAG, MEMBER(lax), "steps that only some of the runs have, too"},
    {'T', "tolerance", "X", NUMBER, MEMBER(tolerance),
     "numbers differ when they are further apart than X times the larger"},
    {'S', "from-step", "N", COUNT, MEMBER(from_step), "leave out everything at step N and later"},
    {'i', "in-place", NULL, FLAG, MEMBER(in_place),
     "change the files themselves, each whole or not at all"},
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

int sumi__command_misused(const char *command, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fprintf(stderr, "sumi %s: ", command);
  vfprintf(stderr, format, args);
  fprintf(stderr, " (see sumi help %s)\n", command);
  va_end(args);
  return EXIT_MISUSED;
}

/* Whether the word stands between two separators, or at an end. */
static bool has_word(const char *list, char separator, const char *word) {
  const size_t size = strlen(word);
  for (const char *at = list; at; at = strchr(at, separator)) {
    at += *at == separator;
    if (strncmp(at, word, size) == 0 && (at[size] == separator || !at[size])) return true;
  }
  return false;
}

/* The row of a command's option by its number among those that it takes. */
static const struct option_row *find_option(const command_t *command, int index) {
  for (int i = 0; i < OPTION_COUNT; ++i)
    if (has_word(command->options, ' ', options[i].name) && index-- == 0) return &options[i];
  return NULL;
}

bool sumi__command_option(const command_t *command, int index, option_text_t *option) {
  const struct option_row *row = find_option(command, index);
  if (row)
    *option = (option_text_t){row->letter, row->name, row->value, row->help, row->kind == PATTERNS};
  return row;
}

void sumi__command_help(const command_t *command) {
  printf("usage: sumi %s [OPTION…] %s\n\n%s.\n", command->name,
         command->operands ? command->operands : "[PATH…]", command->summary);
  if (!command->operands)
    puts("A PATH is a run, a folder of runs or an event file, - is standard input; without one\nit "
         "is the folder runs.");
  printf("%s\n", command->details);
  option_text_t option;
  for (int i = 0; sumi__command_option(command, i, &option); ++i) {
    if (option.letter)
      printf("  -%c, --%s", option.letter, option.name);
    else
      printf("      --%s", option.name);
    printf("%s%s\n        %s\n", option.value ? " " : "", option.value ? option.value : "",
           option.help);
  }
  puts("\nExit status: 0 done, 1 not done, 2 wrong arguments, 3 found what was looked for (damage,"
       "\ndifferences, …).");
}

/* The command's options for getopt_long, which tells their numbers apart from letters by
 * FIRST_NUMBER. */
enum { FIRST_NUMBER = 256 };

static void fill_options(const command_t *command, struct option *longs, char *letters) {
  *letters++ = ':'; /* a missing value is told apart from an unknown option */
  option_text_t option;
  for (int i = 0; sumi__command_option(command, i, &option); ++i) {
    *longs++ = (struct option){option.name, option.value ? required_argument : no_argument, NULL,
                               FIRST_NUMBER + i};
    if (!option.letter) continue;
    *letters++ = option.letter;
    if (option.value) *letters++ = ':';
  }
  *longs++ = (struct option){"help", no_argument, NULL, 'h'};
  *longs = (struct option){0};
  *letters++ = 'h';
  *letters = '\0';
}

/* The option that getopt_long gave, by its number or its letter. */
static const struct option_row *given_option(const command_t *command, int given) {
  if (given >= FIRST_NUMBER) return find_option(command, given - FIRST_NUMBER);
  const struct option_row *row = NULL;
  for (int i = 0; (row = find_option(command, i)) && row->letter != given;) ++i;
  return row;
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

static bool read_size(const char *text, arguments_t *arguments) {
  int end = 0;
  return sscanf(text, "%5dx%5d%n", &arguments->width, &arguments->height, &end) == 2 &&
         !text[end] && arguments->width > 0 && arguments->height > 0;
}

/* "2026-11-30", with " 20:52" or "T20:52", with ":39". */
static bool read_time(const char *text, double *seconds) {
  static const char *const forms[] = {"%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M",
                                      "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"};
  if (sumi_decimal_read(text, seconds)) return *seconds >= 0;
  for (size_t i = 0; i < sizeof forms / sizeof *forms; ++i) {
    struct tm parts = {.tm_isdst = -1};
    const char *end = strptime(text, forms[i], &parts);
    if (!end || *end) continue;
    *seconds = (double)mktime(&parts);
    return true;
  }
  return false;
}

static bool add_pattern(patterns_t *patterns, const char *pattern) {
  if (patterns->count == MAX_PATTERNS) return false;
  patterns->list[patterns->count++] = pattern;
  return true;
}

/* false: the value is none of its option. */
static bool take(arguments_t *arguments, const struct option_row *row, const char *value) {
  void *member = (char *)arguments + row->member;
  switch (row->kind) {
  case FLAG: return *(bool *)member = true;
  case TEXT: *(const char **)member = value; return true;
  case COUNT: return read_number(value, member) && *(int64_t *)member >= 0;
  case NUMBER: return sumi_decimal_read(value, member) && *(double *)member >= 0;
  case TIME: return read_time(value, member);
  case SIZE: return read_size(value, arguments);
  case STEPS: return read_steps(value, arguments);
  case PATTERNS: return add_pattern(member, value);
  case CHOICE: *(const char **)member = value; return has_word(row->value, '|', value);
  }
  return false;
}

int sumi__command_arguments(const command_t *command, int argc, char **argv, arguments_t *a) {
  static const char *const default_paths[] = {"runs"};
  struct option longs[OPTION_COUNT + 2];
  char letters[2 * OPTION_COUNT + 3];
  fill_options(command, longs, letters);
  *a = (arguments_t){.first_step = INT64_MIN,
                     .last_step = INT64_MAX,
                     .since_s = -INFINITY,
                     .until_s = INFINITY,
                     .count = 10,
                     .from_step = -1};
  opterr = 0;
  int given;
  while ((given = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
    if (given == 'h') {
      sumi__command_help(command);
      return EXIT_FINE;
    }
    if (given == '?')
      return sumi__command_misused(command->name, "unknown option %s", argv[optind - 1]);
    if (given == ':')
      return sumi__command_misused(command->name, "%s needs a value", argv[optind - 1]);
    const struct option_row *row = given_option(command, given);
    if (!take(a, row, optarg))
      return sumi__command_misused(command->name, "'%s' is no value of --%s", optarg, row->name);
  }
  a->path_count = argc - optind;
  a->paths = (const char *const *)argv + optind;
  if (a->path_count == 0 && !command->operands) {
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
