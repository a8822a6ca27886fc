/* Event files as files: their names, their creation, their lock. */
#ifndef SUMI__EVENT_FILE_H
#define SUMI__EVENT_FILE_H

#include <sumi/status.h>

/* Creates the directory and its parents. */
sumi_status_t sumi__make_directories(const char *path);

/* Paths, sorted by name, which is the order in which readers take them; release with
 * sumi__event_files_release. */
typedef struct sumi__event_files {
  char **paths;
  size_t count;
} sumi__event_files_t;

sumi_status_t sumi__event_files_list(const char *directory, sumi__event_files_t *files);
void sumi__event_files_release(sumi__event_files_t *files);

/* Creates and locks a file whose name sorts behind every one of `existing`. `suffix` may be NULL;
 * *path is for sumi_free, *fd is opened for appending. */
sumi_status_t sumi__event_file_create(const char *directory, const char *suffix,
                                      const sumi__event_files_t *existing, char **path, int *fd);

/* Makes a file's creation or exchange survive a crash of the machine, as far as the system
 * allows. */
void sumi__sync_directory_of(const char *path);

/* Takes the lock a writer holds as long as its file is open. false: another writer, maybe of
 * another process, has it. Where the file system knows no locks, everybody gets one. */
bool sumi__event_file_lock(int fd);

#endif
