/* The writer's inside, shared by its files.
 *
 * Lock order: there is one lock, event_writer.lock. It guards every member but those of the writing
 * thread, and is not held during any system call but the waits. */
#ifndef SUMI__EVENT_WRITER_H
#define SUMI__EVENT_WRITER_H

#include <sumi/event_writer.h>
#include <sumi/exit_hook.h>
#include <sumi/fork.h>

#include <pthread.h>

#include "event_queue.h"
#include "record_sink.h"

struct sumi_event_writer {
  sumi_event_writer_options_t options;
  unsigned forks;        /* sumi_fork_count when it was opened */
  const char *neighbour; /* a file of the run that another writer had open then */
  sumi_exit_hook_t exit_hook;

  pthread_mutex_t lock;
  pthread_cond_t work; /* the writing thread waits for a full queue, a flush or the end */
  pthread_cond_t done; /* callers wait for room or for their flush */
  sumi_name_table_t tags;
  sumi__events_event_queue_t queue;
  sumi_buffer_t resolved; /* sumi_event_tag_t * of the call in progress, NULL for values left out */
  uint64_t calls;
  bool wake, stop;
  bool stuck;   /* the file takes no more for now: the batch waits for another attempt */
  bool give_up; /* ... for one more: the queue is full */
  uint64_t flushes_asked, flushes_done;
  sumi_event_writer_counts_t counts;
  sumi_status_t failure; /* the first: the sink's, as of the last batch, or of a layer above */
  bool failure_is_sinks;
  char reason[SUMI_ERROR_MESSAGE_MAX];

  pthread_t thread;
  /* The writing thread's own. */
  sumi__events_event_queue_t batch;
  size_t batch_done; /* bytes of it that are in a file */
  sumi__events_record_sink_t sink;
};

/* Starts and joins the writing thread; stopping writes everything queued. */
sumi_status_t sumi__events_writer_thread_start(sumi_event_writer_t *writer);
void sumi__events_writer_thread_stop(sumi_event_writer_t *writer);

/* Wakes the writing thread; the lock is held. */
void sumi__events_writer_wake(sumi_event_writer_t *writer);

/* Room in the queue for an event, made by waiting or dropping as the options say; the lock is held,
 * but was given up in between when *waited is set. */
void sumi__events_writer_make_room(sumi_event_writer_t *writer, size_t size_bytes, bool *waited);

/* The writer belongs to a parent of this process. */
static inline bool sumi__events_writer_is_inherited(const sumi_event_writer_t *writer) {
  return writer->forks != sumi_fork_count();
}

/* FAILED_PRECONDITION in a forked child, INVALID_ARGUMENT for NULL. */
sumi_status_t sumi__events_writer_check_usable(const sumi_event_writer_t *writer);

/* With the lock held, or before the thread starts. */
void sumi__events_writer_note_sink_failure(sumi_event_writer_t *writer);

/* The first failure with what was lost since; with the lock held, or after the thread has ended. */
sumi_status_t sumi__events_writer_report(const sumi_event_writer_t *writer);

/* Counts a refused call; the lock is not held. */
sumi_status_t sumi__events_writer_refuse(sumi_event_writer_t *writer, sumi_status_t status);

sumi_status_t sumi__events_writer_check_step(int64_t step);

/* Open with system calls of the test's. */
sumi_event_writer_t *sumi__events_event_writer_open_io(const char *directory, sumi_status_t *status,
                                                       sumi_event_writer_options_t options,
                                                       const sumi_file_io_t *io);

#endif
