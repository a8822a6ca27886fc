/* Plans: what each pass does, and that switching it off changes nothing but the cost. */
#include "sumi_test.h"

#include "exec/plan/session.h"

#include <sumi/constants.h>
#include <sumi/control.h>
#include <sumi/ops.h>
#include <sumi/session.h>

#include <stdlib.h>

static const char *const all_passes[] = {
    "", "fold", "cse", "fuse", "arena", "order", "simplify", "fold simplify cse fuse arena order"};
enum { PASS_SETS = sizeof all_passes / sizeof *all_passes };

static float noise(int i) { /* any numbers */
  return (float)((i * 7919 % 1009) - 504) / 97.0f;
}

/* An expression with broadcasts of every kind, several uses and several results. */
typedef struct net {
  sumi_graph_t *graph;
  sumi_tensor_t x, out[4];
} net_t;

static net_t make_net(int columns) {
  net_t n = {.graph = sumi_graph_new()};
  sumi_graph_t *g = n.graph;
  n.x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, columns));
  float *bias = malloc((size_t)columns * sizeof *bias);
  for (int i = 0; i < columns; ++i) bias[i] = noise(i + 5);
  sumi_tensor_t b = sumi_constant_f32(g, SUMI_DIMS(columns), bias);
  free(bias);
  sumi_tensor_t h = sumi_tanh(sumi_add(sumi_mul(n.x, 0.37), b));
  sumi_tensor_t column = sumi_slice(n.x, SUMI_SHAPE(0, 0), SUMI_SHAPE(-1, 1)); /* [?, 1] */
  sumi_tensor_t scaled = sumi_sub(sumi_mul(h, column), sumi_exp(sumi_minimum(n.x, 2)));
  n.out[0] = scaled;
  n.out[1] = sumi_add(sumi_square(scaled), sumi_mul(sumi_add(n.x, b), h));
  n.out[2] = sumi_add(sumi_exp(sumi_minimum(n.x, 2)),
                      sumi_add(sumi_constant_f32(g, SUMI_SCALAR, ((float[]){2})), 3));
  n.out[3] = sumi_cast(sumi_greater(h, 0), SUMI_FLOAT64);
  return n;
}

static void run_net(const net_t *n, sumi_session_t *s, int rows, int columns,
                    sumi_array_t *out[4]) {
  float *values = malloc(sizeof *values * (size_t)(rows * columns + 1));
  for (int i = 0; i < rows * columns; ++i) values[i] = noise(i);
  assert_ok(sumi_session_run(
      s, .feeds = SUMI_FEEDS({.tensor = n->x, .data = values, .dims = SUMI_DIMS(rows, columns)}),
      .fetches = SUMI_FETCHES(
          {.tensor = n->out[0], .array = &out[0]}, {.tensor = n->out[1], .array = &out[1]},
          {.tensor = n->out[2], .array = &out[2]}, {.tensor = n->out[3], .array = &out[3]})));
  free(values);
}

static void release(sumi_array_t *out[4]) {
  for (int i = 0; i < 4; ++i) {
    sumi_array_unref(out[i]);
    out[i] = NULL;
  }
}

static void assert_same_bits(sumi_array_t *const a[4], sumi_array_t *const b[4]) {
  for (int i = 0; i < 4; ++i) {
    assert_int_equal(sumi_array_size_bytes(a[i]), sumi_array_size_bytes(b[i]));
    assert_memory_equal(sumi_array_data(a[i]), sumi_array_data(b[i]), sumi_array_size_bytes(a[i]));
  }
}

