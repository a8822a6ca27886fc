/* Writes event files that TensorBoard's two readers show alike, from any thread, without making the
 * caller wait. */
#ifndef SUMI_EVENT_WRITER_H
#define SUMI_EVENT_WRITER_H

#include <sumi/event.h>

SUMI_BEGIN_DECLS

/** Steps are 0 to this: above, they are not exact in the browser's numbers. */
#define SUMI_MAX_STEP ((INT64_C(1) << 53) - 1)

/** One event file of one run. Every call but close may come from any thread. A writer that is not
 * closed is flushed when the program ends by exit or a return from main. A forked child cannot
 * use its parent's writer: calls there are FAILED_PRECONDITION, and close only releases memory. */
typedef struct sumi_event_writer sumi_event_writer_t;

/** What happens to a value that finds the queue full. Losses are counted
 * (sumi_event_writer_counts). */
typedef enum sumi_queue_policy {
  SUMI_QUEUE_BLOCK = 0,       /* the caller waits until there is room */
  SUMI_QUEUE_DROP_OLDEST = 1, /* the oldest waiting values go */
  /* Of every tag only the newest waiting value stays; then the oldest go. An event of several
   * values counts as one of its first tag. */
  SUMI_QUEUE_COALESCE = 2
} sumi_queue_policy_t;

/** What an open does with event files that are in the directory already. It reads them once, for
 * their tags and last steps. A record torn by a crash at the end of one is cut off first, unless
 * another process is still writing that file; with SUMI_RUN_CONTINUE only in files of Sumi's, for
 * others' show no lock while they are written. */
typedef enum sumi_existing_run {
  SUMI_RUN_CONTINUE = 0, /* keep them; a tag's steps must go on above its last one there */
  /* Remove from them everything at `resume_step` and above, as if the earlier process had stopped
   * just before it; the readers then show what an uninterrupted run would have left. */
  SUMI_RUN_RESUME = 1,
  SUMI_RUN_REFUSE = 2 /* ALREADY_EXISTS when there is any */
} sumi_existing_run_t;

typedef struct sumi_event_writer_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  /* Longest time a value waits in memory; 0 = 1000, negative = until flush. */
  int64_t flush_interval_ms SUMI_UNSET;
  size_t queue_size_bytes SUMI_UNSET;       /* 0 = 8 MiB; one larger value still passes, alone */
  sumi_queue_policy_t when_full SUMI_UNSET; /* SUMI_QUEUE_BLOCK */
  sumi_existing_run_t existing SUMI_UNSET;  /* SUMI_RUN_CONTINUE */
  /* First step that will be written again; only with SUMI_RUN_RESUME. */
  int64_t resume_step SUMI_UNSET;
  bool sync SUMI_UNSET;                   /* fsync after each write, on the writing thread */
  const char *filename_suffix SUMI_UNSET; /* appended to the file's name; no '/' */
  /* A directory or file that cannot be made yet, on a full or read-only disk, is no failure to
   * open: events wait in the queue, and it is tried again with every flush. */
  bool keep_trying SUMI_UNSET;
  /* Scalars without a title and a description are written as TensorFlow 1 and PyTorch do, as the
   * `simple_value` of a tag without metadata. TensorBoard shows them alike; programs that look for
   * nothing else (tbparse, tensorboard-reducer, EventAccumulator.Scalars) find them. */
  bool simple_values SUMI_UNSET;
} sumi_event_writer_options_t;

/** Creates `directory` with its parents when missing, and in it the file
 * events.out.tfevents.<seconds>.<host>.<pid>.<counter><suffix>, exclusively, under a name that
 * sorts behind every event file there; writes the file version and the session start, and starts
 * the writing thread. Close it with sumi_event_writer_close.
 * result  NULL on failure; the status in *status (when not NULL), the text in sumi_error_message()
 * errors  INVALID_ARGUMENT an option; what the operating system says of the directory;
 *         ALREADY_EXISTS (REFUSE); UNAVAILABLE a file to be trimmed is still being written */
SUMI_API sumi_event_writer_t *
sumi_event_writer_open_with(const char *directory, sumi_status_t *status,
                            const sumi_event_writer_options_t *options) SUMI_MUST_USE;

