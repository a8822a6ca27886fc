#include "train/snapshot.h"

#include "array/finite.h"
#include "exec/plan/session.h"

#include <sumi/alloc.h>

#include <string.h>

typedef struct sumi__tensor_kept_variable {
  const sumi__tensor_variable_t *variable;
  sumi_array_t *copy;
  bool has_value;
} kept_variable_t;

typedef struct sumi__tensor_kept_stream {
  const sumi__tensor_stream_t *stream;
  uint64_t used_blocks;
} kept_stream_t;

static sumi_status_t reserve(sumi__tensor_snapshot_t *s, int variables, int streams) {
  if (variables > s->variable_capacity) {
    kept_variable_t *list = sumi_realloc_array(s->variables, (size_t)variables, sizeof *list);
    if (!list) return sumi_fail_alloc("a copy of a session", 0);
    memset(list + s->variable_capacity, 0,
           (size_t)(variables - s->variable_capacity) * sizeof *list);
    s->variables = list;
    s->variable_capacity = variables;
  }
  if (streams > s->stream_capacity) {
    kept_stream_t *list = sumi_realloc_array(s->streams, (size_t)streams, sizeof *list);
    if (!list) return sumi_fail_alloc("a copy of a session", 0);
    s->streams = list;
    s->stream_capacity = streams;
  }
  return SUMI_OK;
}

static sumi_status_t keep(kept_variable_t *kept, const sumi__tensor_variable_t *variable) {
  const sumi_array_t *value = variable->array;
  kept->variable = variable;
  kept->has_value = value != NULL;
  if (!value) return SUMI_OK;
  if (kept->copy && sumi_dims_equal(sumi_array_dims(kept->copy), sumi_array_dims(value))) {
    memcpy(sumi_array_data(kept->copy), sumi_array_data(value), sumi_array_size_bytes(value));
    return SUMI_OK;
  }
  sumi_array_unref(kept->copy);
  kept->copy = sumi_array_copy(value);
  return kept->copy ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

/* A variable's number is its place: it never changes. */
sumi_status_t sumi__tensor_snapshot_take(sumi__tensor_snapshot_t *s,
                                         const sumi_session_t *session) {
  int streams = 0;
  for (const sumi__tensor_stream_t *at = session->streams; at; at = at->next) ++streams;
  const int variables = session->variables ? session->variables->number + 1 : 0;
  SUMI_TRY(reserve(s, variables, streams));
  s->variable_count = variables;
  s->stream_count = 0;
  for (const sumi__tensor_variable_t *v = session->variables; v; v = v->next)
    SUMI_TRY(keep(&s->variables[v->number], v));
  for (const sumi__tensor_stream_t *at = session->streams; at; at = at->next)
    s->streams[s->stream_count++] = (kept_stream_t){at, at->used_blocks};
  return SUMI_OK;
}

static void put_back(const sumi__tensor_snapshot_t *s, sumi_session_t *session,
                     sumi__tensor_variable_t *v) {
  const kept_variable_t *kept = v->number < s->variable_count ? &s->variables[v->number] : NULL;
  sumi_array_t *value = kept && kept->has_value ? kept->copy : NULL;
  if (value && v->array && sumi_dims_equal(sumi_array_dims(value), sumi_array_dims(v->array))) {
    memcpy(sumi_array_data(v->array), sumi_array_data(value), sumi_array_size_bytes(value));
    return;
  }
  if (!value && !v->array) return;
  sumi_array_unref(v->array);
  v->array = value ? sumi_array_ref(value) : NULL;
  ++session->variable_generation;
}

void sumi__tensor_snapshot_restore(const sumi__tensor_snapshot_t *s, sumi_session_t *session) {
  for (sumi__tensor_variable_t *v = session->variables; v; v = v->next) put_back(s, session, v);
  for (sumi__tensor_stream_t *at = session->streams; at; at = at->next) {
    at->used_blocks = 0;
    for (int i = 0; i < s->stream_count; ++i)
      if (s->streams[i].stream == at) at->used_blocks = s->streams[i].used_blocks;
  }
}

void sumi__tensor_snapshot_release(sumi__tensor_snapshot_t *s) {
  for (int i = 0; i < s->variable_capacity; ++i) sumi_array_unref(s->variables[i].copy);
  sumi_free(s->variables);
  sumi_free(s->streams);
  *s = (sumi__tensor_snapshot_t){0};
}

const char *sumi__tensor_not_finite(const sumi_session_t *session) {
  for (const sumi__tensor_variable_t *v = session->variables; v; v = v->next) {
    if (!v->array) continue;
    const sumi_array_view_t view = sumi_array_view(v->array);
    if (sumi__tensor_first_not_finite(&view) >= 0) return v->op->name;
  }
  return NULL;
}
