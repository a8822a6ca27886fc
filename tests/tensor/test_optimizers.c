/* Optimizers and clipping. Names were printed by TensorFlow (tf.compat.v1); steps are worked by
 * their formulas. */
#include "graph_run.h"

#include <sumi/constants.h>
#include <sumi/control_flow.h>
#include <sumi/ops.h>
#include <sumi/train.h>

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
  assert_non_null(strstr(sumi_op_site(norm.op).file, "test_optimizers.c"));
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
    const sumi_status_t status = i == 1 ? SUMI_FAILED_PRECONDITION : SUMI_INVALID_ARGUMENT;
    assert_refusal(g, status, texts[i]);
    if (i != 3) assert_refusal(g, status, "test_optimizers.c");
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

static sumi_status_t minimized(const void *data) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(3, 2));
  sumi_tensor_t loss = sumi_reduce_sum(sumi_square(w)), norm;
  sumi_op_t *train = sumi_minimize(*(const sumi_optimizer_t *)data, loss, .clip_norm = 1,
                                   .gradient_norm = &norm, .global_step = sumi_global_step(g));
  sumi_op_t *init = sumi_global_variables_initializer(g);
  const sumi_status_t status = sumi_graph_status(g);
  if (status == SUMI_OK) assert_true(train && init);
  sumi_graph_free(g);
  return status;
}

static void lack_of_memory_is_a_refusal_wherever_it_strikes(void **state) {
  (void)state;
  const sumi_optimizer_t optimizers[] = {sumi_adam(.learning_rate = .1), sumi_nadam(), sumi_muon()};
  for (int i = 0; i < 3; ++i) assert_survives_lack_of_memory(minimized, &optimizers[i], 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
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
      cmocka_unit_test(lack_of_memory_is_a_refusal_wherever_it_strikes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
