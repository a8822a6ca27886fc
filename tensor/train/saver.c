/* The checkpoints of a run: which there are, which is the best, which go. What is true is what the
 * directory holds: each file is whole, names its step and has its score in its metadata. The file
 * "checkpoint" says it for people and for other programs. */
#include "train/saver.h"

#include "train/checkpoint_file.h"

#include <sumi/alloc.h>
#include <sumi/buffer.h>
#include <sumi/decimal.h>
#include <sumi/file.h>
#include <sumi/options.h>

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCORE      "score"
#define INDEX_NAME "checkpoint"

/* Files of a checkpoint, by format: the last to be written makes it one, and the other is only
 * removed with it. Paths of the list are without what TensorFlow adds to its prefixes. */
static const struct {
  const char *last, *other, *path_suffix;
} suffixes[] = {
    [SUMI_CHECKPOINT_SAFETENSORS] = {".safetensors", NULL, ".safetensors"},
    [SUMI_CHECKPOINT_TENSORFLOW] = {".index", ".data-00000-of-00001", ""},
};

typedef struct checkpoint {
  char *path;
  int64_t step;
  double score; /* NaN: none */
} checkpoint_t;

struct sumi_saver {
  sumi_session_t *session;
  char *directory, *name;
  sumi_tensor_t *variables;
  int variable_count;
  int64_t max_to_keep;
  bool keep_all;
  sumi_best_t best;
  sumi_checkpoint_format_t format; /* not DEFAULT */
  int64_t count, capacity;
  checkpoint_t *list; /* by ascending steps */
};

/* ---- The list ---- */

static const char *base_of(const char *path) {
  return strrchr(path, '/') + 1;
}

static int64_t find_step(const sumi_saver_t *saver, int64_t step) {
  int64_t at = 0;
  while (at < saver->count && saver->list[at].step < step) ++at;
  return at;
}

/* Takes `path` over. */
static sumi_status_t insert(sumi_saver_t *saver, char *path, int64_t step, double score) {
  const int64_t at = find_step(saver, step);
  if (at < saver->count && saver->list[at].step == step) {
    sumi_free(saver->list[at].path);
    saver->list[at] = (checkpoint_t){path, step, score};
    return SUMI_OK;
  }
  if (saver->count == saver->capacity) {
    const int64_t capacity = saver->capacity ? saver->capacity * 2 : 8;
    checkpoint_t *list = sumi_realloc_array(saver->list, (size_t)capacity, sizeof *list);
    if (!list) {
      sumi_free(path);
      return sumi_fail_alloc("a list of checkpoints", (size_t)capacity * sizeof *list);
    }
    saver->list = list;
    saver->capacity = capacity;
  }
  memmove(saver->list + at + 1, saver->list + at,
          (size_t)(saver->count - at) * sizeof *saver->list);
  saver->list[at] = (checkpoint_t){path, step, score};
  ++saver->count;
  return SUMI_OK;
}

static void drop(sumi_saver_t *saver, int64_t at) {
  sumi_free(saver->list[at].path);
  --saver->count;
  memmove(saver->list + at, saver->list + at + 1,
          (size_t)(saver->count - at) * sizeof *saver->list);
}

static int64_t best_of(const sumi_saver_t *saver) {
  int64_t best = -1;
  for (int64_t i = 0; i < saver->count; ++i) {
    const double score = saver->list[i].score, other = best < 0 ? NAN : saver->list[best].score;
    if (isnan(score)) continue;
    if (best < 0 || (saver->best == SUMI_BEST_LOWEST ? score < other : score > other)) best = i;
  }
  return best;
}

/* ---- The directory ---- */

static char *path_of(const sumi_saver_t *saver, const char *file) {
  sumi_buffer_t text = {0};
  sumi_buffer_printf(&text, "%s/%s", saver->directory, file);
  char *path = text.failed ? NULL : sumi_strdup(sumi_buffer_text(&text));
  sumi_buffer_release(&text);
  if (!path) sumi_fail_alloc("a path", strlen(saver->directory) + strlen(file));
  return path;
}

