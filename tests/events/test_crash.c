/* A writing process killed at any moment: whatever it had flushed is there, and the next one goes
 * on. */
#include "event_test.h"

#include <signal.h>
#include <sys/wait.h>

enum { ROUNDS = 40 };

static int64_t last_step_in(const char *directory) {
  static int64_t steps[1 << 20];
  const size_t count = steps_of(directory, "loss", steps, 1 << 20);
  for (size_t i = 0; i < count; ++i) assert_int_equal(steps[i], (int64_t)i);
  return (int64_t)count - 1;
}

/* Logs on from the last step there is and tells each flushed step through the pipe, until it is
 * killed. It rests between bursts: after each round all that is there is read again, and a writer
 * that lives longer than it should, on a busy machine, must not make that much. */
static void write_until_killed(const char *directory, int64_t step, int pipe_end) {
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL, .flush_interval_ms = 1);
  if (!writer) _exit(1);
  for (;; ++step) {
    if (sumi_event_writer_scalar(writer, "loss", step, 1) != SUMI_OK) _exit(2);
    if (step % 16 != 0) continue;
    if (sumi_event_writer_flush(writer) != SUMI_OK) _exit(3);
    if (write(pipe_end, &step, sizeof step) != sizeof step) _exit(4);
    if (step % 32 == 0) usleep(1000);
  }
}

static void flushed_values_survive_kill_and_the_run_goes_on(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  int64_t last = -1;
  int round = 0;
  useconds_t patience_us = 0;
  /* On a busy machine a writer may be killed before it has written anything: then more rounds, in
   * which it lives longer, for every round leaves a file that the next writer reads first. */
  for (; round < ROUNDS || last <= 100; ++round) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) write_until_killed(directory, last + 1, ends[1]);
    close(ends[1]);
    usleep((useconds_t)(1000 + 977 * round % 9000) + patience_us);
    kill(child, SIGKILL);
    int ended;
    assert_int_equal(waitpid(child, &ended, 0), child);
    if (!WIFSIGNALED(ended)) fail_msg("the writer ended by itself, with %d", WEXITSTATUS(ended));
    int64_t flushed = last, told;
    while (read(ends[0], &told, sizeof told) == sizeof told) flushed = told;
    close(ends[0]);
    const int64_t before = last, found = last_step_in(directory);
    assert_true(found >= flushed);
    last = found;
    patience_us = last == before ? 2 * patience_us + 1000 : patience_us / 2;
  }
  assert_in_range(event_file_count(directory), 2, round);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(flushed_values_survive_kill_and_the_run_goes_on),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
