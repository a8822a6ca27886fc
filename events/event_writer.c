#include "event_writer.h"

#include <sumi/alloc.h>
#include <sumi/clock.h>

#include <math.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "existing_run.h"

enum { DEFAULT_QUEUE_BYTES = 8 << 20 };

/* Counts the forks between this process and the first of the program: comparing it costs no system
 * call. */
static _Atomic unsigned generation;
static pthread_once_t watch_once = PTHREAD_ONCE_INIT;

static void count_fork(void) {
  atomic_fetch_add(&generation, 1);
}

static void watch_forks(void) {
  pthread_atfork(NULL, NULL, count_fork);
}

static bool is_inherited(const sumi_event_writer_t *writer) {
  return writer->generation != atomic_load_explicit(&generation, memory_order_relaxed);
}

sumi_status_t sumi__writer_check_usable(const sumi_event_writer_t *writer) {
  if (!writer) return sumi_fail(SUMI_INVALID_ARGUMENT, "the event writer is NULL");
  if (!is_inherited(writer)) return SUMI_OK;
  return sumi_fail(SUMI_FAILED_PRECONDITION,
                   "%s is written by the parent of this forked process (%lld); open a writer here",
                   writer->path, (long long)getpid());
}

sumi_status_t sumi__writer_refuse(sumi_event_writer_t *writer, sumi_status_t status) {
  pthread_mutex_lock(&writer->lock);
  ++writer->counts.refused;
  pthread_mutex_unlock(&writer->lock);
  return status;
}

static sumi_status_t check_options(const char *directory,
                                   const sumi_event_writer_options_t *options) {
  if (!directory || !*directory)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the directory of an event file is %s",
                     directory ? "empty" : "NULL");
  if (options->when_full < SUMI_QUEUE_BLOCK || options->when_full > SUMI_QUEUE_COALESCE)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "when_full is %d", (int)options->when_full);
  if (options->existing < SUMI_RUN_CONTINUE || options->existing > SUMI_RUN_REFUSE)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "existing is %d", (int)options->existing);
  if (options->resume_step < 0 ||
      (options->resume_step > 0 && options->existing != SUMI_RUN_RESUME))
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "resume_step is %lld; it is 0 or more, with SUMI_RUN_RESUME",
                     (long long)options->resume_step);
  if (options->filename_suffix && strchr(options->filename_suffix, '/'))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the suffix \"%s\" of a file name holds a '/'",
                     options->filename_suffix);
  return SUMI_OK;
}

/* The file with its head; on failure nothing is left of it. */
static sumi_status_t create_file(sumi_event_writer_t *writer, const char *directory,
                                 const sumi__event_files_t *files, int64_t start_step) {
  SUMI_TRY(sumi__event_file_create(directory, writer->options.filename_suffix, files, &writer->path,
                                   &writer->sink.fd));
  writer->options.filename_suffix = NULL; /* the caller's text */
  writer->sink.path = writer->path;
  sumi__sink_head(&writer->sink, sumi_clock_wall_s(), start_step);
  sumi__sink_write(&writer->sink);
  if (writer->options.sync) sumi__sync_directory_of(writer->path);
  writer->counts.file_size_bytes = writer->sink.file_size_bytes;
  sumi_status_t status = writer->sink.failure;
  if (status != SUMI_OK)
    sumi_fail(status, "%s", writer->sink.reason);
  else
    status = sumi__writer_thread_start(writer);
  if (status != SUMI_OK) unlink(writer->path);
  return status;
}

static sumi_status_t open_run(sumi_event_writer_t *writer, const char *directory) {
  SUMI_TRY(sumi__make_directories(directory));
  sumi__event_files_t files;
  SUMI_TRY(sumi__event_files_list(directory, &files));
  int64_t start_step;
  sumi_status_t status = sumi__existing_run_take_over(&files, &writer->options, &writer->tags,
                                                      &start_step);
  if (status == SUMI_OK) status = create_file(writer, directory, &files, start_step);
  sumi__event_files_release(&files);
  return status;
}

