/* A step as a file: a checkpoint, with the feeds as arrays more and the targets as text. */
#include <sumi/capsule.h>

#include "graph/graph_internal.h"

#include <sumi/options.h>

#include <stdlib.h>
#include <string.h>

#define FEED_PREFIX "feed/"
#define TARGETS     "targets" /* metadata: names, one a line */

/* ---- Saving ---- */

/* A new reference, or a copy of what is fed by pointer. */
static sumi_array_t *array_of(const sumi_feed_t *feed) {
  if (feed->array) return sumi_array_ref((sumi_array_t *)(uintptr_t)feed->array);
  return sumi_array_from(sumi_tensor_dtype(feed->tensor), feed->dims, feed->data);
}

static sumi_status_t fill_feeds(sumi_arena_t *arena, sumi_feeds_t feeds,
                                sumi_named_array_t *arrays) {
  for (int i = 0; i < feeds.count; ++i) {
    const sumi_feed_t *feed = &feeds.list[i];
    if (!feed->tensor.op || (!feed->array && !feed->data))
      return sumi_fail(SUMI_INVALID_ARGUMENT, "a capsule: feed %d has no %s", i,
                       feed->tensor.op ? "value" : "tensor");
    arrays[i].name = sumi_arena_printf(arena, FEED_PREFIX "%s:%d", sumi_op_name(feed->tensor.op),
                                       feed->tensor.index);
    arrays[i].array = array_of(feed);
    if (!arrays[i].name || !arrays[i].array) return sumi_fail_alloc("a capsule's feed", 0);
  }
  return SUMI_OK;
}

static sumi_status_t write_targets(sumi_ops_t targets, sumi_buffer_t *text) {
  for (int i = 0; i < targets.count; ++i)
    sumi_buffer_printf(text, "%s%s", i ? "\n" : "", sumi_op_name(targets.list[i]));
  return sumi_buffer_text(text) ? SUMI_OK : sumi_fail_alloc("a capsule's targets", 0);
}

static sumi_status_t save(sumi_session_t *session, const char *path, int64_t step,
                          const sumi_capsule_options_t *options, sumi_arena_t *arena,
                          sumi_named_array_t *arrays) {
  sumi_buffer_t text = {0};
  sumi_status_t status = fill_feeds(arena, options->feeds, arrays);
  if (status == SUMI_OK) status = write_targets(options->targets, &text);
  if (status == SUMI_OK) {
    const sumi_named_text_t targets = {TARGETS, sumi_buffer_text(&text)};
    status = sumi_save(session, path, step, .metadata_count = 1, .metadata = &targets,
                       .array_count = options->feeds.count, .arrays = arrays,
                       .format = SUMI_CHECKPOINT_SAFETENSORS);
  }
  sumi_buffer_release(&text);
  return status;
}

sumi_status_t sumi_capsule_save_with(sumi_session_t *session, const char *path, int64_t step,
                                     const sumi_capsule_options_t *given) {
  sumi_capsule_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  const sumi_ops_t targets = options.targets;
  const sumi_feeds_t feeds = options.feeds;
  if (targets.count < 0 || feeds.count < 0 || (targets.count && !targets.list) ||
      (feeds.count && !feeds.list))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "a capsule: %d targets and %d feeds without lists",
                     targets.count, feeds.count);
  sumi_arena_t *arena = sumi_arena_new();
  sumi_named_array_t *arrays =
      arena ? sumi_arena_calloc(arena, (size_t)feeds.count + 1, sizeof *arrays) : NULL;
  const sumi_status_t status = arrays ? save(session, path, step, &options, arena, arrays)
                                      : sumi_fail_alloc("a capsule", 0);
  for (int i = 0; arrays && i < feeds.count; ++i)
    sumi_array_unref((sumi_array_t *)(uintptr_t)arrays[i].array);
  sumi_arena_free(arena);
  return status;
}

/* ---- Running it again ---- */

typedef struct replay {
  sumi_session_t *session;
  const char *path;
  const sumi_safetensors_t *file;
  sumi_arena_t *arena;
  sumi_ops_t targets;
  sumi_feeds_t feeds;
  sumi_array_t **arrays; /* of the feeds */
} replay_t;

static sumi_op_t *find(const replay_t *r, const char *name, const char *what) {
  sumi_op_t *op = (sumi_op_t *)(uintptr_t)sumi_graph_find_op(sumi_session_graph(r->session), name);
  if (!op) sumi_fail(SUMI_NOT_FOUND, "%s: the graph has no %s '%s'", r->path, what, name);
  return op;
}

