/* Variable scopes, regularizers and templates: what TensorFlow's documentation of
 * tf.variable_scope, tf.make_template and tf.layers promises. Random programs are compared in
 * test_scopes_tensorflow.py. */
#include "graph_run.h"

#include <sumi/constants.h>
#include <sumi/layers.h>
#include <sumi/ops.h>
#include <sumi/train.h>

static sumi_tensor_t get(sumi_graph_t *g, const char *name) {
  return sumi_get_variable(g, name, SUMI_DIMS(1));
}

static double value_of(sumi_graph_t *g, sumi_tensor_t tensor) {
  sumi_op_t *init = sumi_global_variables_initializer(g);
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *array = NULL;
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(init)));
  assert_ok(sumi_session_value(s, tensor, &array));
  const double value = sumi_array_get(array, 0);
  sumi_array_unref(array);
  sumi_session_free(s);
  return value;
}

static void a_scope_entered_again_shares_only_when_it_says_so(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_variable_scope_begin(g, "foo");
  const sumi_tensor_t v = get(g, "v");
  sumi_variable_scope_end(g);
  assert_string_equal(sumi_variable_name(v), "foo/v");
  sumi_variable_scope_begin(g, "foo", .reuse = SUMI_REUSE);
  assert_ptr_equal(get(g, "v").op, v.op);
  sumi_variable_scope_begin(g, "bar"); /* reuses, too, until it is told otherwise */
  const sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(1), .reuse = SUMI_AUTO_REUSE);
  assert_ptr_equal(get(g, "w").op, w.op);
  sumi_variable_scope_end(g);
  sumi_variable_scope_end(g);
  assert_string_equal(sumi_variable_name(w), "foo/bar/w");
  assert_int_equal(sumi_collection(g, SUMI_GLOBAL_VARIABLES).count, 2);
  sumi_variable_scope_begin(g, "foo");
  get(g, "v");
  assert_refusal(g, SUMI_ALREADY_EXISTS, "variable 'foo/v' (");
  assert_refusal(g, SUMI_ALREADY_EXISTS, "SUMI_AUTO_REUSE");
  sumi_graph_free(g);
}

static void reuse_from_here_on_needs_variables_that_exist(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_variable_scope_begin(g, "foo");
  const sumi_tensor_t v = get(g, "v");
  sumi_reuse_variables(g);
  assert_ptr_equal(get(g, "v").op, v.op);
  sumi_variable_scope_end(g);
  assert_string_equal(sumi_variable_name(get(g, "v")), "v"); /* the scope around does not reuse */
  sumi_variable_scope_begin(g, "foo", .reuse = SUMI_REUSE);
  get(g, "new");
  assert_refusal(g, SUMI_NOT_FOUND, "variable 'foo/new' (");
  sumi_graph_free(g);
}

static void a_name_scope_leaves_variables_alone(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_name_scope_begin(g, "ops");
  sumi_variable_scope_begin(g, "foo");
  assert_string_equal(sumi_variable_name(get(g, "v")), "foo/v");
  assert_string_equal(sumi_op_name(sumi_square(get(g, "w")).op), "ops/foo/Square");
  sumi_variable_scope_end(g);
  const sumi_tensor_t own = sumi_variable(sumi_scalar(g, SUMI_FLOAT64, 3), .name = "v");
  assert_string_equal(sumi_variable_name(own), "ops/v");
  assert_near(value_of(g, own), 3, 0);
  sumi_name_scope_end(g);
  assert_int_equal(sumi_collection(g, SUMI_TRAINABLE_VARIABLES).count, 3);
  assert_int_equal(sumi_collection_below(g, SUMI_GLOBAL_VARIABLES, "foo/").count, 2);
  assert_int_equal(sumi_collection_below(g, SUMI_GLOBAL_VARIABLES, "ops/").count, 1);
  assert_ptr_equal(sumi_collection_below(g, SUMI_GLOBAL_VARIABLES, "ops/").list[0].op, own.op);
  assert_int_equal(sumi_collection_below(g, SUMI_GLOBAL_VARIABLES, "none").count, 0);
  assert_ok(sumi_graph_status(g));
  sumi_graph_free(g);
}

