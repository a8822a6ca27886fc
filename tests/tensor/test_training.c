/* The training loop: what it runs and when, where it goes on, what ends it. */
#include "sumi_test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sumi/clock.h>
#include <sumi/constants.h>
#include <sumi/layers.h>
#include <sumi/metrics.h>
#include <sumi/ops.h>
#include <sumi/train.h>
#include <sumi/training.h>
#include <unistd.h>

/* ---- A program that trains ---- */

typedef struct program {
  sumi_graph_t *graph;
  sumi_session_t *session;
  sumi_tensor_t x, loss, weight;
  sumi_op_t *train;
} program_t;

static program_t start(void) {
  program_t p = {.graph = sumi_graph_new()};
  sumi_graph_set_seed(p.graph, 3);
  p.x = sumi_placeholder(p.graph, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 2));
  p.weight = sumi_get_variable(p.graph, "w", SUMI_DIMS(2, 1));
  const sumi_tensor_t y = sumi_matmul(sumi_dropout(p.x, .8), p.weight);
  p.loss = sumi_reduce_mean(sumi_square(sumi_sub(y, 1)));
  p.train = sumi_minimize(sumi_adam(.learning_rate = .05), p.loss,
                          .global_step = sumi_global_step(p.graph));
  assert_ok(sumi_graph_status(p.graph));
  p.session = sumi_session_new(p.graph, .threads = 1);
  return p;
}

static void stop(program_t *p) {
  sumi_session_free(p->session);
  sumi_graph_free(p->graph);
}

/* Rows that the step decides; `ends` says after how many. */
typedef struct rows {
  float values[3][2];
  int64_t ends, calls, bad_step;
} rows_t;

static sumi_status_t feed_rows(void *data, int64_t step, sumi_feed_t *feeds) {
  rows_t *rows = data;
  if (rows->ends && step >= rows->ends) return sumi_fail(SUMI_OUT_OF_RANGE, "no more rows");
  ++rows->calls;
  for (int i = 0; i < 6; ++i) rows->values[i / 2][i % 2] = (float)((step * 7 + i * 3) % 5) - 1;
  if (rows->bad_step && step == rows->bad_step) rows->values[1][0] = NAN;
  feeds[0].data = rows->values;
  feeds[0].dims = SUMI_DIMS(3, 2);
  return SUMI_OK;
}

#define FEED(p, rows)                                                                              \
  .loss = (p).loss, .feeds = SUMI_FEEDS({.tensor = (p).x}), .feed = feed_rows, .feed_data = &(rows)

static void weights_of(const program_t *p, float out[2]) {
  memcpy(out, sumi_array_data(sumi_session_variable(p->session, p->weight)), 2 * sizeof *out);
}

/* The weights after so many steps of a loop written out. */
static float by_hand(int steps, float out[2]) {
  program_t p = start();
  rows_t rows = {0};
  float loss = 0;
  sumi_op_t *init = sumi_global_variables_initializer(p.graph);
  assert_ok(sumi_session_run(p.session, .targets = SUMI_OPS(init)));
  for (int step = 0; step < steps; ++step) {
    sumi_feed_t feed = {.tensor = p.x};
    assert_ok(feed_rows(&rows, step, &feed));
    assert_ok(sumi_session_run(p.session, .targets = SUMI_OPS(p.train), .feeds = {1, &feed},
                               .fetches = SUMI_FETCHES({.tensor = p.loss, .scalar = &loss})));
  }
  weights_of(&p, out);
  stop(&p);
  return loss;
}

static void assert_weights(const program_t *p, int steps) {
  float expected[2], found[2];
  by_hand(steps, expected);
  weights_of(p, found);
  assert_memory_equal(found, expected, sizeof found);
}

