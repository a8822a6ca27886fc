/* The pictures of a folder, and their classes by sub-folder; folder_labels.c has those of a
 * file. */
#include "data/folder.h"
#include "data/dataset.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sumi/alloc.h>
#include <sumi/options.h>
#include <sys/stat.h>

void sumi_folder_release(sumi_folder_t *folder) {
  if (!folder) return;
  sumi_array_unref(folder->paths);
  sumi_array_unref(folder->labels);
  sumi_array_unref(folder->class_names);
  *folder = (sumi_folder_t){0};
}

/* ---- Directories ---- */

static bool is_picture(const char *name) {
  static const char *const endings[] = {".png", ".jpg", ".jpeg"};
  const size_t length = strlen(name);
  for (size_t i = 0; i < sizeof endings / sizeof *endings; ++i) {
    const size_t size = strlen(endings[i]);
    if (length > size && strcasecmp(name + length - size, endings[i]) == 0) return true;
  }
  return false;
}

/* Adds an entry's path to the folders or, when it is a picture, to the files. */
static sumi_status_t sort_in(const char *folder, const char *name, sumi__tensor_texts_t *folders,
                             sumi__tensor_texts_t *files) {
  if (name[0] == '.') return SUMI_OK;
  char *path = sumi__tensor_join_path(folder, name);
  if (!path) return sumi_fail_alloc("a path", strlen(folder) + strlen(name));
  struct stat info;
  if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) return sumi__tensor_texts_add(folders, path);
  if (is_picture(name)) return sumi__tensor_texts_add(files, path);
  sumi_free(path);
  return SUMI_OK;
}

/* The folders and pictures in a folder, by name. */
static sumi_status_t list(const char *folder, sumi__tensor_texts_t *folders,
                          sumi__tensor_texts_t *files) {
  DIR *directory = opendir(folder);
  if (!directory) return sumi_fail_errno(errno, "cannot read directory", folder);
  sumi_status_t status = SUMI_OK;
  for (struct dirent *entry; status == SUMI_OK && (entry = readdir(directory));)
    status = sort_in(folder, entry->d_name, folders, files);
  closedir(directory);
  sumi__tensor_texts_sort(folders);
  sumi__tensor_texts_sort(files);
  return status;
}

/* Moves the texts of one list to the end of another. */
static sumi_status_t move_all(sumi__tensor_texts_t *from, sumi__tensor_texts_t *to) {
  sumi_status_t status = SUMI_OK;
  for (int64_t i = 0; i < from->count && status == SUMI_OK; ++i) {
    status = sumi__tensor_texts_add(to, from->list[i]);
    from->list[i] = NULL;
  }
  return status;
}

enum { MAX_DEPTH = 64 };

/* All pictures below a folder; links that lead back in are followed only so far. */
static sumi_status_t gather(const char *folder, int depth, sumi__tensor_texts_t *paths) {
  if (depth > MAX_DEPTH)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: more than %d folders within each other", folder,
                     MAX_DEPTH);
  sumi__tensor_texts_t folders = {0}, files = {0};
  sumi_status_t status = list(folder, &folders, &files);
  if (status == SUMI_OK) status = move_all(&files, paths);
  for (int64_t i = 0; i < folders.count && status == SUMI_OK; ++i)
    status = gather(folders.list[i], depth + 1, paths);
  sumi__tensor_texts_release(&folders);
  sumi__tensor_texts_release(&files);
  return status;
}

/* ---- Classes ---- */

static sumi_status_t add_label(sumi_buffer_t *labels, int32_t label) {
  sumi_buffer_append(labels, &label, sizeof label);
  return sumi_buffer_status(labels, "labels");
}

static sumi_status_t gather_class(const char *folder, int32_t label, sumi__tensor_texts_t *paths,
                                  sumi_buffer_t *labels) {
  const int64_t before = paths->count;
  SUMI_TRY(gather(folder, 1, paths));
  for (int64_t i = before; i < paths->count; ++i) SUMI_TRY(add_label(labels, label));
  return SUMI_OK;
}

static sumi_status_t gather_classes(const char *folder, sumi__tensor_texts_t *paths,
                                    sumi_buffer_t *labels, sumi__tensor_texts_t *names) {
  sumi__tensor_texts_t folders = {0}, files = {0};
  sumi_status_t status = list(folder, &folders, &files);
  if (status == SUMI_OK && folders.count == 0)
    status = sumi_fail(SUMI_NOT_FOUND, "%s: there are no sub-folders, which would be classes%s",
                       folder, files.count ? "; .unlabelled takes the pictures beside them" : "");
  for (int64_t i = 0; i < folders.count && status == SUMI_OK; ++i) {
    status = gather_class(folders.list[i], (int32_t)i, paths, labels);
    if (status == SUMI_OK)
      status = sumi__tensor_texts_add(names, sumi_strdup(strrchr(folders.list[i], '/') + 1));
  }
  sumi__tensor_texts_release(&folders);
  sumi__tensor_texts_release(&files);
  return status;
}

static sumi_status_t find(const char *path, const sumi_folder_options_t *options,
                          sumi__tensor_texts_t *paths, sumi_buffer_t *labels,
                          sumi__tensor_texts_t *names) {
  if (options->labels) return sumi__tensor_read_labels(path, options->labels, paths, labels, names);
  SUMI_TRY(options->unlabelled ? gather(path, 0, paths)
                               : gather_classes(path, paths, labels, names));
  if (paths->count > 0) return SUMI_OK;
  return sumi_fail(SUMI_NOT_FOUND, "%s: there is no picture (.png, .jpg, .jpeg) in it", path);
}

static sumi_status_t to_arrays(const sumi__tensor_texts_t *paths, const sumi_buffer_t *labels,
                               const sumi__tensor_texts_t *names, sumi_folder_t *found) {
  found->paths = sumi__tensor_texts_array(paths);
  if (!found->paths) return SUMI_RESOURCE_EXHAUSTED;
  if (names->count == 0) return SUMI_OK;
  found->labels = sumi_array_from(SUMI_INT32, SUMI_DIMS(paths->count), labels->data);
  found->class_names = sumi__tensor_texts_array(names);
  return found->labels && found->class_names ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

sumi_status_t sumi_folder_read_with(const char *path, sumi_folder_t *found,
                                    const sumi_folder_options_t *given) {
  sumi_folder_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!path || !found)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the %s of a folder is NULL", path ? "place" : "path");
  if (options.labels && options.unlabelled)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: a file of labels, and unlabelled", path);
  sumi_folder_release(found);
  sumi__tensor_texts_t paths = {0}, names = {0};
  sumi_buffer_t labels = {0};
  sumi_status_t status = find(path, &options, &paths, &labels, &names);
  if (status == SUMI_OK) status = to_arrays(&paths, &labels, &names, found);
  if (status != SUMI_OK) sumi_folder_release(found);
  sumi__tensor_texts_release(&paths);
  sumi__tensor_texts_release(&names);
  sumi_buffer_release(&labels);
  return status;
}

sumi_pipeline_t *sumi_pipeline_from_folder(const sumi_folder_t *folder) {
  const sumi_component_t list_of[] = {{"path", folder ? folder->paths : NULL},
                                      {"label", folder ? folder->labels : NULL}};
  return sumi_pipeline_from_arrays((sumi_components_t){list_of[1].array ? 2 : 1, list_of});
}
