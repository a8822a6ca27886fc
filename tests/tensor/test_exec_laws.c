/* Laws on graphs drawn at random: whatever passes are on and however many threads run, every fetch
 * and every variable has the same bits, run after run. */
#include "sumi_test.h"

#include <sumi/constants.h>
#include <sumi/control.h>
#include <sumi/ops.h>
#include <sumi/session.h>

#include <stdlib.h>

enum { ROWS = 37, COLUMNS = 61, NODES = 60, VARIABLES = 3, FETCHES = 8, GRAPHS = 200, RUNS = 3 };

static uint64_t dice_state;

static int dice(int sides) { /* Knuth's MMIX generator */
  dice_state = dice_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (int)(dice_state >> 33) % sides;
}

typedef struct net {
  sumi_graph_t *graph;
  sumi_tensor_t x, variables[VARIABLES], nodes[NODES + 8];
  int count, update_count;
  sumi_op_t *init[VARIABLES], *updates[NODES];
  sumi_fetch_t fetches[FETCHES];
} net_t;

static sumi_tensor_t any(const net_t *n) {
  return n->nodes[dice(n->count)];
}

/* A tensor of shape [ROWS, COLUMNS] again, so that everything goes with everything. */
static sumi_tensor_t next_node(net_t *n) {
  const sumi_tensor_t a = any(n), b = any(n);
  const sumi_dims_t axes[] = {SUMI_AXES(0), SUMI_AXES(1), SUMI_AXES(0, 1)};
  switch (dice(14)) {
  case 0: return sumi_add(a, b);
  case 1: return sumi_sub(a, sumi_mul(b, 0.5));
  case 2: return sumi_tanh(a);
  case 3: return sumi_mul(sumi_sigmoid(a), b);
  case 4: return sumi_maximum(a, b);
  case 5:
    return sumi_add(sumi_tanh(a), sumi_reduce_mean(b, .axes = axes[dice(3)], .keep_dims = true));
  case 6:
    return sumi_sub(
        a, sumi_reduce_max(sumi_square(sumi_tanh(b)), .axes = axes[dice(3)], .keep_dims = true));
  case 7: return sumi_mul(a, 1);
  case 8:
    return sumi_transpose(sumi_tanh(sumi_transpose(a, .perm = SUMI_AXES(1, 0))),
                          .perm = SUMI_AXES(1, 0));
  case 9:
    return sumi_reshape(sumi_add(sumi_reshape(a, SUMI_SHAPE(-1)), 0.25), SUMI_SHAPE(ROWS, COLUMNS));
  case 10: return sumi_identity(n->variables[dice(VARIABLES)]);
  case 11: return sumi_tanh(sumi_mul(n->variables[dice(VARIABLES)], a));
  case 12: {
    if (n->update_count == 0) return sumi_identity(a);
    sumi_op_t *update = n->updates[dice(n->update_count)];
    const sumi_tensor_t read = n->variables[dice(VARIABLES)];
    return sumi_with_dependencies(SUMI_OPS(update), dice(2) ? a : read);
  }
  default: {
    sumi_tensor_t v = n->variables[dice(VARIABLES)];
    sumi_tensor_t update = dice(2) ? sumi_assign(v, sumi_tanh(a))
                                   : sumi_assign_add(v, sumi_tanh(a));
    n->updates[n->update_count++] = update.op;
    return dice(2) ? update : a;
  }
  }
}

static net_t make_net(uint64_t seed) {
  dice_state = seed * 77 + 1;
  net_t n = {.graph = sumi_graph_new()};
  n.x = sumi_placeholder(n.graph, SUMI_FLOAT32, .shape = SUMI_DIMS(ROWS, COLUMNS));
  n.nodes[n.count++] = n.x;
  for (int i = 0; i < VARIABLES; ++i) {
    n.variables[i] = sumi_variable_v2(n.graph, SUMI_DIMS(ROWS, COLUMNS), SUMI_FLOAT32);
    sumi_array_t *value = sumi_array_full(SUMI_FLOAT32, SUMI_DIMS(ROWS, COLUMNS), 0.25 * (i - 1));
    n.init[i] = sumi_assign(n.variables[i], sumi_constant_take(n.graph, value)).op;
    n.nodes[n.count++] = n.variables[i];
  }
  for (int i = 0; i < NODES; ++i) {
    const sumi_tensor_t node = next_node(&n);
    n.nodes[n.count++] = node;
  }
  for (int i = 0; i < FETCHES; ++i) n.fetches[i].tensor = any(&n);
  return n;
}

/* All bits that come out: fetches and variables of every run. Returns how many. */
static size_t run_net(net_t *n, const char *passes, int threads, float *bits) {
  float values[ROWS * COLUMNS];
  sumi_array_t *out[FETCHES] = {0};
  size_t count = 0;
  sumi_session_t *s = sumi_session_new(n->graph, .threads = threads, .disable_passes = passes);
  assert_ok(sumi_session_run(s, .targets = {VARIABLES, n->init}));
  for (int i = 0; i < FETCHES; ++i) n->fetches[i].array = &out[i];
  for (int run = 0; run < RUNS; ++run) {
    for (int i = 0; i < ROWS * COLUMNS; ++i)
      values[i] = (float)((i * 7919 + run * 31) % 1009 - 504) / 504.0f;
    assert_ok(sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = n->x, .data = values}),
                               .fetches = {FETCHES, n->fetches},
                               .targets = {n->update_count / 2, n->updates}));
    for (int i = 0; i < FETCHES + VARIABLES; ++i) {
      const sumi_array_t *a = i < FETCHES ? out[i]
                                          : sumi_session_variable(s, n->variables[i - FETCHES]);
      memcpy(bits + count, sumi_array_data(a), sumi_array_size_bytes(a));
      count += (size_t)sumi_array_count(a);
    }
  }
  for (int i = 0; i < FETCHES; ++i) sumi_array_unref(out[i]);
  sumi_session_free(s);
  return count;
}

static void passes_and_threads_change_no_bit_of_any_graph(void **state) {
  (void)state;
  static const char *const passes[] = {"", "fold", "simplify", "cse", "fuse", "arena", "order"};
  const size_t most = (size_t)RUNS * (FETCHES + VARIABLES) * ROWS * COLUMNS;
  float *expected = malloc(most * sizeof *expected), *bits = malloc(most * sizeof *bits);
  for (int g = 0; g < GRAPHS; ++g) {
    net_t n = make_net((uint64_t)g);
    assert_int_equal(sumi_graph_status(n.graph), SUMI_OK);
    const size_t count = run_net(&n, "fold simplify cse fuse arena order", 1, expected);
    for (size_t p = 0; p < sizeof passes / sizeof *passes; ++p)
      for (int threads = 1; threads <= 2; ++threads) {
        assert_int_equal(run_net(&n, passes[p], threads, bits), count);
        for (size_t i = 0; i < count; ++i)
          if (memcmp(&bits[i], &expected[i], sizeof *bits) != 0)
            fail_msg("graph %d, without \"%s\", %d threads: element %zu is %a, expected %a", g,
                     passes[p], threads, i, (double)bits[i], (double)expected[i]);
      }
    sumi_graph_free(n.graph);
  }
  free(expected), free(bits);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(passes_and_threads_change_no_bit_of_any_graph),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
