/* Files that are exchanged whole, and limits that are errors. */
#include "sumi_test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sumi/file.h>
#include <sumi/fork.h>

static const char *path_in(const char *directory, const char *name) {
  static char path[2048];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  return path;
}

static void assert_holds(const char *path, const char *text) {
  char found[64] = "";
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  found[fread(found, 1, sizeof found - 1, file)] = '\0';
  fclose(file);
  assert_string_equal(found, text);
}

static int entries_of(const char *directory) {
  DIR *entries = opendir(directory);
  int count = 0;
  while (readdir(entries)) ++count;
  closedir(entries);
  return count - 2; /* . and .. */
}

static void a_file_is_replaced_whole(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  assert_ok(sumi_file_replace(directory, "a", "first", 5));
  assert_ok(sumi_file_replace(directory, "a", "second", 6));
  assert_holds(path_in(directory, "a"), "second");
  assert_int_equal(entries_of(directory), 1);
  assert_fails(sumi_file_replace(path_in(directory, "none"), "a", "x", 1), SUMI_NOT_FOUND, "none");
}

static void links_of_others_are_not_followed(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  char victim[2048];
  snprintf(victim, sizeof victim, "%s", path_in(directory, "victim"));
  assert_ok(sumi_file_replace(directory, "victim", "untouched", 9));
  assert_int_equal(symlink(victim, path_in(directory, "a")), 0);
  assert_ok(sumi_file_replace(directory, "a", "new", 3));
  assert_holds(victim, "untouched");
  assert_holds(path_in(directory, "a"), "new");
}

/* In a child, for a process keeps its limit: SIGXFSZ would end it, which the parent would see. */
static int in_a_limited_child(sumi_status_t (*run)(const char *directory), const char *directory) {
  const pid_t child = fork();
  if (child == 0) {
    const struct rlimit limit = {4, 4};
    signal(SIGXFSZ, SIG_DFL);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(100);
    const sumi_status_t status = run(directory);
    _exit((int)status);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status));
  return WEXITSTATUS(status);
}

static sumi_status_t replace(const char *directory) {
  return sumi_file_replace(directory, "a", "0123456789", 10);
}

static void a_limit_on_file_sizes_is_an_error(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  assert_int_equal(in_a_limited_child(replace, directory), sumi_fail_errno(EFBIG, "", ""));
  assert_int_equal(entries_of(directory), 0);
}

static void a_fork_is_counted_in_the_child(void **state) {
  (void)state;
  const unsigned before = sumi_fork_count();
  const pid_t child = fork();
  if (child == 0) _exit(sumi_fork_count() == before + 1 ? 0 : 1);
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  assert_int_equal(sumi_fork_count(), before);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_file_is_replaced_whole),
      cmocka_unit_test(links_of_others_are_not_followed),
      cmocka_unit_test(a_limit_on_file_sizes_is_an_error),
      cmocka_unit_test(a_fork_is_counted_in_the_child),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
