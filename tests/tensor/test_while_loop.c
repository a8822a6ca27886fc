/* Loops: values by hand, gradients to the third order by hand, effects, memory, refusals. */
#include "graph_run.h"

#include <sumi/constants.h>
#include <sumi/control.h>
#include <sumi/control_flow.h>
#include <sumi/gradients.h>
#include <sumi/ops.h>
#include <sumi/random.h>
#include <sumi/trace.h>
#include <sumi/variables.h>

static sumi_tensor_t below_three(const sumi_tensor_t *v, void *data) {
  (void)data;
  return sumi_less(v[0], 3);
}

/* x becomes x * c. */
static void times(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  next[0] = sumi_add(v[0], 1);
  next[1] = sumi_mul(v[1], *(sumi_tensor_t *)data);
}

/* y = x c^3: dy/dx = c^3, dy/dc = 3 x c^2, d2y/dc2 = 6 x c, d2y/dxdc = 3 c^2, d3y/dc3 = 6 x. */
static void powers_have_gradients_to_the_third_order(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT32, 5), c = sumi_scalar(g, SUMI_FLOAT32, 2);
  sumi_tensor_t y[2];
  sumi_while_loop(below_three, times, &c, SUMI_TENSORS(sumi_scalar(g, SUMI_INT32, 0), x), y);
  sumi_session_t *s = sumi_session_new(g);
  assert_near(scalar_of(s, y[0]), 3, 0);
  assert_near(scalar_of(s, y[1]), 40, 0);
  sumi_tensor_t dx = gradient_of(y[1], x), dc = gradient_of(y[1], c);
  assert_near(scalar_of(s, dx), 8, 0);
  assert_near(scalar_of(s, dc), 60, 0);
  sumi_tensor_t dcc = gradient_of(dc, c), dxc = gradient_of(dx, c), dcx = gradient_of(dc, x);
  assert_near(scalar_of(s, dcc), 60, 0);
  assert_near(scalar_of(s, dxc), 12, 0);
  assert_near(scalar_of(s, dcx), 12, 0);
  assert_near(scalar_of(s, gradient_of(dcc, c)), 30, 0);
  assert_near(scalar_of(s, y[1]), 40, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static sumi_tensor_t below_hundred(const sumi_tensor_t *v, void *data) {
  (void)data;
  return sumi_less(sumi_reduce_max(v[0]), 100);
}

static void squared(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  (void)data;
  next[0] = sumi_square(v[0]);
}

/* How often it runs depends on the values: 2, 4, 16, 256 is x^8, and 101 runs not at all. */
static void the_number_of_iterations_follows_from_values(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT64), y;
  sumi_while_loop(below_hundred, squared, NULL, SUMI_TENSORS(x), &y);
  sumi_tensor_t dx = gradient_of(y, x), ddx = gradient_of(dx, x);
  sumi_session_t *s = sumi_session_new(g);
  const struct {
    double x, y, dx, ddx;
  } cases[] = {{2, 256, 8 * 128, 56 * 64}, {101, 101, 1, 0}, {10, 100, 20, 2}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    double got[3];
    assert_ok(sumi_session_run(
        s, .feeds = SUMI_FEEDS({.tensor = x, .data = &cases[i].x, .dims = SUMI_SCALAR}),
        .fetches = SUMI_FETCHES({.tensor = y, .scalar = &got[0]}, {.tensor = dx, .scalar = &got[1]},
                                {.tensor = ddx, .scalar = &got[2]})));
    assert_near(got[0], cases[i].y, 0);
    assert_near(got[1], cases[i].dx, 0);
    assert_near(got[2], cases[i].ddx, 0);
  }
  sumi_session_free(s);
  sumi_graph_free(g);
}

static sumi_tensor_t always(const sumi_tensor_t *v, void *data) {
  (void)data;
  return sumi_greater_equal(v[0], -1e30);
}

static void swapped(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  (void)data;
  next[0] = v[1];
  next[1] = v[0];
}

