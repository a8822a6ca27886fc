/* Numbers from tables and logs, as scalars of runs. */
#ifndef SUMI_COMMAND_IMPORT_H
#define SUMI_COMMAND_IMPORT_H

#include "series.h"

typedef struct import {
  const arguments_t *arguments;
  series_t series;
  const char *path; /* of the file that is read */
  const char *run;  /* for values that do not say one */
  int64_t line;     /* being read, from 1 */
  bool failed;      /* and said */
} import_t;

/* What a line of a table says besides its numbers. */
typedef struct import_place {
  const char *run; /* NULL: the file's */
  int64_t step;
  double time_s; /* 0: not said */
} import_place_t;

/* Each reads a file to its end, or fails. */
void sumi__command_import_csv(import_t *import, FILE *file);
void sumi__command_import_json(import_t *import, FILE *file);
void sumi__command_import_log(import_t *import, FILE *file);

/* A value, if its tag fits and there is memory. */
void sumi__command_import_add(import_t *import, const import_place_t *place, const char *tag,
                              double value);

/* Fails with "<path>, line <n>: <message>", the first time. */
void sumi__command_import_fail(import_t *import, const char *format, ...) SUMI_PRINTF(2, 3);

/* A number, or the failure that names where it was. */
double sumi__command_import_number(import_t *import, const char *what, const char *text);
int64_t sumi__command_import_step(import_t *import, const char *text);

#endif
