/* Summary ops and the hook that runs those that are due: what is computed, written, and refused. */
#include <stdlib.h>

#include <sumi/constants.h>
#include <sumi/control_flow.h>
#include <sumi/host_op.h>
#include <sumi/ops.h>
#include <sumi/summary_graph.h>
#include <sumi/train.h>

#include "logged.h"

static const float grey[2 * 4 * 4 * 1];

/* A host op that counts its calls and gives 2.5. */
static sumi_status_t counted(void *context, int input_count, const sumi_array_view_t *in,
                             int output_count, sumi_array_t **out) {
  (void)input_count, (void)in, (void)output_count;
  ++*(int *)context;
  out[0] = sumi_array_scalar(SUMI_FLOAT32, 2.5);
  return out[0] ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

static sumi_tensor_t counter(sumi_graph_t *g, int *calls) {
  sumi_tensor_t value = sumi_host_op(g, counted, ((sumi_tensors_t){0, NULL}),
                                     SUMI_TYPES(SUMI_FLOAT32), .context = calls);
  sumi_set_shape(value, SUMI_SCALAR);
  return value;
}

static sumi_writer_t *open_log(const char *directory, const char *intervals) {
  return sumi_writer_open(directory, .intervals = intervals, .ignore_environment = true);
}

static void assert_refusal(sumi_graph_t *g, const char *text) {
  if (sumi_graph_status(g) != SUMI_INVALID_ARGUMENT || !strstr(sumi_graph_message(g), text))
    fail_msg("%s \"%s\", expected INVALID_ARGUMENT with \"%s\"",
             sumi_status_name(sumi_graph_status(g)), sumi_graph_message(g), text);
}

static void a_summary_that_is_not_due_computes_nothing(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  int often = 0, seldom = 0, never = 0;
  sumi_graph_t *g = sumi_graph_new();
  sumi_summary_scalar("often", counter(g, &often));
  sumi_summary_scalar("seldom", sumi_square(counter(g, &seldom)));
  sumi_tensor_t images = sumi_constant_f32(g, SUMI_DIMS(2, 4, 4, 1), grey);
  sumi_summary_image("never", sumi_add(images, counter(g, &never)));
  sumi_summary_histogram("never/too", sumi_exp(counter(g, &never)));
  sumi_op_t *target = sumi_no_op(g);
  sumi_session_t *s = sumi_session_new(g);
  sumi_writer_t *log = open_log(directory, "*=never; often=10; seldom=50");
  sumi_summary_hook_t *hook = sumi_summary_hook_new(s, log);
  assert_non_null(hook);
  int64_t most = 0;
  for (int64_t step = 0; step < 100; ++step) {
    assert_ok(sumi_summary_run(hook, step, .targets = SUMI_OPS(target)));
    assert_int_equal(sumi_summary_hook_due(hook), (step % 10 == 0) + (step % 50 == 0));
    const int64_t steps = sumi_session_stats(s).steps;
    if (step == 0) most = steps;
    if (step % 50 == 1) assert_true(steps < most && steps <= 1); /* the target alone */
  }
  assert_int_equal(often, 10);
  assert_int_equal(seldom, 2);
  assert_int_equal(never, 0);
  assert_ok(sumi_writer_flush(log));
  const sumi_writer_counts_t counters = sumi_writer_counts(log);
  assert_int_equal(counters.scalars, 12);
  assert_int_equal(counters.drawn + counters.encoded + counters.histograms + counters.summaries, 0);
  sumi_summary_hook_free(hook);
  assert_ok(sumi_writer_close(log));
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "often"), "0 10 20 30 40 50 60 70 80 90");
  assert_string_equal(logged_steps(&contents, "seldom"), "0 50");
  assert_near(logged_find(&contents, "seldom")->scalar, 6.25, 0);
  free(contents.values);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void a_step_with_nothing_due_allocates_nothing(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(2), grey);
  sumi_summary_scalar("loss", sumi_reduce_sum(x));
  sumi_summary_histogram("x", sumi_exp(x));
  sumi_op_t *target = sumi_exp(x).op;
  sumi_session_t *s = sumi_session_new(g);
  sumi_writer_t *log = open_log(directory, "*=1000");
  sumi_summary_hook_t *hook = sumi_summary_hook_new(s, log);
  for (int64_t step = 0; step < 3; ++step)
    assert_ok(sumi_summary_run(hook, step, .targets = SUMI_OPS(target)));
  assert_ok(sumi_writer_flush(log));
  counting_allocator_install();
  for (int64_t step = 3; step < 500; ++step)
    assert_ok(sumi_summary_run(hook, step, .targets = SUMI_OPS(target)));
  assert_int_equal(counting_allocator_requests(), 0);
  counting_allocator_remove();
  sumi_summary_hook_free(hook);
  assert_ok(sumi_writer_close(log));
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void intervals_of_the_environment_hold_for_graphs(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  int calls = 0;
  sumi_graph_t *g = sumi_graph_new();
  sumi_summary_scalar("loss", counter(g, &calls));
  sumi_session_t *s = sumi_session_new(g);
  setenv("SUMI_INTERVALS", "loss=25", 1);
  sumi_writer_t *log = sumi_writer_open(directory, .intervals = "loss=10");
  unsetenv("SUMI_INTERVALS");
  sumi_summary_hook_t *hook = sumi_summary_hook_new(s, log);
  for (int64_t step = 0; step < 60; ++step) assert_ok(sumi_summary_run(hook, step));
  assert_int_equal(calls, 3); /* 0 25 50 */
  sumi_summary_hook_free(hook);
  assert_ok(sumi_writer_close(log));
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* What tf.compat.v1.summary.scalar calls the same summaries, but for the one whose tag no node's
 * name can hold: TensorFlow writes train/my_loss__sum_. */
static void tags_begin_with_the_scopes_around_them(void **state) {
  (void)state;
  static const char *const expected[] = {
      "train/loss",   "train/loss_1",   "train/my loss (sum)",   "train/a/b",
      "test/loss",    "test/loss_1",    "test/my loss (sum)",    "test/a/b",
      "train_1/loss", "train_1/loss_1", "train_1/my loss (sum)", "train_1/a/b"};
  static const char *const scopes[] = {"train", "test", "train"};
  static const char *const tags[] = {"loss", "loss", "my loss (sum)", "a/b"};
  const char *directory = temporary_directory();
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT32, 1);
  for (int i = 0; i < 3; ++i) {
    sumi_name_scope_begin(g, scopes[i]);
    for (int k = 0; k < 4; ++k) sumi_summary_scalar(tags[k], x);
    sumi_name_scope_end(g);
  }
  assert_non_null(sumi_graph_find_op(g, "train_1/my_loss__sum_"));
  assert_non_null(sumi_graph_find_op(g, "test/loss_1/tags"));
  sumi_session_t *s = sumi_session_new(g);
  sumi_writer_t *log = open_log(directory, "*=1");
  sumi_summary_hook_t *hook = sumi_summary_hook_new(s, log);
  assert_ok(sumi_summary_run(hook, 7));
  assert_int_equal(sumi_summary_hook_due(hook), 12);
  sumi_summary_hook_free(hook);
  assert_ok(sumi_writer_close(log));
  log_contents_t contents = logged_read(directory);
  for (int i = 0; i < 12; ++i) assert_string_equal(logged_steps(&contents, expected[i]), "7");
  free(contents.values);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void every_kind_of_summary_is_written(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  static const char *const names[] = {"cat", "dog"};
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t images = sumi_constant_f32(g, SUMI_DIMS(2, 4, 4, 1), grey);
  sumi_tensor_t chances = sumi_constant_f32(g, SUMI_DIMS(2, 2), ((float[]){.9f, .1f, .3f, .7f}));
  sumi_tensor_t truth = sumi_constant_i32(g, SUMI_DIMS(2), ((int32_t[]){0, -1}));
  sumi_summary_scalar("scalar", sumi_scalar(g, SUMI_INT64, 7));
  sumi_summary_histogram("histogram", images, .buckets = 5);
  sumi_summary_image("image", images, .max_outputs = 1);
  sumi_summary_text("text", sumi_constant_text(g, "**hello**"));
  sumi_summary_predictions("predictions", images, chances, truth, .class_names = names,
                           .class_count = 2, .title = "test");
  sumi_summary_labeled_images("labels", images, truth, .class_names = names, .class_count = 2);
  assert_ok(sumi_graph_status(g));
  assert_int_equal(sumi_collection(g, SUMI_SUMMARIES).count, 6);
  sumi_session_t *s = sumi_session_new(g);
  sumi_writer_t *log = open_log(directory, NULL);
  sumi_summary_hook_t *hook = sumi_summary_hook_new(s, log);
  assert_ok(sumi_summary_run(hook, 3));
  assert_int_equal(sumi_summary_hook_due(hook), 6);
  assert_ok(sumi_writer_graph(log, g));
  assert_ok(sumi_writer_flush(log));
  assert_int_equal(sumi_writer_counts(log).drawn, 2);
  assert_int_equal(sumi_writer_counts(log).encoded, 3);
  sumi_summary_hook_free(hook);
  assert_ok(sumi_writer_close(log));
  log_contents_t contents = logged_read(directory);
  static const char *const tags[] = {"scalar", "histogram",   "image",
                                     "text",   "predictions", "labels"};
  for (int i = 0; i < 6; ++i) assert_string_equal(logged_steps(&contents, tags[i]), "3");
  assert_near(logged_find(&contents, "scalar")->scalar, 7, 0);
  assert_string_equal(logged_find(&contents, "text")->text, "**hello**");
  free(contents.values);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void merged_summaries_are_the_sum_of_their_parts(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  int calls[3] = {0};
  sumi_graph_t *g = sumi_graph_new();
  assert_true(sumi_tensor_is_null(sumi_summary_merge_all(g)));
  sumi_tensor_t a = sumi_summary_scalar("a", counter(g, &calls[0]));
  sumi_tensor_t b = sumi_summary_scalar("b", counter(g, &calls[1]));
  sumi_tensor_t c = sumi_summary_scalar("c", counter(g, &calls[2]));
  sumi_tensor_t inner = sumi_summary_merge(SUMI_TENSORS(a, b));
  sumi_tensor_t nested = sumi_summary_merge(SUMI_TENSORS(inner, c));
  sumi_tensor_t all = sumi_summary_merge_all(g);
  assert_string_equal(sumi_op_type(all.op), "MergeSummary");
  assert_int_equal(sumi_op_input_count(all.op), 3);
  sumi_session_t *s = sumi_session_new(g);
  sumi_writer_t *log = open_log(directory, NULL);
  const struct {
    sumi_tensor_t summaries;
    int due;
  } cases[] = {{a, 1}, {inner, 2}, {nested, 3}, {all, 3}};
  for (int64_t i = 0; i < 4; ++i) {
    sumi_summary_hook_t *hook = sumi_summary_hook_new(s, log, .summaries = cases[i].summaries);
    assert_non_null(hook);
    assert_ok(sumi_summary_run(hook, i));
    assert_int_equal(sumi_summary_hook_due(hook), cases[i].due);
    sumi_summary_hook_free(hook);
  }
  assert_int_equal(calls[0], 4);
  assert_int_equal(calls[1], 3);
  assert_int_equal(calls[2], 2);
  assert_ok(sumi_writer_close(log));
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void a_null_writer_computes_nothing(void **state) {
  (void)state;
  int calls = 0;
  sumi_graph_t *g = sumi_graph_new();
  sumi_summary_scalar("a", counter(g, &calls));
  sumi_session_t *s = sumi_session_new(g);
  sumi_summary_hook_t *hook = sumi_summary_hook_new(s, NULL);
  assert_ok(sumi_summary_run(hook, 0));
  assert_int_equal(sumi_summary_hook_due(hook), 0);
  assert_int_equal(calls, 0);
  assert_ok(sumi_writer_graph(NULL, g));
  sumi_summary_hook_free(hook);
  sumi_summary_hook_free(NULL);
  sumi_session_free(s);
  sumi_graph_free(g);
  g = sumi_graph_new(); /* and a graph without summaries is run as it is */
  s = sumi_session_new(g);
  hook = sumi_summary_hook_new(s, NULL);
  assert_non_null(hook);
  assert_ok(sumi_summary_run(hook, 0, .targets = SUMI_OPS(sumi_no_op(g))));
  sumi_summary_hook_free(hook);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void a_summary_run_without_its_hook_says_so(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  int calls = 0;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t summary = sumi_summary_scalar("loss", counter(g, &calls));
  sumi_session_t *s = sumi_session_new(g);
  assert_fails(sumi_session_run(s, .targets = SUMI_OPS(summary.op)), SUMI_FAILED_PRECONDITION,
               "summary 'loss' has no writer: run it by sumi_summary_run");
  sumi_writer_t *log = open_log(directory, NULL);
  sumi_summary_hook_t *hook = sumi_summary_hook_new(s, log);
  assert_ok(sumi_summary_run(hook, 0));
  assert_fails(sumi_session_run(s, .targets = SUMI_OPS(summary.op)), SUMI_FAILED_PRECONDITION,
               "has no writer");
  sumi_summary_hook_free(hook);
  assert_ok(sumi_writer_close(log));
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* The usual pair: what is logged while training and what while testing go to different runs. */
static void two_hooks_on_one_session_do_not_mix(void **state) {
  (void)state;
  const char *folders[2] = {temporary_directory(), temporary_directory()};
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_SCALAR);
  sumi_summary_scalar("loss", x);
  sumi_session_t *s = sumi_session_new(g);
  sumi_writer_t *logs[2];
  sumi_summary_hook_t *hooks[2];
  for (int i = 0; i < 2; ++i) {
    logs[i] = open_log(folders[i], NULL);
    hooks[i] = sumi_summary_hook_new(s, logs[i]);
  }
  for (int64_t step = 0; step < 4; ++step) {
    const float value = (float)step;
    const int to = step % 2;
    assert_ok(
        sumi_summary_run(hooks[to], step, .feeds = SUMI_FEEDS({.tensor = x, .data = &value})));
    if (step == 2) { /* the other one goes; this one stays */
      sumi_summary_hook_free(hooks[0]);
      hooks[0] = NULL;
    }
  }
  sumi_summary_hook_free(hooks[1]);
  for (int i = 0; i < 2; ++i) {
    assert_ok(sumi_writer_close(logs[i]));
    log_contents_t contents = logged_read(folders[i]);
    assert_string_equal(logged_steps(&contents, "loss"), i ? "1 3" : "0 2");
    free(contents.values);
  }
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void two_sessions_on_one_graph_do_not_mix(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_SCALAR, .initializer = SUMI_ZEROS_INITIALIZER);
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_SCALAR);
  sumi_op_t *set = sumi_assign(w, x).op, *init = sumi_global_variables_initializer(g);
  sumi_summary_scalar("w", w);
  const char *folders[2] = {temporary_directory(), temporary_directory()};
  sumi_session_t *sessions[2];
  sumi_writer_t *logs[2];
  sumi_summary_hook_t *hooks[2];
  for (int i = 0; i < 2; ++i) {
    const float value = (float)(i + 1);
    sessions[i] = sumi_session_new(g);
    logs[i] = open_log(folders[i], NULL);
    hooks[i] = sumi_summary_hook_new(sessions[i], logs[i]);
    assert_ok(sumi_session_run(sessions[i], .targets = SUMI_OPS(init)));
    assert_ok(sumi_session_run(sessions[i], .feeds = SUMI_FEEDS({.tensor = x, .data = &value}),
                               .targets = SUMI_OPS(set)));
  }
  for (int64_t step = 0; step < 2; ++step)
    for (int i = 0; i < 2; ++i) assert_ok(sumi_summary_run(hooks[i], step));
  for (int i = 0; i < 2; ++i) {
    sumi_summary_hook_free(hooks[i]);
    assert_ok(sumi_writer_close(logs[i]));
    log_contents_t contents = logged_read(folders[i]);
    assert_string_equal(logged_steps(&contents, "w"), "0 1");
    assert_near(logged_find(&contents, "w")->scalar, i + 1, 0);
    free(contents.values);
    sumi_session_free(sessions[i]);
  }
  sumi_graph_free(g);
}

/* A label that is not UTF-8: an error with the tag, while the rest of the step is done. */
static void a_bad_summary_keeps_nothing_else_from_being_logged(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_SCALAR, .initializer = SUMI_ZEROS_INITIALIZER);
  sumi_op_t *train = sumi_assign_add(w, 1).op;
  sumi_tensor_t images = sumi_constant_f32(g, SUMI_DIMS(2, 4, 4, 1), grey);
  sumi_tensor_t labels = sumi_placeholder(g, SUMI_STRING, .shape = SUMI_DIMS(2));
  sumi_summary_scalar("before", sumi_scalar(g, SUMI_FLOAT32, 1));
  sumi_summary_labeled_images("bad", images, labels);
  sumi_summary_scalar("after", sumi_scalar(g, SUMI_FLOAT32, 2));
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(sumi_global_variables_initializer(g))));
  sumi_writer_t *log = open_log(directory, NULL);
  sumi_summary_hook_t *hook = sumi_summary_hook_new(s, log);
  const char *bad[] = {"fine", "\xFF\xFE"}, *good[] = {"fine", "\xE5\xA5\xBD"};
  assert_fails(
      sumi_summary_run(hook, 0,
                       .feeds = SUMI_FEEDS({.tensor = labels, .data = bad, .dims = SUMI_DIMS(2)}),
                       .targets = SUMI_OPS(train)),
      SUMI_INVALID_ARGUMENT, "summary 'bad'");
  assert_non_null(strstr(sumi_error_message(), "UTF-8"));
  assert_non_null(strstr(sumi_error_message(), "test_summary_graph.c"));
  assert_ok(sumi_summary_run(
      hook, 1, .feeds = SUMI_FEEDS({.tensor = labels, .data = good, .dims = SUMI_DIMS(2)}),
      .targets = SUMI_OPS(train)));
  assert_near(sumi_array_get(sumi_session_variable(s, w), 0), 2, 0); /* trained at both steps */
  sumi_summary_hook_free(hook);
  assert_fails(sumi_writer_close(log), SUMI_INVALID_ARGUMENT, "UTF-8");
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "before"), "0 1");
  assert_string_equal(logged_steps(&contents, "after"), "0 1");
  assert_string_equal(logged_steps(&contents, "bad"), "1");
  free(contents.values);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void nan_and_infinity_are_logged(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  static float pixels[4 * 4 * 3];
  pixels[5] = NAN, pixels[9] = INFINITY;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t images = sumi_constant_f32(g, SUMI_DIMS(1, 4, 4, 3), pixels);
  sumi_tensor_t chances = sumi_constant_f32(g, SUMI_DIMS(1, 2), ((float[]){NAN, 1}));
  sumi_tensor_t truth = sumi_constant_i64(g, SUMI_DIMS(1), ((int64_t[]){1}));
  sumi_summary_image("image", images);
  sumi_summary_scalar("nan", sumi_scalar(g, SUMI_FLOAT32, NAN));
  sumi_summary_predictions("predictions", images, chances, truth);
  sumi_session_t *s = sumi_session_new(g);
  sumi_writer_t *log = open_log(directory, NULL);
  sumi_summary_hook_t *hook = sumi_summary_hook_new(s, log);
  assert_ok(sumi_summary_run(hook, 0));
  sumi_summary_hook_free(hook);
  assert_ok(sumi_writer_close(log));
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "image"), "0");
  assert_string_equal(logged_steps(&contents, "predictions"), "0");
  assert_true(isnan(logged_find(&contents, "nan")->scalar));
  free(contents.values);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void a_step_that_goes_back_is_reported_and_loses_nothing(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_graph_t *g = sumi_graph_new();
  sumi_summary_scalar("loss", sumi_scalar(g, SUMI_FLOAT32, 1));
  sumi_session_t *s = sumi_session_new(g);
  sumi_writer_t *log = open_log(directory, NULL);
  sumi_summary_hook_t *hook = sumi_summary_hook_new(s, log);
  const int64_t steps[] = {0, 5, 3, 6};
  for (int i = 0; i < 4; ++i) (void)sumi_summary_run(hook, steps[i]);
  sumi_summary_hook_free(hook);
  assert_fails(sumi_writer_close(log), SUMI_INVALID_ARGUMENT, "\"loss\": step 3 is not after 5");
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "loss"), "0 5 6");
  free(contents.values);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void summaries_of_wrong_shapes_are_refused_while_building(void **state) {
  (void)state;
  static const char *const missing[] = {"one", NULL};
  for (int i = 0; i < 11; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t pair = sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){1, 2}));
    sumi_tensor_t images = sumi_constant_f32(g, SUMI_DIMS(2, 4, 4, 1), grey);
    sumi_tensor_t chances = sumi_constant_f32(g, SUMI_DIMS(2, 2), grey);
    sumi_tensor_t truth = sumi_constant_i32(g, SUMI_DIMS(2), ((int32_t[]){0, 1}));
    sumi_tensor_t three = sumi_constant_i32(g, SUMI_DIMS(3), ((int32_t[]){0, 1, 2}));
    const char *text = "";
    if (i == 0) sumi_summary_scalar("a", pair), text = "scalar summary of 2 elements";
    if (i == 1) sumi_summary_image("a", pair), text = "images of shape (2,)";
    if (i == 2)
      sumi_summary_image("a", sumi_reshape(images, SUMI_SHAPE(2, 4, 2, 2))),
          text = "images of shape (2, 4, 2, 2)";
    if (i == 3) sumi_summary_predictions("a", pair, chances, truth), text = "images of shape (2,)";
    if (i == 4)
      sumi_summary_predictions("a", images, pair, truth), text = "probabilities of shape (2,)";
    if (i == 5) sumi_summary_predictions("a", images, chances, three), text = "truth of shape (3,)";
    if (i == 6)
      sumi_summary_predictions("a", images, chances, truth, .class_count = 2),
          text = "class_names: a list of 2 strings at NULL";
    if (i == 7)
      sumi_summary_labeled_images("a", images, truth, .class_names = missing, .class_count = 2),
          text = "class_names: text 1 is NULL";
    if (i == 8) sumi_summary_labeled_images("a", images, three), text = "labels of shape (3,)";
    if (i == 9) sumi_summary_scalar(NULL, sumi_scalar(g, SUMI_FLOAT32, 1)), text = "NULL";
    if (i == 10) sumi_summary_text("a", sumi_constant_f32(g, SUMI_SCALAR, grey)), text = "float32";
    assert_refusal(g, text);
    assert_non_null(strstr(sumi_graph_message(g), "test_summary_graph.c"));
    assert_int_equal(sumi_collection(g, SUMI_SUMMARIES).count, 0);
    sumi_graph_free(g);
  }
  assert_true(sumi_tensor_is_null(sumi_summary_scalar("a", ((sumi_tensor_t){0}))));
  assert_true(sumi_tensor_is_null(sumi_summary_merge_all(NULL)));
  assert_true(sumi_tensor_is_null(sumi_summary_merge(((sumi_tensors_t){0, NULL}))));
}

