/* Gradients of several runs in one update: the same as one run of all their examples, by every
 * optimizer; and what lies between two updates. */
#include "sumi_test.h"

#include <stdio.h>
#include <sumi/checkpoint.h>
#include <sumi/constants.h>
#include <sumi/ops.h>
#include <sumi/train.h>

enum { RUNS = 3, ROWS = 4, UPDATES = 5, WORDS = 9 };

/* Rows of numbers, and words that repeat within a batch and between batches. */
typedef struct model {
  sumi_graph_t *graph;
  sumi_session_t *session;
  sumi_tensor_t x, words, weights, bias, table, step;
  sumi_op_t *train;
} model_t;

static model_t model_new(sumi_optimizer_t optimizer, sumi_minimize_options_t options) {
  model_t m = {.graph = sumi_graph_new()};
  sumi_graph_set_seed(m.graph, 7);
  m.x = sumi_placeholder(m.graph, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 3));
  m.words = sumi_placeholder(m.graph, SUMI_INT32, .shape = SUMI_DIMS(-1));
  m.weights = sumi_get_variable(m.graph, "weights", SUMI_DIMS(3, 2));
  m.bias = sumi_get_variable(m.graph, "bias", SUMI_DIMS(2));
  m.table = sumi_get_variable(m.graph, "table", SUMI_DIMS(WORDS, 2),
                              .initializer = SUMI_INIT(UNIFORM, .a = -1, .b = 1));
  sumi_get_variable(m.graph, "unused", SUMI_DIMS(2));
  const sumi_tensor_t y = sumi_add(sumi_matmul(m.x, m.weights), m.bias);
  const sumi_tensor_t wrong = sumi_sub(y, sumi_embedding_lookup(m.table, m.words));
  m.step = sumi_global_step(m.graph);
  options.struct_size = sizeof options;
  options.global_step = m.step;
  m.train = sumi_minimize_with(&optimizer, SUMI_HERE, sumi_reduce_mean(sumi_square(wrong)),
                               &options);
  sumi_op_t *init = sumi_global_variables_initializer(m.graph);
  assert_ok(sumi_graph_status(m.graph));
  m.session = sumi_session_new(m.graph, .threads = 1);
  assert_ok(sumi_session_run(m.session, .targets = SUMI_OPS(init)));
  return m;
}

static void model_free(model_t *m) {
  sumi_session_free(m->session);
  sumi_graph_free(m->graph);
}

/* Examples [first, first + count) of an endless list. */
static void run(const model_t *m, int first, int count) {
  float x[RUNS * ROWS][3];
  int32_t words[RUNS * ROWS];
  for (int i = 0; i < count; ++i) {
    const int n = first + i;
    for (int k = 0; k < 3; ++k) x[i][k] = (float)((n * 7 + k * 5) % 11) / 5 - 1;
    words[i] = n * n % 5 + n / 24; /* the last words come late */
  }
  assert_ok(sumi_session_run(
      m->session, .targets = SUMI_OPS(m->train),
      .feeds = SUMI_FEEDS({.tensor = m->x, .data = x, .dims = SUMI_DIMS(count, 3)},
                          {.tensor = m->words, .data = words, .dims = SUMI_DIMS(count)})));
}

static void assert_same(const model_t *a, sumi_tensor_t in_a, const model_t *b, sumi_tensor_t in_b,
                        double tolerance, const char *what) {
  const sumi_array_t *x = sumi_session_variable(a->session, in_a);
  const sumi_array_t *y = sumi_session_variable(b->session, in_b);
  for (int64_t i = 0; i < sumi_array_count(x); ++i)
    if (!(fabs(sumi_array_get(x, i) - sumi_array_get(y, i)) <= tolerance))
      fail_msg("%s: element %d of '%s' is %.9g, expected %.9g", what, (int)i,
               sumi_variable_name(in_a), sumi_array_get(x, i), sumi_array_get(y, i));
}

static void assert_like_big_batches(sumi_optimizer_t optimizer, sumi_minimize_options_t options,
                                    const char *what) {
  model_t big = model_new(optimizer, options);
  options.accumulate = RUNS;
  model_t small = model_new(optimizer, options);
  for (int update = 0; update < UPDATES; ++update) {
    const int first = update * RUNS * ROWS;
    run(&big, first, RUNS * ROWS);
    for (int i = 0; i < RUNS; ++i) run(&small, first + i * ROWS, ROWS);
  }
  assert_same(&small, small.weights, &big, big.weights, 2e-5, what);
  assert_same(&small, small.bias, &big, big.bias, 2e-5, what);
  assert_same(&small, small.table, &big, big.table, 2e-5, what);
  assert_same(&small, small.step, &big, big.step, 0, what);
  model_free(&big);
  model_free(&small);
}

