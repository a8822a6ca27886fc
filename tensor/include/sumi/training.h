/* The training loop: steps, checkpoints, evaluations, and an end that loses nothing.
 *
 *   sumi_train(session, train, .steps = 10000, .loss = loss,
 *              .feeds = SUMI_FEEDS({.tensor = images}, {.tensor = labels}),
 *              .feed = sumi_batcher_feed, .feed_data = batches,
 *              .saver = saver, .save_every = 500, .handle_signals = true, .progress = stderr,
 *              .hooks = SUMI_TRAINING_HOOKS(*sumi_summary_training_hook(summaries)));
 *
 * sumi_evaluate and sumi_predict go over data without training. What a program does besides at each
 * step, it does in hooks. A loop, its session and its hooks are confined to one thread. */
#ifndef SUMI_TRAINING_H
#define SUMI_TRAINING_H

#include <sumi/capsule.h>
#include <sumi/data.h>

#include <stdio.h>

SUMI_BEGIN_DECLS

/* ---- What a step is fed ---- */

/** Says what a step is fed: gives members of `feeds`, which are the call's, .array, or .data and
 * .dims, that stay until the next call. `step` counts from 0, as the log's does. OUT_OF_RANGE says
 * that the data is at its end; other failures are the loop's. */
typedef sumi_status_t (*sumi_feed_fn_t)(void *data, int64_t step, sumi_feed_t *feeds);

/** A sumi_feed_fn_t over a sumi_batcher_t: pictures to the first feed, labels to the second. */
SUMI_API sumi_status_t sumi_batcher_feed(void *batcher, int64_t step, sumi_feed_t *feeds);

/* ---- Hooks: what else is done ---- */

/** A loop under way, as hooks see it. Made by Sumi; members may be added at the end. */
typedef struct sumi_training {
  sumi_session_t *session SUMI_UNSET;
  int64_t step SUMI_UNSET;   /* that comes, or was just done; from 0 */
  int64_t steps SUMI_UNSET;  /* where the loop ends; 0: at the end of the data */
  bool is_last SUMI_UNSET;   /* no step comes after this one: all are done, or a signal came */
  double loss SUMI_UNSET;    /* of the last step; NaN before, and without .loss */
  double metric SUMI_UNSET;  /* of the last evaluation; NaN before */
  double seconds SUMI_UNSET; /* since the loop began */
  double steps_per_second SUMI_UNSET; /* in the last second; 0 before the first step is done */
} sumi_training_t;

/** What is called around the steps of a loop, each member with `data` first; NULL ones are left
 * out. A failure ends the loop, which returns it. */
typedef struct sumi_training_hook {
  void *data SUMI_UNSET;
  /** Once, when the variables have their values and `step` is the first to come. */
  sumi_status_t (*begin)(void *data, sumi_training_t *training) SUMI_UNSET;
  /** Before a step; may add to what the session runs. */
  sumi_status_t (*before_step)(void *data, sumi_training_t *training) SUMI_UNSET;
  /** After a step that has succeeded. */
  sumi_status_t (*after_step)(void *data, sumi_training_t *training) SUMI_UNSET;
  /** Before a checkpoint: what it must not be ahead of goes to the disk. */
  sumi_status_t (*before_save)(void *data, sumi_training_t *training) SUMI_UNSET;
  /** Once for each hook that has begun, whatever ended the loop. */
  sumi_status_t (*end)(void *data, sumi_training_t *training) SUMI_UNSET;
} sumi_training_hook_t;

typedef struct sumi_training_hooks {
  int count;
  const sumi_training_hook_t *list;
} sumi_training_hooks_t;

#define SUMI_TRAINING_HOOKS(...)                                                                   \
  SUMI__LIST(sumi_training_hooks_t, sumi_training_hook_t, __VA_ARGS__)

/** In before_step: the session runs or fetches this, too, at this step. Without memory the failure
 * is the step's. */
SUMI_API sumi_status_t sumi_training_add_target(sumi_training_t *training, sumi_op_t *target);
SUMI_API sumi_status_t sumi_training_add_fetch(sumi_training_t *training,
                                               const sumi_fetch_t *fetch);

/** In before_step: what the step does goes into `trace` (<sumi/trace.h>). */
SUMI_API void sumi_training_trace(sumi_training_t *training, sumi_trace_t *trace);

/** The loop ends when this step is done. */
SUMI_API void sumi_training_stop(sumi_training_t *training);

/* ---- Training ---- */

/** Evaluates the model after a step; *metric says how good it is. */
typedef sumi_status_t (*sumi_evaluate_fn_t)(void *data, sumi_training_t *training, double *metric);

/** What ended a loop. */
typedef enum sumi_training_end {
  SUMI_TRAINING_FAILED,     /* with the status that sumi_train returned */
  SUMI_TRAINING_DONE,       /* all steps */
  SUMI_TRAINING_DATA_ENDED, /* .feed said OUT_OF_RANGE */
  SUMI_TRAINING_STOPPED,    /* sumi_training_stop */
  SUMI_TRAINING_NO_BETTER,  /* .patience */
  SUMI_TRAINING_SIGNAL
} sumi_training_end_t;

typedef struct sumi_training_result {
  sumi_training_end_t end;
  int signal;                       /* that ended it, else 0 */
  int64_t first_step;               /* where it began: not 0 when it went on from a checkpoint */
  int64_t steps_done;               /* those before that included */
  double loss, metric, best_metric; /* NaN where there is none */
  int64_t best_step;                /* steps done at the best metric, -1 without one */
  double seconds;
  int64_t reserved_[8];
} sumi_training_result_t;

