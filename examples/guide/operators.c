/* Slices and operators. C has no operators for tensors: each is the function of its name, and an
 * index is written as in Python.
 *
 *   z = x[begin:end]
 *   z = -x; z = x + y; … z = ~x
 */
#include <stdio.h>
#include <sumi/clock.h>
#include <sumi/sumi.h>

enum { ROWS = 500, COLUMNS = 10 };

static bool failed(sumi_status_t status) {
  if (status != SUMI_OK) fprintf(stderr, "%s\n", sumi_error_message());
  return status != SUMI_OK;
}

static sumi_status_t print(sumi_session_t *s, const char *name, sumi_tensor_t z) {
  sumi_array_t *value = NULL;
  const sumi_status_t status = sumi_session_value(s, z, &value);
  if (!failed(status)) {
    printf("%s: ", name);
    sumi_array_print(stdout, value);
  }
  sumi_array_unref(value);
  return status;
}

/* Each operator of Python's, by its function. */
static sumi_status_t operators(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(3), SUMI_F32(-7, 2, 4));
  sumi_tensor_t y = sumi_constant_f32(g, SUMI_DIMS(3), SUMI_F32(2, 2, 3));
  sumi_tensor_t m = sumi_constant_f32(g, SUMI_DIMS(2, 2), SUMI_F32(1, 2, 3, 4));
  sumi_tensor_t p = sumi_greater(x, 0), q = sumi_less(x, 3);
  const struct {
    const char *name;
    sumi_tensor_t value;
  } results[] = {
      {"x[1:3]", sumi_index(x, "1:3")},
      {"m[:, -1]", sumi_index(m, ":, -1")},
      {"-x", sumi_neg(x)},
      {"x + y", sumi_add(x, y)},
      {"x - y", sumi_sub(x, y)},
      {"x * y", sumi_mul(x, y)},
      {"x / y", sumi_div(x, y)},
      {"x // y", sumi_floor_div(x, y)},
      {"x % y", sumi_floor_mod(x, y)},
      {"x ** y", sumi_pow(x, y)},
      {"m @ m", sumi_matmul(m, m)},
      {"x > y", sumi_greater(x, y)},
      {"x >= y", sumi_greater_equal(x, y)},
      {"x < y", sumi_less(x, y)},
      {"x <= y", sumi_less_equal(x, y)},
      {"abs(x)", sumi_abs(x)},
      {"p & q", sumi_logical_and(p, q)},
      {"p | q", sumi_logical_or(p, q)},
      {"p ^ q", sumi_not_equal(p, q)},
      {"~p", sumi_logical_not(p)},
  };
  sumi_session_t *s = sumi_session_new(g);
  sumi_status_t status = SUMI_OK;
  for (size_t i = 0; i < sizeof results / sizeof *results && status == SUMI_OK; ++i)
    status = print(s, results[i].name, results[i].value);
  sumi_session_free(s);
  sumi_graph_free(g);
  return status;
}

/* for i in range(500): z += x[i] */
static sumi_tensor_t sum_of_slices(sumi_tensor_t x) {
  sumi_tensor_t z = sumi_zeros(sumi_tensor_graph(x), SUMI_SHAPE(COLUMNS));
  char index[16];
  for (int i = 0; i < ROWS; ++i) {
    snprintf(index, sizeof index, "%d", i);
    z = sumi_add(z, sumi_index(x, index));
  }
  return z;
}

/* for x_i in tf.unstack(x): z += x_i */
static sumi_tensor_t sum_of_rows(sumi_tensor_t x) {
  sumi_tensor_t rows = sumi_unstack(x), z = sumi_zeros(sumi_tensor_graph(x), SUMI_SHAPE(COLUMNS));
  for (int i = 0; i < ROWS; ++i) z = sumi_add(z, sumi_output(rows, i));
  return z;
}

static sumi_tensor_t sum_by_one_op(sumi_tensor_t x) {
  return sumi_reduce_sum(x, .axes = SUMI_AXES(0));
}

/* The same sum three ways: what a thousand small nodes cost. */
static sumi_status_t sums(void) {
  static const struct {
    const char *name;
    sumi_tensor_t (*sum)(sumi_tensor_t x);
  } ways[] = {{"slices", sum_of_slices}, {"unstack", sum_of_rows}, {"reduce_sum", sum_by_one_op}};
  sumi_status_t status = SUMI_OK;
  sumi_array_t *data = sumi_array_uniform(SUMI_FLOAT32, SUMI_DIMS(ROWS, COLUMNS), 0, 1, 1, 0);
  for (int way = 0; way < 3 && status == SUMI_OK; ++way) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(ROWS, COLUMNS));
    sumi_tensor_t first = sumi_index(ways[way].sum(x), "0");
    sumi_session_t *s = sumi_session_new(g);
    float total = 0;
    int64_t start_ns = 0;
    for (int run = 0; run < 2 && status == SUMI_OK; ++run) { /* the first makes the plan */
      start_ns = sumi_clock_monotonic_ns();
      status = sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = x, .array = data}),
                                .fetches = SUMI_FETCHES({.tensor = first, .scalar = &total}));
    }
    const double us = (double)(sumi_clock_monotonic_ns() - start_ns) / 1e3;
    if (!failed(status)) printf("%s: %.3f in %.0f us\n", ways[way].name, total, us);
    sumi_session_free(s);
    sumi_graph_free(g);
  }
  sumi_array_unref(data);
  return status;
}

int main(void) {
  return operators() == SUMI_OK && sums() == SUMI_OK ? 0 : 1;
}
