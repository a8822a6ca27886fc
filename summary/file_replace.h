/* Small files beside the event file. */
#ifndef SUMI_FILE_REPLACE_H
#define SUMI_FILE_REPLACE_H

#include <sumi/status.h>

/* Writes `name` in `directory` so that a reader sees the old or the new content, never a part. The
 * name must not contain "tfevents": readers take every such file for an event file. */
sumi_status_t sumi__replace_file(const char *directory, const char *name, const void *bytes,
                                 size_t size_bytes);

#endif
