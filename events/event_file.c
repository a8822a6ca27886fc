#include "event_file.h"

#include <sumi/alloc.h>
#include <sumi/buffer.h>
#include <sumi/clock.h>
#include <sumi/logdir.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

bool sumi_is_event_file_name(const char *name) {
  return name && strstr(name, "tfevents");
}

void sumi__events_event_files_release(sumi__events_event_files_t *files) {
  for (size_t i = 0; i < files->count; ++i) sumi_free(files->paths[i]);
  sumi_free(files->paths);
  *files = (sumi__events_event_files_t){0};
}

static sumi_status_t add_path(sumi__events_event_files_t *files, char *path) {
  char **paths = path ? sumi_realloc_array(files->paths, files->count + 1, sizeof *paths) : NULL;
  if (!paths) {
    sumi_free(path);
    return sumi_fail_alloc("the list of event files", (files->count + 1) * sizeof *paths);
  }
  files->paths = paths;
  files->paths[files->count++] = path;
  return SUMI_OK;
}

static char *join(const char *directory, const char *name) {
  const size_t length = strlen(directory), name_length = strlen(name);
  const bool slash = length > 0 && directory[length - 1] != '/';
  char *path = sumi_malloc(length + slash + name_length + 1);
  if (!path) return NULL;
  memcpy(path, directory, length);
  if (slash) path[length] = '/';
  memcpy(path + length + slash, name, name_length + 1);
  return path;
}

static int compare_paths(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static sumi_status_t list_entries(DIR *entries, const char *directory,
                                  sumi__events_event_files_t *files) {
  struct dirent *entry;
  struct stat info;
  while ((entry = readdir(entries))) {
    if (!sumi_is_event_file_name(entry->d_name)) continue;
    if (fstatat(dirfd(entries), entry->d_name, &info, 0) != 0 || !S_ISREG(info.st_mode)) continue;
    SUMI_TRY(add_path(files, join(directory, entry->d_name)));
  }
  if (files->count > 1) qsort(files->paths, files->count, sizeof *files->paths, compare_paths);
  return SUMI_OK;
}

sumi_status_t sumi__events_event_files_list(const char *directory,
                                            sumi__events_event_files_t *files) {
  *files = (sumi__events_event_files_t){0};
  struct stat info;
  if (stat(directory, &info) == 0 && S_ISREG(info.st_mode))
    return add_path(files, sumi_strdup(directory));
  DIR *entries = opendir(directory);
  if (!entries) return sumi_fail_errno(errno, "cannot read directory", directory);
  const sumi_status_t status = list_entries(entries, directory, files);
  closedir(entries);
  if (status != SUMI_OK) sumi__events_event_files_release(files);
  return status;
}

/* The machine's name with everything but letters, digits and - . _ replaced, so that it cannot
 * upset a path. */
static void host_name(char name[65]) {
  if (gethostname(name, 65) != 0 || !name[0]) strcpy(name, "localhost");
  name[64] = '\0';
  for (char *c = name; *c; ++c)
    if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._", *c)) *c = '_';
}

static const char name_prefix[] = "events.out.tfevents.";

static char *file_name(const char *directory, long long seconds, unsigned counter,
                       const char *suffix) {
  char host[65];
  host_name(host);
  sumi_buffer_t name = {0};
  sumi_buffer_printf(&name, "%s%010lld.%s.%lld.%06u%s", name_prefix, seconds, host,
                     (long long)getpid(), counter, suffix ? suffix : "");
  const char *text = sumi_buffer_text(&name);
  char *path = text ? join(directory, text) : NULL;
  sumi_buffer_release(&name);
  return path;
}

/* The seconds in a name of the usual form, -1 in others. */
static long long seconds_of(const char *path) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  if (strncmp(name, name_prefix, sizeof name_prefix - 1) != 0) return -1;
  return strtoll(name + sizeof name_prefix - 1, NULL, 10);
}

bool sumi__events_event_file_lock(int fd) {
  return flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

/* One attempt under one name; ALREADY_EXISTS asks for another. */
static sumi_status_t create(const char *path, int *fd) {
  *fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
  if (*fd < 0) return sumi_fail_errno(errno, "cannot create", path);
  sumi__events_event_file_lock(*fd);
  return SUMI_OK;
}

sumi_status_t sumi__events_event_file_create(const char *directory, const char *suffix,
                                             const sumi__events_event_files_t *existing,
                                             char **path, int *fd) {
  static _Atomic unsigned counter;
  const char *last = existing->count ? existing->paths[existing->count - 1] : "";
  long long seconds = (long long)sumi_clock_wall_s();
  if (seconds < 0) seconds = 0;
  for (;;) {
    *path = file_name(directory, seconds, atomic_fetch_add(&counter, 1) % 1000000, suffix);
    if (!*path) return sumi_fail_alloc("a file name", strlen(directory) + 128);
    /* A clock that went back or another host's name in the same second must not make this file the
     * older one. */
    if (strcmp(*path, last) <= 0 && seconds <= seconds_of(last)) {
      seconds = seconds_of(last) + 1;
      sumi_free(*path);
      continue;
    }
    const sumi_status_t status = create(*path, fd);
    if (status == SUMI_OK) return SUMI_OK;
    sumi_free(*path);
    *path = NULL;
    if (status != SUMI_ALREADY_EXISTS) return status;
  }
}
