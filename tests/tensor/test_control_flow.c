/* Branches and loops: values by hand, gradients to the second order by hand, effects, refusals. */
#include "sumi_test.h"

#include <sumi/constants.h>
#include <sumi/control.h>
#include <sumi/control_flow.h>
#include <sumi/gradients.h>
#include <sumi/ops.h>
#include <sumi/random.h>
#include <sumi/session.h>
#include <sumi/variables.h>

static double value(sumi_session_t *session, sumi_tensor_t tensor) {
  sumi_array_t *array = NULL;
  assert_ok(sumi_session_value(session, tensor, &array));
  const double number = sumi_array_get(array, 0);
  sumi_array_unref(array);
  return number;
}

static sumi_tensor_t gradient(sumi_tensor_t y, sumi_tensor_t x) {
  sumi_tensor_t dx;
  assert_ok(sumi_gradients(SUMI_TENSORS(y), SUMI_TENSORS(x), &dx));
  return dx;
}

/* ---- Loops ---- */

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
  assert_near(value(s, y[0]), 3, 0);
  assert_near(value(s, y[1]), 40, 0);
  sumi_tensor_t dx = gradient(y[1], x), dc = gradient(y[1], c);
  assert_near(value(s, dx), 8, 0);
  assert_near(value(s, dc), 60, 0);
  sumi_tensor_t dcc = gradient(dc, c), dxc = gradient(dx, c), dcx = gradient(dc, x);
  assert_near(value(s, dcc), 60, 0);
  assert_near(value(s, dxc), 12, 0);
  assert_near(value(s, dcx), 12, 0);
  assert_near(value(s, gradient(dcc, c)), 30, 0);
  assert_near(value(s, y[1]), 40, 0);
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
  sumi_tensor_t dx = gradient(y, x), ddx = gradient(dx, x);
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
  assert_near(value(s, y[0]), 2, 0);
  assert_near(value(s, y[1]), 1, 0);
  assert_near(value(s, gradient(y[0], b)), 1, 0);
  assert_near(value(s, gradient(y[0], a)), 0, 0);
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
    assert_near(value(s, count), cases[i].count, 0);
    assert_near(value(s, sumi_add(count, 0)), cases[i].count, 0);
    assert_near(value(s, y[2]), 3 * pow(2, cases[i].count), 0);
    assert_near(value(s, gradient(y[2], c)), cases[i].count * 3 * pow(2, cases[i].count - 1), 0);
    sumi_session_free(s);
    sumi_graph_free(g);
  }
}

/* sum over i < 3 of sum over j < 2 of (x c^j), carried outside: x (1 + c) three times. */
static sumi_tensor_t below_two(const sumi_tensor_t *v, void *data) {
  (void)data;
  return sumi_less(v[0], 2);
}

typedef struct inner {
  sumi_graph_t *graph;
  sumi_tensor_t c;
} inner_t;

static void inner_body(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  const inner_t *inner = data;
  next[0] = sumi_add(v[0], 1);
  next[1] = sumi_mul(sumi_sin(v[1]), inner->c);
}

static void outer_body(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  inner_t *inner = data;
  sumi_tensor_t y[2];
  sumi_while_loop(below_two, inner_body, data,
                  SUMI_TENSORS(sumi_scalar(inner->graph, SUMI_INT32, 0), v[1]), y);
  next[0] = sumi_add(v[0], 1);
  next[1] = sumi_mul(y[1], v[1]);
}

/* The same by hand, in plain nodes. */
static sumi_tensor_t unrolled(sumi_tensor_t x, sumi_tensor_t c) {
  for (int i = 0; i < 3; ++i) {
    sumi_tensor_t y = x;
    for (int j = 0; j < 2; ++j) y = sumi_mul(sumi_sin(y), c);
    x = sumi_mul(y, x);
  }
  return x;
}