static void an_endless_loop_ends_at_its_maximum(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t a = sumi_scalar(g, SUMI_FLOAT32, 1), b = sumi_scalar(g, SUMI_FLOAT32, 2), y[2];
  sumi_while_loop(always, swapped, NULL, SUMI_TENSORS(a, b), y, .maximum_iterations = 3);
  sumi_session_t *s = sumi_session_new(g);
  assert_near(scalar_of(s, y[0]), 2, 0);
  assert_near(scalar_of(s, y[1]), 1, 0);
  assert_near(scalar_of(s, gradient_of(y[0], b)), 1, 0);
  assert_near(scalar_of(s, gradient_of(y[0], a)), 0, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* Two counters that meet after 5 iterations: the bound of neither stays. */
static sumi_tensor_t apart(const sumi_tensor_t *v, void *data) {
  (void)data;
  return sumi_less(v[0], v[1]);
}

static void nearer(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  next[0] = sumi_add(v[0], 1);
  next[1] = sumi_sub(v[1], 1);
  next[2] = sumi_mul(v[2], *(sumi_tensor_t *)data);
}

/* 0, 1, 3, 7, 15: the step is 1 in the first iteration only. */
static sumi_tensor_t below_ten(const sumi_tensor_t *v, void *data) {
  (void)data;
  return sumi_less(v[0], 10);
}

static void further(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  next[0] = sumi_add(v[0], v[1]);
  next[1] = sumi_mul(v[1], 2);
  next[2] = sumi_mul(v[2], *(sumi_tensor_t *)data);
}

/* y = x c^n: dy/dc = n x c^(n - 1). */
static void bounds_and_steps_that_change_say_nothing_of_the_iterations(void **state) {
  (void)state;
  const struct {
    sumi_loop_test_t test;
    sumi_loop_body_t body;
    int second, count;
  } cases[] = {{apart, nearer, 10, 5}, {below_ten, further, 1, 4}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT64, 3), c = sumi_scalar(g, SUMI_FLOAT64, 2), y[3];
    sumi_op_t *loop = sumi_while_loop(
        cases[i].test, cases[i].body, &c,
        SUMI_TENSORS(sumi_scalar(g, SUMI_INT32, 0), sumi_scalar(g, SUMI_INT32, cases[i].second), x),
        y);
    sumi_tensor_t count = sumi_op_output(loop, 0);
    sumi_session_t *s = sumi_session_new(g);
    assert_near(scalar_of(s, count), cases[i].count, 0);
    assert_near(scalar_of(s, sumi_add(count, 0)), cases[i].count, 0);
    assert_near(scalar_of(s, y[2]), 3 * pow(2, cases[i].count), 0);
    assert_near(scalar_of(s, gradient_of(y[2], c)), cases[i].count * 3 * pow(2, cases[i].count - 1),
                0);
    sumi_session_free(s);
    sumi_graph_free(g);
  }
}

/* A loop in each of three iterations of another, twice or, where its count is the outer one's, i
 * times in iteration i: what the outer one keeps of it then has three lengths. */
typedef struct inner {
  sumi_graph_t *graph;
  sumi_tensor_t c;
  bool triangle;
} inner_t;

static sumi_tensor_t below_bound(const sumi_tensor_t *v, void *data) {
  (void)data;
  return sumi_less(v[0], v[2]);
}

static void inner_body(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  const inner_t *inner = data;
  next[0] = sumi_add(v[0], 1);
  next[1] = sumi_mul(sumi_sin(v[1]), inner->c);
}

static void outer_body(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  const inner_t *inner = data;
  sumi_tensor_t bound = inner->triangle ? v[0] : sumi_scalar(inner->graph, SUMI_INT32, 2), y[3];
  sumi_while_loop(below_bound, inner_body, data,
                  SUMI_TENSORS(sumi_scalar(inner->graph, SUMI_INT32, 0), v[1], bound), y);
  next[0] = sumi_add(v[0], 1);
  next[1] = sumi_mul(y[1], v[1]);
}

/* The same by hand, in plain nodes. */
static sumi_tensor_t unrolled(sumi_tensor_t x, sumi_tensor_t c, bool triangle) {
  for (int i = 0; i < 3; ++i) {
    sumi_tensor_t y = x;
    for (int j = 0; j < (triangle ? i : 2); ++j) y = sumi_mul(sumi_sin(y), c);
    x = sumi_mul(y, x);
  }
  return x;
}

static void assert_loop_in_loop(bool triangle) {
  sumi_graph_t *g = sumi_graph_new();
  inner_t inner = {g, sumi_scalar(g, SUMI_FLOAT64, 1.5), triangle};
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT64, 0.7), y[2];
  sumi_while_loop(below_three, outer_body, &inner, SUMI_TENSORS(sumi_scalar(g, SUMI_INT32, 0), x),
                  y);
  sumi_tensor_t plain = unrolled(x, inner.c, triangle);
  sumi_session_t *s = sumi_session_new(g);
  assert_near(scalar_of(s, y[1]), scalar_of(s, plain), 1e-12);
  const sumi_tensor_t xs[] = {x, inner.c};
  for (int i = 0; i < 2; ++i) {
    sumi_tensor_t d = gradient_of(y[1], xs[i]), want = gradient_of(plain, xs[i]);
    assert_near(scalar_of(s, d), scalar_of(s, want), 1e-12);
    for (int k = 0; k < 2; ++k) {
      sumi_tensor_t dd = gradient_of(d, xs[k]), want_dd = gradient_of(want, xs[k]);
      assert_near(scalar_of(s, dd), scalar_of(s, want_dd), 1e-11);
      assert_near(scalar_of(s, gradient_of(dd, x)), scalar_of(s, gradient_of(want_dd, x)), 1e-10);
    }
  }
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void loops_in_loops_have_the_gradients_of_what_they_stand_for(void **state) {
  (void)state;
  assert_loop_in_loop(false);
}

static void inner_loops_may_run_as_often_as_they_like(void **state) {
  (void)state;
  assert_loop_in_loop(true);
}

typedef struct counting {
  sumi_graph_t *graph;
  sumi_tensor_t counter;
} counting_t;

/* The counter grows by one; what is carried grows by the counter. */
static void count(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  const counting_t *c = data;
  next[0] = sumi_add(v[0], 1);
  next[1] = sumi_add(v[1], sumi_assign_add(c->counter, sumi_scalar(c->graph, SUMI_FLOAT32, 1)));
}

static void a_loop_changes_variables_once_in_each_iteration(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  counting_t c = {
      g, sumi_get_variable(g, "counter", SUMI_SCALAR, .initializer = SUMI_ZEROS_INITIALIZER)};
  sumi_tensor_t y[2];
  sumi_op_t *loop = sumi_while_loop(
      below_three, count, &c,
      SUMI_TENSORS(sumi_scalar(g, SUMI_INT32, 0), sumi_scalar(g, SUMI_FLOAT32, 0)), y);
  assert_string_equal(sumi_op_type(loop), "While");
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(sumi_global_variables_initializer(g))));
  assert_near(scalar_of(s, y[1]), 1 + 2 + 3, 0);
  assert_near(scalar_of(s, c.counter), 3, 0);
  assert_near(scalar_of(s, y[1]), 4 + 5 + 6, 0);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(loop)));
  assert_near(scalar_of(s, c.counter), 9, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void draw(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  next[0] = sumi_add(v[0], 1);
  next[1] = sumi_random_uniform(data, SUMI_SHAPE(1));
  next[2] = sumi_add(v[2], sumi_abs(sumi_sub(next[1], v[1])));
}

static void random_numbers_are_drawn_anew_and_reproducibly(void **state) {
  (void)state;
  double first[2];
  for (int round = 0; round < 2; ++round) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_graph_set_seed(g, 7);
    sumi_tensor_t zero = sumi_constant_f32(g, SUMI_DIMS(1), ((float[]){0})), y[3];
    sumi_while_loop(below_three, draw, g, SUMI_TENSORS(sumi_scalar(g, SUMI_INT32, 0), zero, zero),
                    y);
    sumi_session_t *s = sumi_session_new(g);
    for (int run = 0; run < 2; ++run) {
      const double way = scalar_of(s, y[2]);
      if (round == 0) first[run] = way;
      assert_near(way, first[run], 0);
    }
    assert_true(first[0] != first[1]);
    sumi_session_free(s);
    sumi_graph_free(g);
  }
}

