#include <sumi/alloc.h>
#include <sumi/buffer.h>
#include <sumi/file.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The signal is held back while the thread writes; one that came of it is taken, for it would end
 * the program on the way out. */
static ssize_t system_write(void *user, int file, const void *bytes, size_t size_bytes) {
  (void)user;
  sigset_t limit, before, pending;
  sigemptyset(&limit);
  sigaddset(&limit, SIGXFSZ);
  pthread_sigmask(SIG_BLOCK, &limit, &before);
  sigpending(&pending);
  const bool was_pending = sigismember(&pending, SIGXFSZ);
  const ssize_t written = write(file, bytes, size_bytes);
  const int error = errno;
  const struct timespec at_once = {0, 0};
  if (written < 0 && error == EFBIG && !was_pending) sigtimedwait(&limit, NULL, &at_once);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = error;
  return written;
}

static int system_truncate(void *user, int file, off_t size_bytes) {
  (void)user;
  return ftruncate(file, size_bytes);
}

static int system_sync(void *user, int file) {
  (void)user;
  return fsync(file);
}

const sumi_file_io_t sumi_file_system_io = {system_write, system_truncate, system_sync, NULL};

size_t sumi_file_write(const sumi_file_io_t *io, int file, const void *bytes, size_t size_bytes) {
  size_t done = 0;
  while (done < size_bytes) {
    const ssize_t n = io->write(io->user, file, (const char *)bytes + done, size_bytes - done);
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) errno = EIO;
    if (n <= 0) break;
    done += (size_t)n;
  }
  return done;
}

sumi_status_t sumi_file_write_all(int file, const char *path, const void *bytes,
                                  size_t size_bytes) {
  if (sumi_file_write(&sumi_file_system_io, file, bytes, size_bytes) == size_bytes) return SUMI_OK;
  return sumi_fail_errno(errno, "cannot write", path);
}

void sumi_file_sync_directory_of(const char *path) {
  char *copy = sumi_strdup(path);
  const int directory = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  if (directory >= 0) {
    (void)fsync(directory);
    close(directory);
  }
  sumi_free(copy);
}

static sumi_status_t fill(int file, const char *path, int64_t count,
                          const sumi_file_part_t *parts) {
  sumi_status_t status = SUMI_OK;
  for (int64_t i = 0; i < count && status == SUMI_OK; ++i)
    status = sumi_file_write_all(file, path, parts[i].bytes, parts[i].size_bytes);
  if (status == SUMI_OK && fsync(file) != 0) status = sumi_fail_errno(errno, "cannot sync", path);
  if (close(file) != 0 && status == SUMI_OK) status = sumi_fail_errno(errno, "cannot close", path);
  return status;
}

/* A new file beside `path` under a name nobody has; neither a file nor a link that is there is
 * touched. The name is for sumi_free. */
static sumi_status_t create_beside(const char *directory, const char *name, char **path,
                                   int *file) {
  static _Atomic unsigned counter;
  for (;;) {
    sumi_buffer_t text = {0};
    sumi_buffer_printf(&text, "%s/.%s.%lld.%u.new", directory, name, (long long)getpid(),
                       atomic_fetch_add(&counter, 1));
    *path = text.failed ? NULL : sumi_strdup(sumi_buffer_text(&text));
    sumi_buffer_release(&text);
    if (!*path) return sumi_fail_alloc("a path", strlen(directory));
    *file = open(*path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (*file >= 0) return SUMI_OK;
    const int error = errno;
    const sumi_status_t status = sumi_fail_errno(error, "cannot create", *path);
    sumi_free(*path);
    if (error != EEXIST) return status;
  }
}

static sumi_status_t replace(const char *temporary, const char *directory, const char *name) {
  sumi_buffer_t path = {0};
  sumi_buffer_printf(&path, "%s/%s", directory, name);
  sumi_status_t status = sumi_buffer_text(&path) ? SUMI_OK : sumi_buffer_status(&path, "a path");
  if (status == SUMI_OK && rename(temporary, path.data) != 0)
    status = sumi_fail_errno(errno, "cannot replace", path.data);
  if (status == SUMI_OK) sumi_file_sync_directory_of(path.data);
  sumi_buffer_release(&path);
  return status;
}

static sumi_status_t replace_parts(const char *directory, const char *name, int64_t count,
                                   const sumi_file_part_t *parts) {
  char *temporary = NULL;
  int file = -1;
  SUMI_TRY(create_beside(directory, name, &temporary, &file));
  sumi_status_t status = fill(file, temporary, count, parts);
  if (status == SUMI_OK) status = replace(temporary, directory, name);
  if (status != SUMI_OK) unlink(temporary);
  sumi_free(temporary);
  return status;
}

sumi_status_t sumi_file_replace(const char *directory, const char *name, const void *bytes,
                                size_t size_bytes) {
  const sumi_file_part_t part = {bytes, size_bytes};
  return replace_parts(directory, name, 1, &part);
}

sumi_status_t sumi_file_replace_path(const char *path, int64_t count,
                                     const sumi_file_part_t *parts) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  if (!name[0]) return sumi_fail(SUMI_INVALID_ARGUMENT, "'%s' is no file's path", path);
  char *directory = !slash          ? sumi_strdup(".")
                    : slash == path ? sumi_strdup("/")
                                    : sumi_strndup(path, (size_t)(slash - path));
  if (!directory) return sumi_fail_alloc("a path", strlen(path));
  const sumi_status_t status = replace_parts(directory, name, count, parts);
  sumi_free(directory);
  return status;
}

static sumi_status_t make_directory(const char *path) {
  struct stat info;
  if (mkdir(path, 0777) == 0) return SUMI_OK;
  const int error = errno;
  if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) return SUMI_OK;
  return sumi_fail_errno(error, "cannot create directory", path);
}

sumi_status_t sumi_file_make_directories(const char *path) {
  char *prefix = sumi_strdup(path);
  if (!prefix) return sumi_fail_alloc("a path", strlen(path) + 1);
  sumi_status_t status = SUMI_OK;
  for (char *slash = prefix + 1; status == SUMI_OK && *prefix && (slash = strchr(slash, '/'));
       ++slash) {
    *slash = '\0';
    status = make_directory(prefix);
    *slash = '/';
  }
  if (status == SUMI_OK) status = make_directory(path);
  sumi_free(prefix);
  return status;
}
