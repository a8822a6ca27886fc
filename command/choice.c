#include "choice.h"

#include "series.h"

#include <math.h>
#include <stdlib.h>

#include <sumi/alloc.h>

static sumi_status_t add(choice_t *choice, const char *run, const sumi_event_t *event,
                         const sumi_event_value_t *value) {
  if (choice->count == choice->capacity) {
    const size_t capacity = choice->capacity ? choice->capacity * 2 : 1024;
    chosen_value_t *values = sumi_realloc_array(choice->values, capacity, sizeof *values);
    if (!values) return sumi_fail_alloc("the values", capacity * sizeof *values);
    choice->values = values;
    choice->capacity = capacity;
  }
  chosen_value_t *added = &choice->values[choice->count];
  *added = (chosen_value_t){.run = sumi__command_number_of(&choice->runs, run),
                            .tag = sumi__command_number_of(&choice->tags, value->tag),
                            .number = choice->count,
                            .step = event->step,
                            .value = NAN};
  added->is_scalar = sumi__command_is_scalar(value, &added->value);
  ++choice->count;
  return added->run >= 0 && added->tag >= 0 ? SUMI_OK : sumi_fail_alloc("a name", sizeof *added);
}

sumi_status_t sumi__command_choice_read(choice_t *choice, source_t *source) {
  sumi_status_t status;
  sumi_event_t event;
  const char *run;
  while ((status = sumi__command_next(source, &event, &run)) == SUMI_OK)
    for (size_t i = 0; i < event.value_count; ++i)
      SUMI_TRY(add(choice, run, &event, &event.values[i]));
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

void sumi__command_choice_apply(choice_t *choice, const sumi_event_t *event,
                                sumi_value_edit_t *edits) {
  /* A file that grew since has values that were not chosen among. */
  for (size_t i = 0; i < event->value_count; ++i, ++choice->next)
    edits[i].left_out = choice->next >= choice->count || choice->left_out[choice->next];
}

void sumi__command_choice_release(choice_t *choice) {
  sumi_name_table_release(&choice->runs);
  sumi_name_table_release(&choice->tags);
  sumi_free(choice->values);
  sumi_free(choice->left_out);
}
