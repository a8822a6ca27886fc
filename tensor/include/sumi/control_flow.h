/* Branches and loops inside a graph (tf.cond, tf.while_loop).
 *
 *   static sumi_tensor_t small(const sumi_tensor_t *v, void *data) {
 *     return sumi_less(sumi_reduce_max(v[0]), 100);
 *   }
 *   static void twice(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
 *     next[0] = sumi_mul(v[0], 2);
 *   }
 *   sumi_tensor_t y;
 *   sumi_while_loop(small, twice, NULL, SUMI_TENSORS(x), &y);
 *
 * The functions of the program are called once each, while the graph is built. The nodes they make
 * run as often as the loop does, and only in the branch that is taken; effects (assignments,
 * summaries) in the order in which they were made. They may use any tensor from outside, which has
 * one value for the whole loop; only variables are read anew in each iteration when the loop
 * changes them. Tensors made inside leave as results only: using one outside is refused.
 *
 * Gradients exist to any order. A loop then keeps what its gradient needs of each iteration, in
 * plans that compute the gradient; the shapes of such values must be the same in all iterations. */
#ifndef SUMI_CONTROL_FLOW_H
#define SUMI_CONTROL_FLOW_H

#include <sumi/graph.h>

SUMI_BEGIN_DECLS

/** Makes the results of a branch, as many as were announced; each starts as the null tensor and has
 * to be set. `graph` is there for constants and random numbers. */
typedef void (*sumi_branch_fn_t)(sumi_graph_t *graph, sumi_tensor_t *results, void *data);

typedef struct sumi_cond_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  const char *name SUMI_UNSET;   /* default "cond" */
} sumi_cond_options_t;

/** The results of `then` where the scalar bool `which` is true, else those of `otherwise`: `count`
 * tensors, which have the same dtypes in both. Returns the node, for branches that have effects and
 * no results: it runs as a target; NULL after a refusal. A number among the results has the dtype
 * of the other branch's. */
#define sumi_cond(which, then, otherwise, data, count, ...)                                        \
  SUMI__COND(which, then, otherwise, data, count, __VA_ARGS__, )
#define SUMI__COND(which, then, otherwise, data, count, results, ...)                              \
  sumi_cond_with(which, SUMI_HERE, then, otherwise, data, count, results,                          \
                 SUMI_OPTIONS(sumi_cond_options_t, __VA_ARGS__))
SUMI_API sumi_op_t *sumi_cond_with(sumi_tensor_t which, sumi_site_t site, sumi_branch_fn_t then,
                                   sumi_branch_fn_t otherwise, void *data, int count,
                                   sumi_tensor_t *results, const sumi_cond_options_t *options);

/** Whether a loop goes on, a scalar bool, from what it carries. */
typedef sumi_tensor_t (*sumi_loop_test_t)(const sumi_tensor_t *carried, void *data);
/** What a loop carries into the next iteration: `next` starts as what it carries now. */
typedef void (*sumi_loop_body_t)(const sumi_tensor_t *carried, sumi_tensor_t *next, void *data);

typedef struct sumi_while_loop_options {
  size_t struct_size SUMI_UNSET;         /* filled in by the macros; see <sumi/options.h> */
  int64_t maximum_iterations SUMI_UNSET; /* ends the loop after so many; default: none */
  const sumi_dims_t *shape_invariants SUMI_UNSET; /* one for each carried tensor, of what holds in
                                               all iterations; default: their static shapes */
  const char *name SUMI_UNSET;                    /* default "while" */
} sumi_while_loop_options_t;

/** Runs the body while the test holds (it comes first), with `carried` in the first iteration.
 * results[i] is what carried[i] is at the end. Returns the node; NULL after a refusal: of a test
 * that is no scalar bool, of a body that changes a dtype, or a shape beyond its invariant. A number
 * among `carried` is a float32 constant; one of them has to be a tensor. */
#define sumi_while_loop(test, body, data, carried, ...)                                            \
  SUMI__WHILE_LOOP(test, body, data, carried, __VA_ARGS__, )
#define SUMI__WHILE_LOOP(test, body, data, carried, results, ...)                                  \
  sumi_while_loop_with(SUMI_HERE, test, body, data, carried, results,                              \
                       SUMI_OPTIONS(sumi_while_loop_options_t, __VA_ARGS__))
SUMI_API sumi_op_t *sumi_while_loop_with(sumi_site_t site, sumi_loop_test_t test,
                                         sumi_loop_body_t body, void *data, sumi_tensors_t carried,
                                         sumi_tensor_t *results,
                                         const sumi_while_loop_options_t *options);

/* ---- Functions: for programs that walk a graph ---- */

typedef struct sumi_function sumi_function_t;

/** The function whose body the node belongs to; NULL for the graph's own nodes. */
SUMI_API const sumi_function_t *sumi_op_function(const sumi_op_t *op);

SUMI_END_DECLS
#endif
