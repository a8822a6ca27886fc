/* What TensorFlow cannot tell about neural network ops: dropout's laws, NaN, memory. */
#include "sumi_test.h"

#include <sumi/constants.h>
#include <sumi/gradients.h>
#include <sumi/ops.h>
#include <sumi/session.h>

enum { MANY = 100000 };

static sumi_array_t *value_of(sumi_session_t *s, sumi_tensor_t tensor) {
  sumi_array_t *value = NULL;
  assert_ok(sumi_session_value(s, tensor, &value));
  return value;
}

/* ---- Dropout ---- */

static void dropout_keeps_the_asked_share_and_the_expectation(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_constant_take(g, sumi_array_full(SUMI_FLOAT32, SUMI_DIMS(MANY), 3));
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *y = value_of(s, sumi_dropout(x, 0.75, .seed = 5));
  int64_t kept = 0;
  for (int64_t i = 0; i < MANY; ++i) {
    const double element = sumi_array_get(y, i);
    if (element != 0) assert_near(element, 4, 0);
    kept += element != 0;
  }
  /* Six deviations of a binomial distribution: sqrt(n p (1 - p)). */
  assert_near((double)kept, 0.75 * MANY, 6 * sqrt(MANY * 0.75 * 0.25));
  sumi_array_unref(y);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void dropouts_gradient_is_its_mask(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_constant_take(g,
                                             sumi_array_full(SUMI_FLOAT32, SUMI_DIMS(50, 40), 1));
  const sumi_tensor_t y = sumi_dropout(x, 0.5, .seed = 5);
  sumi_tensor_t dx;
  assert_ok(sumi_gradients(SUMI_TENSORS(y), SUMI_TENSORS(x), &dx));
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *values[2] = {NULL};
  assert_ok(sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = y, .array = &values[0]},
                                                        {.tensor = dx, .array = &values[1]})));
  for (int64_t i = 0; i < 2000; ++i)
    assert_near(sumi_array_get(values[1], i), sumi_array_get(values[0], i), 0);
  sumi_array_unref(values[0]);
  sumi_array_unref(values[1]);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void dropout_with_a_noise_shape_drops_whole_rows(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_constant_take(g,
                                             sumi_array_full(SUMI_FLOAT32, SUMI_DIMS(100, 8), 1));
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *y = value_of(s, sumi_dropout(x, 0.5, .noise_shape = SUMI_AXES(100, 1), .seed = 3));
  int kept = 0;
  for (int64_t row = 0; row < 100; ++row) {
    const double first = sumi_array_get(y, row * 8);
    kept += first != 0;
    for (int64_t c = 0; c < 8; ++c) assert_near(sumi_array_get(y, row * 8 + c), first, 0);
  }
  assert_in_range(kept, 20, 80);
  sumi_array_unref(y);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void a_fed_keep_prob_of_one_switches_dropout_off(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(4), SUMI_F32(1, -2, 3, 0.1f));
  const sumi_tensor_t keep = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_SCALAR);
  const sumi_tensor_t y = sumi_dropout(x, keep);
  sumi_session_t *s = sumi_session_new(g);
  const float one = 1;
  sumi_array_t *value = NULL;
  assert_ok(sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = keep, .data = &one}),
                             .fetches = SUMI_FETCHES({.tensor = y, .array = &value})));
  assert_memory_equal(sumi_array_data(value), SUMI_F32(1, -2, 3, 0.1f), 4 * sizeof(float));
  sumi_array_unref(value);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void a_keep_prob_that_is_no_probability_is_refused(void **state) {
  (void)state;
  const double wrong[] = {0, -0.5, 1.5, NAN};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    const sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(2), SUMI_F32(1, 2));
    assert_null(sumi_dropout(x, wrong[i]).op);
    assert_int_equal(sumi_graph_status(g), SUMI_INVALID_ARGUMENT);
    assert_non_null(strstr(sumi_graph_message(g), "a number in (0, 1] is wanted"));
    sumi_graph_free(g);
  }
}

