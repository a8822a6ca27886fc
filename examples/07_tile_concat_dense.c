/* Joining features of different shapes: tile + concat + dense, against two dense layers and a
 * broadcast add.
 *
 *   a = tf.random_uniform([5, 3, 5])
 *   b = tf.random_uniform([5, 1, 6])
 *   tiled_b = tf.tile(b, [1, 3, 1])
 *   c = tf.concat([a, tiled_b], 2)
 *   d = tf.layers.dense(c, 10, activation=tf.nn.relu)
 *
 *   def tile_concat_dense(a, b, units, activation=tf.nn.relu):
 *     pa = tf.layers.dense(a, units, activation=None)
 *     pb = tf.layers.dense(b, units, activation=None)
 *     c = pa + pb
 *     if activation is not None: c = activation(c)
 *     return c
 */
#include <stdio.h>
#include <sumi/clock.h>
#include <sumi/sumi.h>

enum { BATCH = 64, TIMES = 64, A = 64, B = 192, UNITS = 64, STEPS = 30 };

static sumi_tensor_t tiled(sumi_tensor_t a, sumi_tensor_t b) {
  sumi_tensor_t all = sumi_concat(SUMI_TENSORS(a, sumi_tile(b, SUMI_SHAPE(1, TIMES, 1))), 2);
  return sumi_dense(all, UNITS, .activation = sumi_activation_relu);
}

static sumi_tensor_t tile_concat_dense(sumi_tensor_t a, sumi_tensor_t b) {
  sumi_tensor_t pa = sumi_dense(a, UNITS), pb = sumi_dense(b, UNITS);
  return sumi_relu(sumi_add(pa, pb));
}

typedef struct figures {
  double first_loss, last_loss, ms_per_step;
  int64_t bytes;
} figures_t;

/* Trains the layer for some steps and says what that took. */
static sumi_status_t train(sumi_tensor_t (*layer)(sumi_tensor_t, sumi_tensor_t),
                           figures_t *figures) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_graph_set_seed(g, 3);
  sumi_tensor_t a = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(BATCH, TIMES, A));
  sumi_tensor_t b = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(BATCH, 1, B));
  sumi_tensor_t y = layer(a, b);
  sumi_tensor_t loss = sumi_reduce_mean(sumi_square(sumi_sub(y, 1)));
  sumi_op_t *step = sumi_minimize(sumi_gradient_descent(.learning_rate = 0.5), loss);
  sumi_array_t *a_values = sumi_array_uniform(SUMI_FLOAT32, SUMI_DIMS(BATCH, TIMES, A), 0, 1, 1, 0);
  sumi_array_t *b_values = sumi_array_uniform(SUMI_FLOAT32, SUMI_DIMS(BATCH, 1, B), 0, 1, 2, 0);
  sumi_session_t *s = sumi_session_new(g);
  sumi_status_t status = sumi_session_run(
      s, .targets = SUMI_OPS(sumi_global_variables_initializer(g)));
  int64_t start_ns = 0;
  for (int i = 0; i <= STEPS && status == SUMI_OK; ++i) {
    float l = 0;
    if (i == 1) start_ns = sumi_clock_monotonic_ns(); /* the first step makes the plan */
    status = sumi_session_run(
        s, .feeds = SUMI_FEEDS({.tensor = a, .array = a_values}, {.tensor = b, .array = b_values}),
        .targets = SUMI_OPS(step), .fetches = SUMI_FETCHES({.tensor = loss, .scalar = &l}));
    if (i == 0) figures->first_loss = l;
    figures->last_loss = l;
  }
  figures->ms_per_step = (double)(sumi_clock_monotonic_ns() - start_ns) / 1e6 / STEPS;
  figures->bytes = sumi_session_stats(s).arena_bytes;
  sumi_session_free(s);
  sumi_array_unref(b_values);
  sumi_array_unref(a_values);
  sumi_graph_free(g);
  return status;
}

static void print(const char *name, const figures_t *f) {
  printf("%-18s loss %.4f -> %.4f, %lld bytes of intermediates, %.3f ms per step\n", name,
         f->first_loss, f->last_loss, (long long)f->bytes, f->ms_per_step);
}

int main(void) {
  figures_t with_tile, with_broadcast;
  sumi_status_t status = train(tiled, &with_tile);
  if (status == SUMI_OK) status = train(tile_concat_dense, &with_broadcast);
  if (status != SUMI_OK) {
    fprintf(stderr, "%s\n", sumi_error_message());
    return 1;
  }
  print("tile and concat", &with_tile);
  print("tile_concat_dense", &with_broadcast);
  printf("%.1f times faster, %.1f times less memory\n",
         with_tile.ms_per_step / with_broadcast.ms_per_step,
         (double)with_tile.bytes / (double)with_broadcast.bytes);
  return 0;
}
