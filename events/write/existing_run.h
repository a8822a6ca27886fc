/* What a writer does, and learns, when its directory already holds event files. */
#ifndef SUMI__EXISTING_RUN_H
#define SUMI__EXISTING_RUN_H

#include <sumi/event_writer.h>

#include "event_file.h"

/* Refuses, repairs, trims as the writer's options say; then gives it the tags of the files, their
 * metadata and last steps, and `start_step` the first step the new session may write. */
sumi_status_t sumi__events_existing_run_take_over(sumi_event_writer_t *writer,
                                                  const sumi__events_event_files_t *files,
                                                  int64_t *start_step);

#endif
