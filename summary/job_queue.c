/* Lock order: a tag's lock, then the queue's. No lock is taken while the queue's is held. */
#include "job.h"

#include <sumi/alloc.h>

#include <time.h>

enum { WAIT_S = 1 };

void sumi__summary_job_free(sumi__summary_job_t *job) {
  if (!job) return;
  sumi_arena_free(job->memory);
  sumi_free(job);
}

static size_t size_of(const sumi__summary_job_t *job) {
  return sumi_arena_used_bytes(job->memory);
}

void sumi__summary_job_queue_init(sumi__summary_job_queue_t *queue, int64_t max_count,
                                  size_t max_bytes, sumi_queue_policy_t policy) {
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_mutex_init(&queue->lock, NULL);
  pthread_cond_init(&queue->work, &monotonic);
  pthread_cond_init(&queue->room, NULL);
  pthread_cond_init(&queue->done, NULL);
  pthread_condattr_destroy(&monotonic);
  queue->max_count = max_count;
  queue->max_bytes = max_bytes;
  queue->policy = policy;
}

void sumi__summary_job_queue_release(sumi__summary_job_queue_t *queue) {
  pthread_cond_destroy(&queue->work);
  pthread_cond_destroy(&queue->room);
  pthread_cond_destroy(&queue->done);
  pthread_mutex_destroy(&queue->lock);
}

/* Takes the job after `before` (NULL: the first) out of the list. */
static sumi__summary_job_t *take_out(sumi__summary_job_queue_t *queue,
                                     sumi__summary_job_t *before) {
  sumi__summary_job_t *job = before ? before->next : queue->first;
  if (before)
    before->next = job->next;
  else
    queue->first = job->next;
  if (queue->last == job) queue->last = before;
  --queue->count;
  queue->size_bytes -= size_of(job);
  job->next = NULL;
  return job;
}

/* A job larger than the whole queue still passes, alone. */
static bool has_room(const sumi__summary_job_queue_t *queue, const sumi__summary_job_t *job) {
  if (queue->count == 0) return true;
  return queue->count < queue->max_count && size_of(job) <= queue->max_bytes &&
         queue->size_bytes <= queue->max_bytes - size_of(job);
}

/* What goes so that `newer` may come: for COALESCE an older summary of its tag, else the oldest of
 * all. */
static sumi__summary_job_t *drop_one(sumi__summary_job_queue_t *queue,
                                     const sumi__summary_job_t *newer) {
  sumi__summary_job_t *before = NULL;
  if (queue->policy == SUMI_QUEUE_COALESCE)
    for (sumi__summary_job_t *job = queue->first; job; before = job, job = job->next)
      if (job->tag == newer->tag) return take_out(queue, before);
  return take_out(queue, NULL);
}

static void append(sumi__summary_job_queue_t *queue, sumi__summary_job_t *job) {
  job->number = ++queue->pushed;
  if (queue->last)
    queue->last->next = job;
  else
    queue->first = job;
  queue->last = job;
  ++queue->count;
  queue->size_bytes += size_of(job);
}

sumi__summary_job_t *sumi__summary_job_queue_push(sumi__summary_job_queue_t *queue,
                                                  sumi__summary_job_t *job) {
  sumi__summary_job_t *dropped = NULL;
  pthread_mutex_lock(&queue->lock);
  while (!has_room(queue, job)) {
    if (queue->policy == SUMI_QUEUE_BLOCK) {
      pthread_cond_wait(&queue->room, &queue->lock);
      continue;
    }
    sumi__summary_job_t *victim = drop_one(queue, job);
    victim->next = dropped;
    dropped = victim;
  }
  append(queue, job);
  pthread_cond_signal(&queue->work);
  if (dropped) pthread_cond_broadcast(&queue->done);
  pthread_mutex_unlock(&queue->lock);
  return dropped;
}

static bool is_taken(const sumi__summary_job_queue_t *queue, const sumi__summary_tag_t *tag) {
  for (int i = 0; i < SUMI__MAX_WORKERS; ++i)
    if (queue->running[i] && queue->running[i]->tag == tag) return true;
  return false;
}

static sumi__summary_job_t *next_free(sumi__summary_job_queue_t *queue) {
  sumi__summary_job_t *before = NULL;
  for (sumi__summary_job_t *job = queue->first; job; before = job, job = job->next)
    if (!is_taken(queue, job->tag)) return take_out(queue, before);
  return NULL;
}

sumi__summary_job_t *sumi__summary_job_queue_take(sumi__summary_job_queue_t *queue, int worker,
                                                  bool *closed) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += WAIT_S;
  pthread_mutex_lock(&queue->lock);
  sumi__summary_job_t *job = next_free(queue);
  while (!job && !(queue->closing && queue->count == 0)) {
    if (pthread_cond_timedwait(&queue->work, &queue->lock, &until) != 0) break;
    job = next_free(queue);
  }
  queue->running[worker] = job;
  *closed = !job && queue->closing && queue->count == 0;
  if (job) pthread_cond_broadcast(&queue->room);
  pthread_mutex_unlock(&queue->lock);
  return job;
}

void sumi__summary_job_queue_finish(sumi__summary_job_queue_t *queue, int worker) {
  sumi__summary_job_t *job = queue->running[worker]; /* a worker's own; others ask for its tag */
  sumi_arena_free(job->memory);
  pthread_mutex_lock(&queue->lock);
  queue->running[worker] = NULL;
  sumi_free(job);
  pthread_cond_broadcast(&queue->done);
  pthread_cond_broadcast(&queue->work); /* others may have waited for this tag */
  pthread_mutex_unlock(&queue->lock);
}

static bool any_up_to(const sumi__summary_job_queue_t *queue, uint64_t number) {
  for (int i = 0; i < SUMI__MAX_WORKERS; ++i)
    if (queue->running[i] && queue->running[i]->number <= number) return true;
  return queue->first && queue->first->number <= number;
}

void sumi__summary_job_queue_drain(sumi__summary_job_queue_t *queue) {
  pthread_mutex_lock(&queue->lock);
  const uint64_t number = queue->pushed;
  while (any_up_to(queue, number)) pthread_cond_wait(&queue->done, &queue->lock);
  pthread_mutex_unlock(&queue->lock);
}

void sumi__summary_job_queue_close(sumi__summary_job_queue_t *queue) {
  pthread_mutex_lock(&queue->lock);
  queue->closing = true;
  pthread_cond_broadcast(&queue->work);
  pthread_mutex_unlock(&queue->lock);
}

int64_t sumi__summary_job_queue_waiting(sumi__summary_job_queue_t *queue) {
  pthread_mutex_lock(&queue->lock);
  const int64_t count = queue->count;
  pthread_mutex_unlock(&queue->lock);
  return count;
}