static void values_that_only_a_run_shows_to_be_wrong_are_reported(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32);
  sumi_summary_scalar("scalar", x);
  sumi_tensor_t image = sumi_summary_image("image", x);
  sumi_tensor_t truth = sumi_placeholder(g, SUMI_INT32);
  sumi_tensor_t gallery = sumi_summary_predictions("gallery", sumi_placeholder(g, SUMI_FLOAT32), x,
                                                   truth, .max_outputs = -3);
  assert_ok(sumi_graph_status(g));
  sumi_session_t *s = sumi_session_new(g);
  sumi_writer_t *log = open_log(directory, NULL);
  sumi_summary_hook_t *hooks[] = {
      sumi_summary_hook_new(s, log, .summaries = sumi_collection(g, SUMI_SUMMARIES).list[0]),
      sumi_summary_hook_new(s, log, .summaries = image),
      sumi_summary_hook_new(s, log, .summaries = gallery)};
  const float values[8] = {0};
  const int32_t classes[2] = {0};
#define FEED(shape) SUMI_FEEDS({.tensor = x, .data = values, .dims = shape})
  assert_fails(sumi_summary_run(hooks[0], 0, .feeds = FEED(SUMI_DIMS(2))), SUMI_INVALID_ARGUMENT,
               "scalar summary of 2 elements");
  assert_fails(sumi_summary_run(hooks[1], 0, .feeds = FEED(SUMI_DIMS(2, 2))), SUMI_INVALID_ARGUMENT,
               "images of shape (2, 2)");
  assert_fails(sumi_summary_run(hooks[1], 0, .feeds = FEED(SUMI_DIMS(1, 0, 2, 1))),
               SUMI_INVALID_ARGUMENT, "summary 'image'");
  const sumi_tensor_t pictures = sumi_op_input(gallery.op, 1);
  assert_fails(
      sumi_summary_run(
          hooks[2], 0,
          .feeds = SUMI_FEEDS({.tensor = pictures, .data = values, .dims = SUMI_DIMS(2, 2, 2, 1)},
                              {.tensor = x, .data = values, .dims = SUMI_DIMS(2, 2)},
                              {.tensor = truth, .data = classes, .dims = SUMI_DIMS(2)})),
      SUMI_INVALID_ARGUMENT, "max_outputs is -3");
  assert_ok(sumi_summary_run(hooks[0], 1, .feeds = FEED(SUMI_DIMS(1, 1))));