static void it_does_what_a_loop_does(void **state) {
  (void)state;
  float expected[2];
  program_t p = start();
  rows_t rows = {0};
  sumi_training_result_t r;
  assert_ok(sumi_train(p.session, p.train, .steps = 20, FEED(p, rows), .result = &r));
  assert_near(r.loss, by_hand(20, expected), 0);
  assert_weights(&p, 20);
  assert_int_equal(r.end, SUMI_TRAINING_DONE);
  assert_int_equal(r.steps_done, 20);
  assert_int_equal(rows.calls, 20);
  assert_true(r.seconds > 0 && isnan(r.metric) && isnan(r.best_metric) && r.best_step == -1);
  /* Goes on where it is, until the data ends. */
  rows.ends = 27;
  assert_ok(sumi_train(p.session, p.train, FEED(p, rows), .first_step = 20, .result = &r));
  assert_weights(&p, 27);
  assert_int_equal(r.end, SUMI_TRAINING_DATA_ENDED);
  assert_int_equal(r.first_step, 20);
  assert_int_equal(r.steps_done, 27);
  assert_ok(
      sumi_train(p.session, p.train, .steps = 27, FEED(p, rows), .first_step = 27, .result = &r));
  assert_int_equal(r.end, SUMI_TRAINING_DONE);
  assert_weights(&p, 27);
  stop(&p);
}

static void it_goes_on_from_a_checkpoint_with_the_same_bits(void **state) {
  (void)state;
  const char *folder = temporary_directory();
  for (int life = 1; life <= 3; ++life) {
    program_t p = start();
    rows_t rows = {0};
    sumi_saver_t *saver = sumi_saver_new(p.session, folder);
    sumi_training_result_t r;
    assert_ok(sumi_train(p.session, p.train, .steps = 10 * life, FEED(p, rows), .saver = saver,
                         .save_every = 4, .result = &r));
    assert_int_equal(r.first_step, 10 * (life - 1));
    assert_int_equal(rows.calls, 10);
    assert_weights(&p, 10 * life);
    char last[64];
    snprintf(last, sizeof last, "/model-%d.safetensors", 10 * life);
    assert_non_null(strstr(sumi_saver_latest(saver), last));
    sumi_saver_free(saver);
    stop(&p);
  }
  char path[4096];
  for (int step = 4; step <= 8; step += 4) { /* five are kept: 12, 16, 20 and on */
    snprintf(path, sizeof path, "%s/model-%d.safetensors", folder, step);
    assert_int_equal(access(path, F_OK), -1);
  }
  snprintf(path, sizeof path, "%s/model-24.safetensors", folder);
  assert_int_equal(access(path, F_OK), 0);
}

static sumi_status_t count_too(void *data, sumi_training_t *training) {
  return sumi_training_add_target(training, ((sumi_metric_t *)data)->update.op);
}

/* Nothing but the loop gives a metric's variables their first values, and a second loop goes on
 * with what they hold. */
static void metrics_are_counted_in_a_loop(void **state) {
  (void)state;
  program_t p = start();
  rows_t rows = {0};
  sumi_metric_t mean = sumi_metrics_mean(p.x);
  const sumi_training_hook_t counts = {.data = &mean, .before_step = count_too};
  assert_ok(sumi_train(p.session, p.train, .steps = 2, FEED(p, rows),
                       .hooks = SUMI_TRAINING_HOOKS(counts)));
  double total = 0, means[1];
  float value = 0;
  for (int step = 0; step < 2; ++step)
    for (int i = 0; i < 6; ++i) total += (step * 7 + i * 3) % 5 - 1;
  assert_ok(sumi_session_run(p.session,
                             .fetches = SUMI_FETCHES({.tensor = mean.value, .scalar = &value})));
  assert_near(value, total / 12, 1e-6);
  sumi_metric_t later = sumi_metrics_mean(p.x); /* made after the loop: the evaluation's */
  assert_ok(sumi_evaluate(p.session, SUMI_TENSORS(later.update), means, .steps = 1,
                          .feeds = SUMI_FEEDS({.tensor = p.x}), .feed = feed_rows,
                          .feed_data = &rows));
  total = 0;
  for (int i = 0; i < 6; ++i) total += i * 3 % 5 - 1;
  assert_near(means[0], total / 6, 1e-6);
  assert_ok(sumi_session_run(p.session,
                             .fetches = SUMI_FETCHES({.tensor = mean.value, .scalar = &value})));
  assert_true(value != 0);
  stop(&p);
}

