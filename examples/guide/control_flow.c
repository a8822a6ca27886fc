/* Control flow: a branch, a choice for each element, and loops.
 *
 *   x = tf.cond(p, lambda: a + b, lambda: a * b)
 *   x = tf.where(p, a + b, a * b)
 *   i, a, b = tf.while_loop(cond, body, (2, 1, 1))
 */
#include <stdio.h>
#include <sumi/sumi.h>

typedef struct pair {
  sumi_tensor_t a, b;
} pair_t;

static void sum(sumi_graph_t *g, sumi_tensor_t *results, void *data) {
  (void)g;
  const pair_t *pair = data;
  results[0] = sumi_add(pair->a, pair->b);
}

static void product(sumi_graph_t *g, sumi_tensor_t *results, void *data) {
  (void)g;
  const pair_t *pair = data;
  results[0] = sumi_mul(pair->a, pair->b);
}

/* Carried through the loops: how many are there, the last two, and all of them. */
enum { I, A, B, ALL };

static sumi_tensor_t is_before_n(const sumi_tensor_t *carried, void *n) {
  return sumi_less(carried[I], *(sumi_tensor_t *)n);
}

static void fibonacci(const sumi_tensor_t *carried, sumi_tensor_t *next, void *data) {
  (void)data;
  next[I] = sumi_add(carried[I], 1);
  next[A] = carried[B];
  next[B] = sumi_add(carried[A], carried[B]);
}

/* The series grows by a number in each iteration. */
static void growing_fibonacci(const sumi_tensor_t *carried, sumi_tensor_t *next, void *data) {
  fibonacci(carried, next, data);
  next[ALL] = sumi_concat(SUMI_TENSORS(carried[ALL], sumi_expand_dims(next[B], 0)), 0);
}

/* The same by a scan, which keeps what each step adds: what tf.TensorArray is for. */
static void stacked_fibonacci(const sumi_tensor_t *carried, const sumi_tensor_t *elements,
                              sumi_tensor_t *next, sumi_tensor_t *stacked, void *data) {
  (void)elements, (void)data;
  next[0] = carried[1];
  next[1] = sumi_add(carried[0], carried[1]);
  stacked[0] = carried[0];
}

int main(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t p = sumi_placeholder(g, SUMI_BOOL, .shape = SUMI_SCALAR);
  sumi_tensor_t n = sumi_placeholder(g, SUMI_INT32, .shape = SUMI_SCALAR);
  sumi_tensor_t one = sumi_scalar(g, SUMI_INT32, 1), two = sumi_scalar(g, SUMI_INT32, 2);
  pair_t scalars = {one, two};
  sumi_tensor_t branch;
  sumi_cond(p, sum, product, &scalars, 1, &branch);

  sumi_tensor_t a = sumi_constant_i32(g, SUMI_DIMS(2), SUMI_I32(1, 1));
  sumi_tensor_t b = sumi_constant_i32(g, SUMI_DIMS(2), SUMI_I32(2, 2));
  sumi_tensor_t is_first = sumi_equal(sumi_range(sumi_scalar(g, SUMI_INT32, 0), 2, 1), 0);
  sumi_tensor_t chosen = sumi_select(is_first, sumi_add(a, b), sumi_mul(a, b));

  sumi_tensor_t last[3], grown[4], scanned[2], stack;
  sumi_while_loop(is_before_n, fibonacci, &n, SUMI_TENSORS(two, one, one), last);
  /* A shape that changes has to be announced. */
  const sumi_dims_t shapes[] = {SUMI_SCALAR, SUMI_SCALAR, SUMI_SCALAR, SUMI_DIMS(-1)};
  sumi_while_loop(is_before_n, growing_fibonacci, &n, SUMI_TENSORS(two, one, one, a), grown,
                  .shape_invariants = shapes);
  sumi_scan(stacked_fibonacci, NULL, SUMI_TENSORS(sumi_range(sumi_scalar(g, SUMI_INT32, 0), n, 1)),
            SUMI_TENSORS(one, one), scanned, .stack_count = 1, .stacks = &stack);

  const sumi_tensor_t results[] = {branch, chosen, last[B], grown[ALL], stack};
  sumi_session_t *s = sumi_session_new(g);
  const bool is_true = true;
  const int32_t count = 10;
  sumi_status_t status = SUMI_OK;
  for (size_t i = 0; i < sizeof results / sizeof *results && status == SUMI_OK; ++i) {
    sumi_array_t *value = NULL;
    status = sumi_session_run(
        s,
        .feeds = SUMI_FEEDS({.tensor = p, .data = &is_true, .dims = SUMI_SCALAR},
                            {.tensor = n, .data = &count, .dims = SUMI_SCALAR}),
        .fetches = SUMI_FETCHES({.tensor = results[i], .array = &value}));
    if (status == SUMI_OK) sumi_array_print(stdout, value);
    sumi_array_unref(value);
  }
  if (status != SUMI_OK) fprintf(stderr, "%s\n", sumi_error_message());
  sumi_session_free(s);

  /* Without the announcement the loop is refused where it is built. */
  sumi_while_loop(is_before_n, growing_fibonacci, &n, SUMI_TENSORS(two, one, one, a), grown);
  printf("refused: %s\n", sumi_graph_message(g));
  sumi_graph_free(g);
  return status == SUMI_OK ? 0 : 1;
}
