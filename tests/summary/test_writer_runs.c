/* What happens to a run: full disks, forks, removal, sessions that go on with it. */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sumi/summary.h>

#include "logged.h"

static const float pixels[4 * 4] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
static const sumi_array_view_t image = {SUMI_FLOAT32, 2, {4, 4}, pixels};

static void a_directory_that_cannot_be_written_is_reported_at_close(void **state) {
  (void)state;
  char path[4096];
  snprintf(path, sizeof path, "%s/file", temporary_directory());
  close(open(path, O_CREAT | O_WRONLY, 0600));
  strcat(path, "/run");
  sumi_writer_t *log = sumi_writer_open(path);
  assert_non_null(log);
  assert_false(sumi_writer_due(log, "x", 0));
  assert_int_not_equal(sumi_writer_scalar(log, "x", 0, 1), SUMI_OK);
  assert_int_not_equal(sumi_writer_image(log, "y", 0, &image), SUMI_OK);
  assert_int_not_equal(sumi_writer_embedding(log, "e", &image), SUMI_OK);
  *strrchr(path, '/') = '\0';
  assert_fails(sumi_writer_flush(log), SUMI_ALREADY_EXISTS, path);
  assert_fails(sumi_writer_close(log), SUMI_ALREADY_EXISTS, path);
  log = sumi_writer_open(NULL);
  assert_fails(sumi_writer_close(log), SUMI_INVALID_ARGUMENT, "directory is NULL");
  log = sumi_writer_open("");
  assert_fails(sumi_writer_close(log), SUMI_INVALID_ARGUMENT, "directory is empty");
}

/* RLIMIT_FSIZE makes writes fail like a full disk, with EFBIG. */
static int log_to_a_full_disk(const char *directory) {
  signal(SIGXFSZ, SIG_IGN);
  sumi_writer_t *log = sumi_writer_open(directory);
  sumi_writer_scalar(log, "before", 0, 1);
  if (sumi_writer_flush(log) != SUMI_OK) return 2;
  const struct rlimit limit = {4096, RLIM_INFINITY};
  setrlimit(RLIMIT_FSIZE, &limit);
  for (int64_t step = 0; step < 10000; ++step)
    if (sumi_writer_scalar(log, "x", step, 1) != SUMI_OK) return 3; /* training goes on */
  const sumi_status_t flushed = sumi_writer_flush(log);
  if (flushed != SUMI_RESOURCE_EXHAUSTED || !strstr(sumi_error_message(), directory)) return 4;
  if (sumi_writer_counts(log).dropped != 0) return 5; /* it goes on in another file */
  const sumi_status_t closed = sumi_writer_close(log);
  if (closed != SUMI_RESOURCE_EXHAUSTED || !strstr(sumi_error_message(), directory)) return 6;
  return strstr(sumi_error_message(), "File too large") ? 0 : 7;
}

static void a_full_disk_does_not_stop_the_run(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  const pid_t child = fork();
  if (child == 0) _exit(log_to_a_full_disk(directory));
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 0);
  log_contents_t contents = logged_read(directory);
  assert_non_null(logged_find(&contents, "before"));
  assert_int_equal(contents.count, 1 + 10000);
  free(contents.values);
}

static int use_parents_writer(sumi_writer_t *log) {
  if (sumi_writer_scalar(log, "x", 5, 1) != SUMI_FAILED_PRECONDITION) return 1;
  if (!strstr(sumi_error_message(), "belongs to the process that opened it")) return 2;
  if (sumi_writer_due(log, "new", 1)) return 3;
  if (sumi_writer_text(log, "y", 5, "child") != SUMI_FAILED_PRECONDITION) return 4;
  if (sumi_writer_flush(log) != SUMI_FAILED_PRECONDITION) return 5;
  return sumi_writer_close(log) == SUMI_FAILED_PRECONDITION ? 0 : 6;
}

static void a_forked_child_does_not_write(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_writer_t *log = sumi_writer_open(directory);
  sumi_writer_scalar(log, "x", 4, 1);
  const pid_t child = fork();
  if (child == 0) _exit(use_parents_writer(log));
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 0);
  assert_ok(sumi_writer_scalar(log, "x", 5, 1));
  assert_ok(sumi_writer_close(log));
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "x"), "4 5");
  assert_int_equal(contents.count, 2);
  free(contents.values);
}

