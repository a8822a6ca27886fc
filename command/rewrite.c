#include "rewrite.h"

#include "names.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sumi/alloc.h>
#include <sumi/buffer.h>
#include <sumi/event_reader.h>
#include <sumi/file.h>

enum { BLOCK_BYTES = 1 << 20 };

/* A file that is being written, under a name beside its own that no reader takes for its kind. */
typedef struct output {
  char *from, *path, *temporary;
  int64_t kept, left_out; /* values */
} output_t;

typedef struct rewriting {
  const arguments_t *arguments;
  const editor_t *editor;
  output_t *outputs; /* the last one is open */
  size_t count, capacity;
  int fd; /* -1: none is open */
  sumi_buffer_t block;
  char *run, *folder;        /* its name and path */
  sumi_name_table_t places;  /* folders of outputs, and what they are made of */
  sumi_name_table_t met;     /* tags of the file, that have their metadata */
  sumi_name_table_t origins; /* tags of the run, and what they were called */
  sumi_value_edit_t *edits;
  size_t edit_capacity;
} rewriting_t;

int sumi__command_rewrite_check(const char *command, const arguments_t *arguments) {
  if (!arguments->output == !arguments->in_place)
    return sumi__command_misused(command, "either --output FOLDER or --in-place is needed");
  for (int i = 0; arguments->in_place && i < arguments->path_count; ++i)
    if (strcmp(arguments->paths[i], "-") == 0)
      return sumi__command_misused(command, "standard input is no file to change in place");
  return -1;
}

/* ---- Where ---- */

static const char *last_part(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash && slash[1] ? slash + 1 : path;
}

