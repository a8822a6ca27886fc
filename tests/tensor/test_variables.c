/* Variables and initializers. Names were printed by TensorFlow (tf.compat.v1); values are worked by
 * hand or follow from a law. */
#include "graph_run.h"

#include <sumi/constants.h>
#include <sumi/layers.h>
#include <sumi/ops.h>
#include <sumi/train.h>

typedef struct moments {
  double mean, variance, low, high;
} moments_t;

static moments_t moments_of(sumi_initializer_t initializer, sumi_dims_t dims, sumi_dtype_t dtype) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_graph_set_seed(g, 1);
  sumi_tensor_t w = sumi_get_variable(g, "w", dims, .initializer = initializer, .dtype = dtype);
  sumi_session_t *s = started(g);
  const sumi_array_t *value = sumi_session_variable(s, w);
  assert_string_equal(sumi_dims_text(sumi_array_dims(value)).text, sumi_dims_text(dims).text);
  const int64_t count = sumi_array_count(value);
  moments_t m = {.low = INFINITY, .high = -INFINITY};
  for (int64_t i = 0; i < count; ++i) {
    const double x = sumi_array_get(value, i);
    m.mean += x / (double)count;
    m.low = fmin(m.low, x), m.high = fmax(m.high, x);
  }
  for (int64_t i = 0; i < count; ++i)
    m.variance += pow(sumi_array_get(value, i) - m.mean, 2) / (double)count;
  sumi_session_free(s);
  sumi_graph_free(g);
  return m;
}

/* Within five standard errors of what n draws give; the extremes inside the range, and near it. */
static void assert_moments(moments_t m, double mean, double variance, double low, double high,
                           double n) {
  assert_near(m.mean, mean, 5 * sqrt(variance / n));
  assert_near(m.variance, variance, 5 * variance * sqrt(2 / n));
  assert_true(m.low >= low && m.high <= high);
  if (isfinite(high)) assert_near(m.high, high, .02 * (high - low));
  if (isfinite(low)) assert_near(m.low, low, .02 * (high - low));
}

static void initializers_have_their_ranges_and_moments(void **state) {
  (void)state;
  /* Fans of [200, 100]: 200 in, 100 out. Of [5, 5, 16, 32]: 25 * 16 in, 25 * 32 out. */
  const sumi_dims_t dense = SUMI_DIMS(200, 100), conv = SUMI_DIMS(5, 5, 16, 32);
  const double nd = 20000, nc = 12800;
  double limit = sqrt(6. / 300);
  assert_moments(moments_of((sumi_initializer_t){0}, dense, SUMI_FLOAT32), 0, limit * limit / 3,
                 -limit, limit, nd);
  limit = sqrt(6. / (400 + 800));
  assert_moments(moments_of(SUMI_INIT(GLOROT_UNIFORM, .seed = 3), conv, SUMI_FLOAT64), 0,
                 limit * limit / 3, -limit, limit, nc);
  limit = sqrt(6. / 400);
  assert_moments(moments_of(SUMI_INIT(HE_UNIFORM, .seed = 0), conv, SUMI_FLOAT32), 0,
                 limit * limit / 3, -limit, limit, nc);
  /* A truncated normal of variance v is cut at two of its untruncated standard deviations. */
  double cut = 2 * sqrt(2. / 1200) / .87962566103423978;
  assert_moments(moments_of(SUMI_INIT(GLOROT_NORMAL, .seed = 0), conv, SUMI_FLOAT32), 0, 2. / 1200,
                 -cut, cut, nc);
  cut = 2 * sqrt(2. / 200) / .87962566103423978;
  assert_moments(moments_of(SUMI_INIT(HE_NORMAL, .seed = 0), dense, SUMI_FLOAT32), 0, 2. / 200,
                 -cut, cut, nd);
  assert_moments(moments_of(SUMI_INIT(UNIFORM, .a = 2, .b = 5), dense, SUMI_FLOAT32), 3.5, 9. / 12,
                 2, 5, nd);
  assert_moments(moments_of(SUMI_INIT(NORMAL, .a = -1, .b = .5), dense, SUMI_FLOAT64), -1, .25,
                 -INFINITY, INFINITY, nd);
  /* TruncatedNormal keeps the parameters of the uncut one: variance 0.7737 of a standard normal. */
  assert_moments(moments_of(SUMI_INIT(TRUNCATED_NORMAL, .a = 10, .b = 2), dense, SUMI_FLOAT32), 10,
                 4 * .773741, 6, 14, nd);
  const moments_t constant = moments_of(SUMI_INIT(CONSTANT, .a = .25), dense, SUMI_FLOAT32);
  assert_true(constant.low == .25 && constant.high == .25);
  /* Vectors and scalars have fans too; integers start as zeros, as in TensorFlow. */
  const moments_t vector = moments_of((sumi_initializer_t){0}, SUMI_DIMS(1000), SUMI_FLOAT32);
  assert_true(vector.high <= sqrt(6. / 2000) && vector.high > .9 * sqrt(6. / 2000));
  assert_true(moments_of((sumi_initializer_t){0}, SUMI_SCALAR, SUMI_FLOAT32).high <= sqrt(3));
  assert_true(moments_of((sumi_initializer_t){0}, dense, SUMI_INT32).high == 0);
}

