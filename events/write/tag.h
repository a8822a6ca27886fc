/* What a writer knows of a tag. */
#ifndef SUMI__TAG_H
#define SUMI__TAG_H

#include <sumi/event_writer.h>
#include <sumi/name_table.h>

#include <stdatomic.h>

/* Atomic members are read by anybody at any time, and set with the writer's lock held, which guards
 * the others. */
struct sumi_event_tag {
  sumi_name_t name;
  sumi_event_writer_t *writer;
  _Atomic(const char *) plugin_name; /* NULL before the first value or claim */
  bool is_scalar;                    /* plugin "scalars", and described */
  bool is_simple;                    /* written as simple_value, without metadata */
  uint8_t *metadata;                 /* encoded; NULL before the first value, then fixed */
  size_t metadata_size_bytes;
  _Atomic int64_t last_step; /* -1 before the first */
  _Atomic bool is_older;     /* last_step comes from the run's older files */
  unsigned in_file;          /* number of the file that has its metadata; the writing thread's */
  size_t newest;             /* scratch of the queue's thinning */
  uint64_t last_call;        /* the writer's call that used it last, to find a tag given twice */
  _Atomic(void *) user_data;
  void (*destroy)(void *user_data);
};

/* A new tag under a name not yet there.
 * errors  INVALID_ARGUMENT, RESOURCE_EXHAUSTED */
sumi_status_t sumi__events_tag_add(sumi_event_writer_t *writer, const char *name,
                                   sumi_event_tag_t **tag);

/* Gives the tag the metadata of its first value, all or nothing.
 * errors  INVALID_ARGUMENT, RESOURCE_EXHAUSTED */
sumi_status_t sumi__events_tag_describe(sumi_event_tag_t *tag,
                                        const sumi_event_metadata_t *metadata);

/* Whether the resumed run's older files hold the value already. */
bool sumi__events_tag_is_repeated(const sumi_event_tag_t *tag, int64_t step);

sumi_status_t sumi__events_tag_check_plugin(const sumi_event_tag_t *tag, const char *plugin_name);

/* The step is the tag's last now. */
void sumi__events_tag_take_step(sumi_event_tag_t *tag, int64_t step);

/* Releases what users hung on the tags. */
void sumi__events_tags_destroy_user_data(const sumi_name_table_t *tags);

#endif
