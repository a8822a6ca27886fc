/* A pass over the test set. */
#ifndef DEMO_EVALUATE_H
#define DEMO_EVALUATE_H

#include "model.h"

typedef struct evaluation {
  int64_t count;
  int classes;
  double loss, accuracy;
  float *probabilities; /* [count, classes] */
  double *losses;       /* [count] */
  int *predicted;       /* [count] */
  int64_t *confusion;   /* [classes, classes]: row truth, column prediction */
} evaluation_t;

sumi_status_t evaluation_init(evaluation_t *e, const sumi_dataset_t *test);
void evaluation_release(evaluation_t *e);

/* Runs the model over the test set. */
sumi_status_t evaluate(evaluation_t *e, const model_t *model, sumi_session_t *session,
                       const sumi_dataset_t *test);

#endif
