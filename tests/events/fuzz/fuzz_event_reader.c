/* libFuzzer target: any bytes as an event file (first byte even) or as one event (odd). See the
 * script `run` beside it. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sumi/arena.h>
#include <sumi/event_reader.h>

#include "encode/event_glance.h"

/* Touches everything an event points to, so that the sanitizers see wrong pointers and lengths. */
static uint64_t sum;

static void touch_bytes(sumi_bytes_view_t bytes) {
  for (size_t i = 0; i < bytes.size_bytes; ++i) sum += ((const uint8_t *)bytes.data)[i];
}

static void touch_text(const char *text) {
  while (text && *text) sum += (uint8_t)*text++;
}

static void touch_value(const sumi_event_value_t *value) {
  touch_text(value->tag);
  touch_text(value->metadata.plugin_name);
  touch_bytes(value->metadata.plugin_content);
  double number, row[3];
  int64_t rows;
  if (sumi_event_value_number(value, &number) == SUMI_OK) sum += number > 0;
  if (sumi_event_value_histogram_rows(value, &rows) == SUMI_OK)
    for (int64_t i = 0; i < rows; ++i) {
      sumi_event_value_histogram_row(value, i, row);
      sum += row[2] > 0;
    }
  for (int64_t i = 0; i < sumi_event_value_image_count(value); ++i)
    touch_bytes(*sumi_event_value_image(value, i));
  if (value->kind == SUMI_EVENT_NUMBERS)
    for (int64_t i = 0; i < sumi_array_view_count(&value->numbers); ++i)
      sum += sumi_array_view_double(&value->numbers, i) > 0;
  touch_text(value->undecoded.dtype_name);
  touch_text(value->undecoded.reason);
  for (int i = 0; i < value->undecoded.rank; ++i) sum += value->undecoded.dims[i] > 0;
}

static void touch_event(const sumi_event_t *event) {
  touch_text(event->text);
  touch_text(event->checkpoint_path);
  touch_text(event->source);
  touch_bytes(event->bytes);
  for (size_t i = 0; i < event->value_count; ++i) touch_value(&event->values[i]);
}

/* A glance sees what decoding sees. */
static void compare_glance(const uint8_t *data, size_t size, const sumi_event_t *event) {
  sumi__events_glance_t glance;
  if (!sumi__events_glance_at(data, size, &glance)) abort();
  if (glance.step != event->step || glance.kind != event->kind) abort();
}

static void read_as_event(const uint8_t *data, size_t size) {
  sumi_arena_t *memory = sumi_arena_new();
  sumi_event_t event;
  if (memory && sumi_event_decode(data, size, memory, &event) == SUMI_OK) {
    touch_event(&event);
    compare_glance(data, size, &event);
  }
  sumi_arena_free(memory);
}

/* Every byte is passed exactly once: as part of an event or as damage. */
static void read_as_file(const uint8_t *data, size_t size, bool complete) {
  static int fd = -1;
  static char path[64];
  if (fd < 0) {
    fd = memfd_create("fuzz", 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  }
  if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size) abort();
  sumi_event_reader_t *reader = sumi_event_reader_open(path, NULL, .max_record_bytes = 1 << 20,
                                                       .complete = complete);
  if (!reader) abort();
  sumi_status_t status;
  uint64_t events_bytes = 0, before = 0;
  do {
    sumi_event_t event;
    status = sumi_event_reader_next(reader, &event);
    if (status != SUMI_OK) continue;
    touch_event(&event);
    if (event.offset < before) abort();
    before = sumi_event_reader_offset(reader);
    events_bytes += before - event.offset;
  } while (status != SUMI_OUT_OF_RANGE);
  if (complete && events_bytes + sumi_event_reader_damage(reader).skipped_bytes < size) abort();
  sumi_event_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  if (data[0] % 2)
    read_as_event(data + 1, size - 1);
  else
    read_as_file(data + 1, size - 1, data[0] % 4 == 0);
  return 0;
}