static void loops_in_loops_have_the_gradients_of_what_they_stand_for(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  inner_t inner = {g, sumi_scalar(g, SUMI_FLOAT64, 1.5)};
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT64, 0.7), y[2];
  sumi_while_loop(below_three, outer_body, &inner, SUMI_TENSORS(sumi_scalar(g, SUMI_INT32, 0), x),
                  y);
  sumi_tensor_t plain = unrolled(x, inner.c);
  sumi_session_t *s = sumi_session_new(g);
  assert_near(value(s, y[1]), value(s, plain), 1e-12);
  const sumi_tensor_t xs[] = {x, inner.c};
  for (int i = 0; i < 2; ++i) {
    sumi_tensor_t d = gradient(y[1], xs[i]), want = gradient(plain, xs[i]);
    assert_near(value(s, d), value(s, want), 1e-12);
    for (int k = 0; k < 2; ++k)
      assert_near(value(s, gradient(d, xs[k])), value(s, gradient(want, xs[k])), 1e-11);
  }
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* The inner loop runs i times in iteration i, so what the outer one keeps of it has three lengths.
 */
static sumi_tensor_t below_outer(const sumi_tensor_t *v, void *data) {
  (void)data;
  return sumi_less(v[0], v[2]);
}

static void triangle_inner(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  const inner_t *inner = data;
  next[0] = sumi_add(v[0], 1);
  next[1] = sumi_mul(sumi_sin(v[1]), inner->c);
}

static void triangle_outer(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  const inner_t *inner = data;
  sumi_tensor_t y[3];
  sumi_while_loop(below_outer, triangle_inner, data,
                  SUMI_TENSORS(sumi_scalar(inner->graph, SUMI_INT32, 0), v[1], v[0]), y);
  next[0] = sumi_add(v[0], 1);
  next[1] = sumi_mul(y[1], v[1]);
}

static sumi_tensor_t unrolled_triangle(sumi_tensor_t x, sumi_tensor_t c) {
  for (int i = 0; i < 3; ++i) {
    sumi_tensor_t y = x;
    for (int j = 0; j < i; ++j) y = sumi_mul(sumi_sin(y), c);
    x = sumi_mul(y, x);
  }
  return x;
}

static void inner_loops_may_run_as_often_as_they_like(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  inner_t inner = {g, sumi_scalar(g, SUMI_FLOAT64, 1.5)};
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT64, 0.7), y[2];
  sumi_while_loop(below_three, triangle_outer, &inner,
                  SUMI_TENSORS(sumi_scalar(g, SUMI_INT32, 0), x), y);
  sumi_tensor_t plain = unrolled_triangle(x, inner.c);
  sumi_session_t *s = sumi_session_new(g);
  assert_near(value(s, y[1]), value(s, plain), 1e-12);
  const sumi_tensor_t xs[] = {x, inner.c};
  for (int i = 0; i < 2; ++i) {
    sumi_tensor_t d = gradient(y[1], xs[i]), want = gradient(plain, xs[i]);
    assert_near(value(s, d), value(s, want), 1e-12);
    for (int k = 0; k < 2; ++k) {
      sumi_tensor_t dd = gradient(d, xs[k]), want_dd = gradient(want, xs[k]);
      assert_near(value(s, dd), value(s, want_dd), 1e-11);
      assert_near(value(s, gradient(dd, x)), value(s, gradient(want_dd, x)), 1e-10);
    }
  }
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* ---- Loops over elements ---- */

/* a becomes a x + c; the stack has a^2. */
static void horner(const sumi_tensor_t *carried, const sumi_tensor_t *elements, sumi_tensor_t *next,
                   sumi_tensor_t *stacked, void *data) {
  (void)data;
  next[0] = sumi_add(sumi_mul(carried[0], elements[0]), elements[1]);
  stacked[0] = sumi_square(carried[0]);
}