/* Asking costs the child no lock that a thread of the parent's may have held. */
static void a_forked_child_may_ask(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_writer_t *log = sumi_writer_open(directory, .queue_summaries = 2);
  for (int64_t step = 0; step < 50; ++step) {
    sumi_writer_histogram(log, "h", step, &image);
    const pid_t child = fork();
    if (child == 0) {
      alarm(20); /* ends a child that hangs */
      sumi_writer_counts(log);
      _exit(sumi_writer_status(log) == SUMI_FAILED_PRECONDITION ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
  }
  assert_ok(sumi_writer_close(log));
}

static void remove_run(const char *directory) {
  char path[2200];
  glob_t files;
  snprintf(path, sizeof path, "%s/*", directory);
  assert_int_equal(glob(path, 0, NULL, &files), 0);
  for (size_t i = 0; i < files.gl_pathc; ++i) assert_int_equal(unlink(files.gl_pathv[i]), 0);
  globfree(&files);
  assert_int_equal(rmdir(directory), 0);
}

/* The failure is known without a flush, what was lost is counted and logged once, and the run goes
 * on. */
static void a_run_that_is_removed_goes_on(void **state) {
  (void)state;
  char directory[2100];
  snprintf(directory, sizeof directory, "%s/run", temporary_directory());
  sumi_writer_t *log = sumi_writer_open(directory, .flush_interval_ms = 5);
  for (int64_t step = 0; step < 10; ++step) assert_ok(sumi_writer_scalar(log, "x", step, 1));
  assert_ok(sumi_writer_flush(log));
  remove_run(directory);
  assert_ok(sumi_writer_status(log));
  int64_t step = 10;
  for (; step < 2000 && sumi_writer_status(log) == SUMI_OK; ++step) {
    assert_ok(sumi_writer_scalar(log, "x", step, 1));
    usleep(5000);
  }
  assert_fails(sumi_writer_status(log), SUMI_NOT_FOUND, "was deleted while being written");
  for (int i = 0; i < 5; ++i)
    assert_fails(sumi_writer_flush(log), SUMI_NOT_FOUND, "was deleted while being written");
  assert_int_equal(sumi_writer_counts(log).dropped, 10);
  assert_fails(sumi_writer_close(log), SUMI_NOT_FOUND, "was deleted while being written");
  log_contents_t contents = logged_read(directory);
  int64_t reports = 0;
  for (size_t i = 0; i < contents.count; ++i)
    reports += strcmp(contents.values[i].tag, "sumi/dropped") == 0;
  assert_int_equal(reports, 1);
  assert_true(logged_find(&contents, "sumi/dropped")->scalar == 10);
  assert_int_equal(contents.count, step - 10 + 1);
  free(contents.values);
}

/* A writer that could not be opened counts what it did not take. */
static void calls_without_a_file_are_counted(void **state) {
  (void)state;
  sumi_writer_t *log = sumi_writer_open("");
  for (int64_t step = 0; step < 7; ++step)
    assert_int_equal(sumi_writer_scalar(log, "x", step, 1), SUMI_INVALID_ARGUMENT);
  assert_int_equal(sumi_writer_image(log, "i", 0, &image), SUMI_INVALID_ARGUMENT);
  assert_int_equal(sumi_writer_counts(log).refused, 8);
  assert_int_equal(sumi_writer_close(log), SUMI_INVALID_ARGUMENT);
}

static void resuming_leaves_what_an_uninterrupted_run_would_have_left(void **state) {
  (void)state;
  const char *rules = "*=7; d=double; f=first,100; e=always";
  const char *const tags[] = {"a", "d", "f", "e"};
  const char *whole = temporary_directory(), *resumed = temporary_directory();
  for (int part = 0; part < 3; ++part) {
    sumi_writer_t *log = part == 0 ? sumi_writer_open(whole, .intervals = rules)
                                   : sumi_writer_open(resumed, .intervals = rules,
                                                      .resume_step = part == 1 ? 0 : 90);
    for (int64_t step = part == 2 ? 90 : 0; step < (part == 1 ? 120 : 300); ++step)
      for (size_t i = 0; i < 4; ++i) sumi_writer_scalar(log, tags[i], step, (double)step);
    if (part == 2)
      assert_fails(sumi_writer_scalar(log, "new", 89, 0), SUMI_INVALID_ARGUMENT,
                   "step 89 is before 90, where the run resumes");
    assert_int_equal(sumi_writer_close(log), part == 2 ? SUMI_INVALID_ARGUMENT : SUMI_OK);
  }
  log_contents_t expected = logged_read(whole), contents = logged_read(resumed);
  for (size_t i = 0; i < 4; ++i) {
    char steps[65536];
    snprintf(steps, sizeof steps, "%s", logged_steps(&expected, tags[i]));
    assert_string_equal(logged_steps(&contents, tags[i]), steps);
  }
  free(expected.values);
  free(contents.values);
}

static void a_continued_run_goes_on_behind_its_marks(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  for (int64_t first = 0; first <= 300; first += 150) {
    sumi_writer_t *log = sumi_writer_open(directory, .intervals = "x=100");
    for (int64_t step = first; step < first + 150; ++step)
      assert_ok(sumi_writer_scalar(log, "x", step, 1));
    assert_ok(sumi_writer_close(log));
  }
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "x"), "0 100 200 300 400");
  free(contents.values);
}

