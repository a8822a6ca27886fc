/* The training loop. A step: what it is fed, what hooks add, the run, the hooks again, an
 * evaluation, a checkpoint. */
#include "train/training.h"

#include "train/feeding.h"
#include "train/progress.h"
#include "train/saver.h"
#include "train/step_keeper.h"
#include "train/stop_signals.h"

#include <sumi/alloc.h>
#include <sumi/clock.h>
#include <sumi/options.h>

#include <inttypes.h>
#include <math.h>
#include <string.h>

typedef struct loop {
  sumi_training_t seen; /* by hooks: the first member */
  const sumi_train_options_t *options;
  sumi_training_result_t result;
  sumi__tensor_feeding_t feeding;
  sumi__tensor_progress_t progress;
  sumi__tensor_step_keeper_t keeper;
  sumi_trace_t *trace; /* of the step */
  sumi_op_t **targets; /* of the step: [0] is the caller's */
  sumi_fetch_t *fetches;
  int target_count, target_capacity, fetch_count, fetch_capacity;
  sumi_status_t added; /* a failure of what a hook added */
  union {
    float f32;
    double f64;
  } loss;
  int begun; /* hooks */
  int64_t begin_ns, rate_ns, rate_step, saved_ns, saved_step, evaluated_step;
  bool stop, ended;
} loop_t;

/* ---- What is run at a step ---- */

static sumi_status_t add_target(loop_t *l, sumi_op_t *target) {
  if (l->target_count == l->target_capacity) {
    const int capacity = l->target_capacity * 2 + 8;
    sumi_op_t **list = sumi_realloc_array(l->targets, (size_t)capacity, sizeof *list);
    if (!list) return l->added = sumi_fail_alloc("the targets of a step", 0);
    l->targets = list;
    l->target_capacity = capacity;
  }
  l->targets[l->target_count++] = target;
  return SUMI_OK;
}

static sumi_status_t add_fetch(loop_t *l, const sumi_fetch_t *fetch) {
  if (l->fetch_count == l->fetch_capacity) {
    const int capacity = l->fetch_capacity * 2 + 4;
    sumi_fetch_t *list = sumi_realloc_array(l->fetches, (size_t)capacity, sizeof *list);
    if (!list) return l->added = sumi_fail_alloc("the fetches of a step", 0);
    l->fetches = list;
    l->fetch_capacity = capacity;
  }
  l->fetches[l->fetch_count++] = *fetch;
  return SUMI_OK;
}

static loop_t *loop_of(sumi_training_t *training) {
  return (loop_t *)(void *)training;
}

sumi_status_t sumi_training_add_target(sumi_training_t *training, sumi_op_t *target) {
  if (training && target) return add_target(loop_of(training), target);
  return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_training_add_target: %s is NULL",
                   training ? "target" : "training");
}

sumi_status_t sumi_training_add_fetch(sumi_training_t *training, const sumi_fetch_t *fetch) {
  if (training && fetch) return add_fetch(loop_of(training), fetch);
  return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_training_add_fetch: %s is NULL",
                   training ? "fetch" : "training");
}

void sumi_training_trace(sumi_training_t *training, sumi_trace_t *trace) {
  if (training) loop_of(training)->trace = trace;
}

void sumi_training_stop(sumi_training_t *training) {
  if (training) loop_of(training)->stop = true;
}

/* ---- Hooks ---- */

typedef sumi_status_t (*moment_t)(void *data, sumi_training_t *training);

/* Calls the member at `offset` of each hook. */
static sumi_status_t call_hooks(loop_t *l, size_t offset) {
  for (int i = 0; i < l->options->hooks.count; ++i) {
    const sumi_training_hook_t *hook = &l->options->hooks.list[i];
    moment_t call;
    memcpy(&call, (const char *)hook + offset, sizeof call);
    if (call) SUMI_TRY(call(hook->data, &l->seen));
  }
  return SUMI_OK;
}

#define CALL_HOOKS(loop, member) call_hooks(loop, offsetof(sumi_training_hook_t, member))

