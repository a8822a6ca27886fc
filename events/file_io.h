/* The three system calls that change an event file, replaceable so that tests can play a full or
 * failing disk. */
#ifndef SUMI__FILE_IO_H
#define SUMI__FILE_IO_H

#include <sys/types.h>

#include <sumi/config.h>

/* As write, ftruncate and fsync: -1 and errno on failure. */
typedef struct sumi__file_io {
  ssize_t (*write)(void *user, int fd, const void *bytes, size_t size_bytes);
  int (*truncate)(void *user, int fd, off_t size_bytes);
  int (*sync)(void *user, int fd);
  void *user;
} sumi__file_io_t;

extern const sumi__file_io_t sumi__system_io;

#endif