static double first_of(int64_t graph_seed, int64_t seed, int which) {
  sumi_graph_t *g = sumi_graph_new();
  if (graph_seed) sumi_graph_set_seed(g, graph_seed);
  sumi_tensor_t w[2] = {sumi_get_variable(g, "a", SUMI_DIMS(3),
                                          .initializer = SUMI_INIT(NORMAL, .b = 1, .seed = seed)),
                        sumi_get_variable(g, "b", SUMI_DIMS(3),
                                          .initializer = SUMI_INIT(NORMAL, .b = 1, .seed = seed))};
  sumi_session_t *s = started(g);
  const double value = sumi_array_get(sumi_session_variable(s, w[which]), 0);
  sumi_session_free(s);
  sumi_graph_free(g);
  return value;
}

static void seeds_decide_the_first_values(void **state) {
  (void)state;
  assert_true(first_of(1, 0, 0) == first_of(1, 0, 0));
  assert_true(first_of(1, 0, 0) != first_of(2, 0, 0));
  assert_true(first_of(1, 0, 0) != first_of(1, 0, 1));
  assert_true(first_of(0, 5, 0) == first_of(0, 5, 0));
  assert_true(first_of(0, 5, 0) == first_of(0, 5, 1)); /* the same op seed, the same numbers */
  assert_true(first_of(0, 5, 0) != first_of(0, 6, 0));
  assert_true(first_of(0, 0, 0) != first_of(0, 0, 0)); /* no seed: another run, other numbers */
}

static void a_variable_may_start_as_an_array(void **state) {
  (void)state;
  sumi_array_t *value = sumi_array_full(SUMI_FLOAT32, SUMI_DIMS(2), 7);
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(2),
                                      .initializer = SUMI_INIT(ARRAY, .array = value));
  sumi_session_t *s = started(g);
  assert_near(sumi_array_get(sumi_session_variable(s, w), 1), 7, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
  const struct {
    sumi_array_t *array;
    sumi_dims_t dims;
    sumi_dtype_t dtype;
    const char *text;
  } cases[] = {{value, SUMI_DIMS(3), SUMI_FLOAT32, "float32 (2,) for a variable of float32 (3,)"},
               {value, SUMI_DIMS(2), SUMI_FLOAT64, "float32 (2,) for a variable of float64 (2,)"},
               {NULL, SUMI_DIMS(2), SUMI_FLOAT32, "(NULL)"}};
  for (int i = 0; i < 3; ++i) {
    g = sumi_graph_new();
    sumi_get_variable(g, "w", cases[i].dims, .dtype = cases[i].dtype,
                      .initializer = SUMI_INIT(ARRAY, .array = cases[i].array));
    assert_refusal(g, SUMI_INVALID_ARGUMENT, cases[i].text);
    sumi_graph_free(g);
  }
  sumi_array_unref(value);
}

static void variables_are_laid_out_as_in_tensorflow(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_variable_scope_begin(g, "layer");
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(2, 3));
  sumi_variable_scope_end(g);
  assert_string_equal(sumi_op_name(w.op), "layer/w/read");
  assert_string_equal(sumi_variable_name(w), "layer/w");
  assert_string_equal(sumi_variable_name(sumi_graph_tensor(g, "layer/w")), "layer/w");
  assert_string_equal(sumi_variable_name(sumi_square(w)), "");
  assert_string_equal(sumi_variable_name((sumi_tensor_t){0}), "");
  assert_string_equal(sumi_op_type(sumi_graph_find_op(g, "layer/w")), "VariableV2");
  assert_string_equal(sumi_op_type(sumi_graph_find_op(g, "layer/w/Assign")), "Assign");
  sumi_tensor_t n = sumi_get_variable(g, "n", SUMI_SCALAR, .not_trainable = true);
  assert_int_equal(sumi_collection(g, SUMI_GLOBAL_VARIABLES).count, 2);
  assert_int_equal(sumi_collection(g, SUMI_TRAINABLE_VARIABLES).count, 1);
  assert_ptr_equal(sumi_collection(g, SUMI_GLOBAL_VARIABLES).list[1].op, n.op);
  assert_string_equal(sumi_op_name(sumi_global_variables_initializer(g)), "init");
  sumi_graph_free(g);
}

