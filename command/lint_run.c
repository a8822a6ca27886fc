#include "lint_run.h"

#include "names.h"
#include "text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sumi/alloc.h>
#include <sumi/buffer.h>
#include <sumi/event_reader.h>
#include <sumi/event_writer.h>
#include <sumi/record.h>
#include <sumi/utf8.h>

const finding_text_t sumi__command_findings[FINDING_COUNT] = {
    [DAMAGE] = {"damage",
                "damaged: the Python loader goes no further in this file, nor does the data "
                "server where more than a checksum is wrong (sumi repair)",
                false},
    [NO_EVENT] = {"no-event",
                  "records that are no events: the Python loader ends there for all "
                  "runs, the data server for this file",
                  false},
    [TORN_END] = {"torn-end", "bytes at the end are no whole record yet", true},
    [TIME_IS_NAN] = {"nan-time",
                     "events whose time is not a number: the data server reads no "
                     "further in this file",
                     false},
    [TIME_IS_INFINITE] = {"infinite-time",
                          "events whose time is infinite: the data server leaves "
                          "them out",
                          false},
    [OLDER_FILE] = {"older-file",
                    "the file is older than the one that is read before it: a viewer "
                    "that was open never reads it",
                    false},
    [TWO_WRITERS] = {"two-writers",
                     "the file went on when the next one had begun: a viewer that "
                     "was open leaves out what came then (two runs need two "
                     "folders)",
                     false},
    [NO_METADATA] = {"no-metadata",
                     "values of a tag whose first one says no plugin: they are "
                     "never shown",
                     false},
    [NO_CLASS] = {"no-class",
                  "values for a plugin that TensorBoard does not know and that has no "
                  "class of data: they are never shown",
                  false},
    [WRONG_FORM] = {"wrong-form",
                    "values of another type or shape than their plugin's: the data "
                    "server leaves them out",
                    false},
    [NOT_DECODED] = {"not-decoded",
                     "values of a type that TensorBoard cannot decode: the tag "
                     "cannot be shown",
                     false},
    [STEP_RANGE] = {"step-range", "values at steps below 0 or above 2^53: browsers mistake them",
                    false},
    [STEPS_BACK] = {"steps-back",
                    "values removed by the data server because the tag's step did "
                    "not go up behind them",
                    false},
    [RESTARTED] = {"restarted",
                   "values removed by the Python loader because a later session "
                   "started below their step",
                   false},
    [NO_VERSION] = {"no-version",
                    "values removed by the Python loader: without a file version any "
                    "tag's smaller step makes it do so",
                    false},
    [FEW_STRINGS] = {"few-strings", "pictures without width, height and at least one picture",
                     false},
    [PICTURE_FORMAT] = {"picture-format",
                        "pictures that are neither PNG, JPEG, GIF nor BMP: "
                        "browsers are told not to guess",
                        false},
    [TEXT_NOT_UTF8] = {"text-not-utf8", "texts that are not UTF-8: the tag cannot be shown", false},
    [NOT_FINITE] = {"not-finite", "values that are not finite: gaps in the curve", true},
    [SAMPLED] = {"sampled", "values left out by the readers' samples (--samples_per_plugin)", true},
};

/* The class of a plugin's data, and how many values of a tag the loader and the server keep. */
static const struct plugin {
  const char *name;
  sumi_data_class_t data_class;
  int64_t python_most, server_most;
} plugins[] = {{"scalars", SUMI_DATA_CLASS_SCALAR, 1000, 1000},
               {"images", SUMI_DATA_CLASS_BLOB_SEQUENCE, 10, 10},
               {"audio", SUMI_DATA_CLASS_BLOB_SEQUENCE, 10, 10},
               {"histograms", SUMI_DATA_CLASS_TENSOR, 500, 100},
               {"text", SUMI_DATA_CLASS_TENSOR, 10, 100},
               {"pr_curves", SUMI_DATA_CLASS_TENSOR, 100, 100},
               {"mesh", SUMI_DATA_CLASS_TENSOR, 10, 100},
               {"hparams", SUMI_DATA_CLASS_TENSOR, 10, 100},
               {"custom_scalars", SUMI_DATA_CLASS_TENSOR, 10, 100},
               {"graph_run_metadata", SUMI_DATA_CLASS_BLOB_SEQUENCE, 10, 10},
               {"graph_run_metadata_graph", SUMI_DATA_CLASS_BLOB_SEQUENCE, 10, 10},
               {"graph_keras_model", SUMI_DATA_CLASS_BLOB_SEQUENCE, 10, 10}};

