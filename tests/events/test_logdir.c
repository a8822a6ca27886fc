#include "event_test.h"

#include <sumi/clock.h>

static void log_steps(const char *directory, int64_t first, int64_t last) {
  sumi_status_t status;
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, &status);
  assert_ok(status);
  for (int64_t step = first; step <= last; ++step)
    assert_ok(sumi_event_writer_scalar(writer, "loss", step, 1));
  assert_ok(sumi_event_writer_close(writer));
}

static void names_with_tfevents_are_event_files(void **state) {
  (void)state;
  assert_true(sumi_is_event_file_name("events.out.tfevents.1700000000.host"));
  assert_true(sumi_is_event_file_name("tfevents.123"));
  assert_true(sumi_is_event_file_name("foo.tfevents.x"));
  assert_false(sumi_is_event_file_name("events.out.tfevent"));
  assert_false(sumi_is_event_file_name(".sumi-repair-abcdef"));
  assert_false(sumi_is_event_file_name(NULL));
}

static void every_directory_with_an_event_file_is_a_run(void **state) {
  (void)state;
  const char *root = temporary_directory();
  log_steps(root, 0, 0);
  log_steps(path_in(root, "b/val"), 0, 0);
  log_steps(path_in(root, "a"), 0, 0);
  log_steps(path_in(root, "a"), 1, 1);
  assert_int_equal(mkdir(path_in(root, "empty"), 0777), 0);
  write_file(path_in(root, "empty/notes.txt"), "x", 1);
  sumi_logdir_t *logdir = sumi_logdir_open(root, NULL);
  assert_int_equal(sumi_logdir_run_count(logdir), 3);
  const char *names[3] = {".", "a", "b/val"};
  for (size_t i = 0; i < 3; ++i) assert_string_equal(sumi_logdir_run(logdir, i)->name, names[i]);
  const sumi_logdir_run_t *a = sumi_logdir_find(logdir, "a");
  assert_string_equal(a->path, path_in(root, "a"));
  assert_int_equal(a->file_count, 2);
  assert_true(strcmp(a->files[0], a->files[1]) < 0);
  assert_null(sumi_logdir_find(logdir, "empty"));
  assert_null(sumi_logdir_run(logdir, 3));
  sumi_logdir_free(logdir);
}

static void links_are_followed_but_not_in_circles(void **state) {
  (void)state;
  const char *root = temporary_directory(), *elsewhere = temporary_directory();
  log_steps(elsewhere, 0, 0);
  log_steps(path_in(root, "a"), 0, 0);
  assert_int_equal(symlink(elsewhere, path_in(root, "linked")), 0);
  assert_int_equal(symlink(root, path_in(root, "a/circle")), 0);
  assert_int_equal(symlink("nowhere", path_in(root, "dangling")), 0);
  sumi_logdir_t *logdir = sumi_logdir_open(root, NULL);
  assert_int_equal(sumi_logdir_run_count(logdir), 2);
  assert_non_null(sumi_logdir_find(logdir, "linked"));
  assert_int_equal(unlink(path_in(root, "a/circle")), 0);
  sumi_logdir_free(logdir);
}

static double now_s;

static double wall_s(void *user) {
  (void)user;
  return now_s;
}

static int64_t monotonic_ns(void *user) {
  (void)user;
  return (int64_t)(now_s * 1e9);
}

/* A file of 2 heads and 6 events, of which the third is long and lacks 400 of its bytes: it seems
 * to reach behind the end of the file. */
static void log_seven_and_bite(const char *directory) {
  static char long_tag[1000], bytes[1 << 16];
  memset(long_tag, 'x', sizeof long_tag - 1);
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL);
  for (int64_t step = 0; step < 6; ++step)
    assert_ok(sumi_event_writer_scalar(writer, step == 2 ? long_tag : "loss", step, 1));
  assert_ok(sumi_event_writer_close(writer));
  sumi_logdir_t *logdir = sumi_logdir_open(directory, NULL);
  const char *path = sumi_logdir_run(logdir, 0)->files[0];
  FILE *file = fopen(path, "rb");
  const size_t size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  char *at = memmem(bytes, size, "xxxx", 4);
  assert_non_null(at);
  memmove(at + 100, at + 500, size - (size_t)(at - bytes) - 500);
  write_file(path, bytes, size - 400);
  sumi_logdir_free(logdir);
}