/* The step in "<name>-<step><suffix>", -1 for another file. */
static int64_t step_before(const sumi_saver_t *saver, const char *file, const char *suffix) {
  const size_t length = strlen(saver->name);
  if (!suffix || strncmp(file, saver->name, length) != 0 || file[length] != '-') return -1;
  const char *digits = file + length + 1, *end = digits + strspn(digits, "0123456789");
  if (end == digits || end - digits > 18 || strcmp(end, suffix) != 0) return -1;
  return strtoll(digits, NULL, 10);
}

/* The step of the file that makes a checkpoint. */
static int64_t step_in(const sumi_saver_t *saver, const char *file) {
  return step_before(saver, file, suffixes[saver->format].last);
}

static double score_in(const char *path) {
  sumi__tensor_checkpoint_file_t file = {0};
  double score = NAN;
  const char *text = NULL;
  if (sumi__tensor_checkpoint_open(path, &file) == SUMI_OK)
    text = sumi__tensor_checkpoint_text(&file, SCORE);
  if (text && !sumi_decimal_read(text, &score)) score = NAN;
  sumi__tensor_checkpoint_close(&file);
  return score;
}

/* What sumi_file_replace left when its process, of this machine, was killed:
 * ".<file>.<process>.<number>.new" for a file of this saver's. */
static bool is_left_over(const sumi_saver_t *saver, const char *file) {
  char replaced[NAME_MAX + 1] = "";
  long long process = 0;
  unsigned number;
  int end = 0;
  for (const char *dot = file + 1; file[0] == '.' && end == 0 && (dot = strchr(dot, '.')); ++dot)
    if (sscanf(dot, ".%lld.%u.new%n", &process, &number, &end) == 2 && end > 0 && !dot[end])
      snprintf(replaced, sizeof replaced, "%.*s", (int)(dot - file - 1), file + 1);
    else
      end = 0;
  if (step_in(saver, replaced) < 0 &&
      step_before(saver, replaced, suffixes[saver->format].other) < 0 &&
      strcmp(replaced, INDEX_NAME) != 0)
    return false;
  return process > 0 && kill((pid_t)process, 0) != 0 && errno == ESRCH;
}

/* The other file of a checkpoint whose last was not written before its process was killed, or could
 * not be. */
static bool is_half(const sumi_saver_t *saver, const char *file) {
  const int64_t step = step_before(saver, file, suffixes[saver->format].other);
  if (step < 0) return false;
  sumi_buffer_t last = {0};
  sumi_buffer_printf(&last, "%s/%s-%" PRId64 "%s", saver->directory, saver->name, step,
                     suffixes[saver->format].last);
  const char *path = sumi_buffer_text(&last);
  const bool missing = !last.failed && access(path, F_OK) != 0 && errno == ENOENT;
  sumi_buffer_release(&last);
  return missing;
}

static sumi_status_t look_at(sumi_saver_t *saver, const char *file) {
  const int64_t step = step_in(saver, file);
  const bool is_rest = step < 0 && (is_left_over(saver, file) || is_half(saver, file));
  if (step < 0 && !is_rest) return SUMI_OK;
  char *path = path_of(saver, file);
  if (!path) return SUMI_RESOURCE_EXHAUSTED;
  if (step >= 0) {
    const size_t added = strlen(suffixes[saver->format].last) -
                         strlen(suffixes[saver->format].path_suffix);
    path[strlen(path) - added] = '\0';
    return insert(saver, path, step, score_in(path));
  }
  unlink(path);
  sumi_free(path);
  return SUMI_OK;
}

static sumi_status_t look_around(sumi_saver_t *saver) {
  SUMI_TRY(sumi_file_make_directories(saver->directory));
  DIR *directory = opendir(saver->directory);
  if (!directory) return sumi_fail_errno(errno, "cannot read directory", saver->directory);
  sumi_status_t status = SUMI_OK;
  for (struct dirent *entry; status == SUMI_OK && (entry = readdir(directory));)
    status = look_at(saver, entry->d_name);
  closedir(directory);
  return status;
}

