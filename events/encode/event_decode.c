#include <sumi/event.h>

#include <sumi/arena.h>
#include <sumi/utf8.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "proto/event.pb-c.h"
#include "tensor_decode.h"

/* protobuf-c allocates from the event's arena, so that nothing is freed one by one, and a NULL from
 * unpack can be told apart: no memory, or no message. */
typedef struct arena_allocator {
  ProtobufCAllocator base;
  sumi_arena_t *arena;
  size_t limit_bytes;
  bool failed, refused;
} arena_allocator_t;

/* Empty messages of two bytes grow a hundredfold in memory; real events stay far below this. */
static size_t memory_limit(size_t record_size_bytes) {
  const uint64_t limit = (64u << 20) + 32 * (uint64_t)record_size_bytes;
  const uint64_t most = (uint64_t)4 << 30;
  return (size_t)(limit < most ? limit : most);
}

static void *arena_alloc(void *user, size_t size_bytes) {
  arena_allocator_t *allocator = user;
  if (sumi_arena_used_bytes(allocator->arena) > allocator->limit_bytes) {
    allocator->refused = true;
    return NULL;
  }
  void *memory = sumi_arena_calloc(allocator->arena, 1, size_bytes);
  if (!memory) allocator->failed = true;
  return memory;
}

static void arena_release(void *user, void *memory) {
  (void)user, (void)memory;
}

static sumi_status_t check_text(const char *what, const char *text) {
  if (sumi_utf8_first_invalid(text, strlen(text)) == strlen(text)) return SUMI_OK;
  return sumi_fail(SUMI_DATA_LOSS, "%s is not UTF-8", what);
}

static sumi_bytes_view_t view(ProtobufCBinaryData bytes) {
  return (sumi_bytes_view_t){bytes.data, bytes.len};
}

static sumi_status_t decode_metadata(const Sumi__Pb__SummaryMetadata *from,
                                     sumi_event_metadata_t *metadata) {
  *metadata = (sumi_event_metadata_t){0};
  if (!from) return SUMI_OK;
  SUMI_TRY(check_text("a display name", from->display_name));
  SUMI_TRY(check_text("a description", from->summary_description));
  metadata->display_name = from->display_name;
  metadata->description = from->summary_description;
  metadata->data_class = (sumi_data_class_t)from->data_class;
  metadata->plugin_name = "";
  if (!from->plugin_data) return SUMI_OK;
  SUMI_TRY(check_text("a plugin name", from->plugin_data->plugin_name));
  metadata->plugin_name = from->plugin_data->plugin_name;
  metadata->plugin_content = view(from->plugin_data->content);
  return SUMI_OK;
}

static sumi_status_t no_memory(void) {
  return sumi_fail(SUMI_RESOURCE_EXHAUSTED, "out of memory for an event");
}

/* A rank-1 tensor of strings, as the image and audio plugins have it. */
static sumi_status_t set_strings(sumi_event_value_t *value, const sumi_bytes_view_t *items,
                                 int64_t count, sumi_arena_t *arena) {
  value->kind = SUMI_EVENT_STRINGS;
  value->strings.items = sumi_arena_memdup(arena, items, (size_t)count * sizeof *items);
  value->strings.rank = 1;
  value->strings.dims[0] = count;
  return value->strings.items ? SUMI_OK : no_memory();
}

static sumi_bytes_view_t decimal(int32_t number, sumi_arena_t *arena) {
  const char *text = sumi_arena_printf(arena, "%d", number);
  return (sumi_bytes_view_t){text, text ? strlen(text) : 0};
}

static sumi_status_t decode_image(const Sumi__Pb__Summary__Image *image, sumi_arena_t *arena,
                                  sumi_event_value_t *value) {
  const sumi_bytes_view_t items[3] = {decimal(image->width, arena), decimal(image->height, arena),
                                      view(image->encoded_image_string)};
  if (!items[0].data || !items[1].data) return no_memory();
  return set_strings(value, items, 3, arena);
}

/* Rows (left, right, count) as TensorBoard makes them: empty buckets at both ends go, the outer
 * edges are the real minimum and maximum (tensorboard/data_compat.py, _migrate_histogram_value). */
static sumi_status_t decode_histogram(const Sumi__Pb__HistogramProto *histogram,
                                      sumi_arena_t *arena, sumi_event_value_t *value) {
  if (histogram->n_bucket != histogram->n_bucket_limit) {
    value->kind = SUMI_EVENT_UNDECODED;
    value->undecoded = (sumi_event_undecoded_t){
        .dtype_name = "",
        .rank = -1,
        .reason = "a histogram with more buckets than limits, or fewer"};
    return SUMI_OK;
  }
  size_t first = 0, end = histogram->n_bucket;
  while (first < end && !(histogram->bucket[first] > 0)) ++first;
  while (end > first && !(histogram->bucket[end - 1] > 0)) --end;
  double(*rows)[3] = sumi_arena_calloc(arena, end - first, sizeof *rows);
  if (!rows) return no_memory();
  for (size_t i = first; i < end; ++i) {
    rows[i - first][0] = i > 0 ? histogram->bucket_limit[i - 1] : -DBL_MAX;
    rows[i - first][1] = histogram->bucket_limit[i];
    rows[i - first][2] = histogram->bucket[i];
  }
  if (end > first) {
    rows[0][0] = histogram->min;
    rows[end - first - 1][1] = histogram->max;
  }
  value->kind = SUMI_EVENT_NUMBERS;
  value->numbers = (sumi_array_view_t){SUMI_FLOAT64, 2, {(int64_t)(end - first), 3}, rows};
  return SUMI_OK;
}

