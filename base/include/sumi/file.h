/* Writing files so that nothing is half written and no signal ends the program. */
#ifndef SUMI_FILE_H
#define SUMI_FILE_H

#include <sumi/config.h>
#include <sumi/status.h>

#include <sys/types.h>

SUMI_BEGIN_DECLS

/** The system calls that change a file, replaceable so that tests can play a full or failing disk:
 * as write, ftruncate and fsync, -1 and errno on failure. */
typedef struct sumi_file_io {
  ssize_t (*write)(void *user, int file, const void *bytes, size_t size_bytes);
  int (*truncate)(void *user, int file, off_t size_bytes);
  int (*sync)(void *user, int file);
  void *user;
} sumi_file_io_t;

/** The system's own. A limit on file sizes is an error of write (EFBIG) whatever the program does
 * with SIGXFSZ. */
SUMI_API extern const sumi_file_io_t sumi_file_system_io;

/** Writes until all is written or a call fails: the number of bytes written, errno set when fewer
 * than asked for (EIO where write gave 0). */
SUMI_API size_t sumi_file_write(const sumi_file_io_t *io, int file, const void *bytes,
                                size_t size_bytes);

/** sumi_file_write with the system's calls; on failure the status of errno, naming `path`. */
SUMI_API sumi_status_t sumi_file_write_all(int file, const char *path, const void *bytes,
                                           size_t size_bytes);

/** Gives the file `name` in `directory` these bytes, whole or not at all: they are written beside
 * it under a name of their own, synced and renamed. A link of that name is replaced, not followed.
 */
SUMI_API sumi_status_t sumi_file_replace(const char *directory, const char *name, const void *bytes,
                                         size_t size_bytes);

/** Some of a file's bytes. */
typedef struct sumi_file_part {
  const void *bytes;
  size_t size_bytes;
} sumi_file_part_t;

/** sumi_file_replace by the file's path, with its bytes in `count` parts, one after the other. */
SUMI_API sumi_status_t sumi_file_replace_path(const char *path, int64_t count,
                                              const sumi_file_part_t *parts);

/** Makes a directory and those it is to stand in; one that is there will do. */
SUMI_API sumi_status_t sumi_file_make_directories(const char *path);

/** Makes a file's creation or exchange survive a crash of the machine, as far as the system
 * allows. */
SUMI_API void sumi_file_sync_directory_of(const char *path);

SUMI_END_DECLS
#endif
