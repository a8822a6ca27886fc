/* The writer: gates, steps, kinds, errors, counters. */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sumi/clock.h>
#include <sumi/summary.h>

#include "logged.h"

static const float pixels[4 * 4] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
static const sumi_array_view_t image = {SUMI_FLOAT32, 2, {4, 4}, pixels};

static void the_first_listing_works(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  const char *names[] = {"cat", "dog"};
  const sumi_prediction_t pictures[] = {
      {.image = {SUMI_FLOAT32, 2, {4, 4}, pixels}, .label = "cat", .truth = "dog"},
      {.image = {SUMI_FLOAT32, 2, {4, 4}, pixels}, .label = "dog", .truth = "dog"}};
  const int n = 2;
  sumi_writer_t *log = sumi_writer_open(directory,
                                        .intervals = "*=100; loss=10; predictions=500,60s");
  for (int64_t step = 0; step < 1001; ++step) {
    float loss = 1.0f / (float)(step + 1);
    sumi_writer_scalar(log, "loss", step, loss);
    sumi_writer_scalar(log, "accuracy", step, 1 - loss);
    if (sumi_writer_due(log, "predictions", step))
      sumi_writer_predictions(log, "predictions", step, pictures, n, .class_names = names,
                              .columns = 8);
  }
  assert_ok(sumi_writer_flush(log));
  const sumi_writer_counters_t counters = sumi_writer_stats(log);
  assert_int_equal(counters.scalars, 101 + 11);
  assert_int_equal(counters.drawn, 3);
  assert_int_equal(counters.encoded, 3);
  assert_int_equal(counters.summaries, 3);
  assert_int_equal(counters.dropped + counters.refused + counters.waiting, 0);
  assert_ok(sumi_writer_close(log));
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "predictions"), "0 500 1000");
  assert_string_equal(logged_steps(&contents, "accuracy"),
                      "0 100 200 300 400 500 600 700 800 900 1000");
  assert_true(logged_find(&contents, "loss")->scalar == 1.0f);
  assert_int_equal(contents.count, 101 + 11 + 3);
  free(contents.values);
}

static void what_is_not_due_is_neither_copied_nor_drawn_nor_encoded(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  counting_allocator_install();
  sumi_writer_t *log = sumi_writer_open(directory, .intervals = "*=never; seen=1000");
  /* Tags are known after their first call; from then on a closed gate asks for no memory. */
  const char *tags[] = {"a", "b", "c", "d", "e", "f", "g"};
  const sumi_prediction_t prediction = {.image = image};
  const sumi_array_view_t counts = {SUMI_FLOAT32, 2, {4, 4}, pixels};
  int64_t requests = 0;
  for (int64_t step = 0; step < 200; ++step) {
    if (step == 1) requests = counting_allocator_requests();
    sumi_writer_scalar(log, tags[0], step, 1);
    sumi_writer_image(log, tags[1], step, &image);
    sumi_writer_histogram(log, tags[2], step, &image);
    sumi_writer_predictions(log, tags[3], step, &prediction, 1);
    sumi_writer_confusion(log, tags[4], step, &counts);
    sumi_writer_text(log, tags[5], step, "text");
    sumi_writer_scalars(log, step, NULL, 0);
    assert_false(sumi_writer_due(log, tags[6], step));
    assert_int_equal(sumi_writer_due(log, "seen", step), step == 0);
  }
  assert_int_equal(counting_allocator_requests(), requests);
  sumi_writer_flush(log);
  const sumi_writer_counters_t counters = sumi_writer_stats(log);
  assert_int_equal(counters.scalars + counters.summaries + counters.drawn + counters.encoded +
                       counters.histograms + counters.refused + counters.dropped,
                   0);
  assert_ok(sumi_writer_close(log));
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
}

