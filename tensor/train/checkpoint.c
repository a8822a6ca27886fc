/* A session's variables and random streams to one file and back. The streams stand in the file's
 * texts: "random/<node>" = "seed seed2 blocks". */
#include "exec/plan/session.h"

#include "train/checkpoint_file.h"

#include <sumi/options.h>
#include <sumi/variables.h>
#include <sumi/version.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define STREAM_PREFIX "random/"

static sumi_status_t check_session(const sumi_session_t *session, const char *path,
                                   sumi_tensors_t variables) {
  if (!session || !session->graph || !path)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "a checkpoint: %s is NULL",
                     path ? "the session or its graph" : "path");
  SUMI_TRY(sumi__tensor_graph_repeat(session->graph));
  for (int i = 0; i < variables.count; ++i) {
    const sumi_op_t *op = variables.list[i].op ? sumi__tensor_variable_of(variables.list[i]) : NULL;
    if (!op || op->graph != session->graph)
      return sumi_fail(SUMI_INVALID_ARGUMENT,
                       "%s: tensor %d of %d ('%s') is no variable of the session's graph", path, i,
                       variables.count, sumi_op_name(variables.list[i].op));
  }
  return SUMI_OK;
}

static sumi_tensors_t all_or(const sumi_session_t *session, sumi_tensors_t given) {
  if (given.count || !session) return given;
  return sumi_collection(session->graph, SUMI_GLOBAL_VARIABLES);
}

/* ---- Saving ---- */

/* The stream of a node that has drawn from it, or whose seeds the graph does not tell; else NULL.
 */
static const sumi__tensor_stream_t *used_stream(const sumi_session_t *session, int index) {
  const sumi__tensor_stream_t *stream = session->states[index].stream;
  return stream && (stream->used_blocks > 0 || !session->graph->has_seed) ? stream : NULL;
}

static int64_t stream_count(const sumi_session_t *session) {
  int64_t count = 0;
  for (int i = 0; i < session->state_count; ++i) count += used_stream(session, i) != NULL;
  return count;
}

/* step, version, streams, the program's own. */
static sumi_status_t fill_metadata(const sumi_session_t *session, int64_t step,
                                   const sumi_save_options_t *options, sumi_arena_t *arena,
                                   sumi_named_text_t **filled, int64_t *filled_count) {
  sumi_named_text_t *texts = sumi_arena_calloc(
      arena, (size_t)(stream_count(session) + options->metadata_count) + 2, sizeof *texts);
  if (!texts) return sumi_fail_alloc("a checkpoint", 0);
  int64_t count = 0;
  texts[count++] = (sumi_named_text_t){"step", sumi_arena_printf(arena, "%" PRId64, step)};
  texts[count++] = (sumi_named_text_t){"sumi", sumi_version()};
  for (int i = 0; i < session->state_count; ++i) {
    const sumi__tensor_stream_t *s = used_stream(session, i);
    if (!s) continue;
    texts[count++] = (sumi_named_text_t){sumi_arena_printf(arena, STREAM_PREFIX "%s", s->op->name),
                                         sumi_arena_printf(arena,
                                                           "%" PRIu64 " %" PRIu64 " %" PRIu64,
                                                           s->seed, s->seed2, s->used_blocks)};
  }
  for (int64_t i = 0; i < count; ++i)
    if (!texts[i].name || !texts[i].text) return sumi_fail_alloc("a checkpoint", 0);
  for (int64_t i = 0; i < options->metadata_count; ++i) texts[count++] = options->metadata[i];
  *filled = texts;
  *filled_count = count;
  return SUMI_OK;
}

/* The variables', then the program's own. */
static sumi_status_t fill_arrays(sumi_session_t *session, const char *path,
                                 sumi_tensors_t variables, const sumi_save_options_t *options,
                                 sumi_arena_t *arena, const sumi_named_array_t **filled) {
  sumi_named_array_t *arrays = sumi_arena_calloc(
      arena, (size_t)(variables.count + options->array_count) + 1, sizeof *arrays);
  if (!arrays) return sumi_fail_alloc("a checkpoint", 0);
  for (int i = 0; i < variables.count; ++i) {
    arrays[i].name = sumi_variable_name(variables.list[i]);
    arrays[i].array = sumi_session_variable(session, variables.list[i]);
    if (!arrays[i].array)
      return sumi_fail(SUMI_FAILED_PRECONDITION,
                       "%s: variable '%s' is not initialised, so it cannot be saved", path,
                       arrays[i].name);
  }
  for (int64_t i = 0; i < options->array_count; ++i)
    arrays[variables.count + i] = options->arrays[i];
  *filled = arrays;
  return SUMI_OK;
}

