/* Numbers as text; tests/render/test_pictures.py draws them in a German locale. */
#include "sumi_test.h"

#include <sumi/decimal.h>

#include <math.h>

static void numbers_are_written_as_printf_writes_them(void **state) {
  (void)state;
  const struct {
    char form;
    int digits;
    double value;
    const char *text;
  } cases[] = {
      {'g', 6, 0.1, "0.1"},
      {'g', 3, 1234567, "1.23e+06"},
      {'g', 17, 0.1, "0.10000000000000001"},
      {'g', 6, -2.5e-9, "-2.5e-09"},
      {'f', 2, 2.5, "2.50"},
      {'f', 0, 1e15, "1000000000000000"},
      {'g', 6, NAN, "nan"},
      {'g', 6, -NAN, "nan"},
      {'f', 1, INFINITY, "inf"},
      {'f', 1, -INFINITY, "-inf"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    char text[48];
    assert_int_equal(
        sumi_decimal(text, sizeof text, cases[i].form, cases[i].digits, cases[i].value),
        strlen(cases[i].text));
    assert_string_equal(text, cases[i].text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_are_written_as_printf_writes_them)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
