#include "board.h"

#include "series.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#include <sumi/alloc.h>

/* The kinds by TensorBoard's plugins; the letter tells equal tags of different kinds apart. */
static const char *const plugins[] = {[BOARD_SCALARS] = "scalars",
                                      [BOARD_IMAGES] = "images",
                                      [BOARD_AUDIO] = "audio",
                                      [BOARD_HISTOGRAMS] = "histograms",
                                      [BOARD_TEXT] = "text"};

static board_kind_t kind_of(const sumi_event_value_t *value, double *number) {
  const char *plugin = sumi__command_plugin(value);
  int64_t rows;
  int kind = BOARD_SCALARS;
  while (kind < BOARD_OTHER && strcmp(plugins[kind], plugin) != 0) ++kind;
  switch (kind) {
  case BOARD_SCALARS: return sumi__command_is_scalar(value, number) ? kind : BOARD_OTHER;
  case BOARD_HISTOGRAMS:
    return sumi_event_value_histogram_rows(value, &rows) == SUMI_OK ? kind : BOARD_OTHER;
  case BOARD_IMAGES:
  case BOARD_AUDIO: return sumi__command_board_item_count(kind, value) > 0 ? kind : BOARD_OTHER;
  case BOARD_TEXT: return value->kind == SUMI_EVENT_STRINGS ? kind : BOARD_OTHER;
  default: return BOARD_OTHER;
  }
}

/* ---- Runs, tags and series by their names ---- */

/* Puts a thing behind the others of a list; false without memory. */
static bool list_add(void *list, size_t *capacity, size_t count, void *thing) {
  void **things = *(void ***)list;
  if (count == *capacity) {
    const size_t more = *capacity ? *capacity * 2 : 64;
    things = sumi_realloc_array(things, more, sizeof *things);
    if (!things) return false;
    *(void ***)list = things;
    *capacity = more;
  }
  things[count] = thing;
  return true;
}

static board_run_t *find_run(board_t *board, const char *name) {
  board_run_t *run = sumi_name_table_find(&board->runs, name);
  if (run) return run;
  run = sumi_name_table_make(&board->runs, name, sizeof *run);
  if (!run) return NULL;
  run->number = (int)board->runs.count;
  if (!list_add(&board->run_list, &board->run_capacity, board->runs.count, run)) return NULL;
  return sumi_name_table_add(&board->runs, run) ? run : NULL;
}

/* Empty without a text, or without memory: it is only shown. */
static const char *copy_text(board_t *board, const char *text) {
  sumi_arena_t *arena = text && text[0] ? sumi_name_table_arena(&board->tags) : NULL;
  const char *copy = arena ? sumi_arena_strdup(arena, text) : NULL;
  return copy ? copy : "";
}

static board_tag_t *find_tag(board_t *board, const char *key, board_kind_t kind,
                             const sumi_event_value_t *value) {
  board_tag_t *tag = sumi_name_table_find(&board->tags, key);
  if (tag) return tag;
  tag = sumi_name_table_make(&board->tags, key, sizeof *tag);
  if (!tag) return NULL;
  tag->number = (int)board->tags.count;
  tag->kind = kind;
  tag->plugin = copy_text(board, sumi__command_plugin(value));
  tag->title = copy_text(board, value->metadata.display_name);
  tag->description = copy_text(board, value->metadata.description);
  if (!list_add(&board->tag_list, &board->tag_capacity, board->tags.count, tag)) return NULL;
  return sumi_name_table_add(&board->tags, tag) ? tag : NULL;
}

static board_series_t *find_series(board_run_t *run, board_tag_t *tag, board_t *board) {
  board_series_t *series = sumi_name_table_find(&run->series, tag->name.text);
  if (series) return series;
  series = sumi_name_table_make(&run->series, tag->name.text, sizeof *series);
  if (!series || !sumi_name_table_add(&run->series, series)) return NULL;
  series->run = run->number;
  *(tag->last ? &tag->last->next : &tag->first) = series;
  tag->last = series;
  ++tag->series_count;
  board->scalar_series += tag->kind == BOARD_SCALARS;
  return series;
}

