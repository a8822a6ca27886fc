#include "event_test.h"

#include <math.h>

#include <sumi/clock.h>

static const double day = 86400;

static void a_file_begins_with_version_and_session_start(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_status_t status;
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, &status);
  assert_ok(status);
  /* Both stand there before anything is logged or flushed. */
  sumi_event_reader_t *reader = sumi_event_reader_open(sumi_event_writer_path(writer), &status);
  sumi_event_t event;
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_int_equal(event.kind, SUMI_EVENT_FILE_VERSION);
  assert_string_equal(event.text, "brain.Event:2");
  assert_string_equal(event.source, "sumi " SUMI_VERSION);
  assert_near(event.wall_time_s, sumi_clock_wall_s(), day);
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_int_equal(event.kind, SUMI_EVENT_SESSION_LOG);
  assert_int_equal(event.session_status, SUMI_SESSION_START);
  assert_int_equal(event.step, 0);
  assert_int_equal(sumi_event_reader_next(reader, &event), SUMI_OUT_OF_RANGE);
  assert_ok(sumi_event_writer_scalar(writer, "loss", 3, 0.5f));
  assert_ok(sumi_event_writer_flush(writer));
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_int_equal(event.step, 3);
  assert_int_equal(event.value_count, 1);
  assert_string_equal(event.values[0].tag, "loss");
  assert_string_equal(event.values[0].metadata.plugin_name, "scalars");
  double number;
  assert_ok(sumi_event_value_number(&event.values[0], &number));
  assert_near(number, 0.5, 0);
  sumi_event_reader_free(reader);
  assert_ok(sumi_event_writer_close(writer));
}

static double fixed_wall(void *user) {
  return *(const double *)user;
}

static int64_t fixed_monotonic(void *user) {
  (void)user;
  return 0;
}

/* One scalar record by hand: wall_time 1.0, step 2, summary { value { tag "a", metadata {
 * plugin_data { plugin_name "scalars" } }, tensor { dtype 1, float_val 1.5 } } }. */
static void a_scalar_event_has_the_bytes_worked_out_by_hand(void **state) {
  (void)state;
  static const uint8_t payload[] = {
      0x09, 0,    0,    0,    0,    0,    0,   0xf0, 0x3f,                     /* wall_time */
      0x10, 0x02,                                                              /* step */
      0x2a, 0x1c, 0x0a, 0x1a,                                                  /* summary, value */
      0x0a, 0x01, 'a',                                                         /* tag */
      0x4a, 0x0b, 0x0a, 0x09, 0x0a, 0x07, 's', 'c',  'a',  'l', 'a', 'r', 's', /* metadata */
      0x42, 0x08, 0x08, 0x01, 0x2a, 0x04, 0,   0,    0xc0, 0x3f};              /* tensor */
  double now = 1;
  const sumi_clock_t clock = {fixed_wall, fixed_monotonic, &now};
  sumi_set_clock(&clock);
  sumi_status_t status;
  sumi_event_writer_t *writer = sumi_event_writer_open(temporary_directory(), &status);
  assert_ok(status);
  assert_ok(sumi_event_writer_scalar(writer, "a", 2, 1.5f));
  assert_ok(sumi_event_writer_scalar(writer, "a", 3, 1.5f));
  assert_ok(sumi_event_writer_flush(writer));
  sumi_set_clock(NULL);
  const bytes_t file = read_file(sumi_event_writer_path(writer));
  assert_ok(sumi_event_writer_close(writer));
  /* The second one has no metadata: 13 bytes less. */
  const size_t second = sizeof payload - 13 + 16, first = sizeof payload + 16;
  const uint8_t *at = file.data + file.size - second - first;
  assert_int_equal(at[0], sizeof payload);
  assert_memory_equal(at + 12, payload, sizeof payload);
  assert_int_equal(at[first], sizeof payload - 13);
  free(file.data);
}