static void variables_without_a_value_get_their_first(void **state) {
  (void)state;
  program_t p = start();
  int64_t step = 7;
  sumi_array_t *value = sumi_array_full(SUMI_FLOAT32, SUMI_DIMS(2, 1), 3);
  assert_ok(sumi_session_set_variable(p.session, p.weight, value));
  sumi_array_unref(value);
  assert_ok(sumi_train_begin(p.session, NULL, &step));
  assert_int_equal(step, 0);
  assert_near(sumi_array_get(sumi_session_variable(p.session, p.weight), 0), 3, 0);
  const sumi_tensors_t all = sumi_collection(p.graph, SUMI_GLOBAL_VARIABLES);
  for (int i = 0; i < all.count; ++i)
    assert_non_null(sumi_session_variable(p.session, all.list[i]));
  assert_fails(sumi_train_begin(NULL, NULL, &step), SUMI_INVALID_ARGUMENT, "a session");
  stop(&p);
}

/* ---- Hooks ---- */

typedef struct watcher {
  char text[512];
  int64_t stop_at, fail_at;
  const char *fail_in;
  float weight_sum;
  sumi_tensor_t sum;
  int raise;
} watcher_t;

static sumi_status_t note(watcher_t *w, const char *what, const sumi_training_t *t) {
  const size_t length = strlen(w->text);
  snprintf(w->text + length, sizeof w->text - length, "%s%d%s ", what, (int)t->step,
           t->is_last ? "!" : "");
  if (w->fail_in && strcmp(w->fail_in, what) == 0 && t->step == w->fail_at)
    return sumi_fail(SUMI_ALREADY_EXISTS, "the hook fails in %s", what);
  return SUMI_OK;
}

static sumi_status_t on_begin(void *data, sumi_training_t *t) {
  return note(data, "begin", t);
}

static sumi_status_t on_before(void *data, sumi_training_t *t) {
  watcher_t *w = data;
  if (w->sum.op) {
    const sumi_fetch_t fetch = {.tensor = w->sum, .scalar = &w->weight_sum};
    SUMI_TRY(sumi_training_add_fetch(t, &fetch));
    SUMI_TRY(sumi_training_add_target(t, w->sum.op));
  }
  return note(w, "b", t);
}

static sumi_status_t on_after(void *data, sumi_training_t *t) {
  watcher_t *w = data;
  if (w->stop_at && t->step == w->stop_at) sumi_training_stop(t);
  if (w->raise && t->step == 2) raise(w->raise);
  return note(w, "a", t);
}

static sumi_status_t on_save(void *data, sumi_training_t *t) {
  return note(data, "save", t);
}

static sumi_status_t on_end(void *data, sumi_training_t *t) {
  return note(data, "end", t);
}

static sumi_training_hook_t hook_of(watcher_t *w) {
  return (sumi_training_hook_t){w, on_begin, on_before, on_after, on_save, on_end};
}

static void hooks_see_every_moment(void **state) {
  (void)state;
  program_t p = start();
  rows_t rows = {0};
  watcher_t w = {.sum = sumi_reduce_sum(p.weight)}, second = {0};
  sumi_saver_t *saver = sumi_saver_new(p.session, temporary_directory());
  assert_ok(sumi_train(p.session, p.train, .steps = 3, FEED(p, rows), .saver = saver,
                       .save_every = 2,
                       .hooks = SUMI_TRAINING_HOOKS(hook_of(&w), hook_of(&second))));
  const char *all = "begin0 b0 a0 b1 a1 save1 b2! a2! save2! end2! ";
  assert_string_equal(w.text, all);
  assert_string_equal(second.text, all);
  float two[2]; /* the fetch is from before the step's update */
  by_hand(2, two);
  assert_near(w.weight_sum, two[0] + two[1], 1e-6);
  sumi_saver_free(saver);
  stop(&p);
}

static void a_hook_ends_the_loop(void **state) {
  (void)state;
  program_t p = start();
  rows_t rows = {0};
  watcher_t w = {.stop_at = 4};
  sumi_training_result_t r;
  assert_ok(sumi_train(p.session, p.train, .steps = 30, FEED(p, rows),
                       .hooks = SUMI_TRAINING_HOOKS(hook_of(&w)), .result = &r));
  assert_int_equal(r.end, SUMI_TRAINING_STOPPED);
  assert_int_equal(r.steps_done, 5);
  assert_weights(&p, 5);
  stop(&p);
}

