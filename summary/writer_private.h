/* Inside of a writer, and what the kinds in kinds/ are made with. */
#ifndef SUMI_WRITER_PRIVATE_H
#define SUMI_WRITER_PRIVATE_H

#include <sumi/plugin_data.h>
#include <sumi/writer.h>

#include "interval_layers.h"
#include "job.h"
#include "tags.h"

typedef struct sumi__embedding sumi__embedding_t; /* kinds/embedding.c */

/* Lock order: a tag's lock; then one of: the tag table's, the layers', the queue's, the failure's,
 * the event writer's own. Several tags' locks are taken in the order of their addresses. */
struct sumi_writer {
  sumi_event_writer_t *events; /* NULL: could not be opened, nothing is due */
  /* The one writer that stands for all that could not be made; nothing else is set. */
  bool out_of_memory;
  char *directory;
  sumi__tags_t tags;
  sumi__interval_layers_t layers;
  sumi__job_queue_t queue;
  pthread_t workers[SUMI__MAX_WORKERS];
  int worker_count;
  unsigned forks; /* sumi__fork_count when it was opened */
  int64_t first_step;
  _Atomic int64_t total_steps;
  _Atomic int64_t newest_step;
  _Atomic int64_t scalars, summaries, drawn, encoded, histograms, refused, dropped;

  pthread_mutex_t failure_lock; /* guards what follows, up to the next lock */
  sumi_status_t failure;        /* the first */
  char *failure_text;
  int64_t reported_drops, report_step; /* of "sumi/dropped" */
  int64_t warnings;                    /* steps of "sumi/warnings" */
  bool has_hparams;
  sumi_hparams_status_t hparams_end;

  pthread_mutex_t embedding_lock;
  sumi__embedding_t *embeddings;
};

/* The names TensorBoard's dashboards go by; a tag's plugin is one of these very pointers. */
extern const char sumi__plugin_scalars[], sumi__plugin_histograms[], sumi__plugin_images[],
    sumi__plugin_text[], sumi__plugin_audio[], sumi__plugin_pr_curves[], sumi__plugin_mesh[];

/* How often this process and its ancestors since they loaded Sumi were forked off. */
unsigned sumi__fork_count(void);

/* Keeps the thread's last failure as the writer's unless there is an earlier one, and returns
 * it. */
sumi_status_t sumi__keep_failure(sumi_writer_t *writer, sumi_status_t status);

/* The same for a call whose arguments were refused, which is counted. */
sumi_status_t sumi__refuse(sumi_writer_t *writer, sumi_status_t status);

/* SUMI_OK when the writer can write: it was opened, and by this process. The failure is not
 * kept. */
sumi_status_t sumi__check_usable(sumi_writer_t *writer);

static inline bool sumi__is_shut(sumi_writer_t *writer, sumi__tag_t *tag, int64_t step) {
  return sumi__gate_is_shut(
      &tag->gate, atomic_load_explicit(&writer->layers.generation, memory_order_relaxed), step);
}

/* Finds or adds the tag; a failure is kept and counted. */
sumi_status_t sumi__get_tag(sumi_writer_t *writer, const char *name, sumi__tag_t **tag);

/* With the tag's lock held: refuses a wrong plugin or step (kept and counted), and says whether the
 * tag is due. */
sumi_status_t sumi__admit(sumi_writer_t *writer, sumi__tag_t *tag, const char *plugin, int64_t step,
                          bool *due);

/* With the tag's lock held: notes that the step was logged. */
void sumi__note_logged(sumi_writer_t *writer, sumi__tag_t *tag, int64_t step);

/* Begins a summary that a worker will make. SUMI_OK and *job NULL: nothing to do. With a job the
 * tag is locked until sumi__job_end; the caller copies its arguments into job->memory. */
sumi_status_t sumi__job_begin(sumi_writer_t *writer, const char *tag, const char *plugin,
                              int64_t step, sumi__job_t **job);

/* Queues the job when `status`, of copying and checking the arguments, is SUMI_OK; otherwise
 * refuses the call. */
sumi_status_t sumi__job_end(sumi__job_t *job, sumi_status_t status,
                            sumi_status_t (*run)(sumi__job_t *job));

/* In a worker: writes values of the job's step; `tag` NULL stands for the job's tag, whose title
 * and description are filled in. */
sumi_status_t sumi__job_write(sumi__job_t *job, sumi_event_value_t *values, size_t count);

/* Writes a value at once, outside any interval, with the texts and metadata it has. */
sumi_status_t sumi__write_now(sumi_writer_t *writer, int64_t step, const sumi_event_value_t *value);

/* A warning in the run itself, as text "sumi/warnings". */
void sumi__warn(sumi_writer_t *writer, const char *text);

/* Scalars, under the tag's lock: the value as the event writer takes it (borrowing from the tag);
 * keeping one that is not due for "last"; noting one that was written. */
sumi_event_value_t sumi__scalar_value(const sumi__tag_t *tag, float value);
void sumi__keep_scalar(sumi__tag_t *tag, int64_t step, float value);
void sumi__note_scalar(sumi_writer_t *writer, sumi__tag_t *tag, int64_t step);

/* Runs a job. A failure is kept, and the summary counts as dropped. */
void sumi__run_job(sumi__job_t *job);

/* Starts `count` workers, or warns in the run that there are fewer. Without any, jobs are run by
 * the thread that logs. */
void sumi__start_workers(sumi_writer_t *writer, int count);

/* Returns when the queue is empty and the workers have ended. */
void sumi__stop_workers(sumi_writer_t *writer);

/* Records how the trial ended, when the run has hyper-parameters. */
void sumi__end_hparams(sumi_writer_t *writer);

void sumi__free_embeddings(sumi_writer_t *writer);

#define SUMI__COUNT(counter) atomic_fetch_add_explicit(&(counter), 1, memory_order_relaxed)

#endif
