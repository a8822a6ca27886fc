/* Schedules of the learning rate, by their formulas. */
#include "graph_run.h"

#include <sumi/constants.h>
#include <sumi/ops.h>
#include <sumi/train.h>

static void assert_rates(sumi_tensor_t step, sumi_tensor_t rate, int count, const int64_t *steps,
                         const double *expected) {
  sumi_session_t *s = sumi_session_new(sumi_tensor_graph(rate));
  for (int i = 0; i < count; ++i) {
    float value = NAN;
    assert_ok(sumi_session_run(
        s, .feeds = SUMI_FEEDS({.tensor = step, .data = &steps[i], .dims = SUMI_SCALAR}),
        .fetches = SUMI_FETCHES({.tensor = rate, .scalar = &value})));
    assert_near(value, expected[i], 1e-6 * expected[i]);
  }
  sumi_session_free(s);
}

static void schedules_follow_their_formulas(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t step = sumi_placeholder(g, SUMI_INT64, .shape = SUMI_SCALAR);
  const int64_t steps[] = {0, 5, 10, 20, 25};
  assert_rates(step, sumi_exponential_decay(.8, step, 10, .25, false), 5, steps,
               (double[]){.8, .4, .2, .05, .025});
  assert_rates(step, sumi_exponential_decay(.8, step, 10, .25, true), 5, steps,
               (double[]){.8, .8, .2, .05, .05});
  /* As TensorFlow 2.21's tf.compat.v1.train gives them. */
  assert_rates(step, sumi_natural_exp_decay(.8, step, 10, .5, false), 5, steps,
               (double[]){.8, .62304062, .48522455, .29430357, .22920385});
  assert_rates(step, sumi_natural_exp_decay(.8, step, 10, .5, true), 5, steps,
               (double[]){.8, .8, .48522455, .29430357, .29430357});
  assert_rates(step, sumi_inverse_time_decay(.8, step, 10, .5, false), 5, steps,
               (double[]){.8, .64, .8 / 1.5, .4, .8 / 2.25});
  assert_rates(step, sumi_inverse_time_decay(.8, step, 10, .5, true), 5, steps,
               (double[]){.8, .8, .8 / 1.5, .4, .4});
  assert_rates(step, sumi_polynomial_decay(2, step, 20, .5, 2, false), 5, steps,
               (double[]){2, 1.34375, .875, .5, .5});
  assert_rates(step, sumi_polynomial_decay(2, step, 10, .5, 1.5, true), 5, steps,
               (double[]){2, 1.03033006, .5, .5, .60206211});
  assert_rates(step,
               sumi_piecewise_constant(step, 2, (int64_t[]){5, 20}, (double[]){1, 1e-8, 3e-9}), 5,
               steps, (double[]){1, 1, 1e-8, 1e-8, 3e-9});
  assert_rates(step, sumi_cosine_decay(2, step, 20, .1), 5, steps,
               (double[]){2, 2 * (.9 * (1 + sqrt(.5)) / 2 + .1), 2 * .55, .2, .2});
  assert_ok(sumi_graph_status(g));
  sumi_graph_free(g);
}

static void cycles_follow_their_formulas(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t step = sumi_placeholder(g, SUMI_INT64, .shape = SUMI_SCALAR);
  const int64_t steps[] = {0, 5, 10, 20, 25, 70};
  /* As TensorFlow 2.21's tf.compat.v1.train gives them. */
  assert_rates(step, sumi_cosine_decay_restarts(2, step, 10, 2, .5, .1), 6, steps,
               (double[]){2, 1.1, 1.1, .65, .33180195, .425});
  assert_rates(step, sumi_cosine_decay_restarts(2, step, 10, 1, .5, .1), 6, steps,
               (double[]){2, 1.1, 1.1, .65, .425, .2140625});
  assert_rates(step, sumi_linear_cosine_decay(2, step, 20, .75, .1, .01), 6, steps,
               (double[]){2.22, 1.1952809, .19573595, .12, .12, .12});
  assert_rates(step, sumi_warm_up(SUMI_T(3), step, 20), 6, steps, (double[]){0, .75, 1.5, 3, 3, 3});
  assert_rates(step, sumi_warm_up(sumi_exponential_decay(.8, step, 10, .25, false), step, 10), 6,
               steps, (double[]){0, .2, .2, .05, .025, .8 * pow(.25, 7)});
  /* Up from 1 to 4 until step .5 * 42 - 1 = 20, half of it at 10; down to 1 / 8 until 41. */
  const double quarter = (1 + sqrt(.5)) / 2;
  assert_rates(step, sumi_one_cycle(4, step, 42, .5, 4, 8), 6, steps,
               (double[]){1, 4 - 3 * quarter, 2.5, 4,
                          .125 + 3.875 * (1 + cos(acos(-1.) * 5 / 21)) / 2, .125});
  /* 64^-0.5 = 1 / 8, 11^-1.5 until step 10. */
  assert_rates(step, sumi_noam_decay(2, step, 64, 11), 6, steps,
               (double[]){.25 * pow(11, -1.5), .25 * 6 * pow(11, -1.5), .25 / sqrt(11),
                          .25 / sqrt(21), .25 / sqrt(26), .25 / sqrt(71)});
  assert_ok(sumi_graph_status(g));
  sumi_graph_free(g);
}

