/* Elementwise passes that end in a reduction: right, and the same bits as the reduction alone. */
#include "sumi_test.h"

#include <sumi/constants.h>
#include <sumi/ops.h>
#include <sumi/session.h>

#include <stdlib.h>

static float noise(int64_t i) {
  return (float)((i * 7919 % 1009) - 504) / 97.0f;
}

typedef struct net {
  sumi_graph_t *graph;
  sumi_tensor_t x;
  sumi_tensor_t out[6]; /* sum, largest of rows, sum of rows, half squares, mean, what is summed */
} net_t;

enum { OUTS = 6 };

/* y = x * x + bias, reduced in several ways. */
static net_t make_net(int64_t rows, int64_t columns) {
  net_t n = {.graph = sumi_graph_new()};
  n.x = sumi_placeholder(n.graph, SUMI_FLOAT32, .shape = SUMI_DIMS(rows, columns));
  sumi_array_t *bias = sumi_array_new(SUMI_FLOAT32, SUMI_DIMS(columns));
  for (int64_t i = 0; i < columns; ++i) sumi_array_set(bias, i, noise(i + 3));
  sumi_tensor_t b = sumi_constant_take(n.graph, bias);
  n.out[0] = sumi_reduce_sum(sumi_add(sumi_square(n.x), b));
  n.out[1] = sumi_reduce_max(sumi_sub(sumi_square(n.x), b), .axes = SUMI_AXES(1));
  n.out[2] = sumi_reduce_sum(sumi_mul(sumi_square(n.x), b), .axes = SUMI_AXES(-1),
                             .keep_dims = true);
  n.out[3] = sumi_l2_loss(sumi_sub(n.x, 1));
  n.out[5] = sumi_mul(n.x, 3);
  n.out[4] = sumi_reduce_mean(n.out[5]);
  return n;
}

static void run_net(const net_t *n, const char *passes, int threads, const float *values,
                    sumi_array_t *out[OUTS], int64_t *steps) {
  sumi_session_t *s = sumi_session_new(n->graph, .threads = threads, .disable_passes = passes);
  sumi_fetch_t fetches[OUTS] = {0};
  for (int i = 0; i < OUTS; ++i) fetches[i].tensor = n->out[i], fetches[i].array = &out[i];
  for (int i = 0; i < 2; ++i)
    assert_ok(sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = n->x, .data = values}),
                               .fetches = ((sumi_fetches_t){OUTS, fetches})));
  *steps = sumi_session_stats(s).steps;
  sumi_session_free(s);
}

static void assert_formula(int64_t rows, int64_t columns, sumi_array_t *const out[OUTS]) {
  double sum = 0, size = 0, half_squares = 0, mean = 0;
  for (int64_t r = 0; r < rows; ++r) {
    double largest = -INFINITY, row_sum = 0, row_size = 0;
    for (int64_t c = 0; c < columns; ++c) {
      const double x = noise(r * columns + c), b = noise(c + 3);
      sum += x * x + b, size += x * x + fabs(b);
      row_sum += x * x * b, row_size += fabs(x * x * b);
      largest = fmax(largest, x * x - b);
      half_squares += (x - 1) * (x - 1) / 2;
      mean += 3 * x / (double)(rows * columns);
    }
    assert_near(sumi_array_get(out[1], r), largest, 1e-5 * (1 + fabs(largest)));
    assert_near(sumi_array_get(out[2], r), row_sum, 1e-6 * row_size + 1e-6);
  }
  assert_near(sumi_array_get(out[0], 0), sum, 1e-6 * size);
  assert_near(sumi_array_get(out[3], 0), half_squares, 2e-6 * half_squares + 1e-6);
  assert_near(sumi_array_get(out[4], 0), mean, 1e-4);
}

static const int64_t shapes[][2] = {{1, 1},    {1, 7},    {3, 1},      {2, 2},     {5, 10},
                                    {200, 10}, {17, 64},  {1, 1024},   {1, 5000},  {9, 2048},
                                    {3, 3000}, {64, 784}, {300, 1000}, {1, 300001}};

static void fused_reductions_are_right_and_change_no_bit(void **state) {
  (void)state;
  for (size_t k = 0; k < sizeof shapes / sizeof *shapes; ++k) {
    const int64_t rows = shapes[k][0], columns = shapes[k][1];
    float *values = malloc((size_t)(rows * columns) * sizeof *values);
    for (int64_t i = 0; i < rows * columns; ++i) values[i] = noise(i);
    net_t n = make_net(rows, columns);
    sumi_array_t *alone[OUTS] = {0};
    int64_t steps_alone, steps;
    run_net(&n, "fuse", 1, values, alone, &steps_alone);
    assert_formula(rows, columns, alone);
    for (int threads = 1; threads <= 3; ++threads) {
      sumi_array_t *out[OUTS] = {0};
      run_net(&n, NULL, threads, values, out, &steps);
      for (int i = 0; i < OUTS; ++i) {
        assert_memory_equal(sumi_array_data(out[i]), sumi_array_data(alone[i]),
                            sumi_array_size_bytes(alone[i]));
        sumi_array_unref(out[i]);
      }
    }
    assert_true(steps < steps_alone);
    for (int i = 0; i < OUTS; ++i) sumi_array_unref(alone[i]);
    sumi_graph_free(n.graph);
    free(values);
  }
}

static void a_fused_reduction_keeps_nothing_but_its_result(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t a = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(1000, 1));
  sumi_tensor_t b = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(1000));
  sumi_tensor_t sum = sumi_reduce_sum(sumi_add(a, b)); /* a million elements */
  float values[1000], out = 0;
  for (int i = 0; i < 1000; ++i) values[i] = (float)(i % 4);
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(
      s, .feeds = SUMI_FEEDS({.tensor = a, .data = values}, {.tensor = b, .data = values}),
      .fetches = SUMI_FETCHES({.tensor = sum, .scalar = &out})));
  assert_near(out, 3e6, 0); /* 2 * 1.5 on average */
  assert_int_equal(sumi_session_stats(s).steps, 1);
  assert_int_equal(sumi_session_stats(s).unshared_bytes, 4);
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* max is needed before what it is subtracted from: two passes, whatever the order of the nodes. */
static void a_softmax_spelled_out_is_right(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(2, 2));
  sumi_tensor_t y = sumi_mul(x, 2);
  sumi_tensor_t e = sumi_exp(
      sumi_sub(y, sumi_reduce_max(y, .axes = SUMI_AXES(1), .keep_dims = true)));
  sumi_tensor_t p = sumi_div(e, sumi_reduce_sum(e, .axes = SUMI_AXES(1), .keep_dims = true));
  const float values[] = {0, 1, 3, 3};
  sumi_array_t *out = NULL;
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = x, .data = values}),
                             .fetches = SUMI_FETCHES({.tensor = p, .array = &out})));
  const double small = exp(-2) / (1 + exp(-2)), expected[] = {small, 1 - small, 0.5, 0.5};
  for (int i = 0; i < 4; ++i) assert_near(sumi_array_get(out, i), expected[i], 1e-6);
  sumi_array_unref(out);
  sumi_session_free(s);
  sumi_graph_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fused_reductions_are_right_and_change_no_bit),
      cmocka_unit_test(a_fused_reduction_keeps_nothing_but_its_result),
      cmocka_unit_test(a_softmax_spelled_out_is_right),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
