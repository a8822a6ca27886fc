/* The writing thread's end of a writer: events become framed records, collected in a block that is
 * written as a whole. Confined to that thread (and to the opening one before it starts). */
#ifndef SUMI__RECORD_SINK_H
#define SUMI__RECORD_SINK_H

#include <sumi/buffer.h>

#include "event_queue.h"
#include "file_io.h"

/* A record of the block that carries a tag's metadata for the first time in the file. */
typedef struct sumi__sink_mark {
  size_t record_end;
  sumi__tag_t *tag;
} sumi__sink_mark_t;

typedef struct sumi__record_sink {
  sumi__file_io_t io;
  int fd;
  const char *path; /* the writer's */
  bool sync;
  sumi_buffer_t block; /* whole records */
  sumi_buffer_t marks; /* sumi__sink_mark_t */
  uint64_t block_events;
  uint64_t file_size_bytes; /* of whole records */
  uint64_t written, lost;   /* events */
  bool dead;                /* no further attempt to write */
  sumi_status_t failure;    /* the first; SUMI_OK as long as there is none */
  char reason[SUMI_ERROR_MESSAGE_MAX];
} sumi__record_sink_t;

/* Appends the records every file begins with: version and session start. */
void sumi__sink_head(sumi__record_sink_t *sink, double wall_time_s, int64_t start_step);

/* Appends one event; writes the block when it is large. */
void sumi__sink_event(sumi__record_sink_t *sink, sumi__queued_event_t *event);

/* Writes what the block holds. After a failure the file ends with its last whole record, the events
 * of the rest are lost and counted, and their tags' metadata will be written again. */
void sumi__sink_write(sumi__record_sink_t *sink);

/* Closes the file and releases the block. */
void sumi__sink_close(sumi__record_sink_t *sink);

#endif
