/* Builds a serialized GraphDef, the message TensorBoard's graph tab and TensorFlow read. */
#ifndef SUMI_GRAPH_DEF_H
#define SUMI_GRAPH_DEF_H

#include <sumi/buffer.h>
#include <sumi/event.h>

SUMI_BEGIN_DECLS

/** Confined to one thread at a time. Every call copies its arguments. The first refusal is kept,
 * later calls do nothing, and sumi_graph_def_finish reports it: one check at the end. */
typedef struct sumi_graph_def sumi_graph_def_t;

/** A shape with sizes unknown (-1) or not even a rank (rank -1). */
typedef struct sumi_graph_def_shape {
  int rank SUMI_UNSET;
  const int64_t *dims SUMI_UNSET;
} sumi_graph_def_shape_t;

/** NULL when there is no memory. */
SUMI_API sumi_graph_def_t *sumi_graph_def_new(void) SUMI_MUST_USE;

/** NULL is allowed. */
SUMI_API void sumi_graph_def_free(sumi_graph_def_t *graph);

/** Begins a node; inputs and attributes that follow are its own. Names are unique, begin with a
 * letter, digit or '.', and go on with letters, digits and _ > . \ / - ; `device` may be NULL. */
SUMI_API void sumi_graph_def_node(sumi_graph_def_t *graph, const char *name, const char *op,
                                  const char *device);

/** "node" or "node:1" for an output, "^node" for a control dependency (after all others). */
SUMI_API void sumi_graph_def_input(sumi_graph_def_t *graph, const char *input);

/** One attribute of the node; a name may be given once. */
SUMI_API void sumi_graph_def_attr_string(sumi_graph_def_t *graph, const char *name,
                                         sumi_bytes_view_t value);
SUMI_API void sumi_graph_def_attr_int(sumi_graph_def_t *graph, const char *name, int64_t value);
SUMI_API void sumi_graph_def_attr_float(sumi_graph_def_t *graph, const char *name, float value);
SUMI_API void sumi_graph_def_attr_bool(sumi_graph_def_t *graph, const char *name, bool value);
SUMI_API void sumi_graph_def_attr_type(sumi_graph_def_t *graph, const char *name,
                                       sumi_dtype_t value);
SUMI_API void sumi_graph_def_attr_shape(sumi_graph_def_t *graph, const char *name,
                                        sumi_graph_def_shape_t value);
SUMI_API void sumi_graph_def_attr_tensor(sumi_graph_def_t *graph, const char *name,
                                         const sumi_array_view_t *value); /* strings too */
SUMI_API void sumi_graph_def_attr_func(sumi_graph_def_t *graph, const char *name,
                                       const char *function);

/** Lists. */
SUMI_API void sumi_graph_def_attr_strings(sumi_graph_def_t *graph, const char *name,
                                          const sumi_bytes_view_t *values, size_t count);
SUMI_API void sumi_graph_def_attr_ints(sumi_graph_def_t *graph, const char *name,
                                       const int64_t *values, size_t count);
SUMI_API void sumi_graph_def_attr_floats(sumi_graph_def_t *graph, const char *name,
                                         const float *values, size_t count);
SUMI_API void sumi_graph_def_attr_bools(sumi_graph_def_t *graph, const char *name,
                                        const bool *values, size_t count);
SUMI_API void sumi_graph_def_attr_types(sumi_graph_def_t *graph, const char *name,
                                        const sumi_dtype_t *values, size_t count);
SUMI_API void sumi_graph_def_attr_shapes(sumi_graph_def_t *graph, const char *name,
                                         const sumi_graph_def_shape_t *values, size_t count);

/** One argument of a function. */
typedef struct sumi_graph_def_arg {
  const char *name SUMI_UNSET;
  sumi_dtype_t dtype SUMI_UNSET;
  const char *source SUMI_UNSET; /* of a result: "node:output_name:0" or an argument's name */
} sumi_graph_def_arg_t;

/** Begins a function of the library: the nodes that follow are its body, until
 * sumi_graph_def_end_function. In a body, inputs are written "argument" or "node:output_name:0". */
SUMI_API void sumi_graph_def_begin_function(sumi_graph_def_t *graph, const char *name,
                                            const sumi_graph_def_arg_t *arguments,
                                            size_t argument_count,
                                            const sumi_graph_def_arg_t *results,
                                            size_t result_count);
SUMI_API void sumi_graph_def_end_function(sumi_graph_def_t *graph);

/** Appends the serialized GraphDef (producer version `producer`, 0 = 22) to `bytes`. The builder is
 * then used up.
 * errors  the first refusal: INVALID_ARGUMENT naming node and reason; RESOURCE_EXHAUSTED */
SUMI_API sumi_status_t sumi_graph_def_finish(sumi_graph_def_t *graph, int producer,
                                             sumi_buffer_t *bytes);

SUMI_END_DECLS
#endif
