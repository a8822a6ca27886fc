/* What a writer knows of a tag. */
#ifndef SUMI__TAG_H
#define SUMI__TAG_H

#include <sumi/event.h>

#include "name_table.h"

typedef struct sumi__tag {
  sumi__name_t name;
  char *plugin_name;
  bool is_scalar;    /* plugin "scalars" */
  uint8_t *metadata; /* encoded; fixed from the tag's first value on */
  size_t metadata_size_bytes;
  int64_t last_step;  /* -1 before the first value */
  bool is_older;      /* last_step comes from the run's older files */
  bool in_file;       /* its metadata is in this file; the writing thread's */
  size_t newest;      /* scratch of the queue's thinning */
  uint64_t last_call; /* the writer's call that used it last, to find a tag given twice */
} sumi__tag_t;

/* The tag of that name; NULL when there is none. */
sumi__tag_t *sumi__tag_find(sumi__name_table_t *tags, const char *name);

/* A new tag with checked name and metadata.
 * errors  INVALID_ARGUMENT, RESOURCE_EXHAUSTED */
sumi_status_t sumi__tag_add(sumi__name_table_t *tags, const char *name,
                            const sumi_event_metadata_t *metadata, sumi__tag_t **tag);

#endif