static void steps_that_do_not_go_up_are_refused(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL);
  assert_ok(sumi_event_writer_scalar(writer, "loss", 10, 1));
  assert_fails(sumi_event_writer_scalar(writer, "loss", 10, 1), SUMI_INVALID_ARGUMENT,
               "tag \"loss\": step 10 is not after 10, the last one logged");
  assert_fails(sumi_event_writer_scalar(writer, "loss", 9, 1), SUMI_INVALID_ARGUMENT,
               "tag \"loss\": step 9 is not after 10, the last one logged");
  assert_ok(sumi_event_writer_scalar(writer, "other", 9, 1));
  assert_ok(sumi_event_writer_scalar(writer, "loss", 11, 1));
  assert_fails(sumi_event_writer_scalar(writer, "loss", -1, 1), SUMI_INVALID_ARGUMENT,
               "step is -1");
  assert_fails(sumi_event_writer_scalar(writer, "new", (int64_t)1 << 53, 1), SUMI_INVALID_ARGUMENT,
               "0 to 2^53 - 1");
  assert_ok(sumi_event_writer_scalar(writer, "new", ((int64_t)1 << 53) - 1, 1));
  const sumi_event_writer_counts_t counts = sumi_event_writer_counts(writer);
  assert_int_equal(counts.refused, 4);
  assert_int_equal(counts.queued, 4);
  assert_ok(sumi_event_writer_close(writer));
  int64_t steps[8];
  assert_int_equal(steps_of(directory, "loss", steps, 8), 2);
  assert_int_equal(steps[0], 10);
  assert_int_equal(steps[1], 11);
}

static int destroyed;
static void count_destroyed(void *user_data) {
  destroyed += *(int *)user_data;
}

/* Values of claimed steps may come later, and in another order than other tags'. */
static void a_tag_is_one_thing_for_all_who_log_under_it(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL);
  assert_null(sumi_event_writer_find_tag(writer, "x"));
  sumi_event_tag_t *tag, *same;
  assert_ok(sumi_event_writer_tag(writer, "x", &tag));
  assert_ok(sumi_event_writer_tag(writer, "x", &same));
  assert_ptr_equal(tag, same);
  assert_ptr_equal(sumi_event_writer_find_tag(writer, "x"), tag);
  assert_string_equal(sumi_event_tag_name(tag), "x");
  assert_null(sumi_event_tag_plugin_name(tag));
  assert_int_equal(sumi_event_tag_last_step(tag), -1);
  int seven = 7;
  destroyed = 0;
  assert_null(sumi_event_tag_user_data(tag));
  sumi_event_tag_set_user_data(tag, &seven, count_destroyed);
  assert_ptr_equal(sumi_event_tag_user_data(tag), &seven);

  bool repeated;
  assert_ok(sumi_event_tag_check(tag, "scalars", 3, &repeated));
  assert_int_equal(sumi_event_tag_last_step(tag), -1); /* checking takes nothing */
  assert_ok(sumi_event_tag_claim(tag, "scalars", 3, &repeated));
  assert_false(repeated);
  assert_string_equal(sumi_event_tag_plugin_name(tag), "scalars");
  assert_int_equal(sumi_event_tag_last_step(tag), 3);
  assert_fails(sumi_event_tag_claim(tag, "scalars", 3, &repeated), SUMI_INVALID_ARGUMENT,
               "tag \"x\": step 3 is not after 3, the last one logged");
  assert_fails(sumi_event_tag_claim(tag, "text", 4, &repeated), SUMI_INVALID_ARGUMENT,
               "belongs to plugin \"scalars\"");
  assert_fails(sumi_event_writer_scalar(writer, "x", 3, 1), SUMI_INVALID_ARGUMENT, "not after 3");
  assert_ok(sumi_event_writer_scalar(writer, "y", 9, 1));
  const sumi_event_value_t value = {
      .tag = "x", .handle = tag, .claimed = true, .kind = SUMI_EVENT_SCALAR, .scalar = 30};
  assert_ok(sumi_event_writer_values(writer, 3, 0, &value, 1));
  assert_ok(sumi_event_tag_scalar(tag, 4, 40));
  assert_fails(sumi_event_writer_tag(writer, "", &tag), SUMI_INVALID_ARGUMENT, "the tag is empty");
  assert_fails(sumi_event_writer_tag(writer, NULL, &tag), SUMI_INVALID_ARGUMENT, "NULL");
  assert_ok(sumi_event_writer_close(writer));
  assert_int_equal(destroyed, 7);
  assert_steps(directory, "x", 3, 4);
  assert_steps(directory, "y", 9, 9);
}