static const struct plugin *find_plugin(const char *name) {
  for (size_t i = 0; i < sizeof plugins / sizeof *plugins; ++i)
    if (strcmp(plugins[i].name, name) == 0) return &plugins[i];
  return NULL;
}

/* Of another's plugin: as many as the data server keeps of the class. */
static int64_t most_of_class(sumi_data_class_t data_class) {
  static const int64_t most[] = {0, 1000, 100, 10};
  return data_class <= SUMI_DATA_CLASS_BLOB_SEQUENCE ? most[data_class] : 0;
}

/* ---- What a reader holds ---- */

typedef struct held_value {
  int64_t step;
  bool is_sound; /* the reader can show it */
} held_value_t;

static bool hold(held_t *held, int64_t step, bool is_sound) {
  if (held->count == held->capacity) {
    const size_t capacity = held->capacity ? held->capacity * 2 : 64;
    held_value_t *values = sumi_realloc_array(held->values, capacity, sizeof *values);
    if (!values) return false;
    held->values = values;
    held->capacity = capacity;
  }
  held->values[held->count++] = (held_value_t){step, is_sound};
  return true;
}

/* Drops all values from a step on, wherever they stand; how many there were. */
static int64_t purge(held_t *held, int64_t step) {
  size_t kept = 0;
  for (size_t i = 0; i < held->count; ++i)
    if (held->values[i].step < step) held->values[kept++] = held->values[i];
  const int64_t purged = (int64_t)(held->count - kept);
  held->count = kept;
  return purged;
}

/* The data server drops what stands at the end, which is sorted. */
static int64_t preempt(held_t *held, int64_t step) {
  int64_t dropped = 0;
  for (; held->count > 0 && held->values[held->count - 1].step >= step; ++dropped) --held->count;
  return dropped;
}

static int64_t sound_count(const held_t *held) {
  int64_t count = 0;
  for (size_t i = 0; i < held->count; ++i) count += held->values[i].is_sound;
  return count;
}

/* ---- Values ---- */

static bool begins_with(const sumi_bytes_view_t *bytes, const char *magic) {
  return bytes->size_bytes >= strlen(magic) && memcmp(bytes->data, magic, strlen(magic)) == 0;
}

static bool is_picture(const sumi_bytes_view_t *bytes) {
  return begins_with(bytes, "\x89PNG") || begins_with(bytes, "\xFF\xD8\xFF") ||
         begins_with(bytes, "GIF8") || begins_with(bytes, "BM");
}

static void check_pictures(lint_tag_t *tag, const sumi_event_value_t *value) {
  const int64_t count = sumi_event_value_image_count(value);
  if (count <= 0) ++tag->findings.counts[FEW_STRINGS];
  for (int64_t i = 0; i < count; ++i)
    if (!is_picture(sumi_event_value_image(value, i))) ++tag->findings.counts[PICTURE_FORMAT];
}

static void check_texts(lint_tag_t *tag, const sumi_event_value_t *value) {
  for (int64_t i = 0; i < sumi__command_string_count(&value->strings); ++i) {
    const sumi_bytes_view_t *text = &value->strings.items[i];
    if (sumi_utf8_first_invalid(text->data, text->size_bytes) != text->size_bytes)
      ++tag->findings.counts[TEXT_NOT_UTF8];
  }
}

