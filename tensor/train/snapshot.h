/* A session's variables and random streams, kept in memory to be put back. */
#ifndef SUMI_TRAIN_SNAPSHOT_H
#define SUMI_TRAIN_SNAPSHOT_H

#include <sumi/session.h>

/* Zero-initialise it. */
typedef struct sumi__tensor_snapshot {
  int variable_count, variable_capacity, stream_count, stream_capacity;
  struct sumi__tensor_kept_variable *variables;
  struct sumi__tensor_kept_stream *streams;
} sumi__tensor_snapshot_t;

/* Keeps what the session holds now. Allocates at the first time, and for what came since. */
sumi_status_t sumi__tensor_snapshot_take(sumi__tensor_snapshot_t *snapshot,
                                         const sumi_session_t *session);
/* Puts it back. What has come since then has no value again, and streams begin. */
void sumi__tensor_snapshot_restore(const sumi__tensor_snapshot_t *snapshot,
                                   sumi_session_t *session);
void sumi__tensor_snapshot_release(sumi__tensor_snapshot_t *snapshot);

/* The name of a variable with an element that is not finite, NULL without one. */
const char *sumi__tensor_not_finite(const sumi_session_t *session);

#endif
