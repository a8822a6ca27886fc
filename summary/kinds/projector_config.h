/* projector_config.pbtxt, the list of a run's embeddings: what earlier sessions or other programs
 * wrote in it stays. Source: tensorboard/plugins/projector/projector_config.proto. */
#ifndef SUMI_PROJECTOR_CONFIG_H
#define SUMI_PROJECTOR_CONFIG_H

#include <sumi/buffer.h>
#include <sumi/status.h>

typedef struct sumi__summary_projector_entry {
  struct sumi__summary_projector_entry *next;
  char *quoted_name; /* as it stands in the file; NULL when this is no embedding */
  int number;        /* of its files, projector_<number>_…; -1 when they are not Sumi's */
  char *text;        /* NULL before it is first written */
} sumi__summary_projector_entry_t;

/* Appends a text as a quoted string of protobuf's text format. */
void sumi__summary_put_quoted(sumi_buffer_t *text, const char *value);

/* The entries of the file in `directory`, none when there is no file. */
sumi_status_t sumi__summary_projector_load(const char *directory,
                                           sumi__summary_projector_entry_t **entries);

/* The entry of that name, added at the end, with a number nobody has, when it is new. */
sumi_status_t sumi__summary_projector_get(sumi__summary_projector_entry_t **entries,
                                          const char *name,
                                          sumi__summary_projector_entry_t **entry);

sumi_status_t sumi__summary_projector_write(const char *directory,
                                            const sumi__summary_projector_entry_t *entries);

void sumi__summary_projector_free(sumi__summary_projector_entry_t *entries);

#endif
