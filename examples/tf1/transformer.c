/* A small transformer (Vaswani et al. 2017) that sorts: it reads digits and says at each place
 * which one stands there when they are in order.
 *   h = tf.keras.layers.LayerNormalization()(x)
 *   x += tf.keras.layers.MultiHeadAttention(4, 8)(h, h)
 *   x += feed_forward(tf.keras.layers.LayerNormalization()(x)) */
#include "run.h"

#include <stdio.h>

enum { BATCH = 64, LENGTH = 8, DIGITS = 10, WIDTH = 32, HEADS = 4 };
enum { BLOCKS = 2 };

static sumi_tensor_t feed_forward(sumi_tensor_t x) {
  sumi_tensor_t h = sumi_dense(x, 4 * WIDTH, .activation = sumi_activation_relu, .name = "wide");
  return sumi_dense(h, WIDTH, .name = "narrow");
}

/* The logits [batch, length, digits], and how much each place of the last block looks at each,
 * [batch, heads, length, length]. */
static sumi_tensor_t logits_of(sumi_tensor_t digits, sumi_tensor_t *looks) {
  sumi_graph_t *g = sumi_tensor_graph(digits);
  sumi_variable_scope_begin(g, "transformer", .reuse = SUMI_AUTO_REUSE);
  sumi_tensor_t table = sumi_get_variable(g, "digits", SUMI_DIMS(DIGITS, WIDTH));
  sumi_tensor_t places = sumi_get_variable(g, "places", SUMI_DIMS(LENGTH, WIDTH));
  sumi_tensor_t x = sumi_add(sumi_gather(table, digits), places);
  char name[16];
  for (int block = 0; block < BLOCKS; ++block) {
    snprintf(name, sizeof name, "block_%d", block);
    sumi_variable_scope_begin(g, name);
    sumi_tensor_t h = sumi_layer_norm_layer(x, .name = "norm_1");
    x = sumi_add(x, sumi_multi_head_attention(h, h, HEADS, WIDTH / HEADS, .weights = looks));
    x = sumi_add(x, feed_forward(sumi_layer_norm_layer(x, .name = "norm_2")));
    sumi_variable_scope_end(g);
  }
  sumi_tensor_t logits = sumi_dense(sumi_layer_norm_layer(x), DIGITS, .name = "logits");
  sumi_variable_scope_end(g);
  return logits;
}

static sumi_tensor_t draw(sumi_graph_t *g) {
  return sumi_random_uniform_int(g, SUMI_SHAPE(BATCH, LENGTH), 0, DIGITS);
}

/* The digits in rising order: minus the largest of their negatives. */
static sumi_tensor_t sorted(sumi_tensor_t digits) {
  return sumi_neg(sumi_top_k(sumi_neg(digits), LENGTH));
}

int main(int argc, char **argv) {
  run_t run = run_begin(argc, argv, "runs/transformer", 500);
  sumi_graph_t *g = run.graph;
  sumi_tensor_t digits = draw(g), test = draw(g), looks, of_test;
  sumi_tensor_t logits = logits_of(digits, &looks), test_logits = logits_of(test, &of_test);
  sumi_tensor_t loss = sumi_reduce_mean(
      sumi_sparse_softmax_cross_entropy_with_logits(logits, sorted(digits)));
  sumi_op_t *train = sumi_minimize(sumi_adam(.learning_rate = 0.002), loss);
  /* What each head looks at in one sequence: a row is a place, bright where it looks. */
  sumi_tensor_t maps = sumi_expand_dims(sumi_index(looks, "0"), 3);
  sumi_summary_labeled_images("looks", maps, sumi_range(sumi_scalar(g, SUMI_INT32, 0), HEADS, 1),
                              .max_outputs = HEADS, .low = 0, .high = 1);
  sumi_tensor_t rows = sumi_reshape(test_logits, SUMI_SHAPE(-1, DIGITS));
  sumi_tensor_t accuracy = run_accuracy(rows, sumi_reshape(sorted(test), SUMI_SHAPE(-1)));
  return run_end(&run, train, loss, "accuracy", accuracy);
}
