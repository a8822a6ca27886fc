#include <sumi/options.h>
#include <sumi/alloc.h>
#include <sumi/utf8.h>

#include <string.h>

#include "writer_private.h"

enum {
  DEFAULT_QUEUE_SUMMARIES = 64,
  DEFAULT_QUEUE_BYTES = 256 << 20,
  MAX_QUEUE_SUMMARIES = 1 << 20,
};

/* Stands for every writer there was no memory for, as cairo's nil objects do. */
static sumi_writer_t no_memory = {.out_of_memory = true};

static void finish_at_exit(void *user);

static sumi_status_t check_options(const char *directory, const sumi_writer_options_t *options) {
  SUMI_TRY(sumi_utf8_check("directory", directory));
  if (!*directory) return sumi_fail(SUMI_INVALID_ARGUMENT, "directory is empty");
  if (options->workers < 0 || options->workers > SUMI__MAX_WORKERS)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "workers is %d; expected 1 to %d, or 0 for 1",
                     options->workers, (int)SUMI__MAX_WORKERS);
  const struct {
    const char *name;
    int64_t value, most;
  } limits[] = {{"queue_summaries", options->queue_summaries, MAX_QUEUE_SUMMARIES},
                {"queue_size_bytes", options->queue_size_bytes, (int64_t)1 << 46},
                {"total_steps", options->total_steps, SUMI_MAX_STEP + 1},
                {"resume_step", options->resume_step, SUMI_MAX_STEP}};
  for (size_t i = 0; i < sizeof limits / sizeof *limits; ++i)
    if (limits[i].value < 0 || limits[i].value > limits[i].most)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "%s is %lld; expected 0 to %lld", limits[i].name,
                       (long long)limits[i].value, (long long)limits[i].most);
  return SUMI_OK;
}

static sumi_event_writer_t *open_events(const char *directory, const sumi_writer_options_t *options,
                                        sumi_status_t *status) {
  *status = check_options(directory, options);
  if (*status != SUMI_OK) return NULL;
  const sumi_existing_run_t existing = options->resume_step > 0 ? SUMI_RUN_RESUME
                                                                : options->existing;
  return sumi_event_writer_open(directory, status, .flush_interval_ms = options->flush_interval_ms,
                                .when_full = options->when_full, .existing = existing,
                                .resume_step = options->resume_step, .keep_trying = true,
                                .simple_values = options->simple_values);
}

static void read_rules(sumi_writer_t *writer, const char *code_rules) {
  sumi__summary_keep_failure(writer,
                             sumi__summary_interval_layers_parse_code(&writer->layers, code_rules));
  if (!writer->layers.path) return;
  sumi__summary_keep_failure(writer,
                             sumi__summary_interval_layers_read_environment(&writer->layers));
  const sumi_status_t status = sumi__summary_interval_layers_poll(&writer->layers);
  if (status != SUMI_OK) sumi__summary_warn(writer, sumi_error_message());
}

static void init(sumi_writer_t *writer, const sumi_writer_options_t *options) {
  const int64_t count = options->queue_summaries, bytes = options->queue_size_bytes;
  pthread_mutex_init(&writer->tags_lock, NULL);
  sumi__summary_job_queue_init(&writer->queue, count > 0 ? count : DEFAULT_QUEUE_SUMMARIES,
                               bytes > 0 ? (size_t)bytes : (size_t)DEFAULT_QUEUE_BYTES,
                               options->when_full);
  pthread_mutex_init(&writer->report_lock, NULL);
  pthread_mutex_init(&writer->endings_lock, NULL);
  pthread_mutex_init(&writer->embedding_lock, NULL);
  writer->hparams_end = SUMI_HPARAMS_SUCCESS;
  writer->forks = sumi_fork_count();
  writer->first_step = options->resume_step > 0 ? options->resume_step : 0;
  writer->total_steps = options->total_steps > 0 ? options->total_steps : 0;
  writer->newest_step = -1;
}

static void release(sumi_writer_t *writer) {
  sumi__summary_endings_release(writer);
  pthread_mutex_destroy(&writer->tags_lock);
  sumi__summary_interval_layers_release(&writer->layers);
  sumi__summary_job_queue_release(&writer->queue);
  pthread_mutex_destroy(&writer->report_lock);
  pthread_mutex_destroy(&writer->endings_lock);
  pthread_mutex_destroy(&writer->embedding_lock);
  sumi_free(writer->unopened_text);
  sumi_free(writer->directory);
  sumi_free(writer);
}

