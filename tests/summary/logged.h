/* What a run's event files hold, as a flat list, for tests. */
#ifndef LOGGED_H
#define LOGGED_H

#include <glob.h>
#include <stdlib.h>

#include <sumi/event_reader.h>

#include "sumi_test.h"

enum { LOGGED_MAX = 200000 };

typedef struct logged {
  char tag[64];
  char plugin[32];
  int64_t step;
  double wall_time_s;
  float scalar;
  char text[256]; /* the first string of a tensor of strings, cut */
  size_t strings;
  uint64_t hash; /* of all of them */
} logged_t;

typedef struct log_contents {
  logged_t *values;
  size_t count, capacity;
} log_contents_t;

/* FNV-1a. */
static inline uint64_t logged_hash(uint64_t hash, sumi_bytes_view_t bytes) {
  for (size_t i = 0; i < bytes.size_bytes; ++i)
    hash = (hash ^ ((const unsigned char *)bytes.data)[i]) * 1099511628211u;
  return hash;
}

static inline void logged_add(log_contents_t *log, const sumi_event_t *event,
                              const sumi_event_value_t *value) {
  assert_true(log->count < LOGGED_MAX);
  if (log->count == log->capacity) {
    log->capacity = log->capacity ? 2 * log->capacity : 64;
    log->values = realloc(log->values, log->capacity * sizeof *log->values);
    assert_non_null(log->values);
  }
  logged_t *entry = &log->values[log->count++];
  memset(entry, 0, sizeof *entry);
  snprintf(entry->tag, sizeof entry->tag, "%s", value->tag); /* long ones are cut */
  snprintf(entry->plugin, sizeof entry->plugin, "%s",
           value->metadata.plugin_name ? value->metadata.plugin_name : "");
  entry->step = event->step;
  entry->wall_time_s = event->wall_time_s;
  if (value->kind == SUMI_EVENT_SCALAR) entry->scalar = value->scalar;
  if (value->kind != SUMI_EVENT_STRINGS || !value->strings.items) return;
  entry->strings = value->strings.rank == 0 ? 1 : (size_t)value->strings.dims[0];
  for (size_t i = 0; i < entry->strings; ++i)
    entry->hash = logged_hash(entry->hash + 1, value->strings.items[i]);
  const sumi_bytes_view_t first = value->strings.items[0];
  const size_t length = first.size_bytes < sizeof entry->text ? first.size_bytes
                                                              : sizeof entry->text - 1;
  memcpy(entry->text, first.data, length);
}

static inline log_contents_t logged_read(const char *directory) {
  log_contents_t log = {0};
  char pattern[4200];
  snprintf(pattern, sizeof pattern, "%s/*tfevents*", directory);
  glob_t files;
  if (glob(pattern, 0, NULL, &files) != 0) return log;
  for (size_t i = 0; i < files.gl_pathc; ++i) {
    sumi_status_t status;
    sumi_event_reader_t *reader = sumi_event_reader_open(files.gl_pathv[i], &status,
                                                         .complete = true);
    assert_non_null(reader);
    sumi_event_t event;
    while ((status = sumi_event_reader_next(reader, &event)) == SUMI_OK)
      for (size_t k = 0; k < event.value_count; ++k) logged_add(&log, &event, &event.values[k]);
    assert_int_equal(status, SUMI_OUT_OF_RANGE);
    sumi_event_reader_free(reader);
  }
  globfree(&files);
  return log;
}

/* The steps of a tag in the order of the files, as text. */
static inline const char *logged_steps(const log_contents_t *log, const char *tag) {
  static char text[65536];
  size_t length = 0;
  text[0] = '\0';
  for (size_t i = 0; i < log->count; ++i)
    if (strcmp(log->values[i].tag, tag) == 0 && length + 24 < sizeof text)
      length += (size_t)snprintf(text + length, sizeof text - length, "%s%lld", length ? " " : "",
                                 (long long)log->values[i].step);
  return text;
}

static inline const logged_t *logged_find(const log_contents_t *log, const char *tag) {
  for (size_t i = 0; i < log->count; ++i)
    if (strcmp(log->values[i].tag, tag) == 0) return &log->values[i];
  return NULL;
}

#endif
