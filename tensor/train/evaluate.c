/* Going over data without training: means, and values joined. */
#include "train/feeding.h"
#include "train/training.h"

#include <sumi/alloc.h>
#include <sumi/buffer.h>
#include <sumi/options.h>

#include <math.h>
#include <string.h>

typedef struct pass pass_t;

struct pass {
  sumi_session_t *session;
  sumi_tensors_t tensors;
  sumi_array_t **values; /* of one batch */
  sumi_fetch_t *fetches;
  /* Takes tensor `index` of a batch. */
  sumi_status_t (*take)(pass_t *pass, int index, const sumi_array_t *value);
  double *sums;
  int64_t *counts;
  sumi_buffer_t *joined;
  sumi_dims_t *dims; /* of what is joined; rank 0: nothing yet */
  sumi_dtype_t *dtypes;
};

static sumi_status_t run_batch(pass_t *pass, sumi_feeds_t feeds) {
  SUMI_TRY(sumi_session_run(pass->session, .feeds = feeds,
                            .fetches = {pass->tensors.count, pass->fetches}));
  for (int i = 0; i < pass->tensors.count; ++i) SUMI_TRY(pass->take(pass, i, pass->values[i]));
  return SUMI_OK;
}

static sumi_status_t run_batches(pass_t *pass, const sumi_evaluate_options_t *options) {
  sumi__tensor_feeding_t feeding;
  SUMI_TRY(sumi__tensor_initialize_missing_local(pass->session));
  SUMI_TRY(sumi__tensor_feeding_begin(&feeding, options->feeds, options->feed, options->feed_data));
  const int64_t steps = options->steps || options->feed ? options->steps : 1;
  sumi_status_t status = SUMI_OK;
  bool ended = false;
  for (int64_t step = 0; status == SUMI_OK && !ended && (steps == 0 || step < steps); ++step) {
    sumi_feeds_t feeds;
    status = sumi__tensor_feeding_step(&feeding, step, &feeds, &ended);
    if (status == SUMI_OK && !ended) status = run_batch(pass, feeds);
  }
  sumi__tensor_feeding_end(&feeding);
  return status;
}

static sumi_status_t check(const char *function, const sumi_session_t *session,
                           sumi_tensors_t tensors, const void *results, int64_t steps) {
  if (session && tensors.count > 0 && tensors.list && results && steps >= 0) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT,
                   "%s: a session, tensors (%d are given), room for the results and steps of at "
                   "least 0 (%lld) are needed",
                   function, tensors.count, (long long)steps);
}

/* The whole pass, in memory that is released behind it. */
static sumi_status_t go_over(pass_t *pass, const sumi_evaluate_options_t *options) {
  const size_t count = (size_t)pass->tensors.count;
  pass->values = sumi_calloc(count, sizeof *pass->values);
  pass->fetches = sumi_calloc(count, sizeof *pass->fetches);
  sumi_status_t status = pass->values && pass->fetches ? SUMI_OK
                                                       : sumi_fail_alloc("a pass over data", 0);
  for (size_t i = 0; status == SUMI_OK && i < count; ++i)
    pass->fetches[i] = (sumi_fetch_t){.tensor = pass->tensors.list[i], .array = &pass->values[i]};
  if (status == SUMI_OK) status = run_batches(pass, options);
  for (size_t i = 0; pass->values && i < count; ++i) sumi_array_unref(pass->values[i]);
  sumi_free(pass->values);
  sumi_free(pass->fetches);
  return status;
}

/* ---- Means ---- */

static sumi_status_t add_up(pass_t *pass, int index, const sumi_array_t *value) {
  if (sumi_array_dtype(value) == SUMI_STRING)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_evaluate: '%s' is of texts, which have no mean",
                     sumi_op_name(pass->tensors.list[index].op));
  const int64_t count = sumi_array_count(value);
  for (int64_t i = 0; i < count; ++i) pass->sums[index] += sumi_array_get(value, i);
  pass->counts[index] += count;
  return SUMI_OK;
}

