#include "event_writer.h"

#include <sumi/file.h>
#include <sumi/options.h>
#include <sumi/alloc.h>
#include <sumi/clock.h>
#include <sumi/fork.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "existing_run.h"

enum { DEFAULT_QUEUE_BYTES = 8 << 20 };

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

/* The directory as it is: what the files in it hold. */
static sumi_status_t take_over(sumi_event_writer_t *writer, const char *directory) {
  sumi__events_event_files_t files;
  SUMI_TRY(sumi__events_event_files_list(directory, &files));
  const sumi_status_t status = sumi__events_existing_run_take_over(writer, &files,
                                                                   &writer->sink.start_step);
  sumi__events_event_files_release(&files);
  return status;
}

/* A disk that may have room, answer or be writable later, which a path that is wrong never will. */
static bool may_pass(sumi_status_t status) {
  return status == SUMI_RESOURCE_EXHAUSTED || status == SUMI_UNAVAILABLE ||
         status == SUMI_FAILED_PRECONDITION;
}

/* Without a directory nothing is known of a run there, so that no session begins in a file made
 * later. */
static sumi_status_t open_run(sumi_event_writer_t *writer, const char *directory) {
  writer->sink.start_step = -1;
  const bool keep_trying = writer->options.keep_trying;
  const sumi_status_t made = sumi_file_make_directories(directory);
  if (made == SUMI_OK) {
    SUMI_TRY(take_over(writer, directory));
    if (!sumi__events_sink_ready(&writer->sink) && !(keep_trying && may_pass(writer->sink.failure)))
      return sumi_fail(writer->sink.failure, "%s", writer->sink.reason);
  } else if (!keep_trying || !may_pass(made) || writer->options.existing == SUMI_RUN_RESUME) {
    return made;
  }
  sumi__events_sink_fail(&writer->sink, made);
  sumi__events_writer_note_sink_failure(writer);
  writer->counts.file_size_bytes = writer->sink.file.size_bytes;
  return sumi__events_writer_thread_start(writer);
}

static void release(sumi_event_writer_t *writer) {
  sumi__events_sink_close(&writer->sink);
  sumi__events_tags_destroy_user_data(&writer->tags);
  sumi_name_table_release(&writer->tags);
  sumi__events_queue_release(&writer->queue);
  sumi__events_queue_release(&writer->batch);
  sumi_buffer_release(&writer->resolved);
  sumi_free(writer);
}

/* Until what was queued before is written, or an attempt has failed. */
static void wait_for_flush(sumi_event_writer_t *writer) {
  pthread_mutex_lock(&writer->lock);
  const uint64_t ticket = ++writer->flushes_asked;
  pthread_cond_signal(&writer->work);
  while (writer->flushes_done < ticket) pthread_cond_wait(&writer->done, &writer->lock);
  pthread_mutex_unlock(&writer->lock);
}

static void flush_at_exit(void *writer) {
  wait_for_flush(writer);
}

static sumi_event_writer_t *open_writer(const char *directory, sumi_status_t *status,
                                        const sumi_event_writer_options_t *options,
                                        const sumi_file_io_t *io) {
  if ((*status = check_options(directory, options)) != SUMI_OK) return NULL;
  sumi_event_writer_t *writer = sumi_calloc(1, sizeof *writer);
  if (!writer) {
    *status = sumi_fail_alloc("an event writer", sizeof *writer);
    return NULL;
  }
  writer->forks = sumi_fork_count();
  writer->options = *options;
  writer->options.filename_suffix = NULL; /* the caller's text */
  writer->queue.limit_bytes = options->queue_size_bytes ? options->queue_size_bytes
                                                        : (size_t)DEFAULT_QUEUE_BYTES;
  writer->batch.limit_bytes = writer->queue.limit_bytes;
  *status = sumi__events_current_file_init(&writer->sink.file, io, directory,
                                           options->filename_suffix, options->sync);
  if (*status == SUMI_OK) *status = open_run(writer, directory);
  if (*status == SUMI_OK) {
    sumi_exit_hook_add(&writer->exit_hook, flush_at_exit, writer);
    return writer;
  }
  const bool empty = writer->sink.file_events == 0;
  (void)sumi__events_current_file_leave(&writer->sink.file, empty);
  release(writer);
  return NULL;
}

sumi_event_writer_t *sumi__events_event_writer_open_io(const char *directory, sumi_status_t *status,
                                                       sumi_event_writer_options_t options,
                                                       const sumi_file_io_t *io) {
  sumi_status_t unwanted;
  return open_writer(directory, status ? status : &unwanted, &options, io);
}

sumi_event_writer_t *sumi_event_writer_open_with(const char *directory, sumi_status_t *status,
                                                 const sumi_event_writer_options_t *given) {
  sumi_event_writer_options_t options;
  const sumi_status_t read = sumi_options_read(&options, sizeof options, given);
  if (status) *status = read;
  if (read != SUMI_OK) return NULL;
  return sumi__events_event_writer_open_io(directory, status, options, &sumi_file_system_io);
}

sumi_status_t sumi_event_writer_flush(sumi_event_writer_t *writer) {
  SUMI_TRY(sumi__events_writer_check_usable(writer));
  wait_for_flush(writer);
  return sumi_event_writer_status(writer);
}

sumi_status_t sumi_event_writer_close(sumi_event_writer_t *writer) {
  if (!writer) return SUMI_OK;
  sumi_status_t status = SUMI_OK;
  if (!sumi__events_writer_is_inherited(writer)) {
    sumi_exit_hook_remove(&writer->exit_hook);
    sumi__events_writer_thread_stop(writer);
    sumi__events_sink_fail(&writer->sink,
                           sumi__events_current_file_leave(&writer->sink.file, false));
    writer->counts.lost = writer->sink.lost;
    sumi__events_writer_note_sink_failure(writer);
    status = sumi__events_writer_report(writer);
  }
  release(writer);
  return status;
}

sumi_event_writer_counts_t sumi_event_writer_counts(sumi_event_writer_t *writer) {
  if (!writer || sumi__events_writer_is_inherited(writer)) return (sumi_event_writer_counts_t){0};
  pthread_mutex_lock(&writer->lock);
  sumi_event_writer_counts_t counts = writer->counts;
  pthread_mutex_unlock(&writer->lock);
  counts.waiting = counts.queued - counts.written - counts.dropped - counts.lost;
  return counts;
}

const char *sumi_event_writer_neighbour(const sumi_event_writer_t *writer) {
  return writer ? writer->neighbour : NULL;
}

const char *sumi_event_writer_path(const sumi_event_writer_t *writer) {
  const char *path = writer ? writer->sink.file.path : NULL;
  return path ? path : "";
}
