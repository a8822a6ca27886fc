#include "current_file.h"

#include <sumi/file.h>
#include <sumi/alloc.h>

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "event_file.h"

sumi_status_t sumi__events_current_file_init(sumi__events_current_file_t *file,
                                             const sumi_file_io_t *io, const char *directory,
                                             const char *suffix, bool sync) {
  *file = (sumi__events_current_file_t){.io = *io, .sync = sync, .fd = -1};
  file->directory = sumi_strdup(directory);
  file->suffix = sumi_strdup(suffix);
  file->paths = sumi_arena_new();
  if (file->directory && file->paths && (file->suffix || !suffix)) return SUMI_OK;
  return sumi_fail_alloc("an event file", sizeof *file);
}

/* Notes which file the descriptor is, and its path for as long as the writer lives. */
static sumi_status_t adopt(sumi__events_current_file_t *file, const char *path, int fd) {
  struct stat info;
  if (fstat(fd, &info) != 0) return sumi_fail_errno(errno, "cannot stat", path);
  const char *kept = sumi_arena_strdup(file->paths, path);
  if (!kept) return sumi_fail_alloc("a path", 1);
  file->fd = fd;
  file->device = info.st_dev;
  file->inode = info.st_ino;
  file->size_bytes = 0;
  ++file->number;
  file->path = kept;
  return SUMI_OK;
}

static sumi_status_t create_behind(sumi__events_current_file_t *file,
                                   const sumi__events_event_files_t *others) {
  char *path;
  int fd;
  SUMI_TRY(sumi__events_event_file_create(file->directory, file->suffix, others, &path, &fd));
  const sumi_status_t status = adopt(file, path, fd);
  if (status != SUMI_OK) {
    unlink(path);
    close(fd);
  } else if (file->sync) {
    sumi_file_sync_directory_of(path);
  }
  sumi_free(path);
  return status;
}

sumi_status_t sumi__events_current_file_create(sumi__events_current_file_t *file) {
  SUMI_TRY(sumi_file_make_directories(file->directory));
  sumi__events_event_files_t others;
  SUMI_TRY(sumi__events_event_files_list(file->directory, &others));
  const sumi_status_t status = create_behind(file, &others);
  sumi__events_event_files_release(&others);
  return status;
}

sumi_status_t sumi__events_current_file_check(const sumi__events_current_file_t *file) {
  struct stat info;
  const bool ours = fstat(file->fd, &info) == 0 && info.st_dev == file->device &&
                    info.st_ino == file->inode;
  if (!ours)
    return sumi_fail(SUMI_FAILED_PRECONDITION,
                     "the descriptor of the event file was closed by somebody else: %s",
                     file->path);
  if (info.st_nlink == 0)
    return sumi_fail(SUMI_NOT_FOUND, "the event file was deleted while being written: %s",
                     file->path);
  return SUMI_OK;
}

size_t sumi__events_current_file_write(sumi__events_current_file_t *file, const void *bytes,
                                       size_t size_bytes) {
  return sumi_file_write(&file->io, file->fd, bytes, size_bytes);
}

bool sumi__events_current_file_cut(sumi__events_current_file_t *file) {
  return file->io.truncate(file->io.user, file->fd, (off_t)file->size_bytes) == 0;
}

sumi_status_t sumi__events_current_file_leave(sumi__events_current_file_t *file, bool empty) {
  if (file->fd < 0) return SUMI_OK;
  sumi_status_t status = SUMI_OK;
  const sumi_status_t there = sumi__events_current_file_check(file);
  if (there == SUMI_OK && empty) unlink(file->path);
  /* A descriptor that is somebody else's is not ours to close. */
  if (there != SUMI_FAILED_PRECONDITION && close(file->fd) != 0 && errno != EINTR)
    status = sumi_fail_errno(errno, "cannot close", file->path);
  file->fd = -1;
  return status;
}

void sumi__events_current_file_release(sumi__events_current_file_t *file) {
  sumi_arena_free(file->paths);
  sumi_free(file->directory);
  sumi_free(file->suffix);
}