/* The dtypes that tensor_util.make_ndarray refuses where TensorFlow is not installed. */
static bool is_decoded(const sumi_event_value_t *value) {
  static const char *const refused[] = {"bfloat16", "float8", "float4",   "int4",   "uint4",
                                        "int2",     "uint2",  "resource", "variant"};
  if (value->kind != SUMI_EVENT_UNDECODED) return true;
  for (size_t i = 0; i < sizeof refused / sizeof *refused; ++i)
    if (strncmp(value->undecoded.dtype_name, refused[i], strlen(refused[i])) == 0) return false;
  return true;
}

/* Whether the data server takes a value for one of its class. Labels of audio are cut off. */
static bool fits_class(const lint_tag_t *tag, const sumi_event_value_t *value) {
  switch (tag->data_class) {
  case SUMI_DATA_CLASS_SCALAR: return value->kind == SUMI_EVENT_SCALAR;
  case SUMI_DATA_CLASS_BLOB_SEQUENCE:
    return value->kind == SUMI_EVENT_STRINGS &&
           (value->strings.rank == 1 ||
            (strcmp(tag->plugin, "audio") == 0 && value->strings.rank == 2) ||
            (strncmp(tag->plugin, "graph_", 6) == 0 && value->strings.rank == 0));
  default: return true;
  }
}

static void begin_tag(lint_tag_t *tag, const sumi_event_value_t *value) {
  snprintf(tag->plugin, sizeof tag->plugin, "%s", sumi__command_plugin(value));
  const struct plugin *plugin = find_plugin(tag->plugin);
  tag->data_class = value->metadata.data_class;
  if (tag->data_class == SUMI_DATA_CLASS_UNKNOWN && plugin) tag->data_class = plugin->data_class;
  tag->is_shown = tag->data_class != SUMI_DATA_CLASS_UNKNOWN;
  tag->most = most_of_class(tag->data_class);
  if (plugin)
    tag->most = plugin->python_most > plugin->server_most ? plugin->python_most
                                                          : plugin->server_most;
}

/* Counts what is odd about a value; whether the data server shows it. */
static bool check_value(lint_tag_t *tag, const sumi_event_value_t *value, int64_t step) {
  int64_t *counts = tag->findings.counts;
  double number;
  const bool fits = fits_class(tag, value);
  if (!tag->is_shown) ++counts[strcmp(tag->plugin, "-") == 0 ? NO_METADATA : NO_CLASS];
  if (step < 0 || step > SUMI_MAX_STEP) ++counts[STEP_RANGE];
  if (!is_decoded(value))
    ++counts[NOT_DECODED];
  else if (!fits)
    ++counts[WRONG_FORM];
  if (tag->data_class == SUMI_DATA_CLASS_SCALAR)
    counts[NOT_FINITE] += sumi_event_value_number(value, &number) == SUMI_OK && !isfinite(number);
  if (strcmp(tag->plugin, "images") == 0 && fits) check_pictures(tag, value);
  if (strcmp(tag->plugin, "text") == 0 && value->kind == SUMI_EVENT_STRINGS)
    check_texts(tag, value);
  return fits && is_decoded(value);
}

static bool add_value(lint_run_t *lint, const lint_file_t *file, const sumi_event_t *event,
                      const sumi_event_value_t *value) {
  lint_tag_t *tag = sumi__command_named(&lint->tags, value->tag, sizeof *tag);
  if (!tag) return false;
  if (tag->written++ == 0) begin_tag(tag, value);
  const bool is_sound = check_value(tag, value, event->step);
  const bool by_server = !file->server_stopped && !isinf(event->wall_time_s);
  const bool by_python = !file->python_stopped && !lint->python_died;
  if (by_server) {
    tag->findings.counts[STEPS_BACK] += preempt(&tag->by_server, event->step);
    if (!hold(&tag->by_server, event->step, is_sound)) return false;
  }
  return !by_python || hold(&tag->by_python, event->step, is_decoded(value));
}

/* ---- Events ---- */

/* A session's start purges what stands at its step and later, but the first one of a run. */
static void restart(lint_run_t *lint, int64_t step) {
  size_t cursor = 0;
  if (lint->has_start)
    for (lint_tag_t *tag; (tag = sumi_name_table_next(&lint->tags, &cursor));)
      tag->findings.counts[RESTARTED] += purge(&tag->by_python, step);
  lint->has_start = true;
}