/* The name of a folder that was asked for, and '/'; nothing for one that has no name of its own. */
static void put_folder_name(sumi_buffer_t *path, const char *folder) {
  size_t end = strlen(folder);
  while (end > 0 && folder[end - 1] == '/') --end;
  size_t begin = end;
  while (begin > 0 && folder[begin - 1] != '/') --begin;
  const int length = (int)(end - begin);
  const char *name = folder + begin;
  if (length > 0 && !(name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.'))))
    sumi_buffer_printf(path, "%.*s/", length, name);
}

/* <output>/<run>/<name of the file>; the run of a path that is one itself stands in the folder when
 * it is the only path, else below the last part of the path. */
static char *output_path(const rewriting_t *rewriting, const char *run, const char *file) {
  const arguments_t *arguments = rewriting->arguments;
  if (arguments->in_place) {
    char *real = realpath(file, NULL), *copy = sumi_strdup(real);
    free(real);
    return copy;
  }
  sumi_buffer_t path = {0};
  sumi_buffer_printf(&path, "%s/", arguments->output);
  bool is_path = false;
  for (int i = 0; i < arguments->path_count; ++i) is_path |= run == arguments->paths[i];
  if (!is_path)
    sumi_buffer_printf(&path, "%s/", run);
  else if (arguments->path_count > 1)
    put_folder_name(&path, run);
  const bool named = sumi_is_event_file_name(last_part(file));
  sumi_buffer_puts(&path, named ? last_part(file) : "events.out.tfevents.0.standard-input");
  char *copy = sumi_strdup(sumi_buffer_text(&path));
  sumi_buffer_release(&path);
  return copy;
}

static char *temporary_path(const char *path) {
  sumi_buffer_t name = {0};
  sumi_buffer_append(&name, path, (size_t)(strrchr(path, '/') + 1 - path));
  sumi_buffer_puts(&name, ".sumi-rewrite-XXXXXX");
  char *copy = sumi_strdup(sumi_buffer_text(&name));
  sumi_buffer_release(&name);
  return copy;
}

static sumi_status_t make_folder(const char *path) {
  char *folder = sumi_strdup(path);
  if (!folder) return sumi_fail_alloc("a path", strlen(path));
  *strrchr(folder, '/') = '\0';
  const sumi_status_t status = sumi_file_make_directories(folder[0] ? folder : "/");
  sumi_free(folder);
  return status;
}

typedef struct place {
  sumi_name_t name;
  const char *from;
} place_t;

/* Two runs in one folder would be mixed, or lose files of the same name. */
static sumi_status_t check_mixture(rewriting_t *rewriting, const output_t *output) {
  char *folder = sumi_strndup(output->path, (size_t)(strrchr(output->path, '/') - output->path));
  place_t *place = folder ? sumi__command_named(&rewriting->places, folder, sizeof *place) : NULL;
  if (place && !place->from)
    place->from = sumi_arena_strdup(sumi_name_table_arena(&rewriting->places), rewriting->folder);
  sumi_free(folder);
  if (!place || !place->from) return sumi_fail_alloc("a path", strlen(output->path));
  if (strcmp(place->from, rewriting->folder) == 0) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "the runs %s and %s would both be in %s", place->from,
                   rewriting->folder, place->name.text);
}

static sumi_status_t check_place(rewriting_t *rewriting, const output_t *output) {
  struct stat info;
  if (rewriting->arguments->in_place) return SUMI_OK;
  SUMI_TRY(check_mixture(rewriting, output));
  if (lstat(output->path, &info) == 0)
    return sumi_fail(SUMI_ALREADY_EXISTS, "%s is there already", output->path);
  return make_folder(output->path);
}

/* ---- Files ---- */

static sumi_status_t write_block(rewriting_t *rewriting) {
  const output_t *output = &rewriting->outputs[rewriting->count - 1];
  SUMI_TRY(sumi_buffer_status(&rewriting->block, "a record"));
  const sumi_status_t status = sumi_file_write_all(rewriting->fd, output->temporary,
                                                   rewriting->block.data, rewriting->block.size);
  sumi_buffer_clear(&rewriting->block);
  return status;
}

static sumi_status_t end_file(rewriting_t *rewriting) {
  if (rewriting->fd < 0) return SUMI_OK;
  const output_t *output = &rewriting->outputs[rewriting->count - 1];
  struct stat info;
  sumi_status_t status = write_block(rewriting);
  const mode_t mode = stat(output->from, &info) == 0 ? info.st_mode & 0777 : 0644;
  if (status == SUMI_OK && (fchmod(rewriting->fd, mode) != 0 || fsync(rewriting->fd) != 0))
    status = sumi_fail_errno(errno, "cannot sync", output->temporary);
  close(rewriting->fd);
  rewriting->fd = -1;
  sumi_name_table_release(&rewriting->met);
  return status;
}

static sumi_status_t add_output(rewriting_t *rewriting, const char *run, const char *file) {
  if (rewriting->count == rewriting->capacity) {
    const size_t capacity = rewriting->capacity ? rewriting->capacity * 2 : 16;
    output_t *outputs = sumi_realloc_array(rewriting->outputs, capacity, sizeof *outputs);
    if (!outputs) return sumi_fail_alloc("a list of files", capacity * sizeof *outputs);
    rewriting->outputs = outputs;
    rewriting->capacity = capacity;
  }
  output_t *output = &rewriting->outputs[rewriting->count++];
  *output = (output_t){.from = sumi_strdup(file), .path = output_path(rewriting, run, file)};
  return output->from && output->path ? SUMI_OK : sumi_fail_alloc("a path", strlen(file));
}

static sumi_status_t begin_file(rewriting_t *rewriting, const char *run, const char *file) {
  SUMI_TRY(end_file(rewriting));
  SUMI_TRY(add_output(rewriting, run, file));
  output_t *output = &rewriting->outputs[rewriting->count - 1];
  SUMI_TRY(check_place(rewriting, output));
  output->temporary = temporary_path(output->path);
  if (!output->temporary) return sumi_fail_alloc("a path", strlen(output->path));
  rewriting->fd = mkostemp(output->temporary, O_CLOEXEC);
  if (rewriting->fd >= 0) return SUMI_OK;
  const sumi_status_t status = sumi_fail_errno(errno, "cannot create", output->temporary);
  sumi_free(output->temporary);
  output->temporary = NULL;
  return status;
}

static sumi_status_t begin_run(rewriting_t *rewriting, const char *run, const char *folder) {
  sumi_free(rewriting->run);
  sumi_free(rewriting->folder);
  rewriting->run = sumi_strdup(run);
  rewriting->folder = sumi_strdup(folder);
  sumi_name_table_release(&rewriting->origins);
  return rewriting->run && rewriting->folder ? SUMI_OK
                                             : sumi_fail_alloc("a run's name", strlen(folder));
}

/* ---- Events ---- */

typedef struct origin {
  sumi_name_t name;
  const char *was;
} origin_t;

/* Two tags that become one would be mixed. */
static sumi_status_t check_origin(rewriting_t *rewriting, const char *was, const char *tag) {
  origin_t *origin = sumi__command_named(&rewriting->origins, tag, sizeof *origin);
  if (origin && !origin->was)
    origin->was = sumi_arena_strdup(sumi_name_table_arena(&rewriting->origins), was);
  if (!origin || !origin->was) return sumi_fail_alloc("a tag", strlen(tag));
  if (strcmp(origin->was, was) == 0) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "run %s: the tags \"%s\" and \"%s\" would both be \"%s\"",
                   rewriting->run, origin->was, was, tag);
}

