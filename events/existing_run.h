/* What a writer does, and learns, when its directory already holds event files. */
#ifndef SUMI__EXISTING_RUN_H
#define SUMI__EXISTING_RUN_H

#include <sumi/event_writer.h>

#include "event_file.h"
#include "name_table.h"

/* Refuses, repairs, trims as the options say; then fills `tags` with the tags of the files, their
 * metadata and last steps, and `start_step` with the first step the new session may write. */
sumi_status_t sumi__existing_run_take_over(const sumi__event_files_t *files,
                                           const sumi_event_writer_options_t *options,
                                           sumi__name_table_t *tags, int64_t *start_step);

#endif
