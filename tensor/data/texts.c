#include "data/texts.h"

#include <stdlib.h>
#include <string.h>
#include <sumi/alloc.h>

void sumi__tensor_texts_release(sumi__tensor_texts_t *texts) {
  for (int64_t i = 0; i < texts->count; ++i) sumi_free(texts->list[i]);
  sumi_free(texts->list);
  *texts = (sumi__tensor_texts_t){0};
}

sumi_status_t sumi__tensor_texts_add(sumi__tensor_texts_t *texts, char *text) {
  if (!text) return sumi_fail_alloc("names of files", 1);
  if (texts->count == texts->capacity) {
    const int64_t capacity = texts->capacity ? 2 * texts->capacity : 64;
    char **list = sumi_realloc_array(texts->list, (size_t)capacity, sizeof *list);
    if (!list) {
      sumi_free(text);
      return sumi_fail_alloc("names of files", (size_t)capacity * sizeof *list);
    }
    texts->list = list;
    texts->capacity = capacity;
  }
  texts->list[texts->count++] = text;
  return SUMI_OK;
}

static int compare(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void sumi__tensor_texts_sort(sumi__tensor_texts_t *texts) {
  if (texts->count > 1) qsort(texts->list, (size_t)texts->count, sizeof *texts->list, compare);
}

sumi_array_t *sumi__tensor_texts_array(const sumi__tensor_texts_t *texts) {
  return sumi_array_from(SUMI_STRING, SUMI_DIMS(texts->count), texts->list);
}
