#include "evaluate.h"

#include <sumi/alloc.h>

#include <string.h>

enum { BATCH = 500 };

sumi_status_t evaluation_init(evaluation_t *e, const sumi_dataset_t *test) {
  const int64_t count = sumi_array_count(test->labels);
  const int classes = (int)sumi_array_count(test->class_names);
  *e = (evaluation_t){.count = count, .classes = classes};
  e->probabilities = sumi_calloc((size_t)count, (size_t)classes * sizeof *e->probabilities);
  e->losses = sumi_calloc((size_t)count, sizeof *e->losses);
  e->predicted = sumi_calloc((size_t)count, sizeof *e->predicted);
  e->confusion = sumi_calloc((size_t)classes, (size_t)classes * sizeof *e->confusion);
  if (e->probabilities && e->losses && e->predicted && e->confusion) return SUMI_OK;
  return sumi_fail_alloc("an evaluation", (size_t)count);
}

void evaluation_release(evaluation_t *e) {
  sumi_free(e->probabilities);
  sumi_free(e->losses);
  sumi_free(e->predicted);
  sumi_free(e->confusion);
}

static int most_probable(const float *row, int classes) {
  int best = 0;
  for (int k = 1; k < classes; ++k)
    if (row[k] > row[best]) best = k;
  return best;
}

static void take_batch(evaluation_t *e, int64_t at, const sumi_batch_t *batch,
                       const sumi_array_t *probabilities, const sumi_array_t *losses) {
  const int32_t *labels = sumi_array_data(batch->labels);
  memcpy(e->probabilities + at * e->classes, sumi_array_data(probabilities),
         sumi_array_size_bytes(probabilities));
  for (int64_t i = 0; i < batch->count; ++i) {
    const int predicted = most_probable(e->probabilities + (at + i) * e->classes, e->classes);
    e->predicted[at + i] = predicted;
    e->losses[at + i] = sumi_array_get(losses, i);
    e->loss += e->losses[at + i] / (double)e->count;
    e->accuracy += (predicted == labels[i]) / (double)e->count;
    ++e->confusion[labels[i] * e->classes + predicted];
  }
}

sumi_status_t evaluate(evaluation_t *e, const model_t *model, sumi_session_t *session,
                       const sumi_dataset_t *test) {
  sumi_batcher_t *batcher = sumi_batcher_new(test, BATCH, .in_order = true);
  if (!batcher) return SUMI_RESOURCE_EXHAUSTED;
  sumi_array_t *probabilities = NULL, *losses = NULL;
  const float keep_all = 1;
  sumi_status_t status = SUMI_OK;
  e->loss = e->accuracy = 0;
  memset(e->confusion, 0, (size_t)(e->classes * e->classes) * sizeof *e->confusion);
  for (int64_t step = 0, at = 0; at < e->count && status == SUMI_OK; ++step) {
    sumi_batch_t batch;
    status = sumi_batcher_get(batcher, step, &batch);
    if (status == SUMI_OK)
      status = sumi_session_run(
          session,
          .feeds = SUMI_FEEDS({.tensor = model->images, .array = batch.images},
                              {.tensor = model->labels, .array = batch.labels},
                              {.tensor = model->keep, .data = &keep_all, .dims = SUMI_SCALAR}),
          .fetches = SUMI_FETCHES({.tensor = model->probabilities, .array = &probabilities},
                                  {.tensor = model->losses, .array = &losses}));
    if (status == SUMI_OK) {
      take_batch(e, at, &batch, probabilities, losses);
      at += batch.count;
    }
  }
  sumi_array_unref(losses);
  sumi_array_unref(probabilities);
  sumi_batcher_free(batcher);
  return status;
}
