#include "writer_private.h"

#include <sumi/alloc.h>
#include <sumi/utf8.h>

#include <string.h>

const char sumi__summary_plugin_scalars[] = "scalars",
           sumi__summary_plugin_histograms[] = "histograms",
           sumi__summary_plugin_images[] = "images", sumi__summary_plugin_text[] = "text",
           sumi__summary_plugin_audio[] = "audio", sumi__summary_plugin_pr_curves[] = "pr_curves",
           sumi__summary_plugin_mesh[] = "mesh";

static void tag_free(void *user_data) {
  sumi__summary_tag_t *tag = user_data;
  pthread_mutex_destroy(&tag->lock);
  sumi_free(tag->title);
  sumi_free(tag->description);
  sumi_free(tag);
}

sumi__summary_tag_t *sumi__summary_tag_find(const sumi_event_writer_t *events, const char *name) {
  const sumi_event_tag_t *tag = sumi_event_writer_find_tag(events, name);
  return tag ? sumi_event_tag_user_data(tag) : NULL;
}

static sumi_status_t check_name(const char *name) {
  SUMI_TRY(sumi_utf8_check("tag", name));
  const size_t length = strlen(name);
  if (length == 0) return sumi_fail(SUMI_INVALID_ARGUMENT, "tag is empty");
  if (length > SUMI__MAX_TAG_BYTES)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the tag is %zu bytes long; %d are allowed", length,
                     (int)SUMI__MAX_TAG_BYTES);
  return SUMI_OK;
}

/* What the run's older files hold counts as served too. */
static int64_t served_step(const sumi_event_tag_t *event, int64_t first_step) {
  const int64_t last = sumi_event_tag_last_step(event);
  return last >= first_step ? last : first_step - 1;
}

static sumi_status_t attach(sumi_event_tag_t *event, int64_t first_step,
                            sumi__summary_tag_t **tag) {
  *tag = sumi_event_tag_user_data(event);
  if (*tag) return SUMI_OK;
  *tag = sumi_calloc(1, sizeof **tag);
  if (!*tag) return sumi_fail_alloc("a tag", sizeof **tag);
  (*tag)->event = event;
  (*tag)->name = sumi_event_tag_name(event);
  sumi__summary_gate_init(&(*tag)->gate, served_step(event, first_step));
  pthread_mutex_init(&(*tag)->lock, NULL);
  sumi_event_tag_set_user_data(event, *tag, tag_free);
  return SUMI_OK;
}

sumi_status_t sumi__summary_tag_get(sumi_event_writer_t *events, pthread_mutex_t *lock,
                                    const char *name, int64_t first_step,
                                    sumi__summary_tag_t **tag) {
  *tag = sumi__summary_tag_find(events, name);
  if (*tag) return SUMI_OK;
  SUMI_TRY(check_name(name));
  sumi_event_tag_t *event;
  SUMI_TRY(sumi_event_writer_tag(events, name, &event));
  pthread_mutex_lock(lock);
  const sumi_status_t status = attach(event, first_step, tag);
  pthread_mutex_unlock(lock);
  return status;
}
