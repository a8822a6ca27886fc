/* When values are due: rules, steps, the clock, the file that is read again. */
#include <unistd.h>

#include <sumi/clock.h>
#include <sumi/summary.h>

#include "logged.h"

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

/* Asking serves the mark on the clock; the value that then comes at this step has to be logged. */
static void what_was_due_by_the_clock_is_logged(void **state) {
  (void)state;
  const sumi_clock_t clock = {fake_wall_s, fake_monotonic_ns, NULL};
  fake_now_ns = 0;
  sumi_set_clock(&clock);
  const char *directory = temporary_directory();
  sumi_writer_t *log = sumi_writer_open(directory, .intervals = "*=60s",
                                        .ignore_environment = true);
  for (int64_t step = 5; step < 200; ++step) { /* one step takes a second */
    fake_now_ns = step * 1000000000;
    if (sumi_writer_due(log, "x", step)) sumi_writer_scalar(log, "x", step, 0);
  }
  assert_ok(sumi_writer_close(log));
  sumi_set_clock(NULL);
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "x"), "5 65 125 185");
  free(contents.values);
}

static void rules_set_anew_do_not_start_the_clock_again(void **state) {
  (void)state;
  const sumi_clock_t clock = {fake_wall_s, fake_monotonic_ns, NULL};
  fake_now_ns = 0;
  sumi_set_clock(&clock);
  const char *directory = temporary_directory();
  sumi_writer_t *log = sumi_writer_open(directory, .intervals = "x=60s; late=never",
                                        .ignore_environment = true);
  for (int64_t step = 7; step < 300; ++step) { /* one step takes a second */
    fake_now_ns = step * 1000000000;
    sumi_writer_set_total_steps(log, 1000 + step);
    assert_ok(sumi_writer_set_interval(log, "other", sumi_interval_every_steps(step)));
    if (step == 200)
      assert_ok(sumi_writer_set_interval(log, "late", sumi_interval_every_seconds(60)));
    sumi_writer_scalar(log, "x", step, 0);
    sumi_writer_scalar(log, "late", step, 0);
  }
  assert_ok(sumi_writer_close(log));
  sumi_set_clock(NULL);
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "x"), "7 67 127 187 247");
  assert_string_equal(logged_steps(&contents, "late"), "200 260");
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
  for (int i = 0; i < 1000; ++i) { /* the file is looked at once a second, three times */
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
  usleep(3500000);
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

static void write_in_place(const char *directory, const char *rules) {
  char path[2200];
  snprintf(path, sizeof path, "%s/intervals", directory);
  FILE *file = fopen(path, "w");
  fputs(rules, file);
  fclose(file);
}

/* An editor that empties the file before it writes it anew; then the rules are removed for good. */
static void rules_hold_while_the_file_is_being_saved(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  write_in_place(directory, "x=never");
  sumi_writer_t *log = sumi_writer_open(directory);
  int64_t step = 0;
  assert_false(sumi_writer_due(log, "x", step));
  write_in_place(directory, "");
  for (int i = 0; i < 17; ++i) {
    usleep(100000);
    assert_false(sumi_writer_due(log, "x", ++step));
  }
  write_in_place(directory, "x=never; y=never");
  for (int i = 0; i < 30; ++i) {
    usleep(100000);
    assert_false(sumi_writer_due(log, "x", ++step));
  }
  assert_false(sumi_writer_due(log, "y", ++step));
  write_in_place(directory, "");
  assert_true(becomes_due(log, "x", &step));
  assert_ok(sumi_writer_close(log));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(asking_and_logging_at_one_step_is_one_summary),
      cmocka_unit_test(offered_at_some_steps_only_it_is_due_at_the_first_after_each_mark),
      cmocka_unit_test(seconds_count_from_the_first_offer),
      cmocka_unit_test(what_was_due_by_the_clock_is_logged),
      cmocka_unit_test(rules_set_anew_do_not_start_the_clock_again),
      cmocka_unit_test(the_last_scalar_is_kept_until_close),
      cmocka_unit_test(pictures_of_the_last_step_need_the_total),
      cmocka_unit_test(rules_that_do_not_parse_are_reported_and_others_hold),
      cmocka_unit_test(the_environment_overrides_code_and_the_file_both),
      cmocka_unit_test(the_file_is_read_again_while_the_run_goes_on),
      cmocka_unit_test(rules_hold_while_the_file_is_being_saved),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
