#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/clock.h>
#include <sumi/status.h>
#include <time.h>

static bool parse_number(const char *text, int64_t *number) {
  char *end;
  *number = strtoll(text, &end, 10);
  return end != text && *end == '\0' && *number > 0;
}

static bool set_option(bench_options_t *o, const char *option, const char *value) {
  int64_t number = 0;
  if (strcmp(option, "--directory") == 0) {
    o->directory = value;
    return true;
  }
  if (!parse_number(value, &number)) return false;
  if (strcmp(option, "--threads") == 0)
    o->threads = (int)number;
  else if (strcmp(option, "--steps") == 0)
    o->steps = number;
  else if (strcmp(option, "--rounds") == 0)
    o->rounds = (int)number;
  else
    return false;
  return true;
}

static bool parse_options(bench_options_t *o, int argc, char **argv) {
  if (argc < 2) return false;
  o->name = argv[1];
  for (int i = 2; i < argc; ++i) {
    if (strcmp(argv[i], "--lockstep") == 0)
      o->lockstep = true;
    else if (i + 1 >= argc || !set_option(o, argv[i], argv[i + 1]))
      return false;
    else
      ++i;
  }
  return true;
}

bool bench_parse(bench_options_t *options, int argc, char **argv) {
  if (options->threads == 0) options->threads = 1;
  if (parse_options(options, argc, argv)) return true;
  fprintf(stderr,
          "%s <what> [--threads N] [--steps N] [--rounds N] [--lockstep] [--directory DIR]\n",
          argv[0]);
  return false;
}

double bench_now(void) {
  return (double)sumi_clock_monotonic_ns() * 1e-9;
}

double bench_time(bench_run_t run, void *context, int64_t steps) {
  const double start = bench_now();
  if (!run(context, steps)) {
    fprintf(stderr, "%s\n", sumi_error_message());
    return -1;
  }
  return bench_now() - start;
}

/* Of all threads of the process. */
static double cpu_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static bool wait_for_line(void) {
  int c;
  while ((c = getchar()) != '\n')
    if (c == EOF) return false;
  return true;
}

static double units_per_second(const char *unit) {
  return strcmp(unit, "ns") == 0 ? 1e9 : strcmp(unit, "us") == 0 ? 1e6 : 1e3;
}

bool bench_rounds(const bench_options_t *options, const char *name, const char *unit,
                  bench_run_t run, void *context) {
  for (int round = 0; round < options->rounds; ++round) {
    if (options->lockstep && !wait_for_line()) return true;
    const double cpu = cpu_now(), seconds = bench_time(run, context, options->steps);
    if (seconds < 0) return false;
    const double scale = units_per_second(unit) / (double)options->steps;
    printf("{\"name\": \"%s\", \"value\": %.6g, \"cpu\": %.6g, \"unit\": \"%s\"}\n", name,
           seconds * scale, (cpu_now() - cpu) * scale, unit);
    fflush(stdout);
  }
  return true;
}

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

double bench_median(double *values, int count) {
  qsort(values, (size_t)count, sizeof *values, by_value);
  return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

void bench_report(const char *name, const char *unit, double value, const char *peer,
                  double peer_value) {
  const bool rate = strstr(unit, "/s") != NULL;
  printf("{\"name\": \"%s\", \"value\": %.6g, \"unit\": \"%s\", \"peer\": \"%s\", \"peer_value\": "
         "%.6g, \"ratio\": %.4g}\n",
         name, value, unit, peer, peer_value, rate ? value / peer_value : peer_value / value);
  fflush(stdout);
}

enum { MAX_ROUNDS = 1000 };

bool bench_beside(const bench_options_t *options, const char *name, const char *peer,
                  const char *unit, bench_run_t run, bench_run_t peer_run, void *context) {
  double own[MAX_ROUNDS], peers[MAX_ROUNDS];
  const int rounds = options->rounds < MAX_ROUNDS ? options->rounds : MAX_ROUNDS;
  if (bench_time(run, context, 1) < 0 || bench_time(peer_run, context, 1) < 0) return false;
  for (int i = 0; i < rounds; ++i) {
    own[i] = bench_time(run, context, options->steps);
    peers[i] = bench_time(peer_run, context, options->steps);
    if (own[i] < 0 || peers[i] < 0) return false;
  }
  const double scale = units_per_second(unit) / (double)options->steps;
  bench_report(name, unit, bench_median(own, rounds) * scale, peer,
               bench_median(peers, rounds) * scale);
  return true;
}