static bool add_value(board_series_t *series, const board_value_t *value) {
  while (series->count > 0 && series->values[series->count - 1].step >= value->step)
    --series->count;
  if (series->count == series->capacity) {
    const size_t capacity = series->capacity ? series->capacity * 2 : 16;
    board_value_t *values = sumi_realloc_array(series->values, capacity, sizeof *values);
    if (!values) return false;
    series->values = values;
    series->capacity = capacity;
  }
  series->values[series->count++] = *value;
  return true;
}

/* The files' names outlive the source's lists of them. */
static const char *file_name(board_t *board, const char *file) {
  sumi_name_t *name = sumi_name_table_find(&board->files, file);
  if (name) return name->text;
  name = sumi_name_table_make(&board->files, file, sizeof *name);
  return name && sumi_name_table_add(&board->files, name) ? name->text : NULL;
}

static bool add(board_t *board, const char *run_name, const char *file, const sumi_event_t *event,
                size_t index) {
  const sumi_event_value_t *value = &event->values[index];
  board_value_t added = {.step = event->step, .time_s = event->wall_time_s};
  board_run_t *run = find_run(board, run_name);
  if (!run) return false;
  if (strcmp(sumi__command_plugin(value), "hparams") == 0)
    return sumi__command_board_note_hparams(board, run, value);
  double number;
  const board_kind_t kind = kind_of(value, &number);
  char *key = sumi_malloc(strlen(value->tag) + 2);
  if (!key) return false;
  key[0] = (char)('a' + kind);
  strcpy(key + 1, value->tag);
  board_tag_t *tag = find_tag(board, key, kind, value);
  sumi_free(key);
  board_series_t *series = tag ? find_series(run, tag, board) : NULL;
  if (!series) return false;
  if (kind == BOARD_SCALARS) {
    added.is.number = number;
    series->single = value->kind == SUMI_EVENT_SCALAR;
  } else {
    added.is.place.file = file_name(board, file);
    added.is.place.offset = event->offset;
    added.is.place.index = (uint32_t)index;
    if (!added.is.place.file) return false;
  }
  if (run->began_s == 0) run->began_s = event->wall_time_s;
  return add_value(series, &added);
}

sumi_status_t sumi__command_board_read(board_t *board, source_t *source,
                                       const arguments_t *arguments) {
  sumi_event_t event;
  const char *run;
  for (;;) {
    SUMI_TRY(sumi__command_next(source, &event, &run));
    for (size_t i = 0; i < event.value_count; ++i)
      if (sumi__command_wanted(arguments, &event, &event.values[i]) &&
          !add(board, run, sumi__command_file(source), &event, i))
        return sumi_fail_alloc("the runs", sizeof event);
  }
}

bool sumi__command_board_note_runs(board_t *board, const source_t *source) {
  for (size_t i = 0, count = sumi__command_run_count(source); i < count; ++i) {
    const shown_run_t shown = sumi__command_run(source, i);
    board_run_t *run = find_run(board, shown.name);
    if (!run) return false;
    run->damage = shown.damage;
  }
  return true;
}

void sumi__command_board_release(board_t *board) {
  for (size_t i = 0; i < board->runs.count; ++i) {
    board_run_t *run = board->run_list[i];
    size_t cursor = 0;
    for (board_series_t *series; (series = sumi_name_table_next(&run->series, &cursor));)
      sumi_free(series->values);
    sumi_name_table_release(&run->series);
    free(run->hparams);
  }
  free(board->metrics);
  sumi_free(board->run_list);
  sumi_free(board->tag_list);
  sumi_name_table_release(&board->runs);
  sumi_name_table_release(&board->tags);
  sumi_name_table_release(&board->files);
}