#undef FEED
  for (int i = 0; i < 3; ++i) sumi_summary_hook_free(hooks[i]);
  assert_int_not_equal(sumi_writer_close(log), SUMI_OK);
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "scalar"), "1");
  free(contents.values);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void hooks_refuse_what_is_no_summary(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new(), *other = sumi_graph_new();
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT32, 1, .name = "plain");
  sumi_tensor_t foreign = sumi_summary_scalar("foreign", sumi_scalar(other, SUMI_FLOAT32, 1));
  sumi_session_t *s = sumi_session_new(g);
  assert_null(sumi_summary_hook_new(NULL, NULL));
  assert_non_null(strstr(sumi_error_message(), "without a session"));
  assert_null(sumi_summary_hook_new(s, NULL, .summaries = x));
  assert_non_null(strstr(sumi_error_message(), "'plain' is not a summary"));
  assert_null(sumi_summary_hook_new(s, NULL, .summaries = SUMI_T(1)));
  assert_null(sumi_summary_hook_new(s, NULL, .summaries = foreign));
  assert_non_null(strstr(sumi_error_message(), "'foreign' is not of the session's graph"));
  assert_fails(sumi_summary_run(NULL, 0), SUMI_INVALID_ARGUMENT, "hook is NULL");
  sumi_summary_hook_t *hook = sumi_summary_hook_new(s, NULL);
  assert_fails(sumi_summary_run(hook, 0, .targets = ((sumi_ops_t){2, NULL})), SUMI_INVALID_ARGUMENT,
               "2 targets without a list");
  assert_int_equal(sumi_summary_hook_due(NULL), 0);
  sumi_summary_hook_free(hook);
  sumi_session_free(s);
  sumi_graph_free(g);
  sumi_graph_free(other);
}