static sumi_status_t check_value(rewriting_t *rewriting, const sumi_event_value_t *value,
                                 sumi_value_edit_t *edit) {
  output_t *output = &rewriting->outputs[rewriting->count - 1];
  ++*(edit->left_out ? &output->left_out : &output->kept);
  if (edit->left_out) return SUMI_OK;
  const char *tag = edit->tag ? edit->tag : value->tag;
  SUMI_TRY(check_origin(rewriting, value->tag, tag));
  edit->with_metadata = !sumi_name_table_find(&rewriting->met, tag);
  if (edit->with_metadata && !sumi__command_named(&rewriting->met, tag, sizeof(sumi_name_t)))
    return sumi_fail_alloc("a tag", strlen(tag));
  return SUMI_OK;
}

static sumi_status_t fill_edits(rewriting_t *rewriting, size_t count) {
  if (count > rewriting->edit_capacity) {
    sumi_free(rewriting->edits);
    rewriting->edits = sumi_calloc(count, sizeof *rewriting->edits);
    rewriting->edit_capacity = rewriting->edits ? count : 0;
    if (!rewriting->edits) return sumi_fail_alloc("edits", count);
  }
  if (count > 0) memset(rewriting->edits, 0, count * sizeof *rewriting->edits);
  return SUMI_OK;
}

static sumi_status_t put_event(rewriting_t *rewriting, const char *run, const source_t *source,
                               const sumi_event_t *event) {
  const char *file = sumi__command_file(source), *folder = sumi__command_folder(source);
  const output_t *output = &rewriting->outputs[rewriting->count ? rewriting->count - 1 : 0];
  if (!rewriting->folder || strcmp(rewriting->folder, folder) != 0)
    SUMI_TRY(begin_run(rewriting, run, folder));
  if (rewriting->count == 0 || strcmp(output->from, file) != 0)
    SUMI_TRY(begin_file(rewriting, run, file));
  SUMI_TRY(fill_edits(rewriting, event->value_count));
  bool stays = true;
  SUMI_TRY(rewriting->editor->edit(rewriting->editor->user, file, event, rewriting->edits, &stays));
  for (size_t i = 0; i < event->value_count; ++i)
    SUMI_TRY(check_value(rewriting, &event->values[i], &rewriting->edits[i]));
  if (stays) SUMI_TRY(sumi_event_edit(event, rewriting->edits, &rewriting->block));
  return rewriting->block.size < BLOCK_BYTES ? SUMI_OK : write_block(rewriting);
}