static void a_null_writer_is_logging_switched_off(void **state) {
  (void)state;
  assert_false(sumi_writer_due(NULL, "x", 0));
  assert_ok(sumi_writer_scalar(NULL, "x", 0, 1));
  assert_ok(sumi_writer_scalar(NULL, NULL, -1, 1));
  assert_ok(sumi_writer_scalars(NULL, 0, NULL, 5));
  assert_ok(sumi_writer_image(NULL, "x", 0, NULL));
  assert_ok(sumi_writer_histogram(NULL, "x", 0, NULL));
  assert_ok(sumi_writer_text(NULL, "x", 0, NULL));
  assert_ok(sumi_writer_predictions(NULL, "x", 0, NULL, 3));
  assert_ok(sumi_writer_hparams(NULL, NULL, 3));
  assert_ok(sumi_writer_graph_def(NULL, NULL, 3));
  assert_ok(sumi_writer_embedding(NULL, NULL, NULL));
  assert_ok(sumi_writer_describe(NULL, NULL, NULL, NULL));
  assert_ok(sumi_writer_set_total_steps(NULL, -4));
  assert_ok(sumi_writer_flush(NULL));
  assert_ok(sumi_writer_status(NULL));
  assert_string_equal(sumi_writer_directory(NULL), "");
  assert_int_equal(sumi_writer_stats(NULL).scalars, 0);
  assert_ok(sumi_writer_close(NULL));
}

static void asking_and_logging_at_one_step_is_one_summary(void **state) {
  (void)state;
  sumi_writer_t *log = sumi_writer_open(temporary_directory(), .intervals = "*=10");
  for (int i = 0; i < 3; ++i) assert_true(sumi_writer_due(log, "x", 20));
  assert_ok(sumi_writer_text(log, "x", 20, "logged"));
  for (int i = 0; i < 3; ++i) assert_false(sumi_writer_due(log, "x", 20));
  assert_ok(sumi_writer_close(log));
}

static void offered_at_some_steps_only_it_is_due_at_the_first_after_each_mark(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_writer_t *log = sumi_writer_open(directory, .intervals = "*=100; d=double; a=at:5,50,51");
  for (int64_t step = 3; step < 500; step += 30) { /* 3 33 63 93 123 153 183 213 … 483 */
    sumi_writer_scalar(log, "n", step, 0);
    sumi_writer_scalar(log, "d", step, 0);
    sumi_writer_scalar(log, "a", step, 0);
  }
  assert_ok(sumi_writer_close(log));
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "n"), "3 123 213 303 423");
  assert_string_equal(logged_steps(&contents, "d"), "3 33 93 153 273");
  assert_string_equal(logged_steps(&contents, "a"), "33 63");
  free(contents.values);
}

static _Atomic int64_t fake_now_ns;
static int64_t fake_monotonic_ns(void *user) {
  (void)user;
  return fake_now_ns;
}
static double fake_wall_s(void *user) {
  (void)user;
  return 1e9 + (double)fake_now_ns * 1e-9;
}

static void seconds_count_from_the_first_offer(void **state) {
  (void)state;
  const sumi_clock_t clock = {fake_wall_s, fake_monotonic_ns, NULL};
  fake_now_ns = 0;
  sumi_set_clock(&clock);
  const char *directory = temporary_directory();
  sumi_writer_t *log = sumi_writer_open(directory, .intervals = "x=60s; y=500,60s",
                                        .ignore_environment = true);
  for (int64_t step = 7; step < 300; ++step) { /* one step takes a second */
    fake_now_ns = step * 1000000000;
    sumi_writer_scalar(log, "x", step, 0);
    sumi_writer_scalar(log, "y", step * 10, 0); /* offered 70, 80, … 2990 */
  }
  assert_ok(sumi_writer_close(log));
  sumi_set_clock(NULL);
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "x"), "7 67 127 187 247");
  assert_string_equal(logged_steps(&contents, "y"),
                      "70 500 670 1000 1270 1500 1870 2000 2470 2500");
  free(contents.values);
}

