#include "tag.h"

#include <sumi/utf8.h>

#include <string.h>

#include "event_writer.h"
#include "encode/value_encode.h"

sumi_status_t sumi__events_tag_add(sumi_event_writer_t *writer, const char *name,
                                   sumi_event_tag_t **tag) {
  SUMI_TRY(sumi_utf8_check("the tag", name));
  if (!*name) return sumi_fail(SUMI_INVALID_ARGUMENT, "the tag is empty");
  sumi_event_tag_t *added = sumi_name_table_make(&writer->tags, name, sizeof *added);
  if (!added) return sumi_fail_alloc("a tag", sizeof *added);
  added->writer = writer;
  added->last_step = -1;
  if (!sumi_name_table_add(&writer->tags, added)) return sumi_fail_alloc("a tag", sizeof *added);
  *tag = added;
  return SUMI_OK;
}

/* Whoever looks at the plugin's name sees it whole. */
static sumi_status_t set_plugin(sumi_event_tag_t *tag, const char *plugin_name) {
  if (tag->plugin_name) return SUMI_OK;
  sumi_arena_t *arena = sumi_name_table_arena(&tag->writer->tags);
  const char *copy = arena ? sumi_arena_strdup(arena, plugin_name) : NULL;
  if (!copy) return sumi_fail_alloc("a plugin's name", strlen(plugin_name) + 1);
  tag->plugin_name = copy;
  return SUMI_OK;
}

/* A simple value has nothing but its number. */
static bool says_no_more_than_scalar(const sumi_event_metadata_t *metadata) {
  const bool has_text = (metadata->display_name && metadata->display_name[0]) ||
                        (metadata->description && metadata->description[0]);
  return !has_text && metadata->plugin_content.size_bytes == 0 &&
         metadata->data_class <= SUMI_DATA_CLASS_SCALAR;
}

sumi_status_t sumi__events_tag_describe(sumi_event_tag_t *tag,
                                        const sumi_event_metadata_t *metadata) {
  SUMI_TRY(sumi__events_metadata_check(tag->name.text, metadata));
  const size_t size = sumi__events_metadata_size(metadata);
  sumi_arena_t *arena = sumi_name_table_arena(&tag->writer->tags);
  uint8_t *encoded = arena ? sumi_arena_calloc(arena, 1, size) : NULL;
  if (!encoded) return sumi_fail_alloc("a tag's metadata", size);
  SUMI_TRY(set_plugin(tag, metadata->plugin_name));
  sumi__events_metadata_put(encoded, metadata);
  tag->metadata = encoded;
  tag->metadata_size_bytes = size;
  tag->is_scalar = strcmp(metadata->plugin_name, "scalars") == 0;
  tag->is_simple = tag->is_scalar && tag->writer->options.simple_values &&
                   says_no_more_than_scalar(metadata);
  return SUMI_OK;
}

void sumi__events_tag_take_step(sumi_event_tag_t *tag, int64_t step) {
  if (step > tag->last_step) tag->last_step = step;
  tag->is_older = false;
}

void sumi__events_tags_destroy_user_data(const sumi_name_table_t *tags) {
  size_t cursor = 0;
  for (sumi_event_tag_t *tag; (tag = sumi_name_table_next(tags, &cursor));)
    if (tag->destroy) tag->destroy(tag->user_data);
}

sumi_event_tag_t *sumi_event_writer_find_tag(const sumi_event_writer_t *writer, const char *name) {
  return writer ? sumi_name_table_find(&writer->tags, name) : NULL;
}

static sumi_status_t find_or_add(sumi_event_writer_t *writer, const char *name,
                                 sumi_event_tag_t **tag) {
  *tag = sumi_name_table_find(&writer->tags, name);
  return *tag ? SUMI_OK : sumi__events_tag_add(writer, name, tag);
}

sumi_status_t sumi_event_writer_tag(sumi_event_writer_t *writer, const char *name,
                                    sumi_event_tag_t **tag) {
  *tag = sumi_event_writer_find_tag(writer, name);
  if (*tag) return SUMI_OK;
  SUMI_TRY(sumi__events_writer_check_usable(writer));
  pthread_mutex_lock(&writer->lock);
  const sumi_status_t status = find_or_add(writer, name, tag);
  pthread_mutex_unlock(&writer->lock);
  return status;
}

const char *sumi_event_tag_name(const sumi_event_tag_t *tag) {
  return tag->name.text;
}

const char *sumi_event_tag_plugin_name(const sumi_event_tag_t *tag) {
  return tag->plugin_name;
}

int64_t sumi_event_tag_last_step(const sumi_event_tag_t *tag) {
  return tag->last_step;
}

bool sumi_event_tag_is_older(const sumi_event_tag_t *tag) {
  return tag->is_older;
}

void *sumi_event_tag_user_data(const sumi_event_tag_t *tag) {
  return atomic_load_explicit(&tag->user_data, memory_order_acquire);
}

void sumi_event_tag_set_user_data(sumi_event_tag_t *tag, void *user_data,
                                  void (*destroy)(void *user_data)) {
  tag->destroy = destroy;
  atomic_store_explicit(&tag->user_data, user_data, memory_order_release);
}

sumi_status_t sumi__events_tag_check_plugin(const sumi_event_tag_t *tag, const char *plugin_name) {
  const char *known = tag->plugin_name;
  if (!known || !plugin_name || strcmp(plugin_name, known) == 0) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT,
                   "tag \"%s\" belongs to plugin \"%s\" and cannot take a value for \"%s\"",
                   tag->name.text, known, plugin_name);
}

bool sumi__events_tag_is_repeated(const sumi_event_tag_t *tag, int64_t step) {
  return tag->is_older && step <= tag->last_step && step < tag->writer->options.resume_step;
}

sumi_status_t sumi_event_tag_check(const sumi_event_tag_t *tag, const char *plugin_name,
                                   int64_t step, bool *repeated) {
  *repeated = false;
  SUMI_TRY(sumi__events_tag_check_plugin(tag, plugin_name));
  if (step < 0 || step > SUMI_MAX_STEP)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "tag \"%s\": step is %lld; expected 0 to 2^53 - 1",
                     tag->name.text, (long long)step);
  *repeated = sumi__events_tag_is_repeated(tag, step);
  if (*repeated || step > tag->last_step) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT,
                   "tag \"%s\": step %lld is not after %lld, the last one %s", tag->name.text,
                   (long long)step, (long long)tag->last_step,
                   tag->is_older ? "in the run's earlier event files" : "logged");
}

static sumi_status_t claim(sumi_event_tag_t *tag, const char *plugin_name, int64_t step,
                           bool *repeated) {
  SUMI_TRY(sumi_event_tag_check(tag, plugin_name, step, repeated));
  if (*repeated) {
    ++tag->writer->counts.repeated;
    return SUMI_OK;
  }
  SUMI_TRY(set_plugin(tag, plugin_name));
  sumi__events_tag_take_step(tag, step);
  return SUMI_OK;
}

sumi_status_t sumi_event_tag_claim(sumi_event_tag_t *tag, const char *plugin_name, int64_t step,
                                   bool *repeated) {
  SUMI_TRY(sumi__events_writer_check_usable(tag->writer));
  pthread_mutex_lock(&tag->writer->lock);
  const sumi_status_t status = claim(tag, plugin_name, step, repeated);
  pthread_mutex_unlock(&tag->writer->lock);
  return status;
}