static void a_graph_that_cannot_be_exported_says_why(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  sumi_buffer_t bytes = {0};
  sumi_graph_t *g = sumi_graph_new();
  assert_fails(sumi_graph_export(NULL, &bytes), SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_graph_export(g, NULL), SUMI_INVALID_ARGUMENT, "NULL");
  assert_ok(sumi_graph_export(g, &bytes));
  sumi_add(sumi_constant_f32(g, SUMI_DIMS(2), grey), sumi_constant_f32(g, SUMI_DIMS(3), grey));
  assert_fails(sumi_graph_export(g, &bytes), SUMI_INVALID_ARGUMENT, "do not broadcast");
  sumi_writer_t *log = open_log(directory, NULL);
  assert_fails(sumi_writer_graph(log, g), SUMI_INVALID_ARGUMENT, "do not broadcast");
  assert_fails(sumi_writer_graph(log, NULL), SUMI_INVALID_ARGUMENT, "NULL");
  sumi_buffer_release(&bytes);
  sumi_graph_free(g);
  assert_int_equal(sumi_writer_close(log), SUMI_OK); /* nothing was offered to the writer */
}

static void lack_of_memory_while_exporting_is_reported(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 3));
  for (int i = 0; i < 20; ++i) x = sumi_add(sumi_concat(SUMI_TENSORS(x, x), 0), 1);
  counting_allocator_install();
  for (int64_t nth = 1;; ++nth) {
    sumi_buffer_t bytes = {0};
    const int64_t before = counting_allocator_requests();
    counting_allocator_fail_at(nth);
    const sumi_status_t status = sumi_graph_export(g, &bytes);
    const bool reached = counting_allocator_requests() - before >= nth;
    counting_allocator_fail_at(0);
    assert_int_equal(status, reached ? SUMI_RESOURCE_EXHAUSTED : SUMI_OK);
    sumi_buffer_release(&bytes);
    assert_int_equal(counting_allocator_live(), 0);
    if (!reached) break;
  }
  counting_allocator_remove();
  sumi_graph_free(g);
}