static void dense_step(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  const inner_t *c = data;
  next[0] = sumi_add(v[0], 1);
  next[1] = sumi_tanh(sumi_matmul(v[1], c->c));
}

/* A recurrent layer of three steps, with the gradient for its weights. */
static sumi_tensor_t recurrent(sumi_graph_t *g, sumi_tensor_t *dw) {
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(4, 4)), y[2];
  inner_t c = {.graph = g, .c = w};
  sumi_tensor_t x = sumi_random_normal(g, SUMI_SHAPE(2, 4));
  sumi_while_loop(below_three, dense_step, &c, SUMI_TENSORS(sumi_scalar(g, SUMI_INT32, 0), x), y);
  sumi_tensor_t loss = sumi_reduce_sum(sumi_square(y[1]));
  sumi_gradients(SUMI_TENSORS(loss), SUMI_TENSORS(w), dw);
  return loss;
}

static void a_loop_allocates_nothing_after_its_first_run(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t dw, loss = recurrent(g, &dw);
  sumi_tensor_t step = sumi_assign_sub(sumi_collection(g, SUMI_GLOBAL_VARIABLES).list[0], dw);
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(sumi_global_variables_initializer(g))));
  counting_allocator_install();
  int64_t requests = 0;
  for (int run = 0; run < 3; ++run) {
    float l;
    assert_ok(sumi_session_run(s, .targets = SUMI_OPS(step.op),
                               .fetches = SUMI_FETCHES({.tensor = loss, .scalar = &l})));
    if (run == 0) requests = counting_allocator_requests();
  }
  const int64_t later = counting_allocator_requests();
  counting_allocator_remove();
  sumi_session_free(s);
  sumi_graph_free(g);
  assert_int_equal(later, requests);
}