/** sumi_event_writer_open(directory, status, .sync = true, …) */
#define sumi_event_writer_open(directory, ...) SUMI__EVENT_WRITER_OPEN(directory, __VA_ARGS__, )
#define SUMI__EVENT_WRITER_OPEN(directory, status, ...)                                            \
  sumi_event_writer_open_with(directory, status,                                                   \
                              SUMI_OPTIONS(sumi_event_writer_options_t, __VA_ARGS__))

/* A sumi_event_tag_t is a writer's tag: its name, plugin, metadata and last step, in one place for
 * all who log under it. It lives until the writer is closed. Every call may come from any thread.
 */

/** The tag of that name, without a lock; NULL when there is none yet. */
SUMI_API sumi_event_tag_t *sumi_event_writer_find_tag(const sumi_event_writer_t *writer,
                                                      const char *name);

/** The tag of that name, added when it is new.
 * errors  INVALID_ARGUMENT the name is NULL, empty or not UTF-8; RESOURCE_EXHAUSTED no memory;
 *         FAILED_PRECONDITION in a forked child */
SUMI_API sumi_status_t sumi_event_writer_tag(sumi_event_writer_t *writer, const char *name,
                                             sumi_event_tag_t **tag);

/** Valid until the writer is closed. */
SUMI_API const char *sumi_event_tag_name(const sumi_event_tag_t *tag);

/** NULL before the tag's first value or claim. */
SUMI_API const char *sumi_event_tag_plugin_name(const sumi_event_tag_t *tag);

/** The last step that was queued or claimed, -1 before the first. */
SUMI_API int64_t sumi_event_tag_last_step(const sumi_event_tag_t *tag);

/** Whether all that was logged under it stands in the run's older files, with their metadata. */
SUMI_API bool sumi_event_tag_is_older(const sumi_event_tag_t *tag);

/** What a layer above keeps with the tag, NULL before it does. Set it once; `destroy` (which may be
 * NULL) is called with it when the writer is closed. */
SUMI_API void *sumi_event_tag_user_data(const sumi_event_tag_t *tag);
SUMI_API void sumi_event_tag_set_user_data(sumi_event_tag_t *tag, void *user_data,
                                           void (*destroy)(void *user_data));

/** Whether a value for that plugin could be written at `step`; *repeated: it would be left out
 * (see below). Errors as those of the value calls. */
SUMI_API sumi_status_t sumi_event_tag_check(const sumi_event_tag_t *tag, const char *plugin_name,
                                            int64_t step, bool *repeated);

/** Takes the step for a value that is given later, out of order with other tags' but in order with
 * this tag's, as .claimed. Checks as sumi_event_tag_check; what is repeated is counted and not
 * claimed. */
SUMI_API sumi_status_t sumi_event_tag_claim(sumi_event_tag_t *tag, const char *plugin_name,
                                            int64_t step, bool *repeated);

/** sumi_event_writer_scalar for a tag that is at hand. */
SUMI_API sumi_status_t sumi_event_tag_scalar(sumi_event_tag_t *tag, int64_t step, float value);
#ifdef __cplusplus
SUMI_REFUSE_FLOATING_STEP(sumi_status_t, sumi_event_tag_scalar, sumi_event_tag_t *, SumiStep, float)
#else
#define sumi_event_tag_scalar(tag, step, value) sumi_event_tag_scalar(tag, SUMI_STEP(step), value)
#endif

/** The value calls copy their arguments into the queue and return. Failures of the disk are not
 * reported by them but by flush and close, so that training goes on.
 * step    0 to SUMI_MAX_STEP; above the last step of the tag in this run (values of kind EMPTY may
 *         repeat theirs). After SUMI_RUN_RESUME a value below resume_step that the older files
 *         already hold, such as a configuration a program logs whenever it starts, is left out,
 *         counted as repeated, and no error.
 * errors  INVALID_ARGUMENT the tag, metadata, shape or time is not allowed, or the tag belongs to
 *         another plugin, or its step does not go up (the message names tag, step and last step):
 *         nothing of the event is written; RESOURCE_EXHAUSTED no memory; FAILED_PRECONDITION in a
 *         forked child */
SUMI_API sumi_status_t sumi_event_writer_scalar(sumi_event_writer_t *writer, const char *tag,
                                                int64_t step, float value);
