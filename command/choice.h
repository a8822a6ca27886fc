/* All values of a source by run and tag, of which some are chosen. */
#ifndef SUMI_COMMAND_CHOICE_H
#define SUMI_COMMAND_CHOICE_H

#include "rewrite.h"

#include <sumi/name_table.h>

typedef struct chosen_value {
  int run, tag;  /* numbers in the order of appearance */
  size_t number; /* among all values of the source */
  int64_t step;
  double value; /* of scalars, else NaN */
  bool is_scalar;
} chosen_value_t;

typedef struct choice {
  sumi_name_table_t runs, tags;
  chosen_value_t *values; /* in the order of reading; sorted by run and tag after a sort */
  size_t count, capacity;
  bool *left_out; /* by the values' numbers */
  size_t next;    /* of the second reading */
} choice_t;

/* Reads the source to its end, and begins it again; nothing is left out yet. */
sumi_status_t sumi__command_choice_read(choice_t *choice, source_t *source);

/* Sorts by run, tag and order of reading. */
void sumi__command_choice_sort(choice_t *choice);

/* Leaves out of the next event what is left out; in the order of reading. */
void sumi__command_choice_apply(choice_t *choice, const sumi_event_t *event,
                                sumi_value_edit_t *edits);

void sumi__command_choice_release(choice_t *choice);

#endif