/* The inner value has the shape (n, 0), then (0, n), and no elements: slots that hold both would
 * have n^2, which four times are 2^65 bytes. */
static void empty_but_long(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  const inner_t *inner = data;
  sumi_tensor_t shape = sumi_gather(inner->c, sumi_add(v[0], 1));
  sumi_tensor_t z = sumi_fill(inner->graph, SUMI_TENSORS(shape),
                              sumi_scalar(inner->graph, SUMI_FLOAT64, 1));
  next[0] = sumi_add(v[0], 1);
  next[1] = sumi_add(v[1], sumi_reduce_sum(sumi_square(sumi_mul(z, v[1]))));
}

static void slots_beyond_any_memory_are_refused(void **state) {
  (void)state;
  const int n = 1 << 30;
  sumi_graph_t *g = sumi_graph_new();
  const int sizes[8] = {n, 0, 0, n};
  inner_t inner = {.graph = g, .c = sumi_constant_i32(g, SUMI_DIMS(4, 2), sizes)};
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT64, 3), y[2];
  sumi_while_loop(below_three, empty_but_long, &inner,
                  SUMI_TENSORS(sumi_scalar(g, SUMI_INT32, -1), x), y);
  sumi_session_t *s = sumi_session_new(g);
  assert_near(scalar_of(s, y[1]), 3, 0);
  sumi_array_t *dx = NULL;
  assert_fails(sumi_session_value(s, gradient_of(y[1], x), &dx), SUMI_RESOURCE_EXHAUSTED,
               "for what a loop stacks");
  assert_null(dx);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static sumi_status_t trained(const void *data) {
  (void)data;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t dw, l = recurrent(g, &dw);
  sumi_status_t status = sumi_graph_status(g);
  sumi_session_t *s = status == SUMI_OK ? sumi_session_new(g) : NULL;
  if (status == SUMI_OK && !s) status = SUMI_RESOURCE_EXHAUSTED;
  sumi_op_t *init = status == SUMI_OK ? sumi_global_variables_initializer(g) : NULL;
  if (status == SUMI_OK) status = sumi_session_run(s, .targets = SUMI_OPS(init));
  float loss;
  sumi_array_t *slope = NULL;
  if (status == SUMI_OK)
    status = sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = l, .scalar = &loss},
                                                         {.tensor = dw, .array = &slope}));
  sumi_array_unref(slope);
  sumi_session_free(s);
  sumi_graph_free(g);
  return status;
}

static void lack_of_memory_is_survived_wherever_it_strikes(void **state) {
  (void)state;
  assert_survives_lack_of_memory(trained, NULL, 3);
}

static sumi_tensor_t no_bool(const sumi_tensor_t *v, void *data) {
  (void)data;
  return v[0];
}

static void grown(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  (void)data;
  next[0] = sumi_concat(SUMI_TENSORS(v[0], v[0]), 0);
}