/* The same in plain nodes: the sum of stack and last value. */
static sumi_tensor_t plain_horner(sumi_tensor_t a, sumi_tensor_t x, sumi_tensor_t c, bool reverse) {
  sumi_tensor_t sum = sumi_mul(a, 0);
  for (int k = 0; k < 3; ++k) {
    const int i = reverse ? 2 - k : k;
    sum = sumi_add(sum, sumi_mul(sumi_square(a), i + 1));
    a = sumi_add(sumi_mul(a, sumi_gather(x, i)), sumi_gather(c, i));
  }
  return sumi_add(sum, a);
}

static void a_scan_has_the_gradients_of_what_it_stands_for(void **state) {
  (void)state;
  for (int reverse = 0; reverse < 2; ++reverse) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t a = sumi_scalar(g, SUMI_FLOAT64, 0.5), last, squares;
    sumi_tensor_t x = sumi_constant_f64(g, SUMI_DIMS(3), ((double[]){1.5, -0.7, 0.9}));
    sumi_tensor_t c = sumi_constant_f64(g, SUMI_DIMS(3), ((double[]){0.2, 0.4, -1.1}));
    sumi_scan(horner, NULL, SUMI_TENSORS(x, c), SUMI_TENSORS(a), &last, .stack_count = 1,
              .stacks = &squares, .reverse = reverse);
    assert_string_equal(sumi_graph_message(g), "");
    assert_string_equal(sumi_dims_text(sumi_tensor_dims(squares)).text, "(3,)");
    sumi_tensor_t weights = sumi_constant_f64(g, SUMI_DIMS(3), ((double[]){1, 2, 3}));
    sumi_tensor_t y = sumi_add(sumi_reduce_sum(sumi_mul(squares, weights)), last);
    sumi_tensor_t plain = plain_horner(a, x, c, reverse);
    sumi_session_t *s = sumi_session_new(g);
    assert_near(value(s, y), value(s, plain), 1e-12);
    const sumi_tensor_t xs[] = {a, x, c};
    for (int i = 0; i < 3; ++i) {
      /* The squares keep the second derivative from being constant. */
      sumi_tensor_t d = sumi_reduce_sum(sumi_square(gradient(y, xs[i])));
      sumi_tensor_t want = sumi_reduce_sum(sumi_square(gradient(plain, xs[i])));
      assert_near(value(s, d), value(s, want), 1e-12);
      for (int k = 0; k < 3; ++k)
        assert_near(value(s, sumi_reduce_sum(sumi_square(gradient(d, xs[k])))),
                    value(s, sumi_reduce_sum(sumi_square(gradient(want, xs[k])))), 1e-9);
    }
    sumi_session_free(s);
    sumi_graph_free(g);
  }
}

static void squares(const sumi_tensor_t *carried, const sumi_tensor_t *elements,
                    sumi_tensor_t *next, sumi_tensor_t *stacked, void *data) {
  (void)carried, (void)next, (void)data;
  stacked[0] = sumi_square(elements[0]);
}

