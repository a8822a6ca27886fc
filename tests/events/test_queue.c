/* What a full queue does, with a disk that stands still while it fills. */
#include "event_test.h"

#include <pthread.h>
#include <stdatomic.h>

#include "write/event_writer.h"

typedef struct gate {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  bool closed;
  int permits; /* writes that pass the closed gate */
  int waiting;
} gate_t;

static ssize_t gated_write(void *user, int fd, const void *bytes, size_t size) {
  gate_t *gate = user;
  pthread_mutex_lock(&gate->lock);
  ++gate->waiting;
  pthread_cond_broadcast(&gate->changed);
  while (gate->closed && gate->permits == 0) pthread_cond_wait(&gate->changed, &gate->lock);
  if (gate->closed) --gate->permits;
  --gate->waiting;
  pthread_mutex_unlock(&gate->lock);
  return write(fd, bytes, size);
}

static int gated_truncate(void *user, int fd, off_t size) {
  (void)user;
  return ftruncate(fd, size);
}

static int gated_sync(void *user, int fd) {
  (void)user, (void)fd;
  return 0;
}

static void set_gate(gate_t *gate, bool closed) {
  pthread_mutex_lock(&gate->lock);
  gate->closed = closed;
  pthread_cond_broadcast(&gate->changed);
  pthread_mutex_unlock(&gate->lock);
}

static void wait_for_the_writing_thread(gate_t *gate) {
  pthread_mutex_lock(&gate->lock);
  while (gate->waiting == 0) pthread_cond_wait(&gate->changed, &gate->lock);
  pthread_mutex_unlock(&gate->lock);
}

/* A writer whose thread hangs in a write, with one event ("first", step 0) on its way and an empty
 * queue. */
static sumi_event_writer_t *stuck_writer(gate_t *gate, const char *directory,
                                         sumi_queue_policy_t policy, size_t queue_size_bytes) {
  *gate = (gate_t){PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, 0, 0};
  const sumi_file_io_t io = {gated_write, gated_truncate, gated_sync, gate};
  sumi_status_t status;
  const sumi_event_writer_options_t options = {
      .flush_interval_ms = 1, .queue_size_bytes = queue_size_bytes, .when_full = policy};
  sumi_event_writer_t *writer = sumi__events_event_writer_open_io(directory, &status, options, &io);
  assert_ok(status);
  set_gate(gate, true);
  assert_ok(sumi_event_writer_scalar(writer, "first", 0, 0));
  wait_for_the_writing_thread(gate);
  return writer;
}

static void dropping_the_oldest_keeps_the_newest_and_counts(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  gate_t gate;
  sumi_event_writer_t *writer = stuck_writer(&gate, directory, SUMI_QUEUE_DROP_OLDEST, 6400);
  assert_ok(sumi_event_writer_graph_def(writer, (sumi_bytes_view_t){"\x0a\x00", 2}));
  for (int64_t step = 0; step < 1000; ++step)
    assert_ok(sumi_event_writer_scalar(writer, "loss", step, 1));
  const sumi_event_writer_counts_t counts = sumi_event_writer_counts(writer);
  assert_int_equal(counts.queued, 1002);
  assert_in_range(counts.dropped, 900, 980);
  set_gate(&gate, false);
  assert_ok(sumi_event_writer_close(writer));
  static int64_t steps[1000];
  const size_t count = steps_of(directory, "loss", steps, 1000);
  assert_int_equal(count, 1000 - counts.dropped);
  for (size_t i = 0; i < count; ++i) assert_int_equal(steps[i], 1000 - count + i);
  /* The graph waited longest and is still there. */
  sumi_event_reader_t *reader = sumi_event_reader_open(event_file_in(directory, 0), NULL);
  sumi_event_t event;
  for (int i = 0; i < 4; ++i) assert_ok(sumi_event_reader_next(reader, &event));
  assert_int_equal(event.kind, SUMI_EVENT_GRAPH_DEF);
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_string_equal(event.values[0].metadata.plugin_name, "scalars");
  sumi_event_reader_free(reader);
}

static void coalescing_keeps_the_newest_of_every_tag(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  gate_t gate;
  sumi_event_writer_t *writer = stuck_writer(&gate, directory, SUMI_QUEUE_COALESCE, 6400);
  assert_ok(sumi_event_writer_scalar(writer, "rare", 7, 1));
  for (int64_t step = 0; step < 1000; ++step)
    assert_ok(sumi_event_writer_scalar(writer, "loss", step, 1));
  const uint64_t dropped = sumi_event_writer_counts(writer).dropped;
  set_gate(&gate, false);
  assert_ok(sumi_event_writer_close(writer));
  assert_steps(directory, "rare", 7, 7);
  static int64_t steps[1000];
  const size_t count = steps_of(directory, "loss", steps, 1000);
  assert_int_equal(count, 1000 - dropped);
  assert_int_equal(steps[count - 1], 999);
  for (size_t i = 1; i < count; ++i) assert_true(steps[i] > steps[i - 1]);
}