static const int shapes[][2] = {{1, 1},   {3, 1},    {1, 5},     {7, 3},     {100, 10}, {64, 64},
                                {333, 7}, {5, 5000}, {3000, 10}, {700, 130}, {0, 4}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* The reference: libm in double, broadcasting spelled out. */
static void results_are_those_of_the_formula(void **state) {
  (void)state;
  for (int k = 0; k < SHAPES; ++k) {
    const int rows = shapes[k][0], columns = shapes[k][1];
    net_t n = make_net(columns);
    sumi_session_t *s = sumi_session_new(n.graph, .threads = 2);
    sumi_array_t *out[4] = {0};
    run_net(&n, s, rows, columns, out);
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < columns; ++c) {
        const int i = r * columns + c;
        const double x = noise(i), b = noise(c + 5), h = tanh(x * 0.37f + b);
        const double e = exp(x < 2 ? x : 2), scaled = h * noise(r * columns) - e;
        assert_near(sumi_array_get(out[0], i), scaled, 2e-5 * (1 + fabs(scaled)));
        assert_near(sumi_array_get(out[1], i), scaled * scaled + (x + b) * h,
                    5e-5 * (1 + scaled * scaled));
        assert_near(sumi_array_get(out[2], i), e + 5, 1e-5 * (e + 5));
        assert_near(sumi_array_get(out[3], i), h > 0, 0);
      }
    release(out);
    sumi_session_free(s);
    sumi_graph_free(n.graph);
  }
}

static void passes_and_threads_change_no_bit(void **state) {
  (void)state;
  for (int k = 0; k < SHAPES; ++k) {
    const int rows = shapes[k][0], columns = shapes[k][1];
    net_t n = make_net(columns);
    sumi_array_t *expected[4] = {0};
    for (int pass = 0; pass < PASS_SETS; ++pass)
      for (int threads = 1; threads <= 3; ++threads) {
        sumi_session_t *s = sumi_session_new(n.graph, .threads = threads,
                                             .disable_passes = all_passes[pass]);
        sumi_array_t *out[4] = {0};
        run_net(&n, s, rows, columns, out);
        run_net(&n, s, rows, columns, out);
        if (pass == 0 && threads == 1)
          memcpy(expected, out, sizeof out);
        else {
          assert_same_bits(expected, out);
          release(out);
        }
        sumi_session_free(s);
      }
    release(expected);
    sumi_graph_free(n.graph);
  }
}

static void fusing_needs_one_step_and_no_memory_between(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(10000)), y = x;
  for (int i = 0; i < 20; ++i) y = sumi_add(sumi_square(y), 0.5);
  sumi_tensor_t z = sumi_mul(y, 0);
  float *values = calloc(10000, sizeof *values);
  sumi_array_t *out = NULL;
  sumi_session_t *fused = sumi_session_new(g),
                 *apart = sumi_session_new(g, .disable_passes = "fuse");
#define RUN(s)                                                                                     \
  assert_ok(sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = x, .data = values}),                \
                             .fetches = SUMI_FETCHES({.tensor = z, .array = &out})))
  RUN(fused);
  assert_int_equal(sumi_session_stats(fused).steps, 2); /* 40 members at most, and 41 nodes */
  RUN(apart);
  assert_int_equal(sumi_session_stats(apart).steps, 41);
  assert_int_equal(sumi_session_stats(apart).fused_nodes, 0);
  assert_true(sumi_session_stats(fused).unshared_bytes <= 2 * 40000);
  assert_int_equal(sumi_session_stats(apart).unshared_bytes, 41 * 40000);
  assert_true(sumi_session_stats(apart).arena_bytes < 2 * 40064 + 4096); /* in place */
#undef RUN
  sumi_array_unref(out);
  free(values);
  sumi_session_free(fused), sumi_session_free(apart);
  sumi_graph_free(g);
}

