/* Lists of texts; for the files of tensor/data/ only. */
#ifndef SUMI_DATA_TEXTS_H
#define SUMI_DATA_TEXTS_H

#include <sumi/array.h>

/* A growing list of texts, which it owns. */
typedef struct {
  char **list;
  int64_t count, capacity;
} sumi__tensor_texts_t;

void sumi__tensor_texts_release(sumi__tensor_texts_t *texts);

/* Takes over a text, whatever happens; NULL is one there was no memory for. */
sumi_status_t sumi__tensor_texts_add(sumi__tensor_texts_t *texts, char *text);

void sumi__tensor_texts_sort(sumi__tensor_texts_t *texts);
sumi_array_t *sumi__tensor_texts_array(const sumi__tensor_texts_t *texts);

#endif
