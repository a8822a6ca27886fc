/* The tags of a writer: found without a lock, added under one, never removed. */
#ifndef SUMI_TAGS_H
#define SUMI_TAGS_H

#include <pthread.h>
#include <stdatomic.h>

#include <sumi/status.h>

#include "gate.h"

enum { SUMI__MAX_TAG_BYTES = 1024 };

/* Everything a writer knows of one tag. What is not atomic is guarded by `lock`; texts are not
 * changed once set. */
typedef struct sumi__tag {
  uint64_t hash;
  sumi__gate_t gate;
  pthread_mutex_t lock;
  const char *plugin; /* the kind of its values; NULL until the first is logged */
  char *title, *description;
  bool has_kept; /* the newest scalar that was not due, for "last" */
  int64_t kept_step;
  double kept_wall_time_s;
  float kept_value;
  uint32_t mesh_parts;  /* what a mesh consists of; 0: not logged yet */
  bool shows_nonfinite; /* histograms only, and only by the worker that has the tag */
  char name[];
} sumi__tag_t;

typedef struct sumi__tag_table sumi__tag_table_t;

typedef struct sumi__tags {
  _Atomic(sumi__tag_table_t *) table;
  sumi__tag_table_t *outgrown; /* may still be looked at; guarded by `lock` */
  pthread_mutex_t lock;
} sumi__tags_t;

void sumi__tags_init(sumi__tags_t *tags);
void sumi__tags_release(sumi__tags_t *tags);

/* The tag of that name, NULL when there is none yet (or name is NULL). */
sumi__tag_t *sumi__tags_find(sumi__tags_t *tags, const char *name);

/* The tag of that name, added when it is new, its gate starting at `first_step`. INVALID_ARGUMENT
 * for a name that is NULL, empty, too long or not UTF-8. */
sumi_status_t sumi__tags_get(sumi__tags_t *tags, const char *name, int64_t first_step,
                             sumi__tag_t **tag);

/* The tags in no particular order, until NULL; `*cursor` starts at 0. Only while none are added. */
sumi__tag_t *sumi__tags_next(sumi__tags_t *tags, size_t *cursor);

#endif