static void a_failure_ends_every_hook_that_began(void **state) {
  (void)state;
  static const struct {
    const char *where, *first, *second;
  } cases[] = {
      {"begin", "begin0 end0 ", "begin0 "},
      {"b", "begin0 b0 a0 b1 end1 ", "begin0 b0 a0 b1 end1 "},
      {"a", "begin0 b0 a0 b1 a1 end1 ", "begin0 b0 a0 b1 a1 end1 "},
      {"end", "begin0 b0 a0 b1! a1! end1! ", "begin0 b0 a0 b1! a1! end1! "},
  };
  for (int i = 0; i < 4; ++i) {
    program_t p = start();
    rows_t rows = {0};
    watcher_t first = {0}, second = {.fail_in = cases[i].where, .fail_at = i > 0};
    sumi_training_result_t r;
    assert_fails(sumi_train(p.session, p.train, .steps = i == 3 ? 2 : 5, FEED(p, rows),
                            .hooks = SUMI_TRAINING_HOOKS(hook_of(&first), hook_of(&second)),
                            .result = &r),
                 SUMI_ALREADY_EXISTS, "the hook fails in");
    assert_string_equal(first.text, cases[i].first);
    assert_string_equal(second.text, cases[i].second);
    assert_int_equal(r.end, SUMI_TRAINING_FAILED);
    stop(&p);
  }
}

/* ---- Evaluations ---- */

typedef struct script {
  const double *metrics;
  int calls;
} script_t;

static sumi_status_t read_script(void *data, sumi_training_t *t, double *metric) {
  script_t *script = data;
  ++script->calls;
  *metric = script->metrics[(t->step + 1) / 2 - 1];
  return SUMI_OK;
}

static void the_best_is_kept_and_patience_ends(void **state) {
  (void)state;
  static const double metrics[] = {.5, .7, .6, NAN, .9, .8, .85, .9, 2, 3};
  for (int interrupted = 0; interrupted < 2; ++interrupted) {
    const char *folder = temporary_directory();
    sumi_training_result_t r = {0};
    script_t script = {metrics, 0};
    for (int64_t steps = interrupted ? 14 : 100; steps <= 100; steps += 86) {
      program_t p = start();
      rows_t rows = {0};
      sumi_saver_t *saver = sumi_saver_new(p.session, folder, .max_to_keep = 1,
                                           .best = SUMI_BEST_HIGHEST);
      assert_ok(sumi_train(p.session, p.train, .steps = steps, FEED(p, rows), .saver = saver,
                           .save_every = 1000, .evaluate = read_script, .evaluate_data = &script,
                           .evaluate_every = 2, .patience = 3, .result = &r));
      if (steps == 14) assert_int_equal(r.end, SUMI_TRAINING_DONE);
      assert_weights(&p, (int)r.steps_done);
      assert_non_null(strstr(sumi_saver_best(saver), "model-10."));
      sumi_saver_free(saver);
      stop(&p);
    }
    /* The best at step 10; 12, 14 and 16 are not better. */
    assert_int_equal(r.end, SUMI_TRAINING_NO_BETTER);
    assert_int_equal(r.steps_done, 16);
    assert_int_equal(r.best_step, 10);
    assert_near(r.best_metric, .9, 0);
    assert_near(r.metric, .9, 0);
    assert_int_equal(script.calls, 8);
  }
}

static void it_is_evaluated_at_the_end(void **state) {
  (void)state;
  static const double metrics[] = {1, 2, 3};
  program_t p = start();
  rows_t rows = {0};
  script_t script = {metrics, 0};
  sumi_training_result_t r;
  assert_ok(sumi_train(p.session, p.train, .steps = 6, FEED(p, rows), .evaluate = read_script,
                       .evaluate_data = &script, .result = &r));
  assert_int_equal(script.calls, 1);
  assert_near(r.metric, 3, 0);
  assert_int_equal(r.best_step, 6);
  stop(&p);
}

/* ---- Ends that nobody planned ---- */

static void ignore(int number) {
  (void)number;
}

