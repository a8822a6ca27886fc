/* Event files as files: their names, their creation, their lock. */
#ifndef SUMI__EVENT_FILE_H
#define SUMI__EVENT_FILE_H

#include <sumi/status.h>

/* Paths, sorted by name, which is the order in which readers take them; of a path that is a file
 * itself, that one. Release with sumi__events_event_files_release. */
typedef struct sumi__events_event_files {
  char **paths;
  size_t count;
} sumi__events_event_files_t;

sumi_status_t sumi__events_event_files_list(const char *directory,
                                            sumi__events_event_files_t *files);
void sumi__events_event_files_release(sumi__events_event_files_t *files);

/* Creates and locks a file whose name sorts behind every one of `existing`. `suffix` may be NULL;
 * *path is for sumi_free, *fd is opened for appending. */
sumi_status_t sumi__events_event_file_create(const char *directory, const char *suffix,
                                             const sumi__events_event_files_t *existing,
                                             char **path, int *fd);

/* Takes the lock a writer holds as long as its file is open. false: another writer, maybe of
 * another process, has it. Where the file system knows no locks, everybody gets one. */
bool sumi__events_event_file_lock(int fd);

#endif
