#include <sumi/alloc.h>
#include <sumi/clock.h>
#include <sumi/logdir.h>
#include <sumi/options.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "event_file.h"
#include "event_reader.h"
#include "logdir_scan.h"

typedef struct run {
  sumi_logdir_run_t shown;
  char *name, *path;
  sumi__events_event_files_t files;
  sumi_event_reader_t **readers; /* one per file; NULL before its first event is asked for */
  size_t current;                /* the file being read */
  sumi_event_damage_t gone;      /* met in files that are not there any more */
  sumi_name_table_t metadata;
} run_t;

struct sumi_logdir {
  char *root;
  bool complete;
  run_t **runs; /* sorted by name */
  size_t count;
  size_t current; /* the run being read */
};

static void free_run(run_t *run) {
  if (!run) return;
  for (size_t i = 0; run->readers && i < run->files.count; ++i)
    sumi_event_reader_free(run->readers[i]);
  sumi_free(run->readers);
  sumi__events_event_files_release(&run->files);
  sumi_name_table_release(&run->metadata);
  sumi_free(run->name);
  sumi_free(run->path);
  sumi_free(run);
}

static void free_runs(run_t **runs, size_t count) {
  for (size_t i = 0; i < count; ++i) free_run(runs[i]);
  sumi_free(runs);
}

static void add_damage(sumi_event_damage_t *sum, const sumi_event_reader_t *reader) {
  if (!reader) return;
  const sumi_event_damage_t damage = sumi_event_reader_damage(reader);
  sum->places += damage.places;
  sum->skipped_bytes += damage.skipped_bytes;
}

static size_t index_of(const sumi__events_event_files_t *files, const char *path) {
  size_t i = 0;
  while (i < files->count && strcmp(files->paths[i], path) != 0) ++i;
  return i;
}

/* Takes the files now there; readers of those that stayed go on. */
static sumi_status_t update_files(run_t *run) {
  sumi__events_event_files_t files;
  SUMI_TRY(sumi__events_event_files_list(run->path, &files));
  sumi_event_reader_t **readers = sumi_calloc(files.count + 1, sizeof(sumi_event_reader_t *));
  if (!readers) {
    sumi__events_event_files_release(&files);
    return sumi_fail_alloc("a run's files", files.count * sizeof *readers);
  }
  for (size_t i = 0; i < run->files.count; ++i) {
    const size_t at = index_of(&files, run->files.paths[i]);
    if (at < files.count) {
      readers[at] = run->readers[i];
    } else {
      add_damage(&run->gone, run->readers[i]);
      sumi_event_reader_free(run->readers[i]);
    }
  }
  sumi__events_event_files_release(&run->files);
  sumi_free(run->readers);
  run->files = files;
  run->readers = readers;
  run->current = 0;
  run->shown = (sumi_logdir_run_t){run->name, run->path, (const char *const *)files.paths,
                                   files.count};
  return SUMI_OK;
}

static sumi_status_t new_run(const char *name, const char *path, run_t **run) {
  *run = sumi_calloc(1, sizeof **run);
  if (*run) {
    (*run)->name = sumi_strdup(name);
    (*run)->path = sumi_strdup(path);
  }
  sumi_status_t status = SUMI_OK;
  if (!*run || !(*run)->name || !(*run)->path) status = sumi_fail_alloc("a run", sizeof **run);
  if (status == SUMI_OK) status = update_files(*run);
  if (status == SUMI_OK) return SUMI_OK;
  free_run(*run);
  *run = NULL;
  return status;
}

/* What a refresh builds; runs that are still there move over from the old list. */
typedef struct collection {
  sumi_logdir_t *old;
  run_t **runs;
  size_t count;
} collection_t;

static run_t **find_run(const sumi_logdir_t *logdir, const char *name) {
  for (size_t i = 0; i < logdir->count; ++i)
    if (logdir->runs[i] && strcmp(logdir->runs[i]->name, name) == 0) return &logdir->runs[i];
  return NULL;
}

static sumi_status_t collect(void *user, const char *name, const char *path) {
  collection_t *collection = user;
  run_t **runs = sumi_realloc_array(collection->runs, collection->count + 1, sizeof *runs);
  if (!runs) return sumi_fail_alloc("the list of runs", (collection->count + 1) * sizeof *runs);
  collection->runs = runs;
  run_t **known = find_run(collection->old, name), *run;
  if (known) {
    SUMI_TRY(update_files(*known));
    run = *known;
    *known = NULL;
  } else {
    const sumi_status_t status = new_run(name, path, &run);
    if (status == SUMI_NOT_FOUND) return SUMI_OK; /* it went away meanwhile */
    SUMI_TRY(status);
  }
  collection->runs[collection->count++] = run;
  return SUMI_OK;
}

static int compare_runs(const void *a, const void *b) {
  return strcmp((*(run_t *const *)a)->name, (*(run_t *const *)b)->name);
}

/* Runs a failed refresh had already taken go back into the gaps they left. */
static void give_back(sumi_logdir_t *logdir, collection_t *collection) {
  for (size_t i = 0; i < logdir->count && collection->count > 0; ++i)
    if (!logdir->runs[i]) logdir->runs[i] = collection->runs[--collection->count];
  free_runs(collection->runs, collection->count);
  if (logdir->count > 1) qsort(logdir->runs, logdir->count, sizeof *logdir->runs, compare_runs);
}

