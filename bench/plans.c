/* How the cost of large graphs grows:   bench_plans [NODES…]   (default 2000 4000 8000 16000 32000)
 *
 * One line of a table for each shape of graph and number of nodes: milliseconds of CPU for building
 * the graph with its gradients and for the first run, which makes the plan. Close to linear means:
 * twice the nodes, twice the time. */
#include <sumi/alloc.h>
#include <sumi/sumi.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct graph {
  sumi_graph_t *graph;
  sumi_tensor_t end;                    /* what a run computes */
  int x_count, feed_count, fetch_count; /* of the lists */
  sumi_tensor_t *xs;                    /* variables that get gradients */
  sumi_tensor_t *feeds, *fetches;
} graph_t;

static sumi_tensor_t variable(graph_t *g, int number) {
  char name[32];
  snprintf(name, sizeof name, "v%d", number);
  return g->xs[g->x_count++] = sumi_get_variable(g->graph, name, SUMI_DIMS(2, 2));
}

/* Matrix products and tanh with their gradients: each adds four nodes in all. */
static void chain(graph_t *g, int nodes) {
  const sumi_tensor_t w = variable(g, 0);
  for (int i = 0; i < nodes / 4; ++i) g->end = i % 2 ? sumi_tanh(g->end) : sumi_matmul(g->end, w);
}

/* The same with a variable for each product. */
static void variables(graph_t *g, int nodes) {
  for (int i = 0; i < nodes / 10; ++i) g->end = sumi_tanh(sumi_matmul(g->end, variable(g, i)));
}

static void scopes(graph_t *g, int nodes) {
  for (int i = 0; i < nodes / 2; ++i) {
    sumi_name_scope_begin(g->graph, i % 50 ? "inner" : "outer");
    g->end = sumi_tanh(sumi_neg(g->end));
    if (i % 50 == 49)
      for (int k = 0; k < 50; ++k) sumi_name_scope_end(g->graph);
  }
}

static void aliases(graph_t *g, int nodes) {
  for (int i = 0; i < nodes / 2; ++i)
    g->end = sumi_reshape(g->end, i % 2 ? SUMI_SHAPE(2, 2) : SUMI_SHAPE(4));
}

static void random_numbers(graph_t *g, int nodes) {
  for (int i = 0; i < nodes / 4; ++i)
    g->end = sumi_add(g->end, sumi_random_normal(g->graph, SUMI_SHAPE(2, 2)));
}

static void feeds(graph_t *g, int nodes) {
  for (int i = 0; i < nodes / 2; ++i) {
    const sumi_tensor_t x = sumi_placeholder(g->graph, SUMI_FLOAT32, .shape = SUMI_DIMS(2, 2));
    g->feeds[g->feed_count++] = x;
    g->end = sumi_add(g->end, x);
  }
}

static void fetches(graph_t *g, int nodes) {
  for (int i = 0; i < nodes; ++i) g->fetches[g->fetch_count++] = g->end = sumi_tanh(g->end);
}

static const struct {
  const char *name;
  void (*build)(graph_t *g, int nodes);
} shapes[] = {{"chain", chain},     {"variables", variables},   {"scopes", scopes},
              {"aliases", aliases}, {"random", random_numbers}, {"feeds", feeds},
              {"fetches", fetches}};

static double cpu_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec * 1e-6;
}

static bool build(graph_t *g, size_t shape, int nodes) {
  g->xs = sumi_calloc((size_t)nodes + 1, sizeof *g->xs);
  g->feeds = sumi_calloc((size_t)nodes + 1, sizeof *g->feeds);
  g->fetches = sumi_calloc((size_t)nodes * 2 + 1, sizeof *g->fetches);
  g->graph = sumi_graph_new();
  if (!g->xs || !g->feeds || !g->fetches || !g->graph) return false;
  g->end = g->feeds[g->feed_count++] = sumi_placeholder(g->graph, SUMI_FLOAT32,
                                                        .shape = SUMI_DIMS(2, 2));
  shapes[shape].build(g, nodes);
  const sumi_tensor_t loss = sumi_reduce_sum(g->end);
  if (g->x_count == 0) {
    g->fetches[g->fetch_count++] = loss;
    return sumi_graph_status(g->graph) == SUMI_OK;
  }
  g->fetch_count = g->x_count;
  return sumi_gradients(SUMI_TENSORS(loss), ((sumi_tensors_t){g->x_count, g->xs}), g->fetches) ==
         SUMI_OK;
}

static bool run(const graph_t *g, sumi_session_t *session) {
  static const float x[4] = {0.1F, 0.2F, 0.3F, 0.4F};
  sumi_feed_t *given = sumi_calloc((size_t)g->feed_count, sizeof *given);
  sumi_fetch_t *wanted = sumi_calloc((size_t)g->fetch_count, sizeof *wanted);
  sumi_array_t **arrays = sumi_calloc((size_t)g->fetch_count, sizeof *arrays);
  for (int i = 0; given && i < g->feed_count; ++i)
    given[i] = (sumi_feed_t){.tensor = g->feeds[i], .data = x, .dims = SUMI_DIMS(2, 2)};
  for (int i = 0; wanted && arrays && i < g->fetch_count; ++i)
    wanted[i] = (sumi_fetch_t){.tensor = g->fetches[i], .array = &arrays[i]};
  const bool ok = given && wanted && arrays &&
                  sumi_session_run(session, .feeds = {g->feed_count, given},
                                   .fetches = {g->fetch_count, wanted}) == SUMI_OK;
  for (int i = 0; arrays && i < g->fetch_count; ++i) sumi_array_unref(arrays[i]);
  sumi_free(given);
  sumi_free(wanted);
  sumi_free(arrays);
  return ok;
}

static bool measure(size_t shape, int nodes) {
  graph_t g = {0};
  const double start = cpu_ms();
  bool ok = build(&g, shape, nodes);
  const double built = cpu_ms();
  sumi_session_t *session = sumi_session_new(g.graph, .threads = 1);
  ok = ok &&
       sumi_session_run(session, .targets = SUMI_OPS(sumi_global_variables_initializer(g.graph))) ==
           SUMI_OK;
  const double initialized = cpu_ms();
  ok = ok && run(&g, session);
  const double planned = cpu_ms();
  if (ok)
    printf("| %s | %d | %.1f | %.1f | %.1f |\n", shapes[shape].name, sumi_graph_op_count(g.graph),
           built - start, initialized - built, planned - initialized);
  else
    fprintf(stderr, "%s of %d: %s\n", shapes[shape].name, nodes, sumi_error_message());
  sumi_session_free(session);
  sumi_graph_free(g.graph);
  sumi_free(g.xs);
  sumi_free(g.feeds);
  sumi_free(g.fetches);
  return ok;
}

int main(int argc, char **argv) {
  static const int sizes[] = {2000, 4000, 8000, 16000, 32000};
  bool ok = true;
  puts("| graph | nodes | graph and gradients, ms | initializer, ms | first run, ms |\n"
       "|---|---|---|---|---|");
  for (size_t shape = 0; shape < sizeof shapes / sizeof *shapes; ++shape) {
    for (int i = 1; i < argc; ++i) ok &= measure(shape, atoi(argv[i]));
    for (size_t i = 0; argc < 2 && i < sizeof sizes / sizeof *sizes; ++i)
      ok &= measure(shape, sizes[i]);
  }
  return ok ? 0 : 1;
}
