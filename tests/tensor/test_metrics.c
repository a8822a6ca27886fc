/* Metrics: local variables, counting anew, refusals. Values are compared with TensorFlow in
 * test_metrics_tensorflow.py. */
#include "sumi_test.h"

#include <sumi/constants.h>
#include <sumi/metrics.h>
#include <sumi/ops.h>
#include <sumi/session.h>

static float fetched(sumi_session_t *s, sumi_tensor_t tensor) {
  float value = NAN;
  assert_ok(sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = tensor, .scalar = &value})));
  return value;
}

/* Two of three are right. */
static void counts_are_local_and_start_anew(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t labels = sumi_constant_i32(g, SUMI_DIMS(3), SUMI_I32(1, 2, 3));
  const sumi_tensor_t guess = sumi_constant_i64(g, SUMI_DIMS(3), SUMI_I64(1, 2, 0));
  const sumi_metric_t right = sumi_metrics_accuracy(labels, guess);
  const sumi_metric_t again = sumi_metrics_accuracy(labels, guess, .weights = SUMI_T(2));
  assert_ok(sumi_graph_status(g));
  assert_int_equal(sumi_collection(g, SUMI_LOCAL_VARIABLES).count, 4);
  assert_int_equal(sumi_collection(g, SUMI_METRIC_VARIABLES).count, 4);
  assert_int_equal(sumi_collection(g, SUMI_GLOBAL_VARIABLES).count, 0);
  assert_int_equal(sumi_collection(g, SUMI_TRAINABLE_VARIABLES).count, 0);
  assert_string_equal(sumi_variable_name(sumi_collection(g, SUMI_LOCAL_VARIABLES).list[3]),
                      "accuracy_1/count");
  sumi_op_t *init = sumi_local_variables_initializer(g);
  sumi_session_t *s = sumi_session_new(g);
  for (int i = 0; i < 2; ++i) {
    assert_ok(sumi_session_run(s, .targets = SUMI_OPS(init)));
    assert_near(fetched(s, right.value), 0, 0);
    assert_near(fetched(s, right.update), 2. / 3, 1e-6);
    assert_near(fetched(s, right.update), 2. / 3, 1e-6);
    assert_near(fetched(s, sumi_collection(g, SUMI_LOCAL_VARIABLES).list[1]), 6, 0);
    assert_near(fetched(s, again.update), 2. / 3, 1e-6);
    assert_near(fetched(s, sumi_collection(g, SUMI_LOCAL_VARIABLES).list[3]), 6, 0);
  }
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void what_does_not_fit_is_refused(void **state) {
  (void)state;
  for (int i = 0; i < 6; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    const sumi_tensor_t a = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(4, 3));
    const sumi_tensor_t b = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(4, 1));
    const sumi_tensor_t rows = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(4));
    sumi_metric_t metric = {a, a};
    const char *text = "";
    if (i == 0)
      metric = sumi_metrics_recall(b, a),
      text = "recall: labels has shape (4, 1), predictions has (4, 3)";
    if (i == 1)
      metric = sumi_metrics_mean(a, .weights = rows), text = "mean: weights has shape (4,)";
    if (i == 2) metric = sumi_metrics_auc(a, a, .num_thresholds = 1), text = "num_thresholds is 1";
    if (i == 3) metric = sumi_metrics_auc(a, a, .curve = "DET"), text = "curve is \"DET\"";
    if (i == 4) metric = sumi_metrics_mean_iou(a, a, 0), text = "num_classes is 0";
    if (i == 5) metric = sumi_metrics_accuracy(a, a, .name = "bad name"), text = "'bad name'";
    if (!sumi_tensor_is_null(metric.value) || !sumi_tensor_is_null(metric.update))
      fail_msg("case %d is not refused", i);
    if (!strstr(sumi_graph_message(g), text) || !strstr(sumi_graph_message(g), "test_metrics.c"))
      fail_msg("case %d: \"%s\"", i, sumi_graph_message(g));
    sumi_graph_free(g);
  }
  const sumi_tensor_t null = {0};
  assert_true(sumi_tensor_is_null(sumi_metrics_mean(null).value));
  assert_true(sumi_tensor_is_null(sumi_metrics_auc(null, null).value));
  assert_true(sumi_tensor_is_null(sumi_metrics_precision(null, null).update));
  assert_null(sumi_local_variables_initializer(NULL));
}

static sumi_status_t build_all(void) {
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t a = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(4));
  const sumi_tensor_t classes = sumi_placeholder(g, SUMI_INT32, .shape = SUMI_DIMS(4));
  sumi_metrics_precision(a, a, .weights = a);
  sumi_metrics_root_mean_squared_error(a, a);
  sumi_metrics_auc(a, a, .weights = SUMI_T(2), .num_thresholds = 3);
  sumi_metrics_mean_iou(classes, classes, 3, .weights = a);
  sumi_local_variables_initializer(g);
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
      cmocka_unit_test(counts_are_local_and_start_anew),
      cmocka_unit_test(what_does_not_fit_is_refused),
      cmocka_unit_test(without_memory_the_graph_refuses),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
