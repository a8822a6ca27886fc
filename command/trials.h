/* Runs with their hyper-parameters and metrics. */
#ifndef SUMI_COMMAND_TRIALS_H
#define SUMI_COMMAND_TRIALS_H

#include "command.h"

#include <sumi/name_table.h>
#include <sumi/plugin_data.h>

typedef struct hparam {
  sumi_name_t name;
  sumi_hparam_type_t type; /* 0: a value of no kind */
  double number;
  const char *string; /* the trial's */
  bool boolean;
} hparam_t;

typedef struct mark {
  int64_t step;
  double value;
} mark_t;

/* A scalar of a run; its extremes are NaN where no value is a number. */
typedef struct metric {
  sumi_name_t name;
  bool single; /* of float32 values */
  int64_t count;
  mark_t last, min, max;
} metric_t;

typedef struct trial {
  sumi_name_t name;
  sumi_name_table_t hparams, metrics;
} trial_t;

/* Reads the scalars that are asked for and the hyper-parameters of a source, by runs. */
sumi_status_t sumi__command_trials_read(sumi_name_table_t *trials, source_t *source,
                                        const arguments_t *arguments);
void sumi__command_trials_release(sumi_name_table_t *trials);

/* Where the run's hyper-parameters stand: it has those of the nearest run whose folder it is in
 * when it has none of its own, as metrics of TensorBoard's groups do. */
const sumi_name_table_t *sumi__command_hparams(const sumi_name_table_t *trials,
                                               const trial_t *trial);

#endif
