/* Assertions: what holds, what does not with which text, and what is known before the run. The
 * texts are TensorFlow 1's. */
#include "sumi_test.h"

#include <stdlib.h>
#include <sumi/check_ops.h>
#include <sumi/constants.h>
#include <sumi/control.h>
#include <sumi/gradients.h>
#include <sumi/ops.h>
#include <sumi/session.h>

typedef struct run {
  sumi_graph_t *graph;
  sumi_session_t *session;
  sumi_tensor_t x, y, any;
} run_t;

static run_t begin(void) {
  run_t r = {.graph = sumi_graph_new()};
  r.x = sumi_placeholder(r.graph, SUMI_FLOAT32, .shape = SUMI_DIMS(-1), .name = "left");
  r.y = sumi_placeholder(r.graph, SUMI_FLOAT32, .shape = SUMI_DIMS(-1), .name = "right");
  r.any = sumi_placeholder(r.graph, SUMI_FLOAT32, .name = "any");
  r.session = sumi_session_new(r.graph, .threads = 1);
  return r;
}

static void end(run_t *r) {
  sumi_session_free(r->session);
  sumi_graph_free(r->graph);
}

static sumi_status_t try(const run_t *r, sumi_op_t *op, int count, const float *x, const float *y) {
  assert_ok(sumi_graph_status(r->graph));
  assert_non_null(op);
  const sumi_dims_t dims = SUMI_DIMS(count);
  return sumi_session_run(r->session, .targets = SUMI_OPS(op),
                          .feeds = SUMI_FEEDS({.tensor = r->x, .data = x, .dims = dims},
                                              {.tensor = r->y, .data = y, .dims = dims},
                                              {.tensor = r->any, .data = x, .dims = dims}));
}

static const float values[3][3] = {{1, 2, 3}, {1, 2.5F, 4}, {2, 3, 4}};

/* For x = {1, 2, 3} and the three ys: itself, equal or greater, greater. */
static void comparisons_are_of_all_elements(void **state) {
  (void)state;
  run_t r = begin();
  const struct {
    sumi_op_t *op;
    bool holds[3];
  } cases[] = {
      {sumi_assert_equal(r.x, r.y), {true, false, false}},
      {sumi_assert_none_equal(r.x, r.y), {false, false, true}},
      {sumi_assert_less(r.x, r.y), {false, false, true}},
      {sumi_assert_less_equal(r.x, r.y), {true, true, true}},
      {sumi_assert_greater(r.y, r.x), {false, false, true}},
      {sumi_assert_greater_equal(r.y, r.x), {true, true, true}},
      {sumi_assert_near(r.x, r.y, .atol = 1.25), {true, true, true}},
      {sumi_assert_near(r.x, r.y, .rtol = .2, .atol = .25), {true, true, false}},
      {sumi_assert_near(r.x, r.y), {true, false, false}},
      {sumi_assert_less(r.x, 3.5), {true, true, true}},
      {sumi_assert_less(r.y, 3.5), {true, false, false}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i)
    for (int k = 0; k < 3; ++k) {
      const sumi_status_t status = try(&r, cases[i].op, 3, values[0], values[k]);
      if (status != (cases[i].holds[k] ? SUMI_OK : SUMI_INVALID_ARGUMENT))
        fail_msg("case %zu, y %d: %s", i, k, sumi_status_name(status));
    }
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) /* of nothing, everything holds */
    assert_ok(try(&r, cases[i].op, 0, values[0], values[0]));
  end(&r);
}

static void signs(void **state) {
  (void)state;
  static const float xs[4] = {-1, 0, 1, NAN};
  run_t r = begin();
  const struct {
    sumi_op_t *op;
    bool holds[4];
  } cases[] = {
      {sumi_assert_positive(r.x), {false, false, true, false}},
      {sumi_assert_negative(r.x), {true, false, false, false}},
      {sumi_assert_non_negative(r.x), {false, true, true, false}},
      {sumi_assert_non_positive(r.x), {true, true, false, false}},
  };
  for (int i = 0; i < 4; ++i)
    for (int k = 0; k < 4; ++k)
      assert_int_equal(try(&r, cases[i].op, 1, &xs[k], &xs[k]) == SUMI_OK, cases[i].holds[k]);
  end(&r);
}

