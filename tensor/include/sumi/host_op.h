/* A C function as an op: TensorFlow's py_func. */
#ifndef SUMI_HOST_OP_H
#define SUMI_HOST_OP_H

#include <sumi/array.h>
#include <sumi/graph.h>

SUMI_BEGIN_DECLS

/** Computes the outputs from the inputs (borrowed for the call): stores a new array of the declared
 * dtype in each out[i] (they arrive as NULL; the engine takes them over, also after a failure). To
 * fail, return sumi_fail(status, "…"): the run reports it with the node's name and source line.
 * Runs on the session's thread. */
typedef sumi_status_t (*sumi_host_fn_t)(void *context, int input_count, const sumi_array_view_t *in,
                                        int output_count, sumi_array_t **out);

typedef struct sumi_host_op_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  void *context SUMI_UNSET;
  void (*release)(void *context)
      SUMI_UNSET; /* called once, when the graph is freed (or refuses the op) */
  bool stateless
      SUMI_UNSET; /* same inputs, same outputs: may be merged and folded. Default: runs each time */
  const char *name SUMI_UNSET;
} sumi_host_op_options_t;

/** A node (type PyFunc; PyFuncStateless) that calls `fn`. Its outputs have the dtypes `types` and
 * unknown shapes (see sumi_set_shape). It has no gradient of its own: give it one with
 * sumi_register_gradient and sumi_gradient_override_begin(graph, "PyFunc", …). Returns output 0;
 * the others by sumi_output. */
#define sumi_host_op(graph, fn, inputs, ...) SUMI__HOST_OP(graph, fn, inputs, __VA_ARGS__, )
#define SUMI__HOST_OP(graph, fn, inputs, types, ...)                                               \
  sumi_host_op_with(graph, SUMI_HERE, fn, inputs, types,                                           \
                    SUMI_OPTIONS(sumi_host_op_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_host_op_with(sumi_graph_t *graph, sumi_site_t site, sumi_host_fn_t fn,
                                         sumi_tensors_t inputs, sumi_types_t types,
                                         const sumi_host_op_options_t *options);

SUMI_END_DECLS
#endif