static void release(sumi_event_writer_t *writer) {
  sumi__sink_close(&writer->sink);
  sumi__name_table_release(&writer->tags);
  sumi__queue_release(&writer->queue);
  sumi__queue_release(&writer->batch);
  sumi_buffer_release(&writer->resolved);
  sumi_free(writer->path);
  sumi_free(writer);
}

static sumi_event_writer_t *open_writer(const char *directory, sumi_status_t *status,
                                        const sumi_event_writer_options_t *options,
                                        const sumi__file_io_t *io) {
  if ((*status = check_options(directory, options)) != SUMI_OK) return NULL;
  sumi_event_writer_t *writer = sumi_calloc(1, sizeof *writer);
  if (!writer) {
    *status = sumi_fail_alloc("an event writer", sizeof *writer);
    return NULL;
  }
  pthread_once(&watch_once, watch_forks);
  writer->generation = atomic_load(&generation);
  writer->options = *options;
  writer->sink = (sumi__record_sink_t){.io = *io, .fd = -1, .sync = options->sync};
  writer->queue.limit_bytes = options->queue_size_bytes ? options->queue_size_bytes
                                                        : (size_t)DEFAULT_QUEUE_BYTES;
  writer->batch.limit_bytes = writer->queue.limit_bytes;
  if ((*status = open_run(writer, directory)) == SUMI_OK) return writer;
  release(writer);
  return NULL;
}

sumi_event_writer_t *sumi__event_writer_open_io(const char *directory, sumi_status_t *status,
                                                sumi_event_writer_options_t options,
                                                const sumi__file_io_t *io) {
  sumi_status_t unwanted;
  return open_writer(directory, status ? status : &unwanted, &options, io);
}

sumi_event_writer_t *sumi_event_writer_open_with(const char *directory, sumi_status_t *status,
                                                 sumi_event_writer_options_t options) {
  return sumi__event_writer_open_io(directory, status, options, &sumi__system_io);
}

/* The writing thread has set reason before failure under the lock, and changes neither
 * afterwards. */
static sumi_status_t report(const sumi_event_writer_t *writer, sumi_status_t failure,
                            uint64_t lost) {
  if (failure == SUMI_OK) return SUMI_OK;
  return sumi_fail(failure, "%s; %llu event(s) lost so far", writer->sink.reason,
                   (unsigned long long)lost);
}

sumi_status_t sumi_event_writer_flush(sumi_event_writer_t *writer) {
  SUMI_TRY(sumi__writer_check_usable(writer));
  pthread_mutex_lock(&writer->lock);
  const uint64_t ticket = ++writer->flushes_asked;
  pthread_cond_signal(&writer->work);
  while (writer->flushes_done < ticket) pthread_cond_wait(&writer->done, &writer->lock);
  const sumi_status_t failure = writer->failure;
  const uint64_t lost = writer->counts.lost;
  pthread_mutex_unlock(&writer->lock);
  return report(writer, failure, lost);
}

sumi_status_t sumi_event_writer_close(sumi_event_writer_t *writer) {
  if (!writer) return SUMI_OK;
  if (is_inherited(writer)) {
    release(writer);
    return SUMI_OK;
  }
  sumi__writer_thread_stop(writer);
  sumi__sink_close(&writer->sink);
  const sumi_status_t status = report(writer, writer->sink.failure, writer->sink.lost);
  release(writer);
  return status;
}

sumi_event_writer_counts_t sumi_event_writer_counts(sumi_event_writer_t *writer) {
  if (!writer || is_inherited(writer)) return (sumi_event_writer_counts_t){0};
  pthread_mutex_lock(&writer->lock);
  const sumi_event_writer_counts_t counts = writer->counts;
  pthread_mutex_unlock(&writer->lock);
  return counts;
}

const char *sumi_event_writer_path(const sumi_event_writer_t *writer) {
  return writer ? writer->path : "";
}