static void a_signal_makes_the_next_step_the_last(void **state) {
  (void)state;
  for (int i = 0; i < 2; ++i) {
    const int number = i ? SIGTERM : SIGINT;
    const struct sigaction own = {.sa_handler = ignore};
    struct sigaction found;
    sigaction(number, &own, NULL);
    program_t p = start();
    rows_t rows = {0};
    watcher_t w = {.raise = number};
    sumi_saver_t *saver = sumi_saver_new(p.session, temporary_directory());
    sumi_training_result_t r;
    assert_ok(sumi_train(p.session, p.train, .steps = 1000, FEED(p, rows), .saver = saver,
                         .hooks = SUMI_TRAINING_HOOKS(hook_of(&w)), .handle_signals = true,
                         .result = &r));
    assert_int_equal(r.end, SUMI_TRAINING_SIGNAL);
    assert_int_equal(r.signal, number);
    assert_int_equal(r.steps_done, 4);
    assert_string_equal(w.text, "begin0 b0 a0 b1 a1 b2 a2 b3! a3! save3! end3! ");
    assert_non_null(strstr(sumi_saver_latest(saver), "model-4."));
    sigaction(number, NULL, &found);
    assert_true(found.sa_handler == ignore);
    /* What is ignored stays ignored. */
    signal(number, SIG_IGN);
    assert_ok(sumi_train(p.session, p.train, .steps = 8, FEED(p, rows), .first_step = 2,
                         .hooks = SUMI_TRAINING_HOOKS(hook_of(&w)), .handle_signals = true,
                         .result = &r));
    assert_int_equal(r.end, SUMI_TRAINING_DONE);
    signal(number, SIG_DFL);
    sumi_saver_free(saver);
    stop(&p);
  }
}

static void a_loss_that_is_no_number_is_a_failure(void **state) {
  (void)state;
  program_t p = start();
  rows_t rows = {.bad_step = 3};
  sumi_saver_t *saver = sumi_saver_new(p.session, temporary_directory());
  sumi_training_result_t r;
  assert_fails(sumi_train(p.session, p.train, .steps = 9, FEED(p, rows), .saver = saver,
                          .save_every = 3, .result = &r),
               SUMI_DATA_LOSS, "step 3: the loss 'reduce_mean' is NaN");
  assert_int_equal(r.end, SUMI_TRAINING_FAILED);
  assert_int_equal(r.steps_done, 3);
  assert_true(isnan(r.loss));
  assert_non_null(strstr(sumi_saver_latest(saver), "model-3."));
  sumi_saver_free(saver);
  stop(&p);
  p = start();
  assert_ok(sumi_train(p.session, p.train, .steps = 9, FEED(p, rows), .allow_nan = true));
  stop(&p);
}

static sumi_status_t feed_fails(void *data, int64_t step, sumi_feed_t *feeds) {
  (void)data, (void)feeds;
  return step < 2 ? feed_rows(data, step, feeds) : sumi_fail(SUMI_NOT_FOUND, "no picture 17");
}

static void what_cannot_be_is_refused(void **state) {
  (void)state;
  program_t p = start(), other = start();
  rows_t rows = {0};
  script_t script = {0};
  sumi_saver_t *low = sumi_saver_new(p.session, temporary_directory());
  sumi_saver_t *strange = sumi_saver_new(other.session, temporary_directory());
  const sumi_tensor_t step = sumi_global_step(p.graph);
#define REFUSED(text, ...)                                                                         \
  assert_fails(sumi_train(p.session, p.train, __VA_ARGS__), SUMI_INVALID_ARGUMENT, text)
  assert_fails(sumi_train(NULL, p.train, .steps = 1), SUMI_INVALID_ARGUMENT, "session");
  assert_fails(sumi_train(p.session, NULL, .steps = 1), SUMI_INVALID_ARGUMENT, "train is NULL");
  REFUSED("nothing ends the loop", .loss = p.loss);
  REFUSED("numbers from 0", .steps = -1);
  REFUSED("numbers from 0", .steps = 1, .save_every_s = NAN);
  REFUSED("the loss 'global_step/read' is int64", .steps = 1, .loss = step);
  REFUSED("need evaluate", .steps = 1, .patience = 2);
  REFUSED("need a saver", .steps = 1, .save_every = 2);
  REFUSED("another session", .steps = 1, .saver = strange);
  REFUSED("the saver takes .best, too", .steps = 1, .saver = low, .evaluate = read_script,
          .evaluate_data = &script, .best = SUMI_BEST_HIGHEST);
  REFUSED("1 feeds without a list", .steps = 1, .feeds = {1, NULL});
  REFUSED("2 hooks without a list", .steps = 1, .hooks = {2, NULL});
  REFUSED("two feeds", .steps = 1, .feeds = SUMI_FEEDS({.tensor = p.x}), .feed = sumi_batcher_feed);
  assert_fails(sumi_train(p.session, p.train, .steps = 9, FEED(p, rows), .first_step = 4),
               SUMI_FAILED_PRECONDITION, "first_step is 4, but no variable has a value");
  assert_fails(sumi_train(p.session, p.train, .steps = 9, .feeds = SUMI_FEEDS({.tensor = p.x}),
                          .feed = feed_fails, .feed_data = &rows),
               SUMI_NOT_FOUND, "no picture 17");
  assert_weights(&p, 2);
  assert_fails(sumi_training_add_target(NULL, p.train), SUMI_INVALID_ARGUMENT, "training is NULL");
  assert_fails(sumi_training_add_fetch(NULL, NULL), SUMI_INVALID_ARGUMENT, "training is NULL");
  sumi_training_stop(NULL);
  sumi_saver_free(low);
  sumi_saver_free(strange);
  stop(&p);
  stop(&other);
}

