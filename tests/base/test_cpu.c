/* The choice is made once in a process, so every case has a process of its own. */
#include "sumi_test.h"

#include <sumi/cpu.h>

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *plain; /* what this processor has, found without SUMI_CPU */

static bool in_new_process(const char *sumi_cpu, bool (*holds)(const char *plain)) {
  const pid_t child = fork();
  if (child == 0) {
    if (sumi_cpu)
      setenv("SUMI_CPU", sumi_cpu, 1);
    else
      unsetenv("SUMI_CPU");
    _exit(holds(plain) ? 0 : 1);
  }
  int status = -1;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

/* Children may not call sumi_cpu_features() after the parent did: the parent learns it through a
 * pipe. */
static int ask(void **state) {
  (void)state;
  static char answer[32];
  int ends[2];
  if (pipe(ends) != 0) return -1;
  const pid_t child = fork();
  if (child == 0) {
    unsetenv("SUMI_CPU");
    const char *level = sumi_cpu_features();
    _exit(write(ends[1], level, strlen(level)) > 0 ? 0 : 1);
  }
  close(ends[1]);
  const ssize_t size = read(ends[0], answer, sizeof answer - 1);
  close(ends[0]);
  waitpid(child, NULL, 0);
  plain = answer;
  return size > 0 ? 0 : -1;
}

static bool has_its_own_level(const char *best) {
  return sumi_cpu_check() == SUMI_OK && strcmp(sumi_cpu_features(), best) == 0 &&
         sumi_cpu_has(best) && !sumi_cpu_has("x87") && !sumi_cpu_has(NULL);
}

static void the_best_level_is_taken_and_all_below_it_are_there(void **state) {
  (void)state;
  assert_true(in_new_process(NULL, has_its_own_level));
  assert_true(in_new_process("", has_its_own_level));
}

static bool refuses_the_name(const char *best) {
  return sumi_cpu_check() == SUMI_INVALID_ARGUMENT && strstr(sumi_error_message(), "'pentium'") &&
         strcmp(sumi_cpu_features(), best) == 0;
}

static void a_level_that_does_not_exist_changes_nothing_and_can_be_found_out(void **state) {
  (void)state;
  assert_true(in_new_process("pentium", refuses_the_name));
}

#if defined(__x86_64__)
static bool is_baseline(const char *best) {
  (void)best;
  return sumi_cpu_check() == SUMI_OK && strcmp(sumi_cpu_features(), "x86-64") == 0 &&
         sumi_cpu_has("x86-64") && !sumi_cpu_has("x86-64-v2") && !sumi_cpu_has("x86-64-v3");
}

static void the_environment_chooses_a_lower_level(void **state) {
  (void)state;
  assert_true(in_new_process("x86-64", is_baseline));
}

static bool is_never_more_than_there_is(const char *best) {
  const bool is_there = strcmp(best, "x86-64-v4") == 0;
  return sumi_cpu_check() == (is_there ? SUMI_OK : SUMI_FAILED_PRECONDITION) &&
         strcmp(sumi_cpu_features(), best) == 0;
}

static void a_level_that_the_processor_lacks_is_not_taken(void **state) {
  (void)state;
  assert_true(in_new_process("x86-64-v4", is_never_more_than_there_is));
}
#endif

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_best_level_is_taken_and_all_below_it_are_there),
    cmocka_unit_test(a_level_that_does_not_exist_changes_nothing_and_can_be_found_out),
#if defined(__x86_64__)
    cmocka_unit_test(the_environment_chooses_a_lower_level),
    cmocka_unit_test(a_level_that_the_processor_lacks_is_not_taken),
#endif
  };
  return cmocka_run_group_tests(tests, ask, NULL);
}
