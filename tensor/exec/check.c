/* The arguments of a run, each by itself. */
#include "exec/check.h"

#include "graph/flow.h"

static sumi_status_t check_tensor(const sumi_session_t *session, const char *what, int index,
                                  sumi_tensor_t tensor) {
  if (sumi_tensor_is_number(tensor))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s %d is the number %g, not a tensor", what, index,
                     tensor.number);
  if (!tensor.op)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "%s %d is the null tensor; sumi_gradients gives it where no path of "
                     "differentiable ops leads from the x to a y",
                     what, index);
  if (tensor.op->graph != session->graph)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s %d, '%s:%d', is a tensor of another graph", what,
                     index, tensor.op->name, tensor.index);
  if (tensor.op->function)
    return sumi_fail(
        SUMI_INVALID_ARGUMENT,
        "%s %d, '%s:%d', was made in the branch or loop '%s' and leaves it as a result "
        "only",
        what, index, tensor.op->name, tensor.index, tensor.op->function->name);
  if (tensor.index >= 0 && tensor.index < tensor.op->output_count) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "%s %d, '%s:%d': the node has %d outputs%s", what, index,
                   tensor.op->name, tensor.index, tensor.op->output_count,
                   tensor.op->output_count == 0 ? "; run it as a target" : "");
}

static sumi_status_t check_feed_value(const sumi_feed_t *feed) {
  const sumi_tensor_t tensor = feed->tensor;
  const char *name = tensor.op->name;
  const sumi_dtype_t dtype = sumi__tensor_feed_dtype(feed);
  if (dtype != sumi_tensor_dtype(tensor))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "feed of '%s:%d': the tensor is %s, the value is %s",
                     name, tensor.index, sumi_dtype_name(sumi_tensor_dtype(tensor)),
                     sumi_dtype_name(dtype));
  const sumi_dims_t dims = sumi__tensor_feed_dims(feed), expected = sumi_tensor_dims(tensor);
  if (!feed->array && !sumi_dims_given(feed->dims) && !sumi_dims_known(expected))
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "feed of '%s:%d': the tensor's shape is %s, so the value's has to be given",
                     name, tensor.index, sumi_dims_text(expected).text);
  SUMI_TRY(sumi_dims_check(name, dims));
  sumi_dims_t both;
  if (!sumi_merge_dims(expected, dims, &both))
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "feed of '%s:%d': the tensor has shape %s, the value has %s", name,
                     tensor.index, sumi_dims_text(expected).text, sumi_dims_text(dims).text);
  if (!sumi__tensor_feed_data(feed) && sumi_dims_count(dims) > 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "feed of '%s:%d': array and data are NULL", name,
                     tensor.index);
  return SUMI_OK;
}

static sumi_status_t check_feeds(const sumi_session_t *session, sumi_feeds_t feeds) {
  for (int i = 0; i < feeds.count; ++i) {
    SUMI_TRY(check_tensor(session, "feed", i, feeds.list[i].tensor));
    SUMI_TRY(check_feed_value(&feeds.list[i]));
  }
  return SUMI_OK;
}

static sumi_status_t check_fetches(const sumi_session_t *session, sumi_fetches_t fetches) {
  for (int i = 0; i < fetches.count; ++i)
    SUMI_TRY(check_tensor(session, "fetch", i, fetches.list[i].tensor));
  return SUMI_OK;
}

sumi_status_t sumi__tensor_check_fetch_pointers(const sumi_run_options_t *run) {
  for (int i = 0; i < run->fetches.count; ++i) {
    const sumi_fetch_t *fetch = &run->fetches.list[i];
    if (!fetch->scalar != !fetch->array) continue;
    return sumi_fail(
        SUMI_INVALID_ARGUMENT, "fetch of '%s:%d': %s", fetch->tensor.op->name, fetch->tensor.index,
        fetch->scalar ? "scalar and array are both given" : "scalar and array are NULL");
  }
  return SUMI_OK;
}

static sumi_status_t check_target(const sumi_session_t *session, int index,
                                  const sumi_op_t *target) {
  if (!target) return sumi_fail(SUMI_INVALID_ARGUMENT, "target %d is NULL", index);
  if (target->graph != session->graph)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "target %d, '%s', is a node of another graph", index,
                     target->name);
  if (!target->function) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT,
                   "target %d, '%s', was made in the branch or loop '%s', whose node runs it",
                   index, target->name, target->function->name);
}

static sumi_status_t check_list(const char *what, int count, const void *list) {
  if (count < 0 || (count > 0 && !list))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: a list of %d that is %s", what, count,
                     list ? "not NULL" : "NULL");
  return SUMI_OK;
}

sumi_status_t sumi__tensor_check_run(const sumi_session_t *session, const sumi_run_options_t *run) {
  SUMI_TRY(check_feeds(session, run->feeds));
  SUMI_TRY(check_fetches(session, run->fetches));
  for (int i = 0; i < run->targets.count; ++i)
    SUMI_TRY(check_target(session, i, run->targets.list[i]));
  return SUMI_OK;
}

sumi_status_t sumi__tensor_check_lists(const sumi_run_options_t *run) {
  SUMI_TRY(check_list("feeds", run->feeds.count, run->feeds.list));
  SUMI_TRY(check_list("fetches", run->fetches.count, run->fetches.list));
  return check_list("targets", run->targets.count, run->targets.list);
}