static void the_last_scalar_is_kept_until_close(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_writer_t *log = sumi_writer_open(directory,
                                        .intervals = "end=last; both=10,last; on=5,last");
  for (int64_t step = 0; step < 16; ++step) {
    const sumi_scalar_t batch[] = {{"both", (double)step}, {"end", (double)step}};
    sumi_writer_scalars(log, step, batch, 2);
    sumi_writer_scalar(log, "on", step, (double)step);
  }
  assert_ok(sumi_writer_flush(log));
  log_contents_t before = logged_read(directory);
  assert_string_equal(logged_steps(&before, "end"), "");
  free(before.values);
  const double closed_after = sumi_clock_wall_s();
  assert_ok(sumi_writer_close(log));
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "end"), "15");
  assert_string_equal(logged_steps(&contents, "both"), "0 10 15");
  assert_string_equal(logged_steps(&contents, "on"), "0 5 10 15");
  assert_true(logged_find(&contents, "end")->scalar == 15);
  assert_true(logged_find(&contents, "end")->wall_time_s <= closed_after);
  free(contents.values);
}

static void pictures_of_the_last_step_need_the_total(void **state) {
  (void)state;
  sumi_writer_t *log = sumi_writer_open(temporary_directory(), .intervals = "*=100,last",
                                        .total_steps = 251);
  for (int64_t step = 0; step < 251; ++step)
    assert_int_equal(sumi_writer_due(log, "p", step), step % 100 == 0 || step == 250);
  assert_ok(sumi_writer_close(log));
  /* A run that is stopped early says so and offers its step again. */
  log = sumi_writer_open(temporary_directory(), .intervals = "*=100,last", .total_steps = 251);
  for (int64_t step = 0; step <= 130; ++step)
    assert_int_equal(sumi_writer_due(log, "p", step), step % 100 == 0);
  assert_ok(sumi_writer_set_total_steps(log, 131));
  assert_true(sumi_writer_due(log, "p", 130));
  assert_fails(sumi_writer_set_total_steps(log, -1), SUMI_INVALID_ARGUMENT, "total_steps is -1");
  assert_int_equal(sumi_writer_close(log), SUMI_INVALID_ARGUMENT);
}

static void steps_that_go_back_are_refused_and_nothing_else_is_lost(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_writer_t *log = sumi_writer_open(directory);
  assert_ok(sumi_writer_scalar(log, "x", 5, 1));
  assert_fails(sumi_writer_scalar(log, "x", 5, 2), SUMI_INVALID_ARGUMENT,
               "tag \"x\": step 5 is not after 5, the last one logged");
  assert_fails(sumi_writer_scalar(log, "x", 4, 3), SUMI_INVALID_ARGUMENT, "step 4 is not after 5");
  assert_fails(sumi_writer_scalar(log, "x", -1, 3), SUMI_INVALID_ARGUMENT, "step is -1");
  assert_fails(sumi_writer_scalar(log, "x", INT64_MAX, 3), SUMI_INVALID_ARGUMENT, "2^53 - 1");
  assert_fails(sumi_writer_text(log, "y", -3, "t"), SUMI_INVALID_ARGUMENT, "step is -3");
  assert_ok(sumi_writer_scalar(log, "x", 6, 4));
  assert_ok(sumi_writer_scalar(log, "z", 1, 4));
  assert_int_equal(sumi_writer_stats(log).refused, 5);
  assert_fails(sumi_writer_status(log), SUMI_INVALID_ARGUMENT, "step 5 is not after 5");
  assert_fails(sumi_writer_flush(log), SUMI_INVALID_ARGUMENT, "step 5 is not after 5");
  assert_fails(sumi_writer_close(log), SUMI_INVALID_ARGUMENT, "step 5 is not after 5");
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "x"), "5 6");
  assert_string_equal(logged_steps(&contents, "z"), "1");
  free(contents.values);
}

static void due_reports_a_loop_that_starts_over(void **state) {
  (void)state;
  sumi_writer_t *log = sumi_writer_open(temporary_directory(), .intervals = "*=10");
  assert_true(sumi_writer_due(log, "p", 10));
  assert_ok(sumi_writer_text(log, "p", 10, "x"));
  assert_false(sumi_writer_due(log, "p", 0));
  assert_fails(sumi_writer_close(log), SUMI_INVALID_ARGUMENT, "step 0 is not after 10");
}