static void warn_of_neighbour(sumi_writer_t *writer) {
  const char *path = sumi_event_writer_neighbour(writer->events);
  if (!path) return;
  sumi_fail(SUMI_UNAVAILABLE,
            "%s was being written when this session began: TensorBoard does not show all of two "
            "writers in one run; give each a run of its own",
            path);
  sumi__summary_warn(writer, sumi_error_message());
}

static void note_unopened(sumi_writer_t *writer, sumi_status_t status) {
  writer->unopened = status;
  writer->unopened_text = sumi_strdup(sumi_error_message());
}

sumi_writer_t *sumi_writer_open_with(const char *directory, const sumi_writer_options_t *given) {
  sumi_writer_options_t options;
  sumi_status_t status = sumi_options_read(&options, sizeof options, given);
  sumi_writer_t *writer = sumi_calloc(1, sizeof *writer);
  if (!writer) return &no_memory;
  init(writer, &options);
  writer->directory = sumi_strdup(directory ? directory : "");
  const bool watch = directory && !options.ignore_environment;
  const sumi_status_t layered = sumi__summary_interval_layers_init(&writer->layers,
                                                                   watch ? directory : NULL);
  if (!writer->directory || layered != SUMI_OK) {
    release(writer);
    return &no_memory;
  }
  if (status == SUMI_OK) writer->events = open_events(directory, &options, &status);
  if (!writer->events) note_unopened(writer, status);
  read_rules(writer, options.intervals);
  if (!writer->events) return writer;
  warn_of_neighbour(writer);
  sumi__summary_start_workers(writer, options.workers > 0 ? options.workers : 1);
  sumi_exit_hook_add(&writer->exit_hook, finish_at_exit, writer);
  return writer;
}

static int64_t dropped(sumi_writer_t *writer) {
  const sumi_event_writer_counts_t counts = writer->events
                                                ? sumi_event_writer_counts(writer->events)
                                                : (sumi_event_writer_counts_t){0};
  return SUMI__RELAXED(writer->dropped) + (int64_t)(counts.dropped + counts.lost);
}

/* Logs the number of losses when it has grown since the last time: true. Not while the disk takes
 * nothing, for the report would be lost as well. */
static bool report_drops(sumi_writer_t *writer) {
  if (sumi_event_writer_counts(writer->events).waiting > 0) return false;
  const int64_t total = dropped(writer);
  pthread_mutex_lock(&writer->report_lock);
  const bool more = total > writer->reported_drops;
  if (more) {
    writer->reported_drops = total;
    const int64_t step = sumi__summary_step_after(writer, "sumi/dropped",
                                                  SUMI__RELAXED(writer->newest_step));
    sumi__summary_keep_failure(
        writer, sumi_event_writer_scalar(writer->events, "sumi/dropped", step, (float)total));
  }
  pthread_mutex_unlock(&writer->report_lock);
  return more;
}

static void flush_events(sumi_writer_t *writer) {
  sumi__summary_keep_failure(writer, sumi_event_writer_flush(writer->events));
  if (report_drops(writer))
    sumi__summary_keep_failure(writer, sumi_event_writer_flush(writer->events));
}

sumi_status_t sumi_writer_flush(sumi_writer_t *writer) {
  if (!writer) return SUMI_OK;
  if (writer->events && !sumi__summary_is_inherited(writer)) {
    sumi__summary_job_queue_drain(&writer->queue);
    flush_events(writer);
  }
  return sumi_writer_status(writer);
}

/* A program that ends without closing keeps what it logged. */
static void finish_at_exit(void *user) {
  sumi_writer_t *writer = user;
  sumi__summary_job_queue_drain(&writer->queue);
  sumi__summary_finish(writer);
  flush_events(writer);
}

static sumi_status_t close_events(sumi_writer_t *writer) {
  sumi_exit_hook_remove(&writer->exit_hook);
  sumi__summary_stop_workers(writer);
  sumi__summary_finish(writer);
  flush_events(writer);
  return sumi_event_writer_close(writer->events);
}

sumi_status_t sumi_writer_close(sumi_writer_t *writer) {
  if (!writer) return SUMI_OK;
  if (writer->out_of_memory) return sumi_writer_status(writer);
  if (writer->events && sumi__summary_is_inherited(writer))
    return sumi__summary_fail_inherited(writer);
  const sumi_status_t status = writer->events ? close_events(writer)
                                              : sumi__summary_fail_unopened(writer);
  release(writer);
  return status;
}

