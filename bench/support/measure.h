/* What benchmark programs share: their arguments, rounds that take turns with other processes, and
 * lines of JSON. */
#ifndef SUMI_BENCH_MEASURE_H
#define SUMI_BENCH_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct bench_options {
  const char *name; /* the first argument: what to measure */
  int threads;      /* --threads, default 1 */
  int64_t steps;    /* --steps: of one round */
  int rounds;       /* --rounds */
  /* --lockstep: each round waits for a line on standard input, so that a driver can let processes
   * take turns. */
  bool lockstep;
  const char *directory; /* --directory: for files */
} bench_options_t;

/* Reads the arguments over the defaults in `options`; prints what is wrong with them and returns
 * false. */
bool bench_parse(bench_options_t *options, int argc, char **argv);

/* Does `steps` steps; false ends the program after the message of Sumi's last failure. */
typedef bool (*bench_run_t)(void *context, int64_t steps);

/* Runs the rounds and prints one line of JSON for each: the time of a step in `unit` ("us",
 * "ns", "ms"), by the clock and as CPU time of all threads. */
bool bench_rounds(const bench_options_t *options, const char *name, const char *unit,
                  bench_run_t run, void *context);

/* Both sides in turn, A B A B, within this process: reports the medians of the rounds. */
bool bench_beside(const bench_options_t *options, const char *name, const char *peer,
                  const char *unit, bench_run_t run, bench_run_t peer_run, void *context);

/* Seconds for `steps` steps; negative when they failed. */
double bench_time(bench_run_t run, void *context, int64_t steps);

/* Sorts `values`; their middle. */
double bench_median(double *values, int count);

/* One line of JSON: a measurement beside its peer's. `ratio` says how many times better than the
 * peer it is: times are better when small, rates ("…/s") when large. */
void bench_report(const char *name, const char *unit, double value, const char *peer,
                  double peer_value);

double bench_now(void); /* seconds */

/* A new folder for files below `parent` (NULL: /tmp). */
typedef struct bench_folder {
  char path[4096];
} bench_folder_t;

bool bench_make_folder(bench_folder_t *folder, const char *parent);
void bench_empty_folder(const bench_folder_t *folder);
void bench_remove_folder(const bench_folder_t *folder); /* with what is in it */

#endif
