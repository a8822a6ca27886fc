/* Debugging: what has to hold is said in the graph, what is there is printed from it, and gradients
 * are held against differences.
 *
 *   tf.assert_rank(x, 2); with tf.control_dependencies([tf.assert_equal(…)]): …
 *   x = tf.Print(x, [x], "x: ")
 *   tf.add_check_numerics_ops()
 *   tf.test.compute_gradient_error(x, [2, 3], y, [2])
 */
#include <stdio.h>
#include <sumi/sumi.h>

static void say(const char *what, sumi_status_t status) {
  printf("%s: %s\n", what, status == SUMI_OK ? "ok" : sumi_error_message());
}

/* A sum over [3, 1] - [3], which broadcasts to [3, 3] without a word: caught while it is built. */
static void shapes_that_broadcast(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t a = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(3, 1));
  sumi_tensor_t b = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(3));
  sumi_tensor_print(stdout, sumi_sub(a, b));
  sumi_assert_rank(b, 2);
  printf("assert_rank: %s\n", sumi_graph_message(g));
  sumi_graph_free(g);
}

/* What only a run can tell. */
static void values_that_must_hold(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1));
  sumi_op_t *looked = sumi_assert_non_negative(x, .message = "brightness");
  sumi_tensor_t root = sumi_with_dependencies(SUMI_OPS(looked), sumi_sqrt(x));
  root = sumi_print(root, SUMI_TENSORS(x, root), .message = "x and its root: ");
  sumi_session_t *s = sumi_session_new(g, .print = stdout);
  const float good[] = {4, 9}, bad[] = {4, -9};
  for (int i = 0; i < 2; ++i) {
    sumi_array_t *value = NULL;
    say(i ? "negative" : "positive",
        sumi_session_run(
            s, .feeds = SUMI_FEEDS({.tensor = x, .data = i ? bad : good, .dims = SUMI_DIMS(2)}),
            .fetches = SUMI_FETCHES({.tensor = root, .array = &value})));
    sumi_array_unref(value);
  }
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* The node that made the first NaN, not the one that had it last. */
static void numbers_that_are_none(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_SCALAR);
  sumi_tensor_t y = sumi_reduce_sum(sumi_exp(sumi_mul(sumi_log(x), 2)));
  const float minus_one = -1;
  for (int checked = 0; checked < 2; ++checked) {
    sumi_session_t *s = sumi_session_new(g, .check_numerics = checked);
    float value = 0;
    say(checked ? "checked" : "not checked",
        sumi_session_run(
            s, .feeds = SUMI_FEEDS({.tensor = x, .data = &minus_one, .dims = SUMI_SCALAR}),
            .fetches = SUMI_FETCHES({.tensor = y, .scalar = &value})));
    sumi_session_free(s);
  }
  sumi_graph_free(g);
}

/* The gradient does not flow into labels: -sum p log p is not differentiated by its p. */
static sumi_tensor_t non_differentiable_entropy(sumi_tensor_t logits) {
  return sumi_softmax_cross_entropy_with_logits(logits, sumi_stop_gradient(sumi_softmax(logits)));
}

static sumi_tensor_t entropy(sumi_tensor_t logits) {
  return sumi_neg(sumi_reduce_sum(sumi_mul(sumi_softmax(logits), sumi_log_softmax(logits)),
                                  .axes = SUMI_AXES(-1)));
}

static void gradients_that_are_wrong(void) {
  sumi_graph_t *g = sumi_graph_new();
  const float logits[] = {1, 0, -2, 0.5f, 3, 0};
  sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(2, 3), logits);
  sumi_tensor_t wrong = non_differentiable_entropy(x), right = entropy(x);
  sumi_session_t *s = sumi_session_new(g);
  sumi_gradient_report_t report[2];
  sumi_gradient_check(s, x, SUMI_DIMS(2, 3), wrong, SUMI_DIMS(2), &report[0]);
  sumi_gradient_check(s, x, SUMI_DIMS(2, 3), right, SUMI_DIMS(2), &report[1]);
  printf("gradient errors: %.3f and %.3f\n", report[0].max_error, report[1].max_error);
  sumi_session_free(s);
  sumi_graph_free(g);
}

int main(void) {
  shapes_that_broadcast();
  values_that_must_hold();
  numbers_that_are_none();
  gradients_that_are_wrong();
  return 0;
}