/* Torn ends are cut off while no reader is at work, which shows whether another process is writing
 * a file, too. */
static sumi_status_t cut_torn_ends(const source_t *source) {
  for (size_t i = 0; i < sumi__command_run_count(source); ++i) {
    const shown_run_t run = sumi__command_run(source, i);
    for (size_t k = 0; k < run.file_count; ++k)
      SUMI_TRY(sumi_event_file_repair(run.files[k], NULL, .tail_only = true));
  }
  return SUMI_OK;
}

/* Damage would be lost without a word in a file that replaces its own source. */
static sumi_status_t read_all(rewriting_t *rewriting, source_t *source) {
  sumi_status_t status;
  sumi_event_t event;
  const char *run;
  while ((status = sumi__command_next(source, &event, &run)) == SUMI_OK)
    SUMI_TRY(put_event(rewriting, run, source, &event));
  if (status != SUMI_OUT_OF_RANGE) return status;
  for (size_t i = 0; rewriting->arguments->in_place && i < sumi__command_run_count(source); ++i)
    if (sumi__command_run(source, i).damage.places > 0)
      return sumi_fail(SUMI_DATA_LOSS, "run %s is damaged: sumi repair --in-place first",
                       sumi__command_run(source, i).name);
  return end_file(rewriting);
}

/* ---- The end ---- */

static sumi_status_t put_in_place(rewriting_t *rewriting) {
  for (size_t i = 0; i < rewriting->count; ++i) {
    output_t *output = &rewriting->outputs[i];
    if (rename(output->temporary, output->path) != 0)
      return sumi_fail_errno(errno, "cannot replace", output->path);
    sumi_file_sync_directory_of(output->path);
    sumi_free(output->temporary);
    output->temporary = NULL;
  }
  return SUMI_OK;
}

static void say(const arguments_t *arguments, const output_t *output) {
  if (arguments->json) {
    fputs("{\"file\":", stdout);
    sumi__command_json_text(stdout, output->from, strlen(output->from));
    fputs(",\"output\":", stdout);
    sumi__command_json_text(stdout, output->path, strlen(output->path));
    printf(",\"kept\":%lld,\"left_out\":%lld}\n", (long long)output->kept,
           (long long)output->left_out);
    return;
  }
  sumi__command_plain(stdout, output->path, strlen(output->path));
  printf(": %lld values kept, %lld left out\n", (long long)output->kept,
         (long long)output->left_out);
}

static void release(rewriting_t *rewriting) {
  if (rewriting->fd >= 0) close(rewriting->fd);
  for (size_t i = 0; i < rewriting->count; ++i) {
    output_t *output = &rewriting->outputs[i];
    if (output->temporary) unlink(output->temporary);
    sumi_free(output->temporary);
    sumi_free(output->path);
    sumi_free(output->from);
  }
  sumi_free(rewriting->outputs);
  sumi_free(rewriting->edits);
  sumi_free(rewriting->run);
  sumi_free(rewriting->folder);
  sumi_buffer_release(&rewriting->block);
  sumi_name_table_release(&rewriting->places);
  sumi_name_table_release(&rewriting->met);
  sumi_name_table_release(&rewriting->origins);
}

int sumi__command_rewrite(const arguments_t *arguments, source_t *source, const editor_t *editor) {
  rewriting_t rewriting = {.arguments = arguments, .editor = editor, .fd = -1};
  sumi_status_t status = arguments->in_place ? cut_torn_ends(source) : SUMI_OK;
  if (status == SUMI_OK) status = read_all(&rewriting, source);
  if (status == SUMI_OK) status = put_in_place(&rewriting);
  if (status != SUMI_OK) sumi__command_fail("%s", sumi_error_message());
  for (size_t i = 0; status == SUMI_OK && i < rewriting.count; ++i)
    say(arguments, &rewriting.outputs[i]);
  release(&rewriting);
  return status == SUMI_OK ? EXIT_FINE : EXIT_FAILED;
}
