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
                {"queue_bytes", options->queue_bytes, (int64_t)1 << 46},
                {"total_steps", options->total_steps, SUMI_MAX_STEP + 1},
                {"resume_at", options->resume_at, SUMI_MAX_STEP}};
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
  const sumi_existing_run_t existing = options->resume_at > 0 ? SUMI_RUN_RESUME : options->existing;
  return sumi_event_writer_open(directory, status, .flush_interval_ms = options->flush_interval_ms,
                                .when_full = options->on_full, .existing = existing,
                                .resume_step = options->resume_at);
}

static void read_rules(sumi_writer_t *writer, const char *code_rules) {
  sumi__keep_failure(writer, sumi__interval_layers_parse_code(&writer->layers, code_rules));
  if (!writer->layers.path) return;
  sumi__keep_failure(writer, sumi__interval_layers_read_environment(&writer->layers));
  const sumi_status_t status = sumi__interval_layers_poll(&writer->layers);
  if (status != SUMI_OK) sumi__warn(writer, sumi_error_message());
}

static void init(sumi_writer_t *writer, const sumi_writer_options_t *options) {
  const int64_t count = options->queue_summaries, bytes = options->queue_bytes;
  sumi__tags_init(&writer->tags);
  sumi__job_queue_init(&writer->queue, count > 0 ? count : DEFAULT_QUEUE_SUMMARIES,
                       bytes > 0 ? (size_t)bytes : (size_t)DEFAULT_QUEUE_BYTES, options->on_full);
  pthread_mutex_init(&writer->failure_lock, NULL);
  pthread_mutex_init(&writer->embedding_lock, NULL);
  writer->hparams_end = SUMI_HPARAMS_SUCCESS;
  writer->forks = sumi__fork_count();
  writer->first_step = options->resume_at > 0 ? options->resume_at : 0;
  writer->total_steps = options->total_steps > 0 ? options->total_steps : 0;
  writer->newest_step = -1;
  writer->report_step = writer->first_step - 1;
  writer->warnings = writer->first_step;
}

static void release(sumi_writer_t *writer) {
  sumi__tags_release(&writer->tags);
  sumi__interval_layers_release(&writer->layers);
  sumi__job_queue_release(&writer->queue);
  pthread_mutex_destroy(&writer->failure_lock);
  pthread_mutex_destroy(&writer->embedding_lock);
  sumi__free_embeddings(writer);
  sumi_free(writer->failure_text);
  sumi_free(writer->directory);
  sumi_free(writer);
}

sumi_writer_t *sumi_writer_open_with(const char *directory, sumi_writer_options_t options) {
  sumi_writer_t *writer = sumi_calloc(1, sizeof *writer);
  if (!writer) return &no_memory;
  init(writer, &options);
  writer->directory = sumi_strdup(directory ? directory : "");
  const bool watch = directory && !options.ignore_environment;
  const sumi_status_t layered = sumi__interval_layers_init(&writer->layers,
                                                           watch ? directory : NULL);
  if (!writer->directory || layered != SUMI_OK) {
    release(writer);
    return &no_memory;
  }
  sumi_status_t status;
  writer->events = open_events(directory, &options, &status);
  sumi__keep_failure(writer, status);
  read_rules(writer, options.intervals);
  if (!writer->events) return writer;
  sumi__start_workers(writer, options.workers > 0 ? options.workers : 1);
  return writer;
}

static int64_t dropped(sumi_writer_t *writer) {
  const sumi_event_writer_counts_t counts = writer->events
                                                ? sumi_event_writer_counts(writer->events)
                                                : (sumi_event_writer_counts_t){0};
  return SUMI__RELAXED(writer->dropped) + (int64_t)(counts.dropped + counts.lost);
}

/* Logs the number of losses when it has grown since the last time. */
static void report_drops(sumi_writer_t *writer) {
  const int64_t total = dropped(writer);
  pthread_mutex_lock(&writer->failure_lock);
  int64_t step = SUMI__RELAXED(writer->newest_step);
  if (step <= writer->report_step) step = writer->report_step + 1;
  const bool more = total > writer->reported_drops;
  if (more) {
    writer->reported_drops = total;
    writer->report_step = step;
  }
  pthread_mutex_unlock(&writer->failure_lock);
  if (more)
    sumi__keep_failure(
        writer, sumi_event_writer_scalar(writer->events, "sumi/dropped", step, (float)total));
}

sumi_status_t sumi_writer_status(sumi_writer_t *writer) {
  if (!writer) return SUMI_OK;
  if (writer->out_of_memory) return sumi_fail_alloc("a writer", sizeof *writer);
  pthread_mutex_lock(&writer->failure_lock);
  const sumi_status_t status = writer->failure;
  if (status != SUMI_OK)
    sumi_fail(status, "%s", writer->failure_text ? writer->failure_text : "out of memory");
  pthread_mutex_unlock(&writer->failure_lock);
  return status;
}

