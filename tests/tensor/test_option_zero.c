/* Zero where an option's default is another number. */
#include "sumi_test.h"

#include <sumi/constants.h>
#include <sumi/ops.h>
#include <sumi/random.h>
#include <sumi/session.h>
#include <sumi/train.h>

static double element(sumi_session_t *s, sumi_tensor_t tensor, int64_t index) {
  sumi_array_t *value = NULL;
  assert_ok(sumi_session_value(s, tensor, &value));
  const double number = sumi_array_get(value, index);
  sumi_array_unref(value);
  return number;
}

static void a_range_may_end_at_zero(void **state) {
  (void)state;
  enum { MANY = 10000 };
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_random_uniform(g, SUMI_SHAPE(MANY), .minval = -1,
                                              .maxval = SUMI_ZERO, .seed = 3);
  sumi_session_t *s = sumi_session_new(g);
  assert_true(element(s, sumi_reduce_max(x), 0) < 0);
  assert_true(element(s, sumi_reduce_min(x), 0) < -0.99);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void slopes_and_deviations_may_be_zero(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_constant_f64(g, SUMI_DIMS(2), ((double[]){-5, 3}));
  const sumi_tensor_t relu = sumi_leaky_relu(x, .alpha = SUMI_ZERO);
  const sumi_tensor_t fixed = sumi_random_normal(g, SUMI_SHAPE(2), .mean = 4, .stddev = SUMI_ZERO);
  const sumi_tensor_t off = sumi_one_hot(sumi_constant_i32(g, SUMI_DIMS(1), ((int32_t[]){1})), 2,
                                         .on_value = SUMI_ZERO, .off_value = 7);
  sumi_session_t *s = sumi_session_new(g);
  assert_near(element(s, relu, 0), 0, 0);
  assert_near(element(s, relu, 1), 3, 0);
  assert_near(element(s, fixed, 1), 4, 0);
  assert_near(element(s, off, 0), 7, 0);
  assert_near(element(s, off, 1), 0, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* No axes are summed over: the outer product. */
static void whole_numbers_have_a_zero_too(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t a = sumi_constant_f64(g, SUMI_DIMS(2), ((double[]){2, 3}));
  const sumi_tensor_t outer = sumi_tensordot(a, a, .axes = SUMI_ZERO_INT);
  assert_ok(sumi_graph_status(g));
  assert_string_equal(sumi_dims_text(sumi_tensor_dims(outer)).text, "(2, 2)");
  sumi_session_t *s = sumi_session_new(g);
  assert_near(element(s, outer, 1), 6, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* Without momentum Adam's first step is rate * sqrt(1 - beta2) * g / sqrt((1 - beta2) g^2). */
static void adam_may_have_no_momentum(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(),
                                            .initializer = SUMI_INIT(CONSTANT, .a = 1));
  sumi_op_t *train = sumi_minimize(
      sumi_adam(.learning_rate = 0.5, .beta1 = SUMI_ZERO, .epsilon = SUMI_ZERO), sumi_mul(3, w));
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(sumi_global_variables_initializer(g))));
  for (int step = 1; step <= 2; ++step) {
    assert_ok(sumi_session_run(s, .targets = SUMI_OPS(train)));
    assert_near(element(s, w, 0), 1 - 0.5 * step, 1e-5);
  }
  sumi_session_free(s);
  sumi_graph_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_range_may_end_at_zero),
      cmocka_unit_test(slopes_and_deviations_may_be_zero),
      cmocka_unit_test(whole_numbers_have_a_zero_too),
      cmocka_unit_test(adam_may_have_no_momentum),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