/* Without a file version, a summary below the last one purges its own tags. */
static void step_back(lint_run_t *lint, const sumi_event_t *event) {
  for (size_t i = 0; event->step < lint->last_step && i < event->value_count; ++i) {
    lint_tag_t *tag = sumi_name_table_find(&lint->tags, event->values[i].tag);
    if (tag) tag->findings.counts[NO_VERSION] += purge(&tag->by_python, event->step);
  }
}

/* "brain.Event:2" and later. */
static bool is_version_2(const char *text) {
  const char *number = strstr(text, "brain.Event:");
  return number && atof(number + strlen("brain.Event:")) >= 2;
}

static void stop(lint_file_t *file, finding_t finding, bool by_python) {
  ++file->findings.counts[finding];
  file->server_stopped = true;
  file->python_stopped |= by_python;
}

static void note_time(lint_file_t *file, const sumi_event_t *event) {
  const double time_s = event->wall_time_s;
  if (isnan(time_s)) stop(file, TIME_IS_NAN, false);
  if (isinf(time_s)) ++file->findings.counts[TIME_IS_INFINITE];
  if (!isfinite(time_s)) return;
  file->first_time_s = fmin(file->first_time_s, time_s);
  file->last_time_s = fmax(file->last_time_s, time_s);
}

static bool add_event(lint_run_t *lint, lint_file_t *file, const arguments_t *arguments,
                      const sumi_event_t *event) {
  note_time(file, event);
  if (!file->python_stopped && !lint->python_died) {
    if (event->kind == SUMI_EVENT_FILE_VERSION) lint->has_version = is_version_2(event->text);
    if (!lint->has_version)
      step_back(lint, event);
    else if (event->session_status == SUMI_SESSION_START)
      restart(lint, event->step);
    if (event->kind == SUMI_EVENT_SUMMARY) lint->last_step = event->step;
  }
  for (size_t i = 0; i < event->value_count; ++i)
    if (sumi__command_wanted(arguments, event, &event->values[i]) &&
        !add_value(lint, file, event, &event->values[i]))
      return false;
  return true;
}

/* ---- Files ---- */

static void note_end(lint_file_t *file, uint64_t offset) {
  struct stat info;
  if (stat(file->path, &info) == 0 && (uint64_t)info.st_size > offset)
    file->findings.counts[TORN_END] += info.st_size - (int64_t)offset;
}

/* What stands at an offset that the reader had to pass over; the bytes go into the buffer. */
static sumi_record_state_t look(const char *path, uint64_t offset, sumi_buffer_t *bytes,
                                sumi_record_t *record) {
  sumi_record_state_t state = SUMI_RECORD_INCOMPLETE;
  FILE *file = fopen(path, "rb");
  if (!file) return state;
  record->size_bytes = SUMI_RECORD_HEADER_BYTES;
  if (fseeko(file, (off_t)offset, SEEK_SET) == 0)
    while (state == SUMI_RECORD_INCOMPLETE && bytes->size < record->size_bytes) {
      const size_t missing = (size_t)record->size_bytes - bytes->size;
      void *room = sumi_buffer_reserve(bytes, missing);
      if (!room || fread(room, 1, missing, file) != missing) break;
      bytes->size += missing;
      state = sumi_record_parse(bytes->data, bytes->size, INT32_MAX, record);
    }
  fclose(file);
  return state;
}

/* Both readers stop at damage, but the data server does not look at a payload's checksum as long
 * as it is an event. A sound record that is none ends the Python loader's thread. */