typedef struct sumi_train_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  /* Ends when so many are done, those before a restart included; 0: at the end of the data. */
  int64_t steps SUMI_UNSET;
  /* A floating-point scalar, fetched at each step; a loop whose loss is NaN or infinite fails. */
  sumi_tensor_t loss SUMI_UNSET;
  bool allow_nan SUMI_UNSET;     /* of the loss */
  sumi_feeds_t feeds SUMI_UNSET; /* at each step, completed by .feed where that is given */
  sumi_feed_fn_t feed SUMI_UNSET;
  void *feed_data SUMI_UNSET;
  sumi_training_hooks_t hooks SUMI_UNSET;
  /* Where to go on from, and where to save: at the intervals below, when an evaluation was the best
   * so far, with its metric as score, and at the end. */
  sumi_saver_t *saver SUMI_UNSET;
  int64_t save_every SUMI_UNSET;  /* steps */
  double save_every_s SUMI_UNSET; /* seconds; default 600 where save_every is not given either */
  sumi_evaluate_fn_t evaluate SUMI_UNSET;
  void *evaluate_data SUMI_UNSET;
  int64_t evaluate_every SUMI_UNSET; /* steps; it is done at the end in any case */
  sumi_best_t best SUMI_UNSET;       /* of metrics; a saver's is the same */
  int64_t patience SUMI_UNSET; /* > 0: ends when so many evaluations in a row were not the best */
  /* SIGINT and SIGTERM, unless they are ignored: the next step is the last, and all ends as it does
   * after the last step. A second one has its usual effect. What was there before is put back. */
  bool handle_signals SUMI_UNSET;
  /* Steps, rate, loss and the time left: a bar that moves on a terminal, else a line now and then.
   */
  FILE *progress SUMI_UNSET;
  int64_t first_step SUMI_UNSET;             /* of a session whose variables have values */
  sumi_training_result_t *result SUMI_UNSET; /* filled in whatever comes */
  /* The path of a capsule (<sumi/capsule.h>): a step that fails, or whose loss or variables are not
   * finite, is kept there, the session is as it was before the step, and the message names the
   * node that made the first number that is not finite. Costs a copy of all variables a step, and
   * a look at each of their elements. */
  const char *capsule SUMI_UNSET;
} sumi_train_options_t;

/** Runs `train` (of sumi_minimize) again and again. Begins with sumi_train_begin where no variable
 * has a value; variables that have none then, local ones too, get their first. After a signal,
 * SUMI_OK: .result says it.  errors  those of runs, feeds, hooks, evaluations and checkpoints;
 * DATA_LOSS a loss that is not
 *          finite, naming the step. What was saved before stays */
#define sumi_train(session, ...) SUMI__TRAIN(session, __VA_ARGS__, )
#define SUMI__TRAIN(session, train, ...)                                                           \
  sumi_train_with(session, train, SUMI_OPTIONS(sumi_train_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_train_with(sumi_session_t *session, sumi_op_t *train,
                                       const sumi_train_options_t *options);

/** Restores the newest checkpoint of `saver` (NULL: none), gives every variable that still has no
 * value its first one, local ones included, and says which step comes: 0 without a checkpoint. For
 * programs that have to know before sumi_train does it, to open a log with .resume_step. */
SUMI_API sumi_status_t sumi_train_begin(sumi_session_t *session, sumi_saver_t *saver,
                                        int64_t *step);

/* ---- Going over data ---- */

typedef struct sumi_evaluate_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  int64_t steps SUMI_UNSET;      /* batches; 0: to the end of the data, 1 without .feed */
  sumi_feeds_t feeds SUMI_UNSET; /* as in sumi_train */
  sumi_feed_fn_t feed SUMI_UNSET;
  void *feed_data SUMI_UNSET;
} sumi_evaluate_options_t;

/** means[i] becomes the mean of all elements of tensors.list[i] over all batches: of losses of
 * shape [batch], the mean over the examples, also where the last batch is smaller. NaN without an
 * element. Local variables that have no value get their first, so that updates of metrics
 * (<sumi/metrics.h>) can be among the tensors; where counting is to start anew,
 * sumi_local_variables_initializer comes before. */
#define sumi_evaluate(session, tensors, ...) SUMI__EVALUATE(session, tensors, __VA_ARGS__, )
#define SUMI__EVALUATE(session, tensors, means, ...)                                               \
  sumi_evaluate_with(session, tensors, means, SUMI_OPTIONS(sumi_evaluate_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_evaluate_with(sumi_session_t *session, sumi_tensors_t tensors,
                                          double *means, const sumi_evaluate_options_t *options);

/** arrays[i] becomes a new array, the values of tensors.list[i] of all batches joined along their
 * first axis; the caller unrefs it. All NULL after a failure. INVALID_ARGUMENT for values without
 * an axis, texts, and values that cannot be joined. */
#define sumi_predict(session, tensors, ...) SUMI__PREDICT(session, tensors, __VA_ARGS__, )
#define SUMI__PREDICT(session, tensors, arrays, ...)                                               \
  sumi_predict_with(session, tensors, arrays, SUMI_OPTIONS(sumi_evaluate_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_predict_with(sumi_session_t *session, sumi_tensors_t tensors,
                                         sumi_array_t **arrays,
                                         const sumi_evaluate_options_t *options);

SUMI_END_DECLS
#endif
