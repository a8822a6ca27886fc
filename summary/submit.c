/* The way of a value from a call into the writer: usable, admitted, copied, queued. */
#include <sumi/alloc.h>

#include <string.h>

#include "interval_terms.h"
#include "writer_private.h"

sumi_status_t sumi__summary_get_tag(sumi_writer_t *writer, const char *name,
                                    sumi__summary_tag_t **tag) {
  return sumi__summary_refuse(writer, sumi__summary_tag_get(writer->events, &writer->tags_lock,
                                                            name, writer->first_step, tag));
}

/* Whether the tag takes a value at the step. What the run's older files hold already, such as a
 * configuration that a program logs whenever it starts, is left out without a word. */
static sumi_status_t check(const sumi_writer_t *writer, const sumi__summary_tag_t *tag,
                           const char *plugin, int64_t step, bool *repeated) {
  SUMI_TRY(sumi_event_tag_check(tag->event, plugin, step, repeated));
  if (*repeated || step >= writer->first_step) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT,
                   "tag \"%s\": step %lld is before %lld, where the run resumes", tag->name,
                   (long long)step, (long long)writer->first_step);
}

static void refresh_gate(sumi_writer_t *writer, sumi__summary_tag_t *tag, int64_t total_steps) {
  if (SUMI__RELAXED(tag->gate.generation) == atomic_load(&writer->layers.generation)) return;
  uint32_t generation;
  const sumi_interval_t *interval = sumi__summary_interval_layers_find(&writer->layers, tag->name,
                                                                       &generation);
  sumi__summary_gate_set(&tag->gate, interval, generation, total_steps);
}

sumi_status_t sumi__summary_admit(sumi_writer_t *writer, sumi__summary_tag_t *tag,
                                  const char *plugin, int64_t step, bool *due) {
  *due = false;
  bool repeated;
  const sumi_status_t status = check(writer, tag, plugin, step, &repeated);
  if (status != SUMI_OK || repeated) return sumi__summary_refuse(writer, status);
  const int64_t total_steps = atomic_load(&writer->total_steps);
  refresh_gate(writer, tag, total_steps);
  *due = sumi__summary_gate_ask(&tag->gate, step, total_steps);
  return SUMI_OK;
}

void sumi__summary_note_step(sumi_writer_t *writer, int64_t step) {
  if (step > SUMI__RELAXED(writer->newest_step))
    atomic_store_explicit(&writer->newest_step, step, memory_order_relaxed);
}

static sumi__summary_job_t *job_new(sumi_writer_t *writer, sumi__summary_tag_t *tag,
                                    const char *plugin, int64_t step) {
  sumi__summary_job_t *job = sumi_calloc(1, sizeof *job);
  if (!job) return NULL;
  job->memory = sumi_arena_new();
  if (!job->memory) {
    sumi_free(job);
    return NULL;
  }
  job->writer = writer;
  job->tag = tag;
  job->plugin = plugin;
  job->step = step;
  job->wall_time_s = sumi_clock_wall_s();
  return job;
}

sumi_status_t sumi__summary_job_begin(sumi_writer_t *writer, const char *name, const char *plugin,
                                      int64_t step, sumi__summary_job_t **job) {
  *job = NULL;
  if (!writer) return SUMI_OK;
  sumi__summary_tag_t *tag = sumi__summary_tag_find(writer->events, name);
  if (tag && sumi__summary_is_shut(writer, tag, step)) return SUMI_OK;
  SUMI_TRY(sumi__summary_check_usable(writer));
  SUMI_TRY(sumi__summary_get_tag(writer, name, &tag));
  bool due;
  pthread_mutex_lock(&tag->lock);
  sumi_status_t status = sumi__summary_admit(writer, tag, plugin, step, &due);
  if (due) {
    *job = job_new(writer, tag, plugin, step);
    if (*job) return SUMI_OK;
    status = sumi__summary_refuse(writer, sumi_fail_alloc("a summary", sizeof **job));
  }
  pthread_mutex_unlock(&tag->lock);
  return status;
}

static void count_and_free(sumi_writer_t *writer, sumi__summary_job_t *dropped) {
  for (sumi__summary_job_t *next; dropped; dropped = next) {
    next = dropped->next;
    SUMI__COUNT(writer->dropped);
    sumi__summary_job_free(dropped);
  }
}

sumi_status_t sumi__summary_job_end(sumi__summary_job_t *job, sumi_status_t status,
                                    sumi_status_t (*run)(sumi__summary_job_t *job)) {
  sumi_writer_t *writer = job->writer;
  sumi__summary_tag_t *tag = job->tag;
  bool repeated;
  if (status == SUMI_OK)
    status = sumi_event_tag_claim(tag->event, job->plugin, job->step, &repeated);
  if (status != SUMI_OK) {
    sumi_fail(status, "tag \"%s\", step %lld: %s", tag->name, (long long)job->step,
              sumi_error_message());
    sumi__summary_refuse(writer, status);
    sumi__summary_job_free(job);
  } else {
    job->run = run;
    sumi__summary_note_step(writer, job->step);
    if (writer->worker_count > 0) {
      count_and_free(writer, sumi__summary_job_queue_push(&writer->queue, job));
    } else {
      sumi__summary_run_job(job);
      sumi__summary_job_free(job);
    }
  }
  pthread_mutex_unlock(&tag->lock);
  return status;
}

sumi_status_t sumi__summary_job_write(sumi__summary_job_t *job, sumi_event_value_t *values,
                                      size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (values[i].tag) continue;
    values[i].tag = job->tag->name;
    values[i].handle = job->tag->event;
    values[i].claimed = true;
    values[i].metadata.plugin_name = job->plugin;
    values[i].metadata.display_name = job->tag->title;
    values[i].metadata.description = job->tag->description;
  }
  SUMI_TRY(
      sumi_event_writer_values(job->writer->events, job->step, job->wall_time_s, values, count));
  SUMI__COUNT(job->writer->summaries);
  return SUMI_OK;
}

sumi_status_t sumi__summary_write_now(sumi_writer_t *writer, int64_t step,
                                      const sumi_event_value_t *value) {
  const sumi_status_t status = sumi_event_writer_values(writer->events, step, 0, value, 1);
  if (status == SUMI_OK) SUMI__COUNT(writer->summaries);
  return sumi__summary_refuse(writer, status);
}
