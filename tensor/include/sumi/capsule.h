/* Capsules: one step in a file, with all that it depends on, to be run again elsewhere.
 *
 *   sumi_train(session, train, …, .capsule = "runs/a/failed.safetensors");  on failure
 *
 *   sumi_session_t *s = sumi_session_new(build(), .check_numerics = true);   later, in a debugger
 *   sumi_capsule_replay(s, "runs/a/failed.safetensors", .fetches = …);
 *
 * A capsule is a checkpoint (<sumi/checkpoint.h>: variables, random streams, the step) from before
 * the step, with the arrays that it was fed ("feed/<tensor>") and the names of its targets. The
 * program brings the graph, with the same names; the replay has the same bits. */
#ifndef SUMI_CAPSULE_H
#define SUMI_CAPSULE_H

#include <sumi/checkpoint.h>

SUMI_BEGIN_DECLS

typedef struct sumi_capsule_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  sumi_ops_t targets SUMI_UNSET;
  sumi_feeds_t feeds SUMI_UNSET;
} sumi_capsule_options_t;

/** Writes the session as it is now, and what it is about to run. Errors as sumi_save's, and those
 * of a feed that is no array of numbers. */
#define sumi_capsule_save(session, path, ...) SUMI__CAPSULE_SAVE(session, path, __VA_ARGS__, )
#define SUMI__CAPSULE_SAVE(session, path, step, ...)                                               \
  sumi_capsule_save_with(session, path, step, SUMI_OPTIONS(sumi_capsule_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_capsule_save_with(sumi_session_t *session, const char *path,
                                              int64_t step, const sumi_capsule_options_t *options);

typedef struct sumi_replay_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  sumi_fetches_t fetches SUMI_UNSET;
  sumi_trace_t *trace SUMI_UNSET;
  int64_t *step SUMI_UNSET; /* receives the step */
} sumi_replay_options_t;

/** Restores what a capsule holds and runs its step. NOT_FOUND, naming it, for a node or a tensor
 * that the session's graph lacks; else as sumi_restore and sumi_session_run. */
#define sumi_capsule_replay(session, ...) SUMI__CAPSULE_REPLAY(session, __VA_ARGS__, )
#define SUMI__CAPSULE_REPLAY(session, path, ...)                                                   \
  sumi_capsule_replay_with(session, path, SUMI_OPTIONS(sumi_replay_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_capsule_replay_with(sumi_session_t *session, const char *path,
                                                const sumi_replay_options_t *options);

SUMI_END_DECLS
#endif
