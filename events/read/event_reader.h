/* What neighbours inside the module need of a reader beyond its public face. */
#ifndef SUMI__EVENT_READER_H
#define SUMI__EVENT_READER_H

#include <sumi/event_reader.h>
#include <sumi/record.h>

#include <sumi/name_table.h>

/* Metadata in force from now on come from, and go into, this table of the caller's (one run's files
 * share one). */
void sumi__events_event_reader_share_metadata(sumi_event_reader_t *reader,
                                              sumi_name_table_t *metadata);

/* As sumi_event_reader_next, but the record as it stands in the file: whatever its payload holds, a
 * right checksum is enough. Valid until the next call. */
sumi_status_t sumi__events_event_reader_next_record(sumi_event_reader_t *reader,
                                                    sumi_record_t *record);

/* Closes the file until the next call, so that many readers need few descriptors. Reading goes on
 * where it was. */
void sumi__events_event_reader_pause(sumi_event_reader_t *reader);

/* From now on nobody writes the file: see .complete. */
void sumi__events_event_reader_complete(sumi_event_reader_t *reader);

#endif
