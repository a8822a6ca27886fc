/* Random ops in sessions: TensorFlow's seeds and numbers. The listed numbers were printed by
 * TensorFlow 2 (tf.compat.v1: random_uniform([4], seed=42) without a graph seed, and
 * set_random_seed(7); random_normal([3], seed=5)), run twice in one session. */
#include "sumi_test.h"

#include <sumi/ops.h>
#include <sumi/session.h>

static void draw(sumi_session_t *s, sumi_tensor_t t, float *values) {
  sumi_array_t *out = NULL;
  assert_ok(sumi_session_value(s, t, &out));
  memcpy(values, sumi_array_data(out), sumi_array_size_bytes(out));
  sumi_array_unref(out);
}

static void an_op_seed_gives_tensorflows_numbers(void **state) {
  (void)state;
  static const float expected[2][4] = {
      {0.9522714614868164f, 0.6774077415466309f, 0.7953182458877563f, 0.7557817697525024f},
      {0.06347668170928955f, 0.7422536611557007f, 0.37226736545562744f, 0.2566572427749634f}};
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t u = sumi_random_uniform(g, SUMI_SHAPE(4), .seed = 42);
  for (int session = 0; session < 2; ++session) {
    sumi_session_t *s = sumi_session_new(g);
    for (int run = 0; run < 2; ++run) {
      float values[4];
      draw(s, u, values);
      assert_memory_equal(values, expected[run], sizeof values);
    }
    sumi_session_free(s);
  }
  sumi_graph_free(g);
}

static void graph_and_op_seed_give_tensorflows_numbers(void **state) {
  (void)state;
  static const float expected[2][3] = {
      {0.007278046105057001f, 0.5343581438064575f, 0.18353332579135895f},
      {-0.0386720634996891f, 0.6674041748046875f, 0.32648372650146484f}};
  sumi_graph_t *g = sumi_graph_new();
  sumi_graph_set_seed(g, 7);
  sumi_tensor_t n = sumi_random_normal(g, SUMI_SHAPE(3), .seed = 5);
  sumi_session_t *s = sumi_session_new(g);
  for (int run = 0; run < 2; ++run) {
    float values[3];
    draw(s, n, values);
    for (int i = 0; i < 3; ++i) assert_near(values[i], expected[run][i], 2e-7);
  }
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void a_graph_seed_gives_each_op_its_own_numbers(void **state) {
  (void)state;
  float a[2][8], b[2][8];
  for (int round = 0; round < 2; ++round) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_graph_set_seed(g, 3);
    sumi_tensor_t x = sumi_random_uniform(g, SUMI_SHAPE(8)),
                  y = sumi_random_uniform(g, SUMI_SHAPE(8));
    sumi_session_t *s = sumi_session_new(g);
    draw(s, x, a[round]);
    draw(s, y, b[round]);
    sumi_session_free(s);
    sumi_graph_free(g);
  }
  assert_memory_equal(a[0], a[1], sizeof a[0]);
  assert_memory_equal(b[0], b[1], sizeof b[0]);
  assert_memory_not_equal(a[0], b[0], sizeof a[0]);
}

static void without_seeds_every_session_differs(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_random_uniform(g, SUMI_SHAPE(8)),
                y = sumi_random_uniform(g, SUMI_SHAPE(8));
  float values[4][8];
  for (int session = 0; session < 2; ++session) {
    sumi_session_t *s = sumi_session_new(g);
    draw(s, x, values[2 * session]);
    draw(s, session ? x : y, values[2 * session + 1]); /* of one op, and of two */
    sumi_session_free(s);
  }
  for (int i = 0; i < 4; ++i)
    for (int k = 0; k < i; ++k) assert_memory_not_equal(values[i], values[k], sizeof values[i]);
  sumi_graph_free(g);
}

/* One node's numbers are one value in a run, however often it is used; equal nodes stay two. */
static void random_nodes_are_neither_merged_nor_folded(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_random_uniform(g, SUMI_SHAPE(8), .seed = 1);
  sumi_tensor_t y = sumi_random_uniform(g, SUMI_SHAPE(8));
  sumi_tensor_t z = sumi_random_uniform(g, SUMI_SHAPE(8));
  sumi_session_t *s = sumi_session_new(g, .threads = 2);
  float same[8], differ[8];
  draw(s, sumi_sub(x, sumi_mul(x, 1)), same);
  draw(s, sumi_sub(y, z), differ);
  for (int i = 0; i < 8; ++i) {
    assert_near(same[i], 0, 0);
    assert_true(differ[i] != 0);
  }
  sumi_session_free(s);
  sumi_graph_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_op_seed_gives_tensorflows_numbers),
      cmocka_unit_test(graph_and_op_seed_give_tensorflows_numbers),
      cmocka_unit_test(a_graph_seed_gives_each_op_its_own_numbers),
      cmocka_unit_test(without_seeds_every_session_differs),
      cmocka_unit_test(random_nodes_are_neither_merged_nor_folded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
