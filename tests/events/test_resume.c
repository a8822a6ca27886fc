#include "event_test.h"

static void log_session(const char *directory, int64_t first, int64_t last, bool resume) {
  sumi_status_t status;
  sumi_event_writer_t *writer = resume ? sumi_event_writer_open(directory, &status,
                                                                .existing = SUMI_RUN_RESUME,
                                                                .resume_step = first)
                                       : sumi_event_writer_open(directory, &status);
  assert_ok(status);
  const sumi_bytes_view_t text = {"the configuration", 17};
  const sumi_event_value_t config = text_value("config", &text);
  const sumi_event_value_t hparams = {
      .tag = "_hparams_/session_start_info",
      .kind = SUMI_EVENT_EMPTY,
      .metadata = {.plugin_name = "hparams", .plugin_content = {"\x1a\0", 2}}};
  assert_ok(sumi_event_writer_values(writer, 0, 0, &config, 1));
  assert_ok(sumi_event_writer_values(writer, 0, 0, &hparams, 1));
  for (int64_t step = first; step <= last; ++step) {
    assert_ok(sumi_event_writer_scalar(writer, "loss", step, (float)step));
    if (step % 10 == 0) assert_ok(sumi_event_writer_scalar(writer, "accuracy", step, (float)step));
    /* A tag only the first session has. */
    if (!resume) assert_ok(sumi_event_writer_scalar(writer, "once", step, (float)step));
  }
  assert_ok(sumi_event_writer_close(writer));
}

static void a_resumed_run_reads_like_an_uninterrupted_one(void **state) {
  (void)state;
  for (int64_t at = 0; at <= 60; at += 7) {
    const char *directory = temporary_directory();
    log_session(directory, 0, 49, false);
    log_session(directory, at, 99, true);
    assert_int_equal(event_file_count(directory), 2);
    static int64_t steps[200];
    size_t count = steps_of(directory, "loss", steps, 200);
    assert_int_equal(count, at <= 50 ? 100 : 100 - (at - 50));
    for (size_t i = 1; i < count; ++i) assert_true(steps[i] > steps[i - 1]);
    /* Every tenth step of the first session below `at`, then of the second. */
    count = steps_of(directory, "accuracy", steps, 200);
    size_t expected = 0;
    for (int64_t step = 0; step < 100; step += 10)
      if ((step < at && step < 50) || step >= at) assert_int_equal(steps[expected++], step);
    assert_int_equal(count, expected);
    count = steps_of(directory, "once", steps, 200);
    assert_int_equal(count, at < 50 ? at : 50);
    /* What every session logs at its start stands once. */
    assert_int_equal(steps_of(directory, "config", steps, 200), 1);
    assert_int_equal(steps_of(directory, "_hparams_/session_start_info", steps, 200), 1);
  }
}

static void the_second_file_carries_metadata_and_session_start_again(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  log_session(directory, 0, 9, false);
  log_session(directory, 5, 19, true);
  sumi_event_reader_t *reader = sumi_event_reader_open(event_file_in(directory, 1), NULL);
  sumi_event_t event;
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_string_equal(event.text, "brain.Event:2");
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_int_equal(event.session_status, SUMI_SESSION_START);
  assert_int_equal(event.step, 5);
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_string_equal(event.values[0].metadata.plugin_name, "scalars");
  sumi_event_reader_free(reader);
}

static void resuming_again_and_again_keeps_one_series(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  log_session(directory, 0, 30, false);
  log_session(directory, 20, 50, true);
  log_session(directory, 10, 40, true);
  log_session(directory, 41, 45, true);
  assert_steps(directory, "loss", 0, 45);
  assert_int_equal(event_file_count(directory), 4);
}

static void continuing_refuses_steps_the_older_files_have(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  log_session(directory, 0, 30, false);
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL);
  assert_fails(sumi_event_writer_scalar(writer, "loss", 30, 1), SUMI_INVALID_ARGUMENT,
               "tag \"loss\": step 30 is not after 30, the last one in the run's earlier "
               "event files");
  const sumi_bytes_view_t text = {"x", 1};
  const sumi_event_value_t value = text_value("loss", &text);
  assert_fails(sumi_event_writer_values(writer, 31, 0, &value, 1), SUMI_INVALID_ARGUMENT,
               "belongs to plugin \"scalars\"");
  assert_ok(sumi_event_writer_scalar(writer, "loss", 31, 1));
  assert_ok(sumi_event_writer_close(writer));
  /* Its session start must not make the Python loader drop anything. */
  sumi_event_reader_t *reader = sumi_event_reader_open(event_file_in(directory, 1), NULL);
  sumi_event_t event;
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_int_equal(event.step, 31);
  sumi_event_reader_free(reader);
  assert_steps(directory, "loss", 0, 31);
}