static void a_scope_says_what_its_variables_are_like(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_variable_scope_begin(g, "outer", .initializer = SUMI_INIT(CONSTANT, .a = 4),
                            .dtype = SUMI_FLOAT64, .regularizer = SUMI_L2_REGULARIZER(.5));
  const sumi_tensor_t a = get(g, "a");
  sumi_variable_scope_begin(g, "inner", .initializer = SUMI_ONES_INITIALIZER);
  const sumi_tensor_t b = sumi_get_variable(g, "b", SUMI_DIMS(1),
                                            .regularizer = SUMI_NO_REGULARIZER);
  const sumi_tensor_t c = sumi_get_variable(g, "c", SUMI_DIMS(3), .dtype = SUMI_FLOAT32,
                                            .initializer = SUMI_INIT(CONSTANT, .a = -2),
                                            .regularizer = SUMI_L1_REGULARIZER(10));
  sumi_variable_scope_end(g);
  sumi_variable_scope_end(g);
  assert_int_equal(sumi_tensor_dtype(a), SUMI_FLOAT64);
  assert_int_equal(sumi_tensor_dtype(b), SUMI_FLOAT64);
  assert_int_equal(sumi_tensor_dtype(c), SUMI_FLOAT32);
  assert_near(value_of(g, a), 4, 0);
  assert_near(value_of(g, b), 1, 0);
  assert_near(value_of(g, c), -2, 0);
  const sumi_tensors_t losses = sumi_collection(g, SUMI_REGULARIZATION_LOSSES);
  assert_int_equal(losses.count, 2);
  assert_near(value_of(g, losses.list[0]), .5 * 4 * 4 / 2, 0);
  assert_near(value_of(g, losses.list[1]), 10 * (2 + 2 + 2), 0);
  assert_string_equal(sumi_op_name(losses.list[0].op), "outer/a/Regularizer/Mul");
  sumi_graph_free(g);
}

static void regularization_losses_add_up(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  assert_near(value_of(g, sumi_regularization_loss(g)), 0, 0);
  for (int i = 0; i < 3; ++i) {
    char name[] = {'a', (char)('a' + i), '\0'};
    sumi_get_variable(g, name, SUMI_DIMS(2), .initializer = SUMI_INIT(CONSTANT, .a = i),
                      .regularizer = SUMI_L2_REGULARIZER(1));
  }
  assert_near(value_of(g, sumi_regularization_loss(g)), 0 + 1 + 4, 0);
  assert_true(sumi_tensor_is_null(sumi_regularization_loss(NULL)));
  sumi_graph_free(g);
}

static void the_layers_of_a_shared_scope_share_by_their_order(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(1, 2), SUMI_F32(1, 2));
  for (int i = 0; i < 2; ++i) {
    sumi_variable_scope_begin(g, "net", .reuse = i ? SUMI_REUSE : SUMI_REUSE_INHERITED);
    const sumi_tensor_t y = sumi_dense(sumi_dense(x, 2), 3);
    sumi_variable_scope_end(g);
    assert_string_equal(sumi_op_name(y.op), i ? "net_1/dense_1/BiasAdd" : "net/dense_1/BiasAdd");
  }
  assert_ok(sumi_graph_status(g));
  const sumi_tensors_t all = sumi_collection(g, SUMI_TRAINABLE_VARIABLES);
  static const char *const expected[] = {"net/dense/kernel", "net/dense/bias", "net/dense_1/kernel",
                                         "net/dense_1/bias"};
  assert_int_equal(all.count, 4);
  for (int i = 0; i < 4; ++i) assert_string_equal(sumi_variable_name(all.list[i]), expected[i]);
  sumi_graph_free(g);
}

static sumi_tensor_t encode(sumi_template_t *encoder, sumi_tensor_t x) {
  sumi_template_begin(encoder);
  const sumi_tensor_t y = sumi_dense(x, 2);
  sumi_template_end(encoder);
  return y;
}

static void a_template_shares_its_variables_with_itself_alone(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(1, 2), SUMI_F32(1, 2));
  sumi_template_t *first = sumi_template_new(g, "encoder"),
                  *second = sumi_template_new(g, "encoder");
  sumi_variable_scope_begin(g, "a");
  encode(first, x);
  sumi_variable_scope_end(g);
  assert_string_equal(sumi_op_name(encode(first, x).op), "encoder/dense/BiasAdd");
  encode(second, x);
  assert_ok(sumi_graph_status(g));
  const sumi_tensors_t all = sumi_collection(g, SUMI_TRAINABLE_VARIABLES);
  assert_int_equal(all.count, 4);
  assert_string_equal(sumi_variable_name(all.list[0]), "a/encoder/dense/kernel");
  assert_string_equal(sumi_variable_name(all.list[2]), "encoder/dense/kernel");
  sumi_template_begin(first);
  get(g, "late");
  assert_refusal(g, SUMI_NOT_FOUND, "'a/encoder/late'");
  sumi_graph_free(g);
  assert_null(sumi_template_new(NULL, "a"));
  sumi_template_begin(NULL), sumi_template_end(NULL);
}

/* tf.get_variable lifts a variable out of the control dependencies around it. */
static void first_values_wait_for_nothing(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_op_t *effect = sumi_assert(sumi_scalar(g, SUMI_BOOL, 0),
                                  SUMI_TENSORS(sumi_scalar(g, SUMI_INT32, 1)));
  sumi_control_begin(g, SUMI_OPS(effect));
  const sumi_tensor_t v = sumi_get_variable(g, "v", SUMI_DIMS(1),
                                            .initializer = SUMI_INIT(CONSTANT, .a = 5));
  assert_int_equal(sumi_op_control_count(sumi_square(v).op), 1);
  sumi_control_end(g);
  assert_near(value_of(g, v), 5, 0);
  sumi_graph_free(g);
}

static void the_global_step_is_found_in_any_scope(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t step = sumi_global_step(g);
  sumi_variable_scope_begin(g, "inside");
  assert_ptr_equal(sumi_global_step(g).op, step.op);
  sumi_variable_scope_end(g);
  sumi_graph_free(g);
}