static void every_optimizer_does_as_with_one_big_batch(void **state) {
  (void)state;
  const struct {
    const char *name;
    sumi_optimizer_t optimizer;
  } cases[] = {
      {"gradient descent", sumi_gradient_descent(.learning_rate = .3)},
      {"momentum", sumi_momentum(.learning_rate = .1, .momentum = .9)},
      {"Nesterov", sumi_momentum(.learning_rate = .1, .momentum = .9, .use_nesterov = true)},
      {"Adam", sumi_adam(.learning_rate = .1, .epsilon = 1e-3)},
      {"lazy Adam", sumi_adam(.learning_rate = .1, .epsilon = 1e-3, .lazy = true)},
      {"Adagrad", sumi_adagrad(.learning_rate = .3)},
      {"RMSProp", sumi_rms_prop(.learning_rate = .1, .momentum = .5, .epsilon = 1e-3)},
      {"centered RMSProp", sumi_centered_rms_prop(.learning_rate = .1, .epsilon = 1e-3)},
      {"Adadelta", sumi_adadelta(.learning_rate = 1, .epsilon = 1e-3)},
      {"AdamW", sumi_adamw(.learning_rate = .1, .epsilon = 1e-3, .weight_decay = .1)},
      {"AMSGrad", sumi_amsgrad(.learning_rate = .1, .epsilon = 1e-3)},
      {"Nadam", sumi_nadam(.learning_rate = .1, .epsilon = 1e-3)},
      {"Ftrl", sumi_ftrl(.learning_rate = .3, .l1_regularization_strength = .01)},
      {"LAMB", sumi_lamb(.learning_rate = .1, .epsilon = 1e-3)},
      {"Muon", sumi_muon(.learning_rate = .1, .epsilon = 1e-3)},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i)
    assert_like_big_batches(cases[i].optimizer, (sumi_minimize_options_t){.clip_norm = 0},
                            cases[i].name);
}

/* The global norm and each one's norm are those of gradients whose rows repeat, in TensorFlow, too;
 * the sums of several runs have no rows that do. So the table is left out. */
static void means_are_clipped(void **state) {
  (void)state;
  const sumi_minimize_options_t clips[] = {
      {.clip_norm = .2}, {.clip_value = .05}, {.clip_each_norm = .1}};
  for (size_t i = 0; i < sizeof clips / sizeof *clips; ++i) {
    model_t m[2];
    for (int k = 0; k < 2; ++k) {
      m[k] = model_new(sumi_gradient_descent(.learning_rate = 1), (sumi_minimize_options_t){0});
      const sumi_tensor_t y = sumi_add(sumi_matmul(m[k].x, m[k].weights), m[k].bias);
      sumi_minimize_options_t options = clips[i];
      sumi_tensor_t trained[] = {m[k].weights, m[k].bias};
      options.struct_size = sizeof options;
      options.variables = SUMI_LIST(2, trained);
      options.accumulate = k ? RUNS : 1;
      const sumi_tensor_t wrong = sumi_sub(y, sumi_embedding_lookup(m[k].table, m[k].words));
      m[k].train = sumi_minimize_with(&sumi_gradient_descent(.learning_rate = 1), SUMI_HERE,
                                      sumi_reduce_mean(sumi_square(wrong)), &options);
      assert_ok(sumi_session_run(
          m[k].session, .targets = SUMI_OPS(sumi_global_variables_initializer(m[k].graph))));
    }
    for (int update = 0; update < UPDATES; ++update) {
      run(&m[0], update * RUNS * ROWS, RUNS * ROWS);
      for (int n = 0; n < RUNS; ++n) run(&m[1], (update * RUNS + n) * ROWS, ROWS);
    }
    assert_same(&m[1], m[1].weights, &m[0], m[0].weights, 2e-6, "clipped");
    assert_same(&m[1], m[1].bias, &m[0], m[0].bias, 2e-6, "clipped");
    model_free(&m[0]);
    model_free(&m[1]);
  }
}

static void nothing_changes_between_updates(void **state) {
  (void)state;
  const sumi_minimize_options_t options = {.accumulate = RUNS};
  model_t m = model_new(sumi_adam(.learning_rate = .1), options);
  model_t first = model_new(sumi_adam(.learning_rate = .1), options);
  for (int i = 0; i < RUNS - 1; ++i) {
    run(&m, i * ROWS, ROWS);
    assert_same(&m, m.weights, &first, first.weights, 0, "weights");
    assert_same(&m, m.table, &first, first.table, 0, "table");
    assert_same(&m, m.step, &first, first.step, 0, "step");
  }
  run(&m, 0, ROWS);
  assert_near(sumi_array_get(sumi_session_variable(m.session, m.step), 0), 1, 0);
  assert_true(sumi_array_get(sumi_session_variable(m.session, m.weights), 0) !=
              sumi_array_get(sumi_session_variable(first.session, first.weights), 0));
  model_free(&m);
  model_free(&first);
}

