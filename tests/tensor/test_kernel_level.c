#include "sumi_test.h"

#include <sumi/kernel_level.h>

#include <stdlib.h>

/* Which CTest may have set for this very run. */
static void the_level_in_use_is_the_best_compiled_one_that_the_processor_has(void **state) {
  (void)state;
  int index = 0;
  while (sumi_kernel_level_at(index + 1) && !sumi_cpu_has(sumi_kernel_level_at(index))) ++index;
  assert_string_equal(sumi_kernel_level(), sumi_kernel_level_at(index));
}

static void a_level_that_is_asked_for_is_in_use(void **state) {
  (void)state;
  const char *asked = getenv("SUMI_CPU");
  if (!asked || sumi_cpu_check() != SUMI_OK) skip();
  assert_string_equal(sumi_kernel_level(), asked);
}

static void the_list_of_levels_ends(void **state) {
  (void)state;
  assert_non_null(sumi_kernel_level_at(0));
  assert_null(sumi_kernel_level_at(-1));
  assert_null(sumi_kernel_level_at(100));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_level_in_use_is_the_best_compiled_one_that_the_processor_has),
      cmocka_unit_test(a_level_that_is_asked_for_is_in_use),
      cmocka_unit_test(the_list_of_levels_ends),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
