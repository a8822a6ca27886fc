/* sumi merge: several runs and files as one, in the order of steps. */
#include "choice.h"

#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sumi/alloc.h>
#include <sumi/buffer.h>
#include <sumi/file.h>

/* An event's record in the file where all of them wait. */
typedef struct waiting {
  int64_t step;
  size_t order;
  off_t offset;
  size_t size_bytes;
} waiting_t;

typedef struct merging {
  choice_t choice;
  FILE *spool;
  off_t spooled_bytes;
  waiting_t *events;
  size_t count, capacity;
  double first_time_s;
  bool has_head;
} merging_t;

/* ---- What is left out ---- */

/* A later value of the same run at the same step or below says that the run went back: what stood
 * there is over, as for the readers. */
static void leave_out_left_behind(choice_t *choice) {
  sumi__command_choice_sort(choice);
  int64_t least = INT64_MAX;
  for (size_t i = choice->count; i-- > 0;) {
    const chosen_value_t *value = &choice->values[i];
    const bool is_last = i + 1 == choice->count || value[1].run != value->run ||
                         value[1].tag != value->tag;
    if (is_last) least = INT64_MAX;
    if (value->step >= least)
      choice->left_out[value->number] = true;
    else
      least = value->step;
  }
}

static int by_step(const void *left, const void *right) {
  const chosen_value_t *a = left, *b = right;
  if (a->tag != b->tag) return a->tag < b->tag ? -1 : 1;
  if (a->step != b->step) return a->step < b->step ? -1 : 1;
  return (a->number > b->number) - (a->number < b->number);
}

/* Of several runs' values of a tag at a step, the last one's stays. */
static void leave_out_doubles(choice_t *choice) {
  if (choice->count == 0) return;
  qsort(choice->values, choice->count, sizeof *choice->values, by_step);
  const chosen_value_t *last = NULL;
  for (size_t i = choice->count; i-- > 0;) {
    const chosen_value_t *value = &choice->values[i];
    if (choice->left_out[value->number]) continue;
    if (last && last->tag == value->tag && last->step == value->step)
      choice->left_out[value->number] = true;
    last = value;
  }
}

/* ---- Events ---- */

static sumi_status_t wait_for_turn(merging_t *merging, int64_t step, const sumi_buffer_t *record) {
  if (merging->count == merging->capacity) {
    const size_t capacity = merging->capacity ? merging->capacity * 2 : 1024;
    waiting_t *events = sumi_realloc_array(merging->events, capacity, sizeof *events);
    if (!events) return sumi_fail_alloc("the events", capacity * sizeof *events);
    merging->events = events;
    merging->capacity = capacity;
  }
  if (fwrite(record->data, 1, record->size, merging->spool) != record->size)
    return sumi_fail_errno(errno, "cannot write", "a temporary file");
  merging->events[merging->count] = (waiting_t){step, merging->count, merging->spooled_bytes,
                                                record->size};
  ++merging->count;
  merging->spooled_bytes += (off_t)record->size;
  return SUMI_OK;
}

/* One file version is enough, and sessions are those of the runs. */
static bool is_left_out(merging_t *merging, const sumi_event_t *event) {
  if (event->kind == SUMI_EVENT_SESSION_LOG) return true;
  if (event->kind != SUMI_EVENT_FILE_VERSION) return false;
  const bool again = merging->has_head;
  merging->has_head = true;
  return again;
}

static sumi_status_t put_event(merging_t *merging, const char *file, const sumi_event_t *event,
                               sumi_buffer_t *record) {
  if (is_left_out(merging, event)) return SUMI_OK;
  sumi_value_edit_t *edits = sumi_calloc(event->value_count + 1, sizeof *edits);
  if (!edits) return sumi_fail_alloc("edits", event->value_count);
  sumi__command_choice_apply(&merging->choice, file, event, edits);
  /* Where the first value of a tag will stand is not known yet. */
  for (size_t i = 0; i < event->value_count; ++i) edits[i].with_metadata = true;
  sumi_buffer_clear(record);
  sumi_status_t status = sumi_event_edit(event, edits, record);
  const bool is_head = event->kind == SUMI_EVENT_FILE_VERSION;
  if (status == SUMI_OK && record->size > 0)
    status = wait_for_turn(merging, is_head ? INT64_MIN : event->step, record);
  sumi_free(edits);
  return status;
}

