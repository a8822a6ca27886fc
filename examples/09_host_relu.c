/* A C function as an op, with its own gradient.
 *
 *   def relu(inputs):
 *     def _relu(x): return np.maximum(x, 0.)
 *     def _relu_grad(x): return np.float32(x > 0)
 *     def _relu_grad_op(op, grad):
 *       x = op.inputs[0]
 *       x_grad = grad * tf.py_func(_relu_grad, [x], tf.float32)
 *       return x_grad
 *     grad_name = "MyReluGrad_" + str(uuid.uuid4())
 *     tf.RegisterGradient(grad_name)(_relu_grad_op)
 *     g = tf.get_default_graph()
 *     with g.gradient_override_map({"PyFunc": grad_name}):
 *       output = tf.py_func(_relu, [inputs], tf.float32)
 *     return output
 */
#include "host_relu.h"

#include <stdio.h>

int main(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(5), SUMI_F32(-2, -1, 0, 1, 2));
  sumi_tensor_t y = relu(x), dx;
  sumi_gradients(SUMI_TENSORS(y), SUMI_TENSORS(x), &dx);
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *value = NULL, *slope = NULL;
  const sumi_status_t status = sumi_session_run(
      s, .fetches = SUMI_FETCHES({.tensor = y, .array = &value}, {.tensor = dx, .array = &slope}));
  if (status == SUMI_OK) {
    sumi_array_print(stdout, value);
    sumi_array_print(stdout, slope);
  } else {
    fprintf(stderr, "%s\n", sumi_error_message());
  }
  sumi_array_unref(slope);
  sumi_array_unref(value);
  sumi_session_free(s);
  sumi_graph_free(g);
  return status == SUMI_OK ? 0 : 1;
}
