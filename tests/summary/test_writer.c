/* What a writer does with a call: listings, refusals, what is not due. */
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
  const sumi_writer_counts_t counters = sumi_writer_counts(log);
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

static void channels_first_gives_the_picture_of_channels_last(void **state) {
  (void)state;
  /* Two pictures of 2 x 3 pixels: channel c of pixel p is 100 c + 10 picture + p. */
  uint8_t last[2][6][3], first[2][3][6];
  for (int i = 0; i < 2; ++i)
    for (int p = 0; p < 6; ++p)
      for (int c = 0; c < 3; ++c) first[i][c][p] = last[i][p][c] = (uint8_t)(100 * c + 10 * i + p);
  const char *directory = temporary_directory();
  sumi_writer_t *log = sumi_writer_open(directory);
  const sumi_array_view_t as_last = SUMI_VIEW(&last[0][0][0], 2, 2, 3, 3),
                          as_first = SUMI_VIEW(&first[0][0][0], 2, 3, 2, 3);
  assert_ok(sumi_writer_image(log, "last", 0, &as_last));
  assert_ok(sumi_writer_image(log, "first", 0, &as_first, .channels_first = true));
  const sumi_prediction_t one = {.image = SUMI_VIEW(&last[1][0][0], 2, 3, 3), .label = "x"},
                          same = {.image = SUMI_VIEW(&first[1][0][0], 3, 2, 3), .label = "x"};
  assert_ok(sumi_writer_predictions(log, "gallery/last", 0, &one, 1, .title = "t"));
  assert_ok(sumi_writer_predictions(log, "gallery/first", 0, &same, 1, .title = "t",
                                    .channels_first = true));
  assert_fails(sumi_writer_image(log, "bad", 0, &image, .channels_first = true),
               SUMI_INVALID_ARGUMENT, "pixels is float32 [4, 4]; with channels_first expected");
  assert_int_equal(sumi_writer_close(log), SUMI_INVALID_ARGUMENT);
  log_contents_t contents = logged_read(directory);
  assert_true(logged_find(&contents, "last")->hash == logged_find(&contents, "first")->hash);
  assert_true(logged_find(&contents, "gallery/last")->hash ==
              logged_find(&contents, "gallery/first")->hash);
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
  const sumi_writer_counts_t counters = sumi_writer_counts(log);
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
  assert_int_equal(sumi_writer_counts(NULL).scalars, 0);
  assert_ok(sumi_writer_close(NULL));
}

/* Whether the run's first event file has these bytes somewhere. */
static bool run_holds(const char *directory, const char *bytes, size_t size_bytes) {
  static char whole[65536];
  char pattern[1024];
  glob_t found;
  snprintf(pattern, sizeof pattern, "%s/*tfevents*", directory);
  assert_int_equal(glob(pattern, 0, NULL, &found), 0);
  FILE *file = fopen(found.gl_pathv[0], "rb");
  assert_non_null(file);
  const size_t read = fread(whole, 1, sizeof whole, file);
  fclose(file);
  globfree(&found);
  return memmem(whole, read, bytes, size_bytes) != NULL;
}

/* Field 4 of HParamsPluginData, session_end_info: status 2, STATUS_FAILURE, and a double. */
static void a_trial_ends_at_the_last_step_as_it_was_said_to(void **state) {
  (void)state;
  static const char failure[] = "\x22\x0b\x08\x02\x11";
  const char *directory = temporary_directory();
  sumi_writer_t *log = sumi_writer_open(directory);
  const sumi_hparam_t rate = {.name = "rate", .type = SUMI_HPARAM_NUMBER, .number = 1};
  sumi_writer_hparams(log, &rate, 1);
  for (int64_t step = 3; step < 12; ++step) sumi_writer_scalar(log, "x", step, 0);
  assert_ok(sumi_writer_hparams_end(log, SUMI_HPARAMS_FAILURE));
  assert_ok(sumi_writer_close(log));
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "_hparams_/session_end_info"), "11");
  free(contents.values);
  assert_true(run_holds(directory, failure, sizeof failure - 1));
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
  assert_int_equal(sumi_writer_counts(log).refused, 5);
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
  assert_int_equal(sumi_writer_counts(log).refused, 5);
  assert_fails(sumi_writer_close(log), SUMI_INVALID_ARGUMENT, "tag is NULL");
}

static void a_tag_keeps_its_kind(void **state) {
  (void)state;
  sumi_writer_t *log = sumi_writer_open(temporary_directory());
  assert_ok(sumi_writer_scalar(log, "x", 0, 1));
  assert_fails(sumi_writer_image(log, "x", 1, &image), SUMI_INVALID_ARGUMENT,
               "tag \"x\" belongs to plugin \"scalars\" and cannot take a value for \"images\"");
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

static void options_out_of_range_are_reported(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_writer_t *log = sumi_writer_open(directory, .workers = 65);
  assert_fails(sumi_writer_close(log), SUMI_INVALID_ARGUMENT, "workers is 65; expected 1 to 64");
  log = sumi_writer_open(directory, .queue_summaries = -1);
  assert_fails(sumi_writer_close(log), SUMI_INVALID_ARGUMENT, "queue_summaries is -1");
  log = sumi_writer_open(directory, .resume_step = -1);
  assert_fails(sumi_writer_close(log), SUMI_INVALID_ARGUMENT, "resume_step is -1");
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
      cmocka_unit_test(channels_first_gives_the_picture_of_channels_last),
      cmocka_unit_test(the_first_listing_works),
      cmocka_unit_test(what_is_not_due_is_neither_copied_nor_drawn_nor_encoded),
      cmocka_unit_test(a_null_writer_is_logging_switched_off),
      cmocka_unit_test(a_trial_ends_at_the_last_step_as_it_was_said_to),
      cmocka_unit_test(steps_that_go_back_are_refused_and_nothing_else_is_lost),
      cmocka_unit_test(due_reports_a_loop_that_starts_over),
      cmocka_unit_test(bad_tags_are_refused),
      cmocka_unit_test(a_tag_keeps_its_kind),
      cmocka_unit_test(a_refused_value_does_not_use_up_its_step),
      cmocka_unit_test(a_batch_writes_what_is_due_and_right),
      cmocka_unit_test(options_out_of_range_are_reported),
      cmocka_unit_test(descriptions_must_come_first),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