static void coalescing_many_tags_drops_the_oldest_after_all(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  gate_t gate;
  sumi_event_writer_t *writer = stuck_writer(&gate, directory, SUMI_QUEUE_COALESCE, 6400);
  char tag[16];
  for (int i = 0; i < 500; ++i) {
    snprintf(tag, sizeof tag, "tag%03d", i);
    assert_ok(sumi_event_writer_scalar(writer, tag, 1, 1));
  }
  const sumi_event_writer_counts_t counts = sumi_event_writer_counts(writer);
  assert_in_range(counts.dropped, 400, 480);
  set_gate(&gate, false);
  assert_ok(sumi_event_writer_close(writer));
  assert_steps(directory, "tag499", 1, 1);
  int64_t steps[1];
  assert_int_equal(steps_of(directory, "tag000", steps, 1), 0);
}

typedef struct caller {
  sumi_event_writer_t *writer;
  _Atomic int done;
} caller_t;

static void *log_a_thousand(void *user) {
  caller_t *caller = user;
  for (int64_t step = 0; step < 1000; ++step) {
    assert_int_equal(sumi_event_writer_scalar(caller->writer, "loss", step, 1), SUMI_OK);
    ++caller->done;
  }
  return NULL;
}

static void blocking_callers_wait_and_lose_nothing(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  gate_t gate;
  caller_t caller = {stuck_writer(&gate, directory, SUMI_QUEUE_BLOCK, 6400), 0};
  pthread_t thread;
  assert_int_equal(pthread_create(&thread, NULL, log_a_thousand, &caller), 0);
  /* 64 bytes an event: a hundred fit. */
  for (int i = 0; i < 1000 && caller.done < 100; ++i) usleep(1000);
  usleep(20000);
  assert_int_equal(caller.done, 100);
  set_gate(&gate, false);
  pthread_join(thread, NULL);
  assert_ok(sumi_event_writer_flush(caller.writer));
  assert_int_equal(sumi_event_writer_counts(caller.writer).dropped, 0);
  assert_ok(sumi_event_writer_close(caller.writer));
  assert_steps(directory, "loss", 0, 999);
}

static void *flush(void *user) {
  caller_t *caller = user;
  assert_int_equal(sumi_event_writer_flush(caller->writer), SUMI_OK);
  caller->done = 1;
  return NULL;
}

static void a_flush_waits_for_its_own_values_not_for_the_batch_on_its_way(void **state) {
  (void)state;
  gate_t gate;
  caller_t caller = {stuck_writer(&gate, temporary_directory(), SUMI_QUEUE_BLOCK, 6400), 0};
  assert_ok(sumi_event_writer_scalar(caller.writer, "loss", 1, 1));
  pthread_t thread;
  assert_int_equal(pthread_create(&thread, NULL, flush, &caller), 0);
  for (bool asked = false; !asked; usleep(1000)) {
    pthread_mutex_lock(&caller.writer->lock);
    asked = caller.writer->flushes_asked > 0;
    pthread_mutex_unlock(&caller.writer->lock);
  }
  /* "first" goes through; "loss" hangs. */
  pthread_mutex_lock(&gate.lock);
  gate.permits = 1;
  pthread_cond_broadcast(&gate.changed);
  pthread_mutex_unlock(&gate.lock);
  while (sumi_event_writer_counts(caller.writer).written < 1) usleep(1000);
  usleep(20000);
  assert_int_equal(caller.done, 0);
  set_gate(&gate, false);
  pthread_join(thread, NULL);
  assert_int_equal(sumi_event_writer_counts(caller.writer).written, 2);
  assert_ok(sumi_event_writer_close(caller.writer));
}

static void a_value_larger_than_the_queue_passes_alone(void **state) {
  (void)state;
  for (int policy = SUMI_QUEUE_BLOCK; policy <= SUMI_QUEUE_COALESCE; ++policy) {
    const char *directory = temporary_directory();
    static char large[100000];
    const sumi_bytes_view_t text = {memset(large, 'x', sizeof large), sizeof large};
    sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL, .queue_size_bytes = 1000,
                                                         .when_full = (sumi_queue_policy_t)policy);
    const sumi_event_value_t value = text_value("text", &text);
    for (int64_t step = 1; step <= 5; ++step) {
      assert_ok(sumi_event_writer_values(writer, step, 0, &value, 1));
      assert_ok(sumi_event_writer_flush(writer));
      assert_ok(sumi_event_writer_scalar(writer, "loss", step, 1));
      assert_ok(sumi_event_writer_flush(writer));
    }
    assert_ok(sumi_event_writer_close(writer));
    assert_steps(directory, "text", 1, 5);
    assert_steps(directory, "loss", 1, 5);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(dropping_the_oldest_keeps_the_newest_and_counts),
      cmocka_unit_test(coalescing_keeps_the_newest_of_every_tag),
      cmocka_unit_test(coalescing_many_tags_drops_the_oldest_after_all),
      cmocka_unit_test(blocking_callers_wait_and_lose_nothing),
      cmocka_unit_test(a_flush_waits_for_its_own_values_not_for_the_batch_on_its_way),
      cmocka_unit_test(a_value_larger_than_the_queue_passes_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