/* a -> sum -> b where b also uses a: a and b cannot be one pass. */
static void what_has_to_run_between_is_not_fused_over(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(2, 2));
  sumi_tensor_t a = sumi_square(x);
  sumi_tensor_t first = sumi_slice(a, SUMI_SHAPE(0, 0), SUMI_SHAPE(1, 2));
  sumi_tensor_t b = sumi_add(sumi_add(a, 1), sumi_tile(first, SUMI_SHAPE(2, 1)));
  const float values[] = {1, 2, 3, 4};
  sumi_array_t *out = NULL;
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = x, .data = values}),
                             .fetches = SUMI_FETCHES({.tensor = b, .array = &out})));
  const double expected[] = {1 + 1 + 1, 4 + 1 + 4, 9 + 1 + 1, 16 + 1 + 4};
  for (int i = 0; i < 4; ++i) assert_near(sumi_array_get(out, i), expected[i], 0);
  sumi_array_unref(out);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void what_does_not_depend_on_the_run_is_folded(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t a = sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){3, 4}));
  sumi_tensor_t b = sumi_sqrt(sumi_square(sumi_add(a, 1)));
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 2));
  sumi_tensor_t rows = sumi_cast(sumi_shape(x), SUMI_FLOAT32);
  sumi_session_t *s = sumi_session_new(g), *off = sumi_session_new(g, .disable_passes = "fold");
  sumi_array_t *out = NULL, *shape = NULL;
  const float values[6] = {0};
  sumi_session_t *const both[] = {s, off};
  for (int i = 0; i < 2; ++i) {
    assert_ok(sumi_session_run(
        both[i], .feeds = SUMI_FEEDS({.tensor = x, .data = values, .dims = SUMI_DIMS(3, 2)}),
        .fetches = SUMI_FETCHES({.tensor = b, .array = &out}, {.tensor = rows, .array = &shape})));
    assert_near(sumi_array_get(out, 0), 4, 0);
    assert_near(sumi_array_get(out, 1), 5, 0);
    assert_near(sumi_array_get(shape, 0), 3, 0);
    assert_near(sumi_array_get(shape, 1), 2, 0);
  }
  assert_int_equal(sumi_session_stats(s).steps, 0);
  assert_true(sumi_session_stats(off).steps > 0);
  sumi_array_unref(out), sumi_array_unref(shape);
  sumi_session_free(s), sumi_session_free(off);
  sumi_graph_free(g);
}

/* A constant made under a control dependency waits for it, folded or not. */
static void folding_keeps_control_dependencies(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t v = sumi_variable_v2(g, SUMI_SCALAR, SUMI_FLOAT32);
  sumi_op_t *set = sumi_assign(v, sumi_scalar(g, SUMI_FLOAT32, 8)).op;
  sumi_control_begin(g, SUMI_OPS(set));
  sumi_tensor_t c = sumi_scalar(g, SUMI_FLOAT32, 2);
  sumi_control_end(g);
  sumi_tensor_t d = sumi_square(sumi_identity(c));
  sumi_session_t *s = sumi_session_new(g);
  float value = 0;
  assert_ok(sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = d, .scalar = &value})));
  assert_near(value, 4, 0);
  assert_non_null(sumi_session_variable(s, v));
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* What only looks at a shape is folded, but not past an update that its input waits for. */
static void folding_loses_no_side_effect(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t v = sumi_variable_v2(g, SUMI_DIMS(2), SUMI_FLOAT32);
  sumi_op_t *set = sumi_assign(v, sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){4, 5}))).op;
  sumi_tensor_t ready = sumi_with_dependencies(SUMI_OPS(set), v);
  sumi_tensor_t ones = sumi_ones_like(ready), shape = sumi_shape(sumi_square(ready));
  sumi_array_t *out = NULL;
  const sumi_tensor_t fetched[] = {ones, shape};
  for (int i = 0; i < 2; ++i) {
    sumi_session_t *s = sumi_session_new(g);
    assert_ok(sumi_session_value(s, fetched[i], &out));
    assert_near(sumi_array_get(out, 0), 1 + i, 0);
    assert_non_null(sumi_session_variable(s, v));
    sumi_array_unref(out);
    sumi_session_free(s);
  }
  sumi_graph_free(g);
}

static void what_changes_nothing_takes_no_step(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(3, 1));
  sumi_tensor_t y = sumi_mul(1, sumi_mul(sumi_reduce_sum(x, .axes = SUMI_AXES(1)), 1));
  sumi_tensor_t z = sumi_div(sumi_transpose(x, .perm = SUMI_AXES(1, 0)), 1);
  sumi_tensor_t moved = sumi_mul(sumi_reduce_sum(x, .axes = SUMI_AXES(0)), 1);
  sumi_session_t *s = sumi_session_new(g), *off = sumi_session_new(g, .disable_passes = "simplify");
  sumi_session_t *const both[] = {s, off};
  const float values[] = {7, 8, 9};
  sumi_array_t *out = NULL, *row = NULL, *sum = NULL;
  for (int i = 0; i < 2; ++i) {
    assert_ok(sumi_session_run(
        both[i], .feeds = SUMI_FEEDS({.tensor = x, .data = values}),
        .fetches = SUMI_FETCHES({.tensor = y, .array = &out}, {.tensor = z, .array = &row})));
    assert_int_equal(sumi_session_stats(both[i]).steps == 0, i == 0);
    assert_ok(sumi_session_run(both[i], .feeds = SUMI_FEEDS({.tensor = x, .data = values}),
                               .fetches = SUMI_FETCHES({.tensor = moved, .array = &sum})));
    assert_int_equal(sumi_array_rank(out), 1);
    assert_int_equal(sumi_array_dims(row).size[1], 3);
    for (int k = 0; k < 3; ++k) {
      assert_near(sumi_array_get(out, k), 7 + k, 0);
      assert_near(sumi_array_get(row, k), 7 + k, 0);
    }
    assert_near(sumi_array_get(sum, 0), 24, 0);
  }
  sumi_array_unref(out), sumi_array_unref(row), sumi_array_unref(sum);
  sumi_session_free(s), sumi_session_free(off);
  sumi_graph_free(g);
}

