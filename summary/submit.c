/* The way of a value from a call into the writer: usable, admitted, copied, queued. */
#include <sumi/alloc.h>

#include <string.h>

#include "interval_terms.h"
#include "writer_private.h"

const char sumi__plugin_scalars[] = "scalars", sumi__plugin_histograms[] = "histograms",
           sumi__plugin_images[] = "images", sumi__plugin_text[] = "text",
           sumi__plugin_audio[] = "audio", sumi__plugin_pr_curves[] = "pr_curves",
           sumi__plugin_mesh[] = "mesh";

static _Atomic unsigned forks;

static void count_fork(void) {
  atomic_fetch_add(&forks, 1);
}

static void watch_forks(void) {
  pthread_atfork(NULL, NULL, count_fork);
}

unsigned sumi__fork_count(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, watch_forks);
  return atomic_load_explicit(&forks, memory_order_relaxed);
}

sumi_status_t sumi__keep_failure(sumi_writer_t *writer, sumi_status_t status) {
  if (status == SUMI_OK) return SUMI_OK;
  pthread_mutex_lock(&writer->failure_lock);
  if (writer->failure == SUMI_OK) {
    writer->failure = status;
    writer->failure_text = sumi_strdup(sumi_error_message());
  }
  pthread_mutex_unlock(&writer->failure_lock);
  return status;
}

sumi_status_t sumi__refuse(sumi_writer_t *writer, sumi_status_t status) {
  if (status != SUMI_OK) SUMI__COUNT(writer->refused);
  return sumi__keep_failure(writer, status);
}

sumi_status_t sumi__check_usable(sumi_writer_t *writer) {
  if (!writer->events) return sumi_writer_status(writer);
  if (writer->forks == sumi__fork_count()) return SUMI_OK;
  return sumi_fail(SUMI_FAILED_PRECONDITION,
                   "the writer of %s belongs to the process that opened it; a forked child needs "
                   "one of its own",
                   writer->directory);
}

sumi_status_t sumi__get_tag(sumi_writer_t *writer, const char *name, sumi__tag_t **tag) {
  return sumi__refuse(writer, sumi__tags_get(&writer->tags, name, writer->first_step, tag));
}

static sumi_status_t check_step(const sumi_writer_t *writer, sumi__tag_t *tag, int64_t step) {
  const int64_t last = SUMI__RELAXED(tag->gate.last_step);
  if (step < 0 || step > SUMI_MAX_STEP)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "tag \"%s\": step is %lld; expected 0 to 2^53 - 1",
                     tag->name, (long long)step);
  if (step > last) return SUMI_OK;
  if (last == writer->first_step - 1)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "tag \"%s\": step %lld is before %lld, where the run "
                     "resumes",
                     tag->name, (long long)step, (long long)writer->first_step);
  return sumi_fail(SUMI_INVALID_ARGUMENT,
                   "tag \"%s\": step %lld is not after %lld, the last one logged", tag->name,
                   (long long)step, (long long)last);
}

static sumi_status_t check_plugin(const sumi__tag_t *tag, const char *plugin) {
  if (!plugin || !tag->plugin || tag->plugin == plugin) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT,
                   "tag \"%s\" is logged to TensorBoard's %s and cannot be logged to its %s",
                   tag->name, tag->plugin, plugin);
}

static void refresh_gate(sumi_writer_t *writer, sumi__tag_t *tag, int64_t total_steps) {
  if (SUMI__RELAXED(tag->gate.generation) == atomic_load(&writer->layers.generation)) return;
  uint32_t generation;
  const sumi_interval_t *interval = sumi__interval_layers_find(&writer->layers, tag->name,
                                                               &generation);
  sumi__gate_set(&tag->gate, interval, generation, total_steps);
}

sumi_status_t sumi__admit(sumi_writer_t *writer, sumi__tag_t *tag, const char *plugin, int64_t step,
                          bool *due) {
  *due = false;
  sumi_status_t status = check_step(writer, tag, step);
  if (status == SUMI_OK) status = check_plugin(tag, plugin);
  if (status != SUMI_OK) return sumi__refuse(writer, status);
  const int64_t total_steps = atomic_load(&writer->total_steps);
  refresh_gate(writer, tag, total_steps);
  *due = sumi__gate_ask(&tag->gate, step, total_steps);
  return SUMI_OK;
}

