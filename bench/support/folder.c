#include "measure.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool bench_make_folder(bench_folder_t *folder, const char *parent) {
  snprintf(folder->path, sizeof folder->path, "%s/sumi-bench-XXXXXX", parent ? parent : "/tmp");
  if (mkdtemp(folder->path)) return true;
  perror(folder->path);
  return false;
}

void bench_empty_folder(const bench_folder_t *folder) {
  DIR *directory = opendir(folder->path);
  if (!directory) return;
  for (const struct dirent *entry; (entry = readdir(directory));)
    if (entry->d_type == DT_REG) unlinkat(dirfd(directory), entry->d_name, 0);
  closedir(directory);
}

void bench_remove_folder(const bench_folder_t *folder) {
  bench_empty_folder(folder);
  if (rmdir(folder->path) != 0) perror(folder->path);
}
