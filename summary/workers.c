/* The threads that draw and encode. The first one also looks after the file of intervals, once a
 * second. */
#include <signal.h>

#include <sumi/alloc.h>
#include <sumi/clock.h>

#include "writer_private.h"

void sumi__run_job(sumi__job_t *job) {
  sumi_writer_t *writer = job->writer;
  const sumi_status_t status = job->run(job);
  if (status != SUMI_OK) {
    SUMI__COUNT(writer->dropped);
    sumi_fail(status, "tag \"%s\", step %lld: %s", job->tag->name, (long long)job->step,
              sumi_error_message());
    sumi__keep_failure(writer, status);
  }
}

static void watch_intervals(sumi_writer_t *writer) {
  const sumi_status_t status = sumi__interval_layers_poll(&writer->layers);
  if (status != SUMI_OK) sumi__warn(writer, sumi_error_message());
}

typedef struct worker {
  sumi_writer_t *writer;
  int number;
} worker_t;

static void *work(void *argument) {
  worker_t worker = *(worker_t *)argument;
  sumi_free(argument);
  const int64_t second_ns = 1000000000;
  int64_t watched_ns = sumi_clock_monotonic_ns();
  for (bool closed = false; !closed;) {
    sumi__job_t *job = sumi__queue_take(&worker.writer->queue, worker.number, &closed);
    if (job) {
      sumi__run_job(job);
      sumi__queue_finish(&worker.writer->queue, worker.number);
      sumi__job_free(job);
    }
    const int64_t now_ns = worker.number == 0 ? sumi_clock_monotonic_ns() : watched_ns;
    if (now_ns - watched_ns >= second_ns) {
      watched_ns = now_ns;
      watch_intervals(worker.writer);
    }
  }
  return NULL;
}

static bool start(sumi_writer_t *writer, int number) {
  worker_t *worker = sumi_malloc(sizeof *worker);
  if (!worker) return false;
  *worker = (worker_t){writer, number};
  if (pthread_create(&writer->workers[number], NULL, work, worker) == 0) return true;
  sumi_free(worker);
  return false;
}

/* Signals stay with the program's own threads. */
int sumi__start_workers(sumi_writer_t *writer, int count) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int started = 0;
  while (started < count && start(writer, started)) ++started;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started;
}

void sumi__stop_workers(sumi_writer_t *writer) {
  sumi__queue_close(&writer->queue);
  for (int i = 0; i < writer->worker_count; ++i) pthread_join(writer->workers[i], NULL);
}