static void equal_expressions_are_computed_once(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(4));
  sumi_tensor_t a = sumi_mul(sumi_square(x), 2), b = sumi_mul(sumi_square(x), 2);
  sumi_tensor_t other = sumi_mul(sumi_square(x), 3), sum = sumi_add(sumi_add(a, b), other);
  sumi_session_t *s = sumi_session_new(g), *off = sumi_session_new(g, .disable_passes = "cse");
  const float values[] = {1, 2, 3, 4};
  sumi_array_t *out = NULL, *out_b = NULL;
  sumi_session_t *const both[] = {s, off};
  for (int i = 0; i < 2; ++i) {
    assert_ok(sumi_session_run(
        both[i], .feeds = SUMI_FEEDS({.tensor = x, .data = values}),
        .fetches = SUMI_FETCHES({.tensor = sum, .array = &out}, {.tensor = b, .array = &out_b})));
    assert_near(sumi_array_get(out, 3), 16 * 7, 0);
    assert_near(sumi_array_get(out_b, 2), 18, 0);
  }
  assert_int_equal(sumi_session_stats(s).merged_nodes, 3);
  assert_int_equal(sumi_session_stats(off).merged_nodes, 0);
  sumi_array_unref(out), sumi_array_unref(out_b);
  sumi_session_free(s), sumi_session_free(off);
  sumi_graph_free(g);
}

static void expressions_that_differ_in_an_attribute_stay_two(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(2, 2));
  sumi_tensor_t a = sumi_matmul(x, x), b = sumi_matmul(x, x, .transpose_b = true);
  sumi_session_t *s = sumi_session_new(g);
  const float values[] = {1, 2, 3, 4};
  sumi_array_t *out_a = NULL, *out_b = NULL;
  assert_ok(sumi_session_run(
      s, .feeds = SUMI_FEEDS({.tensor = x, .data = values}),
      .fetches = SUMI_FETCHES({.tensor = a, .array = &out_a}, {.tensor = b, .array = &out_b})));
  assert_near(sumi_array_get(out_a, 0), 1 * 1 + 2 * 3, 0);
  assert_near(sumi_array_get(out_b, 0), 1 * 1 + 2 * 2, 0);
  assert_int_equal(sumi_session_stats(s).merged_nodes, 0);
  sumi_array_unref(out_a), sumi_array_unref(out_b);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void expressions_that_differ_in_a_number_stay_two(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_SCALAR);
  sumi_tensor_t a = sumi_leaky_relu(x, .alpha = 0.25), b = sumi_leaky_relu(x, .alpha = 0.5);
  sumi_session_t *s = sumi_session_new(g);
  const float value = -8;
  float out_a, out_b;
  assert_ok(sumi_session_run(
      s, .feeds = SUMI_FEEDS({.tensor = x, .data = &value}),
      .fetches = SUMI_FETCHES({.tensor = a, .scalar = &out_a}, {.tensor = b, .scalar = &out_b})));
  assert_near(out_a, -2, 0);
  assert_near(out_b, -4, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* What sumi_set_shape said of one of two equal expressions is not forgotten, and not said of the
 * other. */
static void expressions_of_different_static_shapes_stay_two(void **state) {
  (void)state;
  for (int stricter = 0; stricter < 2; ++stricter) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1));
    sumi_tensor_t twins[2] = {sumi_square(x), sumi_square(x)};
    sumi_set_shape(twins[stricter], SUMI_DIMS(2));
    sumi_session_t *s = sumi_session_new(g);
    const float values[] = {1, 2, 3};
    sumi_array_t *out[2] = {0};