static sumi_status_t begin_hooks(loop_t *l) {
  for (; l->begun < l->options->hooks.count; ++l->begun) {
    const sumi_training_hook_t *hook = &l->options->hooks.list[l->begun];
    if (hook->begin) SUMI_TRY(hook->begin(hook->data, &l->seen));
  }
  return SUMI_OK;
}

/* Ends all that have begun; the first failure, of the loop's before, is kept. */
static sumi_status_t end_hooks(loop_t *l, sumi_status_t status) {
  char message[SUMI_ERROR_MESSAGE_MAX];
  snprintf(message, sizeof message, "%s", status != SUMI_OK ? sumi_error_message() : "");
  for (int i = 0; i < l->begun; ++i) {
    const sumi_training_hook_t *hook = &l->options->hooks.list[i];
    const sumi_status_t ended = hook->end ? hook->end(hook->data, &l->seen) : SUMI_OK;
    if (ended == SUMI_OK || status != SUMI_OK) continue;
    status = ended;
    snprintf(message, sizeof message, "%s", sumi_error_message());
  }
  return status == SUMI_OK ? SUMI_OK : sumi_fail(status, "%s", message);
}

/* ---- Evaluations and checkpoints ---- */

static int64_t steps_done(const loop_t *l) {
  return l->result.steps_done;
}

static sumi_best_t direction(const loop_t *l) {
  return l->options->saver ? sumi__tensor_saver_direction(l->options->saver) : l->options->best;
}

static bool is_better(const loop_t *l, double metric) {
  const double best = l->result.best_metric;
  if (isnan(metric) || isnan(best)) return !isnan(metric);
  return direction(l) == SUMI_BEST_HIGHEST ? metric > best : metric < best;
}

static sumi_status_t save(loop_t *l) {
  SUMI_TRY(CALL_HOOKS(l, before_save));
  const bool scored = l->evaluated_step == steps_done(l);
  SUMI_TRY(sumi_saver_save_scored(l->options->saver, steps_done(l), scored ? l->seen.metric : NAN));
  l->saved_step = steps_done(l);
  l->saved_ns = sumi_clock_monotonic_ns();
  return SUMI_OK;
}

/* How many evaluations in a row were not the best is told from steps, so that a loop that goes on
 * from a checkpoint counts as one that was never interrupted. */
static void lose_patience(loop_t *l) {
  const int64_t every = l->options->evaluate_every > 0 ? l->options->evaluate_every : 1;
  const int64_t best = l->result.best_step < 0 ? 0 : l->result.best_step;
  if (l->options->patience > 0 && (steps_done(l) - best) / every >= l->options->patience)
    l->result.end = SUMI_TRAINING_NO_BETTER;
}

static sumi_status_t evaluate(loop_t *l, bool *is_best) {
  double metric = NAN;
  SUMI_TRY(l->options->evaluate(l->options->evaluate_data, &l->seen, &metric));
  l->seen.metric = l->result.metric = metric;
  l->evaluated_step = steps_done(l);
  *is_best = is_better(l, metric);
  if (*is_best) {
    l->result.best_metric = metric;
    l->result.best_step = steps_done(l);
  } else {
    lose_patience(l);
  }
  return SUMI_OK;
}

static bool comes_round(int64_t step, int64_t every) {
  return every > 0 && step % every == 0;
}

static bool save_is_due(const loop_t *l) {
  const sumi_train_options_t *o = l->options;
  const double standard_s = o->save_every > 0 ? INFINITY : 600;
  const double every_s = o->save_every_s > 0 ? o->save_every_s : standard_s;
  if (comes_round(steps_done(l), o->save_every)) return true;
  return (double)(sumi_clock_monotonic_ns() - l->saved_ns) * 1e-9 >= every_s;
}

/* After a step, or once more at the end. */
static sumi_status_t evaluate_and_save(loop_t *l, bool at_end) {
  const sumi_train_options_t *o = l->options;
  bool is_best = false;
  if (o->evaluate && l->evaluated_step != steps_done(l) &&
      (at_end || comes_round(steps_done(l), o->evaluate_every)))
    SUMI_TRY(evaluate(l, &is_best));
  if (!o->saver || (l->saved_step == steps_done(l) && !is_best)) return SUMI_OK;
  return at_end || is_best || save_is_due(l) ? save(l) : SUMI_OK;
}

