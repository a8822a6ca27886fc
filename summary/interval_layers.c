#include "interval_layers.h"

#include <sumi/alloc.h>
#include <sumi/buffer.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interval_rules.h"

enum { MAX_FILE_BYTES = 1 << 20 };

static char *path_of_file(const char *directory) {
  sumi_buffer_t path = {0};
  sumi_buffer_printf(&path, "%s/" SUMI__INTERVALS_FILE, directory);
  if (sumi_buffer_text(&path)) return path.data;
  sumi_buffer_release(&path);
  return NULL;
}

sumi_status_t sumi__summary_interval_layers_init(sumi__summary_interval_layers_t *layers,
                                                 const char *directory) {
  pthread_mutex_init(&layers->lock, NULL);
  atomic_init(&layers->generation, 1);
  layers->code = sumi_interval_rules_new();
  layers->environment = sumi_interval_rules_new();
  layers->path = directory ? path_of_file(directory) : NULL;
  const bool complete = layers->code && layers->environment && (layers->path || !directory);
  return complete ? SUMI_OK : sumi_fail_alloc("interval rules", sizeof *layers);
}

sumi_status_t sumi__summary_interval_layers_parse_code(sumi__summary_interval_layers_t *layers,
                                                       const char *text) {
  return text ? sumi_interval_rules_parse(layers->code, "intervals", text) : SUMI_OK;
}

sumi_status_t
sumi__summary_interval_layers_read_environment(sumi__summary_interval_layers_t *layers) {
  const char *text = getenv(SUMI__INTERVALS_VARIABLE);
  if (!text) return SUMI_OK;
  return sumi_interval_rules_parse(layers->environment, SUMI__INTERVALS_VARIABLE, text);
}

void sumi__summary_interval_layers_release(sumi__summary_interval_layers_t *layers) {
  for (sumi__summary_file_version_t *version = layers->file, *older; version; version = older) {
    older = version->older;
    sumi_interval_rules_free(version->rules);
    sumi_free(version);
  }
  sumi_interval_rules_free(layers->code);
  sumi_interval_rules_free(layers->environment);
  sumi_free(layers->path);
  pthread_mutex_destroy(&layers->lock);
}

sumi_status_t sumi__summary_interval_layers_add(sumi__summary_interval_layers_t *layers,
                                                const char *pattern,
                                                const sumi_interval_t *interval) {
  pthread_mutex_lock(&layers->lock);
  const sumi_status_t status = sumi_interval_rules_add(layers->code, pattern, interval);
  atomic_fetch_add(&layers->generation, status == SUMI_OK);
  pthread_mutex_unlock(&layers->lock);
  return status;
}

const sumi_interval_t *sumi__summary_interval_layers_find(sumi__summary_interval_layers_t *layers,
                                                          const char *tag, uint32_t *generation) {
  pthread_mutex_lock(&layers->lock);
  const sumi_interval_rules_t *order[] = {layers->file ? layers->file->rules : NULL,
                                          layers->environment, layers->code};
  const sumi_interval_t *found = NULL;
  for (size_t i = 0; !found && i < sizeof order / sizeof *order; ++i)
    found = sumi__summary_interval_rules_find(order[i], tag);
  *generation = atomic_load(&layers->generation);
  pthread_mutex_unlock(&layers->lock);
  return found ? found : &sumi__summary_interval_always;
}

static sumi_status_t read_text(int file, const char *path, sumi_buffer_t *text) {
  for (;;) {
    char *end = sumi_buffer_reserve(text, 4096);
    if (!end) return sumi_buffer_status(text, path);
    const ssize_t got = read(file, end, 4096);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return sumi_fail_errno(errno, "cannot read", path);
    if (got == 0) break;
    text->size += (size_t)got;
    if (text->size > MAX_FILE_BYTES)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: more than %d bytes of rules", path,
                       (int)MAX_FILE_BYTES);
  }
  if (!sumi_buffer_text(text)) return sumi_buffer_status(text, path);
  if (strlen(text->data) == text->size) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: NUL at byte %zu", path, strlen(text->data));
}

static sumi_status_t read_rules(const char *path, sumi_interval_rules_t *rules) {
  const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return sumi_fail_errno(errno, "cannot open", path);
  sumi_buffer_t text = {0};
  sumi_status_t status = read_text(file, path, &text);
  if (status == SUMI_OK) status = sumi_interval_rules_parse(rules, path, text.data);
  sumi_buffer_release(&text);
  close(file);
  return status;
}

static sumi_status_t publish(sumi__summary_interval_layers_t *layers,
                             sumi_interval_rules_t *rules) {
  sumi__summary_file_version_t *version = sumi_calloc(1, sizeof *version);
  if (!version) {
    sumi_interval_rules_free(rules);
    return sumi_fail_alloc("interval rules", sizeof *version);
  }
  version->rules = rules;
  pthread_mutex_lock(&layers->lock);
  version->older = layers->file;
  layers->file = version;
  atomic_fetch_add(&layers->generation, 1);
  pthread_mutex_unlock(&layers->lock);
  return SUMI_OK;
}

static bool same_file(const struct stat *a, const struct stat *b) {
  return a->st_ino == b->st_ino && a->st_size == b->st_size &&
         a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Programs save a file in place by emptying it and writing it anew, or by removing it first. So a
 * change counts when one more look finds the same, and an empty file or none in the third look;
 * there is nothing to wait for when the run begins. */
static bool has_settled(sumi__summary_interval_layers_t *layers, const struct stat *now) {
  if (!same_file(now, &layers->change)) layers->looks = 0;
  layers->change = *now;
  const int needed = !layers->watched ? 1 : now->st_size > 0 ? 2 : 3;
  return ++layers->looks >= needed;
}

sumi_status_t sumi__summary_interval_layers_poll(sumi__summary_interval_layers_t *layers) {
  if (!layers->path) return SUMI_OK;
  struct stat now;
  if (stat(layers->path, &now) != 0) {
    if (errno != ENOENT) return SUMI_OK; /* it cannot be seen now: the rules stay */
    now = (struct stat){0};
  }
  const bool settled = has_settled(layers, &now);
  layers->watched = true;
  if (!settled || same_file(&now, &layers->seen)) return SUMI_OK;
  layers->seen = now;
  if (now.st_ino == 0) return publish(layers, NULL);
  if (!S_ISREG(now.st_mode))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s is not a file", layers->path);
  sumi_interval_rules_t *rules = sumi_interval_rules_new();
  if (!rules) return sumi_fail_alloc("interval rules", sizeof now);
  const sumi_status_t status = read_rules(layers->path, rules);
  if (status == SUMI_OK) return publish(layers, rules);
  sumi_interval_rules_free(rules);
  return status;
}
