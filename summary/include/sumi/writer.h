/* The log of one run: values and pictures in, TensorBoard event files out. */
#ifndef SUMI_WRITER_H
#define SUMI_WRITER_H

#include <sumi/config.h>
#include <sumi/event_writer.h>
#include <sumi/interval.h>
#include <sumi/status.h>

SUMI_BEGIN_DECLS

/* A writer may be called from any thread. A call copies what it is given and returns; drawing,
 * encoding and histograms happen on the writer's worker threads and files are written on another.
 * A call waits when a queue is full and when_full says so, but not for a disk that takes nothing:
 * then what has waited longest is lost, and counted.
 *
 * A call for a tag that is not due does nothing and returns SUMI_OK in a few nanoseconds. Ask
 * sumi_writer_due first where preparing the value costs something; asking and then logging at the
 * same step is one summary, not two.
 *
 * Errors never stop a run. The first failure is kept with its text; later values are still written
 * as far as they can be, and sumi_writer_status, sumi_writer_flush and sumi_writer_close report it.
 * The status the other calls return may be ignored. A program that ends by exit or a return from
 * main without closing its writer keeps what it logged.
 *
 * NULL is a writer with logging switched off: every call does nothing and returns SUMI_OK, nothing
 * is due.
 *
 * Tags are UTF-8, 1 to 1024 bytes; TensorBoard groups by the part before the first "/". A tag keeps
 * the kind it was first logged with. Steps are 0 to 2^53 - 1 and increase within a tag: a step that
 * is not after the tag's last written one is refused with INVALID_ARGUMENT, kept as the writer's
 * failure, and changes nothing else.
 *
 * After fork, the writer belongs to the parent: in the child every call that would write is refused
 * with FAILED_PRECONDITION and closing releases nothing. */
typedef struct sumi_writer sumi_writer_t;

typedef struct sumi_writer_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  /* Rules in the notation of <sumi/interval.h>; the rules in the environment variable
   * SUMI_INTERVALS come after them, and those in the file "intervals" of the run's directory last.
   * The file is looked at once a second and may appear, change and go while the run is on. NULL: no
   * rules, everything is due. */
  const char *intervals SUMI_UNSET;
  int64_t flush_interval_ms SUMI_UNSET; /* how long a value may wait in memory; default 1000 */
  /* Pictures and the like that may wait for a worker; default 64. */
  int64_t queue_summaries SUMI_UNSET;
  int64_t queue_size_bytes SUMI_UNSET; /* and the memory they may take; default 256 MiB */
  /* What happens to a summary or scalar that finds its queue full. Losses are counted in
   * sumi_writer_counts and logged as scalar "sumi/dropped" (the total so far) at the next flush or
   * close. Default: SUMI_QUEUE_BLOCK. */
  sumi_queue_policy_t when_full SUMI_UNSET;
  /* Threads that draw and encode, 1 to 64; default 1. When the system gives fewer, the text
   * "sumi/warnings" in the run says so; without any, the calls draw and encode themselves. */
  int workers SUMI_UNSET;
  int64_t total_steps SUMI_UNSET; /* of the whole run, for "last"; 0: not known */
  /* The first step this process will log, when it continues an earlier one: what that one logged at
   * this step and later is removed from the run. A program that may have died before its first
   * checkpoint says .existing = SUMI_RUN_RESUME too, for 0 alone leaves it to `existing` what is
   * done with files that are there. */
  int64_t resume_step SUMI_UNSET;
  sumi_existing_run_t existing SUMI_UNSET; /* default SUMI_RUN_CONTINUE */
  /* Neither SUMI_INTERVALS nor the run's file "intervals" is read. */
  bool ignore_environment SUMI_UNSET;
  /* Scalars without a title and a description as `simple_value`: see <sumi/event_writer.h>. */
  bool simple_values SUMI_UNSET;
} sumi_writer_options_t;

/** Opens a run's directory for writing, creating it and its parents. Never NULL: a directory that
 * cannot be written or rules that do not parse give a writer that is usable and reports at flush
 * and close.
 *
 *     sumi_writer_t *log = sumi_writer_open("runs/a", .intervals = "*=100; loss=10"); */
#define sumi_writer_open(...) SUMI__WRITER_OPEN(__VA_ARGS__, )
#define SUMI__WRITER_OPEN(directory, ...)                                                          \
  sumi_writer_open_with(directory, SUMI_OPTIONS(sumi_writer_options_t, __VA_ARGS__))
SUMI_API sumi_writer_t *sumi_writer_open_with(const char *directory,
                                              const sumi_writer_options_t *options);

/** Writes everything logged before the call to the operating system and returns the writer's first
 * failure. */
SUMI_API sumi_status_t sumi_writer_flush(sumi_writer_t *writer);

/** Draws, encodes and writes what is still waiting and the kept last scalars, closes the file,
 * releases the writer and returns its first failure with its text in sumi_error_message. No other
 * thread may use the writer any more. */
SUMI_API sumi_status_t sumi_writer_close(sumi_writer_t *writer) SUMI_MUST_USE;

/** The first failure so far, its text in sumi_error_message; SUMI_OK when there was none. */
SUMI_API sumi_status_t sumi_writer_status(sumi_writer_t *writer);

/** Whether a summary logged under `tag` at `step` would be written. The answer for a step stays yes
 * until it is logged, and is no afterwards. A step before the last one logged is refused as when
 * logging. */
SUMI_API bool sumi_writer_due(sumi_writer_t *writer, const char *tag, int64_t step);

/** Adds a rule after all others set in code; those of the environment and the file still come after
 * it. */
SUMI_API sumi_status_t sumi_writer_set_interval(sumi_writer_t *writer, const char *pattern,
                                                sumi_interval_t interval);

/** Gives or corrects the total number of steps. A loop that stops early calls it with its current
 * step + 1 and may then offer that step's summaries once more: those with a last are due. */
SUMI_API sumi_status_t sumi_writer_set_total_steps(sumi_writer_t *writer, int64_t total_steps);

/** What TensorBoard shows beside a tag: a title and a description in Markdown (UTF-8, copied,
 * either may be NULL). Takes effect when called before the tag is first logged; in a run that is
 * continued, what an earlier session said of a tag stays, as it does in TensorBoard. */
SUMI_API sumi_status_t sumi_writer_describe(sumi_writer_t *writer, const char *tag,
                                            const char *title, const char *description);

/** Counters since the writer was opened. A summary that was not due appears in none of them. */
typedef struct {
  int64_t scalars;    /* values handed to the file writer */
  int64_t summaries;  /* everything else handed to the file writer */
  int64_t drawn;      /* pictures drawn: galleries, confusion matrices, … */
  int64_t encoded;    /* images encoded as PNG */
  int64_t histograms; /* arrays bucketed */
  int64_t refused;    /* calls whose arguments were refused */
  int64_t dropped;    /* summaries and scalars lost to a full queue or to a failure after they were
                         accepted */
  int64_t waiting;    /* summaries in the queue now */
  int64_t reserved_[8];
} sumi_writer_counts_t;

/** The counters of now; zeros for NULL. Any thread. */
SUMI_API sumi_writer_counts_t sumi_writer_counts(sumi_writer_t *writer);

/** The run's directory as given to open; "" for NULL. Valid until close. */
SUMI_API const char *sumi_writer_directory(const sumi_writer_t *writer);

SUMI_END_DECLS
#endif