static void a_taken_variable_is_shared_only_when_asked_for(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  char first[64];
  snprintf(first, sizeof first, "test_variables.c:%d", __LINE__ + 1);
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(2));
  assert_ptr_equal(sumi_get_variable(g, "w", SUMI_DIMS(2), .reuse = SUMI_REUSE).op, w.op);
  assert_ptr_equal(sumi_get_variable(g, "w", SUMI_DIMS(2), .reuse = SUMI_AUTO_REUSE).op, w.op);
  assert_int_equal(sumi_collection(g, SUMI_GLOBAL_VARIABLES).count, 1);
  assert_true(sumi_tensor_is_null(sumi_get_variable(g, "w", SUMI_DIMS(2))));
  assert_refusal(g, SUMI_ALREADY_EXISTS, "'w'");
  assert_refusal(g, SUMI_ALREADY_EXISTS, first);
  sumi_graph_free(g);
  g = sumi_graph_new();
  sumi_get_variable(g, "w", SUMI_DIMS(2));
  sumi_get_variable(g, "w", SUMI_DIMS(3), .reuse = SUMI_REUSE);
  assert_refusal(g, SUMI_INVALID_ARGUMENT, "is float32 (2,), asked for as float32 (3,)");
  sumi_graph_free(g);
  g = sumi_graph_new();
  sumi_get_variable(g, "w", SUMI_DIMS(2), .reuse = SUMI_REUSE);
  assert_refusal(g, SUMI_NOT_FOUND, "variable 'w' (");
  sumi_graph_free(g);
  g = sumi_graph_new(); /* another variable, whose node gets another name, as in TensorFlow */
  w = sumi_get_variable(g, "w", SUMI_DIMS(2));
  sumi_tensor_t upper = sumi_get_variable(g, "W", SUMI_DIMS(2));
  assert_string_equal(sumi_variable_name(upper), "W_1");
  assert_ptr_equal(sumi_get_variable(g, "W", SUMI_DIMS(2), .reuse = SUMI_REUSE).op, upper.op);
  assert_ptr_not_equal(upper.op, w.op);
  sumi_graph_free(g);
  const struct {
    const char *name, *text;
    sumi_dims_t dims;
  } bad[] = {{NULL, "(NULL)", SUMI_DIMS(2)},
             {"_w", "'_w'", SUMI_DIMS(2)},
             {"w", "(?,)", SUMI_DIMS(-1)},
             {"w", "fully known shape", SUMI_DIMS_UNKNOWN}};
  for (int i = 0; i < 4; ++i) {
    g = sumi_graph_new();
    assert_true(sumi_tensor_is_null(sumi_get_variable(g, bad[i].name, bad[i].dims)));
    assert_refusal(g, SUMI_INVALID_ARGUMENT, bad[i].text);
    sumi_graph_free(g);
  }
  assert_true(sumi_tensor_is_null(sumi_get_variable(NULL, "w", SUMI_DIMS(2))));
  assert_null(sumi_global_variables_initializer(NULL));
  assert_true(sumi_tensor_is_null(sumi_global_step(NULL)));
}

static void reading_before_initialising_is_an_error_with_the_name(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t w = sumi_get_variable(g, "weights", SUMI_SCALAR);
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *value = NULL;
  assert_null(sumi_session_variable(s, w));
  assert_fails(sumi_session_value(s, w, &value), SUMI_FAILED_PRECONDITION, "weights");
  assert_non_null(strstr(sumi_error_message(), "test_variables.c"));
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void the_global_step_is_one_for_the_graph(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t step = sumi_global_step(g);
  assert_string_equal(sumi_variable_name(step), "global_step");
  assert_int_equal(sumi_tensor_dtype(step), SUMI_INT64);
  assert_ptr_equal(sumi_global_step(g).op, step.op);
  assert_int_equal(sumi_collection(g, SUMI_TRAINABLE_VARIABLES).count, 0);
  sumi_session_t *s = started(g);
  assert_near(scalar_of(s, step), 0, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(initializers_have_their_ranges_and_moments),
      cmocka_unit_test(seeds_decide_the_first_values),
      cmocka_unit_test(a_variable_may_start_as_an_array),
      cmocka_unit_test(variables_are_laid_out_as_in_tensorflow),
      cmocka_unit_test(a_taken_variable_is_shared_only_when_asked_for),
      cmocka_unit_test(reading_before_initialising_is_an_error_with_the_name),
      cmocka_unit_test(the_global_step_is_one_for_the_graph),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