typedef struct counted {
  size_t events, failures;
} counted_t;

static counted_t count_all(sumi_logdir_t *logdir) {
  counted_t counted = {0};
  sumi_event_t event;
  for (;;) {
    const sumi_status_t status = sumi_logdir_next(logdir, &event, NULL);
    if (status == SUMI_OUT_OF_RANGE) return counted;
    counted.events += status == SUMI_OK;
    counted.failures += status == SUMI_DATA_LOSS;
  }
}

static void damage_near_the_end_is_seen_where_nobody_writes_any_more(void **state) {
  (void)state;
  const sumi_clock_t clock = {wall_s, monotonic_ns, NULL};
  const char *root = temporary_directory();
  log_seven_and_bite(root);
  sumi_logdir_t *logdir = sumi_logdir_open(root, NULL);
  const char *old = path_in(root, strrchr(sumi_logdir_run(logdir, 0)->files[0], '/') + 1);
  const counted_t waiting = count_all(logdir);
  assert_int_equal(waiting.events, 4);
  assert_int_equal(waiting.failures, 0);
  assert_int_equal(sumi_logdir_damage(logdir, 0).places, 0);
  sumi_logdir_t *complete = sumi_logdir_open(old, NULL, .complete = true);
  assert_string_equal(sumi_logdir_run(complete, 0)->name, ".");
  assert_int_equal(sumi_logdir_run(complete, 0)->file_count, 1);
  const counted_t all = count_all(complete);
  assert_int_equal(all.events, 7);
  assert_int_equal(all.failures, 1);
  assert_int_equal(sumi_logdir_damage(complete, 0).places, 1);
  assert_true(sumi_logdir_damage(complete, 0).skipped_bytes > 600);
  assert_int_equal(sumi_logdir_damage(complete, 1).places, 0);
  sumi_logdir_free(complete);
  /* A newer file alone says nothing: two writers may share a run. */
  log_steps(root, 45, 45);
  assert_ok(sumi_logdir_refresh(logdir));
  now_s = sumi_clock_wall_s() + 10;
  sumi_set_clock(&clock);
  assert_int_equal(count_all(logdir).events, 3);
  now_s += 60;
  assert_ok(sumi_logdir_refresh(logdir));
  const counted_t rest = count_all(logdir);
  assert_int_equal(rest.events, 3);
  assert_int_equal(rest.failures, 1);
  assert_int_equal(sumi_logdir_damage(logdir, 0).places, 1);
  assert_int_equal(unlink(old), 0);
  assert_ok(sumi_logdir_refresh(logdir));
  assert_int_equal(sumi_logdir_damage(logdir, 0).places, 1); /* it was met */
  sumi_set_clock(NULL);
  sumi_logdir_free(logdir);
}

static size_t read_on(sumi_logdir_t *logdir) {
  sumi_event_t event;
  size_t summaries = 0;
  sumi_status_t status;
  while ((status = sumi_logdir_next(logdir, &event, NULL)) == SUMI_OK)
    summaries += event.kind == SUMI_EVENT_SUMMARY;
  assert_int_equal(status, SUMI_OUT_OF_RANGE);
  return summaries;
}

