/* Whatever is wrong with one summary: the message names the tag and what was expected, and what was
 * logged before and after it is on disk. */
#include <stdlib.h>

#include <sumi/summary.h>

#include "logged.h"

static const float pixels[4 * 4] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

typedef sumi_status_t (*attempt_t)(sumi_writer_t *log);

static sumi_status_t image_of(sumi_writer_t *log, int64_t height, int64_t width, int64_t channels) {
  const sumi_array_view_t view = {SUMI_FLOAT32, 4, {1, height, width, channels}, pixels};
  return sumi_writer_image(log, "bad", 1, &view);
}

static sumi_status_t no_pixels(sumi_writer_t *log) {
  return image_of(log, 0, 4, 1);
}

static sumi_status_t too_many_pixels(sumi_writer_t *log) {
  return image_of(log, 65536, 32768, 1);
}

static sumi_status_t more_than_memory_can_address(sumi_writer_t *log) {
  return image_of(log, INT64_MAX / 2, INT64_MAX / 2, 4);
}

static sumi_status_t negative_size(sumi_writer_t *log) {
  return image_of(log, -4, 4, 1);
}

static sumi_status_t two_channels(sumi_writer_t *log) {
  return image_of(log, 1, 3, 5);
}

static sumi_status_t no_image(sumi_writer_t *log) {
  return sumi_writer_image(log, "bad", 1, NULL);
}

static sumi_status_t no_data(sumi_writer_t *log) {
  const sumi_array_view_t view = {SUMI_FLOAT32, 4, {1, 4, 4, 1}, NULL};
  return sumi_writer_image(log, "bad", 1, &view);
}

static sumi_status_t unknown_dtype(sumi_writer_t *log) {
  const sumi_array_view_t view = {(sumi_dtype_t)77, 4, {1, 4, 4, 1}, pixels};
  return sumi_writer_image(log, "bad", 1, &view);
}

static sumi_status_t predict(sumi_writer_t *log, const char *label, int64_t height, int64_t width) {
  const sumi_prediction_t prediction = {.image = {SUMI_FLOAT32, 2, {height, width}, pixels},
                                        .label = label};
  return sumi_writer_predictions(log, "bad", 1, &prediction, 1);
}

static sumi_status_t label_not_utf8(sumi_writer_t *log) {
  return predict(log, "caf\xE9", 4, 4);
}

static sumi_status_t label_cut_inside_a_character(sumi_writer_t *log) {
  return predict(log, "\xE5\xA5", 4, 4);
}

static sumi_status_t prediction_without_pixels(sumi_writer_t *log) {
  return predict(log, "cat", 4, 0);
}

static sumi_status_t prediction_of_too_many_pixels(sumi_writer_t *log) {
  return predict(log, "cat", 1 << 16, 1 << 15);
}

static sumi_status_t no_predictions_list(sumi_writer_t *log) {
  return sumi_writer_predictions(log, "bad", 1, NULL, 3);
}

static sumi_status_t no_histogram_values(sumi_writer_t *log) {
  return sumi_writer_histogram(log, "bad", 1, NULL);
}

static sumi_status_t text_not_utf8(sumi_writer_t *log) {
  return sumi_writer_text(log, "bad", 1, "\xC0\x80");
}

static sumi_status_t no_text(sumi_writer_t *log) {
  return sumi_writer_text(log, "bad", 1, NULL);
}

static sumi_status_t negative_step(sumi_writer_t *log) {
  return sumi_writer_scalar(log, "bad", -1, 1);
}

static void one_bad_summary_loses_no_other(void **state) {
  (void)state;
  static const struct {
    attempt_t attempt;
    const char *text;
  } cases[] = {{no_pixels, "[1, 0, 4, 1]"},
               {too_many_pixels, "[1, 65536, 32768, 1]"},
               {more_than_memory_can_address, "4611686018427387903"},
               {negative_size, "-4"},
               {two_channels, "[1, 1, 3, 5]"},
               {no_image, "NULL"},
               {no_data, "NULL"},
               {unknown_dtype, "dtype"},
               {label_not_utf8, "UTF-8"},
               {label_cut_inside_a_character, "UTF-8"},
               {prediction_without_pixels, "[4, 0]"},
               {prediction_of_too_many_pixels, "[65536, 32768]"},
               {no_predictions_list, "NULL"},
               {no_histogram_values, "NULL"},
               {text_not_utf8, "UTF-8"},
               {no_text, "NULL"},
               {negative_step, "-1"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    const char *directory = temporary_directory();
    sumi_writer_t *log = sumi_writer_open(directory, .ignore_environment = true);
    assert_ok(sumi_writer_scalar(log, "before", 1, 1));
    if (cases[i].attempt(log) != SUMI_INVALID_ARGUMENT ||
        !strstr(sumi_error_message(), cases[i].text))
      fail_msg("case %zu: \"%s\" without \"%s\"", i, sumi_error_message(), cases[i].text);
    if (!strstr(sumi_error_message(), "bad"))
      fail_msg("case %zu: \"%s\" does not name the tag", i, sumi_error_message());
    assert_ok(sumi_writer_scalar(log, "after", 1, 2));
    assert_fails(sumi_writer_close(log), SUMI_INVALID_ARGUMENT, cases[i].text);
    log_contents_t contents = logged_read(directory);
    assert_string_equal(logged_steps(&contents, "before"), "1");
    assert_string_equal(logged_steps(&contents, "after"), "1");
    assert_string_equal(logged_steps(&contents, "bad"), "");
    free(contents.values);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_bad_summary_loses_no_other),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