static void halved(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  (void)data;
  next[0] = sumi_cast(v[0], SUMI_FLOAT64);
}

static sumi_tensor_t leaked;

static void leaky(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  (void)data;
  next[0] = leaked = sumi_mul(v[0], 2);
}

static void what_cannot_be_is_refused_with_both_shapes(void **state) {
  (void)state;
  const struct {
    sumi_loop_test_t test;
    sumi_loop_body_t body;
    const char *message;
  } cases[] = {
      {no_bool, squared, "the test is float32 of shape (2,), not one bool"},
      {below_hundred, halved, "carried 0, 'x', is float32 and becomes float64 after an iteration"},
      {below_hundred, grown,
       "carried 0, 'x', has shape (4,) after an iteration, its invariant is (2,)"},
      {below_hundred, NULL, "the body is NULL"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){1, 2}), .name = "x"), y;
    assert_null(sumi_while_loop(cases[i].test, cases[i].body, NULL, SUMI_TENSORS(x), &y));
    assert_true(sumi_tensor_is_null(y));
    if (!strstr(sumi_graph_message(g), cases[i].message)) fail_msg("%s", sumi_graph_message(g));
    assert_non_null(strstr(sumi_graph_message(g), "test_while_loop.c:"));
    sumi_graph_free(g);
  }
}

static void what_is_made_inside_is_not_used_outside(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT32, 1), y;
  assert_non_null(sumi_while_loop(always, leaky, NULL, SUMI_TENSORS(x), &y));
  assert_true(sumi_tensor_is_null(sumi_add(leaked, y)));
  assert_non_null(strstr(sumi_graph_message(g), "was made in the branch or loop 'while/body/'"));
  sumi_graph_free(g);
}

/* The loop's own node stands for what is made inside. */
static void what_is_made_inside_is_not_run_from_outside(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT32, 1), y;
  assert_non_null(sumi_while_loop(always, leaky, NULL, SUMI_TENSORS(x), &y));
  sumi_session_t *s = sumi_session_new(g);
  const float fed = 3;
  float got;
  assert_fails(
      sumi_session_run(s, .targets = SUMI_OPS(leaked.op)), SUMI_INVALID_ARGUMENT,
      "target 0, 'while/body/Mul', was made in the branch or loop 'while/body/', whose node "
      "runs it");
  assert_fails(sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = leaked, .scalar = &got})),
               SUMI_INVALID_ARGUMENT, "fetch 0, 'while/body/Mul:0', was made in");
  assert_fails(sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = leaked, .data = &fed}),
                                .fetches = SUMI_FETCHES({.tensor = x, .scalar = &got})),
               SUMI_INVALID_ARGUMENT, "feed 0, 'while/body/Mul:0', was made in");
  sumi_session_free(s);
  sumi_control_begin(g, SUMI_OPS(leaked.op));
  assert_string_equal(sumi_graph_message(g),
                      "control input 0, 'while/body/Mul', was made in the branch or loop "
                      "'while/body/', whose node runs it");
  sumi_graph_free(g);
}

/* The list doubles: its invariant says so, and each of the two is four times in what it becomes. */
static sumi_tensor_t short_list(const sumi_tensor_t *v, void *data) {
  (void)data;
  return sumi_less(sumi_size(v[0]), 7);
}

static void shapes_may_change_where_the_invariant_allows_it(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){1, 2}), .name = "x"), y;
  const sumi_dims_t any = SUMI_DIMS(-1);
  sumi_while_loop(short_list, grown, NULL, SUMI_TENSORS(x), &y, .shape_invariants = &any);
  assert_string_equal(sumi_dims_text(sumi_tensor_dims(y)).text, "(?,)");
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *list = NULL;
  assert_ok(sumi_session_value(s, y, &list));
  assert_int_equal(sumi_dims_count(sumi_array_dims(list)), 8);
  assert_near(sumi_array_get(list, 7), 2, 0);
  sumi_array_unref(list);
  assert_ok(sumi_session_value(s, gradient_of(sumi_reduce_sum(y), x), &list));
  assert_int_equal(sumi_array_count(list), 2);
  for (int i = 0; i < 2; ++i) assert_near(sumi_array_get(list, i), 4, 0);
  sumi_array_unref(list);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void checked(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  (void)data;
  next[0] = sumi_add(v[0], 1);
  next[1] = sumi_gather(v[1], SUMI_T(v[0]));
  next[1] = sumi_add(v[1], next[1]);
}

