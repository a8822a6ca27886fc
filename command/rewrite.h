/* Event files made of others: below another folder, or in their places. */
#ifndef SUMI_COMMAND_REWRITE_H
#define SUMI_COMMAND_REWRITE_H

#include "command.h"

#include <sumi/event_edit.h>

/* What becomes of an event's values; the edits come zeroed. false: an event without values is left
 * out. A status for what ends it all, with its message. */
typedef struct editor {
  sumi_status_t (*edit)(void *user, const char *file, const sumi_event_t *event,
                        sumi_value_edit_t *edits, bool *stays);
  void *user;
} editor_t;

/* Rewrites all files of the source to --output or --in-place, each whole or not at all, and says
 * what was kept. Every file's first value of a tag gets the metadata in force. */
int sumi__command_rewrite(const arguments_t *arguments, source_t *source, const editor_t *editor);

/* Refuses arguments that leave open where to write; -1 to go on. */
int sumi__command_rewrite_check(const char *command, const arguments_t *arguments);

#endif