/* TensorFlow's CheckpointState in text form; the best is said in a comment. */
static sumi_status_t write_index(const sumi_saver_t *saver) {
  sumi_buffer_t text = {0};
  const int64_t best = best_of(saver);
  if (saver->count > 0)
    sumi_buffer_printf(&text, "model_checkpoint_path: \"%s\"\n",
                       base_of(saver->list[saver->count - 1].path));
  for (int64_t i = 0; i < saver->count; ++i)
    sumi_buffer_printf(&text, "all_model_checkpoint_paths: \"%s\"\n", base_of(saver->list[i].path));
  if (best >= 0) sumi_buffer_printf(&text, "# best: \"%s\"\n", base_of(saver->list[best].path));
  sumi_status_t status = sumi_buffer_status(&text, "a list of checkpoints");
  if (status == SUMI_OK)
    status = sumi_file_replace(saver->directory, INDEX_NAME, text.data, text.size);
  sumi_buffer_release(&text);
  return status;
}

static void remove_file(const char *path, const char *suffix) {
  sumi_buffer_t text = {0};
  sumi_buffer_printf(&text, "%s%s", path, suffix);
  const char *file = sumi_buffer_text(&text);
  if (file) unlink(file);
  sumi_buffer_release(&text);
}

/* First the file that makes it a checkpoint. */
static void remove_checkpoint(const sumi_saver_t *saver, const char *path) {
  const char *other = suffixes[saver->format].other;
  remove_file(path, other ? suffixes[saver->format].last : "");
  if (other) remove_file(path, other);
}

static void remove_surplus(sumi_saver_t *saver) {
  if (saver->keep_all) return;
  const int64_t best = best_of(saver);
  const char *kept = best >= 0 ? saver->list[best].path : NULL;
  for (int64_t i = saver->count - saver->max_to_keep - 1; i >= 0; --i) {
    if (saver->list[i].path == kept) continue;
    remove_checkpoint(saver, saver->list[i].path);
    drop(saver, i);
  }
}

/* ---- A saver ---- */

static bool is_file_name(const char *name) {
  if (!name[0] || name[0] == '.') return false;
  for (const char *c = name; *c; ++c)
    if ((unsigned char)*c < ' ' || strchr("/\\\"\x7F", *c)) return false;
  return true;
}

static sumi_status_t fill(sumi_saver_t *saver, const char *directory,
                          const sumi_saver_options_t *options) {
  saver->directory = sumi_strdup(directory);
  saver->name = sumi_strdup(options->name ? options->name : "model");
  const size_t count = (size_t)options->variables.count;
  saver->variables = sumi_calloc(count + 1, sizeof *saver->variables);
  if (!saver->directory || !saver->name || !saver->variables)
    return sumi_fail_alloc("a saver", sizeof *saver);
  for (size_t i = 0; i < count; ++i) saver->variables[i] = options->variables.list[i];
  saver->variable_count = (int)count;
  saver->max_to_keep = options->max_to_keep ? options->max_to_keep : 5;
  saver->keep_all = options->keep_all;
  saver->best = options->best;
  saver->format = options->format ? options->format : SUMI_CHECKPOINT_SAFETENSORS;
  return SUMI_OK;
}

sumi_saver_t *sumi_saver_new_with(sumi_session_t *session, const char *directory,
                                  const sumi_saver_options_t *given) {
  sumi_saver_options_t options;
  if (sumi_options_read(&options, sizeof options, given) != SUMI_OK) return NULL;
  if (!session || !directory || !directory[0] || options.max_to_keep < 0 ||
      options.variables.count < 0 || (options.name && !is_file_name(options.name)) ||
      (options.best != SUMI_BEST_LOWEST && options.best != SUMI_BEST_HIGHEST) ||
      (int)options.format < 0 || options.format > SUMI_CHECKPOINT_TENSORFLOW) {
    sumi_fail(SUMI_INVALID_ARGUMENT,
              "sumi_saver_new: a session, a directory, a name without / and quotes ('%s'), and a "
              "number to keep above 0 (%" PRId64 ") and a format are needed",
              options.name ? options.name : "model", options.max_to_keep);
    return NULL;
  }
  sumi_saver_t *saver = sumi_calloc(1, sizeof *saver);
  if (!saver) {
    sumi_fail_alloc("a saver", sizeof *saver);
    return NULL;
  }
  saver->session = session;
  if (fill(saver, directory, &options) == SUMI_OK && look_around(saver) == SUMI_OK) return saver;
  sumi_saver_free(saver);
  return NULL;
}