static void trimming_leaves_the_kept_bytes_alone(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  log_session(directory, 0, 9, false);
  const char *path = event_file_in(directory, 0);
  const bytes_t before = read_file(path);
  assert_int_equal(chmod(path, 0640), 0);
  sumi_event_repair_t report;
  assert_ok(sumi_event_file_repair(path, &report, .trim = true, .first_step = 4, .dry_run = true));
  assert_int_equal(report.removed_events, 12);
  assert_ok(sumi_event_file_repair(path, &report, .trim = true, .first_step = 4));
  assert_int_equal(report.removed_events, 12);
  const bytes_t after = read_file(path);
  assert_true(after.size < before.size);
  assert_memory_equal(after.data, before.data, after.size);
  struct stat info;
  assert_int_equal(stat(path, &info), 0);
  assert_int_equal(info.st_mode & 0777, 0640);
  assert_int_equal(event_file_count(directory), 1);
  assert_steps(directory, "loss", 0, 3);
  free(before.data);
  free(after.data);
}

/* An event of step 3 with a tensor of rank 9, as TensorFlow can write it. */
static const char rank_9[] =
    "\x10\x03\x2a\x35\x0a\x33\x0a\x01\x78\x42\x2e\x08\x01\x12\x24\x12\x02\x08\x01\x12"
    "\x02\x08\x01\x12\x02\x08\x01\x12\x02\x08\x01\x12\x02\x08\x01\x12\x02\x08\x01\x12"
    "\x02\x08\x01\x12\x02\x08\x01\x12\x02\x08\x01\x2a\x04\x00\x00\x80\x3f";

static int undecoded_count(const char *path, uint64_t *damaged_places) {
  sumi_event_reader_t *reader = sumi_event_reader_open(path, NULL, .complete = true);
  sumi_event_t event;
  int count = 0;
  while (sumi_event_reader_next(reader, &event) != SUMI_OUT_OF_RANGE)
    if (event.value_count > 0 && event.values[0].kind == SUMI_EVENT_UNDECODED) ++count;
  *damaged_places = sumi_event_reader_damage(reader).places;
  sumi_event_reader_free(reader);
  return count;
}

static void what_sumi_cannot_decode_is_no_damage(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  log_session(directory, 0, 9, false);
  const char *path = event_file_in(directory, 0);
  append_record(path, rank_9, sizeof rank_9 - 1);
  append_record(path, "\x10\x04\x2a\x7f", 4); /* not an event at all */
  append_file(path, "torn", 4);
  sumi_event_repair_t report;
  assert_ok(sumi_event_file_repair(path, &report));
  assert_int_equal(report.damaged_bytes, 0);
  assert_int_equal(report.torn_tail_bytes, 4);
  assert_ok(sumi_event_file_repair(path, &report, .trim = true, .first_step = 4));
  assert_int_equal(report.removed_events, 12);
  log_session(directory, 4, 9, true);
  uint64_t damaged_places;
  assert_int_equal(undecoded_count(path, &damaged_places), 1);
  assert_int_equal(damaged_places, 1); /* the record that is no event is still there */
  assert_ok(sumi_event_file_repair(path, &report, .trim = true, .first_step = 3));
  assert_int_equal(undecoded_count(path, &damaged_places), 0); /* its step was read all the same */
}

static void a_run_that_cannot_be_taken_over_loses_nothing(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  log_session(directory, 0, 49, false);
  sumi_status_t status;
  sumi_event_writer_t *alive = sumi_event_writer_open(
      directory, &status, .existing = SUMI_RUN_RESUME, .resume_step = 50);
  assert_ok(status);
  const bytes_t before = read_file(event_file_in(directory, 0));
  assert_null(
      sumi_event_writer_open(directory, &status, .existing = SUMI_RUN_RESUME, .resume_step = 20));
  assert_int_equal(status, SUMI_UNAVAILABLE);
  assert_non_null(strstr(sumi_error_message(), event_file_in(directory, 1)));
  const bytes_t after = read_file(event_file_in(directory, 0));
  assert_int_equal(after.size, before.size);
  assert_memory_equal(after.data, before.data, after.size);
  assert_ok(sumi_event_writer_close(alive));
  assert_steps(directory, "loss", 0, 49);
  free(before.data);
  free(after.data);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_resumed_run_reads_like_an_uninterrupted_one),
      cmocka_unit_test(the_second_file_carries_metadata_and_session_start_again),
      cmocka_unit_test(resuming_again_and_again_keeps_one_series),
      cmocka_unit_test(continuing_refuses_steps_the_older_files_have),
      cmocka_unit_test(what_sumi_cannot_decode_is_no_damage),
      cmocka_unit_test(a_run_that_cannot_be_taken_over_loses_nothing),
      cmocka_unit_test(trimming_leaves_the_kept_bytes_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
