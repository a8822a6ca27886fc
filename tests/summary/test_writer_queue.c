/* Threads, order, full queues, and running out of memory at every allocation. */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include <sumi/summary.h>

#include "logged.h"

enum { THREADS = 4, STEPS = 2000 };

static float pixels[64 * 64];
static const sumi_array_view_t picture = {SUMI_FLOAT32, 2, {64, 64}, pixels};
static const sumi_array_view_t tiny = {SUMI_FLOAT32, 2, {2, 2}, pixels};

typedef struct logger {
  sumi_writer_t *log;
  int number;
} logger_t;

static void *log_own_and_shared_tags(void *argument) {
  const logger_t *logger = argument;
  char own[32], own_image[32], own_batch[32];
  snprintf(own, sizeof own, "own/%d", logger->number);
  snprintf(own_image, sizeof own_image, "image/%d", logger->number);
  snprintf(own_batch, sizeof own_batch, "batch/%d", logger->number);
  for (int64_t step = 0; step < STEPS; ++step) {
    const sumi_scalar_t batch[] = {{own_batch, 1}, {"shared/a", 1}, {"shared/b", 1}};
    sumi_writer_scalar(logger->log, own, step, (double)step);
    sumi_writer_scalars(logger->log, step * THREADS + logger->number, batch, 3);
    if (sumi_writer_due(logger->log, own_image, step))
      sumi_writer_image(logger->log, own_image, step, &tiny);
    sumi_writer_histogram(logger->log, "shared/h", step * THREADS + logger->number, &tiny);
    if (step % 500 == 0) sumi_writer_flush(logger->log);
    if (step % 100 == 0) sumi_writer_counts(logger->log);
    if (step == 1000 && logger->number == 0) sumi_writer_set_total_steps(logger->log, 1000000);
  }
  return NULL;
}

/* Checks that a tag's steps go up, and counts them. */
static int64_t count_rising(const log_contents_t *contents, const char *tag) {
  int64_t last = -1, count = 0;
  for (size_t i = 0; i < contents->count; ++i) {
    if (strcmp(contents->values[i].tag, tag) != 0) continue;
    assert_true(contents->values[i].step > last);
    last = contents->values[i].step;
    ++count;
  }
  return count;
}

static void many_threads_may_log_at_once(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_writer_t *log = sumi_writer_open(directory, .intervals = "image/*=50; shared/h=100",
                                        .workers = 3);
  pthread_t threads[THREADS];
  logger_t loggers[THREADS];
  for (int i = 0; i < THREADS; ++i) {
    loggers[i] = (logger_t){log, i};
    assert_int_equal(pthread_create(&threads[i], NULL, log_own_and_shared_tags, &loggers[i]), 0);
  }
  for (int i = 0; i < THREADS; ++i) pthread_join(threads[i], NULL);
  /* The threads race for the shared tags, so some of their steps go back and are refused. */
  const sumi_status_t status = sumi_writer_close(log);
  if (status != SUMI_OK) {
    assert_int_equal(status, SUMI_INVALID_ARGUMENT);
    assert_non_null(strstr(sumi_error_message(), "shared/"));
  }
  log_contents_t contents = logged_read(directory);
  for (int i = 0; i < THREADS; ++i) {
    char tag[32];
    snprintf(tag, sizeof tag, "own/%d", i);
    assert_int_equal(count_rising(&contents, tag), STEPS);
    snprintf(tag, sizeof tag, "batch/%d", i);
    assert_int_equal(count_rising(&contents, tag), STEPS);
    snprintf(tag, sizeof tag, "image/%d", i);
    assert_int_equal(count_rising(&contents, tag), STEPS / 50);
  }
  assert_true(count_rising(&contents, "shared/a") > 0);
  assert_true(count_rising(&contents, "shared/h") > 0);
  free(contents.values);
}