void sumi_saver_free(sumi_saver_t *saver) {
  if (!saver) return;
  for (int64_t i = 0; i < saver->count; ++i) sumi_free(saver->list[i].path);
  sumi_free(saver->list);
  sumi_free(saver->variables);
  sumi_free(saver->directory);
  sumi_free(saver->name);
  sumi_free(saver);
}

static sumi_tensors_t variables_of(const sumi_saver_t *saver) {
  return (sumi_tensors_t){saver->variable_count, saver->variables};
}

static sumi_status_t save_file(sumi_saver_t *saver, const char *path, int64_t step, double score) {
  char text[64];
  sumi_decimal(text, sizeof text, 'g', 17, score);
  const sumi_named_text_t metadata = {SCORE, text};
  return sumi_save(saver->session, path, step, .variables = variables_of(saver),
                   .metadata_count = !isnan(score), .metadata = &metadata, .format = saver->format);
}

sumi_status_t sumi_saver_save_scored(sumi_saver_t *saver, int64_t step, double score) {
  if (!saver || step < 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_saver_save: %s",
                     saver ? "a negative step" : "saver is NULL");
  sumi_buffer_t name = {0};
  sumi_buffer_printf(&name, "%s-%" PRId64 "%s", saver->name, step,
                     suffixes[saver->format].path_suffix);
  char *path = name.failed ? NULL : path_of(saver, sumi_buffer_text(&name));
  sumi_buffer_release(&name);
  if (!path) return sumi_fail_alloc("a path", 0);
  const sumi_status_t status = save_file(saver, path, step, score);
  if (status != SUMI_OK) {
    sumi_free(path);
    return status;
  }
  SUMI_TRY(insert(saver, path, step, score));
  remove_surplus(saver);
  return write_index(saver);
}

sumi_status_t sumi_saver_save(sumi_saver_t *saver, int64_t step) {
  return sumi_saver_save_scored(saver, step, NAN);
}

sumi_status_t sumi_saver_restore(sumi_saver_t *saver, int64_t *step) {
  if (!saver) return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_saver_restore: saver is NULL");
  sumi_status_t status = saver->count ? SUMI_OK
                                      : sumi_fail(SUMI_NOT_FOUND, "%s: there is no checkpoint '%s'",
                                                  saver->directory, saver->name);
  for (int64_t i = saver->count - 1; i >= 0; --i) {
    status = sumi_restore(saver->session, saver->list[i].path, .variables = variables_of(saver));
    if (status == SUMI_OK && step) *step = saver->list[i].step;
    if (status != SUMI_DATA_LOSS) return status;
  }
  return status;
}

const char *sumi_saver_latest(const sumi_saver_t *saver) {
  return saver && saver->count ? saver->list[saver->count - 1].path : NULL;
}

const char *sumi_saver_best(const sumi_saver_t *saver) {
  const int64_t best = saver ? best_of(saver) : -1;
  return best >= 0 ? saver->list[best].path : NULL;
}

sumi_best_t sumi__tensor_saver_direction(const sumi_saver_t *saver) {
  return saver->best;
}

double sumi__tensor_saver_best_score(const sumi_saver_t *saver, int64_t *step) {
  const int64_t best = best_of(saver);
  *step = best >= 0 ? saver->list[best].step : -1;
  return best >= 0 ? saver->list[best].score : NAN;
}

const sumi_session_t *sumi__tensor_saver_session(const sumi_saver_t *saver) {
  return saver->session;
}
