/* Collapses axes whether or not their sizes are static.
 *
 *   b = tf.placeholder(tf.float32, [None, 10, 32])
 *   shape = get_shape(b)
 *   b = tf.reshape(b, [shape[0], shape[1] * shape[2]])
 *   ...
 *   b = reshape(b, [0, [1, 2]])
 */
#include <stdio.h>
#include <sumi/sumi.h>

/* Merges neighbouring axes: groups[i] of them become axis i of the result. Products of sizes that
 * are only known in a run are nodes of the graph; the static shape sees through them. */
static sumi_tensor_t merge_axes(sumi_tensor_t tensor, int group_count, const int *groups) {
  sumi_tensor_t dynamic = sumi_unstack(sumi_shape(tensor));
  sumi_tensor_t sizes[SUMI_MAX_RANK];
  for (int i = 0, axis = 0; i < group_count; axis += groups[i++]) {
    sumi_tensor_t members[SUMI_MAX_RANK];
    for (int k = 0; k < groups[i]; ++k) members[k] = sumi_output(dynamic, axis + k);
    sizes[i] = groups[i] == 1 ? members[0]
                              : sumi_reduce_prod(sumi_stack(SUMI_LIST(groups[i], members)));
  }
  return sumi_reshape(tensor, SUMI_LIST(group_count, sizes));
}

int main(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t b = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 10, 32));
  sumi_tensor_t shape = sumi_shape(b);
  sumi_tensor_t rows = sumi_gather(shape, 0);
  sumi_tensor_t columns = sumi_mul(sumi_gather(shape, 1), sumi_gather(shape, 2));
  sumi_tensor_t by_hand = sumi_reshape(b, SUMI_SHAPE(rows, columns));
  sumi_tensor_t general = merge_axes(b, 2, (const int[]){1, 2});
  printf("%s\n%s\n", sumi_dims_text(sumi_tensor_dims(by_hand)).text,
         sumi_dims_text(sumi_tensor_dims(general)).text);

  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *batch = sumi_array_new(SUMI_FLOAT32, SUMI_DIMS(4, 10, 32)), *value = NULL;
  const sumi_status_t status = sumi_session_run(
      s, .feeds = SUMI_FEEDS({.tensor = b, .array = batch}),
      .fetches = SUMI_FETCHES({.tensor = general, .array = &value}));
  if (status == SUMI_OK)
    printf("%s\n", sumi_dims_text(sumi_array_dims(value)).text);
  else
    fprintf(stderr, "%s\n", sumi_error_message());
  sumi_array_unref(value);
  sumi_array_unref(batch);
  sumi_session_free(s);
  sumi_graph_free(g);
  return status == SUMI_OK ? 0 : 1;
}
