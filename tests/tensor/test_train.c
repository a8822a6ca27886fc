/* Variables, initializers, optimizers and schedules. Names were printed by TensorFlow
 * (tf.compat.v1); values are worked by hand or follow from a law. */
#include "sumi_test.h"

#include <sumi/constants.h>
#include <sumi/control_flow.h>
#include <sumi/layers.h>
#include <sumi/ops.h>
#include <sumi/session.h>
#include <sumi/train.h>

static void assert_refusal(sumi_graph_t *g, sumi_status_t status, const char *text) {
  if (sumi_graph_status(g) != status || !strstr(sumi_graph_message(g), text))
    fail_msg("%s \"%s\", expected %s with \"%s\"", sumi_status_name(sumi_graph_status(g)),
             sumi_graph_message(g), sumi_status_name(status), text);
}

static sumi_session_t *started(sumi_graph_t *g) {
  sumi_op_t *init = sumi_global_variables_initializer(g);
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(init)));
  return s;
}

static double scalar_of(sumi_session_t *s, sumi_tensor_t tensor) {
  sumi_array_t *value = NULL;
  assert_ok(sumi_session_value(s, tensor, &value));
  assert_int_equal(sumi_array_count(value), 1);
  const double number = sumi_array_get(value, 0);
  sumi_array_unref(value);
  return number;
}

/* ---- Initializers ---- */

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

/* ---- Variables ---- */

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
  snprintf(first, sizeof first, "test_train.c:%d", __LINE__ + 1);
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
             {"w", "(-1,)", SUMI_DIMS(-1)},
             {"w", "fully known shape", SUMI_DIMS_UNKNOWN}};
  for (int i = 0; i < 4; ++i) {
    g = sumi_graph_new();
    assert_true(sumi_tensor_is_null(sumi_get_variable(g, bad[i].name, bad[i].dims)));
    assert_int_equal(sumi_graph_status(g), SUMI_INVALID_ARGUMENT);
    if (i != 2) assert_refusal(g, SUMI_INVALID_ARGUMENT, bad[i].text);
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
  assert_non_null(strstr(sumi_error_message(), "test_train.c"));
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

/* ---- Optimizers ---- */

static void counts(sumi_graph_t *g, sumi_tensor_t *results, void *data) {
  results[0] = sumi_assign_add(*(sumi_tensor_t *)data, sumi_scalar(g, SUMI_FLOAT32, 1));
  sumi_collection_add(g, SUMI_UPDATE_OPS, results[0]);
}

static void counts_not(sumi_graph_t *g, sumi_tensor_t *results, void *data) {
  (void)g, (void)data;
  results[0] = SUMI_T(0);
}

/* They run where the branch is taken, and not whenever something is trained. */
static void updates_inside_of_branches_are_not_those_of_training(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_SCALAR), result;
  sumi_tensor_t counter = sumi_variable(sumi_scalar(g, SUMI_FLOAT32, 0), .not_trainable = true);
  sumi_tensor_t always = sumi_assign_add(counter, sumi_scalar(g, SUMI_FLOAT32, 10));
  sumi_collection_add(g, SUMI_UPDATE_OPS, always);
  sumi_cond(sumi_scalar(g, SUMI_BOOL, 0), counts, counts_not, &counter, 1, &result);
  sumi_op_t *train = sumi_minimize(sumi_gradient_descent(.learning_rate = .1), sumi_square(w));
  assert_ok(sumi_graph_status(g));
  sumi_session_t *s = started(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(train)));
  assert_near(scalar_of(s, counter), 10, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void optimizers_name_their_variables_as_tensorflow_does(void **state) {
  (void)state;
  static const char *const expected[] = {"w",
                                         "u",
                                         "beta1_power",
                                         "beta2_power",
                                         "w/Adam",
                                         "w/Adam_1",
                                         "u/Adam",
                                         "u/Adam_1",
                                         "beta1_power_1",
                                         "beta2_power_1",
                                         "w/Adam_2",
                                         "w/Adam_3",
                                         "u/Adam_2",
                                         "u/Adam_3",
                                         "w/Momentum",
                                         "u/Momentum",
                                         "w/Momentum_1",
                                         "u/Momentum_1",
                                         "outer/beta1_power",
                                         "outer/beta2_power",
                                         "outer/w/Adam",
                                         "outer/w/Adam_1"};
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(2)),
                u = sumi_get_variable(g, "u", SUMI_DIMS(2));
  sumi_tensor_t loss = sumi_reduce_sum(sumi_mul(w, u));
  sumi_op_t *first = sumi_minimize(sumi_adam(.learning_rate = .1), loss);
  assert_string_equal(sumi_op_name(first), "Adam");
  sumi_minimize(sumi_adam(.learning_rate = .1), loss);
  sumi_minimize(sumi_momentum(.learning_rate = .1, .momentum = .9), loss);
  sumi_minimize(sumi_momentum(.learning_rate = .1, .momentum = .9), loss);
  sumi_variable_scope_begin(g, "outer");
  sumi_minimize(sumi_adam(.learning_rate = .1), loss, .name = "Third");
  sumi_variable_scope_end(g);
  assert_ok(sumi_graph_status(g));
  const sumi_tensors_t all = sumi_collection(g, SUMI_GLOBAL_VARIABLES);
  for (size_t i = 0; i < sizeof expected / sizeof *expected; ++i)
    assert_string_equal(sumi_variable_name(all.list[i]), expected[i]);
  assert_int_equal(sumi_collection(g, SUMI_TRAINABLE_VARIABLES).count, 2);
  sumi_graph_free(g);
}