static void messages_show_what_was_compared(void **state) {
  (void)state;
  run_t r = begin();
  assert_fails(
      try(&r, sumi_assert_less(r.x, r.y, .message = "my message"), 3, values[2], values[0]),
      SUMI_INVALID_ARGUMENT,
      "[my message] [Condition x < y did not hold element-wise:] [x (left:0) = ] [2 3 4] "
      "[y (right:0) = ] [1 2 3]");
  assert_non_null(strstr(sumi_error_message(), "test_check_ops.c:"));
  assert_non_null(strstr(sumi_error_message(), "assert_less/Assert"));
  assert_fails(
      try(&r, sumi_assert_negative(r.x, .summarize = 2, .name = "cold"), 3, values[0], values[0]),
      SUMI_INVALID_ARGUMENT,
      "[Condition x < 0 did not hold element-wise:] [x (left:0) = ] [1 2...]");
  assert_non_null(strstr(sumi_error_message(), "'cold/Assert'"));
  assert_fails(
      try(&r, sumi_assert_near(r.x, r.y, .rtol = SUMI_ZERO, .atol = .5), 3, values[0], values[2]),
      SUMI_INVALID_ARGUMENT, "[x and y not equal to tolerance rtol = 0, atol = 0.5]");
  end(&r);
}

/* 299 letters of two bytes and one before them: no cut at a fixed byte would leave them whole. */
static void a_long_message_is_shown_whole(void **state) {
  (void)state;
  run_t r = begin();
  char message[600] = "x";
  for (int i = 0; i < 299; ++i) strcat(message, "\u00e9");
  assert_fails(try(&r, sumi_assert_less(r.x, r.y, .message = message), 3, values[2], values[0]),
               SUMI_INVALID_ARGUMENT, message);
  end(&r);
}

static void what_depends_on_them_runs_them(void **state) {
  (void)state;
  run_t r = begin();
  const sumi_tensor_t checked = sumi_with_dependencies(SUMI_OPS(sumi_assert_positive(r.x)), r.x);
  const sumi_tensor_t sum = sumi_reduce_sum(checked);
  float out = 0;
#define SUM(values)                                                                                \
  sumi_session_run(r.session,                                                                      \
                   .feeds = SUMI_FEEDS({.tensor = r.x, .data = values, .dims = SUMI_DIMS(3)}),     \
                   .fetches = SUMI_FETCHES({.tensor = sum, .scalar = &out}))
  static const float bad[3] = {1, -1, 1};
  assert_ok(SUM(values[0]));
  assert_near(out, 6, 0);
  assert_fails(SUM(bad), SUMI_INVALID_ARGUMENT, "Condition x > 0");
  end(&r);
}

static void ranks_are_known_before_or_looked_at(void **state) {
  (void)state;
  run_t r = begin();
  assert_ok(try(&r, sumi_assert_rank(r.x, 1), 3, values[0], values[0]));
  assert_ok(try(&r, sumi_assert_rank_at_least(r.x, 1), 3, values[0], values[0]));
  assert_ok(try(&r, sumi_assert_rank(r.any, 1), 3, values[0], values[0]));
  assert_ok(try(&r, sumi_assert_rank_at_least(r.any, 0), 3, values[0], values[0]));
  assert_fails(try(&r, sumi_assert_rank(r.any, 2), 3, values[0], values[0]), SUMI_INVALID_ARGUMENT,
               "[Tensor any:0 must have rank] [2] [Received shape: ] [3]");
  assert_fails(try(&r, sumi_assert_scalar(r.any), 3, values[0], values[0]), SUMI_INVALID_ARGUMENT,
               "must have rank] [0]");
  assert_fails(try(&r, sumi_assert_rank_at_least(r.any, 2), 3, values[0], values[0]),
               SUMI_INVALID_ARGUMENT, "must have rank at least] [2]");
  assert_null(sumi_assert_rank(r.x, 2));
  assert_int_equal(sumi_graph_status(r.graph), SUMI_INVALID_ARGUMENT);
  assert_non_null(strstr(sumi_graph_message(r.graph),
                         "tensor left:0 must have rank 2; received rank 1, shape (?,)"));
  assert_null(sumi_assert_equal(r.x, r.y)); /* the graph has refused */
  end(&r);
}