/* The plugin a legacy form belongs to, unless the file says another. */
static void default_plugin(sumi_event_value_t *value, const char *plugin_name) {
  if (!value->metadata.plugin_name || !*value->metadata.plugin_name)
    value->metadata.plugin_name = plugin_name;
}

static sumi_status_t decode_payload(const Sumi__Pb__Summary__Value *from, sumi_arena_t *arena,
                                    sumi_event_value_t *value) {
  switch (from->value_case) {
  case SUMI__PB__SUMMARY__VALUE__VALUE_TENSOR:
    return sumi__events_tensor_decode(from->tensor, arena, value);
  case SUMI__PB__SUMMARY__VALUE__VALUE_SIMPLE_VALUE:
    value->form = SUMI_EVENT_FORM_SIMPLE_VALUE;
    value->scalar = from->simple_value;
    default_plugin(value, "scalars");
    return SUMI_OK;
  case SUMI__PB__SUMMARY__VALUE__VALUE_IMAGE:
    value->form = SUMI_EVENT_FORM_IMAGE;
    default_plugin(value, "images");
    return decode_image(from->image, arena, value);
  case SUMI__PB__SUMMARY__VALUE__VALUE_AUDIO: {
    const sumi_bytes_view_t clip = view(from->audio->encoded_audio_string);
    value->form = SUMI_EVENT_FORM_AUDIO;
    default_plugin(value, "audio");
    return set_strings(value, &clip, 1, arena);
  }
  case SUMI__PB__SUMMARY__VALUE__VALUE_HISTO:
    value->form = SUMI_EVENT_FORM_HISTOGRAM;
    default_plugin(value, "histograms");
    return decode_histogram(from->histo, arena, value);
  default: value->kind = SUMI_EVENT_EMPTY; return SUMI_OK;
  }
}

static sumi_status_t decode_summary(const Sumi__Pb__Summary *summary, sumi_arena_t *arena,
                                    sumi_event_t *event) {
  sumi_event_value_t *values = sumi_arena_calloc(arena, summary->n_value, sizeof *values);
  if (!values) return no_memory();
  for (size_t i = 0; i < summary->n_value; ++i) {
    const Sumi__Pb__Summary__Value *from = summary->value[i];
    /* Old writers left the tag empty and named the node. */
    values[i].tag = *from->tag ? from->tag : from->node_name;
    SUMI_TRY(check_text("a tag", values[i].tag));
    SUMI_TRY(decode_metadata(from->metadata, &values[i].metadata));
    SUMI_TRY(decode_payload(from, arena, &values[i]));
  }
  event->values = values;
  event->value_count = summary->n_value;
  return SUMI_OK;
}

static sumi_status_t decode_what(const Sumi__Pb__Event *from, sumi_arena_t *arena,
                                 sumi_event_t *event) {
  switch (event->kind) {
  case SUMI_EVENT_FILE_VERSION: event->text = from->file_version; break;
  case SUMI_EVENT_GRAPH_DEF: event->bytes = view(from->graph_def); break;
  case SUMI_EVENT_META_GRAPH_DEF: event->bytes = view(from->meta_graph_def); break;
  case SUMI_EVENT_LOG_MESSAGE: event->text = from->log_message->message; break;
  case SUMI_EVENT_SESSION_LOG:
    event->session_status = (sumi_session_status_t)from->session_log->status;
    event->text = from->session_log->msg;
    event->checkpoint_path = from->session_log->checkpoint_path;
    break;
  case SUMI_EVENT_RUN_METADATA:
    event->text = from->tagged_run_metadata->tag;
    event->bytes = view(from->tagged_run_metadata->run_metadata);
    break;
  case SUMI_EVENT_SUMMARY: SUMI_TRY(decode_summary(from->summary, arena, event)); break;
  case SUMI_EVENT_NOTHING: break;
  }
  SUMI_TRY(check_text("an event's text", event->text));
  return check_text("a checkpoint path", event->checkpoint_path);
}

sumi_status_t sumi_event_decode(const void *bytes, size_t size_bytes, sumi_arena_t *memory,
                                sumi_event_t *event) {
  *event = (sumi_event_t){
      .text = "", .checkpoint_path = "", .source = "", .record = {bytes, size_bytes}};
  arena_allocator_t allocator = {
      {arena_alloc, arena_release, NULL}, memory, memory_limit(size_bytes), false, false};
  allocator.base.allocator_data = &allocator;
  const Sumi__Pb__Event *from = sumi__pb__event__unpack(&allocator.base, size_bytes, bytes);
  if (allocator.failed) return no_memory();
  if (allocator.refused)
    return sumi_fail(SUMI_DATA_LOSS, "an event of %zu bytes that decodes to more than %zu",
                     size_bytes, allocator.limit_bytes);
  if (!from) return sumi_fail(SUMI_DATA_LOSS, "%zu bytes are not an event", size_bytes);
  event->wall_time_s = from->wall_time;
  event->step = from->step;
  event->kind = (sumi_event_kind_t)from->what_case;
  if (from->source_metadata) event->source = from->source_metadata->writer;
  SUMI_TRY(check_text("the name of the writer", event->source));
  return decode_what(from, memory, event);
}
