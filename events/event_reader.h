/* What neighbours inside the module need of a reader beyond its public face. */
#ifndef SUMI__EVENT_READER_H
#define SUMI__EVENT_READER_H

#include <sumi/event_reader.h>

#include "name_table.h"

/* Metadata in force from now on come from, and go into, this table of the caller's (one run's files
 * share one). */
void sumi__event_reader_share_metadata(sumi_event_reader_t *reader, sumi__name_table_t *metadata);

/* Closes the file until the next call, so that many readers need few descriptors. Reading goes on
 * where it was. */
void sumi__event_reader_pause(sumi_event_reader_t *reader);

#endif
