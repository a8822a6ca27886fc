/* Logging:
 *   bench_logging scalar   one scalar call on the caller's thread, in rounds, for peer_logging.py
 *   bench_logging closed   a call for a tag that is not due, beside reading the clock
 *   bench_logging disk     events to a file, beside plain writes of 1 MB of as many bytes; and the
 *                          writing thread's processor time for them, beside that of the writes */
#include "measure.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/clock.h>
#include <sumi/event_writer.h>
#include <sumi/summary.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 1 << 20 };

typedef struct logging {
  bench_folder_t folder;
  sumi_writer_t *log;
  int64_t step;
  int64_t bytes; /* of the last event file */
  char *block;
  int64_t sum; /* what reading the clock gave, so that it is not left out */
} logging_t;

static bool log_scalars(void *context, int64_t count) {
  logging_t *l = context;
  for (int64_t i = 0; i < count; ++i, ++l->step)
    if (sumi_writer_scalar(l->log, "train/loss", l->step, 1.0 / (double)(l->step + 1)) != SUMI_OK)
      return false;
  return true;
}

static bool read_clock(void *context, int64_t count) {
  logging_t *l = context;
  for (int64_t i = 0; i < count; ++i) l->sum += sumi_clock_monotonic_ns();
  return true;
}

static bool scalars_to_disk(void *context, int64_t count) {
  logging_t *l = context;
  sumi_event_writer_t *writer = sumi_event_writer_open(l->folder.path, NULL);
  if (!writer) return false;
  bool ok = true;
  for (int64_t i = 0; i < count && ok; ++i, ++l->step)
    ok = sumi_event_writer_scalar(writer, "train/loss", l->step, (float)i) == SUMI_OK;
  ok = sumi_event_writer_flush(writer) == SUMI_OK && ok;
  l->bytes = (int64_t)sumi_event_writer_counts(writer).file_size_bytes;
  return sumi_event_writer_close(writer) == SUMI_OK && ok;
}

/* As many bytes as the event file of scalars_to_disk had. */
static bool blocks_to_disk(void *context, int64_t count) {
  logging_t *l = context;
  char path[sizeof l->folder.path + 8];
  (void)count;
  snprintf(path, sizeof path, "%s/raw", l->folder.path);
  const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return false;
  bool ok = true;
  for (int64_t left = l->bytes; left > 0 && ok; left -= BLOCK)
    ok = write(file, l->block, left < BLOCK ? (size_t)left : BLOCK) > 0;
  return close(file) == 0 && ok;
}

static double cpu_now(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* The processor time of the threads that are not this one. */
static double others_cpu(void) {
  return cpu_now(CLOCK_PROCESS_CPUTIME_ID) - cpu_now(CLOCK_THREAD_CPUTIME_ID);
}

static bool measure_disk(const bench_options_t *options, logging_t *l) {
  double own[64], raw[64], thread[64], raw_cpu[64];
  const int rounds = options->rounds < 64 ? options->rounds : 64;
  for (int i = 0; i < rounds; ++i) {
    const double before = others_cpu();
    own[i] = bench_time(scalars_to_disk, l, options->steps);
    thread[i] = others_cpu() - before;
    const double begun = cpu_now(CLOCK_THREAD_CPUTIME_ID);
    raw[i] = bench_time(blocks_to_disk, l, options->steps);
    raw_cpu[i] = cpu_now(CLOCK_THREAD_CPUTIME_ID) - begun;
    bench_empty_folder(&l->folder);
    if (own[i] < 0 || raw[i] < 0) return false;
  }
  const double steps = (double)options->steps;
  bench_report("logging/disk", "events/s", steps / bench_median(own, rounds),
               "write() of 1 MB blocks", steps / bench_median(raw, rounds));
  bench_report("logging/thread", "events/s", steps / bench_median(thread, rounds),
               "write() of 1 MB blocks", steps / bench_median(raw_cpu, rounds));
  return true;
}

static bool open_log(logging_t *l, const char *intervals) {
  l->log = sumi_writer_open(l->folder.path, .intervals = intervals, .ignore_environment = true);
  return sumi_writer_status(l->log) == SUMI_OK;
}

static bool measure(bench_options_t *options, logging_t *l) {
  if (strcmp(options->name, "scalar") == 0) {
    if (options->steps == 0) options->steps = 10000;
    return open_log(l, NULL) && log_scalars(l, 1000) &&
           bench_rounds(options, "logging/scalar", "ns", log_scalars, l);
  }
  if (strcmp(options->name, "closed") == 0) {
    if (options->steps == 0) options->steps = 1000000;
    return open_log(l, "*=at:0") && bench_beside(options, "logging/closed_gate", "clock_gettime",
                                                 "ns", log_scalars, read_clock, l);
  }
  if (options->steps == 0) options->steps = 2000000;
  return measure_disk(options, l);
}

int main(int argc, char **argv) {
  bench_options_t options = {.rounds = 7};
  if (!bench_parse(&options, argc, argv)) return 2;
  logging_t l = {0};
  if (!bench_make_folder(&l.folder, options.directory)) return 1;
  l.block = calloc(1, BLOCK);
  bool ok = l.block && measure(&options, &l);
  ok = sumi_writer_close(l.log) == SUMI_OK && ok;
  if (!ok) fprintf(stderr, "%s\n", sumi_error_message());
  bench_remove_folder(&l.folder);
  free(l.block);
  return ok ? 0 : 1;
}
