/* Broadcasting instead of tiling: same values, no tiled copy.
 *
 *   a = tf.constant([[1., 2.], [3., 4.]])
 *   b = tf.constant([[1.], [2.]])
 *   # c = a + tf.tile(b, [1, 2])
 *   c = a + b
 */
#include <stdio.h>
#include <sumi/sumi.h>

enum { ROWS = 1000, COLUMNS = 1000 };

static sumi_status_t print_value(sumi_session_t *s, sumi_tensor_t tensor) {
  sumi_array_t *value = NULL;
  const sumi_status_t status = sumi_session_value(s, tensor, &value);
  if (status == SUMI_OK) sumi_array_print(stdout, value);
  sumi_array_unref(value);
  return status;
}

/* Bytes of intermediates when a [ROWS, COLUMNS] and a [ROWS, 1] placeholder are added and summed.
 */
static sumi_status_t measure(bool tile, int64_t *arena_bytes) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t a = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(ROWS, COLUMNS));
  sumi_tensor_t b = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(ROWS, 1));
  sumi_tensor_t c = sumi_add(a, tile ? sumi_tile(b, SUMI_SHAPE(1, COLUMNS)) : b);
  sumi_tensor_t total = sumi_reduce_sum(c);
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *ones = sumi_array_full(SUMI_FLOAT32, SUMI_DIMS(ROWS, COLUMNS), 1);
  sumi_array_t *column = sumi_array_full(SUMI_FLOAT32, SUMI_DIMS(ROWS, 1), 2);
  float sum = 0;
  const sumi_status_t status = sumi_session_run(
      s, .feeds = SUMI_FEEDS({.tensor = a, .array = ones}, {.tensor = b, .array = column}),
      .fetches = SUMI_FETCHES({.tensor = total, .scalar = &sum}));
  *arena_bytes = sumi_session_stats(s).unshared_bytes;
  printf("%s: sum %g, %lld bytes of intermediates\n", tile ? "tiled" : "broadcast", sum,
         (long long)*arena_bytes);
  sumi_array_unref(column);
  sumi_array_unref(ones);
  sumi_session_free(s);
  sumi_graph_free(g);
  return status;
}

int main(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t a = sumi_constant_f32(g, SUMI_DIMS(2, 2), SUMI_F32(1, 2, 3, 4));
  sumi_tensor_t b = sumi_constant_f32(g, SUMI_DIMS(2, 1), SUMI_F32(1, 2));
  sumi_session_t *s = sumi_session_new(g);
  sumi_tensor_t tiled = sumi_add(a, sumi_tile(b, SUMI_SHAPE(1, 2)));
  sumi_status_t status = print_value(s, tiled);
  if (status == SUMI_OK) status = print_value(s, sumi_add(a, b));
  sumi_session_free(s);
  sumi_graph_free(g);

  int64_t with_tile = 0, without = 0;
  if (status == SUMI_OK) status = measure(true, &with_tile);
  if (status == SUMI_OK) status = measure(false, &without);
  if (status != SUMI_OK) fprintf(stderr, "%s\n", sumi_error_message());
  return status == SUMI_OK && without < with_tile ? 0 : 1;
}
