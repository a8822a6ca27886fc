/* What the subcommands share: how they end, what they were asked for, and where events come from.
 */
#ifndef SUMI_COMMAND_H
#define SUMI_COMMAND_H

#include <sumi/logdir.h>

#include <stdio.h>

/* How the program ends. */
enum {
  EXIT_FINE = 0,
  EXIT_FAILED = 1,  /* what was asked for could not be done; stderr says why */
  EXIT_MISUSED = 2, /* an argument is wrong */
  EXIT_FOUND = 3    /* there is what the command looks for: damage, differences, … */
};

enum { MAX_PATTERNS = 32 };

/* Texts of an option that may be given again; mostly shell patterns (fnmatch), where none means
 * that everything fits. */
typedef struct patterns {
  const char *list[MAX_PATTERNS];
  int count;
} patterns_t;

typedef struct arguments {
  const char *const *paths; /* of runs, folders of runs or event files; "-": standard input */
  int path_count;
  patterns_t runs, tags, except, kinds, replacements, patterns;
  double since_s, until_s;       /* wall times, both included */
  int64_t first_step, last_step; /* all between, both included */
  bool json, follow, wide, in_place, lax;
  double tolerance;          /* relative */
  int64_t count;             /* of lines */
  int64_t from_step;         /* -1: not given */
  int64_t every, most;       /* 0: not given */
  const char *format, *from; /* NULL: not given */
  const char *output;        /* a path, NULL: not given */
  const char *media;         /* a folder, NULL: not given */
  double smoothing;          /* 0 to 1 */
  bool together;
  const char *band, *log; /* NULL: not given */
  const char *by, *best;  /* NULL: not given */
  bool csv, reverse, once;
  patterns_t alerts;
  const char *command;   /* for a shell, NULL: not given */
  int64_t total, stride; /* 0: not given */
  double rate;           /* steps a second, 0: not given */
  int width, height;     /* 0: not given */
} arguments_t;

typedef struct command {
  const char *name, *summary; /* "inspect", and what it does in a line */
  const char *operands;       /* NULL: "[PATH…]", which is what source.c opens */
  const char *options;        /* the names of those it takes, of the table in arguments.c */
  const char *details;        /* of its help */
  int (*run)(const arguments_t *arguments);
} command_t;

/* All of them, in the order of the help. */
#define SUMI__COMMANDS(COMMAND)                                                                    \
  COMMAND(inspect)                                                                                 \
  COMMAND(top)                                                                                     \
  COMMAND(cat)                                                                                     \
  COMMAND(tail)                                                                                    \
  COMMAND(plot)                                                                                    \
  COMMAND(export)                                                                                  \
  COMMAND(report)                                                                                  \
  COMMAND(aggregate)                                                                               \
  COMMAND(compare)                                                                                 \
  COMMAND(diff)                                                                                    \
  COMMAND(verify)                                                                                  \
  COMMAND(repair)                                                                                  \
  COMMAND(lint)                                                                                    \
  COMMAND(filter)                                                                                  \
  COMMAND(rename)                                                                                  \
  COMMAND(thin)                                                                                    \
  COMMAND(merge)                                                                                   \
  COMMAND(import)                                                                                  \
  COMMAND(trim)                                                                                    \
  COMMAND(intervals)                                                                               \
  COMMAND(completions)

#define SUMI__DECLARE_COMMAND(name) extern const command_t sumi__command_##name;
SUMI__COMMANDS(SUMI__DECLARE_COMMAND)

/* The commands from 0, NULL behind the last. */
const command_t *sumi__command_at(int index);
const command_t *sumi__command_find(const char *name);

/* How an option is written. */
typedef struct option_text {
  char letter;       /* 0: it has none */
  const char *name;  /* without the dashes */
  const char *value; /* what it takes: "PATTERN", "FILE", "FOLDER", "csv|jsonl"; NULL: nothing */
  const char *help;
  bool repeats; /* may be given again */
} option_text_t;

/* The options of a command from 0, false behind the last. */
bool sumi__command_option(const command_t *command, int index, option_text_t *option);

/* Reads the arguments behind the subcommand's name; an exit status, or -1 to go on. */
int sumi__command_arguments(const command_t *command, int argc, char **argv,
                            arguments_t *arguments);
void sumi__command_help(const command_t *command);

/* What is wrong with the arguments, on stderr; gives EXIT_MISUSED. */
int sumi__command_misused(const char *command, const char *format, ...) SUMI_PRINTF(2, 3);

bool sumi__command_fits(const patterns_t *patterns, const char *text);

/* "sumi: <message>" on stderr; gives EXIT_FAILED. */
int sumi__command_fail(const char *format, ...) SUMI_PRINTF(1, 2);

/* ---- Events of several paths, one after the other ---- */

typedef struct source source_t;

/* Opens all paths; NULL after a message. Files that nobody writes to any more unless `follow`. */
source_t *sumi__command_open(const arguments_t *arguments);
void sumi__command_close(source_t *source);

/* The next event of a run that fits; *run is its name. Damage is said on stderr and counted.
 * OUT_OF_RANGE: the end, for now. */
sumi_status_t sumi__command_next(source_t *source, sumi_event_t *event, const char **run);

/* The file that the last event came from. */
const char *sumi__command_file(const source_t *source);

/* The folder of that event's run, which is what tells runs of the same name apart. */
const char *sumi__command_folder(const source_t *source);

/* Begins again; false after a message. */
bool sumi__command_rewind(source_t *source);

/* Looks for new files and what was added, after a short rest. */
sumi_status_t sumi__command_wait(source_t *source);

/* Whether the value is asked for: its tag and its step fit. */
bool sumi__command_wanted(const arguments_t *arguments, const sumi_event_t *event,
                          const sumi_event_value_t *value);

/* Runs that fit, in the order of reading: damage is what has been met so far. */
typedef struct shown_run {
  const char *name, *path;
  const char *const *files;
  size_t file_count;
  sumi_event_damage_t damage;
} shown_run_t;

size_t sumi__command_run_count(const source_t *source);
shown_run_t sumi__command_run(const source_t *source, size_t index);

#endif
