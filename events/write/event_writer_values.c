#include "event_writer.h"

#include <sumi/clock.h>
#include <sumi/utf8.h>

#include <math.h>
#include <string.h>

#include "encode/value_encode.h"

static const sumi_event_metadata_t scalar_metadata = {.plugin_name = "scalars"};

sumi_status_t sumi__events_writer_check_step(int64_t step) {
  if (step >= 0 && step <= SUMI_MAX_STEP) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "step is %lld; expected 0 to 2^53 - 1", (long long)step);
}

static sumi_status_t check_wall_time(double *wall_time_s) {
  if (*wall_time_s == 0) *wall_time_s = sumi_clock_wall_s();
  if (isfinite(*wall_time_s)) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "the wall time %g is not finite", *wall_time_s);
}

static const char *plugin_of(const sumi_event_value_t *value) {
  const char *name = value->metadata.plugin_name;
  return name && *name ? name : NULL;
}

/* The first value of a tag brings its metadata. */
static sumi_status_t describe(sumi_event_tag_t *tag, const sumi_event_value_t *value) {
  const bool has_metadata = plugin_of(value) != NULL;
  if (!has_metadata && value->kind != SUMI_EVENT_SCALAR)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "the first value of tag \"%s\" needs metadata with a plugin name",
                     tag->name.text);
  const sumi_event_metadata_t *metadata = has_metadata ? &value->metadata : &scalar_metadata;
  SUMI_TRY(sumi__events_value_check(value, metadata->plugin_name));
  return sumi__events_tag_describe(tag, metadata);
}

/* The tag of a value, described. */
static sumi_status_t resolve(sumi_event_writer_t *writer, const sumi_event_value_t *value,
                             sumi_event_tag_t **tag) {
  if (!value->tag) return sumi_fail(SUMI_INVALID_ARGUMENT, "the tag is NULL");
  *tag = value->handle ? value->handle : sumi_name_table_find(&writer->tags, value->tag);
  if (!*tag) SUMI_TRY(sumi__events_tag_add(writer, value->tag, tag));
  if (!(*tag)->metadata) return describe(*tag, value);
  SUMI_TRY(sumi__events_tag_check_plugin(*tag, plugin_of(value)));
  return sumi__events_value_check(value, (*tag)->plugin_name);
}

static sumi_status_t check_once(sumi_event_writer_t *writer, sumi_event_tag_t *tag) {
  if (tag->last_call == writer->calls)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "tag \"%s\" stands twice in one event", tag->name.text);
  tag->last_call = writer->calls;
  return SUMI_OK;
}

/* Values that are only metadata may repeat their tag's step. */
static sumi_status_t check_order(const sumi_event_tag_t *tag, const sumi_event_value_t *value,
                                 int64_t step, bool *repeated) {
  *repeated = false;
  if (value->claimed) return SUMI_OK;
  if (value->kind != SUMI_EVENT_EMPTY)
    return sumi_event_tag_check(tag, plugin_of(value), step, repeated);
  *repeated = sumi__events_tag_is_repeated(tag, step);
  return sumi__events_tag_check_plugin(tag, plugin_of(value));
}

/* An event about to be queued. */
typedef struct plan {
  size_t queue_bytes; /* of the queued event */
  size_t event_bytes; /* of the written one, at most */
  size_t value_count; /* without those left out */
} plan_t;

static void add_value(plan_t *plan, const sumi_event_tag_t *tag, const sumi_event_value_t *value) {
  const size_t tensor = sumi__events_tensor_size(value);
  plan->queue_bytes += sizeof(sumi__events_queued_value_t) + sumi__events_queue_align(tensor);
  plan->event_bytes += tensor + tag->name.size_bytes + tag->metadata_size_bytes + 64;
  ++plan->value_count;
}

/* Checks every value and fills writer->resolved with its tag, NULL where it is left out. */
static sumi_status_t prepare(sumi_event_writer_t *writer, int64_t step,
                             const sumi_event_value_t *values, size_t count, plan_t *plan) {
  ++writer->calls;
  sumi_buffer_clear(&writer->resolved);
  *plan = (plan_t){.queue_bytes = sizeof(sumi__events_queued_event_t), .event_bytes = 64};
  for (size_t i = 0; i < count; ++i) {
    sumi_event_tag_t *tag;
    SUMI_TRY(resolve(writer, &values[i], &tag));
    bool repeated;
    SUMI_TRY(check_order(tag, &values[i], step, &repeated));
    if (repeated) {
      tag = NULL;
    } else {
      SUMI_TRY(check_once(writer, tag));
      add_value(plan, tag, &values[i]);
    }
    if (plan->event_bytes > INT32_MAX)
      return sumi_fail(SUMI_INVALID_ARGUMENT,
                       "an event of more than 2 GiB at value %zu, tag \"%s\"", i, values[i].tag);
    sumi_buffer_append(&writer->resolved, &tag, sizeof tag);
  }
  return sumi_buffer_status(&writer->resolved, "an event's tags");
}

