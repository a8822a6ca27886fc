/* What a loop starts from: a checkpoint, first values, or what the variables hold. */
#include "train/training.h"

#include "graph/graph_internal.h"
#include "train/saver.h"
#include "train/variable.h"

#include <sumi/alloc.h>

bool sumi__tensor_any_variable_has_value(sumi_session_t *session) {
  const sumi_tensors_t all = sumi_collection(sumi_session_graph(session), SUMI_GLOBAL_VARIABLES);
  for (int i = 0; i < all.count; ++i)
    if (sumi_session_variable(session, all.list[i])) return true;
  return false;
}

/* The initializers of this collection whose variables have no value. */
static int missing(sumi_session_t *session, sumi_tensors_t initializers, sumi_op_t **targets) {
  int count = 0;
  for (int i = 0; i < initializers.count; ++i)
    if (!sumi_session_variable(session, sumi_op_input(initializers.list[i].op, 0)))
      targets[count++] = initializers.list[i].op;
  return count;
}

static sumi_status_t initialize_missing(sumi_session_t *session, const char *collection) {
  const sumi_tensors_t all = sumi_collection(sumi_session_graph(session), collection);
  sumi_op_t **targets = sumi_calloc((size_t)all.count + 1, sizeof *targets);
  if (!targets) return sumi_fail_alloc("the initializers of a graph", 0);
  const int count = missing(session, all, targets);
  const sumi_status_t status = count ? sumi_session_run(session, .targets = {count, targets})
                                     : SUMI_OK;
  sumi_free(targets);
  return status;
}

sumi_status_t sumi__tensor_initialize_missing_local(sumi_session_t *session) {
  return initialize_missing(session, SUMI__LOCAL_INITIALIZERS);
}

/* Local ones second: they may start from others. */
sumi_status_t sumi__tensor_initialize_missing(sumi_session_t *session) {
  SUMI_TRY(initialize_missing(session, SUMI__INITIALIZERS));
  return sumi__tensor_initialize_missing_local(session);
}

sumi_status_t sumi_train_begin(sumi_session_t *session, sumi_saver_t *saver, int64_t *step) {
  if (!session || !step || (saver && sumi__tensor_saver_session(saver) != session))
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "sumi_train_begin: a session, room for the step and a saver of that session "
                     "are needed");
  SUMI_TRY(sumi__tensor_graph_repeat(sumi_session_graph(session)));
  *step = 0;
  const sumi_status_t status = saver ? sumi_saver_restore(saver, step) : SUMI_NOT_FOUND;
  if (status != SUMI_OK && (status != SUMI_NOT_FOUND || (saver && sumi_saver_latest(saver))))
    return status;
  return sumi__tensor_initialize_missing(session);
}
