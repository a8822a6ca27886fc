#include "event_test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

enum { THREADS = 8, STEPS = 2000 };

typedef struct job {
  sumi_event_writer_t *writer;
  int number;
  _Atomic int *accepted;
} job_t;

static void run_threads(void *(*body)(void *), sumi_event_writer_t *writer, _Atomic int *accepted) {
  pthread_t threads[THREADS];
  job_t jobs[THREADS];
  for (int i = 0; i < THREADS; ++i) {
    jobs[i] = (job_t){writer, i, accepted};
    assert_int_equal(pthread_create(&threads[i], NULL, body, &jobs[i]), 0);
  }
  for (int i = 0; i < THREADS; ++i) assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void *log_own_tag(void *user) {
  const job_t *job = user;
  char tag[16];
  snprintf(tag, sizeof tag, "thread%d", job->number);
  for (int64_t step = 0; step < STEPS; ++step) {
    if (sumi_event_writer_scalar(job->writer, tag, step, (float)step) == SUMI_OK) ++*job->accepted;
    if (step % 500 == 250 && sumi_event_writer_flush(job->writer) != SUMI_OK) --*job->accepted;
  }
  return NULL;
}

static void values_of_many_threads_all_arrive_in_each_ones_order(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  /* A small queue makes them wait for each other, too. */
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL, .queue_size_bytes = 4096);
  _Atomic int accepted = 0;
  run_threads(log_own_tag, writer, &accepted);
  assert_int_equal(accepted, THREADS * STEPS);
  assert_ok(sumi_event_writer_close(writer));
  for (int i = 0; i < THREADS; ++i) {
    char tag[16];
    snprintf(tag, sizeof tag, "thread%d", i);
    assert_steps(directory, tag, 0, STEPS - 1);
  }
}

static void *race_for_steps(void *user) {
  const job_t *job = user;
  for (int64_t step = 0; step < STEPS; ++step) {
    const sumi_event_value_t values[2] = {{.tag = "shared", .scalar = 1},
                                          {.tag = "partner", .scalar = 2}};
    if (sumi_event_writer_values(job->writer, step, 0, values, 2) == SUMI_OK) ++*job->accepted;
  }
  return NULL;
}

static void threads_that_share_a_tag_write_every_step_once(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL, .queue_size_bytes = 4096);
  _Atomic int accepted = 0;
  run_threads(race_for_steps, writer, &accepted);
  const sumi_event_writer_counts_t counts = sumi_event_writer_counts(writer);
  assert_int_equal(counts.queued + counts.refused, THREADS * STEPS);
  assert_int_equal(counts.queued, accepted);
  assert_ok(sumi_event_writer_close(writer));
  static int64_t steps[STEPS];
  const size_t count = steps_of(directory, "shared", steps, STEPS);
  assert_int_equal(count, accepted);
  for (size_t i = 1; i < count; ++i) assert_true(steps[i] > steps[i - 1]);
  assert_int_equal(steps_of(directory, "partner", steps, STEPS), count);
}

/* 0 when the child is refused everywhere and can let go of the writer. */
static int child_result(sumi_event_writer_t *writer) {
  if (sumi_event_writer_scalar(writer, "loss", 100, 1) != SUMI_FAILED_PRECONDITION) return 1;
  if (!strstr(sumi_error_message(), "forked")) return 2;
  if (sumi_event_writer_flush(writer) != SUMI_FAILED_PRECONDITION) return 3;
  if (sumi_event_writer_graph_def(writer, (sumi_bytes_view_t){"\n\0", 2}) !=
      SUMI_FAILED_PRECONDITION)
    return 4;
  if (sumi_event_writer_counts(writer).queued != 0) return 5;
  return sumi_event_writer_close(writer) == SUMI_OK ? 0 : 6;
}

static void a_forked_child_never_writes_its_parents_file(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL, .flush_interval_ms = -1);
  for (int64_t step = 0; step < 10; ++step)
    assert_ok(sumi_event_writer_scalar(writer, "loss", step, 1));
  const pid_t child = fork();
  if (child == 0) _exit(child_result(writer));
  int ended;
  assert_int_equal(waitpid(child, &ended, 0), child);
  assert_true(WIFEXITED(ended));
  assert_int_equal(WEXITSTATUS(ended), 0);
  assert_ok(sumi_event_writer_scalar(writer, "loss", 10, 1));
  assert_ok(sumi_event_writer_close(writer));
  assert_steps(directory, "loss", 0, 10);
}

static void a_file_being_written_is_not_repaired_by_another(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL);
  assert_ok(sumi_event_writer_scalar(writer, "a", 1, 1));
  assert_ok(sumi_event_writer_flush(writer));
  sumi_event_repair_t report;
  assert_fails(sumi_event_file_repair(sumi_event_writer_path(writer), &report), SUMI_UNAVAILABLE,
               "still being written");
  assert_true(report.busy);
  sumi_status_t status;
  assert_null(sumi_event_writer_open(directory, &status, .existing = SUMI_RUN_RESUME));
  assert_fails(status, SUMI_UNAVAILABLE, "still being written");
  assert_null(sumi_event_writer_open(directory, &status, .existing = SUMI_RUN_REFUSE));
  assert_fails(status, SUMI_ALREADY_EXISTS, sumi_event_writer_path(writer));
  /* Beside it, another writer works. */
  sumi_event_writer_t *second = sumi_event_writer_open(directory, &status);
  assert_ok(status);
  assert_ok(sumi_event_writer_scalar(second, "b", 1, 1));
  assert_ok(sumi_event_writer_scalar(writer, "a", 2, 1));
  assert_ok(sumi_event_writer_close(second));
  assert_ok(sumi_event_writer_close(writer));
  assert_steps(directory, "a", 1, 2);
  assert_steps(directory, "b", 1, 1);
  assert_ok(sumi_event_file_repair(event_file_in(directory, 0), &report));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_of_many_threads_all_arrive_in_each_ones_order),
      cmocka_unit_test(threads_that_share_a_tag_write_every_step_once),
      cmocka_unit_test(a_forked_child_never_writes_its_parents_file),
      cmocka_unit_test(a_file_being_written_is_not_repaired_by_another),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
