/* The walk over a log directory's tree. */
#ifndef SUMI__LOGDIR_SCAN_H
#define SUMI__LOGDIR_SCAN_H

#include <sumi/status.h>

/* Called for every directory that holds an event file; `name` is its path relative to the root, "."
 * for the root. */
typedef sumi_status_t sumi__events_logdir_visit_t(void *user, const char *name, const char *path);

/* Directories that vanish or cannot be read meanwhile are passed over; only the root must be
 * there. */
sumi_status_t sumi__events_logdir_scan(const char *root, sumi__events_logdir_visit_t *visit,
                                       void *user);

#endif
