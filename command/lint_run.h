/* What TensorBoard's two readers make of a run: its Python loader, and the data server in Rust that
 * usually reads. Purging, classes of data and samples are those of TensorBoard 2.21
 * (backend/event_processing/plugin_event_accumulator.py, dataclass_compat.py; data/server/run.rs,
 * reservoir.rs, data_compat.rs). */
#ifndef SUMI_COMMAND_LINT_RUN_H
#define SUMI_COMMAND_LINT_RUN_H

#include "command.h"

#include <sumi/name_table.h>

typedef enum finding {
  DAMAGE,
  NO_EVENT,
  TORN_END,
  TIME_IS_NAN,
  TIME_IS_INFINITE,
  OLDER_FILE,
  TWO_WRITERS,
  NO_METADATA,
  NO_CLASS,
  WRONG_FORM,
  NOT_DECODED,
  STEP_RANGE,
  STEPS_BACK,
  RESTARTED,
  NO_VERSION,
  FEW_STRINGS,
  PICTURE_FORMAT,
  TEXT_NOT_UTF8,
  NOT_FINITE,
  SAMPLED,
  FINDING_COUNT
} finding_t;

/* The name of a finding, what it means for who looks at TensorBoard, and whether it is only worth
 * knowing. */
typedef struct finding_text {
  const char *name, *meaning;
  bool is_note;
} finding_text_t;
extern const finding_text_t sumi__command_findings[FINDING_COUNT];

/* How often each was found. */
typedef struct findings {
  int64_t counts[FINDING_COUNT];
} findings_t;

/* The values of a tag that a reader holds. */
typedef struct held {
  struct held_value *values;
  size_t count, capacity;
} held_t;

typedef struct lint_tag {
  sumi_name_t name;
  char plugin[64]; /* of the first value */
  sumi_data_class_t data_class;
  bool is_shown;                         /* by anyone: the class is known */
  int64_t written, python, server, most; /* values; of these a reader samples `most` at least */
  held_t by_python, by_server;
  findings_t findings;
} lint_tag_t;

typedef struct lint_file {
  const char *path;
  double first_time_s, last_time_s; /* NaN: none */
  findings_t findings;
  bool python_stopped, server_stopped;
} lint_file_t;

typedef struct lint_run {
  sumi_name_table_t tags;
  lint_file_t *files; /* as the run's */
  bool has_version, has_start, python_died;
  int64_t last_step; /* of a summary */
} lint_run_t;

/* Reads all files of a run; false without memory or with a file that cannot be read, said. */
bool sumi__command_lint_read(lint_run_t *lint, const arguments_t *arguments,
                             const shown_run_t *run);
void sumi__command_lint_release(lint_run_t *lint);

#endif
