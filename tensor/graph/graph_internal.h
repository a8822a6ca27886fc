/* What graphs and nodes are made of; shared by tensor/graph and tensor/exec. */
#ifndef SUMI_GRAPH_INTERNAL_H
#define SUMI_GRAPH_INTERNAL_H

#include "graph/names.h"
#include "graph/registry.h"

#include <sumi/arena.h>
#include <sumi/control_flow.h>

typedef struct sumi__tensor_output {
  sumi_dtype_t dtype;
  sumi_dims_t dims;          /* static shape */
  const sumi_known_t *known; /* partly known elements, NULL when nothing is known */
} sumi__tensor_output_t;

typedef struct sumi__tensor_custom_gradient {
  const char *name;
  sumi_gradient_fn_t fn;
  void *context;
  struct sumi__tensor_custom_gradient *next;
} sumi__tensor_custom_gradient_t;

struct sumi_op {
  sumi_graph_t *graph;
  const sumi__tensor_op_type_t *type;
  const char *name, *device; /* device NULL: none */
  int index;                 /* position in the graph; inputs and controls have smaller ones */
  sumi_site_t site;
  int input_count, control_count, output_count;
  sumi_tensor_t *inputs;
  sumi_op_t **controls;
  sumi_attr_t *attrs; /* in the schema's order */
  sumi__tensor_output_t *outputs;
  const sumi__tensor_custom_gradient_t *gradient; /* instead of the type's own; NULL: none */
  const sumi_function_t *function; /* whose body it belongs to; NULL: the graph's own */
  bool is_slices; /* an UnsortedSegmentSum that stands for its slices: graph/slices.c */
};

typedef struct sumi__tensor_collection {
  const char *name;
  int count, capacity;
  sumi_tensor_t *list;
  struct sumi__tensor_collection *next;
} sumi__tensor_collection_t;

/* A set of control inputs, or a gradient override, that is in force until its end. */
typedef struct sumi__tensor_control_scope {
  int count;
  sumi_op_t **ops;
  struct sumi__tensor_control_scope *outer;
} sumi__tensor_control_scope_t;

typedef struct sumi__tensor_override {
  const char *op_type;
  const sumi__tensor_custom_gradient_t *gradient;
  struct sumi__tensor_override *outer;
} sumi__tensor_override_t;

typedef struct sumi__tensor_cleanup {
  void (*release)(void *object); /* may be NULL */
  void *object;
  const void *key; /* of sumi_graph_set_data; NULL: the library's own */
  struct sumi__tensor_cleanup *next;
} sumi__tensor_cleanup_t;

struct sumi_graph {
  sumi_arena_t *arena;
  sumi_status_t status;
  const char *message;
  int op_count, op_capacity;
  sumi_op_t **ops;
  sumi__tensor_names_t names;
  sumi_function_t *function; /* nodes made now belong to it; NULL: to the graph */
  sumi__tensor_control_scope_t *controls;
  sumi__tensor_override_t *overrides;
  sumi__tensor_custom_gradient_t *gradients;
  sumi__tensor_collection_t *collections;
  sumi__tensor_cleanup_t *cleanups;
  struct sumi__tensor_variable_store *variable_store; /* NULL before the first variable scope */
  int held_scopes; /* of names.scopes: those up to the innermost of a variable scope */
  const char *device;
  bool strict_broadcast;
  bool has_seed;
  int64_t seed;
  int composite_depth;        /* > 0 while a composite op or a gradient builds nodes … */
  sumi_site_t composite_site; /* … on behalf of this line of the user's */
};

/* Refuses the graph with the text, unless it has refused already. Returns the graph's status. */
sumi_status_t sumi__tensor_graph_refuse(sumi_graph_t *graph, sumi_status_t status,
                                        const char *format, ...) SUMI_PRINTF(3, 4);

/* Refuses with the calling thread's last message. */
sumi_status_t sumi__tensor_graph_adopt_failure(sumi_graph_t *graph, sumi_status_t status);

/* Refuses the graph with INVALID_ARGUMENT and the line of the call. */
void sumi__tensor_graph_refuse_at(sumi_graph_t *graph, sumi_site_t site, const char *format, ...)
    SUMI_PRINTF(3, 4);

/* Copies a caller's options into `options`, see sumi_options_read; false, and the graph refused,
 * when they cannot be read. graph may be NULL. */
bool sumi__tensor_graph_options(sumi_graph_t *graph, sumi_site_t site, void *options,
                                size_t size_bytes, const void *given);

/* The graph's status; a refusal's text becomes the calling thread's last message again. */
sumi_status_t sumi__tensor_graph_repeat(const sumi_graph_t *graph);

/* Zeroed arena memory of the graph; refuses the graph and returns NULL when there is none. */
void *sumi__tensor_graph_calloc(sumi_graph_t *graph, size_t count, size_t size_bytes);
char *sumi__tensor_graph_strdup(sumi_graph_t *graph, const char *text);

/* Calls release(object) when the graph is freed; at once when there is no memory to remember it. */
sumi_status_t sumi__tensor_graph_own(sumi_graph_t *graph, void *object,
                                     void (*release)(void *object));

/* Nodes built between begin and end carry `site` and stand in for one call of the user's. */
void sumi__tensor_composite_begin(sumi_graph_t *graph, sumi_site_t site);
void sumi__tensor_composite_end(sumi_graph_t *graph);

/* Runs the shape function of `op` on these shapes and known elements (known_in may be NULL: nothing
 * is known), for the graph (static) or for one run (op). Fills out and known_out [output_count].
 * Allocates nothing but for While and If. The message of a refusal is the bare reason. */
sumi_status_t sumi__tensor_infer_static(const sumi_op_t *op, const sumi_dims_t *in,
                                        const sumi_known_t *known_in, sumi_dims_t *out,
                                        sumi_known_t *known_out);
sumi_status_t sumi__tensor_infer_op(const sumi_op_t *op, const sumi_dims_t *in,
                                    const sumi_known_t *known_in, sumi_dims_t *out,
                                    sumi_known_t *known_out);

/* The same while the run is under way: shape functions may look at all elements of the inputs. */
sumi_status_t sumi__tensor_infer_unshaped(const sumi_op_t *op, const sumi_array_view_t *value_in,
                                          const sumi_dims_t *in, const sumi_known_t *known_in,
                                          sumi_dims_t *out, sumi_known_t *known_out);

/* Whether input or output `index` of the op is marked `ref` in its schema, or is a variable that a
 * function it calls changes. */
bool sumi__tensor_input_is_ref(const sumi_op_t *op, int index);
bool sumi__tensor_output_is_ref(const sumi_op_t *op, int index);

/* The op changes the variable that input `index` is. */
bool sumi__tensor_updates(const sumi_op_t *op, int index);

/* Appends the node's name, type and line, "'layer/MatMul' (MatMul, train.c:12)". */
void sumi__tensor_format_op(const sumi_op_t *op, sumi_buffer_t *buffer);

/* The variable node behind a tensor that is its output or a read of it; NULL when it is neither. */
sumi_op_t *sumi__tensor_variable_of(sumi_tensor_t tensor);

enum { SUMI__MAX_INPUTS = 1024 }; /* of one node; a cap for lists from outside */

#endif