static void pictures_of_a_tag_stay_in_order_whatever_they_cost(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_writer_t *log = sumi_writer_open(directory, .workers = 4);
  for (int64_t step = 0; step < 60; ++step) {
    assert_ok(sumi_writer_image(log, "x", step, step % 2 ? &tiny : &picture));
    assert_ok(sumi_writer_image(log, "y", step, step % 3 ? &tiny : &picture));
  }
  assert_ok(sumi_writer_close(log));
  log_contents_t contents = logged_read(directory);
  assert_int_equal(count_rising(&contents, "x"), 60);
  assert_int_equal(count_rising(&contents, "y"), 60);
  free(contents.values);
}

static sumi_prediction_t slow_to_draw[64];

/* Keeps the only worker busy and fills a queue of 2 with steps of tags a and b. Returns the number
 * of losses. */
static int64_t overflow(const char *directory, sumi_queue_policy_t policy) {
  sumi_writer_t *log = sumi_writer_open(directory, .queue_summaries = 2, .when_full = policy);
  for (int i = 0; i < 64; ++i) slow_to_draw[i] = (sumi_prediction_t){.image = picture};
  for (int64_t step = 0; step < 3; ++step)
    sumi_writer_predictions(log, "slow", step, slow_to_draw, 64);
  for (int64_t step = 0; step < 20; ++step) {
    sumi_writer_text(log, "a", step, "a");
    sumi_writer_text(log, "b", step, "b");
    sumi_writer_scalar(log, "scalar", step, 1);
  }
  assert_ok(sumi_writer_flush(log));
  const sumi_writer_counts_t counters = sumi_writer_counts(log);
  assert_int_equal(counters.scalars, 20);
  assert_int_equal(counters.waiting, 0);
  assert_int_equal(counters.summaries + counters.dropped, 3 + 40);
  assert_ok(sumi_writer_close(log));
  return counters.dropped;
}

static void a_full_queue_blocks_or_loses_as_chosen_and_says_so(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  assert_int_equal(overflow(directory, SUMI_QUEUE_BLOCK), 0);
  log_contents_t contents = logged_read(directory);
  assert_int_equal(count_rising(&contents, "a"), 20);
  assert_null(logged_find(&contents, "sumi/dropped"));
  free(contents.values);
  for (int policy = SUMI_QUEUE_DROP_OLDEST; policy <= SUMI_QUEUE_COALESCE; ++policy) {
    directory = temporary_directory();
    const int64_t dropped = overflow(directory, (sumi_queue_policy_t)policy);
    assert_true(dropped > 0);
    contents = logged_read(directory);
    const logged_t *loss = logged_find(&contents, "sumi/dropped");
    assert_non_null(loss);
    assert_true(loss->scalar == (float)dropped);
    /* The newest of each tag is never what is lost. */
    assert_non_null(strstr(logged_steps(&contents, "a"), "19"));
    assert_non_null(strstr(logged_steps(&contents, "b"), "19"));
    assert_int_equal(count_rising(&contents, "scalar"), 20);
    free(contents.values);
  }
}

static void a_summary_larger_than_the_queue_passes_alone(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_writer_t *log = sumi_writer_open(directory, .queue_size_bytes = 1000);
  for (int64_t step = 0; step < 4; ++step) assert_ok(sumi_writer_image(log, "x", step, &picture));
  assert_ok(sumi_writer_close(log));
  log_contents_t contents = logged_read(directory);
  assert_int_equal(count_rising(&contents, "x"), 4);
  free(contents.values);
}

static void arguments_may_be_changed_after_the_call(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_writer_t *log = sumi_writer_open(directory);
  char text[] = "kept", tag[] = "tag", title[] = "title";
  sumi_writer_predictions(log, "slow", 0, slow_to_draw, 64, .title = title);
  sumi_writer_text(log, tag, 0, text);
  memset(text, 'x', 4);
  memset(tag, 'x', 3);
  memset(title, 0xFF, 5);
  assert_ok(sumi_writer_close(log));
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_find(&contents, "tag")->text, "kept");
  free(contents.values);
}

static atomic_size_t asked_for;

static void *add_and_allocate(void *user, size_t size_bytes) {
  (void)user;
  atomic_fetch_add(&asked_for, size_bytes);
  return malloc(size_bytes);
}

