#include "event_reader.h"

#include <sumi/options.h>
#include <sumi/alloc.h>
#include <sumi/arena.h>
#include <sumi/record.h>

#include <string.h>

#include "file_window.h"

static const uint64_t default_max_record_bytes = 256u << 20;

/* The metadata of a tag's first value. */
typedef struct tag_metadata {
  sumi_name_t name;
  sumi_event_metadata_t metadata;
} tag_metadata_t;

struct sumi_event_reader {
  sumi__events_file_window_t window;
  sumi_event_reader_options_t options;
  sumi_arena_t *memory; /* of the event given last */
  sumi_name_table_t own_metadata, *metadata;
  sumi_event_damage_t damage;
  bool searching;         /* damage was reported; the window stands where a record is looked for */
  uint64_t damage_offset; /* where it began */
  uint64_t to_skip;       /* bytes of an oversized record still to pass */
};

static sumi_status_t refuse_open(sumi_status_t *status, sumi_status_t reason) {
  if (status) *status = reason;
  return reason;
}

sumi_event_reader_t *sumi_event_reader_open_with(const char *path, sumi_status_t *status,
                                                 const sumi_event_reader_options_t *given) {
  sumi_event_reader_options_t options;
  if (refuse_open(status, sumi_options_read(&options, sizeof options, given)) != SUMI_OK)
    return NULL;
  if (!path) {
    refuse_open(status, sumi_fail(SUMI_INVALID_ARGUMENT, "the event file's path is NULL"));
    return NULL;
  }
  sumi_event_reader_t *reader = sumi_calloc(1, sizeof *reader);
  if (!reader) {
    refuse_open(status, sumi_fail_alloc("an event reader", sizeof *reader));
    return NULL;
  }
  reader->options = options;
  reader->metadata = &reader->own_metadata;
  if (options.max_record_bytes == 0) reader->options.max_record_bytes = default_max_record_bytes;
  if (refuse_open(status, sumi__events_window_open(&reader->window, path, options.offset)) ==
      SUMI_OK)
    return reader;
  sumi_event_reader_free(reader);
  return NULL;
}

void sumi_event_reader_free(sumi_event_reader_t *reader) {
  if (!reader) return;
  sumi__events_window_release(&reader->window);
  sumi_arena_free(reader->memory);
  sumi_name_table_release(&reader->own_metadata);
  sumi_free(reader);
}

void sumi__events_event_reader_share_metadata(sumi_event_reader_t *reader,
                                              sumi_name_table_t *metadata) {
  reader->metadata = metadata;
}

void sumi__events_event_reader_pause(sumi_event_reader_t *reader) {
  sumi__events_window_close(&reader->window);
}

void sumi__events_event_reader_complete(sumi_event_reader_t *reader) {
  reader->options.complete = true;
}

uint64_t sumi_event_reader_offset(const sumi_event_reader_t *reader) {
  return reader->searching ? reader->damage_offset : reader->window.offset;
}

sumi_event_damage_t sumi_event_reader_damage(const sumi_event_reader_t *reader) {
  return reader->damage;
}

/* Looks at the record where the window stands, with as many of its bytes as there are. INCOMPLETE
 * comes with the status of the read that found no more: OUT_OF_RANGE at the file's end. */
static sumi_status_t look(sumi_event_reader_t *reader, sumi_record_state_t *state,
                          sumi_record_t *record) {
  for (;;) {
    *state = sumi_record_parse(sumi__events_window_bytes(&reader->window),
                               sumi__events_window_size(&reader->window),
                               reader->options.max_record_bytes, record);
    if (*state != SUMI_RECORD_INCOMPLETE) return SUMI_OK;
    SUMI_TRY(sumi__events_window_fill(&reader->window, record->size_bytes));
  }
}

static sumi_status_t begin_search(sumi_event_reader_t *reader, const char *reason) {
  reader->searching = true;
  reader->damage_offset = reader->window.offset;
  ++reader->damage.places;
  sumi__events_window_take(&reader->window, 1);
  ++reader->damage.skipped_bytes;
  return sumi_fail(SUMI_DATA_LOSS, "%s: %s at offset %llu", reader->window.path, reason,
                   (unsigned long long)reader->damage_offset);
}

/* Goes forward to the next whole record. In a file that may grow, a sound header whose record is
 * not complete is waited for. */
static sumi_status_t search(sumi_event_reader_t *reader) {
  for (;;) {
    sumi_record_state_t state;
    sumi_record_t record;
    const sumi_status_t status = look(reader, &state, &record);
    if (status == SUMI_OUT_OF_RANGE) {
      if (!reader->options.complete || sumi__events_window_size(&reader->window) == 0)
        return status;
    } else if (status != SUMI_OK) {
      return status;
    } else if (state == SUMI_RECORD_WHOLE) {
      reader->searching = false;
      return SUMI_OK;
    }
    sumi__events_window_take(&reader->window, 1);
    ++reader->damage.skipped_bytes;
  }
}

static sumi_status_t skip(sumi_event_reader_t *reader) {
  while (reader->to_skip > 0) {
    SUMI_TRY(sumi__events_window_fill(&reader->window, 1));
    const size_t have = sumi__events_window_size(&reader->window);
    const size_t step = have < reader->to_skip ? have : (size_t)reader->to_skip;
    sumi__events_window_take(&reader->window, step);
    reader->to_skip -= step;
  }
  return SUMI_OK;
}