/* ---- NaN ---- */

static void a_window_with_nan_has_the_maximum_nan(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(1, 2, 4, 1),
                                            SUMI_F32(1, NAN, 5, 6, 2, 3, 7, 8));
  sumi_session_t *s = sumi_session_new(g);
  const sumi_dims_t two = SUMI_AXES(1, 2, 2, 1);
  sumi_array_t *y = value_of(s, sumi_max_pool(x, two, two));
  assert_true(isnan(sumi_array_get(y, 0)));
  assert_near(sumi_array_get(y, 1), 8, 0);
  sumi_array_unref(y);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void a_row_with_nan_has_a_softmax_and_a_loss_of_nan(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(2, 3), SUMI_F32(1, NAN, 2, 0, 0, 0));
  const sumi_tensor_t labels = sumi_constant_i32(g, SUMI_DIMS(2), SUMI_I32(0, 1));
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *p = value_of(s, sumi_softmax(x));
  sumi_array_t *loss = value_of(s, sumi_sparse_softmax_cross_entropy_with_logits(x, labels));
  for (int i = 0; i < 3; ++i) assert_true(isnan(sumi_array_get(p, i)));
  assert_near(sumi_array_get(p, 3), 1.0 / 3, 1e-7);
  assert_true(isnan(sumi_array_get(loss, 0)));
  assert_near(sumi_array_get(loss, 1), log(3), 1e-6);
  sumi_array_unref(p);
  sumi_array_unref(loss);
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* ---- A small network ---- */

typedef struct network {
  sumi_tensor_t images, filter, weights, loss, gradients[2];
} network_t;

/* conv, bias, relu, pool, matmul, loss, and the gradients of the parameters */
static network_t make_network(sumi_graph_t *g) {
  network_t n = {.images = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 8, 8, 1))};
  sumi_array_t *labels = sumi_array_new(SUMI_INT32, SUMI_DIMS(20));
  for (int i = 0; i < 20; ++i) sumi_array_set(labels, i, i % 10);
  n.filter = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(3, 3, 1, 16));
  n.weights = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(4 * 4 * 16, 10));
  const sumi_tensor_t bias = sumi_constant_take(g,
                                                sumi_array_full(SUMI_FLOAT32, SUMI_DIMS(16), 0.1));
  const sumi_tensor_t hidden = sumi_relu(sumi_bias_add(sumi_conv2d(n.images, n.filter), bias));
  const sumi_dims_t two = SUMI_AXES(1, 2, 2, 1);
  const sumi_tensor_t features = sumi_reshape(sumi_max_pool(hidden, two, two),
                                              SUMI_SHAPE(-1, 4 * 4 * 16));
  const sumi_tensor_t logits = sumi_matmul(features, n.weights);
  n.loss = sumi_reduce_mean(
      sumi_sparse_softmax_cross_entropy_with_logits(logits, sumi_constant_take(g, labels)));
  sumi_gradients(SUMI_TENSORS(n.loss), SUMI_TENSORS(n.filter, n.weights), n.gradients);
  return n;
}

static sumi_array_t *waves(sumi_dims_t dims) {
  sumi_array_t *array = sumi_array_new(SUMI_FLOAT32, dims);
  for (int64_t i = 0; i < sumi_array_count(array); ++i)
    sumi_array_set(array, i, sin((double)i * 0.7) / 3);
  return array;
}

typedef struct step {
  sumi_array_t *in[3], *out[2];
} step_t;

static sumi_status_t run_step(sumi_session_t *s, const network_t *n, step_t *step) {
  return sumi_session_run(
      s,
      .feeds = SUMI_FEEDS({.tensor = n->images, .array = step->in[0]},
                          {.tensor = n->filter, .array = step->in[1]},
                          {.tensor = n->weights, .array = step->in[2]}),
      .fetches = SUMI_FETCHES({.tensor = n->gradients[0], .array = &step->out[0]},
                              {.tensor = n->gradients[1], .array = &step->out[1]}));
}