static void *add_and_reallocate(void *user, void *memory, size_t size_bytes) {
  (void)user;
  atomic_fetch_add(&asked_for, size_bytes);
  return realloc(memory, size_bytes);
}

static void release(void *user, void *memory) {
  (void)user;
  free(memory);
}

/* What a call asks for that shows the 2 worst of `count` pictures of 16 kB. */
static size_t size_of_choosing_two(int count) {
  static sumi_prediction_t many[1000];
  static double keys[1000];
  for (int i = 0; i < count; ++i) {
    many[i] = (sumi_prediction_t){.image = picture};
    keys[i] = i;
  }
  sumi_writer_t *log = sumi_writer_open(temporary_directory());
  const size_t before = asked_for;
  sumi_writer_predictions(log, "worst", 0, many, count, .worst_first = true, .keys = keys,
                          .max_count = 2);
  assert_ok(sumi_writer_flush(log));
  const size_t size_bytes = asked_for - before;
  assert_ok(sumi_writer_close(log));
  return size_bytes;
}

static void only_what_a_gallery_shows_is_copied(void **state) {
  (void)state;
  const sumi_allocator_t adding = {add_and_allocate, add_and_reallocate, release, NULL};
  sumi_set_allocator(&adding);
  const size_t of_few = size_of_choosing_two(10), of_many = size_of_choosing_two(1000);
  sumi_set_allocator(NULL);
  assert_true(of_many < of_few + 990 * 1024);
}

static void log_a_bit_of_everything(sumi_writer_t *log) {
  const char *cells[] = {"a", "b", "c", "d"}, *names[] = {"cat", "dog"};
  const float probabilities[] = {0.25f, 0.75f};
  const sumi_box_t box = {.x1 = 1, .y1 = 1, .label = "box"};
  const sumi_mask_t mask = {.pixels = tiny, .label = "mask"};
  const sumi_prediction_t prediction = {.image = tiny,
                                        .truth = "cat",
                                        .probabilities = probabilities,
                                        .probability_count = 2,
                                        .boxes = &box,
                                        .box_count = 1,
                                        .masks = &mask,
                                        .mask_count = 1};
  const sumi_scalar_t batch[] = {{"c", 1}, {"d", 2}};
  const bool labels[] = {true, false};
  const sumi_array_view_t sound = {SUMI_FLOAT32, 1, {100}, pixels};
  const sumi_array_view_t points = {SUMI_FLOAT32, 2, {4, 3}, pixels};
  const sumi_array_view_t cloud = {SUMI_FLOAT32, 3, {1, 4, 3}, pixels};
  const sumi_hparam_t hparam = {.name = "lr", .type = SUMI_HPARAM_NUMBER, .number = 0.5};
  sumi_writer_describe(log, "a", "title", "description");
  sumi_writer_set_interval(log, "z", sumi_interval_never());
  sumi_writer_scalar(log, "a", 0, 1);
  sumi_writer_scalars(log, 0, batch, 2);
  sumi_writer_image(log, "image", 0, &tiny);
  sumi_writer_histogram(log, "histogram", 0, &tiny);
  sumi_writer_text(log, "text", 0, "text");
  sumi_writer_text_table(log, "table", 0, cells, 2, 2);
  sumi_writer_predictions(log, "predictions", 0, &prediction, 1, .class_names = names);
  sumi_writer_confusion(log, "confusion", 0, &tiny, .class_names = names);
  sumi_writer_pr_curve(log, "pr", 0, labels, probabilities, 2);
  sumi_writer_audio(log, "audio", 0, &sound, 8000);
  sumi_writer_mesh(log, "mesh", 0, &cloud);
  sumi_writer_hparams(log, &hparam, 1);
  sumi_writer_embedding(log, "points", &points);
  sumi_writer_graph_def(log, "\n\0", 2);
}

typedef struct attempt {
  char directory[4096];
  sumi_status_t status;
} attempt_t;