static void logs_then(sumi_graph_t *g, sumi_tensor_t *results, void *data) {
  (void)results;
  sumi_summary_scalar("then", sumi_add(counter(g, data), 1));
}

static void logs_else(sumi_graph_t *g, sumi_tensor_t *results, void *data) {
  (void)results;
  sumi_summary_scalar("else", sumi_add(counter(g, data), 2));
}

static sumi_tensor_t below_three(const sumi_tensor_t *v, void *data) {
  (void)data;
  return sumi_less(v[0], 3);
}

static void logs_each(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  (void)data;
  sumi_summary_scalar("each", v[0]);
  next[0] = sumi_add(v[0], 1);
}

/* As effects of the node that runs the branch or the loop, and of it alone. A tag has one value at
 * a step, so that a second iteration has no place for its own. */
static void summaries_inside_branches_and_loops_are_written_with_them(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  int calls = 0;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t which = sumi_placeholder(g, SUMI_BOOL, .shape = SUMI_SCALAR), last;
  sumi_tensor_t start = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_SCALAR);
  sumi_op_t *branch = sumi_cond(which, logs_then, logs_else, &calls, 0, NULL);
  sumi_op_t *loop = sumi_while_loop(below_three, logs_each, NULL, SUMI_TENSORS(start), &last);
  assert_string_equal(sumi_graph_message(g), "");
  assert_true(sumi_tensor_is_null(sumi_summary_merge_all(g)));
  sumi_session_t *s = sumi_session_new(g);
  sumi_writer_t *log = open_log(directory, NULL);
  sumi_summary_hook_t *hook = sumi_summary_hook_new(s, log);
  assert_non_null(hook);
  for (int64_t step = 0; step < 3; ++step) {
    const bool then = step == 1;
    const float two = 2;
    assert_ok(sumi_summary_run(
        hook, step, .targets = SUMI_OPS(branch, loop),
        .feeds = SUMI_FEEDS({.tensor = which, .data = &then}, {.tensor = start, .data = &two})));
    assert_int_equal(sumi_summary_hook_due(hook), 0);
  }
  assert_int_equal(calls, 3);
  const float one = 1;
  assert_fails(sumi_summary_run(hook, 3, .targets = SUMI_OPS(loop),
                                .feeds = SUMI_FEEDS({.tensor = start, .data = &one})),
               SUMI_INVALID_ARGUMENT, "step 3 is not after 3, the last one logged");
  sumi_summary_hook_free(hook);
  assert_fails(sumi_writer_close(log), SUMI_INVALID_ARGUMENT, "step 3 is not after 3");
  log_contents_t contents = logged_read(directory);
  assert_string_equal(logged_steps(&contents, "cond/true/then"), "1");
  assert_string_equal(logged_steps(&contents, "cond/false/else"), "0 2");
  assert_string_equal(logged_steps(&contents, "while/body/each"), "0 1 2 3");
  assert_near(logged_find(&contents, "cond/false/else")->scalar, 4.5, 0);
  free(contents.values);
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* A loop with the hook logs what sumi_summary_run logs, and what is due at the last step when a
 * hook makes a step the last. */