/* A failure of a layer above is the writer's, if it is the first, and not of the disk. */
static void there_is_one_memory_of_what_went_wrong(void **state) {
  (void)state;
  sumi_event_writer_t *writer = sumi_event_writer_open(temporary_directory(), NULL);
  assert_ok(sumi_event_writer_status(writer));
  sumi_event_writer_fail(writer, sumi_fail(SUMI_INVALID_ARGUMENT, "the first"));
  sumi_event_writer_fail(writer, sumi_fail(SUMI_INTERNAL, "the second"));
  assert_fails(sumi_event_writer_flush(writer), SUMI_INVALID_ARGUMENT, "the first");
  assert_string_equal(sumi_error_message(), "the first");
  assert_fails(sumi_event_writer_close(writer), SUMI_INVALID_ARGUMENT, "the first");
}

static void bad_values_are_refused_and_leave_the_file_whole(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL);
  const sumi_bytes_view_t good = {"good", 4}, bad = {"a\xFF", 2};
  float numbers[6] = {0};
  sumi_event_value_t value = text_value("text", &bad);
#define VALUE(step, wall) sumi_event_writer_values(writer, step, wall, &value, 1)
  assert_fails(VALUE(1, 0), SUMI_INVALID_ARGUMENT,
               "tag \"text\": text 0 is not UTF-8: byte 0xff at offset 1 of 2");
  value = text_value("te\xC0xt", &good);
  assert_fails(VALUE(1, 0), SUMI_INVALID_ARGUMENT, "the tag is not UTF-8: byte 0xc0 at offset 2");
  value = text_value("", &good);
  assert_fails(VALUE(1, 0), SUMI_INVALID_ARGUMENT, "the tag is empty");
  value = text_value(NULL, &good);
  assert_fails(VALUE(1, 0), SUMI_INVALID_ARGUMENT, "the tag is NULL");
  value = text_value("text", NULL);
  assert_fails(VALUE(1, 0), SUMI_INVALID_ARGUMENT, "items is NULL");
  value = text_value("text", &good);
  assert_fails(VALUE(1, NAN), SUMI_INVALID_ARGUMENT, "wall time");
  assert_fails(VALUE(1, INFINITY), SUMI_INVALID_ARGUMENT, "wall time");
  value.metadata.description = "\x80";
  assert_fails(VALUE(1, 0), SUMI_INVALID_ARGUMENT, "description");
  value = text_value("text", &good);
  value.metadata.plugin_name = NULL;
  assert_fails(VALUE(1, 0), SUMI_INVALID_ARGUMENT, "needs metadata");
  value = text_value("text", &good);
  value.strings.rank = 9;
  assert_fails(VALUE(1, 0), SUMI_INVALID_ARGUMENT, "rank 9");
  value.strings = (sumi_event_strings_t){&good, 1, {-1}};
  assert_fails(VALUE(1, 0), SUMI_INVALID_ARGUMENT, "size -1");
  value = (sumi_event_value_t){
      .tag = "numbers", .kind = SUMI_EVENT_NUMBERS, .metadata = {.plugin_name = "mine"}};
  value.numbers = (sumi_array_view_t){SUMI_INT16, 1, {2}, numbers};
  assert_fails(VALUE(1, 0), SUMI_INVALID_ARGUMENT, "numbers of type int16");
  value.numbers = (sumi_array_view_t){SUMI_FLOAT32, 1, {2}, NULL};
  assert_fails(VALUE(1, 0), SUMI_INVALID_ARGUMENT,
               "tag \"numbers\": numbers has 2 elements but NULL data");
  value.numbers = (sumi_array_view_t){SUMI_FLOAT32, 2, {2, 3}, numbers};
  assert_ok(VALUE(1, 0)); /* what a plugin of somebody else's takes is theirs to say */
  value.tag = "images";
  value.metadata.plugin_name = "images";
  assert_fails(VALUE(1, 0), SUMI_INVALID_ARGUMENT,
               "\"images\", which shows strings of rank 1 to 1");
  value.kind = (sumi_event_value_kind_t)17;
  assert_fails(VALUE(1, 0), SUMI_INVALID_ARGUMENT, "kind of value 17");
  assert_fails(sumi_event_writer_values(writer, 1, 0, NULL, 1), SUMI_INVALID_ARGUMENT,
               "without values");
  assert_fails(sumi_event_writer_values(writer, 1, 0, &value, 0), SUMI_INVALID_ARGUMENT,
               "without values");
  assert_fails(sumi_event_writer_scalar(writer, NULL, 1, 1), SUMI_INVALID_ARGUMENT,
               "the tag is NULL");
  assert_fails(sumi_event_writer_scalar(NULL, "a", 1, 1), SUMI_INVALID_ARGUMENT, "writer is NULL");
  assert_fails(sumi_event_writer_session(writer, SUMI_SESSION_START, 1, NULL, NULL),
               SUMI_INVALID_ARGUMENT, "session mark 1");
  assert_fails(sumi_event_writer_graph_def(writer, (sumi_bytes_view_t){NULL, 0}),
               SUMI_INVALID_ARGUMENT, "graph is empty");
  assert_fails(sumi_event_writer_run_metadata(writer, "\xFF", 0, good), SUMI_INVALID_ARGUMENT,
               "UTF-8");
  /* A refused first value does not decide what its tag is. */
  assert_ok(sumi_event_writer_scalar(writer, "text", 1, NAN));
  assert_fails((value = text_value("text", &good), VALUE(2, 0)), SUMI_INVALID_ARGUMENT,
               "tag \"text\" belongs to plugin \"scalars\" and cannot take a value for \"text\"");
