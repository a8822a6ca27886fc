/* Sessions: what a run computes, in which order variables change, and what it refuses. */
#include "sumi_test.h"

#include <sumi/constants.h>
#include <sumi/control.h>
#include <sumi/ops.h>
#include <sumi/session.h>

#define GET(from, to)                                                                              \
  { .tensor = from, .scalar = to }

static float number(sumi_session_t *s, sumi_tensor_t tensor) {
  float value = NAN;
  assert_ok(sumi_session_run(s, .fetches = SUMI_FETCHES(GET(tensor, &value))));
  return value;
}

/* A float32 variable of this shape and the op that gives it `value` everywhere. */
static sumi_tensor_t variable(sumi_graph_t *g, sumi_dims_t dims, float value, sumi_op_t **init) {
  const sumi_tensor_t v = sumi_variable_v2(g, dims, SUMI_FLOAT32);
  sumi_array_t *values = sumi_array_full(SUMI_FLOAT32, dims, value);
  *init = sumi_assign(v, sumi_constant_take(g, values)).op;
  return v;
}

static void a_run_computes_what_is_fetched(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1));
  sumi_tensor_t y = sumi_add(sumi_mul(2, sumi_square(x)), 1);
  sumi_session_t *s = sumi_session_new(g);
  const float values[] = {1, 2, -3};
  sumi_array_t *out = NULL;
  assert_ok(
      sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = x, .data = values, .dims = SUMI_DIMS(3)}),
                       .fetches = SUMI_FETCHES({.tensor = y, .array = &out})));
  assert_int_equal(sumi_array_count(out), 3);
  assert_near(sumi_array_get(out, 0), 3, 0);
  assert_near(sumi_array_get(out, 1), 9, 0);
  assert_near(sumi_array_get(out, 2), 19, 0);
  sumi_array_unref(out);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void a_feed_replaces_any_tensor(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t a = sumi_scalar(g, SUMI_FLOAT32, 3), b = sumi_square(a), c = sumi_add(b, 1);
  sumi_session_t *s = sumi_session_new(g);
  assert_near(number(s, c), 10, 0);
  const float five = 5;
  float value = 0, fed = 0;
  assert_ok(sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = b, .data = &five}),
                             .fetches = SUMI_FETCHES(GET(c, &value), GET(b, &fed))));
  assert_near(value, 6, 0);
  assert_near(fed, 5, 0);
  assert_near(number(s, c), 10, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void an_array_fetch_reuses_the_callers_array(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t c = sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){1, 2}));
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *mine = sumi_array_new(SUMI_FLOAT32, SUMI_DIMS(2)), *same = mine;
  assert_ok(sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = c, .array = &mine})));
  assert_ptr_equal(mine, same);
  assert_near(sumi_array_get(mine, 1), 2, 0);
  sumi_array_ref(same); /* shared: must not be written */
  sumi_array_set(same, 1, 7);
  assert_ok(sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = c, .array = &mine})));
  assert_ptr_not_equal(mine, same);
  assert_near(sumi_array_get(same, 1), 7, 0);
  sumi_array_t *wrong = sumi_array_new(SUMI_FLOAT32, SUMI_DIMS(3));
  assert_ok(sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = c, .array = &wrong})));
  assert_int_equal(sumi_array_count(wrong), 2);
  sumi_array_unref(same), sumi_array_unref(mine), sumi_array_unref(wrong);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void variables_keep_their_values_between_runs(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_op_t *init;
  sumi_tensor_t v = variable(g, SUMI_SCALAR, 10, &init);
  sumi_op_t *step = sumi_assign_add(v, sumi_scalar(g, SUMI_FLOAT32, 2)).op;
  sumi_session_t *s = sumi_session_new(g), *other = sumi_session_new(g);
  assert_null(sumi_session_variable(s, v));
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(init)));
  for (int i = 0; i < 3; ++i) assert_ok(sumi_session_run(s, .targets = SUMI_OPS(step)));
  assert_near(number(s, v), 16, 0);
  assert_near(sumi_array_get(sumi_session_variable(s, v), 0), 16, 0);
  assert_ok(sumi_session_run(other, .targets = SUMI_OPS(init)));
  assert_near(number(other, v), 10, 0);
  sumi_session_free(other);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void reads_see_the_value_from_before_the_runs_updates(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_op_t *init;
  sumi_tensor_t v = variable(g, SUMI_DIMS(2), 1, &init);
  sumi_tensor_t early = sumi_identity(v), twice = sumi_mul(2, early);
  sumi_tensor_t updated = sumi_assign_add(v,
                                          sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){10, 20})));
  sumi_tensor_t late = sumi_mul(3, sumi_identity(v)); /* made after the update, no dependency */
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(init)));
  sumi_array_t *results[6] = {0};
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(updated.op),
                             .fetches = SUMI_FETCHES({.tensor = v, .array = &results[0]},
                                                     {.tensor = early, .array = &results[1]},
                                                     {.tensor = twice, .array = &results[2]},
                                                     {.tensor = late, .array = &results[3]},
                                                     {.tensor = updated, .array = &results[4]})));
  const double expected[] = {1, 1, 2, 3, 11};
  for (int i = 0; i < 5; ++i) assert_near(sumi_array_get(results[i], 0), expected[i], 0);
  assert_near(sumi_array_get(results[4], 1), 21, 0);
  assert_near(sumi_array_get(sumi_session_variable(s, v), 1), 21, 0);
  for (int i = 0; i < 6; ++i) sumi_array_unref(results[i]);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void a_control_dependency_makes_a_read_see_the_update(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_op_t *init;
  sumi_tensor_t v = variable(g, SUMI_SCALAR, 1, &init);
  sumi_tensor_t before = sumi_identity(v);
  sumi_op_t *update = sumi_assign_add(v, sumi_scalar(g, SUMI_FLOAT32, 5)).op;
  sumi_tensor_t after = sumi_with_dependencies(SUMI_OPS(update), v);
  sumi_control_begin(g, SUMI_OPS(update));
  sumi_tensor_t old_after = sumi_add(before, 100); /* runs after, but read before */
  sumi_tensor_t both = sumi_add(old_after, sumi_identity(v));
  sumi_control_end(g);
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(init)));
  float a, b, c, d;
  assert_ok(sumi_session_run(s, .fetches = SUMI_FETCHES(GET(before, &a), GET(after, &b),
                                                        GET(old_after, &c), GET(both, &d))));
  assert_near(a, 1, 0);
  assert_near(b, 6, 0);
  assert_near(c, 101, 0);
  assert_near(d, 107, 0);
  assert_near(number(s, after), 11, 0); /* fetching it runs the update again */
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void updates_of_one_variable_run_in_the_order_of_the_graph(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_op_t *init;
  sumi_tensor_t v = variable(g, SUMI_SCALAR, 2, &init);
  sumi_tensor_t added = sumi_assign_add(v, sumi_scalar(g, SUMI_FLOAT32, 3)); /* 5 */
  sumi_tensor_t squared = sumi_assign(v, sumi_square(added));                /* 25 */
  sumi_tensor_t fresh = sumi_identity(added);
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(init)));
  float first, between, last;
  assert_ok(sumi_session_run(
      s, .fetches = SUMI_FETCHES(GET(added, &first), GET(fresh, &between), GET(squared, &last))));
  assert_near(first, 5, 0); /* a fetch of the first update's result is from before the second */
  assert_near(between, 5, 0);
  assert_near(last, 25, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* Each of two variables is updated from the other's old value: no order without a copy. */
static void two_variables_can_be_swapped(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_op_t *init_a, *init_b;
  sumi_tensor_t a = variable(g, SUMI_DIMS(3), 1, &init_a);
  sumi_tensor_t b = variable(g, SUMI_DIMS(3), 2, &init_b);
  sumi_tensor_t old_a = sumi_identity(a), old_b = sumi_identity(b);
  sumi_op_t *set_a = sumi_assign(a, old_b).op, *set_b = sumi_assign(b, old_a).op;
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(init_a, init_b)));
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(set_a, set_b)));
  assert_near(sumi_array_get(sumi_session_variable(s, a), 2), 2, 0);
  assert_near(sumi_array_get(sumi_session_variable(s, b), 2), 1, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void targets_run_only_what_they_need(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_op_t *init_a, *init_b;
  sumi_tensor_t a = variable(g, SUMI_SCALAR, 1, &init_a);
  sumi_tensor_t b = variable(g, SUMI_SCALAR, 2, &init_b);
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(init_a)));
  assert_non_null(sumi_session_variable(s, a));
  assert_null(sumi_session_variable(s, b));
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(sumi_group(g, SUMI_OPS(init_a, init_b)))));
  assert_near(number(s, b), 2, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void an_uninitialised_variable_is_named(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t v = sumi_variable_v2(g, SUMI_DIMS(2), SUMI_FLOAT32, .name = "weights");
  sumi_tensor_t y = sumi_square(v);
  sumi_op_t *update = sumi_assign_add(v, sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){1, 1}))).op;
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *out = NULL;
  assert_fails(sumi_session_value(s, y, &out), SUMI_FAILED_PRECONDITION, "'weights'");
  assert_fails(sumi_session_value(s, v, &out), SUMI_FAILED_PRECONDITION, "'weights'");
  assert_fails(sumi_session_run(s, .targets = SUMI_OPS(update)), SUMI_FAILED_PRECONDITION,
               "'weights'");
  assert_null(out);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void an_unfed_placeholder_is_named_with_its_line(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 3), .name = "batch");
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *out = NULL;
  assert_fails(sumi_session_value(s, sumi_square(x), &out), SUMI_FAILED_PRECONDITION, "'batch'");
  assert_non_null(strstr(sumi_error_message(), "test_session.c:"));
  assert_non_null(strstr(sumi_error_message(), "(?, 3)"));
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void feeds_of_a_wrong_shape_or_dtype_are_refused(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 3), .name = "x");
  sumi_tensor_t y = sumi_square(x), free_shape = sumi_placeholder(g, SUMI_FLOAT32);
  sumi_session_t *s = sumi_session_new(g);
  float values[12] = {0}, out;
  sumi_array_t *doubles = sumi_array_new(SUMI_FLOAT64, SUMI_DIMS(2, 3)), *result = NULL;