sumi_status_t sumi_save_with(sumi_session_t *session, const char *path, int64_t step,
                             const sumi_save_options_t *given) {
  sumi_save_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  const sumi_tensors_t variables = all_or(session, options.variables);
  SUMI_TRY(check_session(session, path, variables));
  if (step < 0 || options.metadata_count < 0 || (options.metadata_count && !options.metadata) ||
      options.array_count < 0 || (options.array_count && !options.arrays))
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "%s: step %" PRId64 ", %" PRId64 " texts and %" PRId64 " arrays", path, step,
                     options.metadata_count, options.array_count);
  sumi_arena_t *arena = sumi_arena_new();
  if (!arena) return sumi_fail_alloc("a checkpoint", 0);
  int64_t text_count = 0;
  sumi_named_text_t *texts = NULL;
  const sumi_named_array_t *arrays = NULL;
  sumi_status_t status = fill_arrays(session, path, variables, &options, arena, &arrays);
  if (status == SUMI_OK)
    status = fill_metadata(session, step, &options, arena, &texts, &text_count);
  if (status == SUMI_OK)
    status = sumi__tensor_checkpoint_write(sumi__tensor_checkpoint_format(options.format, path),
                                           path, variables.count + options.array_count, arrays,
                                           text_count, texts);
  sumi_arena_free(arena);
  return status;
}

/* ---- Restoring ---- */

/* What a variable is called in the file. */
static const char *name_in_file(const char *name, const sumi_restore_options_t *options,
                                sumi_arena_t *arena) {
  for (int64_t i = 0; i < options->rename_count; ++i) {
    const sumi_rename_t *rename = &options->renames[i];
    const size_t length = strlen(rename->variable);
    if (strncmp(name, rename->variable, length) == 0)
      return sumi_arena_printf(arena, "%s%s", rename->file, name + length);
  }
  return name;
}

static sumi_status_t check_fit(const char *path, const sumi_op_t *op,
                               const sumi_safetensor_t *found, const sumi_array_t *value) {
  const sumi__tensor_output_t *wanted = &op->outputs[0];
  if (sumi_array_dtype(value) == wanted->dtype && sumi_dims_equal(found->dims, wanted->dims))
    return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT,
                   "%s: variable '%s' is %s of shape %s, and '%s' in the file is %s of shape %s",
                   path, op->name, sumi_dtype_name(wanted->dtype),
                   sumi_dims_text(wanted->dims).text, found->name, found->dtype,
                   sumi_dims_text(found->dims).text);
}

/* The values of `variables`, NULL where the file may lack one. */
static sumi_status_t read_values(const sumi__tensor_checkpoint_file_t *file, const char *path,
                                 sumi_tensors_t variables, const sumi_restore_options_t *options,
                                 sumi_arena_t *arena, sumi_array_t **values) {
  for (int i = 0; i < variables.count; ++i) {
    const sumi_op_t *op = sumi__tensor_variable_of(variables.list[i]);
    const char *name = name_in_file(op->name, options, arena);
    if (!name) return sumi_fail_alloc("a variable's name", 0);
    const sumi_safetensor_t *found = sumi__tensor_checkpoint_find(file, name);
    if (!found && options->partial) continue;
    if (!found)
      return sumi_fail(SUMI_NOT_FOUND,
                       "%s: variable '%s' is not in the file, which has %" PRId64
                       " arrays%s%s%s; .partial leaves such variables as they are",
                       path, op->name, sumi__tensor_checkpoint_count(file),
                       name != op->name ? ", not under '" : "", name != op->name ? name : "",
                       name != op->name ? "' either" : "");
    SUMI_TRY(sumi__tensor_checkpoint_read(file, name, &values[i]));
    SUMI_TRY(check_fit(path, op, found, values[i]));
  }
  return SUMI_OK;
}