/* Stopped in the middle of an update, with sums under way. */
static void a_checkpoint_keeps_what_was_added_up(void **state) {
  (void)state;
  char path[4200];
  snprintf(path, sizeof path, "%s/half.safetensors", temporary_directory());
  const sumi_minimize_options_t options = {.accumulate = RUNS};
  model_t whole = model_new(sumi_adam(.learning_rate = .1), options);
  for (int i = 0; i < 2 * RUNS; ++i) {
    run(&whole, i * ROWS, ROWS);
    if (i == RUNS) assert_ok(sumi_save(whole.session, path, i));
  }
  model_t rest = model_new(sumi_adam(.learning_rate = .1), options);
  assert_ok(sumi_restore(rest.session, path));
  for (int i = RUNS + 1; i < 2 * RUNS; ++i) run(&rest, i * ROWS, ROWS);
  assert_same(&rest, rest.weights, &whole, whole.weights, 0, "weights");
  assert_same(&rest, rest.table, &whole, whole.table, 0, "table");
  model_free(&whole);
  model_free(&rest);
}

static void names_say_what_is_kept(void **state) {
  (void)state;
  model_t m = model_new(sumi_adam(.learning_rate = .1), (sumi_minimize_options_t){.accumulate = 2});
  const char *const names[] = {"weights/accumulated_gradient",
                               "table/accumulated_gradient",
                               "table/accumulated_rows",
                               "accumulated_runs",
                               "weights/Adam",
                               "beta1_power",
                               "Adam"};
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i)
    if (!sumi_graph_find_op(m.graph, names[i])) fail_msg("there is no '%s'", names[i]);
  assert_null(sumi_graph_find_op(m.graph, "weights/accumulated_rows"));
  assert_null(sumi_graph_find_op(m.graph, "unused/accumulated_gradient"));
  assert_int_equal(sumi_collection(m.graph, SUMI_TRAINABLE_VARIABLES).count, 4);
  model_free(&m);
}

static void wrong_options_are_refused(void **state) {
  (void)state;
  const struct {
    sumi_minimize_options_t options;
    const char *text;
  } cases[] = {
      {{.accumulate = -2}, "accumulate is -2; a number of runs is expected"},
      {{.clip_value = -1}, "clip_value is -1 and clip_each_norm 0; numbers from 0 are allowed"},
      {{.clip_each_norm = NAN}, "clip_each_norm nan"},
      {{.clip_value = 1, .clip_norm = 1}, "2 of clip_value, clip_each_norm and clip_norm"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_minimize_options_t options = cases[i].options;
    options.struct_size = sizeof options;
    const sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_SCALAR);
    assert_null(sumi_minimize_with(&sumi_adam(), SUMI_HERE, sumi_square(w), &options));
    assert_int_equal(sumi_graph_status(g), SUMI_INVALID_ARGUMENT);
    if (!strstr(sumi_graph_message(g), cases[i].text))
      fail_msg("\"%s\" lacks \"%s\"", sumi_graph_message(g), cases[i].text);
    sumi_graph_free(g);
  }
}

static bool built_with_failure(int64_t nth) {
  sumi_graph_t *g = sumi_graph_new();
  const int64_t before = counting_allocator_requests();
  counting_allocator_fail_at(nth);
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(3, 2)), norm;
  const sumi_tensor_t words = sumi_constant_i32(g, SUMI_DIMS(2), ((int32_t[]){1, 2}));
  const sumi_tensor_t loss = sumi_reduce_sum(sumi_square(sumi_embedding_lookup(w, words)));
  sumi_op_t *train = sumi_minimize(sumi_adam(.learning_rate = .1), loss, .clip_each_norm = 1,
                                   .accumulate = 2, .gradient_norm = &norm,
                                   .global_step = sumi_global_step(g));
  const bool reached = nth == 0 || counting_allocator_requests() - before >= nth;
  counting_allocator_fail_at(0);
  if (reached && nth)
    assert_int_equal(sumi_graph_status(g), SUMI_RESOURCE_EXHAUSTED);
  else
    assert_true(train && sumi_graph_status(g) == SUMI_OK);
  sumi_graph_free(g);
  assert_int_equal(counting_allocator_live(), 0);
  return reached;
}

static void lack_of_memory_is_a_refusal_wherever_it_strikes(void **state) {
  (void)state;
  counting_allocator_install();
  for (int64_t nth = 0; built_with_failure(nth);) ++nth; /* 0 warms up */
  counting_allocator_remove();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_optimizer_does_as_with_one_big_batch),
      cmocka_unit_test(means_are_clipped),
      cmocka_unit_test(nothing_changes_between_updates),
      cmocka_unit_test(a_checkpoint_keeps_what_was_added_up),
      cmocka_unit_test(names_say_what_is_kept),
      cmocka_unit_test(wrong_options_are_refused),
      cmocka_unit_test(lack_of_memory_is_a_refusal_wherever_it_strikes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