static void a_training_loop_logs_what_is_due(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  int calls = 0;
  sumi_graph_t *g = sumi_graph_new();
  sumi_summary_scalar("often", counter(g, &calls));
  sumi_summary_scalar("last", sumi_square(counter(g, &calls)));
  sumi_op_t *target = sumi_no_op(g);
  sumi_session_t *s = sumi_session_new(g), *other = sumi_session_new(g);
  sumi_writer_t *log = open_log(directory, "often=3; last=100,last");
  sumi_summary_hook_t *hook = sumi_summary_hook_new(s, log);
  assert_ok(sumi_train(s, target, .steps = 8,
                       .hooks = SUMI_TRAINING_HOOKS(*sumi_summary_training_hook(hook))));
  log_contents_t contents = logged_read(directory); /* the end has flushed */
  assert_string_equal(logged_steps(&contents, "often"), "0 3 6");
  assert_string_equal(logged_steps(&contents, "last"), "0 7");
  assert_int_equal(calls, 5);
  free(contents.values);
  assert_fails(sumi_train(other, target, .steps = 8,
                          .hooks = SUMI_TRAINING_HOOKS(*sumi_summary_training_hook(hook))),
               SUMI_INVALID_ARGUMENT, "the summary hook is of another session");
  assert_fails(sumi_train(s, target, .steps = 8,
                          .hooks = SUMI_TRAINING_HOOKS(*sumi_summary_training_hook(NULL))),
               SUMI_INVALID_ARGUMENT, "the summary hook is NULL");
  /* After the loop the session has no sink any more. */
  const sumi_op_t *left = sumi_collection(g, SUMI_SUMMARIES).list[0].op;
  assert_fails(sumi_session_run(s, .targets = SUMI_OPS((sumi_op_t *)left)),
               SUMI_FAILED_PRECONDITION, "has no writer");
  sumi_summary_hook_free(hook);
  assert_ok(sumi_writer_close(log));
  sumi_session_free(other);
  sumi_session_free(s);
  sumi_graph_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_training_loop_logs_what_is_due),
      cmocka_unit_test(summaries_inside_branches_and_loops_are_written_with_them),
      cmocka_unit_test(a_summary_that_is_not_due_computes_nothing),
      cmocka_unit_test(a_step_with_nothing_due_allocates_nothing),
      cmocka_unit_test(intervals_of_the_environment_hold_for_graphs),
      cmocka_unit_test(tags_begin_with_the_scopes_around_them),
      cmocka_unit_test(every_kind_of_summary_is_written),
      cmocka_unit_test(merged_summaries_are_the_sum_of_their_parts),
      cmocka_unit_test(a_null_writer_computes_nothing),
      cmocka_unit_test(a_summary_run_without_its_hook_says_so),
      cmocka_unit_test(two_hooks_on_one_session_do_not_mix),
      cmocka_unit_test(two_sessions_on_one_graph_do_not_mix),
      cmocka_unit_test(a_bad_summary_keeps_nothing_else_from_being_logged),
      cmocka_unit_test(nan_and_infinity_are_logged),
      cmocka_unit_test(a_step_that_goes_back_is_reported_and_loses_nothing),
      cmocka_unit_test(summaries_of_wrong_shapes_are_refused_while_building),
      cmocka_unit_test(values_that_only_a_run_shows_to_be_wrong_are_reported),
      cmocka_unit_test(hooks_refuse_what_is_no_summary),
      cmocka_unit_test(a_graph_that_cannot_be_exported_says_why),
      cmocka_unit_test(lack_of_memory_while_exporting_is_reported),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
