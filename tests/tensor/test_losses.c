/* Losses: collections, names, refusals. Values are compared with TensorFlow in
 * test_losses_tensorflow.py. */
#include "sumi_test.h"

#include <sumi/constants.h>
#include <sumi/losses.h>
#include <sumi/ops.h>
#include <sumi/session.h>
#include <sumi/variables.h>

static void assert_refusal(sumi_graph_t *g, const char *text) {
  if (sumi_graph_status(g) == SUMI_OK || !strstr(sumi_graph_message(g), text))
    fail_msg("%s \"%s\", expected \"%s\"", sumi_status_name(sumi_graph_status(g)),
             sumi_graph_message(g), text);
  if (!strstr(sumi_graph_message(g), "test_losses.c"))
    fail_msg("no line in \"%s\"", sumi_graph_message(g));
}

/* Worked by hand: |(1, 4) - (0, 2)| = (1, 2); and half the square of 3. */
static void losses_are_collected_and_added_up(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t truth = sumi_constant_i32(g, SUMI_DIMS(2), SUMI_I32(0, 2));
  const sumi_tensor_t guess = sumi_constant_f32(g, SUMI_DIMS(2), SUMI_F32(1, 4));
  const sumi_tensor_t mean = sumi_losses_absolute_difference(truth, guess);
  const sumi_tensor_t apart = sumi_losses_absolute_difference(truth, guess, .collection = "",
                                                              .name = "apart");
  sumi_losses_mean_squared_error(truth, guess, .collection = "mine");
  assert_string_equal(sumi_op_name(mean.op), "absolute_difference/DivNoNan");
  assert_string_equal(sumi_op_name(apart.op), "apart/DivNoNan");
  assert_int_equal(sumi_collection(g, SUMI_LOSSES).count, 1);
  assert_int_equal(sumi_collection(g, "mine").count, 1);
  sumi_get_variable(g, "w", SUMI_DIMS(1), .initializer = SUMI_INIT(CONSTANT, .a = 3),
                    .regularizer = SUMI_L2_REGULARIZER(1));
  const sumi_tensor_t total = sumi_total_loss(g);
  sumi_op_t *init = sumi_global_variables_initializer(g);
  sumi_session_t *s = sumi_session_new(g);
  float value = 0;
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(init)));
  assert_ok(sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = total, .scalar = &value})));
  assert_near(value, 6, 1e-6);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void what_does_not_fit_is_refused(void **state) {
  (void)state;
  for (int i = 0; i < 7; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    const sumi_tensor_t a = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(4, 3));
    const sumi_tensor_t b = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(4, 1));
    const sumi_tensor_t rows = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(4));
    const sumi_tensor_t whole = sumi_placeholder(g, SUMI_INT32, .shape = SUMI_DIMS(4, 3));
    sumi_tensor_t loss = a;
    const char *text = "";
    if (i == 0)
      loss = sumi_losses_huber_loss(b, a),
      text = "huber_loss: labels has shape (4, 1), predictions has (4, 3)";
    if (i == 1)
      loss = sumi_losses_hinge_loss(a, whole),
      text = "hinge_loss: predictions 'Placeholder_3' are int32";
    if (i == 2)
      loss = sumi_losses_log_loss(a, a, .weights = rows),
      text = "log_loss: weights has shape (4,), for values of shape (4, 3)";
    if (i == 3)
      loss = sumi_losses_softmax_cross_entropy(a, a, .weights = a),
      text = "weights has shape (4, 3), for values of shape (4,)";
    if (i == 4)
      loss = sumi_losses_sparse_softmax_cross_entropy(whole, a), text = "labels must have rank 1";
    if (i == 5) loss = sumi_losses_cosine_distance(a, a, 2), text = "reduction_indices is 2";
    if (i == 6) loss = sumi_total_loss(g), text = "the graph has no losses";
    if (!sumi_tensor_is_null(loss)) fail_msg("case %d is not refused", i);
    assert_refusal(g, text);
    assert_int_equal(sumi_collection(g, SUMI_LOSSES).count, 0);
    sumi_graph_free(g);
  }
  const sumi_tensor_t null = {0};
  assert_true(sumi_tensor_is_null(sumi_losses_log_loss(null, null)));
  assert_true(sumi_tensor_is_null(sumi_losses_compute_weighted_loss(null)));
  assert_true(sumi_tensor_is_null(sumi_total_loss(NULL)));
}

static sumi_status_t build_all(void) {
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t a = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(4, 3));
  const sumi_tensor_t rows = sumi_placeholder(g, SUMI_INT32, .shape = SUMI_DIMS(4, 1));
  sumi_losses_softmax_cross_entropy(a, a, .label_smoothing = .1, .reduction = SUMI_REDUCTION_MEAN,
                                    .weights = SUMI_T(2));
  sumi_losses_sparse_softmax_cross_entropy(rows, a, .weights = rows);
  sumi_losses_cosine_distance(a, a, 1);
  sumi_total_loss(g);
  const sumi_status_t status = sumi_graph_status(g);
  sumi_graph_free(g);
  return status;
}

static void without_memory_the_graph_refuses(void **state) {
  (void)state;
  assert_ok(build_all()); /* what is made once per process */
  counting_allocator_install();
  assert_ok(build_all());
  const int64_t requests = counting_allocator_requests();
  for (int64_t n = 1; n <= requests; ++n) {
    counting_allocator_fail_at(n);
    assert_int_equal(build_all(), SUMI_RESOURCE_EXHAUSTED);
  }
  counting_allocator_fail_at(0);
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(losses_are_collected_and_added_up),
      cmocka_unit_test(what_does_not_fit_is_refused),
      cmocka_unit_test(without_memory_the_graph_refuses),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