/* ---- Steps ---- */

/* Over the last second; over less at the beginning. */
static void measure_rate(loop_t *l) {
  const int64_t now_ns = sumi_clock_monotonic_ns(), window_ns = now_ns - l->rate_ns;
  l->seen.seconds = (double)(now_ns - l->begin_ns) * 1e-9;
  const bool full = window_ns >= 1000000000;
  if (full || l->rate_ns == l->begin_ns)
    l->seen.steps_per_second = (double)(steps_done(l) - l->rate_step) * 1e9 /
                               (double)(window_ns + 1);
  if (!full) return;
  l->rate_ns = now_ns;
  l->rate_step = steps_done(l);
}

static sumi_status_t take_loss(loop_t *l) {
  const sumi_tensor_t loss = l->options->loss;
  if (!loss.op) return SUMI_OK;
  l->seen.loss = sumi_tensor_dtype(loss) == SUMI_FLOAT64 ? l->loss.f64 : (double)l->loss.f32;
  l->result.loss = l->seen.loss;
  if (isfinite(l->seen.loss) || l->options->allow_nan) return SUMI_OK;
  return sumi_fail(SUMI_DATA_LOSS,
                   "step %" PRId64 ": the loss '%s' is %s; .allow_nan goes on with it",
                   l->seen.step, sumi_op_name(loss.op), isnan(l->seen.loss) ? "NaN" : "infinite");
}

static sumi_status_t run_and_check(loop_t *l, sumi_feeds_t feeds) {
  SUMI_TRY(sumi_session_run(l->seen.session, .targets = {l->target_count, l->targets},
                            .feeds = feeds, .fetches = {l->fetch_count, l->fetches},
                            .trace = l->trace));
  SUMI_TRY(take_loss(l));
  return sumi__tensor_step_keeper_check(&l->keeper, l->seen.step);
}

static sumi_status_t run(loop_t *l, sumi_feeds_t feeds) {
  l->target_count = 1; /* the caller's, which there is room for */
  l->fetch_count = 0;
  l->trace = NULL;
  l->added = SUMI_OK;
  if (l->options->loss.op)
    SUMI_TRY(add_fetch(l, &(sumi_fetch_t){.tensor = l->options->loss, .scalar = &l->loss}));
  SUMI_TRY(CALL_HOOKS(l, before_step));
  SUMI_TRY(l->added);
  SUMI_TRY(sumi__tensor_step_keeper_begin(&l->keeper));
  const sumi_status_t status = run_and_check(l, feeds);
  if (status == SUMI_OK) return SUMI_OK;
  const sumi_ops_t train = {1, l->targets};
  return sumi__tensor_step_keeper_fail(&l->keeper, l->seen.step, train, feeds, status);
}

/* A signal that has come makes this step the last, with all that is due at the last one. */
static sumi_status_t step(loop_t *l) {
  sumi_feeds_t feeds;
  SUMI_TRY(sumi__tensor_feeding_step(&l->feeding, l->seen.step, &feeds, &l->ended));
  if (l->ended) return SUMI_OK;
  l->result.signal = l->options->handle_signals ? sumi__tensor_stop_signal() : 0;
  l->seen.is_last = l->seen.step + 1 == l->options->steps || l->result.signal != 0;
  SUMI_TRY(run(l, feeds));
  l->result.steps_done = l->seen.step + 1;
  measure_rate(l);
  SUMI_TRY(CALL_HOOKS(l, after_step));
  SUMI_TRY(evaluate_and_save(l, false));
  sumi__tensor_progress_step(&l->progress, &l->seen, l->seen.is_last);
  return SUMI_OK;
}

/* Why no further step comes; FAILED, which is 0, when one does. */
static sumi_training_end_t find_end(const loop_t *l) {
  if (l->ended) return SUMI_TRAINING_DATA_ENDED;
  if (l->options->steps > 0 && steps_done(l) >= l->options->steps) return SUMI_TRAINING_DONE;
  if (l->result.signal) return SUMI_TRAINING_SIGNAL;
  return l->stop ? SUMI_TRAINING_STOPPED : l->result.end;
}