bool sumi_writer_due(sumi_writer_t *writer, const char *name, int64_t step) {
  if (!writer) return false;
  sumi__summary_tag_t *tag = sumi__summary_tag_find(writer->events, name);
  if (tag && sumi__summary_is_shut(writer, tag, step)) return false;
  if (sumi__summary_check_usable(writer) != SUMI_OK ||
      sumi__summary_get_tag(writer, name, &tag) != SUMI_OK)
    return false;
  bool due = false;
  pthread_mutex_lock(&tag->lock);
  if (step != sumi_event_tag_last_step(tag->event))
    sumi__summary_admit(writer, tag, NULL, step, &due);
  pthread_mutex_unlock(&tag->lock);
  return due;
}

sumi_status_t sumi_writer_set_interval(sumi_writer_t *writer, const char *pattern,
                                       sumi_interval_t interval) {
  if (!writer) return SUMI_OK;
  SUMI_TRY(sumi__summary_check_usable(writer));
  return sumi__summary_refuse(
      writer, sumi__summary_interval_layers_add(&writer->layers, pattern, &interval));
}

sumi_status_t sumi_writer_set_total_steps(sumi_writer_t *writer, int64_t total_steps) {
  if (!writer) return SUMI_OK;
  SUMI_TRY(sumi__summary_check_usable(writer));
  if (total_steps < 0 || total_steps > SUMI_MAX_STEP + 1)
    return sumi__summary_refuse(writer, sumi_fail(SUMI_INVALID_ARGUMENT,
                                                  "total_steps is %lld; expected 0 to 2^53",
                                                  (long long)total_steps));
  atomic_store(&writer->total_steps, total_steps);
  atomic_fetch_add(&writer->layers.generation, 1);
  return SUMI_OK;
}

static sumi_status_t set_texts(sumi__summary_tag_t *tag, const char *title,
                               const char *description) {
  if (sumi_event_tag_is_older(tag->event)) return SUMI_OK;
  if (sumi_event_tag_plugin_name(tag->event))
    return sumi_fail(SUMI_FAILED_PRECONDITION,
                     "tag \"%s\" has been logged: describe it before that", tag->name);
  char *titles = sumi_strdup(title), *descriptions = sumi_strdup(description);
  if ((title && !titles) || (description && !descriptions)) {
    sumi_free(titles);
    sumi_free(descriptions);
    return sumi_fail_alloc("a description", 1);
  }
  sumi_free(tag->title);
  sumi_free(tag->description);
  tag->title = titles;
  tag->description = descriptions;
  return SUMI_OK;
}

sumi_status_t sumi_writer_describe(sumi_writer_t *writer, const char *name, const char *title,
                                   const char *description) {
  if (!writer) return SUMI_OK;
  SUMI_TRY(sumi__summary_check_usable(writer));
  sumi_status_t status = title ? sumi_utf8_check("title", title) : SUMI_OK;
  if (status == SUMI_OK && description) status = sumi_utf8_check("description", description);
  if (status != SUMI_OK) return sumi__summary_refuse(writer, status);
  sumi__summary_tag_t *tag;
  SUMI_TRY(sumi__summary_get_tag(writer, name, &tag));
  pthread_mutex_lock(&tag->lock);
  status = set_texts(tag, title, description);
  pthread_mutex_unlock(&tag->lock);
  return sumi__summary_refuse(writer, status);
}

sumi_writer_counts_t sumi_writer_counts(sumi_writer_t *writer) {
  if (!writer || writer->out_of_memory) return (sumi_writer_counts_t){0};
  const bool is_inherited = sumi__summary_is_inherited(writer);
  return (sumi_writer_counts_t){
      .scalars = SUMI__RELAXED(writer->scalars),
      .summaries = SUMI__RELAXED(writer->summaries),
      .drawn = SUMI__RELAXED(writer->drawn),
      .encoded = SUMI__RELAXED(writer->encoded),
      .histograms = SUMI__RELAXED(writer->histograms),
      .refused = SUMI__RELAXED(writer->refused),
      .dropped = dropped(writer),
      /* In a forked child nobody may hold the lock, and nobody may ever give it back. */
      .waiting = is_inherited ? 0 : sumi__summary_job_queue_waiting(&writer->queue),
  };
}

const char *sumi_writer_directory(const sumi_writer_t *writer) {
  return writer && writer->directory ? writer->directory : "";
}
