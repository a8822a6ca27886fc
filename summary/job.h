/* Summaries that are made by the worker threads: what a call copied, and the queue it waits in. */
#ifndef SUMI_JOB_H
#define SUMI_JOB_H

#include <pthread.h>

#include <sumi/arena.h>
#include <sumi/event_writer.h>

#include "tags.h"

enum { SUMI__MAX_WORKERS = 64 };

typedef struct sumi__summary_job sumi__summary_job_t;

struct sumi__summary_job {
  sumi__summary_job_t *next;
  struct sumi_writer *writer;
  sumi__summary_tag_t *tag;
  const char *plugin;
  int64_t step;
  double wall_time_s;
  uint64_t number;      /* in the order of the queue */
  sumi_arena_t *memory; /* what the call copied */
  void *payload;        /* in it: what `run` needs */
  sumi_status_t (*run)(sumi__summary_job_t *job);
};

void sumi__summary_job_free(sumi__summary_job_t *job);

/* Jobs in the order they came. One tag's jobs are run one after the other, in that order; those of
 * different tags at the same time. */
typedef struct sumi__summary_job_queue {
  pthread_mutex_t lock;
  pthread_cond_t work, room, done;
  sumi__summary_job_t *first, *last;
  int64_t count, max_count;
  size_t size_bytes, max_bytes;
  sumi_queue_policy_t policy;
  uint64_t pushed;
  bool closing;
  sumi__summary_job_t *running[SUMI__MAX_WORKERS];
} sumi__summary_job_queue_t;

void sumi__summary_job_queue_init(sumi__summary_job_queue_t *queue, int64_t max_count,
                                  size_t max_bytes, sumi_queue_policy_t policy);
void sumi__summary_job_queue_release(sumi__summary_job_queue_t *queue);

/* Puts the job at the end, after making room as the policy says. Returns the jobs that were dropped
 * for it, linked by `next`, for the caller to count and free; NULL when there are none. */
sumi__summary_job_t *sumi__summary_job_queue_push(sumi__summary_job_queue_t *queue,
                                                  sumi__summary_job_t *job);

/* The oldest job whose tag no worker has, for worker `worker`; waits for one up to a second. NULL
 * when none came; *closed then says that none will. */
sumi__summary_job_t *sumi__summary_job_queue_take(sumi__summary_job_queue_t *queue, int worker,
                                                  bool *closed);

/* Worker `worker` has finished its job, which is freed before anybody who drains the queue goes
 * on. */
void sumi__summary_job_queue_finish(sumi__summary_job_queue_t *queue, int worker);

/* Waits until all jobs pushed so far are finished. */
void sumi__summary_job_queue_drain(sumi__summary_job_queue_t *queue);

/* Lets the workers end when nothing waits any more. */
void sumi__summary_job_queue_close(sumi__summary_job_queue_t *queue);

int64_t sumi__summary_job_queue_waiting(sumi__summary_job_queue_t *queue);

#endif
