/* All values of a source by run and tag, of which some are chosen. */
#ifndef SUMI_COMMAND_CHOICE_H
#define SUMI_COMMAND_CHOICE_H

#include "rewrite.h"

#include <sumi/name_table.h>

typedef struct chosen_value {
  int run, tag;  /* numbers in the order of appearance; a run is its folder */
  size_t number; /* among all values of the source */
  int64_t step;
  double value; /* of scalars, else NaN */
  bool is_scalar;
} chosen_value_t;

typedef struct choice {
  sumi_name_table_t runs, tags;
  chosen_value_t *values; /* in the order of reading; sorted by run and tag after a sort */
  size_t count, capacity;
  bool *left_out;            /* by the values' numbers */
  struct chosen_file *files; /* in the order of reading */
  size_t file_count, file_capacity;
  size_t file, next; /* of the second reading: the file, and its next value */
} choice_t;

/* Reads the source to its end, and begins it again; nothing is left out yet. */
sumi_status_t sumi__command_choice_read(choice_t *choice, source_t *source);

/* Sorts by run, tag and order of reading. */
void sumi__command_choice_sort(choice_t *choice);

/* Leaves out of the next event of that file what is left out, and what was not there at the first
 * reading; in the order of reading. */
void sumi__command_choice_apply(choice_t *choice, const char *path, const sumi_event_t *event,
                                sumi_value_edit_t *edits);

void sumi__command_choice_release(choice_t *choice);

#endif
