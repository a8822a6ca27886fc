/* Repairing files that are already locked, several of them as one. */
#ifndef SUMI__EVENT_REPAIR_H
#define SUMI__EVENT_REPAIR_H

#include <sumi/event_reader.h>

/* sumi_event_file_repair of a file that is open for reading and writing and whose lock the caller
 * holds. `report` may be NULL. */
sumi_status_t sumi__events_event_file_repair_locked(const char *path, int fd,
                                                    sumi_event_repair_t *report,
                                                    const sumi_event_repair_options_t *options);

#endif
