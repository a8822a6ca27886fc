/* What a report shows of runs: scalars, and where everything else stands. */
#ifndef SUMI_COMMAND_BOARD_H
#define SUMI_COMMAND_BOARD_H

#include "command.h"

#include <sumi/name_table.h>

typedef enum board_kind {
  BOARD_SCALARS,
  BOARD_IMAGES,
  BOARD_AUDIO,
  BOARD_HISTOGRAMS,
  BOARD_TEXT,
  BOARD_OTHER /* what the page does not show */
} board_kind_t;

/* A value: of scalars the number, of others where it is read again. */
typedef struct board_value {
  int64_t step;
  double time_s;
  union {
    double number;
    struct {
      const char *file;
      uint64_t offset; /* of the record */
      uint32_t index;  /* among the event's values */
    } place;
  } is;
} board_value_t;

/* The values of a tag in a run, by step: as in TensorBoard's data server, a value at an earlier
 * step takes the place of all from there on. */
typedef struct board_series {
  sumi_name_t name; /* the tag's key */
  struct board_series *next;
  int run;
  bool single; /* float32 */
  board_value_t *values;
  size_t count, capacity;
} board_series_t;

typedef struct board_tag {
  sumi_name_t name; /* the kind's letter and the tag */
  int number;       /* from 0 in the order of appearance */
  board_kind_t kind;
  const char *plugin, *title, *description;
  board_series_t *first, *last; /* by the runs' appearance */
  size_t series_count;
} board_tag_t;

typedef struct board_run {
  sumi_name_t name;
  int number;
  sumi_name_table_t series;
  sumi_event_damage_t damage;
  double began_s;
  char *hparams; /* JSON, NULL: it is no trial */
  int ended;     /* a sumi_hparams_status_t */
} board_run_t;

typedef struct board {
  sumi_name_table_t runs, tags, files;
  board_run_t **run_list; /* by their numbers */
  board_tag_t **tag_list;
  size_t run_capacity, tag_capacity, scalar_series;
  char *metrics; /* JSON, NULL: no run names any */
  size_t most;   /* steps of a tag that are shown, but for scalars; 0: all */
  const char *title;
} board_t;

/* Adds the values of the source's events that are asked for. OUT_OF_RANGE: the end. */
sumi_status_t sumi__command_board_read(board_t *board, source_t *source,
                                       const arguments_t *arguments);

/* Notes the runs that are there and their damage; false without memory. */
bool sumi__command_board_note_runs(board_t *board, const source_t *source);

void sumi__command_board_release(board_t *board);

/* ---- As JSON (board_json.c) ---- */

/* Runs and tags, without values. */
void sumi__command_board_put_index(FILE *file, const board_t *board);

/* A tag's values in all runs, thinned to what can be seen; pictures and sounds are data:
 * addresses. */
void sumi__command_board_put_tag(FILE *file, const board_t *board, const board_tag_t *tag);

/* ---- Values in their files (board_value.c) ---- */

/* Reads a value again; NULL with a message in sumi_error_message. It lives as long as the *reader,
 * which is the caller's to free. */
const sumi_event_value_t *sumi__command_board_load(const board_value_t *place,
                                                   sumi_event_reader_t **reader);

/* How many pictures or sounds a value holds, and one of them. */
int64_t sumi__command_board_item_count(board_kind_t kind, const sumi_event_value_t *value);
const sumi_bytes_view_t *sumi__command_board_item(board_kind_t kind,
                                                  const sumi_event_value_t *value, int64_t index);

/* What the bytes are by their first ones: a type that a browser shows and never runs. */
const char *sumi__command_board_media_type(const sumi_bytes_view_t *bytes);

/* ---- Hyper-parameters (board_hparams.c) ---- */

/* Notes what a value of the plugin hparams says; false without memory. Bytes that are no such
 * message say nothing. */
bool sumi__command_board_note_hparams(board_t *board, board_run_t *run,
                                      const sumi_event_value_t *value);

#endif
