/* The event file that a writer writes now, and how it goes on in another. Confined to the writing
 * thread (and to the opening one before it starts). */
#ifndef SUMI__CURRENT_FILE_H
#define SUMI__CURRENT_FILE_H

#include <sumi/arena.h>
#include <sumi/file.h>

typedef struct sumi__events_current_file {
  sumi_file_io_t io;
  char *directory, *suffix;   /* its own copies; the suffix may be NULL */
  bool sync;                  /* every write, and the directory, reach the disk */
  sumi_arena_t *paths;        /* of all files so far: callers may hold one */
  _Atomic(const char *) path; /* NULL before the first file */
  int fd;                     /* -1: there is no file, another has to be created */
  dev_t device;               /* what fd has to be: somebody may have closed it */
  ino_t inode;
  uint64_t size_bytes; /* of whole records */
  unsigned number;     /* of the file among the writer's, from 1 */
} sumi__events_current_file_t;

/* Nothing is opened yet. */
sumi_status_t sumi__events_current_file_init(sumi__events_current_file_t *file,
                                             const sumi_file_io_t *io, const char *directory,
                                             const char *suffix, bool sync);

/* Creates the next file, and the directory when it is gone: empty, locked, its name behind all
 * others. */
sumi_status_t sumi__events_current_file_create(sumi__events_current_file_t *file);

/* Whether what is written still gets there.
 * errors  NOT_FOUND the file was deleted; FAILED_PRECONDITION its descriptor is somebody else's
 *         now */
sumi_status_t sumi__events_current_file_check(const sumi__events_current_file_t *file);

/* Appends; the number of bytes that are in the file, errno set when not all. */
size_t sumi__events_current_file_write(sumi__events_current_file_t *file, const void *bytes,
                                       size_t size_bytes);

/* Cuts off what stands behind the last whole record; false when that cannot be done. */
bool sumi__events_current_file_cut(sumi__events_current_file_t *file);

/* Lets go of the file. `empty`: it holds no event, and goes. What the system says of closing. */
sumi_status_t sumi__events_current_file_leave(sumi__events_current_file_t *file, bool empty);

void sumi__events_current_file_release(sumi__events_current_file_t *file);

#endif