sumi_status_t sumi_evaluate_with(sumi_session_t *session, sumi_tensors_t tensors, double *means,
                                 const sumi_evaluate_options_t *given) {
  sumi_evaluate_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  SUMI_TRY(check("sumi_evaluate", session, tensors, means, options.steps));
  const size_t count = (size_t)tensors.count;
  pass_t pass = {.session = session, .tensors = tensors, .take = add_up};
  pass.sums = sumi_calloc(count, sizeof *pass.sums);
  pass.counts = sumi_calloc(count, sizeof *pass.counts);
  sumi_status_t status = pass.sums && pass.counts ? go_over(&pass, &options)
                                                  : sumi_fail_alloc("an evaluation", 0);
  for (size_t i = 0; status == SUMI_OK && i < count; ++i)
    means[i] = pass.counts[i] ? pass.sums[i] / (double)pass.counts[i] : NAN;
  sumi_free(pass.sums);
  sumi_free(pass.counts);
  return status;
}

/* ---- Values, joined ---- */

static sumi_status_t join(pass_t *pass, int index, const sumi_array_t *value) {
  const char *name = sumi_op_name(pass->tensors.list[index].op);
  const sumi_dims_t dims = sumi_array_dims(value);
  sumi_dims_t *whole = &pass->dims[index], expected = *whole;
  if (dims.rank == 0 || sumi_array_dtype(value) == SUMI_STRING)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "sumi_predict: '%s' is %s of shape %s; numbers with a first axis are joined",
                     name, sumi_dtype_name(sumi_array_dtype(value)), sumi_dims_text(dims).text);
  if (whole->rank > 0) {
    expected.size[0] = dims.size[0];
    if (!sumi_dims_equal(dims, expected))
      return sumi_fail(SUMI_INVALID_ARGUMENT,
                       "sumi_predict: '%s' has shape %s after %s: only the first axis may differ",
                       name, sumi_dims_text(dims).text, sumi_dims_text(*whole).text);
    whole->size[0] += dims.size[0];
  } else {
    *whole = dims;
    pass->dtypes[index] = sumi_array_dtype(value);
  }
  sumi_buffer_append(&pass->joined[index], sumi_array_data(value), sumi_array_size_bytes(value));
  return sumi_buffer_status(&pass->joined[index], "joined values");
}

static sumi_status_t make_arrays(const pass_t *pass, sumi_array_t **arrays) {
  for (int i = 0; i < pass->tensors.count; ++i) {
    if (pass->dims[i].rank == 0)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_predict: there was no batch");
    const sumi_buffer_t *bytes = &pass->joined[i];
    arrays[i] = sumi_array_new_uninitialized(pass->dtypes[i], pass->dims[i]);
    if (!arrays[i]) return SUMI_RESOURCE_EXHAUSTED;
    if (bytes->size) memcpy(sumi_array_data(arrays[i]), bytes->data, bytes->size);
  }
  return SUMI_OK;
}

sumi_status_t sumi_predict_with(sumi_session_t *session, sumi_tensors_t tensors,
                                sumi_array_t **arrays, const sumi_evaluate_options_t *given) {
  sumi_evaluate_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  SUMI_TRY(check("sumi_predict", session, tensors, (const void *)arrays, options.steps));
  const size_t count = (size_t)tensors.count;
  pass_t pass = {.session = session, .tensors = tensors, .take = join};
  pass.joined = sumi_calloc(count, sizeof *pass.joined);
  pass.dims = sumi_calloc(count, sizeof *pass.dims);
  pass.dtypes = sumi_calloc(count, sizeof *pass.dtypes);
  for (size_t i = 0; i < count; ++i) arrays[i] = NULL;
  const bool has_room = pass.joined && pass.dims && pass.dtypes;
  sumi_status_t status = has_room ? go_over(&pass, &options) : sumi_fail_alloc("a prediction", 0);
  if (status == SUMI_OK) status = make_arrays(&pass, arrays);
  for (size_t i = 0; status != SUMI_OK && i < count; ++i) {
    sumi_array_unref(arrays[i]);
    arrays[i] = NULL;
  }
  for (size_t i = 0; pass.joined && i < count; ++i) sumi_buffer_release(&pass.joined[i]);
  sumi_free(pass.joined);
  sumi_free(pass.dims);
  sumi_free(pass.dtypes);
  return status;
}
