/* Events from paths: logdirs one after the other, and standard input by way of a file. */
#include "command.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include <sumi/alloc.h>

struct source {
  const arguments_t *arguments;
  sumi_logdir_t **logdirs; /* one for each path */
  int count, current;
  size_t run;    /* that gave the last event */
  FILE *spooled; /* what standard input held, NULL: not asked for */
  char spool_path[32];
};

/* Readers want to go back and forth. */
static bool spool(source_t *source) {
  char block[1 << 16];
  size_t size;
  source->spooled = tmpfile();
  while (source->spooled && (size = fread(block, 1, sizeof block, stdin)) > 0)
    if (fwrite(block, 1, size, source->spooled) != size) break;
  if (!source->spooled || ferror(stdin) || fflush(source->spooled) != 0) {
    sumi__command_fail("standard input could not be kept: %s", strerror(errno));
    return false;
  }
  snprintf(source->spool_path, sizeof source->spool_path, "/dev/fd/%d", fileno(source->spooled));
  return true;
}

static sumi_logdir_t *open_logdir(const source_t *source, const char *path) {
  sumi_status_t status;
  if (strcmp(path, "-") == 0) path = source->spool_path;
  sumi_logdir_t *logdir = sumi_logdir_open(path, &status, .complete = !source->arguments->follow);
  if (!logdir) sumi__command_fail("%s", sumi_error_message());
  return logdir;
}

static bool open_path(source_t *source, const char *path) {
  if (strcmp(path, "-") == 0 && (source->spooled || !spool(source))) return false;
  sumi_logdir_t *logdir = open_logdir(source, path);
  if (!logdir) return false;
  source->logdirs[source->count++] = logdir;
  if (sumi_logdir_run_count(logdir) > 0 || source->arguments->follow) return true;
  sumi__command_fail("%s holds no event files", path);
  return false;
}

source_t *sumi__command_open(const arguments_t *arguments) {
  source_t *source = sumi_calloc(1, sizeof *source);
  if (source) source->arguments = arguments;
  if (source) source->logdirs = sumi_calloc((size_t)arguments->path_count, sizeof(sumi_logdir_t *));
  if (!source || !source->logdirs) {
    sumi__command_close(source);
    sumi__command_fail("out of memory");
    return NULL;
  }
  for (int i = 0; i < arguments->path_count; ++i)
    if (!open_path(source, arguments->paths[i])) {
      sumi__command_close(source);
      return NULL;
    }
  return source;
}

void sumi__command_close(source_t *source) {
  if (!source) return;
  for (int i = 0; i < source->count; ++i) sumi_logdir_free(source->logdirs[i]);
  if (source->spooled) fclose(source->spooled);
  sumi_free(source->logdirs);
  sumi_free(source);
}

/* A run's name; the only one of a path is called as the path is. */
static const char *name_of(const source_t *source, int path, const sumi_logdir_run_t *run) {
  if (strcmp(run->name, ".") != 0) return run->name;
  return source->arguments->paths[path];
}

sumi_status_t sumi__command_next(source_t *source, sumi_event_t *event, const char **run_name) {
  for (; source->current < source->count; ++source->current) {
    sumi_logdir_t *logdir = source->logdirs[source->current];
    for (;;) {
      const sumi_status_t status = sumi_logdir_next(logdir, event, &source->run);
      if (status == SUMI_OUT_OF_RANGE) break;
      *run_name = name_of(source, source->current, sumi_logdir_run(logdir, source->run));
      if (!sumi__command_fits(&source->arguments->runs, *run_name)) continue;
      if (status == SUMI_OK) return SUMI_OK;
      sumi__command_fail("%s", sumi_error_message());
      if (status != SUMI_DATA_LOSS && status != SUMI_RESOURCE_EXHAUSTED) return status;
    }
  }
  return SUMI_OUT_OF_RANGE;
}

const char *sumi__command_file(const source_t *source) {
  const sumi_logdir_t *logdir = source->logdirs[source->current];
  return sumi_logdir_run(logdir, source->run)->files[sumi_logdir_file(logdir, source->run)];
}

const char *sumi__command_folder(const source_t *source) {
  return sumi_logdir_run(source->logdirs[source->current], source->run)->path;
}

bool sumi__command_rewind(source_t *source) {
  source->current = 0;
  for (int i = 0; i < source->count; ++i) {
    sumi_logdir_t *logdir = open_logdir(source, source->arguments->paths[i]);
    if (!logdir) return false;
    sumi_logdir_free(source->logdirs[i]);
    source->logdirs[i] = logdir;
  }
  return true;
}

sumi_status_t sumi__command_wait(source_t *source) {
  const struct timespec rest = {.tv_nsec = 200000000};
  nanosleep(&rest, NULL);
  source->current = 0;
  for (int i = 0; i < source->count; ++i) {
    const sumi_status_t status = sumi_logdir_refresh(source->logdirs[i]);
    if (status != SUMI_OK) {
      sumi__command_fail("%s", sumi_error_message());
      return status;
    }
  }
  return SUMI_OK;
}

/* Calls of index below the count walk the logdirs; those that do not fit are left out. */
static bool find_run(const source_t *source, size_t wanted, size_t *count, shown_run_t *shown) {
  *count = 0;
  for (int i = 0; i < source->count; ++i)
    for (size_t k = 0; k < sumi_logdir_run_count(source->logdirs[i]); ++k) {
      const sumi_logdir_run_t *run = sumi_logdir_run(source->logdirs[i], k);
      const char *name = name_of(source, i, run);
      if (!sumi__command_fits(&source->arguments->runs, name)) continue;
      if ((*count)++ < wanted) continue;
      *shown = (shown_run_t){name, run->path, run->files, run->file_count,
                             sumi_logdir_damage(source->logdirs[i], k)};
      return true;
    }
  return false;
}

size_t sumi__command_run_count(const source_t *source) {
  size_t count;
  shown_run_t unused;
  find_run(source, SIZE_MAX, &count, &unused);
  return count;
}

shown_run_t sumi__command_run(const source_t *source, size_t index) {
  size_t count;
  shown_run_t shown = {0};
  find_run(source, index, &count, &shown);
  return shown;
}
