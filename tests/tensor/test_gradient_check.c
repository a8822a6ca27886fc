/* The gradient checker finds what is wrong with a gradient, and where. The wrong gradients are made
 * by overriding right ones. */
#include "sumi_test.h"

#include <sumi/constants.h>
#include <sumi/gradient_check.h>
#include <sumi/gradients.h>
#include <sumi/op_def.h>
#include <sumi/ops.h>

typedef enum { RIGHT, SIGN, SCALE, PERMUTED, TRANSPOSED, ONE_ELEMENT, NOT_A_NUMBER } mistake_t;

/* Of y = exp(x), x [3, 3], wrong in one way each. */
static void mistaken(sumi_grad_t *grad, void *context) {
  const mistake_t mistake = *(const mistake_t *)context;
  sumi_graph_t *g = sumi_op_graph(grad->op);
  sumi_tensor_t right = sumi_mul(grad->dy[0], grad->y[0]);
  switch (mistake) {
  case RIGHT: grad->dx[0] = right; break;
  case SIGN: grad->dx[0] = sumi_neg(right); break;
  case SCALE: grad->dx[0] = sumi_mul(right, 1.01); break;
  case PERMUTED:
    grad->dx[0] = sumi_gather(right, sumi_constant_i32(g, SUMI_DIMS(3), ((int32_t[]){1, 0, 2})));
    break;
  case TRANSPOSED: grad->dx[0] = sumi_transpose(right, .perm = SUMI_AXES(1, 0)); break;
  case ONE_ELEMENT: {
    static const double factors[9] = {1, 1, 1, 1, 1, 3, 1, 1, 1};
    grad->dx[0] = sumi_mul(right, sumi_constant_f64(g, SUMI_DIMS(3, 3), factors));
    break;
  }
  case NOT_A_NUMBER: grad->dx[0] = sumi_mul(right, NAN); break;
  }
}

static sumi_gradient_report_t check(mistake_t mistake) {
  static const double point[9] = {.1, .2, .3, .4, .5, .6, .7, .8, .9};
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_constant_f64(g, SUMI_DIMS(3, 3), point);
  assert_ok(sumi_register_gradient(g, "Mistaken", mistaken, &mistake));
  sumi_gradient_override_begin(g, "Exp", "Mistaken");
  sumi_tensor_t y = sumi_exp(x);
  sumi_gradient_override_end(g);
  sumi_session_t *s = sumi_session_new(g);
  sumi_gradient_report_t report;
  assert_ok(sumi_gradient_check(s, x, SUMI_DIMS(3, 3), y, SUMI_DIMS(3, 3), &report));
  sumi_session_free(s);
  sumi_graph_free(g);
  return report;
}

static void a_right_gradient_passes(void **state) {
  (void)state;
  /* The central difference is off by exp(x) delta^2 / 6. */
  const sumi_gradient_report_t report = check(RIGHT);
  assert_near(report.max_error, exp(.9) * 1e-6 / 6, 1e-8);
}

static void wrong_gradients_are_found(void **state) {
  (void)state;
  assert_near(check(SIGN).max_error, 2 * exp(.9), 1e-4);
  assert_near(check(SCALE).max_error, .01 * exp(.9), 1e-4);
  /* Rows exchanged: d y[3] / d x[0] is claimed to be exp(.4) and is 0. */
  assert_near(check(PERMUTED).max_error, exp(.6), 1e-4);
  assert_near(check(TRANSPOSED).max_error, exp(.8), 1e-4);
  assert_true(isnan(check(NOT_A_NUMBER).max_error));
}

static void the_report_names_the_element(void **state) {
  (void)state;
  sumi_gradient_report_t report = check(ONE_ELEMENT);
  assert_int_equal(report.x_index, 5);
  assert_int_equal(report.y_index, 5);
  assert_near(report.symbolic, 3 * exp(.6), 1e-9);
  assert_near(report.numeric, exp(.6), 1e-5);
  report = check(TRANSPOSED);
  assert_int_equal(report.x_index, 7); /* where exp(.8) should be and is not */
  assert_int_equal(report.y_index, 7);
  assert_near(report.symbolic, 0, 0);
}