static sumi_status_t begin_skip(sumi_event_reader_t *reader, const sumi_record_t *record) {
  reader->to_skip = record->size_bytes;
  ++reader->damage.places;
  reader->damage.skipped_bytes += record->size_bytes;
  return sumi_fail(SUMI_RESOURCE_EXHAUSTED,
                   "%s: a record of %llu bytes at offset %llu; at most %llu are read",
                   reader->window.path, (unsigned long long)record->payload_size_bytes,
                   (unsigned long long)reader->window.offset,
                   (unsigned long long)reader->options.max_record_bytes);
}

static const char *copy_text(sumi_arena_t *arena, const char *text) {
  return sumi_arena_strdup(arena, text ? text : "");
}

/* Keeps metadata beyond the life of the event; copied first, so that the table never holds half of
 * them. */
static bool keep_metadata(sumi_name_table_t *table, const char *tag,
                          const sumi_event_metadata_t *metadata) {
  sumi_arena_t *arena = sumi_name_table_arena(table);
  if (!arena) return false;
  const sumi_bytes_view_t content = metadata->plugin_content;
  sumi_event_metadata_t copy = *metadata;
  copy.plugin_name = copy_text(arena, metadata->plugin_name);
  copy.display_name = copy_text(arena, metadata->display_name);
  copy.description = copy_text(arena, metadata->description);
  copy.plugin_content.data = sumi_arena_memdup(arena, content.data ? content.data : "",
                                               content.size_bytes);
  if (!copy.plugin_name || !copy.display_name || !copy.description || !copy.plugin_content.data)
    return false;
  tag_metadata_t *kept = sumi_name_table_make(table, tag, sizeof *kept);
  if (!kept) return false;
  kept->metadata = copy;
  return sumi_name_table_add(table, kept);
}

/* A tag's first metadata stay in force, as in TensorBoard (dataclass_compat.py). */
static sumi_status_t apply_metadata(sumi_event_reader_t *reader, sumi_event_value_t *values,
                                    size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const tag_metadata_t *known = sumi_name_table_find(reader->metadata, values[i].tag);
    if (known)
      values[i].metadata = known->metadata;
    else if (!keep_metadata(reader->metadata, values[i].tag, &values[i].metadata))
      return sumi_fail_alloc("a tag's metadata", sizeof *known);
  }
  return SUMI_OK;
}

static sumi_status_t decode(sumi_event_reader_t *reader, const sumi_record_t *record,
                            sumi_event_t *event) {
  sumi_arena_free(reader->memory);
  reader->memory = sumi_arena_new();
  if (!reader->memory) return sumi_fail_alloc("an event", record->size_bytes);
  SUMI_TRY(sumi_event_decode(record->payload, (size_t)record->payload_size_bytes, reader->memory,
                             event));
  event->offset = reader->window.offset;
  /* The values stand in the arena, which is this reader's own. */
  return apply_metadata(reader, (sumi_event_value_t *)event->values, event->value_count);
}

/* The whole record where the window stands, which stays there. */
static sumi_status_t find_record(sumi_event_reader_t *reader, sumi_record_t *record) {
  SUMI_TRY(skip(reader));
  if (reader->searching) SUMI_TRY(search(reader));
  sumi_record_state_t state;
  const sumi_status_t status = look(reader, &state, record);
  if (status == SUMI_OUT_OF_RANGE && reader->options.complete &&
      sumi__events_window_size(&reader->window) > 0)
    return begin_search(reader, "a torn record");
  SUMI_TRY(status);
  switch (state) {
  case SUMI_RECORD_WHOLE: return SUMI_OK;
  case SUMI_RECORD_TOO_LARGE: return begin_skip(reader, record);
  case SUMI_RECORD_BAD_LENGTH: return begin_search(reader, "no record");
  case SUMI_RECORD_BAD_PAYLOAD: return begin_search(reader, "a record with a wrong checksum");
  case SUMI_RECORD_INCOMPLETE: break;
  }
  return sumi_fail(SUMI_INTERNAL, "an incomplete record was taken for a whole one");
}

sumi_status_t sumi__events_event_reader_next_record(sumi_event_reader_t *reader,
                                                    sumi_record_t *record) {
  SUMI_TRY(find_record(reader, record));
  sumi__events_window_take(&reader->window, (size_t)record->size_bytes);
  return SUMI_OK;
}

sumi_status_t sumi_event_reader_next(sumi_event_reader_t *reader, sumi_event_t *event) {
  if (!reader || !event) return sumi_fail(SUMI_INVALID_ARGUMENT, "the reader or event is NULL");
  *event = (sumi_event_t){.text = "", .checkpoint_path = "", .source = ""};
  sumi_record_t record;
  SUMI_TRY(find_record(reader, &record));
  const sumi_status_t status = decode(reader, &record, event);
  if (status == SUMI_RESOURCE_EXHAUSTED) return status;
  if (status != SUMI_OK) {
    ++reader->damage.places;
    reader->damage.skipped_bytes += record.size_bytes;
    sumi_fail(status, "%s: offset %llu: %s", reader->window.path,
              (unsigned long long)reader->window.offset, sumi_error_message());
  }
  sumi__events_window_take(&reader->window, (size_t)record.size_bytes);
  return status;
}
