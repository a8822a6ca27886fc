/* Pictures and their classes from a file of lines "<path below the folder>,<class>". */
#include "data/dataset.h"
#include "data/folder.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/alloc.h>

enum { MAX_CLASSES = 10000 };

static sumi_status_t fail_line(const char *file, int64_t line, const char *what, const char *text) {
  return sumi_fail(SUMI_DATA_LOSS, "%s: line %" PRId64 ": %s \"%.200s\"", file, line, what, text);
}

/* A picture's path, and its class as it stands there. */
static sumi_status_t add_line(const char *folder, const char *file, int64_t number,
                              const char *line, sumi__tensor_texts_t *paths,
                              sumi__tensor_texts_t *classes) {
  const char *comma = strrchr(line, ',');
  if (!comma || comma == line || !comma[1])
    return fail_line(file, number, "\"<path>,<class>\" is expected, found", line);
  char *name = sumi_strndup(line, (size_t)(comma - line));
  char *path = name ? sumi__tensor_join_path(folder, name) : NULL;
  sumi_free(name);
  if (path && !sumi__tensor_file_exists(path)) {
    fail_line(file, number, "there is no picture", path);
    sumi_free(path);
    return SUMI_DATA_LOSS;
  }
  SUMI_TRY(sumi__tensor_texts_add(paths, path));
  return sumi__tensor_texts_add(classes, sumi_strdup(comma + 1));
}

static sumi_status_t read_lines(const char *folder, const char *file, sumi__tensor_texts_t *paths,
                                sumi__tensor_texts_t *classes) {
  sumi_pipeline_t *lines = sumi_pipeline_from_lines(SUMI_PATHS(file));
  sumi_iterator_t *it = sumi_iterator_new(lines);
  sumi_pipeline_unref(lines);
  if (!it) return SUMI_RESOURCE_EXHAUSTED;
  sumi_status_t status = SUMI_OK;
  for (const sumi_element_t *e; status == SUMI_OK && (e = sumi_iterator_next(it));) {
    const char *line = sumi_array_get_text(sumi_element_get(e, "line"), 0);
    if (line[0]) status = add_line(folder, file, sumi_iterator_position(it), line, paths, classes);
  }
  if (status == SUMI_OK) status = sumi_iterator_status(it);
  sumi_iterator_free(it);
  if (status == SUMI_OK && paths->count == 0)
    status = sumi_fail(SUMI_NOT_FOUND, "%s: there is no line in it", file);
  return status;
}

/* The number that a class is, -1 for a name. */
static int64_t number_of(const char *class) {
  const size_t digits = strspn(class, "0123456789");
  return digits > 0 && digits < 10 && !class[digits] ? strtoll(class, NULL, 10) : -1;
}

/* All classes as numbers; false when one is a name. */
static bool are_numbers(const sumi__tensor_texts_t *classes, int64_t *most) {
  *most = 0;
  for (int64_t i = 0; i < classes->count; ++i) {
    const int64_t number = number_of(classes->list[i]);
    if (number < 0) return false;
    if (number > *most) *most = number;
  }
  return true;
}

/* The names 0, 1, …, most. */
static sumi_status_t name_numbers(const char *file, int64_t most, sumi__tensor_texts_t *names) {
  if (most >= MAX_CLASSES)
    return sumi_fail(SUMI_DATA_LOSS, "%s: class %" PRId64 "; up to %d are allowed", file, most,
                     MAX_CLASSES - 1);
  for (int64_t i = 0; i <= most; ++i) {
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, i);
    SUMI_TRY(sumi__tensor_texts_add(names, sumi_strdup(text)));
  }
  return SUMI_OK;
}

/* Each name once, in the order of their bytes. */
static sumi_status_t name_texts(const sumi__tensor_texts_t *classes, sumi__tensor_texts_t *names) {
  sumi__tensor_texts_t sorted = {0};
  sumi_status_t status = SUMI_OK;
  for (int64_t i = 0; i < classes->count && status == SUMI_OK; ++i)
    status = sumi__tensor_texts_add(&sorted, sumi_strdup(classes->list[i]));
  sumi__tensor_texts_sort(&sorted);
  for (int64_t i = 0; i < sorted.count && status == SUMI_OK; ++i)
    if (i == 0 || strcmp(sorted.list[i], sorted.list[i - 1]) != 0)
      status = sumi__tensor_texts_add(names, sumi_strdup(sorted.list[i]));
  sumi__tensor_texts_release(&sorted);
  return status;
}

static int32_t place_of(const char *class, const sumi__tensor_texts_t *names) {
  int64_t low = 0, high = names->count - 1;
  while (low < high) {
    const int64_t middle = (low + high) / 2;
    if (strcmp(names->list[middle], class) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return (int32_t)low;
}

static sumi_status_t number_classes(const char *file, const sumi__tensor_texts_t *classes,
                                    sumi_buffer_t *labels, sumi__tensor_texts_t *names) {
  int64_t most;
  const bool numbers = are_numbers(classes, &most);
  SUMI_TRY(numbers ? name_numbers(file, most, names) : name_texts(classes, names));
  for (int64_t i = 0; i < classes->count; ++i) {
    const int32_t label = numbers ? (int32_t)number_of(classes->list[i])
                                  : place_of(classes->list[i], names);
    sumi_buffer_append(labels, &label, sizeof label);
  }
  return sumi_buffer_status(labels, "labels");
}

sumi_status_t sumi__tensor_read_labels(const char *folder, const char *file,
                                       sumi__tensor_texts_t *paths, sumi_buffer_t *labels,
                                       sumi__tensor_texts_t *names) {
  sumi__tensor_texts_t classes = {0};
  sumi_status_t status = read_lines(folder, file, paths, &classes);
  if (status == SUMI_OK) status = number_classes(file, &classes, labels, names);
  sumi__tensor_texts_release(&classes);
  return status;
}