static step_t make_step(void) {
  return (step_t){.in = {waves(SUMI_DIMS(20, 8, 8, 1)), waves(SUMI_DIMS(3, 3, 1, 16)),
                         waves(SUMI_DIMS(256, 10))}};
}

static void free_step(step_t *step) {
  for (int i = 0; i < 3; ++i) sumi_array_unref(step->in[i]);
  for (int i = 0; i < 2; ++i) sumi_array_unref(step->out[i]);
}

static void a_network_allocates_nothing_after_its_first_step(void **state) {
  (void)state;
  counting_allocator_install();
  sumi_graph_t *g = sumi_graph_new();
  const network_t n = make_network(g);
  sumi_session_t *s = sumi_session_new(g, .threads = 2);
  step_t step = make_step();
  assert_ok(run_step(s, &n, &step));
  const int64_t before = counting_allocator_requests();
  for (int i = 0; i < 3; ++i) assert_ok(run_step(s, &n, &step));
  assert_int_equal(counting_allocator_requests(), before);
  free_step(&step);
  sumi_session_free(s);
  sumi_graph_free(g);
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
}

static void a_network_gives_the_same_bits_with_any_number_of_threads(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const network_t n = make_network(g);
  step_t steps[3];
  for (int i = 0; i < 3; ++i) {
    sumi_session_t *s = sumi_session_new(g, .threads = i + 1);
    steps[i] = make_step();
    assert_ok(run_step(s, &n, &steps[i]));
    sumi_session_free(s);
  }
  for (int i = 1; i < 3; ++i)
    for (int k = 0; k < 2; ++k)
      assert_memory_equal(sumi_array_data(steps[i].out[k]), sumi_array_data(steps[0].out[k]),
                          sumi_array_size_bytes(steps[0].out[k]));
  for (int i = 0; i < 3; ++i) free_step(&steps[i]);
  sumi_graph_free(g);
}

static void a_network_without_memory_reports_it(void **state) {
  (void)state;
  counting_allocator_install();
  for (int64_t nth = 1;; ++nth) {
    step_t step = make_step();
    sumi_graph_t *g = sumi_graph_new();
    const network_t n = make_network(g);
    sumi_session_t *s = sumi_session_new(g, .threads = 2);
    assert_int_equal(sumi_graph_status(g), SUMI_OK);
    assert_non_null(s);
    counting_allocator_fail_at(nth);
    const int64_t before = counting_allocator_requests();
    const sumi_status_t status = run_step(s, &n, &step);
    const bool failed = counting_allocator_requests() - before >= nth;
    counting_allocator_fail_at(0);
    if (failed) assert_true(status == SUMI_RESOURCE_EXHAUSTED || status == SUMI_OK);
    if (!failed) assert_ok(status);
    free_step(&step);
    sumi_session_free(s);
    sumi_graph_free(g);
    assert_int_equal(counting_allocator_live(), 0);
    if (!failed) break;
  }
  counting_allocator_remove();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(dropout_keeps_the_asked_share_and_the_expectation),
      cmocka_unit_test(dropouts_gradient_is_its_mask),
      cmocka_unit_test(dropout_with_a_noise_shape_drops_whole_rows),
      cmocka_unit_test(a_fed_keep_prob_of_one_switches_dropout_off),
      cmocka_unit_test(a_keep_prob_that_is_no_probability_is_refused),
      cmocka_unit_test(a_window_with_nan_has_the_maximum_nan),
      cmocka_unit_test(a_row_with_nan_has_a_softmax_and_a_loss_of_nan),
      cmocka_unit_test(a_network_allocates_nothing_after_its_first_step),
      cmocka_unit_test(a_network_gives_the_same_bits_with_any_number_of_threads),
      cmocka_unit_test(a_network_without_memory_reports_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