/* Finds the stream of a line of metadata, NULL for a node of another graph, and what it says. */
static sumi_status_t read_stream(sumi_session_t *session, const char *path,
                                 const sumi_named_text_t *text, sumi__tensor_stream_t *said,
                                 sumi__tensor_stream_t **stream) {
  const sumi_op_t *op = sumi_graph_find_op(session->graph, text->name + strlen(STREAM_PREFIX));
  *stream = NULL;
  if (!op) return SUMI_OK;
  if (sscanf(text->text, "%" SCNu64 " %" SCNu64 " %" SCNu64, &said->seed, &said->seed2,
             &said->used_blocks) != 3)
    return sumi_fail(SUMI_DATA_LOSS, "%s: metadata \"%s\" is no random stream: \"%s\"", path,
                     text->name, text->text);
  *stream = sumi__tensor_session_stream(session, op);
  return *stream ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

/* Reads all streams, and sets them when `apply`. */
static sumi_status_t restore_streams(sumi_session_t *session, const char *path,
                                     const sumi__tensor_checkpoint_file_t *file, bool apply) {
  for (int64_t i = 0; i < sumi__tensor_checkpoint_text_count(file); ++i) {
    const sumi_named_text_t *text = sumi__tensor_checkpoint_text_at(file, i);
    if (strncmp(text->name, STREAM_PREFIX, strlen(STREAM_PREFIX)) != 0) continue;
    sumi__tensor_stream_t said, *stream;
    SUMI_TRY(read_stream(session, path, text, &said, &stream));
    if (!apply || !stream) continue;
    stream->seed = said.seed;
    stream->seed2 = said.seed2;
    stream->used_blocks = said.used_blocks;
  }
  return SUMI_OK;
}

/* Room for all values, so that giving them cannot fail half way. */
static sumi_status_t prepare(sumi_session_t *session, sumi_tensors_t variables) {
  for (int i = 0; i < variables.count; ++i)
    if (!sumi__tensor_session_variable(session, sumi__tensor_variable_of(variables.list[i])))
      return SUMI_RESOURCE_EXHAUSTED;
  return SUMI_OK;
}

static int64_t apply_values(sumi_session_t *session, sumi_tensors_t variables,
                            sumi_array_t **values) {
  int64_t restored = 0;
  for (int i = 0; i < variables.count; ++i) {
    if (!values[i]) continue;
    sumi__tensor_session_adopt(session, sumi__tensor_variable_of(variables.list[i]), values[i]);
    values[i] = NULL;
    ++restored;
  }
  return restored;
}

/* Of a file that does not say it: the global step. */
static sumi_status_t step_of(const sumi__tensor_checkpoint_file_t *file, int64_t *step) {
  const char *text = sumi__tensor_checkpoint_text(file, "step");
  char *end = NULL;
  const long long said = text ? strtoll(text, &end, 10) : -1;
  *step = text && end != text && !*end && said >= 0 ? said : -1;
  const sumi_safetensor_t *found = sumi__tensor_checkpoint_find(file, SUMI_GLOBAL_STEP);
  if (text || !found || found->dims.rank != 0) return SUMI_OK;
  sumi_array_t *value;
  SUMI_TRY(sumi__tensor_checkpoint_read(file, SUMI_GLOBAL_STEP, &value));
  if (sumi_array_dtype(value) == SUMI_INT64) *step = *(const int64_t *)sumi_array_data(value);
  sumi_array_unref(value);
  return SUMI_OK;
}

static sumi_status_t restore_from(sumi_session_t *session, const char *path,
                                  const sumi__tensor_checkpoint_file_t *file,
                                  sumi_tensors_t variables, const sumi_restore_options_t *options) {
  sumi_arena_t *arena = sumi_arena_new();
  sumi_array_t **values =
      arena ? sumi_arena_calloc(arena, (size_t)variables.count + 1, sizeof *values) : NULL;
  sumi_status_t status = values ? SUMI_OK : sumi_fail_alloc("a checkpoint's values", 0);
  if (status == SUMI_OK) status = read_values(file, path, variables, options, arena, values);
  if (status == SUMI_OK) status = restore_streams(session, path, file, false);
  int64_t step = -1;
  if (status == SUMI_OK && options->step) status = step_of(file, &step);
  if (status == SUMI_OK) status = prepare(session, variables);
  if (status == SUMI_OK) status = restore_streams(session, path, file, true);
  const int64_t restored = status == SUMI_OK ? apply_values(session, variables, values) : 0;
  for (int i = 0; values && i < variables.count; ++i) sumi_array_unref(values[i]);
  sumi_arena_free(arena);
  if (status == SUMI_OK && options->step) *options->step = step;
  if (status == SUMI_OK && options->restored) *options->restored = restored;
  return status;
}

sumi_status_t sumi_restore_with(sumi_session_t *session, const char *path,
                                const sumi_restore_options_t *given) {
  sumi_restore_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  const sumi_tensors_t variables = all_or(session, options.variables);
  SUMI_TRY(check_session(session, path, variables));
  if (options.rename_count < 0 || (options.rename_count && !options.renames))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: %" PRId64 " renames without a list", path,
                     options.rename_count);
  for (int64_t i = 0; i < options.rename_count; ++i)
    if (!options.renames[i].variable || !options.renames[i].file)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: a name of rename %" PRId64 " is NULL", path, i);
  sumi__tensor_checkpoint_file_t file = {0};
  sumi_status_t status = sumi__tensor_checkpoint_open(path, &file);
  if (status == SUMI_OK) status = restore_from(session, path, &file, variables, &options);
  sumi__tensor_checkpoint_close(&file);
  return status;
}