static void bad_cycles_are_refused(void **state) {
  (void)state;
  for (int i = 0; i < 9; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t step = sumi_global_step(g), rate = step;
    if (i == 0) rate = sumi_cosine_decay_restarts(1, step, 0, 2, 1, 0);
    if (i == 1) rate = sumi_cosine_decay_restarts(1, step, 10, .5, 1, 0);
    if (i == 2) rate = sumi_cosine_decay_restarts(1, step, 10, 2, NAN, 0);
    if (i == 3) rate = sumi_linear_cosine_decay(1, step, 0, .5, 0, 0);
    if (i == 4) rate = sumi_warm_up(SUMI_T(1), step, 0);
    if (i == 5) rate = sumi_one_cycle(1, step, 3, .3, 25, 1e4);
    if (i == 6) rate = sumi_one_cycle(1, step, 100, 1, 25, 1e4);
    if (i == 7) rate = sumi_one_cycle(1, step, 100, .3, 0, 1e4);
    if (i == 8) rate = sumi_noam_decay(1, step, 0, 10);
    assert_true(sumi_tensor_is_null(rate));
    assert_refusal(g, SUMI_INVALID_ARGUMENT, i == 5 || i == 6 ? "longer than a step" : "above 0");
    sumi_graph_free(g);
  }
}

static void bad_schedules_are_refused(void **state) {
  (void)state;
  for (int i = 0; i < 9; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t step = sumi_global_step(g), rate = step;
    if (i == 0) rate = sumi_exponential_decay(1, step, 0, .5, false);
    if (i == 1) rate = sumi_cosine_decay(1, step, -1, 0);
    if (i == 2) rate = sumi_cosine_decay(1, step, NAN, 0);
    if (i == 6) rate = sumi_natural_exp_decay(1, step, 0, 1, false);
    if (i == 7) rate = sumi_inverse_time_decay(1, step, -2, 1, false);
    if (i == 8) rate = sumi_polynomial_decay(1, step, 0, 0, 1, true);
    if (i == 3) rate = sumi_piecewise_constant(step, 0, (int64_t[]){1}, (double[]){1, 2});
    if (i == 4) rate = sumi_piecewise_constant(step, 1, NULL, (double[]){1, 2});
    if (i == 5) rate = sumi_piecewise_constant(step, 2, (int64_t[]){9, 9}, (double[]){1, 2, 3});
    assert_true(sumi_tensor_is_null(rate));
    assert_refusal(g, SUMI_INVALID_ARGUMENT,
                   i < 3 || i > 5 ? "above 0" : "must be given and increase");
    sumi_graph_free(g);
  }
  assert_true(sumi_tensor_is_null(sumi_cosine_decay(1, SUMI_T(3), 10, 0)));
}

static void a_schedule_drives_the_rate(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_SCALAR, .initializer = SUMI_ZEROS_INITIALIZER);
  sumi_tensor_t step = sumi_global_step(g);
  sumi_tensor_t rate = sumi_piecewise_constant(step, 1, (int64_t[]){0}, (double[]){1, 10});
  sumi_op_t *train = sumi_minimize(sumi_gradient_descent(.schedule = rate), w, .global_step = step);
  sumi_session_t *s = started(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(train)));
  assert_near(scalar_of(s, w), -1, 0);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(train)));
  assert_near(scalar_of(s, w), -11, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(schedules_follow_their_formulas),
      cmocka_unit_test(cycles_follow_their_formulas),
      cmocka_unit_test(bad_cycles_are_refused),
      cmocka_unit_test(bad_schedules_are_refused),
      cmocka_unit_test(a_schedule_drives_the_rate),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
