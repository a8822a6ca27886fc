#include "train/step_keeper.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

sumi_status_t sumi__tensor_step_keeper_begin(sumi__tensor_step_keeper_t *keeper) {
  return keeper->path ? sumi__tensor_snapshot_take(&keeper->before, keeper->session) : SUMI_OK;
}

sumi_status_t sumi__tensor_step_keeper_check(const sumi__tensor_step_keeper_t *keeper,
                                             int64_t step) {
  const char *name = keeper->path ? sumi__tensor_not_finite(keeper->session) : NULL;
  if (!name) return SUMI_OK;
  return sumi_fail(SUMI_DATA_LOSS, "step %" PRId64 ": variable '%s' is not finite any more", step,
                   name);
}

/* Runs the capsule where every number is looked at; the message, "" when all of them are finite. */
static void look_closer(const sumi__tensor_step_keeper_t *keeper, char *message, size_t size) {
  sumi_session_t *session = sumi_session_new(sumi_session_graph(keeper->session),
                                             .check_numerics = true);
  const sumi_status_t status = session ? sumi_capsule_replay(session, keeper->path) : SUMI_OK;
  snprintf(message, size, "%s%s", status == SUMI_INVALID_ARGUMENT ? "; " : "",
           status == SUMI_INVALID_ARGUMENT ? sumi_error_message() : "");
  sumi_session_free(session);
}

sumi_status_t sumi__tensor_step_keeper_fail(sumi__tensor_step_keeper_t *keeper, int64_t step,
                                            sumi_ops_t targets, sumi_feeds_t feeds,
                                            sumi_status_t status) {
  if (!keeper->path) return status;
  char message[SUMI_ERROR_MESSAGE_MAX / 4], closer[SUMI_ERROR_MESSAGE_MAX / 2] = "";
  snprintf(message, sizeof message, "%s", sumi_error_message());
  sumi__tensor_snapshot_restore(&keeper->before, keeper->session);
  const sumi_status_t saved = sumi_capsule_save(keeper->session, keeper->path, step,
                                                .targets = targets, .feeds = feeds);
  if (saved != SUMI_OK) {
    snprintf(closer, sizeof closer, "%s", sumi_error_message());
    return sumi_fail(status, "%s; the step could not be kept: %s", message, closer);
  }
  if (status == SUMI_DATA_LOSS) look_closer(keeper, closer, sizeof closer);
  return sumi_fail(status, "%s%s; the step is kept in %s", message, closer, keeper->path);
}