static void *log_to_attempt(void *argument) {
  attempt_t *attempt = argument;
  sumi_writer_t *log = sumi_writer_open(attempt->directory, .intervals = "never*=never");
  assert_non_null(log);
  log_a_bit_of_everything(log);
  attempt->status = sumi_writer_close(log);
  return NULL;
}

/* On a thread of its own: what drawing keeps for a thread goes when the thread ends. */
static sumi_status_t attempt_to_log(const char *directory, int64_t nth) {
  attempt_t attempt;
  snprintf(attempt.directory, sizeof attempt.directory, "%s/%d", directory, (int)nth);
  pthread_t thread;
  assert_int_equal(pthread_create(&thread, NULL, log_to_attempt, &attempt), 0);
  pthread_join(thread, NULL);
  return attempt.status;
}

static void no_allocation_that_fails_crashes_leaks_or_goes_unreported(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  assert_ok(attempt_to_log(directory, 0));
  counting_allocator_install();
  int64_t nth = 1;
  for (bool reached = true; reached; ++nth) {
    const int64_t before = counting_allocator_requests();
    counting_allocator_fail_at(nth);
    const sumi_status_t status = attempt_to_log(directory, nth);
    reached = counting_allocator_requests() - before >= nth;
    counting_allocator_fail_at(0);
    assert_true(status == SUMI_OK || status == SUMI_RESOURCE_EXHAUSTED);
    assert_int_equal(counting_allocator_live(), 0);
    assert_true(reached || status == SUMI_OK);
  }
  assert_true(nth > 100);
  counting_allocator_remove();
}

/* Opens a log while the nth allocation fails; true when one of the allocations was the nth. */
static bool open_with_failure(const char *directory, int64_t nth, sumi_writer_t **log) {
  const int64_t before = counting_allocator_requests();
  counting_allocator_fail_at(nth);
  *log = sumi_writer_open(directory, .ignore_environment = true);
  counting_allocator_fail_at(0);
  return counting_allocator_requests() - before >= nth;
}

/* Whether the run has a warning about its workers, and its picture all the same. */
static bool warns_of_workers(const char *directory) {
  log_contents_t contents = logged_read(directory);
  const logged_t *warning = logged_find(&contents, "sumi/warnings");
  const bool warns = warning != NULL;
  if (warns) {
    assert_non_null(strstr(warning->text, directory));
    assert_non_null(strstr(warning->text, "0 of 1 run"));
    assert_string_equal(logged_steps(&contents, "image"), "7");
  }
  free(contents.values);
  return warns;
}

static void a_worker_that_cannot_start_is_warned_of_and_done_without(void **state) {
  (void)state;
  const char *parent = temporary_directory();
  int warned = 0;
  counting_allocator_install();
  for (int nth = 1, more = true; more; ++nth) {
    char directory[4096];
    snprintf(directory, sizeof directory, "%s/%d", parent, nth);
    sumi_writer_t *log;
    more = open_with_failure(directory, nth, &log);
    sumi_writer_image(log, "image", 7, &tiny);
    const sumi_status_t status = sumi_writer_close(log);
    assert_true(more || status == SUMI_OK);
    if (status == SUMI_OK) warned += warns_of_workers(directory);
  }
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
  assert_int_equal(warned, 1);
}

int main(void) {
  for (int i = 0; i < 64 * 64; ++i) pixels[i] = (float)(i % 17) / 17;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(many_threads_may_log_at_once),
      cmocka_unit_test(pictures_of_a_tag_stay_in_order_whatever_they_cost),
      cmocka_unit_test(a_full_queue_blocks_or_loses_as_chosen_and_says_so),
      cmocka_unit_test(a_summary_larger_than_the_queue_passes_alone),
      cmocka_unit_test(arguments_may_be_changed_after_the_call),
      cmocka_unit_test(only_what_a_gallery_shows_is_copied),
      cmocka_unit_test(no_allocation_that_fails_crashes_leaks_or_goes_unreported),
      cmocka_unit_test(a_worker_that_cannot_start_is_warned_of_and_done_without),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
