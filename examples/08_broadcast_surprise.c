/* The bad part of broadcasting: ranks that differ.
 *
 *   a = tf.constant([[1.], [2.]])
 *   b = tf.constant([1., 2.])
 *   c = tf.reduce_sum(a + b)      # 12, not 6
 *   c = tf.reduce_sum(a + b, 0)   # [5, 7]
 */
#include <stdio.h>
#include <sumi/sumi.h>

int main(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t a = sumi_constant_f32(g, SUMI_DIMS(2, 1), SUMI_F32(1, 2));
  sumi_tensor_t b = sumi_constant_f32(g, SUMI_DIMS(2), SUMI_F32(1, 2));
  sumi_tensor_t all = sumi_reduce_sum(sumi_add(a, b));
  sumi_tensor_t columns = sumi_reduce_sum(sumi_add(a, b), .axes = SUMI_AXES(0));
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *values = NULL;
  float total = 0;
  const sumi_status_t status = sumi_session_run(
      s, .fetches = SUMI_FETCHES({.tensor = all, .scalar = &total},
                                 {.tensor = columns, .array = &values}));
  if (status == SUMI_OK) {
    printf("%g\n", total);
    sumi_array_print(stdout, values);
  } else {
    fprintf(stderr, "%s\n", sumi_error_message());
  }
  sumi_array_unref(values);
  sumi_session_free(s);

  /* A graph can be told to refuse this. */
  sumi_graph_set_strict_broadcast(g, true);
  sumi_add(a, b);
  printf("%s\n", sumi_graph_message(g));
  sumi_graph_free(g);
  return status == SUMI_OK ? 0 : 1;
}