static void what_a_program_logs_at_its_start_stands_once(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  for (int64_t first = 0; first <= 100; first += 50) {
    sumi_writer_t *log = sumi_writer_open(directory, .resume_step = first);
    assert_ok(sumi_writer_text(log, "config", 0, "the same each time"));
    assert_int_equal(sumi_writer_due(log, "config", 0), false);
    for (int64_t step = first; step < first + 70; ++step)
      assert_ok(sumi_writer_scalar(log, "x", step, 1));
    assert_ok(sumi_writer_close(log));
  }
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "config"), "0");
  free(contents.values);
}

static void each_session_may_warn(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  char path[2200];
  snprintf(path, sizeof path, "%s/intervals", directory);
  FILE *file = fopen(path, "w");
  fputs("x=sometimes\n", file);
  fclose(file);
  for (int session = 0; session < 3; ++session)
    assert_ok(sumi_writer_close(sumi_writer_open(directory)));
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "sumi/warnings"), "0 1 2");
  free(contents.values);
}

static const char *text_of(const char *directory, const char *name) {
  static char text[4096];
  char path[2200];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  fclose(file);
  return text;
}

static void embeddings_of_earlier_sessions_stay(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  const float first[4] = {1, 2, 3, 4}, second[6] = {5, 6, 7, 8, 9, 10};
  const sumi_array_view_t two = {SUMI_FLOAT32, 2, {2, 2}, first},
                          three = {SUMI_FLOAT32, 2, {3, 2}, second};
  sumi_writer_t *log = sumi_writer_open(directory);
  assert_ok(sumi_writer_embedding(log, "the \"first\" {", &two));
  assert_ok(sumi_writer_close(log));
  log = sumi_writer_open(directory);
  assert_ok(sumi_writer_embedding(log, "second", &three));
  assert_ok(sumi_writer_embedding(log, "the \"first\" {", &three));
  assert_ok(sumi_writer_embedding(log, "second", &two));
  assert_ok(sumi_writer_close(log));
  assert_string_equal(text_of(directory, "projector_config.pbtxt"),
                      "embeddings {\n  tensor_name: \"the \\042first\\042 {\"\n"
                      "  tensor_shape: 3\n  tensor_shape: 2\n"
                      "  tensor_path: \"projector_0_vectors.tsv\"\n}\n"
                      "embeddings {\n  tensor_name: \"second\"\n"
                      "  tensor_shape: 2\n  tensor_shape: 2\n"
                      "  tensor_path: \"projector_1_vectors.tsv\"\n}\n");
  assert_string_equal(text_of(directory, "projector_0_vectors.tsv"), "5\t6\n7\t8\n9\t10\n");
  assert_string_equal(text_of(directory, "projector_1_vectors.tsv"), "1\t2\n3\t4\n");
}

