/* Points of curves. A scalar that is not due but may turn out to be the last is kept in its tag
 * until close. */
#include <sumi/alloc.h>
#include <sumi/summary_values.h>

#include "writer_private.h"

void sumi__keep_scalar(sumi__tag_t *tag, int64_t step, float value) {
  if (!SUMI__RELAXED(tag->gate.keeps_last)) return;
  if (tag->has_kept && step < tag->kept_step) return;
  tag->has_kept = true;
  tag->kept_step = step;
  tag->kept_value = value;
  tag->kept_wall_time_s = sumi_clock_wall_s();
}

sumi_event_value_t sumi__scalar_value(const sumi__tag_t *tag, float value) {
  return (sumi_event_value_t){.tag = tag->name,
                              .kind = SUMI_EVENT_SCALAR,
                              .scalar = value,
                              .metadata = {.plugin_name = sumi__plugin_scalars,
                                           .display_name = tag->title,
                                           .description = tag->description}};
}

static sumi_status_t write_scalar(sumi_writer_t *writer, sumi__tag_t *tag, int64_t step,
                                  float value) {
  if (!tag->title && !tag->description)
    return sumi_event_writer_scalar(writer->events, tag->name, step, value);
  const sumi_event_value_t described = sumi__scalar_value(tag, value);
  return sumi_event_writer_values(writer->events, step, 0, &described, 1);
}

void sumi__note_scalar(sumi_writer_t *writer, sumi__tag_t *tag, int64_t step) {
  tag->plugin = sumi__plugin_scalars;
  sumi__note_logged(writer, tag, step);
  SUMI__COUNT(writer->scalars);
}

static sumi_status_t log_admitted(sumi_writer_t *writer, sumi__tag_t *tag, int64_t step,
                                  float value) {
  bool due;
  SUMI_TRY(sumi__admit(writer, tag, sumi__plugin_scalars, step, &due));
  if (!due) {
    sumi__keep_scalar(tag, step, value);
    return SUMI_OK;
  }
  const sumi_status_t status = write_scalar(writer, tag, step, value);
  if (status != SUMI_OK) return sumi__refuse(writer, status);
  sumi__note_scalar(writer, tag, step);
  return SUMI_OK;
}

sumi_status_t sumi_writer_scalar(sumi_writer_t *writer, const char *name, int64_t step,
                                 double value) {
  if (!writer) return SUMI_OK;
  sumi__tag_t *tag = writer->events ? sumi__tags_find(&writer->tags, name) : NULL;
  if (tag && sumi__is_shut(writer, tag, step)) return SUMI_OK;
  SUMI_TRY(sumi__check_usable(writer));
  SUMI_TRY(sumi__get_tag(writer, name, &tag));
  pthread_mutex_lock(&tag->lock);
  const sumi_status_t status = log_admitted(writer, tag, step, (float)value);
  pthread_mutex_unlock(&tag->lock);
  return status;
}