sumi_status_t sumi_logdir_refresh(sumi_logdir_t *logdir) {
  if (!logdir) return sumi_fail(SUMI_INVALID_ARGUMENT, "the log directory is NULL");
  collection_t collection = {.old = logdir};
  const sumi_status_t status = sumi__events_logdir_scan(logdir->root, collect, &collection);
  if (status != SUMI_OK) {
    give_back(logdir, &collection);
    return status;
  }
  free_runs(logdir->runs, logdir->count);
  logdir->runs = collection.runs;
  logdir->count = collection.count;
  logdir->current = 0;
  if (logdir->count > 1) qsort(logdir->runs, logdir->count, sizeof *logdir->runs, compare_runs);
  return SUMI_OK;
}

sumi_logdir_t *sumi_logdir_open_with(const char *root, sumi_status_t *status,
                                     const sumi_logdir_options_t *given) {
  sumi_status_t unwanted;
  sumi_logdir_options_t options;
  if (!status) status = &unwanted;
  *status = sumi_options_read(&options, sizeof options, given);
  if (*status != SUMI_OK) return NULL;
  if (!root || !*root) {
    *status = sumi_fail(SUMI_INVALID_ARGUMENT, "the log directory is %s", root ? "empty" : "NULL");
    return NULL;
  }
  sumi_logdir_t *logdir = sumi_calloc(1, sizeof *logdir);
  if (logdir) logdir->complete = options.complete;
  if (logdir) logdir->root = sumi_strdup(root);
  if (!logdir || !logdir->root)
    *status = sumi_fail_alloc("a log directory", sizeof *logdir);
  else
    *status = sumi_logdir_refresh(logdir);
  if (*status == SUMI_OK) return logdir;
  sumi_logdir_free(logdir);
  return NULL;
}

void sumi_logdir_free(sumi_logdir_t *logdir) {
  if (!logdir) return;
  free_runs(logdir->runs, logdir->count);
  sumi_free(logdir->root);
  sumi_free(logdir);
}

size_t sumi_logdir_run_count(const sumi_logdir_t *logdir) {
  return logdir->count;
}

const sumi_logdir_run_t *sumi_logdir_run(const sumi_logdir_t *logdir, size_t index) {
  return index < logdir->count ? &logdir->runs[index]->shown : NULL;
}

const sumi_logdir_run_t *sumi_logdir_find(const sumi_logdir_t *logdir, const char *name) {
  run_t **run = name ? find_run(logdir, name) : NULL;
  return run ? &(*run)->shown : NULL;
}

/* A writer goes on in a newer file, and never comes back to an older one. */
static bool is_left(const run_t *run) {
  struct stat info;
  enum { REST_S = 60 };
  return run->current + 1 < run->files.count && stat(run->files.paths[run->current], &info) == 0 &&
         sumi_clock_wall_s() - (double)info.st_mtime > REST_S;
}

static sumi_status_t next_of_file(const sumi_logdir_t *logdir, run_t *run, sumi_event_t *event) {
  sumi_event_reader_t **reader = &run->readers[run->current];
  if (!*reader) {
    sumi_status_t status;
    *reader = sumi_event_reader_open(run->files.paths[run->current], &status,
                                     .complete = logdir->complete);
    /* A file deleted since the last refresh has no more events. */
    if (!*reader) return status == SUMI_NOT_FOUND ? SUMI_OUT_OF_RANGE : status;
    sumi__events_event_reader_share_metadata(*reader, &run->metadata);
  }
  sumi_status_t status = sumi_event_reader_next(*reader, event);
  if (status == SUMI_OUT_OF_RANGE && !logdir->complete && is_left(run)) {
    sumi__events_event_reader_complete(*reader);
    status = sumi_event_reader_next(*reader, event);
  }
  if (status == SUMI_OUT_OF_RANGE) sumi__events_event_reader_pause(*reader);
  return status;
}

sumi_status_t sumi_logdir_next(sumi_logdir_t *logdir, sumi_event_t *event, size_t *run_index) {
  if (!logdir || !event)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the log directory or event is NULL");
  for (; logdir->current < logdir->count; ++logdir->current) {
    run_t *run = logdir->runs[logdir->current];
    if (run_index) *run_index = logdir->current;
    for (; run->current < run->files.count; ++run->current) {
      const sumi_status_t status = next_of_file(logdir, run, event);
      if (status != SUMI_OUT_OF_RANGE) return status;
    }
  }
  return sumi_fail(SUMI_OUT_OF_RANGE, "every event file below %s is at its end", logdir->root);
}

size_t sumi_logdir_file(const sumi_logdir_t *logdir, size_t index) {
  if (!logdir || index >= logdir->count || logdir->runs[index]->files.count == 0) return 0;
  const run_t *run = logdir->runs[index];
  return run->current < run->files.count ? run->current : run->files.count - 1;
}

sumi_event_damage_t sumi_logdir_damage(const sumi_logdir_t *logdir, size_t index) {
  if (!logdir || index >= logdir->count) return (sumi_event_damage_t){0};
  const run_t *run = logdir->runs[index];
  sumi_event_damage_t damage = run->gone;
  for (size_t i = 0; i < run->files.count; ++i) add_damage(&damage, run->readers[i]);
  return damage;
}