static void bad_tags_are_refused(void **state) {
  (void)state;
  char longest[1026];
  memset(longest, 'a', sizeof longest);
  longest[1025] = '\0';
  sumi_writer_t *log = sumi_writer_open(temporary_directory());
  assert_fails(sumi_writer_scalar(log, NULL, 0, 1), SUMI_INVALID_ARGUMENT, "tag is NULL");
  assert_fails(sumi_writer_scalar(log, "", 0, 1), SUMI_INVALID_ARGUMENT, "tag is empty");
  assert_fails(sumi_writer_scalar(log, "a\xFF", 0, 1), SUMI_INVALID_ARGUMENT,
               "tag is not UTF-8: byte 0xff at offset 1 of 2");
  assert_fails(sumi_writer_text(log, longest, 0, "t"), SUMI_INVALID_ARGUMENT,
               "the tag is 1025 bytes long; 1024 are allowed");
  assert_false(sumi_writer_due(log, "\xC0\x80", 0));
  longest[1024] = '\0';
  assert_ok(sumi_writer_scalar(log, longest, 0, 1));
  assert_ok(sumi_writer_scalar(log, "墨/水", 0, 1));
  assert_int_equal(sumi_writer_stats(log).refused, 5);
  assert_fails(sumi_writer_close(log), SUMI_INVALID_ARGUMENT, "tag is NULL");
}

static void a_tag_keeps_its_kind(void **state) {
  (void)state;
  sumi_writer_t *log = sumi_writer_open(temporary_directory());
  assert_ok(sumi_writer_scalar(log, "x", 0, 1));
  assert_fails(sumi_writer_image(log, "x", 1, &image), SUMI_INVALID_ARGUMENT,
               "tag \"x\" is logged to TensorBoard's scalars and cannot be logged to its images");
  assert_ok(sumi_writer_image(log, "y", 0, &image));
  assert_fails(sumi_writer_scalar(log, "y", 1, 1), SUMI_INVALID_ARGUMENT, "tag \"y\"");
  assert_fails(sumi_writer_close(log), SUMI_INVALID_ARGUMENT, "tag \"x\"");
}

static void a_refused_value_does_not_use_up_its_step(void **state) {
  (void)state;
  sumi_writer_t *log = sumi_writer_open(temporary_directory(), .intervals = "*=10");
  const sumi_array_view_t wrong = {SUMI_FLOAT32, 5, {1, 1, 1, 1, 1}, pixels};
  assert_fails(sumi_writer_image(log, "i", 10, &wrong), SUMI_INVALID_ARGUMENT,
               "tag \"i\", step 10: pixels");
  assert_true(sumi_writer_due(log, "i", 10));
  assert_ok(sumi_writer_image(log, "i", 10, &image));
  assert_int_equal(sumi_writer_close(log), SUMI_INVALID_ARGUMENT);
}

static void a_batch_writes_what_is_due_and_right(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_writer_t *log = sumi_writer_open(directory, .intervals = "*=2; c=never");
  for (int64_t step = 0; step < 5; ++step) {
    const sumi_scalar_t batch[] = {{"a", (double)step}, {"b", -(double)step}, {"c", 1}};
    assert_ok(sumi_writer_scalars(log, step, batch, 3));
  }
  const sumi_scalar_t wrong[] = {{"a", 6}, {"\xFF", 6}, {"b", 6}, {"b", 7}, {"d", NAN}};
  assert_fails(sumi_writer_scalars(log, 6, wrong, 5), SUMI_INVALID_ARGUMENT,
               "tag \"b\" stands more than once");
  assert_fails(sumi_writer_scalars(log, 7, NULL, 5), SUMI_INVALID_ARGUMENT, "5 scalars at NULL");
  assert_int_equal(sumi_writer_close(log), SUMI_INVALID_ARGUMENT);
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "a"), "0 2 4 6");
  assert_string_equal(logged_steps(&contents, "b"), "0 2 4 6");
  assert_string_equal(logged_steps(&contents, "c"), "");
  assert_true(isnan(logged_find(&contents, "d")->scalar));
  free(contents.values);
}