/* The values into the queue; from here on nothing fails. */
static void put_values(sumi_event_writer_t *writer, sumi__events_queued_event_t *event,
                       const sumi_event_value_t *values, size_t count) {
  sumi_event_tag_t *const *tags = (sumi_event_tag_t *const *)(void *)writer->resolved.data;
  sumi__events_queued_value_t *to = sumi__events_queued_values(event);
  for (size_t i = 0; i < count; ++i) {
    if (!tags[i]) continue;
    to->tag = tags[i];
    to->tensor_size_bytes = sumi__events_tensor_size(&values[i]);
    sumi__events_tensor_put(sumi__events_queued_tensor(to), &values[i]);
    sumi__events_tag_take_step(to->tag, event->step);
    to = sumi__events_queued_next(to);
  }
}

static void fill_event(sumi_event_writer_t *writer, sumi__events_queued_event_t *event,
                       size_t value_count, int64_t step, double wall_time_s) {
  event->value_count = value_count;
  event->what_size_bytes = 0;
  event->step = step;
  event->wall_time_s = wall_time_s;
  ++writer->counts.queued;
  if (writer->queue.used > writer->queue.limit_bytes / 2) sumi__events_writer_wake(writer);
}

/* With the lock held, but for the wait for room; what was checked before a wait is checked again
 * after it. */
static sumi_status_t queue_values(sumi_event_writer_t *writer, int64_t step, double wall_time_s,
                                  const sumi_event_value_t *values, size_t count) {
  plan_t plan;
  bool waited = true;
  while (waited) {
    SUMI_TRY(prepare(writer, step, values, count, &plan));
    if (plan.value_count == 0) break;
    sumi__events_writer_make_room(writer, plan.queue_bytes, &waited);
  }
  if (plan.value_count > 0) {
    sumi__events_queued_event_t *event = sumi__events_queue_push(&writer->queue, plan.queue_bytes);
    if (!event) return sumi_fail_alloc("an event in the queue", plan.queue_bytes);
    fill_event(writer, event, plan.value_count, step, wall_time_s);
    put_values(writer, event, values, count);
  }
  writer->counts.repeated += count - plan.value_count;
  return SUMI_OK;
}

sumi_status_t sumi_event_writer_values(sumi_event_writer_t *writer, int64_t step,
                                       double wall_time_s, const sumi_event_value_t *values,
                                       size_t count) {
  SUMI_TRY(sumi__events_writer_check_usable(writer));
  sumi_status_t status = sumi__events_writer_check_step(step);
  if (status == SUMI_OK) status = check_wall_time(&wall_time_s);
  if (status == SUMI_OK && (!values || count == 0))
    status = sumi_fail(SUMI_INVALID_ARGUMENT, "an event without values");
  if (status != SUMI_OK) return sumi__events_writer_refuse(writer, status);
  pthread_mutex_lock(&writer->lock);
  status = queue_values(writer, step, wall_time_s, values, count);
  if (status != SUMI_OK) ++writer->counts.refused;
  pthread_mutex_unlock(&writer->lock);
  return status;
}

/* The common case: a known scalar tag, a step that goes up, room in the queue. false asks for the
 * general way. */
static bool queue_scalar(sumi_event_writer_t *writer, sumi_event_tag_t *tag, int64_t step,
                         float value, double wall_time_s) {
  enum { TENSOR_BYTES = 8 }; /* a float32 of rank 0 */
  const size_t size = sizeof(sumi__events_queued_event_t) + sizeof(sumi__events_queued_value_t) +
                      TENSOR_BYTES;
  if (!tag->is_scalar || step <= tag->last_step) return false;
  if (!sumi__events_queue_fits(&writer->queue, size)) return false;
  sumi__events_queued_event_t *event = sumi__events_queue_push(&writer->queue, size);
  if (!event) return false;
  fill_event(writer, event, 1, step, wall_time_s);
  sumi__events_queued_value_t *queued = sumi__events_queued_values(event);
  *queued = (sumi__events_queued_value_t){tag, TENSOR_BYTES};
  sumi__events_scalar_tensor_put(sumi__events_queued_tensor(queued), value);
  sumi__events_tag_take_step(tag, step);
  return true;
}

static sumi_status_t write_scalar(sumi_event_writer_t *writer, sumi_event_tag_t *tag,
                                  const char *name, int64_t step, float value) {
  const double now = sumi_clock_wall_s();
  if (tag && step <= SUMI_MAX_STEP && isfinite(now)) {
    pthread_mutex_lock(&writer->lock);
    const bool queued = queue_scalar(writer, tag, step, value, now);
    pthread_mutex_unlock(&writer->lock);
    if (queued) return SUMI_OK;
  }
  const sumi_event_value_t one = {
      .tag = name, .handle = tag, .kind = SUMI_EVENT_SCALAR, .scalar = value};
  return sumi_event_writer_values(writer, step, now, &one, 1);
}

sumi_status_t(sumi_event_writer_scalar)(sumi_event_writer_t *writer, const char *tag, int64_t step,
                                        float value) {
  SUMI_TRY(sumi__events_writer_check_usable(writer));
  return write_scalar(writer, sumi_event_writer_find_tag(writer, tag), tag, step, value);
}

sumi_status_t(sumi_event_tag_scalar)(sumi_event_tag_t *tag, int64_t step, float value) {
  SUMI_TRY(sumi__events_writer_check_usable(tag->writer));
  return write_scalar(tag->writer, tag, tag->name.text, step, value);
}
