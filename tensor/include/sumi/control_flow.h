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
 * Gradients exist to any order. A loop keeps what its gradient needs of each iteration, in plans
 * that compute the gradient. */
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

typedef struct sumi_case_branch {
  sumi_tensor_t which SUMI_UNSET;
  sumi_branch_fn_t then SUMI_UNSET;
} sumi_case_t;

/** The results of the first of the cases whose scalar bool is true, those of `otherwise` where none
 * is (tf.case): branches inside of each other. */
#define sumi_case(case_count, cases, otherwise, data, count, ...)                                  \
  SUMI__CASE(case_count, cases, otherwise, data, count, __VA_ARGS__, )
#define SUMI__CASE(case_count, cases, otherwise, data, count, results, ...)                        \
  sumi_case_with(SUMI_HERE, case_count, cases, otherwise, data, count, results,                    \
                 SUMI_OPTIONS(sumi_cond_options_t, __VA_ARGS__))
SUMI_API sumi_op_t *sumi_case_with(sumi_site_t site, int case_count, const sumi_case_t *cases,
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

/* ---- Loops over the elements of tensors along axis 0 (tf.scan, foldl, foldr, map_fn) ---- */

/** One element after the other: what is carried goes on as `next`, which starts as it is now, and
 * `stacked` (null at first) is to be set to what this element adds to the stacks. */
typedef void (*sumi_scan_body_t)(const sumi_tensor_t *carried, const sumi_tensor_t *elements,
                                 sumi_tensor_t *next, sumi_tensor_t *stacked, void *data);

typedef struct sumi_scan_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  int stack_count SUMI_UNSET;    /* how many tensors an element adds … */
  sumi_tensor_t *stacks
      SUMI_UNSET;              /* … and where the stacks of all elements go: axis 0 is theirs */
  bool reverse SUMI_UNSET;     /* from the last element to the first, stacks as well */
  const char *name SUMI_UNSET; /* default "scan" */
} sumi_scan_options_t;

/** Goes through the elements of tensors, which all have as many along axis 0, with `carried` at the
 * first; SUMI_LIST(0, NULL) carries nothing. results[i] is what carried[i] is at the end. So
 *   tf.foldl(f, x, a)   sumi_scan(f, data, SUMI_TENSORS(x), SUMI_TENSORS(a), &last)
 *   tf.foldr            the same with .reverse = true
 *   tf.scan             with stacked[0] = next[0], .stack_count = 1, .stacks = &all
 *   tf.map_fn(f, x)     with SUMI_LIST(0, NULL), NULL and .stacks
 * Returns the node; NULL after a refusal, as in sumi_while_loop. */
#define sumi_scan(body, data, elements, carried, ...)                                              \
  SUMI__SCAN(body, data, elements, carried, __VA_ARGS__, )
#define SUMI__SCAN(body, data, elements, carried, results, ...)                                    \
  sumi_scan_with(SUMI_HERE, body, data, elements, carried, results,                                \
                 SUMI_OPTIONS(sumi_scan_options_t, __VA_ARGS__))
SUMI_API sumi_op_t *sumi_scan_with(sumi_site_t site, sumi_scan_body_t body, void *data,
                                   sumi_tensors_t elements, sumi_tensors_t carried,
                                   sumi_tensor_t *results, const sumi_scan_options_t *options);

/* ---- Functions: for programs that walk a graph ---- */

/** A part of the graph that a While or If node runs: the inputs of that node are the function's,
 * and each stands for a tensor in it, made for that or not. */
typedef struct sumi_function sumi_function_t;

/** What a While or If node runs. functions[0] is a loop's test (NULL: as often as the limit says)
 * or what runs where the bool is true, functions[1] the body or what runs otherwise. A loop's
 * inputs are its limit (int32; below 0 none), then those of each kind in this order; its outputs
 * the number of iterations, what is carried, and stacks of the further results of its body. */
typedef struct sumi_flow {
  bool is_loop, reverse;
  const sumi_function_t *functions[2];
  int carried, elements, captured, variables;
} sumi_flow_t;

/** False for nodes of other types. */
SUMI_API bool sumi_op_flow(const sumi_op_t *op, sumi_flow_t *flow);

/** The function whose body the node belongs to; NULL for the graph's own nodes. */
SUMI_API const sumi_function_t *sumi_op_function(const sumi_op_t *op);

/** The scope its nodes stand in; what input `index` of the node that runs it is inside (null: not
 * used); its results, null where only the other branch has one. */
SUMI_API const char *sumi_function_name(const sumi_function_t *function);
SUMI_API int sumi_function_input_count(const sumi_function_t *function);
SUMI_API sumi_tensor_t sumi_function_input(const sumi_function_t *function, int index);
SUMI_API int sumi_function_result_count(const sumi_function_t *function);
SUMI_API sumi_tensor_t sumi_function_result(const sumi_function_t *function, int index);

/** The name that the op's schema has for output `index`, and its place among the outputs of that
 * name. */
SUMI_API const char *sumi_op_output_name(const sumi_op_t *op, int index, int *place);

SUMI_END_DECLS
#endif