/* loss = (w - 3)^2 from w = 0: the first steps of each optimizer by its formula. */
static void first_steps_follow_the_formulas(void **state) {
  (void)state;
  const struct {
    sumi_optimizer_t optimizer;
    double w1, w2;
  } cases[] = {
      /* w1 = .1 * 6; w2 = .6 + .1 * 4.8 */
      {sumi_gradient_descent(.learning_rate = .1), .6, 1.08},
      /* m2 = .9 * -6 - 4.8 = -10.2 */
      {sumi_momentum(.learning_rate = .1, .momentum = .9), .6, 1.62},
      /* nesterov: w -= lr (g + .9 m): .1 * (6 + 5.4) = 1.14; g = -3.72, m = -9.12, .1 * 11.928 */
      {sumi_momentum(.learning_rate = .1, .momentum = .9, .use_nesterov = true), 1.14, 2.3328},
      /* Adam's first step is the rate, whatever the gradient */
      {sumi_adam(.learning_rate = .1), .1, .199896},
      /* a = .1 + 36: .5 * 6 / sqrt(a); and so on, by a calculator */
      {sumi_adagrad(.learning_rate = .5), .49930700, .81918952},
      /* the mean square starts at 1: .9 + 3.6 */
      {sumi_rms_prop(.learning_rate = .1, .momentum = .5), .28284271, .62961525},
      /* 4.5 - .6^2 */
      {sumi_centered_rms_prop(.learning_rate = .1), .29488391, .51936811},
      /* 2 * sqrt(.01 / 3.61) * 6 */
      {sumi_adadelta(.learning_rate = 2, .rho = .9, .epsilon = 1e-2), .63157895, 1.20279158},
      /* .1 - .1 * .5 * .1, and Adam's second step */
      {sumi_adamw(.learning_rate = .1, .weight_decay = .5), .1, .19489729},
      /* the largest second moment is the first one's: .5 * 36, then .5 * 18 + .5 * 33.64 */
      {sumi_amsgrad(.learning_rate = .1, .beta2 = .5), .1, .20046550},
      /* mu(1) = .9 * (1 - .48) = .468, mu(2) = .9 * (1 - .4608): by NumPy */
      {sumi_nadam(.learning_rate = .1), .10627878, .18241503},
      /* z = -6, n = 36.1: (6 - 1) / (2 sqrt(36.1) + .5) */
      {sumi_ftrl(.learning_rate = .5, .l1_regularization_strength = 1,
                 .l2_regularization_strength = .25),
       .39946775, .71673099},
      /* no norm, a ratio of 1; then a tenth of .1 */
      {sumi_lamb(.learning_rate = .1), .1, .11},
      /* .1 * (1 - .05) + .1 */
      {sumi_lion(.learning_rate = .1, .weight_decay = .5), .1, .195},
      /* a scalar is Adam's */
      {sumi_muon(.learning_rate = .1, .weight_decay = SUMI_ZERO), .1, .199896},
  };
  for (size_t k = 0; k < 2 * sizeof cases / sizeof *cases; ++k) {
    const size_t i = k / 2;
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_SCALAR, .initializer = SUMI_ZEROS_INITIALIZER,
                                        .dtype = k % 2 ? SUMI_FLOAT64 : SUMI_FLOAT32);
    sumi_tensor_t step = sumi_global_step(g), gradient, norm;
    sumi_op_t *train = sumi_minimize(cases[i].optimizer, sumi_square(sumi_sub(w, 3)),
                                     .global_step = step, .gradients = &gradient,
                                     .gradient_norm = &norm);
    sumi_session_t *s = started(g);
    assert_near(scalar_of(s, gradient), -6, 0);
    assert_near(scalar_of(s, norm), 6, 1e-6);
    assert_ok(sumi_session_run(s, .targets = SUMI_OPS(train)));
    assert_near(scalar_of(s, w), cases[i].w1, 1e-6);
    assert_ok(sumi_session_run(s, .targets = SUMI_OPS(train)));
    assert_near(scalar_of(s, w), cases[i].w2, 2e-6);
    assert_near(scalar_of(s, step), 2, 0);
    sumi_session_free(s);
    sumi_graph_free(g);
  }
}

