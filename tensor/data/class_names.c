#include "array/source.h"
#include "data/dataset.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sumi/alloc.h>
#include <sumi/utf8.h>

/* github.com/zalandoresearch/fashion-mnist, "Labels". */
static const char *const fashion[] = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                      "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};

enum { NAMES_MAX_BYTES = 1 << 20 };

static int64_t class_count(const sumi_dataset_t *dataset) {
  int64_t count = 0;
  for (int64_t i = 0; i < sumi_array_count(dataset->labels); ++i) {
    const int64_t label = ((const int32_t *)sumi_array_data(dataset->labels))[i];
    if (label >= count) count = label + 1;
  }
  return count;
}

/* Names one class after the other: those given, then numbers. */
static sumi_status_t set_names(sumi_dataset_t *dataset, int64_t given, const char *const *names) {
  const int64_t used = class_count(dataset), count = used > given ? used : given;
  dataset->class_names = sumi_array_new(SUMI_STRING, SUMI_DIMS(count));
  if (!dataset->class_names) return SUMI_RESOURCE_EXHAUSTED;
  for (int64_t i = 0; i < count; ++i) {
    char number[24];
    sprintf(number, "%" PRId64, i);
    SUMI_TRY(sumi_array_set_text(dataset->class_names, i, i < given ? names[i] : number));
  }
  return SUMI_OK;
}

static sumi_status_t read_text(const char *path, sumi_buffer_t *text) {
  sumi__tensor_source_t source;
  sumi_status_t status = sumi__tensor_source_open(path, &source);
  void *place = status == SUMI_OK ? sumi_buffer_reserve(text, NAMES_MAX_BYTES) : NULL;
  if (status == SUMI_OK && !place) status = sumi_fail_alloc("class names", NAMES_MAX_BYTES);
  if (status == SUMI_OK)
    status = sumi__tensor_source_read_some(&source, place, NAMES_MAX_BYTES - 1, &text->size);
  sumi__tensor_source_close(&source);
  if (status == SUMI_OK) status = sumi_utf8_check(path, sumi_buffer_text(text));
  return status;
}

/* Cuts a text into its lines that are not empty. */
static int64_t split_lines(char *text, const char **lines, int64_t most) {
  int64_t count = 0;
  for (char *state, *line = strtok_r(text, "\r\n", &state); line && count < most;
       line = strtok_r(NULL, "\r\n", &state))
    lines[count++] = line;
  return count;
}

static sumi_status_t name_from_file(const char *path, sumi_dataset_t *dataset) {
  enum { MOST = 10000 };
  sumi_buffer_t text = {0};
  const char **lines = sumi_calloc(MOST, sizeof *lines);
  sumi_status_t status = lines ? read_text(path, &text) : sumi_fail_alloc("class names", MOST);
  if (status == SUMI_OK) status = set_names(dataset, split_lines(text.data, lines, MOST), lines);
  sumi_free(lines);
  sumi_buffer_release(&text);
  return status;
}

static bool is_fashion(const char *path) {
  static const char word[] = "fashion";
  for (; *path; ++path) {
    size_t i = 0;
    while (word[i] && tolower((unsigned char)path[i]) == word[i]) ++i;
    if (!word[i]) return true;
  }
  return false;
}

sumi_status_t sumi__tensor_name_classes(const char *path, sumi_dataset_t *dataset) {
  static const char *const files[] = {"class_names.txt", "batches.meta.txt"};
  for (size_t i = 0; i < sizeof files / sizeof *files; ++i) {
    char *file = sumi__tensor_join_path(path, files[i]);
    if (!file) return sumi_fail_alloc("a path", strlen(path));
    const bool exists = sumi__tensor_file_exists(file);
    const sumi_status_t status = exists ? name_from_file(file, dataset) : SUMI_OK;
    sumi_free(file);
    if (exists) return status;
  }
  const bool known = is_fashion(path) && class_count(dataset) <= 10;
  return set_names(dataset, known ? 10 : 0, fashion);
}
