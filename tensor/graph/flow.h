/* Functions inside a graph, and what the nodes that call them (While, If) know of them.
 *
 * A function's nodes stand among the graph's others and name it as their owner; no plan runs them
 * but its own. They use tensors from outside as they are: each that they use is an input of the
 * calling node, and is fed to the function's plan under its own name. So a function has no other
 * inputs than tensors, whether made for it (placeholders) or not.
 *
 * The gradient of a function is a function of its own (`of`), whose nodes use tensors of the first
 * one. These are handed on in the same way: the first call gives them out (a loop stacked, one
 * element for each iteration), and the gradient's call feeds them under their own names. */
#ifndef SUMI_GRAPH_FLOW_H
#define SUMI_GRAPH_FLOW_H

#include "graph/graph_internal.h"

struct sumi_function {
  sumi_graph_t *graph;
  const char *name;             /* unique: the scope its nodes stand in */
  const sumi_function_t *outer; /* that it was made in; NULL: none */
  const sumi_function_t *of;    /* that it is the gradient of; NULL: none */
  int first, last;              /* its nodes have indices in [first, last), but not all of them */
  int input_count;              /* of the calling node */
  sumi_tensor_t *inputs;        /* what each of them is in here; null: not used */
  int result_count;
  sumi_tensor_t *results; /* null: none (of the branch not taken) */
  int effect_count;
  sumi_op_t **effects;                    /* nodes that run for their effect, in order */
  bool stateful;                          /* has a node that is not a function of its inputs */
  sumi__tensor_control_scope_t *controls; /* in force while nodes of it are not made, … */
  sumi_function_t *resumed;               /* … and whose nodes are made then */
};

enum { SUMI__FLOW_FUNCTIONS = 2, SUMI__TEST = 0, SUMI__BODY = 1, SUMI__THEN = 0, SUMI__ELSE = 1 };

/* What a While or If node calls; its attribute "flow".
 *   While  inputs:  limit (int32; < 0: none), carried, scanned, captured, variables
 *          outputs: count (int32), carried, stacked
 *          SUMI__TEST may be NULL: then the body runs `limit` times.
 *          body results: carried, stacked
 *   If     inputs:  which (bool), captured, variables;   outputs: results */
typedef struct sumi__tensor_flow {
  sumi_function_t *functions[SUMI__FLOW_FUNCTIONS];
  int carried, scanned, captured, variables; /* inputs of each kind */
  bool is_loop;
  bool reverse;      /* elements are taken and stacked from the last to the first */
  int strict_stacks; /* the first stacks: elements have one shape */
  int *shapes; /* [scanned] the list with the shapes of the elements, which differ; < 0: none. NULL:
                * of no list. The elements then lie at the beginning of equal slots. */
  sumi_dims_t *invariants; /* [carried] shapes that hold in all iterations */
} sumi__tensor_flow_t;

/* Whether nodes of `inside` may use tensors of `function`; NULL is the graph itself. */
bool sumi__tensor_function_sees(const sumi_function_t *inside, const sumi_function_t *function);

/* What a node calls; NULL when it is no While or If. */
static inline sumi__tensor_flow_t *sumi__tensor_flow_of(const sumi_op_t *op) {
  return op->type->def->flags & SUMI_OP_CALLS ? sumi_op_attr(op, "flow")->pointer : NULL;
}

/* The inputs that are variables which the functions change. */
static inline bool sumi__tensor_flow_changes(const sumi_op_t *op, int input) {
  const sumi__tensor_flow_t *flow = sumi__tensor_flow_of(op);
  return flow && input >= op->input_count - flow->variables;
}

/* Nodes made from now on are the new function's, in the name scope `name`; NULL, and the graph
 * refused, without memory. */
sumi_function_t *sumi__tensor_function_begin(sumi_graph_t *graph, const char *name,
                                             const sumi_function_t *of);
/* Nodes are made where they were before. Gives the function its results, effects and extent. */
sumi_status_t sumi__tensor_function_end(sumi_function_t *function, int result_count,
                                        const sumi_tensor_t *results);

/* Nodes are made in the function once more, until its end is called again. */
sumi_status_t sumi__tensor_function_reopen(sumi_function_t *function);