static void rules_that_do_not_parse_are_reported_and_others_hold(void **state) {
  (void)state;
  setenv("SUMI_INTERVALS", "loss=tomorrow", 1);
  sumi_writer_t *log = sumi_writer_open(temporary_directory(), .intervals = "loss=10");
  assert_fails(sumi_writer_status(log), SUMI_INVALID_ARGUMENT,
               "SUMI_INTERVALS: at byte 5 of \"loss=tomorrow\": expected steps, a time");
  assert_true(sumi_writer_due(log, "loss", 0));
  assert_false(sumi_writer_due(log, "loss", 1));
  assert_int_equal(sumi_writer_close(log), SUMI_INVALID_ARGUMENT);
  unsetenv("SUMI_INTERVALS");
  log = sumi_writer_open(temporary_directory(), .intervals = "loss 10");
  assert_fails(sumi_writer_close(log), SUMI_INVALID_ARGUMENT,
               "intervals: at byte 7 of \"loss 10\": expected '=' after the pattern");
}

static void the_environment_overrides_code_and_the_file_both(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  char path[4096];
  snprintf(path, sizeof path, "%s/intervals", directory);
  FILE *file = fopen(path, "w");
  fputs("# while it runs\nc = 7\n", file);
  fclose(file);
  setenv("SUMI_INTERVALS", "b=5; c=5", 1);
  sumi_writer_t *log = sumi_writer_open(directory, .intervals = "*=3");
  assert_ok(sumi_writer_set_interval(log, "d", sumi_interval_every_steps(11)));
  assert_fails(sumi_writer_set_interval(log, "d", sumi_interval_every_steps(0)),
               SUMI_INVALID_ARGUMENT, "not valid");
  unsetenv("SUMI_INTERVALS");
  for (int64_t step = 0; step < 80; ++step) {
    assert_int_equal(sumi_writer_due(log, "a", step), step % 3 == 0);
    assert_int_equal(sumi_writer_due(log, "b", step), step % 5 == 0);
    assert_int_equal(sumi_writer_due(log, "c", step), step % 7 == 0);
    assert_int_equal(sumi_writer_due(log, "d", step), step % 11 == 0);
  }
  assert_int_equal(sumi_writer_close(log), SUMI_INVALID_ARGUMENT);
  setenv("SUMI_INTERVALS", "*=never", 1);
  log = sumi_writer_open(temporary_directory(), .ignore_environment = true);
  unsetenv("SUMI_INTERVALS");
  assert_true(sumi_writer_due(log, "a", 0));
  assert_ok(sumi_writer_close(log));
}

static bool becomes_due(sumi_writer_t *log, const char *tag, int64_t *step) {
  for (int i = 0; i < 500; ++i) { /* the file is looked at once a second */
    if (sumi_writer_due(log, tag, ++*step)) return true;
    usleep(10000);
  }
  return false;
}

static void write_rules(const char *directory, const char *rules) {
  char path[4096], hidden[4100];
  snprintf(path, sizeof path, "%s/intervals", directory);
  snprintf(hidden, sizeof hidden, "%s.new", path);
  FILE *file = fopen(hidden, "w");
  fputs(rules, file);
  fclose(file);
  assert_int_equal(rename(hidden, path), 0);
}

static void the_file_is_read_again_while_the_run_goes_on(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_writer_t *log = sumi_writer_open(directory, .intervals = "*=never");
  int64_t step = 0;
  assert_false(sumi_writer_due(log, "x", step));
  write_rules(directory, "x=always");
  assert_true(becomes_due(log, "x", &step));
  write_rules(directory, "x=alway");
  usleep(2500000);
  assert_true(sumi_writer_due(log, "x", ++step)); /* the rules before stay */
  write_rules(directory, "x=never; y=always");
  assert_true(becomes_due(log, "y", &step));
  assert_false(sumi_writer_due(log, "x", ++step));
  assert_ok(sumi_writer_close(log));
  log_contents_t contents = logged_read(directory);
  const logged_t *warning = logged_find(&contents, "sumi/warnings");
  assert_non_null(warning);
  assert_string_equal(warning->plugin, "text");
  assert_non_null(strstr(warning->text, "/intervals: at byte 2 of \"x=alway\": expected steps"));
  free(contents.values);
}

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

