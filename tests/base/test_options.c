#include "sumi_test.h"
#include <sumi/options.h>
#include <sumi/version.h>

/* The same options as three generations of a program know them. */
typedef struct old_options {
  size_t struct_size;
  int columns;
} old_options_t;

typedef struct options {
  size_t struct_size;
  int columns, rows;
  const char *title;
} options_t;

typedef struct new_options {
  size_t struct_size;
  int columns, rows;
  const char *title;
  double width;
} new_options_t;

static void no_options_are_zero(void **state) {
  (void)state;
  options_t read = {.columns = 3, .title = "old"};
  assert_ok(sumi_options_read(&read, sizeof read, NULL));
  assert_int_equal(read.columns, 0);
  assert_null(read.title);
  /* What was read may be handed on. */
  options_t again;
  assert_ok(sumi_options_read(&again, sizeof again, &read));
}

static void what_an_old_program_does_not_know_is_not_given(void **state) {
  (void)state;
  /* Behind an old struct lies memory that is not the library's to read. */
  struct {
    old_options_t old;
    unsigned char behind[64];
  } program = {.old = {.struct_size = sizeof(old_options_t), .columns = 7}};
  memset(program.behind, 0xAB, sizeof program.behind);
  options_t read;
  assert_ok(sumi_options_read(&read, sizeof read, &program.old));
  assert_int_equal(read.columns, 7);
  assert_null(read.title);
  assert_int_equal(read.struct_size, sizeof read);
}

static void a_new_program_may_leave_out_what_an_old_library_lacks(void **state) {
  (void)state;
  new_options_t program = {.struct_size = sizeof program, .columns = 2, .title = "t"};
  options_t read;
  assert_ok(sumi_options_read(&read, sizeof read, &program));
  assert_int_equal(read.columns, 2);
  assert_string_equal(read.title, "t");
  program.width = 0.5;
  assert_fails(sumi_options_read(&read, sizeof read, &program), SUMI_UNIMPLEMENTED,
               "does not know");
  assert_int_equal(read.columns, 0);
}

static void a_size_that_was_not_set_is_refused(void **state) {
  (void)state;
  options_t read, program = {.columns = 2};
  assert_fails(sumi_options_read(&read, sizeof read, &program), SUMI_INVALID_ARGUMENT,
               "struct_size of the options is 0");
  program.struct_size = 4;
  assert_fails(sumi_options_read(&read, sizeof read, &program), SUMI_INVALID_ARGUMENT,
               "struct_size of the options is 4");
  program.struct_size = (size_t)-1;
  assert_fails(sumi_options_read(&read, sizeof read, &program), SUMI_INVALID_ARGUMENT,
               "struct_size");
}

static void an_older_library_than_the_headers_is_told(void **state) {
  (void)state;
  assert_string_equal(sumi_version(), SUMI_VERSION);
  assert_ok(sumi_version_check(SUMI_VERSION_NUMBER));
  assert_ok(sumi_version_check(0));
  assert_fails(sumi_version_check(12034056), SUMI_FAILED_PRECONDITION, "headers of Sumi 12.34.56");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_options_are_zero),
      cmocka_unit_test(what_an_old_program_does_not_know_is_not_given),
      cmocka_unit_test(a_new_program_may_leave_out_what_an_old_library_lacks),
      cmocka_unit_test(a_size_that_was_not_set_is_refused),
      cmocka_unit_test(an_older_library_than_the_headers_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
