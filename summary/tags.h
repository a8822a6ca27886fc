/* What a summary writer keeps with each tag of its event writer. */
#ifndef SUMI_TAGS_H
#define SUMI_TAGS_H

#include <pthread.h>

#include <sumi/event_writer.h>

#include "gate.h"

enum { SUMI__MAX_TAG_BYTES = 1024 };

/* Hangs on the event writer's tag, which knows name, plugin and last step, and lives as long. What
 * is not atomic is guarded by `lock`; texts are not changed once set. */
typedef struct sumi__summary_tag {
  sumi_event_tag_t *event;
  const char *name; /* its name */
  sumi__summary_gate_t gate;
  pthread_mutex_t lock;
  char *title, *description;
  bool has_kept; /* the newest scalar that was not due, for "last" */
  bool keeps;    /* has ever kept one: the writer will ask for it at the end */
  int64_t kept_step;
  double kept_wall_time_s;
  float kept_value;
  uint32_t mesh_parts;  /* what a mesh consists of; 0: not logged yet */
  bool shows_nonfinite; /* histograms only, and only by the worker that has the tag */
} sumi__summary_tag_t;

/* The tag of that name, NULL when nothing is kept with one yet (or name is NULL). */
sumi__summary_tag_t *sumi__summary_tag_find(const sumi_event_writer_t *events, const char *name);

/* The tag of that name, added when it is new; steps before `first_step` count as served. `lock`
 * guards adding. INVALID_ARGUMENT for a name that is NULL, empty, too long or not UTF-8. */
sumi_status_t sumi__summary_tag_get(sumi_event_writer_t *events, pthread_mutex_t *lock,
                                    const char *name, int64_t first_step,
                                    sumi__summary_tag_t **tag);

#endif