#undef VALUE
  assert_ok(sumi_event_writer_close(writer));
  sumi_event_repair_t report;
  assert_ok(sumi_event_file_repair(event_file_in(directory, 0), &report, .dry_run = true));
  assert_int_equal(report.kept_events, 4);
  assert_int_equal(report.torn_tail_bytes + report.damaged_bytes, 0);
}

static void an_event_holds_several_values_or_none_of_them(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL);
  const sumi_event_value_t values[3] = {
      {.tag = "a", .scalar = 1}, {.tag = "b", .scalar = 2}, {.tag = "a", .scalar = 3}};
  assert_fails(sumi_event_writer_values(writer, 1, 0, values, 3), SUMI_INVALID_ARGUMENT,
               "tag \"a\" stands twice");
  assert_ok(sumi_event_writer_values(writer, 1, 1234.5, values, 2));
  assert_ok(sumi_event_writer_scalar(writer, "b", 2, 4));
  assert_fails(sumi_event_writer_values(writer, 2, 0, values, 2), SUMI_INVALID_ARGUMENT,
               "tag \"b\"");
  assert_ok(sumi_event_writer_values(writer, 3, 0, values, 2));
  assert_ok(sumi_event_writer_close(writer));
  sumi_event_reader_t *reader = sumi_event_reader_open(event_file_in(directory, 0), NULL);
  sumi_event_t event;
  for (int i = 0; i < 3; ++i) assert_ok(sumi_event_reader_next(reader, &event));
  assert_int_equal(event.value_count, 2);
  assert_near(event.wall_time_s, 1234.5, 0);
  assert_string_equal(event.values[1].tag, "b");
  assert_near(event.values[1].scalar, 2, 0);
  sumi_event_reader_free(reader);
  assert_steps(directory, "b", 1, 3);
  int64_t steps[4];
  assert_int_equal(steps_of(directory, "a", steps, 4), 2);
}

static void values_are_flushed_by_time(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL, .flush_interval_ms = 20);
  assert_ok(sumi_event_writer_scalar(writer, "loss", 1, 1));
  for (int i = 0; i < 1000 && sumi_event_writer_counts(writer).written == 0; ++i) usleep(10000);
  assert_steps(directory, "loss", 1, 1);
  assert_ok(sumi_event_writer_close(writer));
}

static void a_negative_interval_waits_for_flush(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL, .flush_interval_ms = -1);
  assert_ok(sumi_event_writer_scalar(writer, "loss", 1, 1));
  usleep(50000);
  assert_int_equal(sumi_event_writer_counts(writer).written, 0);
  assert_ok(sumi_event_writer_flush(writer));
  assert_int_equal(sumi_event_writer_counts(writer).written, 1);
  assert_ok(sumi_event_writer_close(writer));
}

static void names_sort_by_age_even_when_the_clock_goes_back(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  double now = 2e9;
  const sumi_clock_t clock = {fixed_wall, fixed_monotonic, &now};
  sumi_set_clock(&clock);
  char path[3][1024];
  for (int i = 0; i < 3; ++i, now -= 1000) {
    sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL);
    snprintf(path[i], sizeof path[i], "%s", sumi_event_writer_path(writer));
    assert_ok(sumi_event_writer_close(writer));
  }
  sumi_set_clock(NULL);
  assert_non_null(strstr(path[0], "/events.out.tfevents.2000000000."));
  assert_true(strcmp(path[0], path[1]) < 0);
  assert_true(strcmp(path[1], path[2]) < 0);
}

