#include "event_writer.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

static const int64_t default_flush_interval_ms = 1000;

void sumi__writer_wake(sumi_event_writer_t *writer) {
  if (writer->wake) return;
  writer->wake = true;
  pthread_cond_signal(&writer->work);
}

void sumi__writer_make_room(sumi_event_writer_t *writer, size_t size_bytes, bool *waited) {
  *waited = false;
  if (sumi__queue_fits(&writer->queue, size_bytes)) return;
  if (writer->options.when_full != SUMI_QUEUE_BLOCK)
    writer->counts.dropped += sumi__queue_thin(&writer->queue, writer->options.when_full,
                                               size_bytes);
  while (!sumi__queue_fits(&writer->queue, size_bytes)) {
    sumi__writer_wake(writer);
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
  writer->counts.file_size_bytes = writer->sink.file_size_bytes;
  writer->failure = writer->sink.failure;
}

static void write_batch(sumi_event_writer_t *writer) {
  for (sumi__queued_event_t *event = sumi__queue_next(&writer->batch, NULL); event;
       event = sumi__queue_next(&writer->batch, event))
    sumi__sink_event(&writer->sink, event);
  sumi__sink_write(&writer->sink);
  sumi__queue_clear(&writer->batch);
}

static void *write_until_stopped(void *argument) {
  sumi_event_writer_t *writer = argument;
  pthread_mutex_lock(&writer->lock);
  while (!writer->stop || writer->queue.used > 0) {
    wait_for_work(writer);
    const sumi__event_queue_t filled = writer->queue;
    writer->queue = writer->batch;
    writer->batch = filled;
    writer->wake = false;
    const uint64_t flush = writer->flushes_asked;
    pthread_cond_broadcast(&writer->done);
    pthread_mutex_unlock(&writer->lock);
    write_batch(writer);
    pthread_mutex_lock(&writer->lock);
    publish(writer);
    writer->flushes_done = flush;
    pthread_cond_broadcast(&writer->done);
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

sumi_status_t sumi__writer_thread_start(sumi_event_writer_t *writer) {
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&writer->work, &monotonic);
  pthread_condattr_destroy(&monotonic);
  pthread_cond_init(&writer->done, NULL);
  pthread_mutex_init(&writer->lock, NULL);
  const int error = create_thread(writer);
  if (error == 0) return SUMI_OK;
  return sumi_fail(SUMI_UNAVAILABLE, "cannot start the thread that writes %s: %s", writer->path,
                   strerror(error));
}

void sumi__writer_thread_stop(sumi_event_writer_t *writer) {
  pthread_mutex_lock(&writer->lock);
  writer->stop = true;
  pthread_cond_signal(&writer->work);
  pthread_mutex_unlock(&writer->lock);
  pthread_join(writer->thread, NULL);
  pthread_cond_destroy(&writer->work);
  pthread_cond_destroy(&writer->done);
  pthread_mutex_destroy(&writer->lock);
}