/* ---- The line of progress ---- */

static int64_t now_ns;

static int64_t fixed_ns(void *user) {
  (void)user;
  return now_ns;
}

static double fixed_s(void *user) {
  (void)user;
  return 0;
}

static sumi_status_t take_two_seconds(void *data, sumi_training_t *t) {
  (void)data, (void)t;
  now_ns += 2000000000;
  return SUMI_OK;
}

/* Each step takes two seconds; a line every ten, and at the end. */
static void progress_is_shown_on_the_stream_that_is_given(void **state) {
  (void)state;
  program_t p = start();
  rows_t rows = {0};
  char *text = NULL;
  size_t size;
  FILE *stream = open_memstream(&text, &size);
  const sumi_clock_t clock = {fixed_s, fixed_ns, NULL};
  sumi_set_clock(&clock);
  const sumi_status_t status = sumi_train(
      p.session, p.train, .steps = 12, .feeds = SUMI_FEEDS({.tensor = p.x}), .feed = feed_rows,
      .feed_data = &rows, .hooks = SUMI_TRAINING_HOOKS({.before_step = take_two_seconds}),
      .progress = stream);
  sumi_set_clock(NULL);
  fclose(stream);
  assert_ok(status);
  assert_string_equal(text, "step 5/12  0.5 steps/s  0:14 left\n"
                            "step 10/12  0.5 steps/s  0:04 left\n"
                            "step 12/12  0.5 steps/s  0:00 left\n");
  free(text);
  stop(&p);
}

/* ---- Going over data ---- */

/* 0 to 4 in batches of two, two and one. */
static sumi_status_t feed_five(void *data, int64_t step, sumi_feed_t *feeds) {
  static const float values[] = {0, 1, 2, 3, 4};
  (void)data;
  if (step > 2) return SUMI_OUT_OF_RANGE;
  feeds[0].data = values + 2 * step;
  feeds[0].dims = SUMI_DIMS(step < 2 ? 2 : 1);
  return SUMI_OK;
}

static void means_and_predictions_are_of_all_batches(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1));
  const sumi_tensor_t square = sumi_square(x), big = sumi_greater(x, 1);
  const sumi_tensor_t pairs = sumi_stack(SUMI_TENSORS(x, square), .axis = 1);
  const sumi_tensor_t wide = sumi_expand_dims(x, 0), sum = sumi_reduce_sum(x);
  sumi_session_t *s = sumi_session_new(g, .threads = 1);
  double means[2];