static void the_current_scope_can_be_kept_and_entered_again(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_variable_scope_t *root = sumi_current_variable_scope(g);
  assert_string_equal(sumi_variable_scope_name(root), "");
  const sumi_variable_scope_t *a = sumi_variable_scope_begin(g, "a");
  assert_ptr_equal(sumi_current_variable_scope(g), a);
  const sumi_tensor_t v = get(g, "v");
  sumi_variable_scope_end(g);
  sumi_variable_scope_begin(g, "b");
  sumi_variable_scope_reenter(a, .reuse = SUMI_REUSE);
  assert_ptr_equal(get(g, "v").op, v.op);
  assert_string_equal(sumi_op_name(sumi_square(v).op), "b/a/Square");
  assert_string_equal(sumi_variable_scope_original_name_scope(sumi_current_variable_scope(g)),
                      "a/");
  sumi_variable_scope_end(g);
  sumi_variable_scope_reenter(root, .no_name_scope = true);
  assert_string_equal(sumi_variable_name(get(g, "v")), "v");
  assert_string_equal(sumi_op_name(sumi_square(v).op), "b/Square");
  sumi_variable_scope_end(g);
  assert_string_equal(sumi_variable_scope_name(sumi_current_variable_scope(g)), "b");
  sumi_variable_scope_end(g);
  assert_ok(sumi_graph_status(g));
  sumi_graph_free(g);
}

static void scopes_are_left_in_their_order(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_variable_scope_end(g);
  assert_refusal(g, SUMI_FAILED_PRECONDITION, "without sumi_variable_scope_begin");
  sumi_variable_scope_end(g);
  sumi_graph_free(g);
  g = sumi_graph_new();
  sumi_variable_scope_begin(g, "a");
  sumi_name_scope_begin(g, "n");
  sumi_variable_scope_end(g);
  assert_refusal(g, SUMI_FAILED_PRECONDITION, "sumi_variable_scope_end of 'a'");
  sumi_graph_free(g);
  g = sumi_graph_new();
  sumi_name_scope_begin(g, "n");
  sumi_variable_scope_begin(g, "a");
  sumi_name_scope_end(g);
  assert_refusal(g, SUMI_FAILED_PRECONDITION, "the innermost scope is a variable scope");
  sumi_graph_free(g);
}

static void what_is_no_scope_is_refused(void **state) {
  (void)state;
  static const char *const bad[] = {"", "a b", "_a", "a/", "\xC3\xA9"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    assert_null(sumi_variable_scope_begin(g, bad[i]));
    assert_refusal(g, SUMI_INVALID_ARGUMENT, "is not a variable scope's name");
    assert_refusal(g, SUMI_INVALID_ARGUMENT, "test_scopes.c:");
    assert_null(sumi_current_variable_scope(g));
    sumi_graph_free(g);
  }
  sumi_graph_t *g = sumi_graph_new();
  assert_null(sumi_variable_scope_begin(g, NULL));
  assert_refusal(g, SUMI_INVALID_ARGUMENT, "'(NULL)' is not a variable scope's name");
  sumi_graph_free(g);
  g = sumi_graph_new();
  assert_null(
      sumi_variable_scope_begin(g, NULL, .default_name = "dense", .reuse = SUMI_AUTO_REUSE));
  assert_refusal(g, SUMI_INVALID_ARGUMENT, "a default name ('dense') cannot reuse");
  sumi_graph_free(g);
  g = sumi_graph_new();
  sumi_variable(sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1)));
  assert_refusal(g, SUMI_INVALID_ARGUMENT, "its initial value 'Placeholder' is of shape (?,)");
  sumi_graph_free(g);
  assert_null(sumi_variable_scope_begin(NULL, "a"));
  assert_null(sumi_variable_scope_reenter(NULL));
  assert_null(sumi_current_variable_scope(NULL));
  assert_true(sumi_tensor_is_null(sumi_variable((sumi_tensor_t){0})));
  assert_string_equal(sumi_variable_scope_name(NULL), "");
  assert_string_equal(sumi_variable_scope_original_name_scope(NULL), "");
  sumi_variable_scope_end(NULL);
  sumi_reuse_variables(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_scope_entered_again_shares_only_when_it_says_so),
      cmocka_unit_test(reuse_from_here_on_needs_variables_that_exist),
      cmocka_unit_test(a_name_scope_leaves_variables_alone),
      cmocka_unit_test(a_scope_says_what_its_variables_are_like),
      cmocka_unit_test(regularization_losses_add_up),
      cmocka_unit_test(the_layers_of_a_shared_scope_share_by_their_order),
      cmocka_unit_test(a_template_shares_its_variables_with_itself_alone),
      cmocka_unit_test(first_values_wait_for_nothing),
      cmocka_unit_test(the_global_step_is_found_in_any_scope),
      cmocka_unit_test(the_current_scope_can_be_kept_and_entered_again),
      cmocka_unit_test(scopes_are_left_in_their_order),
      cmocka_unit_test(what_is_no_scope_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