/* The momentum of a diagonal matrix is diagonal, and its singular values stand there: one step
 * takes s / |s| through five rounds of 3.4445 s - 4.775 s^3 + 2.0315 s^5. Slots by rank. */
static void muon_orthogonalizes_matrices(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(3, 2),
                                      .initializer = SUMI_ZEROS_INITIALIZER);
  sumi_tensor_t b = sumi_get_variable(g, "b", SUMI_DIMS(2));
  sumi_tensor_t slope = sumi_constant_f32(g, SUMI_DIMS(3, 2), ((float[]){3, 0, 0, 4, 0, 0}));
  sumi_tensor_t loss = sumi_add(sumi_reduce_sum(sumi_mul(w, slope)), sumi_reduce_sum(b));
  sumi_op_t *train = sumi_minimize(sumi_muon(.learning_rate = .5), loss);
  assert_non_null(sumi_graph_find_op(g, "w/Muon"));
  assert_null(sumi_graph_find_op(g, "w/Muon_1"));
  assert_non_null(sumi_graph_find_op(g, "b/Adam_1"));
  sumi_session_t *s = started(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(train)));
  const sumi_array_t *value = sumi_session_variable(s, w);
  for (int i = 0; i < 2; ++i) {
    double x = i ? .8 : .6;
    for (int round = 0; round < 5; ++round) x = 3.4445 * x - 4.775 * pow(x, 3) + 2.0315 * pow(x, 5);
    assert_true(x > .65 && x < 1.25);
    assert_near(sumi_array_get(value, 3 * i), -.5 * .2 * sqrt(3) * x, 1e-5);
  }
  assert_near(sumi_array_get(value, 1), 0, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* Two losses on one variable, each with its own Adam: moments are not shared. */
static void optimizers_do_not_share_their_state(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_SCALAR, .initializer = SUMI_ZEROS_INITIALIZER);
  sumi_op_t *up = sumi_minimize(sumi_adam(.learning_rate = 1), sumi_neg(w));
  sumi_op_t *down = sumi_minimize(sumi_adam(.learning_rate = 1), sumi_mul(w, 1000));
  sumi_session_t *s = started(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(up)));
  assert_near(scalar_of(s, w), 1, 1e-5);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(down)));
  assert_near(scalar_of(s, w), 0, 1e-5); /* a first step again */
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* g' = g min(1, clip / norm): the norm of the clipped gradients is min(norm, clip). */
static void clipping_bounds_the_global_norm(void **state) {
  (void)state;
  for (int i = 0; i < 2; ++i) {
    const double clip = i ? 1 : 100;
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t a = sumi_get_variable(g, "a", SUMI_DIMS(2),
                                        .initializer = SUMI_ZEROS_INITIALIZER);
    sumi_tensor_t b = sumi_get_variable(g, "b", SUMI_SCALAR, .initializer = SUMI_ZEROS_INITIALIZER);
    sumi_tensor_t slope = sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){2, 3}));
    /* gradients (2, 3) and 6: norm 7 */
    sumi_tensor_t loss = sumi_add(sumi_reduce_sum(sumi_mul(a, slope)), sumi_mul(6, b)), norm;
    sumi_tensor_t raw[2];
    sumi_op_t *train = sumi_minimize(sumi_gradient_descent(.learning_rate = 1), loss,
                                     .clip_norm = clip, .gradient_norm = &norm, .gradients = raw);
    sumi_session_t *s = started(g);
    assert_near(scalar_of(s, norm), 7, 1e-6);
    assert_near(scalar_of(s, raw[1]), 6, 0);
    assert_ok(sumi_session_run(s, .targets = SUMI_OPS(train)));
    const double scale = i ? 1. / 7 : 1;
    assert_near(scalar_of(s, b), -6 * scale, 1e-6);
    assert_near(sumi_array_get(sumi_session_variable(s, a), 1), -3 * scale, 1e-6);
    sumi_session_free(s);
    sumi_graph_free(g);
  }
}

