#include "event_writer.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

static const int64_t default_flush_interval_ms = 1000;

void sumi__events_writer_wake(sumi_event_writer_t *writer) {
  if (writer->wake) return;
  writer->wake = true;
  pthread_cond_signal(&writer->work);
}

void sumi__events_writer_make_room(sumi_event_writer_t *writer, size_t size_bytes, bool *waited) {
  *waited = false;
  if (sumi__events_queue_fits(&writer->queue, size_bytes)) return;
  if (writer->options.when_full != SUMI_QUEUE_BLOCK)
    writer->counts.dropped += sumi__events_queue_thin(&writer->queue, writer->options.when_full,
                                                      size_bytes);
  while (!sumi__events_queue_fits(&writer->queue, size_bytes)) {
    writer->give_up = writer->stuck;
    sumi__events_writer_wake(writer);
    pthread_cond_wait(&writer->done, &writer->lock);
    *waited = true;
  }
}

static struct timespec after_ms(int64_t ms) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  const int64_t ns = time.tv_nsec + ms % 1000 * 1000000;
  time.tv_sec += (time_t)(ms / 1000 + ns / 1000000000);
  time.tv_nsec = (long)(ns % 1000000000);
  return time;
}

static bool has_request(const sumi_event_writer_t *writer) {
  return writer->wake || writer->stop || writer->flushes_asked > writer->flushes_done;
}

/* Until somebody asks or values have waited long enough. The thread looks at an idle queue once per
 * interval, so that no caller ever has to wake it for a single value. */
static void wait_for_work(sumi_event_writer_t *writer) {
  const int64_t set = writer->options.flush_interval_ms;
  const int64_t interval = set == 0 ? default_flush_interval_ms : set;
  const struct timespec deadline = after_ms(interval < 0 ? 0 : interval);
  int timed_out = 0;
  while (!has_request(writer) && timed_out != ETIMEDOUT)
    timed_out = interval < 0 ? pthread_cond_wait(&writer->work, &writer->lock)
                             : pthread_cond_timedwait(&writer->work, &writer->lock, &deadline);
}

static void publish(sumi_event_writer_t *writer) {
  writer->counts.written = writer->sink.written;
  writer->counts.lost = writer->sink.lost;
  writer->counts.file_size_bytes = writer->sink.file.size_bytes;
  sumi__events_writer_note_sink_failure(writer);
}

static sumi__events_queued_event_t *batch_at(const sumi_event_writer_t *writer, size_t offset) {
  return offset < writer->batch.used
             ? (sumi__events_queued_event_t *)(void *)(writer->batch.bytes + offset)
             : NULL;
}

static void pass_events(sumi_event_writer_t *writer, uint64_t count) {
  for (; count > 0; --count) writer->batch_done += batch_at(writer, writer->batch_done)->size_bytes;
}

/* Appends events of the batch until the block is large: how many. One that there is no memory for
 * is lost. */
static uint64_t fill_block(sumi_event_writer_t *writer) {
  uint64_t count = 0;
  size_t at = writer->batch_done;
  for (sumi__events_queued_event_t *event; (event = batch_at(writer, at)); ++count) {
    if (sumi__events_sink_is_full(&writer->sink)) break;
    if (!sumi__events_sink_event(&writer->sink, event)) break;
    at += event->size_bytes;
  }
  return count;
}

static void lose_event(sumi_event_writer_t *writer) {
  sumi__events_sink_fail(&writer->sink,
                         sumi_fail_alloc("an event on its way to the file",
                                         batch_at(writer, writer->batch_done)->size_bytes));
  sumi__events_sink_lose(&writer->sink, 1);
  pass_events(writer, 1);
}

/* A file that failed is left, and the rest goes into another at once; when nothing gets into that
 * one either, it waits. */
enum { MAX_FAILURES = 2 };

/* Writes what is left of the batch; false when it has to wait. */
static bool write_batch(sumi_event_writer_t *writer) {
  for (int failures = 0; batch_at(writer, writer->batch_done);) {
    if (!sumi__events_sink_ready(&writer->sink)) return false;
    const uint64_t count = fill_block(writer);
    const uint64_t written = sumi__events_sink_write(&writer->sink);
    pass_events(writer, written);
    if (count == 0) lose_event(writer);
    failures = written > 0 ? 0 : failures + (count > 0);
    if (failures == MAX_FAILURES) return false;
  }
  sumi__events_queue_clear(&writer->batch);
  writer->batch_done = 0;
  return true;
}

static void lose_batch(sumi_event_writer_t *writer) {
  for (; batch_at(writer, writer->batch_done); pass_events(writer, 1))
    sumi__events_sink_lose(&writer->sink, 1);
  sumi__events_queue_clear(&writer->batch);
  writer->batch_done = 0;
}

static void take_queue(sumi_event_writer_t *writer) {
  const sumi__events_event_queue_t filled = writer->queue;
  writer->queue = writer->batch;
  writer->batch = filled;
}

/* One attempt, without the lock: whether the batch is done with. */
static bool try_batch(sumi_event_writer_t *writer, bool last_chance) {
  if (write_batch(writer)) return true;
  if (last_chance) lose_batch(writer);
  return last_chance;
}

/* With the lock held, but for the writing itself. */
static void write_once(sumi_event_writer_t *writer) {
  const bool older = writer->stuck, last_chance = writer->stop || writer->give_up;
  const uint64_t flush = writer->flushes_asked;
  if (!older) take_queue(writer);
  writer->wake = writer->give_up = false;
  pthread_cond_broadcast(&writer->done);
  pthread_mutex_unlock(&writer->lock);
  const bool done = try_batch(writer, last_chance);
  pthread_mutex_lock(&writer->lock);
  publish(writer);
  writer->stuck = !done;
  if (done) writer->give_up = false; /* asked for meanwhile, it meant this batch and not the next */
  /* Behind an older batch the queue is still to be written before a flush is done. */
  if (older && done)
    writer->wake = true;
  else
    writer->flushes_done = flush;
  pthread_cond_broadcast(&writer->done);
}

static void *write_until_stopped(void *argument) {
  sumi_event_writer_t *writer = argument;
  pthread_mutex_lock(&writer->lock);
  while (!writer->stop || writer->queue.used > 0 || writer->stuck) {
    wait_for_work(writer);
    write_once(writer);
  }
  pthread_mutex_unlock(&writer->lock);
  return NULL;
}

/* The program's signals are handled on the program's threads, and a limit on file sizes (SIGXFSZ)
 * becomes an error of write here. */
static int create_thread(sumi_event_writer_t *writer) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int error = pthread_create(&writer->thread, NULL, write_until_stopped, writer);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return error;
}

sumi_status_t sumi__events_writer_thread_start(sumi_event_writer_t *writer) {
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&writer->work, &monotonic);
  pthread_condattr_destroy(&monotonic);
  pthread_cond_init(&writer->done, NULL);
  pthread_mutex_init(&writer->lock, NULL);
  const int error = create_thread(writer);
  if (error == 0) return SUMI_OK;
  return sumi_fail(SUMI_UNAVAILABLE, "cannot start the thread that writes %s: %s",
                   writer->sink.file.path, strerror(error));
}

void sumi__events_writer_thread_stop(sumi_event_writer_t *writer) {
  pthread_mutex_lock(&writer->lock);
  writer->stop = true;
  pthread_cond_signal(&writer->work);
  pthread_mutex_unlock(&writer->lock);
  pthread_join(writer->thread, NULL);
  pthread_cond_destroy(&writer->work);
  pthread_cond_destroy(&writer->done);
  pthread_mutex_destroy(&writer->lock);
}