static void a_failure_names_the_iteration_and_the_node(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){1, 2})), y[2];
  sumi_while_loop(below_three, checked, NULL, SUMI_TENSORS(sumi_scalar(g, SUMI_INT32, 0), x), y,
                  .name = "reading");
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *list = NULL;
  const sumi_status_t status = sumi_session_value(s, y[1], &list);
  assert_int_not_equal(status, SUMI_OK);
  const char *const texts[] = {"node 'reading' (StatelessWhile, ",
                               "iteration 2: node 'reading/body/"};
  for (int i = 0; i < 2; ++i)
    if (!strstr(sumi_error_message(), texts[i])) fail_msg("%s", sumi_error_message());
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* 1e20 and its square, which float32 has not. */
static void numerics_are_checked_inside(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_SCALAR), y[2];
  sumi_while_loop(below_three, times, &x, SUMI_TENSORS(sumi_scalar(g, SUMI_INT32, 0), x), y);
  sumi_tensor_t dx = gradient_of(y[1], x);
  sumi_session_t *s = sumi_session_new(g, .check_numerics = true);
  const float values[] = {2, 1e20F};
  float got;
  assert_ok(sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = x, .data = &values[0]}),
                             .fetches = SUMI_FETCHES({.tensor = dx, .scalar = &got})));
  assert_near(got, 4 * 8, 0);
  assert_fails(sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = x, .data = &values[1]}),
                                .fetches = SUMI_FETCHES({.tensor = dx, .scalar = &got})),
               SUMI_INVALID_ARGUMENT, "iteration 0: node 'while/body/Mul'");
  assert_non_null(strstr(sumi_error_message(), "output 0 is the first not finite, at element 0"));
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void a_trace_shows_a_loop_as_one_step(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_SCALAR), y[2];
  sumi_while_loop(below_three, times, &x, SUMI_TENSORS(sumi_scalar(g, SUMI_INT32, 0), x), y,
                  .name = "powers");
  sumi_session_t *s = sumi_session_new(g);
  sumi_trace_t *trace = sumi_trace_new();
  const float two = 2;
  float got;
  assert_ok(sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = x, .data = &two}),
                             .fetches = SUMI_FETCHES({.tensor = y[1], .scalar = &got}),
                             .trace = trace));
  assert_near(got, 16, 0);
  assert_int_equal(sumi_trace_count(trace), 1);
  const sumi_trace_step_t step = sumi_trace_at(trace, 0);
  assert_string_equal(sumi_op_name(step.op), "powers");
  assert_int_equal(step.node_count, 1);
  assert_int_equal(step.output_bytes, 4);
  sumi_trace_free(trace);
  sumi_session_free(s);
  sumi_graph_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(powers_have_gradients_to_the_third_order),
      cmocka_unit_test(the_number_of_iterations_follows_from_values),
      cmocka_unit_test(an_endless_loop_ends_at_its_maximum),
      cmocka_unit_test(bounds_and_steps_that_change_say_nothing_of_the_iterations),
      cmocka_unit_test(loops_in_loops_have_the_gradients_of_what_they_stand_for),
      cmocka_unit_test(inner_loops_may_run_as_often_as_they_like),
      cmocka_unit_test(a_loop_changes_variables_once_in_each_iteration),
      cmocka_unit_test(random_numbers_are_drawn_anew_and_reproducibly),
      cmocka_unit_test(a_loop_allocates_nothing_after_its_first_run),
      cmocka_unit_test(slots_beyond_any_memory_are_refused),
      cmocka_unit_test(lack_of_memory_is_survived_wherever_it_strikes),
      cmocka_unit_test(what_cannot_be_is_refused_with_both_shapes),
      cmocka_unit_test(what_is_made_inside_is_not_used_outside),
      cmocka_unit_test(what_is_made_inside_is_not_run_from_outside),
      cmocka_unit_test(shapes_may_change_where_the_invariant_allows_it),
      cmocka_unit_test(numerics_are_checked_inside),
      cmocka_unit_test(a_trace_shows_a_loop_as_one_step),
      cmocka_unit_test(a_failure_names_the_iteration_and_the_node),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