static void options_out_of_range_are_reported(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_writer_t *log = sumi_writer_open(directory, .workers = 65);
  assert_fails(sumi_writer_close(log), SUMI_INVALID_ARGUMENT, "workers is 65; expected 1 to 64");
  log = sumi_writer_open(directory, .queue_summaries = -1);
  assert_fails(sumi_writer_close(log), SUMI_INVALID_ARGUMENT, "queue_summaries is -1");
  log = sumi_writer_open(directory, .resume_at = -1);
  assert_fails(sumi_writer_close(log), SUMI_INVALID_ARGUMENT, "resume_at is -1");
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
  if (sumi_writer_stats(log).dropped == 0) return 5;
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

static void resuming_leaves_what_an_uninterrupted_run_would_have_left(void **state) {
  (void)state;
  const char *rules = "*=7; d=double; f=first,100; e=always";
  const char *const tags[] = {"a", "d", "f", "e"};
  const char *whole = temporary_directory(), *resumed = temporary_directory();
  for (int part = 0; part < 3; ++part) {
    sumi_writer_t *log = part == 0 ? sumi_writer_open(whole, .intervals = rules)
                                   : sumi_writer_open(resumed, .intervals = rules,
                                                      .resume_at = part == 1 ? 0 : 90);
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

static void descriptions_must_come_first(void **state) {
  (void)state;
  sumi_writer_t *log = sumi_writer_open(temporary_directory());
  assert_ok(sumi_writer_describe(log, "x", "The loss", "in *nats*"));
  assert_ok(sumi_writer_describe(log, "x", "The loss", "in **nats**"));
  assert_ok(sumi_writer_scalar(log, "x", 0, 1));
  assert_fails(sumi_writer_describe(log, "y", "\xFF", NULL), SUMI_INVALID_ARGUMENT, "title");
  assert_fails(sumi_writer_describe(log, "x", "other", NULL), SUMI_FAILED_PRECONDITION,
               "tag \"x\" has been logged");
  assert_int_equal(sumi_writer_close(log), SUMI_INVALID_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_first_listing_works),
      cmocka_unit_test(what_is_not_due_is_neither_copied_nor_drawn_nor_encoded),
      cmocka_unit_test(a_null_writer_is_logging_switched_off),
      cmocka_unit_test(asking_and_logging_at_one_step_is_one_summary),
      cmocka_unit_test(offered_at_some_steps_only_it_is_due_at_the_first_after_each_mark),
      cmocka_unit_test(seconds_count_from_the_first_offer),
      cmocka_unit_test(the_last_scalar_is_kept_until_close),
      cmocka_unit_test(pictures_of_the_last_step_need_the_total),
      cmocka_unit_test(steps_that_go_back_are_refused_and_nothing_else_is_lost),
      cmocka_unit_test(due_reports_a_loop_that_starts_over),
      cmocka_unit_test(bad_tags_are_refused),
      cmocka_unit_test(a_tag_keeps_its_kind),
      cmocka_unit_test(a_refused_value_does_not_use_up_its_step),
      cmocka_unit_test(a_batch_writes_what_is_due_and_right),
      cmocka_unit_test(rules_that_do_not_parse_are_reported_and_others_hold),
      cmocka_unit_test(the_environment_overrides_code_and_the_file_both),
      cmocka_unit_test(the_file_is_read_again_while_the_run_goes_on),
      cmocka_unit_test(a_directory_that_cannot_be_written_is_reported_at_close),
      cmocka_unit_test(options_out_of_range_are_reported),
      cmocka_unit_test(a_full_disk_does_not_stop_the_run),
      cmocka_unit_test(a_forked_child_does_not_write),
      cmocka_unit_test(resuming_leaves_what_an_uninterrupted_run_would_have_left),
      cmocka_unit_test(descriptions_must_come_first),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