static sumi_status_t run_steps(loop_t *l) {
  while (!(l->result.end = find_end(l))) {
    const sumi_status_t status = step(l);
    if (status != SUMI_OK) {
      l->result.end = SUMI_TRAINING_FAILED;
      return status;
    }
    if (!l->ended) l->seen.step = steps_done(l);
  }
  l->seen.step = steps_done(l) > l->result.first_step ? steps_done(l) - 1 : steps_done(l);
  const sumi_training_end_t end = l->result.end; /* the last evaluation does not change it */
  const sumi_status_t status = evaluate_and_save(l, true);
  l->result.end = status == SUMI_OK ? end : SUMI_TRAINING_FAILED;
  return status;
}

/* ---- A whole loop ---- */

static sumi_status_t find_first_step(loop_t *l) {
  const sumi_train_options_t *o = l->options;
  sumi_session_t *session = l->seen.session;
  int64_t first = o->first_step;
  if (sumi__tensor_any_variable_has_value(session)) {
    SUMI_TRY(sumi__tensor_initialize_missing(session));
  } else {
    if (first > 0)
      return sumi_fail(SUMI_FAILED_PRECONDITION,
                       "sumi_train: first_step is %" PRId64 ", but no variable has a value", first);
    SUMI_TRY(sumi_train_begin(session, o->saver, &first));
  }
  l->seen.step = l->result.first_step = l->result.steps_done = first;
  if (o->saver && o->evaluate)
    l->result.best_metric = sumi__tensor_saver_best_score(o->saver, &l->result.best_step);
  l->saved_step = sumi_saver_latest(o->saver) ? first : -1;
  return SUMI_OK;
}

static sumi_status_t prepare(loop_t *l, sumi_op_t *train) {
  const sumi_train_options_t *o = l->options;
  SUMI_TRY(sumi__tensor_feeding_begin(&l->feeding, o->feeds, o->feed, o->feed_data));
  SUMI_TRY(add_target(l, train));
  SUMI_TRY(find_first_step(l));
  l->begin_ns = l->rate_ns = l->saved_ns = sumi_clock_monotonic_ns();
  l->rate_step = l->seen.step;
  sumi__tensor_progress_begin(&l->progress, o->progress);
  return begin_hooks(l);
}

static sumi_status_t train_with_signals(loop_t *l, sumi_op_t *train) {
  if (l->options->handle_signals) sumi__tensor_stop_signals_begin();
  sumi_status_t status = prepare(l, train);
  if (status == SUMI_OK) status = run_steps(l);
  sumi__tensor_progress_end(&l->progress);
  l->result.seconds = l->seen.seconds =
      l->begin_ns ? (double)(sumi_clock_monotonic_ns() - l->begin_ns) * 1e-9 : 0;
  status = end_hooks(l, status);
  if (status != SUMI_OK) l->result.end = SUMI_TRAINING_FAILED;
  if (l->options->handle_signals) sumi__tensor_stop_signals_end();
  return status;
}

sumi_status_t sumi_train_with(sumi_session_t *session, sumi_op_t *train,
                              const sumi_train_options_t *given) {
  sumi_train_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  loop_t loop = {
      .seen = {.session = session, .steps = options.steps, .loss = NAN, .metric = NAN},
      .options = &options,
      .keeper = {.session = session, .path = options.capsule},
      .result = {.loss = NAN, .metric = NAN, .best_metric = NAN, .best_step = -1},
      .saved_step = -1,
      .evaluated_step = -1,
  };
  sumi_status_t status = sumi__tensor_check_training(session, train, &options);
  if (status == SUMI_OK) status = train_with_signals(&loop, train);
  sumi__tensor_feeding_end(&loop.feeding);
  sumi__tensor_snapshot_release(&loop.keeper.before);
  sumi_free(loop.targets);
  sumi_free(loop.fetches);
  if (options.result) *options.result = loop.result;
  return status;
}
