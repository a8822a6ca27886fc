/* The writing thread's end of a writer: events become framed records, collected in a block that is
 * written as a whole. Confined to that thread (and to the opening one before it starts). */
#ifndef SUMI__RECORD_SINK_H
#define SUMI__RECORD_SINK_H

#include <sumi/buffer.h>

#include "current_file.h"
#include "event_queue.h"

/* A record of the block that carries a tag's metadata for the first time in the file. */
typedef struct sumi__events_sink_mark {
  size_t record_end;
  sumi_event_tag_t *tag;
} sumi__events_sink_mark_t;

typedef struct sumi__events_record_sink {
  sumi__events_current_file_t file;
  int64_t start_step;        /* of the session that the next file begins; -1: it goes on with one */
  sumi_buffer_t block;       /* whole records */
  sumi_buffer_t marks;       /* sumi__events_sink_mark_t */
  uint32_t header_crcs[256]; /* masked, of the lengths of short records; 0: not computed yet */
  uint64_t block_events;
  uint64_t file_events;   /* in the file that is open */
  uint64_t written, lost; /* events: in a file; in none, now or any more */
  sumi_status_t failure;  /* the first; SUMI_OK as long as there is none */
  char reason[SUMI_ERROR_MESSAGE_MAX];
} sumi__events_record_sink_t;

/* Whether there is a file that takes a block; creates the first and, when that one failed or was
 * deleted, another. To be asked before a block is begun, for its first records depend on the file:
 * a tag's metadata stand once in each. */
bool sumi__events_sink_ready(sumi__events_record_sink_t *sink);

/* Appends one event to the block; false when there is no memory. */
bool sumi__events_sink_event(sumi__events_record_sink_t *sink, sumi__events_queued_event_t *event);

/* Whether the block is large enough to be written. */
bool sumi__events_sink_is_full(const sumi__events_record_sink_t *sink);

/* Writes the block and empties it: how many of its events, from the first, are in the file. After a
 * failure the file ends with its last whole record; the other events may be appended once more. */
uint64_t sumi__events_sink_write(sumi__events_record_sink_t *sink);

/* Keeps the thread's last failure, when it is the first, and counts events given up. */
void sumi__events_sink_lose(sumi__events_record_sink_t *sink, uint64_t events);
void sumi__events_sink_fail(sumi__events_record_sink_t *sink, sumi_status_t status);

/* Closes the file and releases the block. */
void sumi__events_sink_close(sumi__events_record_sink_t *sink);

#endif