#ifdef __cplusplus
SUMI_REFUSE_FLOATING_STEP(sumi_status_t, sumi_event_writer_scalar, sumi_event_writer_t *,
                          const char *, SumiStep, float)
#else
#define sumi_event_writer_scalar(writer, tag, step, value)                                         \
  sumi_event_writer_scalar(writer, tag, SUMI_STEP(step), value)
#endif

/** Several values in one event; a tag may stand in it once. `wall_time_s` 0 = now; it must be
 * finite. */
SUMI_API sumi_status_t sumi_event_writer_values(sumi_event_writer_t *writer, int64_t step,
                                                double wall_time_s,
                                                const sumi_event_value_t *values, size_t count);

/** The run's graph, a serialized GraphDef (graph_def.h); one per run. Never dropped by a full
 * queue. */
SUMI_API sumi_status_t sumi_event_writer_graph_def(sumi_event_writer_t *writer,
                                                   sumi_bytes_view_t graph_def);

/** A serialized RunMetadata (run_metadata.h) under a tag of its own. Never dropped by a full
 * queue. */
SUMI_API sumi_status_t sumi_event_writer_run_metadata(sumi_event_writer_t *writer, const char *tag,
                                                      int64_t step, sumi_bytes_view_t run_metadata);

/** A session mark; START is written by open and refused here. The texts are UTF-8 or NULL. */
SUMI_API sumi_status_t sumi_event_writer_session(sumi_event_writer_t *writer,
                                                 sumi_session_status_t session_status, int64_t step,
                                                 const char *checkpoint_path, const char *message);

/** Waits until everything queued before the call is in the file (and on the disk, with `sync`), or
 * an attempt has failed. When the disk is full, events wait as long as the queue has room (twice
 * its size) and are tried again with every flush, a record that fitted in part is cut off. A file
 * that fails otherwise, was deleted, or whose descriptor somebody closed, is left: a new one is
 * begun, in the same directory.
 * errors  the first failure of the disk since open, with path, reason and number of events lost. It
 *         stays, although the writer may have gone on: every later flush and close reports it */
SUMI_API sumi_status_t sumi_event_writer_flush(sumi_event_writer_t *writer) SUMI_MUST_USE;

/** The first failure of the disk so far, as flush and close report it, without waiting. */
SUMI_API sumi_status_t sumi_event_writer_status(sumi_event_writer_t *writer);

/** Keeps `status`, with the thread's error message, as the writer's first failure unless there is
 * one: for a layer above, so that there is one memory of what went wrong. */
SUMI_API void sumi_event_writer_fail(sumi_event_writer_t *writer, sumi_status_t status);

/** Flushes, ends the thread, closes the file and releases the writer, whatever it returns; NULL is
 * allowed. No other thread may be in a call.
 * errors  as sumi_event_writer_flush */
SUMI_API sumi_status_t sumi_event_writer_close(sumi_event_writer_t *writer) SUMI_MUST_USE;

typedef struct {
  uint64_t queued;   /* events taken from callers */
  uint64_t written;  /* of these, in the file */
  uint64_t dropped;  /* of these, given up because the queue was full */
  uint64_t lost;     /* of these, given up because the disk failed, or gone with a deleted file */
  uint64_t refused;  /* calls that returned an error, none of the above */
  uint64_t repeated; /* values left out because the resumed run has them already */
  uint64_t file_size_bytes;
  uint64_t waiting; /* of those queued, neither written nor given up yet */
  uint64_t reserved_[7];
} sumi_event_writer_counts_t;

/** The counters of now. Any thread. */
SUMI_API sumi_event_writer_counts_t sumi_event_writer_counts(sumi_event_writer_t *writer);

/** An event file of the run that another of Sumi's writers was writing when this one was opened
 * with SUMI_RUN_CONTINUE; NULL: none. TensorBoard reads a run's files one after the other, and does
 * not go back to an older one: two writers at a time need two runs. Valid until close. */
SUMI_API const char *sumi_event_writer_neighbour(const sumi_event_writer_t *writer);

/** The path of the file that is written now, "" when there is none yet; valid until close. */
SUMI_API const char *sumi_event_writer_path(const sumi_event_writer_t *writer);

SUMI_END_DECLS
#endif