#define RUN(...)                                                                                   \
  sumi_session_run(s, .feeds = SUMI_FEEDS(__VA_ARGS__),                                            \
                   .fetches = SUMI_FETCHES({.tensor = y, .array = &result}))
  assert_fails(RUN({.tensor = x, .data = values, .dims = SUMI_DIMS(2, 4)}), SUMI_INVALID_ARGUMENT,
               "'x:0': the tensor has shape (?, 3), the value has (2, 4)");
  assert_fails(RUN({.tensor = x, .array = doubles}), SUMI_INVALID_ARGUMENT,
               "'x:0': the tensor is float32, the value is float64");
  assert_fails(RUN({.tensor = x, .dims = SUMI_DIMS(2, 3)}), SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(RUN({.tensor = x, .data = values}), SUMI_INVALID_ARGUMENT, "(?, 3)");
  assert_fails(RUN({.tensor = x, .data = values, .dims = SUMI_DIMS(-2, 3)}), SUMI_INVALID_ARGUMENT,
               "x");
  assert_fails(RUN({.tensor = x, .data = values, .dims = SUMI_DIMS(4, 3)},
                   {.tensor = x, .data = values, .dims = SUMI_DIMS(4, 3)}),
               SUMI_INVALID_ARGUMENT, "fed twice");
  assert_fails(RUN({.data = values}), SUMI_INVALID_ARGUMENT, "null tensor");
  assert_fails(RUN({.tensor = sumi_tensor_of_number(2), .data = values}), SUMI_INVALID_ARGUMENT,
               "the number 2");
  assert_ok(RUN({.tensor = x, .data = values, .dims = SUMI_DIMS(4, 3)}));
  assert_fails(RUN({.tensor = x, .dims = SUMI_DIMS(4, 3)}), SUMI_INVALID_ARGUMENT, "NULL");
#undef RUN
  assert_fails(sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = free_shape, .data = values}),
                                .fetches = SUMI_FETCHES(GET(free_shape, &out))),
               SUMI_INVALID_ARGUMENT, "has to be given");
  sumi_array_unref(doubles), sumi_array_unref(result);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void fetches_that_cannot_be_are_refused(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new(), *other = sumi_graph_new();
  sumi_tensor_t c = sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){1, 2}));
  sumi_tensor_t foreign = sumi_scalar(other, SUMI_FLOAT32, 1);
  sumi_op_t *nothing = sumi_group(g, SUMI_OPS(c.op));
  sumi_session_t *s = sumi_session_new(g);
  float out[2];
  sumi_array_t *array = NULL;
  assert_fails(sumi_session_run(s, .fetches = SUMI_FETCHES(GET(c, out))), SUMI_INVALID_ARGUMENT,
               "has shape (2,), a scalar fetch takes one element");
  assert_fails(sumi_session_run(s, .fetches = SUMI_FETCHES(GET(foreign, out))),
               SUMI_INVALID_ARGUMENT, "another graph");
  assert_fails(sumi_session_run(s, .fetches = SUMI_FETCHES(GET(c, NULL))), SUMI_INVALID_ARGUMENT,
               "scalar and array are NULL");
  assert_fails(
      sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = c, .scalar = out, .array = &array})),
      SUMI_INVALID_ARGUMENT, "both");
  assert_fails(sumi_session_run(s, .fetches = SUMI_FETCHES(GET(sumi_output(c, 1), out))),
               SUMI_INVALID_ARGUMENT, "null tensor");
  const sumi_tensor_t no_output = {.op = nothing};
  assert_fails(sumi_session_run(s, .fetches = SUMI_FETCHES(GET(no_output, out))),
               SUMI_INVALID_ARGUMENT, "0 outputs");
  assert_fails(sumi_session_run(s, .targets = SUMI_OPS(foreign.op)), SUMI_INVALID_ARGUMENT,
               "another graph");
  assert_fails(sumi_session_run(s, .targets = SUMI_OPS(NULL)), SUMI_INVALID_ARGUMENT,
               "target 0 is NULL");
  assert_fails(sumi_session_run(s, .fetches = ((sumi_fetches_t){2, NULL})), SUMI_INVALID_ARGUMENT,
               "fetches");
  assert_fails(sumi_session_run(NULL), SUMI_INVALID_ARGUMENT, "session is NULL");
  assert_fails(sumi_session_value(s, c, NULL), SUMI_INVALID_ARGUMENT, "value is NULL");
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(nothing)));
  assert_ok(sumi_session_run(s));
  sumi_session_free(s);
  sumi_graph_free(g);
  sumi_graph_free(other);
}

