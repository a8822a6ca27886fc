/* The threads that draw and encode. The first one also looks after the file of intervals, once a
 * second. */
#include <errno.h>
#include <signal.h>

#include <sumi/alloc.h>
#include <sumi/clock.h>

#include "writer_private.h"

void sumi__summary_run_job(sumi__summary_job_t *job) {
  sumi_writer_t *writer = job->writer;
  const sumi_status_t status = job->run(job);
  if (status != SUMI_OK) {
    SUMI__COUNT(writer->dropped);
    sumi_fail(status, "tag \"%s\", step %lld: %s", job->tag->name, (long long)job->step,
              sumi_error_message());
    sumi__summary_keep_failure(writer, status);
  }
}

static void watch_intervals(sumi_writer_t *writer) {
  const sumi_status_t status = sumi__summary_interval_layers_poll(&writer->layers);
  if (status != SUMI_OK) sumi__summary_warn(writer, sumi_error_message());
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
    sumi__summary_job_t *job = sumi__summary_job_queue_take(&worker.writer->queue, worker.number,
                                                            &closed);
    if (job) {
      sumi__summary_run_job(job);
      sumi__summary_job_queue_finish(&worker.writer->queue, worker.number);
    }
    const int64_t now_ns = worker.number == 0 ? sumi_clock_monotonic_ns() : watched_ns;
    if (now_ns - watched_ns >= second_ns) {
      watched_ns = now_ns;
      watch_intervals(worker.writer);
    }
  }
  return NULL;
}

/* 0, or why there is no thread: an errno value. */
static int start(sumi_writer_t *writer, int number) {
  worker_t *worker = sumi_malloc(sizeof *worker);
  if (!worker) return ENOMEM;
  *worker = (worker_t){writer, number};
  const int error = pthread_create(&writer->workers[number], NULL, work, worker);
  if (error != 0) sumi_free(worker);
  return error;
}

static void warn_of_missing(sumi_writer_t *writer, int wanted, int error) {
  const sumi_status_t status = sumi_fail_errno(error, "cannot start a worker thread for",
                                               writer->directory);
  sumi_fail(status, "%s; %d of %d run%s", sumi_error_message(), writer->worker_count, wanted,
            writer->worker_count > 0 ? ""
                                     : ": the threads that log draw and encode themselves, and the "
                                       "file \"" SUMI__INTERVALS_FILE "\" is not read again");
  sumi__summary_warn(writer, sumi_error_message());
}

/* Signals stay with the program's own threads. */
void sumi__summary_start_workers(sumi_writer_t *writer, int count) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = 0;
  while (writer->worker_count < count && (error = start(writer, writer->worker_count)) == 0)
    ++writer->worker_count;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (error != 0) warn_of_missing(writer, count, error);
}

void sumi__summary_stop_workers(sumi_writer_t *writer) {
  sumi__summary_job_queue_close(&writer->queue);
  for (int i = 0; i < writer->worker_count; ++i) pthread_join(writer->workers[i], NULL);
}