/* Shapes that a run tells: two rows, then none. */
static void a_map_over_any_number_of_rows(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 2)), y;
  sumi_scan(squares, NULL, SUMI_TENSORS(x), SUMI_LIST(0, NULL), NULL, .stack_count = 1,
            .stacks = &y);
  assert_string_equal(sumi_dims_text(sumi_tensor_dims(y)).text, "(?, 2)");
  sumi_tensor_t dx = gradient(y, x);
  sumi_session_t *s = sumi_session_new(g);
  const float rows[] = {1, 2, 3, 4};
  for (int count = 2; count >= 0; count -= 2) {
    sumi_array_t *got[2] = {NULL, NULL};
    assert_ok(sumi_session_run(
        s, .feeds = SUMI_FEEDS({.tensor = x, .data = rows, .dims = SUMI_DIMS(count, 2)}),
        .fetches = SUMI_FETCHES({.tensor = y, .array = &got[0]},
                                {.tensor = dx, .array = &got[1]})));
    for (int i = 0; i < 2; ++i) {
      assert_true(sumi_dims_equal(sumi_array_dims(got[i]), SUMI_DIMS(count, 2)));
      for (int k = 0; k < 2 * count; ++k)
        assert_near(sumi_array_get(got[i], k), i ? 2 * rows[k] : rows[k] * rows[k], 0);
      sumi_array_unref(got[i]);
    }
  }
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void lists_of_different_lengths_are_refused(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){1, 2}));
  sumi_tensor_t c = sumi_constant_f32(g, SUMI_DIMS(3), ((float[]){1, 2, 3}), .name = "c");
  sumi_tensor_t last, all;
  assert_null(sumi_scan(horner, NULL, SUMI_TENSORS(x, c), SUMI_TENSORS(0), &last, .stack_count = 1,
                        .stacks = &all));
  assert_non_null(strstr(sumi_graph_message(g),
                         "list 1, 'c', is float32 of shape (3,), list 0 has 2 elements"));
  sumi_graph_free(g);
}

/* ---- Effects ---- */

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
  assert_near(value(s, y[1]), 1 + 2 + 3, 0);
  assert_near(value(s, c.counter), 3, 0);
  assert_near(value(s, y[1]), 4 + 5 + 6, 0);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(loop)));
  assert_near(value(s, c.counter), 9, 0);
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
      const double way = value(s, y[2]);
      if (round == 0) first[run] = way;
      assert_near(way, first[run], 0);
    }
    assert_true(first[0] != first[1]);
    sumi_session_free(s);
    sumi_graph_free(g);
  }
}

/* ---- Branches ---- */

typedef struct branches {
  sumi_tensor_t x, counter;
} branches_t;

static void then_square(sumi_graph_t *g, sumi_tensor_t *results, void *data) {
  const branches_t *b = data;
  (void)g;
  results[0] = sumi_mul(sumi_square(b->x), b->x);
  results[1] = SUMI_T(1);
}

static void else_count(sumi_graph_t *g, sumi_tensor_t *results, void *data) {
  const branches_t *b = data;
  results[0] = sumi_mul(b->x, 4);
  results[1] = sumi_assign_add(b->counter, sumi_scalar(g, SUMI_FLOAT32, 10));
}

static void only_the_branch_that_is_taken_runs(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t which = sumi_placeholder(g, SUMI_BOOL, .shape = SUMI_SCALAR);
  branches_t b = {
      sumi_scalar(g, SUMI_FLOAT32, 3),
      sumi_get_variable(g, "counter", SUMI_SCALAR, .initializer = SUMI_ZEROS_INITIALIZER)};
  sumi_tensor_t y[2];
  sumi_cond(which, then_square, else_count, &b, 2, y);
  sumi_tensor_t dx = gradient(y[0], b.x), ddx = gradient(dx, b.x);
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(sumi_global_variables_initializer(g))));
  const float want[2][4] = {{12, 10, 4, 0}, {27, 1, 27, 18}};
  for (int taken = 1; taken >= 0; --taken) {
    bool flag = taken;
    float got[4];
    assert_ok(sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = which, .data = &flag}),
                               .fetches = SUMI_FETCHES({.tensor = y[0], .scalar = &got[0]},
                                                       {.tensor = y[1], .scalar = &got[1]},
                                                       {.tensor = dx, .scalar = &got[2]},
                                                       {.tensor = ddx, .scalar = &got[3]})));
    for (int i = 0; i < 4; ++i) assert_near(got[i], want[taken][i], 0);
    assert_near(value(s, b.counter), taken ? 0 : 10, 0);
  }
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void ten_times(sumi_graph_t *g, sumi_tensor_t *results, void *data) {
  (void)g;
  results[0] = sumi_mul(*(sumi_tensor_t *)data, 10);
}

