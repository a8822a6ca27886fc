/* Hyper-parameters and the layout of custom scalars: messages of their own under fixed tags. */
#include <sumi/options.h>
#include <sumi/buffer.h>
#include <sumi/clock.h>
#include <sumi/summary_run.h>

#include "../writer_private.h"

/* Writes `content` under a tag of the hparams plugin, which reads metadata only, and releases
 * it. */
static sumi_status_t write_hparams(sumi_writer_t *writer, const char *tag, int64_t step,
                                   sumi_status_t status, sumi_buffer_t *content) {
  const sumi_event_value_t value = {
      .tag = tag,
      .kind = SUMI_EVENT_EMPTY,
      .metadata = {.plugin_name = "hparams", .plugin_content = {content->data, content->size}}};
  status = status == SUMI_OK ? sumi__summary_write_now(writer, step, &value)
                             : sumi__summary_refuse(writer, status);
  sumi_buffer_release(content);
  return status;
}

/* How the trial ended. */
static void finish(sumi_writer_t *writer, void *unused) {
  (void)unused;
  /* At the run's last step, so that resuming before it removes this end too. */
  const int64_t newest = SUMI__RELAXED(writer->newest_step);
  const int64_t step = newest > writer->first_step ? newest : writer->first_step;
  sumi_buffer_t content = {0};
  write_hparams(writer, SUMI_TAG_HPARAMS_SESSION_END, step,
                sumi_plugin_hparams_session_end(&content, writer->hparams_end, sumi_clock_wall_s()),
                &content);
}

sumi_status_t sumi_writer_hparams_with(sumi_writer_t *writer, const sumi_hparam_t *hparams,
                                       size_t count, const sumi_hparams_options_t *given) {
  sumi_hparams_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!writer) return SUMI_OK;
  SUMI_TRY(sumi__summary_check_usable(writer));
  const sumi_hparams_session_t session = {.group_name = options.group,
                                          .start_time_s = sumi_clock_wall_s()};
  sumi_buffer_t content = {0};
  const sumi_status_t status = write_hparams(
      writer, SUMI_TAG_HPARAMS_SESSION_START, writer->first_step,
      sumi_plugin_hparams_session_start(&content, hparams, count, &session), &content);
  if (status != SUMI_OK || atomic_exchange(&writer->has_hparams, true)) return status;
  return sumi__summary_refuse(writer, sumi__summary_at_close(writer, finish, NULL, NULL));
}

sumi_status_t sumi_writer_hparams_end(sumi_writer_t *writer, sumi_hparams_status_t end) {
  if (!writer) return SUMI_OK;
  SUMI_TRY(sumi__summary_check_usable(writer));
  if (end < SUMI_HPARAMS_UNKNOWN || end > SUMI_HPARAMS_RUNNING)
    return sumi__summary_refuse(
        writer, sumi_fail(SUMI_INVALID_ARGUMENT, "%d is no status of a trial", (int)end));
  writer->hparams_end = end;
  return SUMI_OK;
}

sumi_status_t sumi_writer_experiment(sumi_writer_t *writer,
                                     const sumi_hparams_experiment_t *experiment) {
  if (!writer) return SUMI_OK;
  SUMI_TRY(sumi__summary_check_usable(writer));
  if (!experiment)
    return sumi__summary_refuse(writer, sumi_fail(SUMI_INVALID_ARGUMENT, "experiment is NULL"));
  sumi_hparams_experiment_t dated = *experiment;
  if (dated.time_created_s == 0) dated.time_created_s = sumi_clock_wall_s();
  sumi_buffer_t content = {0};
  return write_hparams(writer, SUMI_TAG_HPARAMS_EXPERIMENT, writer->first_step,
                       sumi_plugin_hparams_experiment(&content, &dated), &content);
}

sumi_status_t sumi_writer_custom_scalars(sumi_writer_t *writer,
                                         const sumi_custom_category_t *categories, size_t count) {
  if (!writer) return SUMI_OK;
  SUMI_TRY(sumi__summary_check_usable(writer));
  sumi_buffer_t layout = {0};
  sumi_status_t status = sumi_plugin_custom_scalars_layout(&layout, categories, count);
  const sumi_bytes_view_t item = {layout.data, layout.size};
  const sumi_event_value_t value = {.tag = SUMI_TAG_CUSTOM_SCALARS,
                                    .kind = SUMI_EVENT_STRINGS,
                                    .strings = {.items = &item},
                                    .metadata = {.plugin_name = "custom_scalars"}};
  status = status == SUMI_OK ? sumi__summary_write_now(writer, writer->first_step, &value)
                             : sumi__summary_refuse(writer, status);
  sumi_buffer_release(&layout);
  return status;
}
