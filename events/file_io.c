#include "file_io.h"

#include <unistd.h>

static ssize_t system_write(void *user, int fd, const void *bytes, size_t size_bytes) {
  (void)user;
  return write(fd, bytes, size_bytes);
}

static int system_truncate(void *user, int fd, off_t size_bytes) {
  (void)user;
  return ftruncate(fd, size_bytes);
}

static int system_sync(void *user, int fd) {
  (void)user;
  return fsync(fd);
}

const sumi__file_io_t sumi__system_io = {system_write, system_truncate, system_sync, NULL};
