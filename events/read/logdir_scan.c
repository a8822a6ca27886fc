#include "logdir_scan.h"

#include <sumi/buffer.h>
#include <sumi/logdir.h>

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* Deeper trees do not occur in logs; the bound keeps the walk off the stack's end. */
enum { MAX_DEPTH = 64 };

/* The directories from the root to the current one: a link back to one of them would be a
 * circle. */
typedef struct place {
  dev_t device;
  ino_t inode;
} place_t;

typedef struct walk {
  sumi__events_logdir_visit_t *visit;
  void *user;
  sumi_buffer_t path; /* of the current directory */
  size_t root_length;
  place_t places[MAX_DEPTH];
} walk_t;

static bool is_circle(const walk_t *walk, int depth, const struct stat *info) {
  for (int i = 0; i < depth; ++i)
    if (walk->places[i].device == info->st_dev && walk->places[i].inode == info->st_ino)
      return true;
  return false;
}

static sumi_status_t visit_if_run(walk_t *walk, bool is_run) {
  if (!is_run) return SUMI_OK;
  const char *path = sumi_buffer_text(&walk->path);
  SUMI_TRY(sumi_buffer_status(&walk->path, "a path"));
  const char *name = path + walk->root_length;
  while (*name == '/') ++name;
  return walk->visit(walk->user, *name ? name : ".", path);
}

static sumi_status_t walk_directory(walk_t *walk, int depth);

static sumi_status_t walk_entry(walk_t *walk, const char *name, int depth) {
  const size_t length = walk->path.size;
  sumi_buffer_putc(&walk->path, '/');
  sumi_buffer_puts(&walk->path, name);
  const sumi_status_t status = walk_directory(walk, depth);
  walk->path.size = length;
  return status;
}

static sumi_status_t walk_entries(walk_t *walk, DIR *entries, int depth, bool *is_run) {
  const struct dirent *entry;
  while ((entry = readdir(entries))) {
    struct stat info;
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    const bool maybe_directory = entry->d_type == DT_DIR || entry->d_type == DT_LNK ||
                                 entry->d_type == DT_UNKNOWN;
    const bool is_event_file = sumi_is_event_file_name(entry->d_name);
    if (!maybe_directory && !is_event_file) continue;
    if (fstatat(dirfd(entries), entry->d_name, &info, 0) != 0) continue;
    if (S_ISDIR(info.st_mode))
      SUMI_TRY(walk_entry(walk, entry->d_name, depth + 1));
    else if (is_event_file && S_ISREG(info.st_mode))
      *is_run = true;
  }
  return SUMI_OK;
}

static sumi_status_t walk_directory(walk_t *walk, int depth) {
  const char *path = sumi_buffer_text(&walk->path);
  SUMI_TRY(sumi_buffer_status(&walk->path, "a path"));
  struct stat info;
  DIR *entries = depth < MAX_DEPTH ? opendir(path) : NULL;
  if (!entries) return depth == 0 ? sumi_fail_errno(errno, "cannot read directory", path) : SUMI_OK;
  bool is_run = false;
  sumi_status_t status = SUMI_OK;
  if (fstat(dirfd(entries), &info) == 0 && !is_circle(walk, depth, &info)) {
    walk->places[depth] = (place_t){info.st_dev, info.st_ino};
    status = walk_entries(walk, entries, depth, &is_run);
  }
  closedir(entries);
  return status == SUMI_OK ? visit_if_run(walk, is_run) : status;
}

sumi_status_t sumi__events_logdir_scan(const char *root, sumi__events_logdir_visit_t *visit,
                                       void *user) {
  struct stat info;
  if (stat(root, &info) == 0 && S_ISREG(info.st_mode)) return visit(user, ".", root);
  walk_t walk = {.visit = visit, .user = user};
  sumi_buffer_puts(&walk.path, root);
  while (walk.path.size > 1 && walk.path.data[walk.path.size - 1] == '/') --walk.path.size;
  walk.root_length = walk.path.size;
  const sumi_status_t status = walk_directory(&walk, 0);
  sumi_buffer_release(&walk.path);
  return status;
}
