/* A file being written, with a sticky error; for the files of tensor/array/ and
 * tensor/data/ only. */
#ifndef SUMI_ARRAY_SINK_H
#define SUMI_ARRAY_SINK_H

#include <stdio.h>
#include <sumi/status.h>

typedef struct {
  const char *path; /* borrowed */
  FILE *file;
  int64_t size; /* bytes written so far */
  sumi_status_t status;
} sumi__tensor_sink_t;

/* Creates or empties a file; `what` names a NULL path. */
sumi__tensor_sink_t sumi__tensor_sink_open(const char *path, const char *what);

/* Appends bytes; does nothing after a failure. */
void sumi__tensor_sink_write(sumi__tensor_sink_t *sink, const void *bytes, size_t size);

/* Makes the sink fail for another reason, recorded by the caller. */
void sumi__tensor_sink_abandon(sumi__tensor_sink_t *sink, sumi_status_t status);

/* Closes the file, removes it (when it is a regular one) after a failure, and returns the first
 * failure. */
sumi_status_t sumi__tensor_sink_close(sumi__tensor_sink_t *sink);

#endif