/* What other programs wrote in the list, and what cannot be understood, is kept as it is. */
static void a_projectors_list_of_others_stays(void **state) {
  (void)state;
  const char *others[] = {"model_checkpoint_path: \"a}b\"\nembeddings {\n  tensor_name: \"w\"\n}\n",
                          "embeddings {\n  tensor_name: \"not closed", "\n\n", "}}{"};
  const float numbers[4] = {1, 2, 3, 4};
  const sumi_array_view_t two = {SUMI_FLOAT32, 2, {2, 2}, numbers};
  for (size_t i = 0; i < sizeof others / sizeof *others; ++i) {
    const char *directory = temporary_directory();
    char path[2200];
    snprintf(path, sizeof path, "%s/projector_config.pbtxt", directory);
    FILE *file = fopen(path, "wb");
    fputs(others[i], file);
    fclose(file);
    sumi_writer_t *log = sumi_writer_open(directory);
    assert_ok(sumi_writer_embedding(log, "mine", &two));
    assert_ok(sumi_writer_close(log));
    const char *text = text_of(directory, "projector_config.pbtxt");
    assert_memory_equal(text, others[i], strlen(others[i]));
    assert_non_null(strstr(text, "tensor_name: \"mine\""));
  }
}

/* An attempt that died before its first checkpoint is replaced by the next one. */
static void a_run_may_be_resumed_at_its_beginning(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  for (int attempt = 0; attempt < 3; ++attempt) {
    sumi_writer_t *log = sumi_writer_open(directory, .existing = SUMI_RUN_RESUME, .resume_step = 0);
    for (int64_t step = 0; step < 10 - attempt; ++step)
      assert_ok(sumi_writer_scalar(log, "x", step, attempt));
    assert_ok(sumi_writer_close(log));
  }
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "x"), "0 1 2 3 4 5 6 7");
  assert_true(logged_find(&contents, "x")->scalar == 2);
  free(contents.values);
}

static void two_writers_of_one_run_are_warned_of(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_writer_t *first = sumi_writer_open(directory);
  assert_ok(sumi_writer_scalar(first, "a", 0, 1));
  assert_ok(sumi_writer_flush(first));
  sumi_writer_t *second = sumi_writer_open(directory);
  assert_ok(sumi_writer_scalar(second, "b", 0, 1));
  assert_ok(sumi_writer_close(second));
  assert_ok(sumi_writer_close(first));
  log_contents_t contents = logged_read(directory);
  const logged_t *warning = logged_find(&contents, "sumi/warnings");
  assert_non_null(warning);
  assert_non_null(strstr(warning->text, directory));
  assert_non_null(strstr(warning->text, "was being written"));
  assert_int_equal(contents.count, 3);
  free(contents.values);
  assert_ok(sumi_writer_close(sumi_writer_open(directory))); /* nobody writes it now */
  contents = logged_read(directory);
  assert_int_equal(contents.count, 3);
  free(contents.values);
}

/* The same program again: what it said of its tags stands in the older file. */
static void a_resumed_program_may_describe_again(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  for (int64_t first = 0; first < 20; first += 10) {
    sumi_writer_t *log = sumi_writer_open(directory, .resume_step = first);
    assert_ok(sumi_writer_describe(log, "x", "The loss", "in *nats*"));
    for (int64_t step = first; step < first + 10; ++step)
      assert_ok(sumi_writer_scalar(log, "x", step, (double)step));
    assert_fails(sumi_writer_describe(log, "x", "The loss", NULL), SUMI_FAILED_PRECONDITION,
                 "tag \"x\" has been logged");
    assert_int_equal(sumi_writer_close(log), SUMI_FAILED_PRECONDITION); /* of that refusal */
  }
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "x"),
                      "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19");
  free(contents.values);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_resumed_program_may_describe_again),
      cmocka_unit_test(a_directory_that_cannot_be_written_is_reported_at_close),
      cmocka_unit_test(a_full_disk_does_not_stop_the_run),
      cmocka_unit_test(a_forked_child_does_not_write),
      cmocka_unit_test(a_forked_child_may_ask),
      cmocka_unit_test(a_run_that_is_removed_goes_on),
      cmocka_unit_test(calls_without_a_file_are_counted),
      cmocka_unit_test(resuming_leaves_what_an_uninterrupted_run_would_have_left),
      cmocka_unit_test(a_continued_run_goes_on_behind_its_marks),
      cmocka_unit_test(what_a_program_logs_at_its_start_stands_once),
      cmocka_unit_test(each_session_may_warn),
      cmocka_unit_test(embeddings_of_earlier_sessions_stay),
      cmocka_unit_test(a_projectors_list_of_others_stays),
      cmocka_unit_test(a_run_may_be_resumed_at_its_beginning),
      cmocka_unit_test(two_writers_of_one_run_are_warned_of),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
