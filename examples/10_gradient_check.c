/* Is the gradient right? A small difference says so; a wrong gradient gives a large one.
 *
 *   x = tf.random_normal([10])
 *   y = relu(x * x)
 *   with tf.Session():
 *     diff = tf.test.compute_gradient_error(x, [10], y, [10])
 *     print(diff)
 */
#include "host_relu.h"

#include <stdio.h>

/* Twice the true gradient. */
static void wrong_gradient(sumi_grad_t *grad, void *context) {
  relu_gradient(grad, context);
  grad->dx[0] = sumi_mul(grad->dx[0], 2);
}

static sumi_tensor_t wrong_relu(sumi_tensor_t x) {
  sumi_graph_t *g = sumi_tensor_graph(x);
  sumi_register_gradient(g, "WrongReluGrad", wrong_gradient, NULL);
  sumi_gradient_override_begin(g, "PyFunc", "WrongReluGrad");
  sumi_tensor_t y = sumi_host_op(g, relu_values, SUMI_TENSORS(x), SUMI_TYPES(SUMI_FLOAT32));
  sumi_gradient_override_end(g);
  return y;
}

static sumi_status_t print_error(sumi_session_t *s, const char *name, sumi_tensor_t x,
                                 sumi_tensor_t y) {
  sumi_gradient_report_t report;
  const sumi_status_t status = sumi_gradient_check(s, x, SUMI_DIMS(10), y, SUMI_DIMS(10), &report);
  if (status == SUMI_OK)
    printf("%s: %g (d y[%lld] / d x[%lld] is %g by the graph, %g by differences)\n", name,
           report.max_error, (long long)report.y_index, (long long)report.x_index, report.symbolic,
           report.numeric);
  else
    fprintf(stderr, "%s\n", sumi_error_message());
  return status;
}

int main(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_graph_set_seed(g, 7);
  sumi_tensor_t x = sumi_random_normal(g, SUMI_SHAPE(10));
  sumi_tensor_t right = relu(sumi_mul(x, x)), wrong = wrong_relu(sumi_mul(x, x));
  sumi_session_t *s = sumi_session_new(g);
  sumi_status_t status = print_error(s, "right", x, right);
  if (status == SUMI_OK) status = print_error(s, "wrong", x, wrong);
  sumi_session_free(s);
  sumi_graph_free(g);
  return status == SUMI_OK ? 0 : 1;
}
