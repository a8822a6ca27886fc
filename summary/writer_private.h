/* Inside of a writer, and what the kinds in kinds/ are made with. */
#ifndef SUMI_WRITER_PRIVATE_H
#define SUMI_WRITER_PRIVATE_H

#include <sumi/exit_hook.h>
#include <sumi/fork.h>
#include <sumi/plugin_data.h>
#include <sumi/writer.h>

#include "interval_layers.h"
#include "job.h"
#include "tags.h"

typedef struct sumi__summary_ending sumi__summary_ending_t; /* at_close.c */

/* Lock order: a tag's lock; then one of: the tags', the layers', the queue's, the report's, the
 * endings', the event writer's own. Several tags' locks are taken in the order of their addresses.
 */
struct sumi_writer {
  sumi_event_writer_t *events; /* NULL: could not be opened, nothing is due; it keeps the failure */
  sumi_status_t unopened;      /* why */
  char *unopened_text;
  /* The one writer that stands for all that could not be made; nothing else is set. */
  bool out_of_memory;
  char *directory;
  pthread_mutex_t tags_lock;
  sumi__summary_interval_layers_t layers;
  sumi__summary_job_queue_t queue;
  pthread_t workers[SUMI__MAX_WORKERS];
  int worker_count;
  unsigned forks; /* sumi_fork_count when it was opened */
  sumi_exit_hook_t exit_hook;
  int64_t first_step;
  _Atomic int64_t total_steps;
  _Atomic int64_t newest_step;
  _Atomic int64_t scalars, summaries, drawn, encoded, histograms, refused, dropped;

  pthread_mutex_t report_lock; /* of the writer's own tags, "sumi/dropped" and "sumi/warnings" */
  int64_t reported_drops;
  _Atomic bool has_hparams;
  _Atomic sumi_hparams_status_t hparams_end;
  pthread_mutex_t endings_lock;
  sumi__summary_ending_t *endings; /* the newest first */

  pthread_mutex_t embedding_lock;
  struct sumi__summary_projector_entry *embeddings; /* kinds/projector_config.h */
  bool embeddings_loaded;
};

/* The names TensorBoard's dashboards go by; a tag's plugin is one of these very pointers. */
extern const char sumi__summary_plugin_scalars[], sumi__summary_plugin_histograms[],
    sumi__summary_plugin_images[], sumi__summary_plugin_text[], sumi__summary_plugin_audio[],
    sumi__summary_plugin_pr_curves[], sumi__summary_plugin_mesh[];

/* Keeps the thread's last failure as the writer's unless there is an earlier one, and returns
 * its status. */
sumi_status_t sumi__summary_keep_failure(sumi_writer_t *writer, sumi_status_t status);

/* The same for a call whose arguments were refused, which is counted. */
sumi_status_t sumi__summary_refuse(sumi_writer_t *writer, sumi_status_t status);

/* The writer belongs to a parent of this process. */
static inline bool sumi__summary_is_inherited(const sumi_writer_t *writer) {
  return writer->forks != sumi_fork_count();
}
sumi_status_t sumi__summary_fail_inherited(const sumi_writer_t *writer);

/* There is no event writer: why. */
sumi_status_t sumi__summary_fail_unopened(const sumi_writer_t *writer);

/* SUMI_OK when the writer can write: it was opened, and by this process. Otherwise the call counts
 * as refused; the failure is not kept. */
sumi_status_t sumi__summary_check_usable(sumi_writer_t *writer);

static inline bool sumi__summary_is_shut(sumi_writer_t *writer, sumi__summary_tag_t *tag,
                                         int64_t step) {
  return sumi__summary_gate_is_shut(
      &tag->gate, atomic_load_explicit(&writer->layers.generation, memory_order_relaxed), step);
}

/* Finds or adds the tag; a failure is kept and counted. */
sumi_status_t sumi__summary_get_tag(sumi_writer_t *writer, const char *name,
                                    sumi__summary_tag_t **tag);

/* With the tag's lock held: refuses a wrong plugin or step (kept and counted), and says whether the
 * tag is due. */
sumi_status_t sumi__summary_admit(sumi_writer_t *writer, sumi__summary_tag_t *tag,
                                  const char *plugin, int64_t step, bool *due);

/* With the tag's lock held: the run has come to this step. */
void sumi__summary_note_step(sumi_writer_t *writer, int64_t step);

/* Begins a summary that a worker will make. SUMI_OK and *job NULL: nothing to do. With a job the
 * tag is locked until sumi__summary_job_end; the caller copies its arguments into job->memory. */
sumi_status_t sumi__summary_job_begin(sumi_writer_t *writer, const char *tag, const char *plugin,
                                      int64_t step, sumi__summary_job_t **job);

/* Queues the job when `status`, of copying and checking the arguments, is SUMI_OK; otherwise
 * refuses the call. */
sumi_status_t sumi__summary_job_end(sumi__summary_job_t *job, sumi_status_t status,
                                    sumi_status_t (*run)(sumi__summary_job_t *job));

/* In a worker: writes values of the job's step; `tag` NULL stands for the job's tag, whose title
 * and description are filled in. */
sumi_status_t sumi__summary_job_write(sumi__summary_job_t *job, sumi_event_value_t *values,
                                      size_t count);

/* Writes a value at once, outside any interval, with the texts and metadata it has. */
sumi_status_t sumi__summary_write_now(sumi_writer_t *writer, int64_t step,
                                      const sumi_event_value_t *value);

/* `step`, or the first behind it that a tag of the writer's own may take. */
int64_t sumi__summary_step_after(const sumi_writer_t *writer, const char *name, int64_t step);

/* A warning in the run itself, as text "sumi/warnings". */
void sumi__summary_warn(sumi_writer_t *writer, const char *text);

/* What a kind leaves to be done at the end: finish(writer, state) by close, or by exit when the
 * program ends without, and destroy(state) when the writer is released; either may be NULL. */
sumi_status_t sumi__summary_at_close(sumi_writer_t *writer,
                                     void (*finish)(sumi_writer_t *writer, void *state),
                                     void (*destroy)(void *state), void *state);
void sumi__summary_finish(sumi_writer_t *writer);
void sumi__summary_endings_release(sumi_writer_t *writer);

/* Scalars, under the tag's lock: the value as the event writer takes it (borrowing from the tag);
 * keeping one that is not due for "last"; noting one that was written. */
sumi_event_value_t sumi__summary_scalar_value(const sumi__summary_tag_t *tag, float value);
sumi_status_t sumi__summary_keep_scalar(sumi_writer_t *writer, sumi__summary_tag_t *tag,
                                        int64_t step, float value);
void sumi__summary_note_scalar(sumi_writer_t *writer, int64_t step);

/* Runs a job. A failure is kept, and the summary counts as dropped. */
void sumi__summary_run_job(sumi__summary_job_t *job);

/* Starts `count` workers, or warns in the run that there are fewer. Without any, jobs are run by
 * the thread that logs. */
void sumi__summary_start_workers(sumi_writer_t *writer, int count);

/* Returns when the queue is empty and the workers have ended. */
void sumi__summary_stop_workers(sumi_writer_t *writer);

#define SUMI__COUNT(counter) atomic_fetch_add_explicit(&(counter), 1, memory_order_relaxed)

#endif
