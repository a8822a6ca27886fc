/* Variables: assigning, adding, initialisation, order, refusals. Updates are compared with
 * TensorFlow's elsewhere. */
#include "sumi_test.h"

#include <sumi/constants.h>
#include <sumi/control.h>
#include <sumi/ops.h>
#include <sumi/session.h>

static void assert_elements(sumi_session_t *s, sumi_tensor_t tensor, int count,
                            const double *expected) {
  sumi_array_t *value = NULL;
  assert_ok(sumi_session_value(s, tensor, &value));
  assert_int_equal(sumi_array_count(value), count);
  for (int i = 0; i < count; ++i) assert_near(sumi_array_get(value, i), expected[i], 0);
  sumi_array_unref(value);
}

#define ELEMENTS(...)                                                                              \
  (int)(sizeof((double[]){__VA_ARGS__}) / sizeof(double)), (const double[]) {                      \
    __VA_ARGS__                                                                                    \
  }

static void a_variable_keeps_what_is_assigned(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t v = sumi_variable_v2(g, SUMI_DIMS(2), SUMI_FLOAT32);
  const sumi_tensor_t first = sumi_assign(v, sumi_constant_f32(g, SUMI_DIMS(2), SUMI_F32(1, 2)));
  const sumi_tensor_t more = sumi_assign_add(v,
                                             sumi_constant_f32(g, SUMI_DIMS(2), SUMI_F32(10, 20)));
  const sumi_tensor_t less = sumi_assign_sub(v,
                                             sumi_constant_f32(g, SUMI_DIMS(2), SUMI_F32(0.5, 1)));
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(first.op)));
  assert_elements(s, v, ELEMENTS(1, 2));
  assert_elements(s, more, ELEMENTS(11, 22));
  assert_elements(s, v, ELEMENTS(11, 22));
  assert_elements(s, less, ELEMENTS(10.5, 21));
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void integers_wrap_around_when_added(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t v = sumi_variable_v2(g, SUMI_DIMS(1), SUMI_INT32);
  const sumi_tensor_t first = sumi_assign(v,
                                          sumi_constant_i32(g, SUMI_DIMS(1), SUMI_I32(INT32_MAX)));
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(first.op)));
  assert_elements(s, sumi_assign_add(v, sumi_constant_i32(g, SUMI_DIMS(1), SUMI_I32(2))),
                  ELEMENTS(INT32_MIN + 1.0));
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void a_variable_may_be_added_to_itself(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t v = sumi_variable_v2(g, SUMI_DIMS(3), SUMI_FLOAT32);
  const sumi_tensor_t first = sumi_assign(v, sumi_constant_f32(g, SUMI_DIMS(3), SUMI_F32(1, 2, 3)));
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(first.op)));
  assert_elements(s, sumi_assign_add(v, v), ELEMENTS(2, 4, 6));
  /* The variable as its own gradient, which is what the L2 loss has: v -= 0.5 v. */
  assert_elements(s, sumi_apply_gradient_descent(v, 0.5, v), ELEMENTS(1, 2, 3));
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void initialisation_can_be_asked_for(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t v = sumi_variable_v2(g, SUMI_SCALAR, SUMI_FLOAT32);
  const sumi_tensor_t ready = sumi_is_variable_initialized(v), first = sumi_assign(v, 7);
  sumi_session_t *s = sumi_session_new(g);
  assert_elements(s, ready, ELEMENTS(0));
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(first.op)));
  assert_elements(s, ready, ELEMENTS(1));
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void changing_an_uninitialised_variable_is_refused_by_name(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t v = sumi_variable_v2(g, SUMI_SCALAR, SUMI_FLOAT32, .name = "weights");
  const sumi_tensor_t more = sumi_assign_add(v, 1), down = sumi_apply_gradient_descent(v, 1, 1);
  sumi_session_t *s = sumi_session_new(g);
  assert_fails(sumi_session_run(s, .targets = SUMI_OPS(more.op)), SUMI_FAILED_PRECONDITION,
               "weights");
  assert_fails(sumi_session_run(s, .targets = SUMI_OPS(down.op)), SUMI_FAILED_PRECONDITION,
               "weights");
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void shapes_and_variables_are_checked_while_building(void **state) {
  (void)state;
  static const char *const messages[] = {
      "value has shape (3,), the variable (2,)", "value has shape (3,), the variable (2,)",
      "input 2 has shape (3,), the variable (2,)", "input 1 must be a scalar, its shape is (3,)",
      "ref must be a variable"};
  for (int i = 0; i < 5; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    const sumi_tensor_t v = sumi_variable_v2(g, SUMI_DIMS(2), SUMI_FLOAT32),
                        x = sumi_zeros(g, SUMI_SHAPE(3));
    if (i == 0) sumi_assign(v, x);
    if (i == 1) sumi_assign_add(v, x);
    if (i == 2) sumi_apply_gradient_descent(v, 1, x);
    if (i == 3) sumi_apply_gradient_descent(v, x, sumi_zeros(g, SUMI_SHAPE(2)));
    if (i == 4) sumi_assign(x, x);
    assert_int_equal(sumi_graph_status(g), SUMI_INVALID_ARGUMENT);
    if (!strstr(sumi_graph_message(g), messages[i])) fail_msg("%s", sumi_graph_message(g));
    sumi_graph_free(g);
  }
}

static void a_group_runs_all_of_its_ops(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t a = sumi_variable_v2(g, SUMI_SCALAR, SUMI_FLOAT32);
  const sumi_tensor_t b = sumi_variable_v2(g, SUMI_SCALAR, SUMI_FLOAT32);
  const sumi_tensor_t set_a = sumi_assign(a, 1), set_b = sumi_assign(b, 2);
  sumi_op_t *both = sumi_group(g, SUMI_OPS(set_a.op, set_b.op), .name = "init");
  assert_string_equal(sumi_op_name(both), "init");
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(both)));
  assert_elements(s, sumi_add(a, b), ELEMENTS(3));
  assert_null(sumi_group(g, SUMI_OPS(NULL)));
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* An update of 100 000 elements in several tasks: bits do not depend on the number of threads. */
static void updates_have_the_same_bits_for_any_number_of_threads(void **state) {
  (void)state;
  enum { COUNT = 100000 };
  sumi_array_t *out[2] = {NULL, NULL};
  for (int i = 0; i < 2; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_graph_set_seed(g, 1);
    sumi_tensor_t v[3];
    sumi_op_t *set[3];
    for (int k = 0; k < 3; ++k) {
      v[k] = sumi_variable_v2(g, SUMI_DIMS(COUNT), SUMI_FLOAT32);
      set[k] = sumi_assign(v[k], sumi_random_uniform(g, SUMI_SHAPE(COUNT), .seed = k + 1)).op;
    }
    const sumi_tensor_t grad = sumi_random_normal(g, SUMI_SHAPE(COUNT), .seed = 9);
    const sumi_tensor_t step = sumi_apply_adam(v[0], v[1], v[2], 0.9, 0.999, 0.01, 0.9, 0.999, 1e-8,
                                               grad);
    sumi_session_t *s = sumi_session_new(g, .threads = i == 0 ? 1 : 3);
    assert_ok(sumi_session_run(s, .targets = SUMI_OPS(set[0], set[1], set[2])));
    assert_ok(sumi_session_run(s, .targets = SUMI_OPS(step.op)));
    assert_ok(sumi_session_value(s, v[0], &out[i]));
    sumi_session_free(s);
    sumi_graph_free(g);
  }
  assert_memory_equal(sumi_array_data(out[0]), sumi_array_data(out[1]), COUNT * sizeof(float));
  sumi_array_unref(out[0]), sumi_array_unref(out[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_variable_keeps_what_is_assigned),
      cmocka_unit_test(integers_wrap_around_when_added),
      cmocka_unit_test(a_variable_may_be_added_to_itself),
      cmocka_unit_test(initialisation_can_be_asked_for),
      cmocka_unit_test(changing_an_uninitialised_variable_is_refused_by_name),
      cmocka_unit_test(shapes_and_variables_are_checked_while_building),
      cmocka_unit_test(a_group_runs_all_of_its_ops),
      cmocka_unit_test(updates_have_the_same_bits_for_any_number_of_threads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