/* Gradients (2, 3) and 6, each by itself: elements within 2.5; norms sqrt 13 and 6 down to 3. */
static void clipping_bounds_each_gradient(void **state) {
  (void)state;
  const double expected[][2] = {{2.5, 2.5}, {3 * 3 / sqrt(13), 3}};
  for (int i = 0; i < 2; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t a = sumi_get_variable(g, "a", SUMI_DIMS(2),
                                        .initializer = SUMI_ZEROS_INITIALIZER);
    sumi_tensor_t b = sumi_get_variable(g, "b", SUMI_SCALAR, .initializer = SUMI_ZEROS_INITIALIZER);
    sumi_tensor_t slope = sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){2, 3})), norm;
    sumi_tensor_t loss = sumi_add(sumi_reduce_sum(sumi_mul(a, slope)), sumi_mul(6, b));
    sumi_op_t *train = sumi_minimize(sumi_gradient_descent(.learning_rate = 1), loss,
                                     .gradient_norm = &norm, .clip_value = i ? 0 : 2.5,
                                     .clip_each_norm = i ? 3 : 0);
    sumi_session_t *s = started(g);
    assert_near(scalar_of(s, norm), 7, 1e-6);
    assert_ok(sumi_session_run(s, .targets = SUMI_OPS(train)));
    assert_near(sumi_array_get(sumi_session_variable(s, a), 1), -expected[i][0], 1e-6);
    assert_near(scalar_of(s, b), -expected[i][1], 1e-6);
    sumi_session_free(s);
    sumi_graph_free(g);
  }
}

static void the_global_norm_counts_every_tensor(void **state) {
  (void)state;
  enum { MANY = 2500 };
  static sumi_tensor_t list[MANY];
  sumi_graph_t *g = sumi_graph_new();
  for (int i = 0; i < MANY; ++i)
    list[i] = i % 2 ? sumi_scalar(g, SUMI_FLOAT64, 2) : (sumi_tensor_t){0};
  sumi_tensor_t norm = sumi_global_norm(SUMI_LIST(MANY, list));
  sumi_session_t *s = sumi_session_new(g);
  assert_near(scalar_of(s, norm), sqrt(4. * MANY / 2), 1e-9);
  assert_non_null(strstr(sumi_op_site(norm.op).file, "test_train.c"));
  assert_true(sumi_tensor_is_null(sumi_global_norm(((sumi_tensors_t){0, NULL}))));
  assert_true(sumi_tensor_is_null(sumi_global_norm(((sumi_tensors_t){3, NULL}))));
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void what_cannot_be_minimised_is_refused(void **state) {
  (void)state;
  sumi_graph_t *other = sumi_graph_new();
  sumi_tensor_t foreign = sumi_get_variable(other, "f", SUMI_SCALAR);
  const char *const texts[] = {"the loss depends on none of the 1 variables",
                               "no trainable variables",
                               "is not a variable",
                               "another graph",
                               "an optimizer of unknown kind 0",
                               "2 variables without a list",
                               "ref must be a variable",
                               "2 gradients for 1 variables",
                               "weight_decay is -1; 0 or more is allowed",
                               "weight_decay is nan"};
  for (int i = 0; i < 10; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT32, 1), w = x;
    if (i != 1) w = sumi_get_variable(g, "w", SUMI_SCALAR);
    const sumi_optimizer_t sgd = sumi_gradient_descent(.learning_rate = 1);
    sumi_tensor_t loss = sumi_square(i == 0 ? x : w);
    sumi_op_t *train = NULL;
    if (i < 2) train = sumi_minimize(sgd, loss);
    if (i == 2) train = sumi_minimize(sgd, sumi_add(loss, x), .variables = SUMI_TENSORS(x));
    if (i == 3) train = sumi_minimize(sgd, loss, .variables = SUMI_TENSORS(foreign));
    if (i == 4) train = sumi_minimize((sumi_optimizer_t){.struct_size = sizeof sgd}, loss);
    if (i == 5) train = sumi_minimize(sgd, loss, .variables = {2, NULL});
    if (i == 6) train = sumi_minimize(sgd, loss, .global_step = x);
    if (i == 7)
      train = sumi_apply_gradients(sgd, SUMI_TENSORS(x, x), SUMI_TENSORS(w), ((sumi_tensor_t){0}),
                                   NULL);
    if (i > 7) train = sumi_minimize(sumi_adamw(.weight_decay = i == 8 ? -1 : NAN), loss);
    assert_null(train);
    if (sumi_graph_status(g) == SUMI_OK) fail_msg("case %d is not refused", i);
    assert_refusal(g, sumi_graph_status(g), texts[i]);
    if (i != 3) assert_refusal(g, sumi_graph_status(g), "test_train.c");
    sumi_graph_free(g);
  }
  assert_null(sumi_minimize(sumi_adam(.learning_rate = 1), ((sumi_tensor_t){0})));
  assert_ok(sumi_graph_status(other));
  sumi_graph_free(other);
}

