/* Static and dynamic shapes.
 *
 *   a = tf.placeholder(tf.float32, [None, 128])
 *   static_shape = a.get_shape().as_list()   # returns [None, 128]
 *   dynamic_shape = tf.shape(a)
 *   a.set_shape([32, 128])
 *   a = tf.reshape(a, [32, 128])
 */
#include <stdio.h>
#include <sumi/sumi.h>

/* The size of each axis: a number where it is static, a scalar of the run where it is not.
 *
 *   def get_shape(tensor):
 *     static_shape = tensor.get_shape().as_list()
 *     dynamic_shape = tf.unstack(tf.shape(tensor))
 *     dims = [s[1] if s[0] is None else s[0] for s in zip(static_shape, dynamic_shape)]
 *     return dims
 */
static int get_shape(sumi_tensor_t tensor, sumi_tensor_t sizes[SUMI_MAX_RANK]) {
  const sumi_dims_t fixed = sumi_tensor_dims(tensor);
  sumi_tensor_t dynamic = sumi_unstack(sumi_shape(tensor));
  for (int axis = 0; axis < fixed.rank; ++axis)
    sizes[axis] = fixed.size[axis] < 0 ? sumi_output(dynamic, axis)
                                       : SUMI_T((double)fixed.size[axis]);
  return fixed.rank;
}

int main(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t a = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 128), .name = "a");
  sumi_tensor_print(stdout, a);
  printf("static shape %s\n", sumi_dims_text(sumi_tensor_dims(a)).text);
  sumi_tensor_t dynamic = sumi_shape(a);
  sumi_tensor_print(stdout, dynamic);

  sumi_tensor_t sizes[SUMI_MAX_RANK];
  const int rank = get_shape(a, sizes);
  sumi_tensor_t same = sumi_reshape(a, SUMI_LIST(rank, sizes), .name = "same");
  sumi_tensor_print(stdout, same);
  sumi_tensor_print(stdout, sumi_reshape(a, SUMI_SHAPE(32, 128), .name = "reshaped"));

  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *batch = sumi_array_new(SUMI_FLOAT32, SUMI_DIMS(7, 128)), *value = NULL;
  sumi_status_t status = sumi_session_run(
      s, .feeds = SUMI_FEEDS({.tensor = a, .array = batch}),
      .fetches = SUMI_FETCHES({.tensor = dynamic, .array = &value}));
  if (status == SUMI_OK) sumi_array_print(stdout, value);
  sumi_session_free(s);

  sumi_set_shape(a, SUMI_DIMS(32, 128)); /* refines what is known … */
  sumi_tensor_print(stdout, a);
  sumi_set_shape(a, SUMI_DIMS(64, -1)); /* … and cannot contradict it */
  printf("refused: %s\n", sumi_graph_message(g));
  sumi_array_unref(value);
  sumi_array_unref(batch);
  sumi_graph_free(g);
  return status == SUMI_OK ? 0 : 1;
}