void sumi__note_logged(sumi_writer_t *writer, sumi__tag_t *tag, int64_t step) {
  sumi__gate_close(&tag->gate, step);
  if (step > SUMI__RELAXED(writer->newest_step))
    atomic_store_explicit(&writer->newest_step, step, memory_order_relaxed);
}

static sumi__job_t *job_new(sumi_writer_t *writer, sumi__tag_t *tag, const char *plugin,
                            int64_t step) {
  sumi__job_t *job = sumi_calloc(1, sizeof *job);
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

sumi_status_t sumi__job_begin(sumi_writer_t *writer, const char *name, const char *plugin,
                              int64_t step, sumi__job_t **job) {
  *job = NULL;
  if (!writer) return SUMI_OK;
  sumi__tag_t *tag = writer->events ? sumi__tags_find(&writer->tags, name) : NULL;
  if (tag && sumi__is_shut(writer, tag, step)) return SUMI_OK;
  SUMI_TRY(sumi__check_usable(writer));
  SUMI_TRY(sumi__get_tag(writer, name, &tag));
  bool due;
  pthread_mutex_lock(&tag->lock);
  sumi_status_t status = sumi__admit(writer, tag, plugin, step, &due);
  if (due) {
    *job = job_new(writer, tag, plugin, step);
    if (*job) return SUMI_OK;
    status = sumi__refuse(writer, sumi_fail_alloc("a summary", sizeof **job));
  }
  pthread_mutex_unlock(&tag->lock);
  return status;
}

static void count_and_free(sumi_writer_t *writer, sumi__job_t *dropped) {
  for (sumi__job_t *next; dropped; dropped = next) {
    next = dropped->next;
    SUMI__COUNT(writer->dropped);
    sumi__job_free(dropped);
  }
}

sumi_status_t sumi__job_end(sumi__job_t *job, sumi_status_t status,
                            sumi_status_t (*run)(sumi__job_t *job)) {
  sumi_writer_t *writer = job->writer;
  sumi__tag_t *tag = job->tag;
  if (status != SUMI_OK) {
    sumi_fail(status, "tag \"%s\", step %lld: %s", tag->name, (long long)job->step,
              sumi_error_message());
    sumi__refuse(writer, status);
    sumi__job_free(job);
  } else {
    job->run = run;
    tag->plugin = job->plugin;
    sumi__note_logged(writer, tag, job->step);
    if (writer->worker_count > 0) {
      count_and_free(writer, sumi__job_queue_push(&writer->queue, job));
    } else {
      sumi__run_job(job);
      sumi__job_free(job);
    }
  }
  pthread_mutex_unlock(&tag->lock);
  return status;
}

sumi_status_t sumi__job_write(sumi__job_t *job, sumi_event_value_t *values, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (values[i].tag) continue;
    values[i].tag = job->tag->name;
    values[i].metadata.plugin_name = job->plugin;
    values[i].metadata.display_name = job->tag->title;
    values[i].metadata.description = job->tag->description;
  }
  SUMI_TRY(
      sumi_event_writer_values(job->writer->events, job->step, job->wall_time_s, values, count));
  SUMI__COUNT(job->writer->summaries);
  return SUMI_OK;
}

sumi_status_t sumi__write_now(sumi_writer_t *writer, int64_t step,
                              const sumi_event_value_t *value) {
  const sumi_status_t status = sumi_event_writer_values(writer->events, step, 0, value, 1);
  if (status == SUMI_OK) SUMI__COUNT(writer->summaries);
  return sumi__refuse(writer, status);
}

void sumi__warn(sumi_writer_t *writer, const char *text) {
  if (!writer->events) return;
  pthread_mutex_lock(&writer->failure_lock);
  const int64_t step = writer->warnings++;
  pthread_mutex_unlock(&writer->failure_lock);
  const sumi_bytes_view_t bytes = {text, strlen(text)};
  const sumi_event_value_t value = {.tag = "sumi/warnings",
                                    .kind = SUMI_EVENT_STRINGS,
                                    .strings = {.items = &bytes},
                                    .metadata = {.plugin_name = sumi__plugin_text}};
  sumi__keep_failure(writer, sumi_event_writer_values(writer->events, step, 0, &value, 1));
}