#define FIVE .feeds = SUMI_FEEDS({.tensor = x}), .feed = feed_five
  assert_ok(sumi_evaluate(s, SUMI_TENSORS(square, big), means, FIVE));
  assert_near(means[0], 30. / 5, 0); /* (0 + 1 + 4 + 9 + 16) / 5 */
  assert_near(means[1], 3. / 5, 0);
  assert_ok(sumi_evaluate(s, SUMI_TENSORS(square, big), means, .steps = 2, FIVE));
  assert_near(means[0], 14. / 4, 0);
  sumi_array_t *arrays[2];
  assert_ok(sumi_predict(s, SUMI_TENSORS(pairs, big), arrays, FIVE));
  assert_true(sumi_dims_equal(sumi_array_dims(arrays[0]), SUMI_DIMS(5, 2)));
  assert_int_equal(sumi_array_dtype(arrays[1]), SUMI_BOOL);
  for (int i = 0; i < 5; ++i) {
    assert_near(sumi_array_get(arrays[0], 2 * i), i, 0);
    assert_near(sumi_array_get(arrays[0], 2 * i + 1), i * i, 0);
    assert_near(sumi_array_get(arrays[1], i), i > 1, 0);
  }
  sumi_array_unref(arrays[0]);
  sumi_array_unref(arrays[1]);
  const sumi_feeds_t three = SUMI_FEEDS(
      {.tensor = x, .data = (float[]){1, 2, 3}, .dims = SUMI_DIMS(3)});
  assert_ok(sumi_evaluate(s, SUMI_TENSORS(x), means, .feeds = three)); /* once */
  assert_near(means[0], 2, 0);
  arrays[0] = arrays[1];
  assert_fails(sumi_predict(s, SUMI_TENSORS(wide), arrays, FIVE), SUMI_INVALID_ARGUMENT,
               "has shape (1, 1) after (2, 2): only the first axis may differ");
  assert_null(arrays[0]);
  assert_fails(sumi_predict(s, SUMI_TENSORS(sum), arrays, FIVE), SUMI_INVALID_ARGUMENT,
               "float32 of shape ()");
  assert_fails(sumi_evaluate(s, SUMI_TENSORS(x), NULL, FIVE), SUMI_INVALID_ARGUMENT, "room");
  assert_fails(sumi_evaluate(NULL, SUMI_TENSORS(x), means, FIVE), SUMI_INVALID_ARGUMENT, "session");
  assert_fails(sumi_evaluate(s, SUMI_TENSORS(x), means), SUMI_FAILED_PRECONDITION, "fed");
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void it_lives_without_memory(void **state) {
  (void)state;
  counting_allocator_install();
  int failures = 0;
  bool reached = true;
  program_t p = start();
  for (int nth = 1; reached; ++nth) {
    rows_t rows = {0};
    watcher_t w = {.sum = p.loss};
    sumi_array_t *array = NULL;
    sumi_session_t *session = sumi_session_new(p.graph, .threads = 1);
    const int64_t before = counting_allocator_requests();
    counting_allocator_fail_at(nth);
    sumi_status_t status = sumi_train(session, p.train, .steps = 2, FEED(p, rows),
                                      .hooks = SUMI_TRAINING_HOOKS(hook_of(&w)));
    if (status == SUMI_OK)
      status = sumi_predict(session, SUMI_TENSORS(p.weight), &array, .steps = 2);
    reached = counting_allocator_requests() - before >= nth;
    counting_allocator_fail_at(0);
    if (status != SUMI_OK) assert_int_equal(status, SUMI_RESOURCE_EXHAUSTED);
    failures += status != SUMI_OK;
    sumi_array_unref(array);
    sumi_session_free(session);
  }
  assert_true(failures > 20);
  stop(&p);
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_does_what_a_loop_does),
      cmocka_unit_test(it_goes_on_from_a_checkpoint_with_the_same_bits),
      cmocka_unit_test(metrics_are_counted_in_a_loop),
      cmocka_unit_test(variables_without_a_value_get_their_first),
      cmocka_unit_test(hooks_see_every_moment),
      cmocka_unit_test(a_hook_ends_the_loop),
      cmocka_unit_test(a_failure_ends_every_hook_that_began),
      cmocka_unit_test(the_best_is_kept_and_patience_ends),
      cmocka_unit_test(it_is_evaluated_at_the_end),
      cmocka_unit_test(a_signal_makes_the_next_step_the_last),
      cmocka_unit_test(a_loss_that_is_no_number_is_a_failure),
      cmocka_unit_test(what_cannot_be_is_refused),
      cmocka_unit_test(progress_is_shown_on_the_stream_that_is_given),
      cmocka_unit_test(means_and_predictions_are_of_all_batches),
      cmocka_unit_test(it_lives_without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