sumi_status_t sumi_writer_flush(sumi_writer_t *writer) {
  if (!writer) return SUMI_OK;
  if (sumi__check_usable(writer) == SUMI_OK) {
    sumi__job_queue_drain(&writer->queue);
    report_drops(writer);
    sumi__keep_failure(writer, sumi_event_writer_flush(writer->events));
  } else if (writer->events) {
    return sumi__check_usable(writer);
  }
  return sumi_writer_status(writer);
}

static void write_kept_scalars(sumi_writer_t *writer) {
  size_t cursor = 0;
  for (sumi__tag_t *tag; (tag = sumi__tags_next(&writer->tags, &cursor));) {
    if (!tag->has_kept || tag->kept_step <= SUMI__RELAXED(tag->gate.last_step)) continue;
    const sumi_event_value_t value = sumi__scalar_value(tag, tag->kept_value);
    const sumi_status_t status = sumi_event_writer_values(writer->events, tag->kept_step,
                                                          tag->kept_wall_time_s, &value, 1);
    sumi__keep_failure(writer, status);
    if (status == SUMI_OK) SUMI__COUNT(writer->scalars);
  }
}

sumi_status_t sumi_writer_close(sumi_writer_t *writer) {
  if (!writer) return SUMI_OK;
  if (writer->out_of_memory) return sumi_writer_status(writer);
  if (writer->events) {
    if (writer->forks != sumi__fork_count()) return sumi__check_usable(writer);
    sumi__stop_workers(writer);
    write_kept_scalars(writer);
    sumi__end_hparams(writer);
    report_drops(writer);
    sumi__keep_failure(writer, sumi_event_writer_close(writer->events));
  }
  const sumi_status_t status = sumi_writer_status(writer);
  release(writer);
  return status;
}

bool sumi_writer_due(sumi_writer_t *writer, const char *name, int64_t step) {
  if (!writer) return false;
  sumi__tag_t *tag = writer->events ? sumi__tags_find(&writer->tags, name) : NULL;
  if (tag && sumi__is_shut(writer, tag, step)) return false;
  if (sumi__check_usable(writer) != SUMI_OK || sumi__get_tag(writer, name, &tag) != SUMI_OK)
    return false;
  bool due = false;
  pthread_mutex_lock(&tag->lock);
  if (step != SUMI__RELAXED(tag->gate.last_step)) sumi__admit(writer, tag, NULL, step, &due);
  pthread_mutex_unlock(&tag->lock);
  return due;
}

sumi_status_t sumi_writer_set_interval(sumi_writer_t *writer, const char *pattern,
                                       sumi_interval_t interval) {
  if (!writer) return SUMI_OK;
  SUMI_TRY(sumi__check_usable(writer));
  return sumi__refuse(writer, sumi__interval_layers_add(&writer->layers, pattern, &interval));
}

sumi_status_t sumi_writer_set_total_steps(sumi_writer_t *writer, int64_t total_steps) {
  if (!writer) return SUMI_OK;
  SUMI_TRY(sumi__check_usable(writer));
  if (total_steps < 0 || total_steps > SUMI_MAX_STEP + 1)
    return sumi__refuse(writer,
                        sumi_fail(SUMI_INVALID_ARGUMENT, "total_steps is %lld; expected 0 to 2^53",
                                  (long long)total_steps));
  atomic_store(&writer->total_steps, total_steps);
  atomic_fetch_add(&writer->layers.generation, 1);
  return SUMI_OK;
}

static sumi_status_t set_texts(sumi__tag_t *tag, const char *title, const char *description) {
  if (tag->plugin)
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
  SUMI_TRY(sumi__check_usable(writer));
  sumi_status_t status = title ? sumi_utf8_check("title", title) : SUMI_OK;
  if (status == SUMI_OK && description) status = sumi_utf8_check("description", description);
  if (status != SUMI_OK) return sumi__refuse(writer, status);
  sumi__tag_t *tag;
  SUMI_TRY(sumi__get_tag(writer, name, &tag));
  pthread_mutex_lock(&tag->lock);
  status = set_texts(tag, title, description);
  pthread_mutex_unlock(&tag->lock);
  return sumi__refuse(writer, status);
}

sumi_writer_counters_t sumi_writer_stats(sumi_writer_t *writer) {
  if (!writer || writer->out_of_memory) return (sumi_writer_counters_t){0};
  return (sumi_writer_counters_t){
      .scalars = SUMI__RELAXED(writer->scalars),
      .summaries = SUMI__RELAXED(writer->summaries),
      .drawn = SUMI__RELAXED(writer->drawn),
      .encoded = SUMI__RELAXED(writer->encoded),
      .histograms = SUMI__RELAXED(writer->histograms),
      .refused = SUMI__RELAXED(writer->refused),
      .dropped = dropped(writer),
      .waiting = sumi__job_queue_waiting(&writer->queue),
  };
}

const char *sumi_writer_directory(const sumi_writer_t *writer) {
  return writer && writer->directory ? writer->directory : "";
}