static sumi_status_t read_all(merging_t *merging, source_t *source) {
  sumi_status_t status;
  sumi_event_t event;
  sumi_buffer_t record = {0};
  const char *run;
  while ((status = sumi__command_next(source, &event, &run)) == SUMI_OK) {
    if (merging->first_time_s == 0) merging->first_time_s = event.wall_time_s;
    status = put_event(merging, sumi__command_file(source), &event, &record);
    if (status != SUMI_OK) break;
  }
  sumi_buffer_release(&record);
  if (status != SUMI_OUT_OF_RANGE) return status;
  return fflush(merging->spool) == 0 ? SUMI_OK
                                     : sumi_fail_errno(errno, "cannot write", "a temporary file");
}

/* ---- The new file ---- */

static int by_turn(const void *left, const void *right) {
  const waiting_t *a = left, *b = right;
  if (a->step != b->step) return a->step < b->step ? -1 : 1;
  return (a->order > b->order) - (a->order < b->order);
}

static sumi_status_t copy_all(merging_t *merging, FILE *file, const char *path) {
  sumi_buffer_t bytes = {0};
  sumi_status_t status = SUMI_OK;
  if (merging->count > 0) qsort(merging->events, merging->count, sizeof *merging->events, by_turn);
  for (size_t i = 0; status == SUMI_OK && i < merging->count; ++i) {
    const waiting_t *event = &merging->events[i];
    sumi_buffer_clear(&bytes);
    void *room = sumi_buffer_reserve(&bytes, event->size_bytes);
    if (!room)
      status = sumi_fail_alloc("a record", event->size_bytes);
    else if (fseeko(merging->spool, event->offset, SEEK_SET) != 0 ||
             fread(room, 1, event->size_bytes, merging->spool) != event->size_bytes)
      status = sumi_fail_errno(errno ? errno : EIO, "cannot read", "a temporary file");
    else if (fwrite(room, 1, event->size_bytes, file) != event->size_bytes)
      status = sumi_fail_errno(errno, "cannot write", path);
  }
  sumi_buffer_release(&bytes);
  return status;
}

/* A name that sorts by the time when the first of the runs began. */
static sumi_status_t write_file(merging_t *merging, const arguments_t *arguments) {
  sumi_buffer_t path = {0};
  const double time_s = merging->first_time_s > 0 && merging->first_time_s < 1e10
                            ? merging->first_time_s
                            : 0;
  sumi_buffer_printf(&path, "%s/events.out.tfevents.%010.0f.merged", arguments->output, time_s);
  const char *name = sumi_buffer_text(&path);
  sumi_status_t status = name ? sumi_file_make_directories(arguments->output)
                              : sumi_fail_alloc("a path", path.size);
  FILE *file = status == SUMI_OK ? fopen(name, "wbx") : NULL;
  if (status == SUMI_OK && !file) status = sumi_fail_errno(errno, "cannot create", name);
  if (file) {
    status = copy_all(merging, file, name);
    if (fclose(file) != 0 && status == SUMI_OK)
      status = sumi_fail_errno(errno, "cannot write", name);
    if (status != SUMI_OK) remove(name);
  }
  sumi_buffer_release(&path);
  return status;
}

static bool has_event_files(const char *folder) {
  sumi_logdir_t *logdir = sumi_logdir_open(folder, NULL, .complete = true);
  const bool has = logdir && sumi_logdir_find(logdir, ".");
  sumi_logdir_free(logdir);
  return has;
}

static int merge(const arguments_t *arguments) {
  if (!arguments->output) return sumi__command_misused("merge", "--output FOLDER is needed");
  if (has_event_files(arguments->output))
    return sumi__command_fail("%s holds event files already", arguments->output);
  source_t *source = sumi__command_open(arguments);
  if (!source) return EXIT_FAILED;
  merging_t merging = {.spool = tmpfile()};
  sumi_status_t status = merging.spool
                             ? sumi__command_choice_read(&merging.choice, source)
                             : sumi_fail_errno(errno, "cannot create", "a temporary file");
  if (status == SUMI_OK) {
    leave_out_left_behind(&merging.choice);
    leave_out_doubles(&merging.choice);
    status = read_all(&merging, source);
  }
  if (status == SUMI_OK) status = write_file(&merging, arguments);
  if (status != SUMI_OK) sumi__command_fail("%s", sumi_error_message());
  if (merging.spool) fclose(merging.spool);
  sumi_free(merging.events);
  sumi__command_choice_release(&merging.choice);
  sumi__command_close(source);
  return status == SUMI_OK ? EXIT_FINE : EXIT_FAILED;
}

const command_t sumi__command_merge = {
    .name = "merge",
    .summary = "Several runs and files as one run at --output, in the order of steps",
    .options = "run output",
    .details = "Of a tag's values at one step the last one's stays, in the order of the paths; "
               "what a run wrote\nbefore it went back to an earlier step goes.\n",
    .run = merge};