static void types_are_known(void **state) {
  (void)state;
  run_t r = begin();
  assert_ok(try(&r, sumi_assert_type(r.x, SUMI_FLOAT32), 3, values[0], values[0]));
  assert_ok(try(&r, sumi_assert_integer(sumi_cast(r.x, SUMI_UINT8)), 3, values[0], values[0]));
  assert_null(sumi_assert_integer(r.x));
  assert_non_null(strstr(sumi_graph_message(r.graph),
                         "tensor left:0 must be of type integer; received float32"));
  end(&r);
  r = begin();
  assert_null(sumi_assert_type(r.x, SUMI_INT32));
  assert_non_null(strstr(sumi_graph_message(r.graph), "must be of type int32; received float32"));
  end(&r);
  assert_null(sumi_assert_positive((sumi_tensor_t){0}));
}

/* Lines as TensorFlow's: the message, the elements of each in brackets. */
static void print_writes_to_the_sessions_stream(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1));
  const sumi_tensor_t shown = sumi_print(x, SUMI_TENSORS(sumi_square(x), sumi_shape(x)),
                                         .message = "seen:", .summarize = 2);
  const sumi_tensor_t y = sumi_reduce_sum(sumi_mul(shown, 3));
  sumi_tensor_t dx;
  assert_ok(sumi_gradients(SUMI_TENSORS(y), SUMI_TENSORS(x), &dx));
  char *text = NULL;
  size_t size;
  FILE *stream = open_memstream(&text, &size);
  sumi_session_t *s = sumi_session_new(g, .print = stream), *silent = sumi_session_new(g);
  const sumi_feeds_t feeds = SUMI_FEEDS({.tensor = x, .data = values[0], .dims = SUMI_DIMS(3)});
  float out = 0;
  for (int i = 0; i < 2; ++i) {
    assert_ok(sumi_session_run(s, .feeds = feeds,
                               .fetches = SUMI_FETCHES({.tensor = y, .scalar = &out})));
    assert_near(out, 18, 0);
  }
  assert_ok(sumi_session_run(silent, .feeds = feeds,
                             .fetches = SUMI_FETCHES({.tensor = y, .scalar = &out})));
  sumi_array_t *gradient = NULL;
  assert_ok(sumi_session_run(silent, .feeds = feeds,
                             .fetches = SUMI_FETCHES({.tensor = dx, .array = &gradient})));
  assert_near(sumi_array_get(gradient, 2), 3, 0);
  sumi_array_unref(gradient);
  fclose(stream);
  assert_string_equal(text, "seen: [1 4...] [3]\nseen: [1 4...] [3]\n");
  free(text);
  sumi_session_free(silent);
  sumi_session_free(s);
  sumi_graph_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(comparisons_are_of_all_elements),
      cmocka_unit_test(signs),
      cmocka_unit_test(messages_show_what_was_compared),
      cmocka_unit_test(a_long_message_is_shown_whole),
      cmocka_unit_test(what_depends_on_them_runs_them),
      cmocka_unit_test(ranks_are_known_before_or_looked_at),
      cmocka_unit_test(types_are_known),
      cmocka_unit_test(print_writes_to_the_sessions_stream),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
