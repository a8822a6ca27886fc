/* Event files as other event files: values left out, tags renamed, and everything else byte for
 * byte as it was, whoever wrote it and whether Sumi can decode it or not. */
#ifndef SUMI_EVENT_EDIT_H
#define SUMI_EVENT_EDIT_H

#include <sumi/buffer.h>
#include <sumi/event.h>

SUMI_BEGIN_DECLS

/** What becomes of a value; zero: it stays as it is. */
typedef struct sumi_value_edit {
  bool left_out SUMI_UNSET;
  const char *tag SUMI_UNSET; /* its new tag, UTF-8 and not empty; NULL: it keeps its own */
  /* A tensor that has no metadata of its own is given those in force. Readers look at a tag's
   * first value: where that is left out, the next one needs them. */
  bool with_metadata SUMI_UNSET;
} sumi_value_edit_t;

/** Appends to `records` the record of an event that a reader gave, with what `edits` say of its
 * event->value_count values. Events that are no summaries, and summaries without an edit, are
 * copied; nothing is appended when all values of a summary are left out.
 * errors  INVALID_ARGUMENT a tag; DATA_LOSS the record is not the one that was decoded;
 *         RESOURCE_EXHAUSTED no memory. The buffer is then as it was */
SUMI_API sumi_status_t sumi_event_edit(const sumi_event_t *event, const sumi_value_edit_t *edits,
                                       sumi_buffer_t *records);

SUMI_END_DECLS
#endif
