/* How far a loop is, for people: a bar on a terminal, plain lines elsewhere. */
#ifndef SUMI_TRAIN_PROGRESS_H
#define SUMI_TRAIN_PROGRESS_H

#include <sumi/training.h>

typedef struct sumi__tensor_progress {
  FILE *stream; /* NULL: nothing is shown */
  bool terminal, utf8, shown;
  int64_t shown_ns;
} sumi__tensor_progress_t;

void sumi__tensor_progress_begin(sumi__tensor_progress_t *progress, FILE *stream);

/* After a step: shows it, at most ten times a second, a line every ten seconds where there is no
 * terminal, and when it `must`. */
void sumi__tensor_progress_step(sumi__tensor_progress_t *progress, const sumi_training_t *training,
                                bool must);

/* Leaves the line of the bar. */
void sumi__tensor_progress_end(const sumi__tensor_progress_t *progress);

#endif
