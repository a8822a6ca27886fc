/* What the tests of event files share: whole files in memory, writers with one line, decoded files
 * as lists. */
#ifndef EVENT_TEST_H
#define EVENT_TEST_H

#include "sumi_test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sumi/event_reader.h>
#include <sumi/event_writer.h>
#include <sumi/logdir.h>
#include <sumi/record.h>

typedef struct bytes {
  uint8_t *data;
  size_t size;
} bytes_t;

static inline bytes_t read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  bytes_t bytes = {malloc(1 << 24), 0};
  bytes.size = fread(bytes.data, 1, 1 << 24, file);
  assert_true(bytes.size < 1 << 24);
  fclose(file);
  return bytes;
}

static inline void write_file(const char *path, const void *data, size_t size) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(data, 1, size, file), size);
  assert_int_equal(fclose(file), 0);
}

static inline void append_file(const char *path, const void *data, size_t size) {
  FILE *file = fopen(path, "ab");
  assert_non_null(file);
  assert_int_equal(fwrite(data, 1, size, file), size);
  assert_int_equal(fclose(file), 0);
}

static inline void append_record(const char *path, const void *payload, size_t size) {
  uint8_t header[SUMI_RECORD_HEADER_BYTES], footer[SUMI_RECORD_FOOTER_BYTES];
  sumi_record_header(size, header);
  sumi_record_footer(payload, size, footer);
  append_file(path, header, sizeof header);
  append_file(path, payload, size);
  append_file(path, footer, sizeof footer);
}

/* "<directory>/<name>", valid for the next 15 calls. */
static inline const char *path_in(const char *directory, const char *name) {
  static char paths[16][2048];
  static int next;
  char joined[2048];
  snprintf(joined, sizeof joined, "%s/%s", directory, name);
  return strcpy(paths[next++ % 16], joined);
}

/* The run's event file number `index`, by age. */
static inline const char *event_file_in(const char *directory, size_t index) {
  static char path[1024];
  sumi_status_t status;
  sumi_logdir_t *logdir = sumi_logdir_open(directory, &status);
  assert_ok(status);
  const sumi_logdir_run_t *run = sumi_logdir_find(logdir, ".");
  assert_non_null(run);
  assert_true(index < run->file_count);
  snprintf(path, sizeof path, "%s", run->files[index]);
  sumi_logdir_free(logdir);
  return path;
}

static inline size_t event_file_count(const char *directory) {
  sumi_logdir_t *logdir = sumi_logdir_open(directory, NULL);
  assert_non_null(logdir);
  const sumi_logdir_run_t *run = sumi_logdir_find(logdir, ".");
  const size_t count = run ? run->file_count : 0;
  sumi_logdir_free(logdir);
  return count;
}

/* The steps of a tag's values in the order of reading; returns how many. */
static inline size_t steps_of(const char *directory, const char *tag, int64_t *steps, size_t room) {
  sumi_logdir_t *logdir = sumi_logdir_open(directory, NULL);
  assert_non_null(logdir);
  sumi_event_t event;
  size_t count = 0;
  sumi_status_t status;
  while ((status = sumi_logdir_next(logdir, &event, NULL)) == SUMI_OK)
    for (size_t i = 0; i < event.value_count; ++i)
      if (strcmp(event.values[i].tag, tag) == 0) {
        assert_true(count < room);
        steps[count++] = event.step;
      }
  assert_int_equal(status, SUMI_OUT_OF_RANGE);
  sumi_logdir_free(logdir);
  return count;
}

/* steps_of gives exactly first, first + 1, …, last. */
static inline void assert_steps(const char *directory, const char *tag, int64_t first,
                                int64_t last) {
  static int64_t steps[100000];
  const size_t count = steps_of(directory, tag, steps, 100000);
  if ((int64_t)count != last - first + 1)
    fail_msg("tag %s has %zu steps, expected %lld to %lld", tag, count, (long long)first,
             (long long)last);
  for (size_t i = 0; i < count; ++i) assert_int_equal(steps[i], first + (int64_t)i);
}

static inline sumi_event_value_t text_value(const char *tag, const sumi_bytes_view_t *text) {
  return (sumi_event_value_t){.tag = tag,
                              .kind = SUMI_EVENT_STRINGS,
                              .strings = {.items = text},
                              .metadata = {.plugin_name = "text"}};
}

#endif