static void following_gives_each_event_once_as_it_appears(void **state) {
  (void)state;
  const char *root = temporary_directory();
  sumi_event_writer_t *writer = sumi_event_writer_open(path_in(root, "a"), NULL,
                                                       .flush_interval_ms = -1);
  assert_ok(sumi_event_writer_scalar(writer, "loss", 1, 1));
  assert_ok(sumi_event_writer_flush(writer));
  sumi_logdir_t *logdir = sumi_logdir_open(root, NULL);
  assert_int_equal(read_on(logdir), 1);
  assert_int_equal(read_on(logdir), 0);
  /* A file grows. */
  for (int64_t step = 2; step <= 5; ++step)
    assert_ok(sumi_event_writer_scalar(writer, "loss", step, 1));
  assert_ok(sumi_event_writer_flush(writer));
  assert_int_equal(read_on(logdir), 0);
  assert_ok(sumi_logdir_refresh(logdir));
  assert_int_equal(read_on(logdir), 4);
  /* A file and a run appear, one that sorts in front of those known. */
  log_steps(path_in(root, "a"), 6, 8);
  log_steps(path_in(root, "A"), 0, 9);
  assert_ok(sumi_logdir_refresh(logdir));
  assert_int_equal(read_on(logdir), 13);
  /* A run goes. */
  assert_ok(sumi_event_writer_close(writer));
  for (size_t i = 0; i < 2; ++i) remove(event_file_in(path_in(root, "a"), 0));
  assert_ok(sumi_logdir_refresh(logdir));
  assert_int_equal(sumi_logdir_run_count(logdir), 1);
  assert_int_equal(read_on(logdir), 0);
  sumi_logdir_free(logdir);
}

static void many_files_need_few_descriptors(void **state) {
  (void)state;
  const char *root = temporary_directory();
  char name[16];
  enum { RUNS = 300 };
  const char *first = path_in(root, "seed");
  log_steps(first, 0, 0);
  const bytes_t file = read_file(event_file_in(first, 0));
  for (int i = 0; i < RUNS; ++i) {
    snprintf(name, sizeof name, "tfevents.%03d", i);
    write_file(path_in(root, name), file.data, file.size);
  }
  free(file.data);
  sumi_logdir_t *logdir = sumi_logdir_open(root, NULL);
  assert_int_equal(read_on(logdir), RUNS + 1);
  const int descriptor = dup(0);
  assert_true(descriptor < 20);
  close(descriptor);
  sumi_logdir_free(logdir);
}

static void directories_that_are_not_there_are_named(void **state) {
  (void)state;
  sumi_status_t status;
  assert_null(sumi_logdir_open("no/such/place", &status));
  assert_fails(status, SUMI_NOT_FOUND, "no/such/place");
  assert_null(sumi_logdir_open(NULL, &status));
  assert_fails(status, SUMI_INVALID_ARGUMENT, "NULL");
  const char *root = temporary_directory();
  sumi_logdir_t *logdir = sumi_logdir_open(root, &status);
  assert_ok(status);
  assert_int_equal(sumi_logdir_run_count(logdir), 0);
  assert_int_equal(rmdir(root), 0);
  assert_fails(sumi_logdir_refresh(logdir), SUMI_NOT_FOUND, root);
  sumi_event_t event;
  assert_int_equal(sumi_logdir_next(logdir, &event, NULL), SUMI_OUT_OF_RANGE);
  sumi_logdir_free(logdir);
}

static void the_file_of_the_last_event_is_known_at_the_end_too(void **state) {
  (void)state;
  const char *root = temporary_directory();
  log_steps(root, 0, 0);
  log_steps(root, 1, 1);
  sumi_logdir_t *logdir = sumi_logdir_open(root, NULL);
  sumi_event_t event;
  size_t run = 9, met = 0;
  while (sumi_logdir_next(logdir, &event, &run) == SUMI_OK) {
    if (event.value_count == 0) continue;
    assert_int_equal(sumi_logdir_file(logdir, 0), event.step);
    ++met;
  }
  assert_int_equal(met, 2);
  assert_int_equal(sumi_logdir_file(logdir, 0), 1);
  assert_int_equal(sumi_logdir_file(logdir, 1), 0);
  sumi_logdir_free(logdir);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_with_tfevents_are_event_files),
      cmocka_unit_test(every_directory_with_an_event_file_is_a_run),
      cmocka_unit_test(damage_near_the_end_is_seen_where_nobody_writes_any_more),
      cmocka_unit_test(links_are_followed_but_not_in_circles),
      cmocka_unit_test(following_gives_each_event_once_as_it_appears),
      cmocka_unit_test(many_files_need_few_descriptors),
      cmocka_unit_test(directories_that_are_not_there_are_named),
      cmocka_unit_test(the_file_of_the_last_event_is_known_at_the_end_too),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
