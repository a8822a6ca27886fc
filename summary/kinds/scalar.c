/* Points of curves. A scalar that is not due but may turn out to be the last is kept in its tag
 * until close. */
#include <sumi/alloc.h>
#include <sumi/summary_values.h>

#include "writer_private.h"

static sumi_status_t write_kept(sumi_writer_t *writer, sumi__summary_tag_t *tag) {
  const bool is_newest = tag->has_kept && tag->kept_step > sumi_event_tag_last_step(tag->event);
  tag->has_kept = false;
  if (!is_newest) return SUMI_OK;
  const sumi_event_value_t value = sumi__summary_scalar_value(tag, tag->kept_value);
  SUMI_TRY(
      sumi_event_writer_values(writer->events, tag->kept_step, tag->kept_wall_time_s, &value, 1));
  SUMI__COUNT(writer->scalars);
  return SUMI_OK;
}

static void finish(sumi_writer_t *writer, void *state) {
  sumi__summary_tag_t *tag = state;
  pthread_mutex_lock(&tag->lock);
  sumi__summary_keep_failure(writer, write_kept(writer, tag));
  pthread_mutex_unlock(&tag->lock);
}

sumi_status_t sumi__summary_keep_scalar(sumi_writer_t *writer, sumi__summary_tag_t *tag,
                                        int64_t step, float value) {
  if (!SUMI__RELAXED(tag->gate.keeps_last)) return SUMI_OK;
  if (tag->has_kept && step < tag->kept_step) return SUMI_OK;
  if (!tag->keeps) SUMI_TRY(sumi__summary_at_close(writer, finish, NULL, tag));
  tag->keeps = tag->has_kept = true;
  tag->kept_step = step;
  tag->kept_value = value;
  tag->kept_wall_time_s = sumi_clock_wall_s();
  return SUMI_OK;
}

sumi_event_value_t sumi__summary_scalar_value(const sumi__summary_tag_t *tag, float value) {
  return (sumi_event_value_t){.tag = tag->name,
                              .handle = tag->event,
                              .kind = SUMI_EVENT_SCALAR,
                              .scalar = value,
                              .metadata = {.plugin_name = sumi__summary_plugin_scalars,
                                           .display_name = tag->title,
                                           .description = tag->description}};
}

static sumi_status_t write_scalar(sumi_writer_t *writer, sumi__summary_tag_t *tag, int64_t step,
                                  float value) {
  if (!tag->title && !tag->description) return sumi_event_tag_scalar(tag->event, step, value);
  const sumi_event_value_t described = sumi__summary_scalar_value(tag, value);
  return sumi_event_writer_values(writer->events, step, 0, &described, 1);
}

void sumi__summary_note_scalar(sumi_writer_t *writer, int64_t step) {
  sumi__summary_note_step(writer, step);
  SUMI__COUNT(writer->scalars);
}

static sumi_status_t log_admitted(sumi_writer_t *writer, sumi__summary_tag_t *tag, int64_t step,
                                  float value) {
  bool due;
  SUMI_TRY(sumi__summary_admit(writer, tag, sumi__summary_plugin_scalars, step, &due));
  if (!due)
    return sumi__summary_refuse(writer, sumi__summary_keep_scalar(writer, tag, step, value));
  const sumi_status_t status = write_scalar(writer, tag, step, value);
  if (status != SUMI_OK) return sumi__summary_refuse(writer, status);
  sumi__summary_note_scalar(writer, step);
  return SUMI_OK;
}

sumi_status_t(sumi_writer_scalar)(sumi_writer_t *writer, const char *name, int64_t step,
                                  double value) {
  if (!writer) return SUMI_OK;
  sumi__summary_tag_t *tag = sumi__summary_tag_find(writer->events, name);
  if (tag && sumi__summary_is_shut(writer, tag, step)) return SUMI_OK;
  SUMI_TRY(sumi__summary_check_usable(writer));
  SUMI_TRY(sumi__summary_get_tag(writer, name, &tag));
  pthread_mutex_lock(&tag->lock);
  const sumi_status_t status = log_admitted(writer, tag, step, (float)value);
  pthread_mutex_unlock(&tag->lock);
  return status;
}