/* A placeholder for a value that is handed to the function being made. */
sumi_tensor_t sumi__tensor_function_parameter(const sumi_function_t *function, sumi_dtype_t dtype,
                                              sumi_dims_t dims);

/* The tensor, or a constant of the number that stands for it, of that dtype where it is one. */
sumi_tensor_t sumi__tensor_of_number(sumi_graph_t *graph, sumi_site_t site, sumi_tensor_t tensor,
                                     sumi_dtype_t dtype);

/* A list of tensors that grows, in the graph's memory. */
typedef struct sumi__tensor_list {
  int count, capacity;
  sumi_tensor_t *items;
} sumi__tensor_list_t;

static inline bool sumi__tensor_same(sumi_tensor_t a, sumi_tensor_t b) {
  return a.op == b.op && a.index == b.index;
}

/* The place of the tensor; -1 when it is not in the list. */
int sumi__tensor_list_find(const sumi__tensor_list_t *list, sumi_tensor_t tensor);
sumi_status_t sumi__tensor_list_add(sumi_graph_t *graph, sumi__tensor_list_t *list,
                                    sumi_tensor_t tensor);

/* Adds what the function uses and does not make, each once: to `variables` (as VariableV2 outputs)
 * those it changes, to `captured` the rest. */
sumi_status_t sumi__tensor_function_uses(const sumi_function_t *function,
                                         sumi__tensor_list_t *captured,
                                         sumi__tensor_list_t *variables);

/* Whether the tensor is one of the variables, or a read of one. */
bool sumi__tensor_reads_variable(const sumi__tensor_list_t *variables, sumi_tensor_t tensor);

/* ---- What the gradient of a call asks of it ---- */

/* Which input of the calling node the value is in the function; -1 when it is none. */
int sumi__tensor_function_input(const sumi_function_t *function, sumi_tensor_t value);

/* The input of the calling node that is a variable it changes, of which `value` is a read; -1. */
int sumi__tensor_flow_variable(const sumi_op_t *op, sumi_tensor_t value);

/* Whether the value is a constant that nodes of `outside` do not see; functions look at it where it
 * is. */
bool sumi__tensor_is_constant_inside(const sumi_function_t *outside, sumi_tensor_t value);

/* The node that calls the functions; its flow is complete but for `inputs` of the functions, which
 * the caller sets (sumi__tensor_function_bind). NULL after a refusal. */
sumi_op_t *sumi__tensor_flow_node(sumi_graph_t *graph, sumi_site_t site, const char *name,
                                  sumi__tensor_flow_t *flow, sumi_tensors_t inputs,
                                  sumi_types_t outputs);

/* Says what the node's inputs are inside of the function. */
sumi_status_t sumi__tensor_function_bind(sumi_function_t *function, int count,
                                         const sumi_tensor_t *inputs);

/* One more output of a node that calls; its index, or -1 and the graph refused. */
int sumi__tensor_flow_add_output(sumi_op_t *op, sumi_dtype_t dtype, sumi_dims_t dims);
/* One more result of a function; its index, or -1. */
int sumi__tensor_function_add_result(sumi_function_t *function, sumi_tensor_t result);

/* The shapes of the results from what is known of the calling node's inputs. */
sumi_status_t sumi__tensor_function_infer(const sumi_function_t *function, bool actual,
                                          const sumi_dims_t *in, const sumi_known_t *known_in,
                                          sumi_dims_t *results);

/* How often a loop with a test runs, when it counts: an integer that starts at a known number,
 * changes by one in each iteration, and is compared with another. -1 when that cannot be seen in
 * what is known of the calling node's inputs (NULL: nothing). */
int64_t sumi__tensor_known_trips(const sumi__tensor_flow_t *flow, const sumi_known_t *known_in);

/* Shape functions and gradients of the two kinds of nodes. */
sumi_status_t sumi__tensor_while_shape(sumi_infer_t *infer);
sumi_status_t sumi__tensor_if_shape(sumi_infer_t *infer);
void sumi__tensor_while_gradient(sumi_grad_t *grad);
void sumi__tensor_if_gradient(sumi_grad_t *grad);

/* Makes the op types known, once. */
sumi_status_t sumi__tensor_register_flow(void);

#endif
