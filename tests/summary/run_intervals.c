/* Prints which of the offered steps are due.
 *   run_intervals <directory> < cases
 * A case is three lines: "resume_step total_steps seconds_per_step", an interval, the steps
 * offered.
 * For each, one line of the steps that were due. The clock stands at step * seconds_per_step. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sumi/clock.h>
#include <sumi/summary.h>

static _Atomic double now_s;

static double wall_s(void *user) {
  (void)user;
  return 1e9 + now_s;
}

static int64_t monotonic_ns(void *user) {
  (void)user;
  return (int64_t)(now_s * 1e9);
}

static void offer(sumi_writer_t *log, char *steps, double seconds_per_step) {
  for (char *word = strtok(steps, " \n"); word; word = strtok(NULL, " \n")) {
    const int64_t step = atoll(word);
    now_s = (double)step * seconds_per_step;
    if (!sumi_writer_due(log, "tag", step)) continue;
    printf("%lld ", (long long)step);
    sumi_writer_scalar(log, "tag", step, 0);
  }
  printf("\n");
}

int main(int argc, char **argv) {
  static char numbers[256], interval[4096], steps[1 << 16];
  const sumi_clock_t clock = {wall_s, monotonic_ns, NULL};
  if (argc != 2) return 2;
  sumi_set_clock(&clock);
  for (int number = 0; fgets(numbers, sizeof numbers, stdin); ++number) {
    if (!fgets(interval, sizeof interval, stdin) || !fgets(steps, sizeof steps, stdin)) return 2;
    char directory[4096], rules[4200];
    snprintf(directory, sizeof directory, "%s/%d", argv[1], number);
    interval[strcspn(interval, "\n")] = '\0';
    snprintf(rules, sizeof rules, "tag=%s", interval);
    char *rest;
    const int64_t resume_step = strtoll(numbers, &rest, 10), total_steps = strtoll(rest, &rest, 10);
    const double seconds_per_step = strtod(rest, NULL);
    now_s = 0;
    sumi_writer_t *log = sumi_writer_open(directory, .intervals = rules, .total_steps = total_steps,
                                          .resume_step = resume_step, .ignore_environment = true);
    offer(log, steps, seconds_per_step);
    if (sumi_writer_close(log) != SUMI_OK) {
      fprintf(stderr, "%s: %s\n", rules, sumi_error_message());
      return 1;
    }
  }
  return 0;
}