static bool pass_over(lint_run_t *lint, lint_file_t *file, const arguments_t *arguments,
                      uint64_t offset) {
  sumi_buffer_t bytes = {0};
  sumi_record_t record;
  sumi_event_t event;
  sumi_arena_t *memory = sumi_arena_new();
  const sumi_record_state_t state = look(file->path, offset, &bytes, &record);
  bool enough = memory && !bytes.failed;
  const bool by_server = enough && state == SUMI_RECORD_BAD_PAYLOAD && !file->server_stopped &&
                         sumi_event_decode(bytes.data + SUMI_RECORD_HEADER_BYTES,
                                           (size_t)record.payload_size_bytes, memory,
                                           &event) == SUMI_OK;
  lint->python_died |= state == SUMI_RECORD_WHOLE && !file->python_stopped;
  file->python_stopped = true;
  file->server_stopped |= !by_server;
  ++file->findings.counts[state == SUMI_RECORD_WHOLE ? NO_EVENT : DAMAGE];
  if (by_server) enough = add_event(lint, file, arguments, &event);
  sumi_arena_free(memory);
  sumi_buffer_release(&bytes);
  return enough;
}

static bool read_file(lint_run_t *lint, lint_file_t *file, const arguments_t *arguments) {
  sumi_status_t status;
  sumi_event_t event;
  sumi_event_reader_t *reader = sumi_event_reader_open(file->path, &status);
  bool enough = true;
  while (reader && enough) {
    const uint64_t offset = sumi_event_reader_offset(reader);
    status = sumi_event_reader_next(reader, &event);
    if (status == SUMI_OK)
      enough = add_event(lint, file, arguments, &event);
    else if (status == SUMI_DATA_LOSS || status == SUMI_RESOURCE_EXHAUSTED)
      enough = pass_over(lint, file, arguments, offset);
    else
      break;
  }
  if (reader && status == SUMI_OUT_OF_RANGE && !file->findings.counts[DAMAGE])
    note_end(file, sumi_event_reader_offset(reader));
  sumi_event_reader_free(reader);
  if (!enough) sumi__command_fail("out of memory");
  if (enough && status != SUMI_OUT_OF_RANGE) sumi__command_fail("%s", sumi_error_message());
  return enough && status == SUMI_OUT_OF_RANGE;
}

/* Files are read in the order of their names. */
static void compare_times(lint_run_t *lint, size_t count) {
  for (size_t i = 0; i + 1 < count; ++i) {
    lint_file_t *file = &lint->files[i], *next = &lint->files[i + 1];
    if (next->last_time_s < file->first_time_s)
      ++next->findings.counts[OLDER_FILE];
    else if (file->last_time_s > next->first_time_s)
      ++file->findings.counts[TWO_WRITERS];
  }
}

static void finish_tags(lint_run_t *lint) {
  size_t cursor = 0;
  for (lint_tag_t *tag; (tag = sumi_name_table_next(&lint->tags, &cursor));) {
    int64_t *counts = tag->findings.counts;
    const bool can_be_shown = tag->is_shown && !counts[NOT_DECODED] && !counts[TEXT_NOT_UTF8];
    tag->python = can_be_shown ? (int64_t)tag->by_python.count : 0;
    tag->server = can_be_shown ? sound_count(&tag->by_server) : 0;
    const int64_t more = tag->python > tag->server ? tag->python : tag->server;
    if (more > tag->most) counts[SAMPLED] = more - tag->most;
  }
}

bool sumi__command_lint_read(lint_run_t *lint, const arguments_t *arguments,
                             const shown_run_t *run) {
  *lint = (lint_run_t){.last_step = -1};
  lint->files = sumi_calloc(run->file_count + 1, sizeof *lint->files);
  if (!lint->files) {
    sumi__command_fail("out of memory");
    return false;
  }
  for (size_t i = 0; i < run->file_count; ++i) {
    lint->files[i] = (lint_file_t){run->files[i], .first_time_s = NAN, .last_time_s = NAN};
    if (!read_file(lint, &lint->files[i], arguments)) return false;
  }
  compare_times(lint, run->file_count);
  finish_tags(lint);
  return true;
}

void sumi__command_lint_release(lint_run_t *lint) {
  size_t cursor = 0;
  for (lint_tag_t *tag; (tag = sumi_name_table_next(&lint->tags, &cursor));) {
    sumi_free(tag->by_python.values);
    sumi_free(tag->by_server.values);
  }
  sumi_name_table_release(&lint->tags);
  sumi_free(lint->files);
}