static void a_refused_graph_is_reported_by_the_first_run(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t a = sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){1, 2}));
  sumi_tensor_t b = sumi_constant_f32(g, SUMI_DIMS(3), ((float[]){1, 2, 3}));
  sumi_tensor_t sum = sumi_add(a, b);
  sumi_session_t *s = sumi_session_new(g);
  float out;
  assert_fails(sumi_session_run(s, .fetches = SUMI_FETCHES(GET(sum, &out))), SUMI_INVALID_ARGUMENT,
               sumi_graph_message(g));
  assert_true(strlen(sumi_graph_message(g)) > 0);
  sumi_session_free(s);
  s = sumi_session_new(NULL);
  assert_fails(sumi_session_run(s), SUMI_INVALID_ARGUMENT, "graph is NULL");
  sumi_session_free(s);
  s = sumi_session_new(g, .disable_passes = "fold magic");
  sumi_session_free(s);
  sumi_graph_free(g);
  g = sumi_graph_new();
  s = sumi_session_new(g, .disable_passes = "fold magic");
  assert_fails(sumi_session_run(s), SUMI_INVALID_ARGUMENT, "'magic'");
  sumi_session_free(s);
  sumi_graph_free(g);
  sumi_session_free(NULL);
}

static void nodes_may_be_added_between_runs(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t a = sumi_scalar(g, SUMI_FLOAT32, 3);
  sumi_session_t *s = sumi_session_new(g);
  assert_near(number(s, a), 3, 0);
  for (int i = 0; i < 50; ++i) a = sumi_add(a, 1);
  assert_near(number(s, a), 53, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void plans_are_kept_by_shape(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1));
  sumi_tensor_t y = sumi_square(x);
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *out = NULL;
  float values[100];
  for (int i = 0; i < 100; ++i) values[i] = (float)i;
  for (int round = 0; round < 3; ++round)
    for (int n = 0; n < 3; ++n) {
      assert_ok(sumi_session_run(
          s, .feeds = SUMI_FEEDS({.tensor = x, .data = values, .dims = SUMI_DIMS(n * 10)}),
          .fetches = SUMI_FETCHES({.tensor = y, .array = &out})));
      assert_int_equal(sumi_array_count(out), n * 10);
      if (n) assert_near(sumi_array_get(out, n * 10 - 1), (n * 10 - 1) * (n * 10 - 1), 0);
    }
  assert_int_equal(sumi_session_stats(s).plans, 3);
  for (int n = 0; n < 100; ++n) /* more than are kept */
    assert_ok(sumi_session_run(
        s, .feeds = SUMI_FEEDS({.tensor = x, .data = values, .dims = SUMI_DIMS(n)}),
        .fetches = SUMI_FETCHES({.tensor = y, .array = &out})));
  assert_near(sumi_array_get(out, 98), 98 * 98, 0);
  sumi_array_unref(out);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void fetch_one(sumi_session_t *s, const sumi_tensor_t *x, int which) {
  assert_near(number(s, x[which]), which, 0);
}

/* 64 plans are kept (exec/plan/session.h). */
static void the_plan_that_has_not_run_for_longest_goes(void **state) {
  (void)state;
  enum { KEPT = 64 };
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x[KEPT + 1];
  for (int i = 0; i <= KEPT; ++i)
    x[i] = sumi_square(sumi_scalar(g, SUMI_FLOAT32, 1)), x[i] = sumi_mul(x[i], i);
  sumi_session_t *s = sumi_session_new(g);
  for (int i = 0; i < KEPT; ++i) fetch_one(s, x, i);
  fetch_one(s, x, 0); /* now 1 has waited longest */
  assert_int_equal(sumi_session_stats(s).plans, KEPT);
  fetch_one(s, x, KEPT);
  assert_int_equal(sumi_session_stats(s).plans, KEPT + 1);
  for (int i = 2; i <= KEPT; ++i) fetch_one(s, x, i);
  fetch_one(s, x, 0);
  assert_int_equal(sumi_session_stats(s).plans, KEPT + 1);
  fetch_one(s, x, 1);
  assert_int_equal(sumi_session_stats(s).plans, KEPT + 2);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void a_plan_can_be_read(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(4));
  sumi_tensor_t y = sumi_add(sumi_square(x), x, .name = "y");
  sumi_session_t *s = sumi_session_new(g);
  const float values[4] = {0};
  sumi_array_t *out = NULL;
  assert_ok(sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = x, .data = values}),
                             .fetches = SUMI_FETCHES({.tensor = y, .array = &out})));
  sumi_buffer_t text = {0};
  sumi_session_format_plan(s, &text);
  assert_non_null(strstr(sumi_buffer_text(&text), "fused Square 'Square' Add 'y'"));
  assert_non_null(strstr(sumi_buffer_text(&text), "float32 (4,) @"));
  assert_non_null(strstr(sumi_buffer_text(&text), "1 steps"));
  sumi_buffer_release(&text);
  sumi_array_unref(out);
  sumi_session_free(s);
  sumi_graph_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_run_computes_what_is_fetched),
      cmocka_unit_test(a_feed_replaces_any_tensor),
      cmocka_unit_test(an_array_fetch_reuses_the_callers_array),
      cmocka_unit_test(variables_keep_their_values_between_runs),
      cmocka_unit_test(reads_see_the_value_from_before_the_runs_updates),
      cmocka_unit_test(a_control_dependency_makes_a_read_see_the_update),
      cmocka_unit_test(updates_of_one_variable_run_in_the_order_of_the_graph),
      cmocka_unit_test(two_variables_can_be_swapped),
      cmocka_unit_test(targets_run_only_what_they_need),
      cmocka_unit_test(an_uninitialised_variable_is_named),
      cmocka_unit_test(an_unfed_placeholder_is_named_with_its_line),
      cmocka_unit_test(feeds_of_a_wrong_shape_or_dtype_are_refused),
      cmocka_unit_test(fetches_that_cannot_be_are_refused),
      cmocka_unit_test(a_refused_graph_is_reported_by_the_first_run),
      cmocka_unit_test(nodes_may_be_added_between_runs),
      cmocka_unit_test(plans_are_kept_by_shape),
      cmocka_unit_test(the_plan_that_has_not_run_for_longest_goes),
      cmocka_unit_test(a_plan_can_be_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
