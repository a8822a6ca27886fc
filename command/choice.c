#include "choice.h"

#include "series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <sumi/alloc.h>

/* The values of a file. It may grow between the readings, which must not shift the numbers of the
 * values behind it. */
typedef struct chosen_file {
  char *path;
  size_t first, count;
} chosen_file_t;

static sumi_status_t add(choice_t *choice, const char *folder, const sumi_event_t *event,
                         const sumi_event_value_t *value) {
  if (choice->count == choice->capacity) {
    const size_t capacity = choice->capacity ? choice->capacity * 2 : 1024;
    chosen_value_t *values = sumi_realloc_array(choice->values, capacity, sizeof *values);
    if (!values) return sumi_fail_alloc("the values", capacity * sizeof *values);
    choice->values = values;
    choice->capacity = capacity;
  }
  chosen_value_t *added = &choice->values[choice->count];
  *added = (chosen_value_t){.run = sumi__command_number_of(&choice->runs, folder),
                            .tag = sumi__command_number_of(&choice->tags, value->tag),
                            .number = choice->count,
                            .step = event->step,
                            .value = NAN};
  added->is_scalar = sumi__command_is_scalar(value, &added->value);
  ++choice->count;
  return added->run >= 0 && added->tag >= 0 ? SUMI_OK : sumi_fail_alloc("a name", sizeof *added);
}

static sumi_status_t add_file(choice_t *choice, const char *path) {
  if (choice->file_count == choice->file_capacity) {
    const size_t capacity = choice->file_capacity ? choice->file_capacity * 2 : 16;
    chosen_file_t *files = sumi_realloc_array(choice->files, capacity, sizeof *files);
    if (!files) return sumi_fail_alloc("the files", capacity * sizeof *files);
    choice->files = files;
    choice->file_capacity = capacity;
  }
  char *copy = sumi_strdup(path);
  if (!copy) return sumi_fail_alloc("a path", strlen(path));
  choice->files[choice->file_count++] = (chosen_file_t){.path = copy, .first = choice->count};
  return SUMI_OK;
}

static sumi_status_t add_event(choice_t *choice, const source_t *source,
                               const sumi_event_t *event) {
  const char *path = sumi__command_file(source);
  if (choice->file_count == 0 || strcmp(choice->files[choice->file_count - 1].path, path) != 0)
    SUMI_TRY(add_file(choice, path));
  for (size_t i = 0; i < event->value_count; ++i)
    SUMI_TRY(add(choice, sumi__command_folder(source), event, &event->values[i]));
  choice->files[choice->file_count - 1].count += event->value_count;
  return SUMI_OK;
}

sumi_status_t sumi__command_choice_read(choice_t *choice, source_t *source) {
  sumi_status_t status;
  sumi_event_t event;
  const char *run;
  while ((status = sumi__command_next(source, &event, &run)) == SUMI_OK)
    SUMI_TRY(add_event(choice, source, &event));
  if (status != SUMI_OUT_OF_RANGE) return status;
  choice->left_out = sumi_calloc(choice->count + 1, sizeof *choice->left_out);
  if (!choice->left_out) return sumi_fail_alloc("the values", choice->count);
  return sumi__command_rewind(source) ? SUMI_OK : SUMI_UNAVAILABLE;
}

static int by_place(const void *left, const void *right) {
  const chosen_value_t *a = left, *b = right;
  if (a->run != b->run) return a->run < b->run ? -1 : 1;
  if (a->tag != b->tag) return a->tag < b->tag ? -1 : 1;
  return (a->number > b->number) - (a->number < b->number);
}

void sumi__command_choice_sort(choice_t *choice) {
  if (choice->count > 0) qsort(choice->values, choice->count, sizeof *choice->values, by_place);
}

/* The file at that path, at or behind the current one; false: it is new. */
static bool find_file(choice_t *choice, const char *path) {
  for (size_t i = choice->file; i < choice->file_count; ++i)
    if (strcmp(choice->files[i].path, path) == 0) {
      if (i != choice->file) choice->next = 0;
      choice->file = i;
      return true;
    }
  return false;
}

void sumi__command_choice_apply(choice_t *choice, const char *path, const sumi_event_t *event,
                                sumi_value_edit_t *edits) {
  if (!find_file(choice, path)) {
    for (size_t i = 0; i < event->value_count; ++i) edits[i].left_out = true;
    return;
  }
  const chosen_file_t *file = &choice->files[choice->file];
  for (size_t i = 0; i < event->value_count; ++i, ++choice->next)
    edits[i].left_out = choice->next >= file->count || choice->left_out[file->first + choice->next];
}

void sumi__command_choice_release(choice_t *choice) {
  sumi_name_table_release(&choice->runs);
  sumi_name_table_release(&choice->tags);
  for (size_t i = 0; i < choice->file_count; ++i) sumi_free(choice->files[i].path);
  sumi_free(choice->files);
  sumi_free(choice->values);
  sumi_free(choice->left_out);
}