static sumi_status_t find_targets(replay_t *r) {
  const char *text = sumi_safetensors_metadata(r->file, TARGETS);
  if (!text)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s is no capsule: it names no targets", r->path);
  char *names = sumi_arena_strdup(r->arena, text), *rest = names;
  sumi_op_t **list = sumi_arena_calloc(r->arena, strlen(text) + 1, sizeof *list);
  if (!names || !list) return sumi_fail_alloc("a capsule's targets", strlen(text));
  int count = 0;
  for (const char *name = strtok_r(names, "\n", &rest); name; name = strtok_r(NULL, "\n", &rest)) {
    list[count] = find(r, name, "target");
    if (!list[count++]) return SUMI_NOT_FOUND;
  }
  r->targets = (sumi_ops_t){count, list};
  return SUMI_OK;
}

/* "feed/<node>:<output>" */
static sumi_status_t find_feed(replay_t *r, const char *name, sumi_feed_t *feed) {
  char *tensor = sumi_arena_strdup(r->arena, name + strlen(FEED_PREFIX));
  if (!tensor) return sumi_fail_alloc("a capsule's feed", strlen(name));
  char *colon = strrchr(tensor, ':'), *end = NULL;
  const long index = colon ? strtol(colon + 1, &end, 10) : -1;
  if (!colon || end == colon + 1 || *end)
    return sumi_fail(SUMI_DATA_LOSS, "%s: '%s' names no tensor", r->path, name);
  *colon = '\0';
  sumi_op_t *op = find(r, tensor, "fed node");
  if (!op) return SUMI_NOT_FOUND;
  if (index < 0 || index >= sumi_op_output_count(op))
    return sumi_fail(SUMI_NOT_FOUND, "%s: node '%s' has %d outputs, and output %ld is fed", r->path,
                     tensor, sumi_op_output_count(op), index);
  SUMI_TRY(sumi_safetensors_read(r->file, name, &r->arrays[r->feeds.count]));
  feed->tensor = sumi_op_output(op, (int)index);
  feed->array = r->arrays[r->feeds.count++];
  return SUMI_OK;
}

static sumi_status_t find_feeds(replay_t *r) {
  const int64_t count = sumi_safetensors_count(r->file);
  sumi_feed_t *feeds = sumi_arena_calloc(r->arena, (size_t)count + 1, sizeof *feeds);
  r->arrays = sumi_arena_calloc(r->arena, (size_t)count + 1, sizeof *r->arrays);
  if (!feeds || !r->arrays) return sumi_fail_alloc("a capsule's feeds", 0);
  r->feeds.list = feeds;
  for (int64_t i = 0; i < count; ++i) {
    const char *name = sumi_safetensors_at(r->file, i)->name;
    if (strncmp(name, FEED_PREFIX, strlen(FEED_PREFIX)) == 0 && strchr(name, ':'))
      SUMI_TRY(find_feed(r, name, &feeds[r->feeds.count]));
  }
  return SUMI_OK;
}

static sumi_status_t replay(replay_t *r, const sumi_replay_options_t *options) {
  SUMI_TRY(find_targets(r));
  SUMI_TRY(find_feeds(r));
  SUMI_TRY(sumi_restore(r->session, r->path, .step = options->step));
  return sumi_session_run(r->session, .targets = r->targets, .feeds = r->feeds,
                          .fetches = options->fetches, .trace = options->trace);
}

sumi_status_t sumi_capsule_replay_with(sumi_session_t *session, const char *path,
                                       const sumi_replay_options_t *given) {
  sumi_replay_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!session || !sumi_session_graph(session) || !path)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "a capsule: %s is NULL",
                     path ? "the session or its graph" : "path");
  SUMI_TRY(sumi__tensor_graph_repeat(sumi_session_graph(session)));
  sumi_safetensors_t *file;
  SUMI_TRY(sumi_safetensors_open(path, &file));
  replay_t r = {.session = session, .path = path, .file = file, .arena = sumi_arena_new()};
  const sumi_status_t status = r.arena ? replay(&r, &options) : sumi_fail_alloc("a capsule", 0);
  for (int i = 0; i < r.feeds.count; ++i) sumi_array_unref(r.arrays[i]);
  sumi_arena_free(r.arena);
  sumi_safetensors_close(file);
  return status;
}