static void a_whole_jacobian_is_compared_at_the_given_point(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 2));
  sumi_tensor_t w = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(2, 3));
  sumi_tensor_t y = sumi_tanh(sumi_matmul(x, w));
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *point = sumi_array_full(SUMI_FLOAT32, SUMI_DIMS(4, 2), .3);
  const float weights[6] = {.1f, -.2f, .3f, .4f, -.5f, .6f};
  sumi_gradient_report_t report;
  sumi_feeds_t feeds = SUMI_FEEDS({.tensor = w, .data = weights});
  assert_ok(sumi_gradient_check(s, x, SUMI_DIMS(4, 2), y, SUMI_DIMS(4, 3), &report,
                                .x_value = point, .feeds = feeds, .delta = 1e-2));
  assert_true(report.max_error < 1e-3);
  /* The point stays what it was, and unknown shapes are not checked. */
  for (int i = 0; i < 8; ++i) assert_near(sumi_array_get(point, i), .3, 1e-7);
  assert_ok(sumi_gradient_check(s, x, SUMI_DIMS_UNKNOWN, y, SUMI_DIMS(-1, 3), &report,
                                .x_value = point, .feeds = feeds));
  assert_fails(sumi_gradient_check(s, x, SUMI_DIMS(3, 2), y, SUMI_DIMS(4, 3), &report,
                                   .x_value = point, .feeds = feeds),
               SUMI_INVALID_ARGUMENT, "x has shape (4, 2), not (3, 2)");
  assert_fails(sumi_gradient_check(s, x, SUMI_DIMS(4, 2), y, SUMI_DIMS(4, 2), &report,
                                   .x_value = point, .feeds = feeds),
               SUMI_INVALID_ARGUMENT, "y has shape (4, 3), not (4, 2)");
  assert_fails(
      sumi_gradient_check(s, x, SUMI_DIMS(4, 2), y, SUMI_DIMS(4, 3), &report, .feeds = feeds),
      SUMI_FAILED_PRECONDITION, "Placeholder");
  assert_fails(sumi_gradient_check(s, x, SUMI_DIMS(4, 2), y, SUMI_DIMS(4, 3), &report,
                                   .x_value = point, .feeds = {1, NULL}),
               SUMI_INVALID_ARGUMENT, "feeds");
  assert_ok(sumi_graph_status(g));
  sumi_array_unref(point);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void what_cannot_be_checked_is_refused(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT64, 1), z = sumi_scalar(g, SUMI_FLOAT64, 2);
  sumi_tensor_t n = sumi_scalar(g, SUMI_INT32, 2), empty = sumi_constant_f64(g, SUMI_DIMS(0), NULL);
  sumi_session_t *s = sumi_session_new(g);
  sumi_gradient_report_t report;
  assert_fails(sumi_gradient_check(s, x, SUMI_SCALAR, sumi_square(z), SUMI_SCALAR, &report),
               SUMI_FAILED_PRECONDITION, "does not depend on");
  assert_fails(sumi_gradient_check(s, n, SUMI_SCALAR, x, SUMI_SCALAR, &report),
               SUMI_INVALID_ARGUMENT, "x is int32 and y is float64");
  assert_fails(sumi_gradient_check(s, x, SUMI_SCALAR, SUMI_T(1), SUMI_SCALAR, &report),
               SUMI_INVALID_ARGUMENT, "must be floating");
  assert_fails(sumi_gradient_check(NULL, x, SUMI_SCALAR, x, SUMI_SCALAR, &report),
               SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_gradient_check(s, x, SUMI_SCALAR, x, SUMI_SCALAR, NULL), SUMI_INVALID_ARGUMENT,
               "NULL");
  assert_ok(sumi_gradient_check(s, empty, SUMI_DIMS(0), sumi_square(empty), SUMI_DIMS(0), &report));
  assert_near(report.max_error, 0, 0);
  assert_ok(sumi_graph_status(g));
  sumi_session_free(s);
  sumi_graph_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_right_gradient_passes),
      cmocka_unit_test(wrong_gradients_are_found),
      cmocka_unit_test(the_report_names_the_element),
      cmocka_unit_test(a_whole_jacobian_is_compared_at_the_given_point),
      cmocka_unit_test(what_cannot_be_checked_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