static void cubed(sumi_graph_t *g, sumi_tensor_t *results, void *data) {
  const sumi_tensor_t x = *(sumi_tensor_t *)data;
  (void)g;
  results[0] = sumi_mul(sumi_square(x), x);
}

static void negated(sumi_graph_t *g, sumi_tensor_t *results, void *data) {
  (void)g;
  results[0] = sumi_neg(*(sumi_tensor_t *)data);
}

/* Below 1 ten times, below 5 cubed, else negated: value, slope, its slope. */
static void the_first_case_that_is_true_counts(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_SCALAR), y;
  const sumi_case_t cases[] = {{sumi_less(x, 1), ten_times}, {sumi_less(x, 5), cubed}};
  sumi_case(2, cases, negated, &x, 1, &y);
  sumi_tensor_t dx = gradient(y, x), ddx = gradient(dx, x);
  sumi_session_t *s = sumi_session_new(g);
  const float want[3][4] = {{-2, -20, 10, 0}, {3, 27, 27, 18}, {7, -7, -1, 0}};
  for (int i = 0; i < 3; ++i) {
    float got[3];
    assert_ok(sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = x, .data = &want[i][0]}),
                               .fetches = SUMI_FETCHES({.tensor = y, .scalar = &got[0]},
                                                       {.tensor = dx, .scalar = &got[1]},
                                                       {.tensor = ddx, .scalar = &got[2]})));
    for (int k = 0; k < 3; ++k) assert_near(got[k], want[i][k + 1], 0);
  }
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void cases_without_a_case_or_with_bad_options_are_refused(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT32, 1), y = x;
  assert_null(sumi_case(0, NULL, negated, &x, 1, &y));
  assert_string_equal(sumi_error_message(), "sumi_case: 0 cases; 1 or more are needed");
  assert_true(sumi_tensor_is_null(y));
  const sumi_case_t cases[] = {{sumi_less(x, 1), ten_times}};
  const sumi_cond_options_t none = {.name = "unread"}; /* its struct_size is 0 */
  y = x;
  assert_null(sumi_case_with(SUMI_HERE, 1, cases, negated, &x, 1, &y, &none));
  assert_true(sumi_tensor_is_null(y));
  assert_non_null(strstr(sumi_graph_message(g), "struct_size"));
  sumi_graph_free(g);
}

/* ---- Memory ---- */

static void dense_step(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  const inner_t *c = data;
  next[0] = sumi_add(v[0], 1);
  next[1] = sumi_tanh(sumi_matmul(v[1], c->c));
}

/* A recurrent layer of three steps, with the gradient for its weights. */
static sumi_tensor_t recurrent(sumi_graph_t *g, sumi_tensor_t *dw) {
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(4, 4)), y[2];
  inner_t c = {g, w};
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
  inner_t inner = {g, sumi_constant_i32(g, SUMI_DIMS(4, 2), ((int[]){n, 0, 0, n, 0, 0, 0, 0}))};
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT64, 3), y[2];
  sumi_while_loop(below_three, empty_but_long, &inner,
                  SUMI_TENSORS(sumi_scalar(g, SUMI_INT32, -1), x), y);
  sumi_session_t *s = sumi_session_new(g);
  assert_near(value(s, y[1]), 3, 0);
  sumi_array_t *dx = NULL;
  assert_fails(sumi_session_value(s, gradient(y[1], x), &dx), SUMI_RESOURCE_EXHAUSTED,
               "for what a loop stacks");
  assert_null(dx);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static sumi_status_t build_and_run(float *loss) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t dw, l = recurrent(g, &dw);
  sumi_status_t status = sumi_graph_status(g);
  sumi_session_t *s = status == SUMI_OK ? sumi_session_new(g) : NULL;
  if (status == SUMI_OK && !s) status = SUMI_RESOURCE_EXHAUSTED;
  sumi_op_t *init = status == SUMI_OK ? sumi_global_variables_initializer(g) : NULL;
  if (status == SUMI_OK) status = sumi_session_run(s, .targets = SUMI_OPS(init));
  sumi_array_t *slope = NULL;
  if (status == SUMI_OK)
    status = sumi_session_run(
        s, .fetches = SUMI_FETCHES({.tensor = l, .scalar = loss}, {.tensor = dw, .array = &slope}));
  sumi_array_unref(slope);
  sumi_session_free(s);
  sumi_graph_free(g);
  return status;
}

