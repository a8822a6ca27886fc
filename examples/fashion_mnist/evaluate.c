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

static void take(evaluation_t *e, const int32_t *labels, const sumi_array_t *probabilities,
                 const sumi_array_t *losses) {
  memcpy(e->probabilities, sumi_array_data(probabilities), sumi_array_size_bytes(probabilities));
  for (int64_t i = 0; i < e->count; ++i) {
    const int predicted = most_probable(e->probabilities + i * e->classes, e->classes);
    e->predicted[i] = predicted;
    e->losses[i] = sumi_array_get(losses, i);
    e->loss += e->losses[i] / (double)e->count;
    e->accuracy += (predicted == labels[i]) / (double)e->count;
    ++e->confusion[labels[i] * e->classes + predicted];
  }
}

sumi_status_t evaluate(evaluation_t *e, const model_t *model, sumi_session_t *session,
                       const sumi_dataset_t *test) {
  sumi_batcher_t *batches = sumi_batcher_new(test, BATCH, .in_order = true);
  if (!batches) return SUMI_RESOURCE_EXHAUSTED;
  const float keep_all = 1;
  sumi_array_t *values[2];
  const sumi_status_t status = sumi_predict(
      session, SUMI_TENSORS(model->probabilities, model->losses), values,
      .steps = sumi_batcher_per_epoch(batches),
      .feeds = SUMI_FEEDS({.tensor = model->images}, {.tensor = model->labels},
                          {.tensor = model->keep, .data = &keep_all, .dims = SUMI_SCALAR}),
      .feed = sumi_batcher_feed, .feed_data = batches);
  sumi_batcher_free(batches);
  if (status != SUMI_OK) return status;
  e->loss = e->accuracy = 0;
  memset(e->confusion, 0, (size_t)(e->classes * e->classes) * sizeof *e->confusion);
  take(e, sumi_array_data(test->labels), values[0], values[1]);
  sumi_array_unref(values[0]);
  sumi_array_unref(values[1]);
  return SUMI_OK;
}
