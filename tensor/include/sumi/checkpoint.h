/* Checkpoints: what a session has learned, in files: to go on from, and to keep the best.
 *   sumi_saver_t *saver = sumi_saver_new(session, "runs/a/checkpoints", .max_to_keep = 3);
 *   int64_t step = 0;
 *   if (sumi_saver_restore(saver, &step) == SUMI_NOT_FOUND) … the first time: run the initializer
 *   for (; step < steps; ++step) {
 *     …
 *     if ((step + 1) % 1000 == 0) sumi_saver_save(saver, step + 1);
 *   }
 *
 * A checkpoint holds every variable, those of optimizers and the global step included, and where
 * the session's random streams are, so that a run that goes on from it gives the same bits as one
 * that was never interrupted. Its step says which batch comes next (sumi_batcher_get) and where the
 * log goes on (.resume_step of sumi_writer_open). Files are safetensors (<sumi/safetensors.h>), or
 * TensorFlow's own (<sumi/tensor_bundle.h>), which tf.train.Saver restores and writes; they appear
 * whole, synced to the disk, or not at all. */
#ifndef SUMI_CHECKPOINT_H
#define SUMI_CHECKPOINT_H

#include <sumi/safetensors.h>
#include <sumi/session.h>
#include <sumi/tensor_bundle.h>

SUMI_BEGIN_DECLS

/* ---- One file ---- */

/** The format of a checkpoint; restoring finds out by itself. */
typedef enum sumi_checkpoint_format {
  /* By the path: TensorFlow's for "….ckpt" and "….ckpt-100", else safetensors. */
  SUMI_CHECKPOINT_DEFAULT,
  SUMI_CHECKPOINT_SAFETENSORS,
  /* The path is a prefix: "<path>.index" and "<path>.data-00000-of-00001". */
  SUMI_CHECKPOINT_TENSORFLOW
} sumi_checkpoint_format_t;

typedef struct sumi_save_options {
  size_t struct_size SUMI_UNSET;       /* filled in by the macros; see <sumi/options.h> */
  sumi_tensors_t variables SUMI_UNSET; /* default: all of the graph (SUMI_GLOBAL_VARIABLES) */
  int64_t metadata_count SUMI_UNSET;
  const sumi_named_text_t *metadata SUMI_UNSET; /* texts of the program's that go with them */
  int64_t array_count SUMI_UNSET;
  const sumi_named_array_t *arrays SUMI_UNSET; /* arrays of the program's, of other names */
  sumi_checkpoint_format_t format SUMI_UNSET;
} sumi_save_options_t;

/** Writes variables, random streams and the step to one file. FAILED_PRECONDITION, naming it, for a
 * variable that is not initialised; INVALID_ARGUMENT for what is no variable of the session. */
#define sumi_save(session, path, ...) SUMI__SAVE(session, path, __VA_ARGS__, )
#define SUMI__SAVE(session, path, step, ...)                                                       \
  sumi_save_with(session, path, step, SUMI_OPTIONS(sumi_save_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_save_with(sumi_session_t *session, const char *path, int64_t step,
                                      const sumi_save_options_t *options);

/** A variable whose name begins with `variable` is looked for as `file` and the rest of its name.
 */
typedef struct sumi_rename {
  const char *variable SUMI_UNSET, *file SUMI_UNSET;
} sumi_rename_t;

typedef struct sumi_restore_options {
  size_t struct_size SUMI_UNSET;       /* filled in by the macros; see <sumi/options.h> */
  sumi_tensors_t variables SUMI_UNSET; /* default: all of the graph (SUMI_GLOBAL_VARIABLES) */
  bool partial SUMI_UNSET;             /* a variable that the file lacks stays as it is: no error */
  int64_t rename_count SUMI_UNSET;
  const sumi_rename_t *renames SUMI_UNSET; /* the first that fits counts */
  /* Receives the step: of a file that holds none the variable "global_step", or else -1. */
  int64_t *step SUMI_UNSET;
  int64_t *restored SUMI_UNSET; /* receives how many variables the file had */
} sumi_restore_options_t;

/** Gives variables, and the random streams of the session, what a file holds; files of other
 * programs serve, too. Nothing is changed unless all can be. NOT_FOUND, naming the variable, where
 * the file lacks one; INVALID_ARGUMENT, with both shapes and dtypes, where they differ; else as
 * sumi_safetensors_open and sumi_tensor_bundle_open. */
#define sumi_restore(session, ...) SUMI__RESTORE(session, __VA_ARGS__, )
#define SUMI__RESTORE(session, path, ...)                                                          \
  sumi_restore_with(session, path, SUMI_OPTIONS(sumi_restore_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_restore_with(sumi_session_t *session, const char *path,
                                         const sumi_restore_options_t *options);

/* ---- The checkpoints of a run ---- */

/** Which score is the best. */
typedef enum sumi_best { SUMI_BEST_LOWEST, SUMI_BEST_HIGHEST } sumi_best_t;

typedef struct sumi_saver_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  /* Files are "<name>-<step>.safetensors", or of another format; default "model". */
  const char *name SUMI_UNSET;
  int64_t max_to_keep SUMI_UNSET; /* the newest so many, and the best; default 5 */
  bool keep_all SUMI_UNSET;
  sumi_best_t best SUMI_UNSET;         /* of scores */
  sumi_tensors_t variables SUMI_UNSET; /* default: all of the graph when they are saved */
  /* Default safetensors. Paths of TensorFlow's are prefixes, "<name>-<step>", and
   * tf.train.latest_checkpoint finds the newest. */
  sumi_checkpoint_format_t format SUMI_UNSET;
} sumi_saver_options_t;

/** Keeps the checkpoints of one run in a directory, which it makes; confined to the session's
 * thread. */
typedef struct sumi_saver sumi_saver_t;

/** A saver, which must not outlive the session; what a killed program left half written is removed.
 * NULL on failure, with its message. */
#define sumi_saver_new(session, ...) SUMI__SAVER_NEW(session, __VA_ARGS__, )
#define SUMI__SAVER_NEW(session, directory, ...)                                                   \
  sumi_saver_new_with(session, directory, SUMI_OPTIONS(sumi_saver_options_t, __VA_ARGS__))
SUMI_API sumi_saver_t *sumi_saver_new_with(sumi_session_t *session, const char *directory,
                                           const sumi_saver_options_t *options) SUMI_MUST_USE;
/** NULL is allowed. The files stay. */
SUMI_API void sumi_saver_free(sumi_saver_t *saver);

/** Saves, lists the checkpoints in the directory's file "checkpoint", as TensorFlow does, and
 * removes those that are too many. `step` is the number of steps done. */
SUMI_API sumi_status_t sumi_saver_save(sumi_saver_t *saver, int64_t step);

/** The same with a score; the file with the best one is never removed. NaN is no score. */
SUMI_API sumi_status_t sumi_saver_save_scored(sumi_saver_t *saver, int64_t step, double score);

/** Restores the newest checkpoint that is whole, and gives its step. NOT_FOUND, and nothing
 * changed, where there is none; a damaged one is passed over for an older one, and the failure is
 * returned when none is left. */
SUMI_API sumi_status_t sumi_saver_restore(sumi_saver_t *saver, int64_t *step);

/** Paths of the newest checkpoint and of that with the best score, valid until the next save; NULL
 * when there is none. */
SUMI_API const char *sumi_saver_latest(const sumi_saver_t *saver);
SUMI_API const char *sumi_saver_best(const sumi_saver_t *saver);

SUMI_END_DECLS
#endif
