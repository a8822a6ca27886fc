/* Reads one event file, also while it grows and across damage. */
#ifndef SUMI_EVENT_READER_H
#define SUMI_EVENT_READER_H

#include <sumi/event.h>

SUMI_BEGIN_DECLS

/** Confined to one thread at a time. */
typedef struct sumi_event_reader sumi_event_reader_t;

typedef struct sumi_event_reader_options {
  size_t struct_size SUMI_UNSET;        /* filled in by the macros; see <sumi/options.h> */
  uint64_t max_record_bytes SUMI_UNSET; /* 0 = 256 MiB, the most TensorBoard's data server sends */
  /* Nobody writes the file any more: a torn end is damage, not a reason to wait. */
  bool complete SUMI_UNSET;
  uint64_t offset SUMI_UNSET; /* where to start; 0, or a value of sumi_event_reader_offset */
} sumi_event_reader_options_t;

/** NULL on failure; the status in *status (when not NULL), the text in sumi_error_message(). */
SUMI_API sumi_event_reader_t *
sumi_event_reader_open_with(const char *path, sumi_status_t *status,
                            const sumi_event_reader_options_t *options) SUMI_MUST_USE;

/** sumi_event_reader_open(path, status, .complete = true, …) */
#define sumi_event_reader_open(path, ...) SUMI__EVENT_READER_OPEN(path, __VA_ARGS__, )
#define SUMI__EVENT_READER_OPEN(path, status, ...)                                                 \
  sumi_event_reader_open_with(path, status, SUMI_OPTIONS(sumi_event_reader_options_t, __VA_ARGS__))

/** NULL is allowed. */
SUMI_API void sumi_event_reader_free(sumi_event_reader_t *reader);

/** The next event, valid until the next call on this reader.
 * errors  OUT_OF_RANGE the end, for now: call again when the file has grown.
 *         DATA_LOSS damage at the offset the message names; the next call goes on behind it.
 *         RESOURCE_EXHAUSTED a record above max_record_bytes (the next call skips it), or no
 *         memory (the next call tries again). What the operating system says of a read. */
SUMI_API sumi_status_t sumi_event_reader_next(sumi_event_reader_t *reader, sumi_event_t *event);

/** Where the next record begins: what was read so far ends there. */
SUMI_API uint64_t sumi_event_reader_offset(const sumi_event_reader_t *reader);

/** Bytes skipped because of damage, and in how many places. */
typedef struct sumi_event_damage {
  uint64_t places, skipped_bytes;
} sumi_event_damage_t;

/** The damage met so far. */
SUMI_API sumi_event_damage_t sumi_event_reader_damage(const sumi_event_reader_t *reader);

typedef struct sumi_event_repair_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  bool trim SUMI_UNSET; /* also remove every event at `first_step` and above but file heads */
  int64_t first_step SUMI_UNSET;
  bool tail_only SUMI_UNSET; /* leave damage in the middle as it is */
  bool dry_run SUMI_UNSET;   /* report only */
} sumi_event_repair_options_t;

typedef struct sumi_event_repair {
  uint64_t kept_events, removed_events;
  uint64_t damaged_bytes;   /* between whole records */
  uint64_t torn_tail_bytes; /* behind the last whole record */
  bool busy;                /* another process is writing the file: nothing was changed */
} sumi_event_repair_t;

/** Makes a file whole again: cuts a torn tail in place; damage in the middle and trimmed steps are
 * left out of a copy that then replaces the file (same name, written to the disk before the
 * exchange). A file that is sound is not touched. Do not call it on a file whose writer may be
 * alive and is not Sumi's: Sumi's own hold a lock. `report` may be NULL.
 * errors  what the operating system says; UNAVAILABLE another process is writing the file */
SUMI_API sumi_status_t sumi_event_file_repair_with(const char *path, sumi_event_repair_t *report,
                                                   const sumi_event_repair_options_t *options);

/** sumi_event_file_repair(path, report, .trim = true, .first_step = 100, …) */
#define sumi_event_file_repair(path, ...) SUMI__EVENT_FILE_REPAIR(path, __VA_ARGS__, )
#define SUMI__EVENT_FILE_REPAIR(path, report, ...)                                                 \
  sumi_event_file_repair_with(path, report, SUMI_OPTIONS(sumi_event_repair_options_t, __VA_ARGS__))

SUMI_END_DECLS
#endif
