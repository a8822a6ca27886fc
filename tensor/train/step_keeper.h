/* Keeps the step that failed: the session as it was before it, the step in a capsule, and the node
 * that made the first number that is none in the message. */
#ifndef SUMI_TRAIN_STEP_KEEPER_H
#define SUMI_TRAIN_STEP_KEEPER_H

#include "train/snapshot.h"

#include <sumi/capsule.h>

/* Zero-initialise it, but for session and path. */
typedef struct sumi__tensor_step_keeper {
  sumi_session_t *session;
  const char *path; /* of the capsule; NULL: nothing is kept */
  sumi__tensor_snapshot_t before;
} sumi__tensor_step_keeper_t;

/* Before a step is run. */
sumi_status_t sumi__tensor_step_keeper_begin(sumi__tensor_step_keeper_t *keeper);

/* After a step that has succeeded: DATA_LOSS when a variable is not finite any more. */
sumi_status_t sumi__tensor_step_keeper_check(const sumi__tensor_step_keeper_t *keeper,
                                             int64_t step);

/* After one that failed with this status and the thread's last message; gives the status, and a
 * message that says more. */
sumi_status_t sumi__tensor_step_keeper_fail(sumi__tensor_step_keeper_t *keeper, int64_t step,
                                            sumi_ops_t targets, sumi_feeds_t feeds,
                                            sumi_status_t status);

#endif