#define FEED SUMI_FEEDS({.tensor = x, .data = values, .dims = SUMI_DIMS(3)})
    assert_fails(sumi_session_run(s, .feeds = FEED,
                                  .fetches = SUMI_FETCHES({.tensor = twins[0], .array = &out[0]},
                                                          {.tensor = twins[1], .array = &out[1]})),
                 SUMI_INVALID_ARGUMENT, "contradicts its static shape");
    assert_ok(sumi_session_run(
        s, .feeds = FEED, .fetches = SUMI_FETCHES({.tensor = twins[!stricter], .array = &out[0]})));
#undef FEED
    assert_near(sumi_array_get(out[0], 2), 9, 0);
    sumi_array_unref(out[0]), sumi_array_unref(out[1]);
    sumi_session_free(s);
    sumi_graph_free(g);
  }
}

/* Everything in the arena is overwritten between runs: a plan must not depend on what it left. */
static void nothing_is_left_in_the_arena_between_runs(void **state) {
  (void)state;
  net_t n = make_net(130);
  sumi_session_t *s = sumi_session_new(n.graph, .threads = 2);
  sumi_array_t *first[4] = {0}, *out[4] = {0};
  run_net(&n, s, 200, 130, first);
  for (int round = 0; round < 3; ++round) {
    memset(s->arena, round == 0 ? 0xFF : 0x7F, s->arena_bytes);
    run_net(&n, s, 200, 130, out);
    assert_same_bits(first, out);
  }
  assert_true(sumi_session_stats(s).arena_bytes < sumi_session_stats(s).unshared_bytes * 2);
  release(first), release(out);
  sumi_session_free(s);
  sumi_graph_free(n.graph);
}

/* A chain of steps that cannot be fused needs two buffers at a time, whatever its length. */
static void the_arena_holds_only_what_is_alive(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(64, 64)), y = x;
  for (int i = 0; i < 10; ++i) y = sumi_transpose(y, .perm = SUMI_AXES(1, 0));
  y = sumi_slice(y, SUMI_SHAPE(1, 2), SUMI_SHAPE(1, 1));
  float *values = malloc(64 * 64 * sizeof *values);
  for (int i = 0; i < 64 * 64; ++i) values[i] = (float)i;
  float out = 0;
  sumi_session_t *s = sumi_session_new(g), *off = sumi_session_new(g, .disable_passes = "arena");
  sumi_session_t *const both[] = {s, off};
  for (int i = 0; i < 2; ++i) {
    assert_ok(sumi_session_run(both[i], .feeds = SUMI_FEEDS({.tensor = x, .data = values}),
                               .fetches = SUMI_FETCHES({.tensor = y, .scalar = &out})));
    assert_near(out, 66, 0);
  }
  assert_int_equal(sumi_session_stats(s).arena_bytes, 2 * 64 * 64 * 4);
  assert_true(sumi_session_stats(off).arena_bytes >= 10 * 64 * 64 * 4);
  free(values);
  sumi_session_free(s), sumi_session_free(off);
  sumi_graph_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(results_are_those_of_the_formula),
      cmocka_unit_test(passes_and_threads_change_no_bit),
      cmocka_unit_test(fusing_needs_one_step_and_no_memory_between),
      cmocka_unit_test(what_has_to_run_between_is_not_fused_over),
      cmocka_unit_test(what_does_not_depend_on_the_run_is_folded),
      cmocka_unit_test(folding_keeps_control_dependencies),
      cmocka_unit_test(folding_loses_no_side_effect),
      cmocka_unit_test(what_changes_nothing_takes_no_step),
      cmocka_unit_test(equal_expressions_are_computed_once),
      cmocka_unit_test(expressions_that_differ_in_an_attribute_stay_two),
      cmocka_unit_test(expressions_that_differ_in_a_number_stay_two),
      cmocka_unit_test(expressions_of_different_static_shapes_stay_two),
      cmocka_unit_test(nothing_is_left_in_the_arena_between_runs),
      cmocka_unit_test(the_arena_holds_only_what_is_alive),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
