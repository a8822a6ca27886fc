/* A log directory: which runs it holds, their event files by age, and all their events as they
 * appear. */
#ifndef SUMI_LOGDIR_H
#define SUMI_LOGDIR_H

#include <sumi/event.h>
#include <sumi/event_reader.h>

SUMI_BEGIN_DECLS

/** True for the names TensorBoard takes for event files: those that contain "tfevents". */
SUMI_API bool sumi_is_event_file_name(const char *name);

/** Every directory below a root that holds an event file is a run, as in TensorBoard. Symbolic
 * links to directories are followed, not in circles. Confined to one thread at a time. */
typedef struct sumi_logdir sumi_logdir_t;

typedef struct {
  const char *name; /* relative to the root, "." for the root itself */
  const char *path;
  const char *const *files; /* paths in the order of reading, which is by age */
  size_t file_count;
} sumi_logdir_run_t;

typedef struct sumi_logdir_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  /* Nobody writes below it any more: a torn end is damage, not a reason to wait. Without this, that
   * is so in files that have not changed for a minute while there is a newer one in the run. */
  bool complete SUMI_UNSET;
} sumi_logdir_options_t;

/** Looks through `root`, which may also be a single event file: then there is one run, ".". NULL on
 * failure; the status in *status (when not NULL), the text in sumi_error_message().
 * sumi_logdir_open(root, status, .complete = true) */
#define sumi_logdir_open(root, ...) SUMI__LOGDIR_OPEN(root, __VA_ARGS__, )
#define SUMI__LOGDIR_OPEN(root, status, ...)                                                       \
  sumi_logdir_open_with(root, status, SUMI_OPTIONS(sumi_logdir_options_t, __VA_ARGS__))
SUMI_API sumi_logdir_t *sumi_logdir_open_with(const char *root, sumi_status_t *status,
                                              const sumi_logdir_options_t *options) SUMI_MUST_USE;

/** NULL is allowed. */
SUMI_API void sumi_logdir_free(sumi_logdir_t *logdir);

/** The runs found so far, sorted by name. Pointers are valid until the next refresh. */
SUMI_API size_t sumi_logdir_run_count(const sumi_logdir_t *logdir);
SUMI_API const sumi_logdir_run_t *sumi_logdir_run(const sumi_logdir_t *logdir, size_t index);

/** The run of that name, NULL when there is none. */
SUMI_API const sumi_logdir_run_t *sumi_logdir_find(const sumi_logdir_t *logdir, const char *name);

/** Looks again: new runs and files appear, deleted ones go; reading goes on where it was. */
SUMI_API sumi_status_t sumi_logdir_refresh(sumi_logdir_t *logdir);

/** The next event of any run: run by run, file by file, each to its present end. Metadata in force
 * are those of the tag's first value in the run. *run receives the run's index (`run` may be NULL).
 * errors  as sumi_event_reader_next; OUT_OF_RANGE when every file is at its end: refresh and call
 *         again to follow */
SUMI_API sumi_status_t sumi_logdir_next(sumi_logdir_t *logdir, sumi_event_t *event, size_t *run);

/** Which of the run's files the last event of it came from, an index into its `files`. */
SUMI_API size_t sumi_logdir_file(const sumi_logdir_t *logdir, size_t run);

/** The damage met so far in a run's files. */
SUMI_API sumi_event_damage_t sumi_logdir_damage(const sumi_logdir_t *logdir, size_t run);

SUMI_END_DECLS
#endif