static void variables_without_a_gradient_are_left_alone(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t a = sumi_get_variable(g, "a", SUMI_SCALAR, .initializer = SUMI_ONES_INITIALIZER);
  sumi_tensor_t b = sumi_get_variable(g, "b", SUMI_SCALAR, .initializer = SUMI_ONES_INITIALIZER);
  sumi_tensor_t gradients[2];
  sumi_op_t *train = sumi_minimize(sumi_momentum(.learning_rate = 1, .momentum = .5),
                                   sumi_mul(a, 3), .gradients = gradients);
  assert_true(sumi_tensor_is_null(gradients[1]));
  assert_null(sumi_graph_find_op(g, "b/Momentum"));
  sumi_session_t *s = started(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(train)));
  assert_near(scalar_of(s, a), -2, 0);
  assert_near(scalar_of(s, b), 1, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* ---- Schedules ---- */

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

/* Fails the nth request for memory while `optimizer` is put into a graph; false: there were fewer.
 */
static bool minimized_with_failure(sumi_optimizer_t optimizer, int64_t nth) {
  sumi_graph_t *g = sumi_graph_new();
  const int64_t before = counting_allocator_requests();
  counting_allocator_fail_at(nth);
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(3, 2));
  sumi_tensor_t loss = sumi_reduce_sum(sumi_square(w)), norm;
  sumi_op_t *train = sumi_minimize(optimizer, loss, .clip_norm = 1, .gradient_norm = &norm,
                                   .global_step = sumi_global_step(g));
  sumi_op_t *init = sumi_global_variables_initializer(g);
  const bool reached = nth == 0 || counting_allocator_requests() - before >= nth;
  counting_allocator_fail_at(0);
  if (reached && nth) {
    assert_int_equal(sumi_graph_status(g), SUMI_RESOURCE_EXHAUSTED);
  } else {
    assert_ok(sumi_graph_status(g));
    assert_true(train && init);
  }
  sumi_graph_free(g);
  assert_int_equal(counting_allocator_live(), 0);
  return reached;
}

static void lack_of_memory_is_a_refusal_wherever_it_strikes(void **state) {
  (void)state;
  const sumi_optimizer_t optimizers[] = {sumi_adam(.learning_rate = .1), sumi_nadam(), sumi_muon()};
  counting_allocator_install();
  for (int i = 0; i < 3; ++i) /* 0 warms up what lives as long as the process */
    for (int64_t nth = 0; minimized_with_failure(optimizers[i], nth);) ++nth;
  counting_allocator_remove();
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
      cmocka_unit_test(updates_inside_of_branches_are_not_those_of_training),
      cmocka_unit_test(optimizers_name_their_variables_as_tensorflow_does),
      cmocka_unit_test(first_steps_follow_the_formulas),
      cmocka_unit_test(muon_orthogonalizes_matrices),
      cmocka_unit_test(optimizers_do_not_share_their_state),
      cmocka_unit_test(clipping_bounds_the_global_norm),
      cmocka_unit_test(clipping_bounds_each_gradient),
      cmocka_unit_test(the_global_norm_counts_every_tensor),
      cmocka_unit_test(what_cannot_be_minimised_is_refused),
      cmocka_unit_test(variables_without_a_gradient_are_left_alone),
      cmocka_unit_test(schedules_follow_their_formulas),
      cmocka_unit_test(cycles_follow_their_formulas),
      cmocka_unit_test(bad_cycles_are_refused),
      cmocka_unit_test(bad_schedules_are_refused),
      cmocka_unit_test(a_schedule_drives_the_rate),
      cmocka_unit_test(lack_of_memory_is_a_refusal_wherever_it_strikes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
