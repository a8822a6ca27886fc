/* The same as symbols: building computes nothing, a session does.
 *
 *   x = tf.random_normal([10, 10])
 *   y = tf.random_normal([10, 10])
 *   z = tf.matmul(x, y)
 *   sess = tf.Session()
 *   z_val = sess.run(z)
 *   print(z_val)
 */
#include <stdio.h>
#include <sumi/sumi.h>

int main(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_random_normal(g, SUMI_SHAPE(10, 10));
  sumi_tensor_t y = sumi_random_normal(g, SUMI_SHAPE(10, 10));
  sumi_tensor_t z = sumi_matmul(x, y);
  sumi_tensor_print(stdout, z);

  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *value = NULL;
  const sumi_status_t status = sumi_session_value(s, z, &value);
  if (status == SUMI_OK)
    sumi_array_print(stdout, value);
  else
    fprintf(stderr, "%s\n", sumi_error_message());
  sumi_array_unref(value);
  sumi_session_free(s);
  sumi_graph_free(g);
  return status == SUMI_OK ? 0 : 1;
}
