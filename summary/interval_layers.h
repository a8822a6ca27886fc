/* Where a writer's interval rules come from: code, then the environment, then a file in the run's
 * directory that is watched. The last layer with a matching rule wins. */
#ifndef SUMI_INTERVAL_LAYERS_H
#define SUMI_INTERVAL_LAYERS_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include <sumi/interval.h>

#define SUMI__INTERVALS_VARIABLE "SUMI_INTERVALS"
#define SUMI__INTERVALS_FILE     "intervals"

/* What the file said at one time; rules are NULL when there was none. Older versions stay until
 * release, because gates point to their intervals. */
typedef struct sumi__summary_file_version {
  struct sumi__summary_file_version *older;
  sumi_interval_rules_t *rules;
} sumi__summary_file_version_t;

typedef struct sumi__summary_interval_layers {
  /* Guards everything but `generation` and what only the watching thread uses. */
  pthread_mutex_t lock;
  sumi_interval_rules_t *code, *environment;
  sumi__summary_file_version_t *file;
  _Atomic uint32_t generation; /* from 1; changes whenever the answer for a tag may */
  char *path;                  /* of the file; NULL: not watched */
  /* The watching thread's: the file when it was last read (st_ino 0: not there), and a change that
   * has been seen in so many looks. */
  struct stat seen, change;
  int looks;
  bool watched; /* the first look has been */
} sumi__summary_interval_layers_t;

/* Layers without rules. `directory` NULL: there is no file to watch. RESOURCE_EXHAUSTED; they can
 * be used and released all the same. */
sumi_status_t sumi__summary_interval_layers_init(sumi__summary_interval_layers_t *layers,
                                                 const char *directory);
void sumi__summary_interval_layers_release(sumi__summary_interval_layers_t *layers);

/* Adds the rules set in code (NULL: none), and those of the environment. On failure none of them
 * are added. */
sumi_status_t sumi__summary_interval_layers_parse_code(sumi__summary_interval_layers_t *layers,
                                                       const char *text);
sumi_status_t
sumi__summary_interval_layers_read_environment(sumi__summary_interval_layers_t *layers);

sumi_status_t sumi__summary_interval_layers_add(sumi__summary_interval_layers_t *layers,
                                                const char *pattern,
                                                const sumi_interval_t *interval);

/* The interval of a tag, valid until release, and the generation it belongs to. */
const sumi_interval_t *sumi__summary_interval_layers_find(sumi__summary_interval_layers_t *layers,
                                                          const char *tag, uint32_t *generation);

/* Reads the file again if it changed. A file that cannot be read or parsed is reported once, and
 * the rules read from it before stay in force. */
sumi_status_t sumi__summary_interval_layers_poll(sumi__summary_interval_layers_t *layers);

#endif