static void lack_of_memory_is_survived_wherever_it_strikes(void **state) {
  (void)state;
  float loss;
  assert_ok(build_and_run(&loss)); /* what the process keeps is there */
  counting_allocator_install();
  bool reached = true;
  int failures = 0;
  for (int64_t nth = 1; reached; nth += nth < 40 ? 1 : 3) {
    const int64_t before = counting_allocator_requests();
    counting_allocator_fail_at(nth);
    const sumi_status_t status = build_and_run(&loss);
    reached = counting_allocator_requests() - before >= nth;
    counting_allocator_fail_at(0);
    failures += status != SUMI_OK;
    if (status != SUMI_OK) assert_int_equal(status, SUMI_RESOURCE_EXHAUSTED);
    assert_int_equal(counting_allocator_live(), 0);
  }
  counting_allocator_remove();
  assert_true(failures > 20);
}

/* ---- Refusals ---- */

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

static void nothing(sumi_graph_t *g, sumi_tensor_t *results, void *data) {
  (void)g, (void)results, (void)data;
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
    assert_non_null(strstr(sumi_graph_message(g), "test_control_flow.c:"));
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

static void branches_have_the_same_results(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t y;
  assert_null(sumi_cond(sumi_scalar(g, SUMI_BOOL, 1), nothing, nothing, NULL, 1, &y));
  assert_non_null(strstr(sumi_graph_message(g), "result 0 of the true branch is the null tensor"));
  sumi_graph_free(g);
}

/* The list doubles: its invariant says so, and its sum has a gradient of ones. */
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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(powers_have_gradients_to_the_third_order),
      cmocka_unit_test(the_number_of_iterations_follows_from_values),
      cmocka_unit_test(an_endless_loop_ends_at_its_maximum),
      cmocka_unit_test(bounds_and_steps_that_change_say_nothing_of_the_iterations),
      cmocka_unit_test(loops_in_loops_have_the_gradients_of_what_they_stand_for),
      cmocka_unit_test(inner_loops_may_run_as_often_as_they_like),
      cmocka_unit_test(a_scan_has_the_gradients_of_what_it_stands_for),
      cmocka_unit_test(a_map_over_any_number_of_rows),
      cmocka_unit_test(lists_of_different_lengths_are_refused),
      cmocka_unit_test(a_loop_changes_variables_once_in_each_iteration),
      cmocka_unit_test(random_numbers_are_drawn_anew_and_reproducibly),
      cmocka_unit_test(only_the_branch_that_is_taken_runs),
      cmocka_unit_test(the_first_case_that_is_true_counts),
      cmocka_unit_test(cases_without_a_case_or_with_bad_options_are_refused),
      cmocka_unit_test(a_loop_allocates_nothing_after_its_first_run),
      cmocka_unit_test(slots_beyond_any_memory_are_refused),
      cmocka_unit_test(lack_of_memory_is_survived_wherever_it_strikes),
      cmocka_unit_test(what_cannot_be_is_refused_with_both_shapes),
      cmocka_unit_test(what_is_made_inside_is_not_used_outside),
      cmocka_unit_test(what_is_made_inside_is_not_run_from_outside),
      cmocka_unit_test(branches_have_the_same_results),
      cmocka_unit_test(shapes_may_change_where_the_invariant_allows_it),
      cmocka_unit_test(a_failure_names_the_iteration_and_the_node),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