static void a_directory_is_made_with_its_parents(void **state) {
  (void)state;
  const char *root = temporary_directory(), *directory = path_in(root, "a//b/墨");
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL, .filename_suffix = ".v2");
  assert_non_null(writer);
  assert_non_null(strstr(sumi_event_writer_path(writer), ".v2"));
  assert_ok(sumi_event_writer_close(writer));
  assert_int_equal(event_file_count(directory), 1);
}

static void directories_that_cannot_be_written_are_named(void **state) {
  (void)state;
  const char *directory = temporary_directory(), *file = path_in(directory, "file");
  write_file(file, "x", 1);
  sumi_status_t status;
  assert_null(sumi_event_writer_open(file, &status));
  assert_fails(status, SUMI_ALREADY_EXISTS, file);
  assert_null(sumi_event_writer_open(path_in(file, "below"), &status));
  assert_fails(status, SUMI_ALREADY_EXISTS, file);
  assert_null(sumi_event_writer_open("/proc/sumi", &status));
  assert_fails(status, SUMI_NOT_FOUND, "/proc/sumi");
  assert_null(sumi_event_writer_open(NULL, &status));
  assert_fails(status, SUMI_INVALID_ARGUMENT, "NULL");
  assert_null(sumi_event_writer_open(directory, &status, .filename_suffix = "/x"));
  assert_fails(status, SUMI_INVALID_ARGUMENT, "suffix");
  assert_null(sumi_event_writer_open(directory, &status, .resume_step = 5));
  assert_fails(status, SUMI_INVALID_ARGUMENT, "resume_step is 5");
  assert_null(sumi_event_writer_open(directory, &status, .when_full = (sumi_queue_policy_t)9));
  assert_fails(status, SUMI_INVALID_ARGUMENT, "when_full is 9");
}

static void other_events_come_out_as_they_went_in(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL);
  const sumi_bytes_view_t graph = {"\x0a\x00", 2}, metadata = {"meta\0data", 9};
  assert_ok(sumi_event_writer_graph_def(writer, graph));
  assert_ok(sumi_event_writer_run_metadata(writer, "step 7", 7, metadata));
  assert_ok(sumi_event_writer_session(writer, SUMI_SESSION_CHECKPOINT, 8, "model-8", "saved"));
  assert_ok(sumi_event_writer_close(writer));
  sumi_event_reader_t *reader = sumi_event_reader_open(event_file_in(directory, 0), NULL);
  sumi_event_t event;
  for (int i = 0; i < 3; ++i) assert_ok(sumi_event_reader_next(reader, &event));
  assert_int_equal(event.kind, SUMI_EVENT_GRAPH_DEF);
  assert_int_equal(event.bytes.size_bytes, 2);
  assert_memory_equal(event.bytes.data, graph.data, 2);
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_int_equal(event.kind, SUMI_EVENT_RUN_METADATA);
  assert_string_equal(event.text, "step 7");
  assert_int_equal(event.bytes.size_bytes, 9);
  assert_memory_equal(event.bytes.data, metadata.data, 9);
  assert_int_equal(event.step, 7);
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_int_equal(event.session_status, SUMI_SESSION_CHECKPOINT);
  assert_string_equal(event.checkpoint_path, "model-8");
  assert_string_equal(event.text, "saved");
  sumi_event_reader_free(reader);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_file_begins_with_version_and_session_start),
      cmocka_unit_test(a_scalar_event_has_the_bytes_worked_out_by_hand),
      cmocka_unit_test(steps_that_do_not_go_up_are_refused),
      cmocka_unit_test(a_tag_is_one_thing_for_all_who_log_under_it),
      cmocka_unit_test(there_is_one_memory_of_what_went_wrong),
      cmocka_unit_test(bad_values_are_refused_and_leave_the_file_whole),
      cmocka_unit_test(an_event_holds_several_values_or_none_of_them),
      cmocka_unit_test(values_are_flushed_by_time),
      cmocka_unit_test(a_negative_interval_waits_for_flush),
      cmocka_unit_test(names_sort_by_age_even_when_the_clock_goes_back),
      cmocka_unit_test(a_directory_is_made_with_its_parents),
      cmocka_unit_test(directories_that_cannot_be_written_are_named),
      cmocka_unit_test(other_events_come_out_as_they_went_in),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
