/* What tells plans apart: fetches, targets, and the dtypes and shapes of the feeds. */
#include "exec/plan/session.h"

#include <string.h>

static bool elements_match(const sumi__tensor_key_feed_t *key, const sumi_feed_t *feed) {
  const void *data = sumi__tensor_feed_data(feed);
  const int64_t count = sumi_dims_count(key->dims);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t value = key->dtype == SUMI_INT32 ? ((const int32_t *)data)[i]
                                                   : ((const int64_t *)data)[i];
    if (value != key->values[i]) return false;
  }
  return true;
}

static bool feed_matches(const sumi__tensor_key_feed_t *key, const sumi_feed_t *feed) {
  if (key->op != feed->tensor.op || key->index != feed->tensor.index) return false;
  if (key->dtype != sumi__tensor_feed_dtype(feed)) return false;
  const sumi_dims_t dims = sumi__tensor_feed_dims(feed);
  if (dims.rank != key->dims.rank) return false;
  for (int i = 0; i < dims.rank; ++i)
    if (dims.size[i] != key->dims.size[i]) return false;
  if (!sumi__tensor_feed_data(feed) && sumi_dims_count(dims) != 0) return false;
  return !key->by_value || elements_match(key, feed);
}

bool sumi__tensor_key_matches(const sumi__tensor_key_t *key, const sumi_run_options_t *run) {
  if (key->feed_count != run->feeds.count || key->fetch_count != run->fetches.count ||
      key->target_count != run->targets.count)
    return false;
  for (int i = 0; i < key->target_count; ++i)
    if (key->targets[i] != run->targets.list[i]) return false;
  for (int i = 0; i < key->fetch_count; ++i)
    if (key->fetches[i].op != run->fetches.list[i].tensor.op ||
        key->fetches[i].index != run->fetches.list[i].tensor.index)
      return false;
  for (int i = 0; i < key->feed_count; ++i)
    if (!feed_matches(&key->feeds[i], &run->feeds.list[i])) return false;
  return true;
}

sumi_status_t sumi__tensor_key_make(sumi__tensor_key_t *key, const sumi_run_options_t *run,
                                    sumi_arena_t *memory) {
  *key = (sumi__tensor_key_t){
      run->feeds.count, run->fetches.count, run->targets.count, NULL, NULL, NULL};
  key->feeds = sumi_arena_calloc(memory, (size_t)key->feed_count, sizeof *key->feeds);
  key->fetches = sumi_arena_calloc(memory, (size_t)key->fetch_count, sizeof *key->fetches);
  key->targets = sumi_arena_calloc(memory, (size_t)key->target_count, sizeof *key->targets);
  if (!key->feeds || !key->fetches || !key->targets) return sumi_fail_alloc("a plan", sizeof *key);
  for (int i = 0; i < key->feed_count; ++i) {
    const sumi_feed_t *feed = &run->feeds.list[i];
    key->feeds[i] = (sumi__tensor_key_feed_t){.op = feed->tensor.op,
                                              .index = feed->tensor.index,
                                              .dtype = sumi__tensor_feed_dtype(feed),
                                              .dims = sumi__tensor_feed_dims(feed)};
  }
  for (int i = 0; i < key->fetch_count; ++i) {
    key->fetches[i].op = run->fetches.list[i].tensor.op;
    key->fetches[i].index = run->fetches.list[i].tensor.index;
  }
  for (int i = 0; i < key->target_count; ++i) key->targets[i] = run->targets.list[i];
  return SUMI_OK;
}
