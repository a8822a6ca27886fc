#include <errno.h>
#include <stdlib.h>
#include "sumi_test.h"
#include <sumi/utf8.h>

/* Numbers: tensorflow/core/protobuf/error_codes.proto. */
static void status_numbers_are_tensorflows(void **state) {
  (void)state;
  assert_int_equal(SUMI_OK, 0);
  assert_int_equal(SUMI_CANCELLED, 1);
  assert_int_equal(SUMI_INVALID_ARGUMENT, 3);
  assert_int_equal(SUMI_NOT_FOUND, 5);
  assert_int_equal(SUMI_ALREADY_EXISTS, 6);
  assert_int_equal(SUMI_RESOURCE_EXHAUSTED, 8);
  assert_int_equal(SUMI_FAILED_PRECONDITION, 9);
  assert_int_equal(SUMI_OUT_OF_RANGE, 11);
  assert_int_equal(SUMI_UNIMPLEMENTED, 12);
  assert_int_equal(SUMI_INTERNAL, 13);
  assert_int_equal(SUMI_UNAVAILABLE, 14);
  assert_int_equal(SUMI_DATA_LOSS, 15);
  assert_string_equal(sumi_status_name(SUMI_DATA_LOSS), "DATA_LOSS");
  assert_string_equal(sumi_status_name((sumi_status_t)99), "UNKNOWN");
}

static void failing_keeps_the_text_and_errno(void **state) {
  (void)state;
  errno = EPIPE;
  assert_int_equal(sumi_fail(SUMI_NOT_FOUND, "no %s in %d rows", "loss", 3), SUMI_NOT_FOUND);
  assert_int_equal(errno, EPIPE);
  assert_string_equal(sumi_error_message(), "no loss in 3 rows");
}

static void a_message_may_wrap_the_one_before(void **state) {
  (void)state;
  sumi_fail(SUMI_INTERNAL, "inner");
  sumi_fail(SUMI_INTERNAL, "outer: %s", sumi_error_message());
  assert_string_equal(sumi_error_message(), "outer: inner");
}

static void a_long_message_is_cut_between_characters(void **state) {
  (void)state;
  char text[3 * SUMI_ERROR_MESSAGE_MAX + 1];
  for (size_t i = 0; i + 3 < sizeof text; i += 3) memcpy(text + i, "墨", 4);
  sumi_fail(SUMI_INTERNAL, "%s", text);
  const char *cut = sumi_error_message();
  assert_true(strlen(cut) >= SUMI_ERROR_MESSAGE_MAX - 4);
  assert_int_equal(sumi_utf8_first_invalid(cut, strlen(cut)), strlen(cut));
}

static void errno_values_map_to_codes(void **state) {
  (void)state;
  assert_int_equal(sumi_fail_errno(ENOSPC, "write", "/a/b"), SUMI_RESOURCE_EXHAUSTED);
  assert_string_equal(sumi_error_message(), "write /a/b: No space left on device");
  assert_int_equal(sumi_status_from_errno(ENOENT), SUMI_NOT_FOUND);
  assert_int_equal(sumi_status_from_errno(EIO), SUMI_UNAVAILABLE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(status_numbers_are_tensorflows),
      cmocka_unit_test(failing_keeps_the_text_and_errno),
      cmocka_unit_test(a_message_may_wrap_the_one_before),
      cmocka_unit_test(a_long_message_is_cut_between_characters),
      cmocka_unit_test(errno_values_map_to_codes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
