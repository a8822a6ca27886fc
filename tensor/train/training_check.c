/* What a training loop is given, before its first step. */
#include "train/training.h"

#include "graph/graph_internal.h"
#include "train/saver.h"

static sumi_status_t check_model(const sumi_session_t *session, const sumi_op_t *train,
                                 const sumi_train_options_t *o) {
  if (!session || !sumi_session_graph(session) || !train)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_train: %s is NULL",
                     train ? "the session or its graph" : "train");
  SUMI_TRY(sumi__tensor_graph_repeat(sumi_session_graph(session)));
  if (o->loss.op && !sumi_dtype_is_floating(sumi_tensor_dtype(o->loss)))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_train: the loss '%s' is %s, not floating-point",
                     sumi_op_name(o->loss.op), sumi_dtype_name(sumi_tensor_dtype(o->loss)));
  if (o->hooks.count < 0 || (o->hooks.count && !o->hooks.list))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_train: %d hooks without a list", o->hooks.count);
  return SUMI_OK;
}

static sumi_status_t check_ends(const sumi_session_t *session, const sumi_train_options_t *o) {
  if (o->steps < 0 || o->first_step < 0 || o->save_every < 0 || !(o->save_every_s >= 0) ||
      o->evaluate_every < 0 || o->patience < 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "sumi_train: steps, first_step, save_every, save_every_s, evaluate_every and "
                     "patience are numbers from 0");
  if (o->steps == 0 && !o->feed && o->hooks.count == 0)
    return sumi_fail(
        SUMI_INVALID_ARGUMENT,
        "sumi_train: nothing ends the loop: it has neither steps nor a feed or a hook");
  if (!o->evaluate && (o->patience || o->evaluate_every))
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "sumi_train: patience and evaluate_every need evaluate, which is NULL");
  if (o->capsule && o->allow_nan)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "sumi_train: a capsule is for losses that are not finite, which allow_nan "
                     "allows");
  if (o->best != SUMI_BEST_LOWEST && o->best != SUMI_BEST_HIGHEST)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_train: best is %d", (int)o->best);
  if (!o->saver && (o->save_every || o->save_every_s > 0))
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "sumi_train: save_every and save_every_s need a saver, which is NULL");
  if (!o->saver) return SUMI_OK;
  if (sumi__tensor_saver_session(o->saver) != session)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_train: the saver is of another session");
  if (o->best == SUMI_BEST_HIGHEST && sumi__tensor_saver_direction(o->saver) == SUMI_BEST_LOWEST)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "sumi_train: the best metric is the highest, and of the saver's scores the "
                     "lowest; the saver takes .best, too");
  return SUMI_OK;
}

sumi_status_t sumi__tensor_check_training(const sumi_session_t *session, const sumi_op_t *train,
                                          const sumi_train_options_t *options) {
  SUMI_TRY(check_model(session, train, options));
  return check_ends(session, options);
}
