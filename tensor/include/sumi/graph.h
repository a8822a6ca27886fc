/* Symbolic graphs: building computes nothing.
 *
 *   sumi_graph_t *g = sumi_graph_new();
 *   sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 3));
 *   sumi_tensor_t y = sumi_mul(2, sumi_square(x));
 *
 * Ops are declared in <sumi/ops.h>.
 *
 * Errors are sticky, as in cairo: the graph keeps the first refusal with its full text,
 * constructors from then on return the null tensor, and a session reports it. Nodes live as long as
 * their graph; nothing is freed one by one. A graph belongs to one thread while it is built; its
 * first session freezes what exists (new nodes may still be added between runs by the thread that
 * owns the session). */
#ifndef SUMI_GRAPH_H
#define SUMI_GRAPH_H

#include <sumi/array.h>
#include <sumi/buffer.h>
#include <sumi/config.h>
#include <sumi/dims.h>
#include <sumi/dtype.h>
#include <sumi/status.h>

#include <stdio.h>

SUMI_BEGIN_DECLS

typedef struct sumi_graph sumi_graph_t;
typedef struct sumi_op sumi_op_t; /* a node */

/** One output of a node, by value. op == NULL is the null tensor, or a plain number (see SUMI_T).
 */
typedef struct sumi_tensor {
  sumi_op_t *op;
  int index; /* which output; SUMI_NUMBER when `number` stands for the tensor */
  double number;
} sumi_tensor_t;

#define SUMI_NUMBER (-1)

/** A list of tensors that lives until the end of the full expression it is written in. */
typedef struct sumi_tensors {
  int count;
  const sumi_tensor_t *list;
} sumi_tensors_t;

typedef struct sumi_ops {
  int count SUMI_UNSET;
  sumi_op_t *const *list SUMI_UNSET;
} sumi_ops_t;

typedef struct sumi_types {
  int count SUMI_UNSET;
  const sumi_dtype_t *list SUMI_UNSET;
} sumi_types_t;

typedef struct sumi_texts {
  int count;
  const char *const *list;
} sumi_texts_t;

/** Where in the user's source a node was made. */
typedef struct sumi_site {
  const char *file;
  int line;
} sumi_site_t;

#define SUMI_HERE SUMI_VALUE(sumi_site_t, __FILE__, __LINE__)

/** What SUMI_T makes of a tensor: itself. */
static inline sumi_tensor_t sumi_tensor_of_tensor(sumi_tensor_t tensor) {
  return tensor;
}

/** What SUMI_T makes of a number: a stand-in for a constant, which the op that takes it makes. */
static inline sumi_tensor_t sumi_tensor_of_number(double number) {
  sumi_tensor_t tensor;
  tensor.op = NULL, tensor.index = SUMI_NUMBER, tensor.number = number;
  return tensor;
}

/** Whether the tensor stands for a plain number. */
static inline bool sumi_tensor_is_number(sumi_tensor_t tensor) {
  return !tensor.op && tensor.index == SUMI_NUMBER;
}

/** Whether it is the null tensor, which constructors give after a refusal. */
static inline bool sumi_tensor_is_null(sumi_tensor_t tensor) {
  return !tensor.op && tensor.index != SUMI_NUMBER;
}

SUMI_END_DECLS

/* SUMI_T(x): a tensor of x, where x is a tensor or a number; the number becomes a constant of the
 * dtype its neighbours ask for.   SUMI_TENSORS(a, 2, b): a list of such (1 to 16); SUMI_LIST(n,
 * pointer) any list. SUMI_OPS(a, b): a list of nodes.   SUMI_TYPES(SUMI_FLOAT32, …): a list of
 * dtypes. */
#ifdef __cplusplus
extern "C++" {
#include <initializer_list>
inline sumi_tensor_t sumi_t(sumi_tensor_t tensor) {
  return tensor;
}
inline sumi_tensor_t sumi_t(double number) {
  return sumi_tensor_of_number(number);
}
#define SUMI_T(x) sumi_t(x)
template <class SumiList, class SumiItem>
inline SumiList sumi_list(std::initializer_list<SumiItem> items) {
  return SumiList{static_cast<int>(items.size()), items.begin()};
}
}
#define SUMI__LIST(kind, item, ...) (sumi_list<kind, item>({__VA_ARGS__}))
#else
#define SUMI_T(x)                                                                                  \
  _Generic((x), sumi_tensor_t : sumi_tensor_of_tensor, default : sumi_tensor_of_number)(x)
#define SUMI__LIST(kind, item, ...)                                                                \
  ((kind){(int)(sizeof((item[]){__VA_ARGS__}) / sizeof(item)), (item[]){__VA_ARGS__}})
#endif
#define SUMI_TENSORS(...)       SUMI__LIST(sumi_tensors_t, sumi_tensor_t, SUMI__MAP_T(__VA_ARGS__))
#define SUMI_LIST(count, first) SUMI_VALUE(sumi_tensors_t, count, first)
#define SUMI_SHAPE(...)         SUMI_TENSORS(__VA_ARGS__)
#define SUMI_OPS(...)           SUMI__LIST(sumi_ops_t, sumi_op_t *, __VA_ARGS__)
#define SUMI_TYPES(...)         SUMI__LIST(sumi_types_t, sumi_dtype_t, __VA_ARGS__)

/* SUMI__MAP_T(a, b, …) is SUMI_T(a), SUMI_T(b), … for 1 to 16 arguments. */
#define SUMI__MAP_T(...)                                                                           \
  SUMI__NTH(__VA_ARGS__, SUMI__T16, SUMI__T15, SUMI__T14, SUMI__T13, SUMI__T12, SUMI__T11,         \
            SUMI__T10, SUMI__T9, SUMI__T8, SUMI__T7, SUMI__T6, SUMI__T5, SUMI__T4, SUMI__T3,       \
            SUMI__T2, SUMI__T1, 0)                                                                 \
  (__VA_ARGS__)
#define SUMI__NTH(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, name, ...) name
#define SUMI__T1(a)                                                          SUMI_T(a)
#define SUMI__T2(a, ...)                                                     SUMI_T(a), SUMI__T1(__VA_ARGS__)
#define SUMI__T3(a, ...)                                                     SUMI_T(a), SUMI__T2(__VA_ARGS__)
#define SUMI__T4(a, ...)                                                     SUMI_T(a), SUMI__T3(__VA_ARGS__)
#define SUMI__T5(a, ...)                                                     SUMI_T(a), SUMI__T4(__VA_ARGS__)
#define SUMI__T6(a, ...)                                                     SUMI_T(a), SUMI__T5(__VA_ARGS__)
#define SUMI__T7(a, ...)                                                     SUMI_T(a), SUMI__T6(__VA_ARGS__)
#define SUMI__T8(a, ...)                                                     SUMI_T(a), SUMI__T7(__VA_ARGS__)
#define SUMI__T9(a, ...)                                                     SUMI_T(a), SUMI__T8(__VA_ARGS__)
#define SUMI__T10(a, ...)                                                    SUMI_T(a), SUMI__T9(__VA_ARGS__)
#define SUMI__T11(a, ...)                                                    SUMI_T(a), SUMI__T10(__VA_ARGS__)
#define SUMI__T12(a, ...)                                                    SUMI_T(a), SUMI__T11(__VA_ARGS__)
#define SUMI__T13(a, ...)                                                    SUMI_T(a), SUMI__T12(__VA_ARGS__)
#define SUMI__T14(a, ...)                                                    SUMI_T(a), SUMI__T13(__VA_ARGS__)
#define SUMI__T15(a, ...)                                                    SUMI_T(a), SUMI__T14(__VA_ARGS__)
#define SUMI__T16(a, ...)                                                    SUMI_T(a), SUMI__T15(__VA_ARGS__)

SUMI_BEGIN_DECLS

/* ---- Graphs ---- */

/** A new, empty graph; never NULL: without memory, a graph that has already refused. Free it after
 * its sessions. */
SUMI_API sumi_graph_t *sumi_graph_new(void);
SUMI_API void sumi_graph_free(sumi_graph_t *graph);

/** SUMI_OK, or the code of the first refusal; the text is "" while there is none, valid as long as
 * the graph. */
SUMI_API sumi_status_t sumi_graph_status(const sumi_graph_t *graph);
SUMI_API const char *sumi_graph_message(const sumi_graph_t *graph);

/** The graph-level seed of random ops (TensorFlow's set_random_seed). Without it random ops without
 * a seed of their own differ from session to session. */
SUMI_API void sumi_graph_set_seed(sumi_graph_t *graph, int64_t seed);

/** Strict broadcasting: from now on an elementwise op whose operands have different ranks (scalars
 * excepted) is refused with both nodes, shapes and source lines, so that [2,1]+[2] cannot silently
 * become [2,2]. */
SUMI_API void sumi_graph_set_strict_broadcast(sumi_graph_t *graph, bool strict);

/** Names of nodes made from now on are prefixed "name/" (tf.name_scope); scopes nest; a scope
 * entered twice gets "name_1/". "name/" enters that prefix itself again, "" or NULL the root.
 * Variables are named by <sumi/variables.h>'s scopes. */
SUMI_API void sumi_name_scope_begin(sumi_graph_t *graph, const char *name);
SUMI_API void sumi_name_scope_end(sumi_graph_t *graph);

/** The prefix in force, "a/b/" or ""; it lives as long as the graph. */
SUMI_API const char *sumi_name_scope(const sumi_graph_t *graph);

/** Nodes made from now on run after `ops`; sets nest and add up. */
SUMI_API void sumi_control_begin(sumi_graph_t *graph, sumi_ops_t ops);
SUMI_API void sumi_control_end(sumi_graph_t *graph);

/** Nodes made from now on carry this device text (for TensorBoard's graph page); NULL for none. */
SUMI_API void sumi_graph_set_device(sumi_graph_t *graph, const char *device);

/** Keeps something of the program's or of another library's with the graph, found by `key`, an
 * address of the caller's own. `release` (may be NULL) gets it when the graph is freed; at once
 * when it cannot be kept. */
SUMI_API sumi_status_t sumi_graph_set_data(sumi_graph_t *graph, const void *key, void *data,
                                           void (*release)(void *data));
/** What was set with that key first; NULL when nothing was. */
SUMI_API void *sumi_graph_data(const sumi_graph_t *graph, const void *key);

/* ---- Collections: named, ordered lists of tensors ---- */

#define SUMI_GLOBAL_VARIABLES    "variables"
#define SUMI_TRAINABLE_VARIABLES "trainable_variables"
#define SUMI_SUMMARIES           "summaries"
#define SUMI_LOSSES              "losses"
#define SUMI_UPDATE_OPS          "update_ops"

/** Appends a tensor to a collection, which begins to exist with its first member. */
SUMI_API void sumi_collection_add(sumi_graph_t *graph, const char *collection,
                                  sumi_tensor_t tensor);

/** The members; the list is valid until the collection changes. */
SUMI_API sumi_tensors_t sumi_collection(const sumi_graph_t *graph, const char *collection);

/** The members whose names begin with `prefix`, as in get_collection(key, scope="generator/"); the
 * list lives as long as the graph. */
SUMI_API sumi_tensors_t sumi_collection_below(sumi_graph_t *graph, const char *collection,
                                              const char *prefix);

/* ---- Tensors ---- */

/** Output `index` of the node that made `tensor`; the null tensor when there is no such output. */
SUMI_API sumi_tensor_t sumi_output(sumi_tensor_t tensor, int index);
SUMI_API sumi_tensor_t sumi_op_output(sumi_op_t *op, int index);

/** All outputs of the node that made `tensor`, as of sumi_unstack and sumi_split; the list lives as
 * long as the graph. */
SUMI_API sumi_tensors_t sumi_outputs(sumi_tensor_t tensor);

SUMI_API sumi_graph_t *
sumi_tensor_graph(sumi_tensor_t tensor); /* NULL for numbers and the null tensor */
/** SUMI_DTYPE_INVALID for numbers and the null tensor. */
SUMI_API sumi_dtype_t sumi_tensor_dtype(sumi_tensor_t tensor);

/** The static shape (get_shape().as_list()): rank SUMI_UNKNOWN_RANK, or sizes of which -1 is
 * unknown. */
SUMI_API sumi_dims_t sumi_tensor_dims(sumi_tensor_t tensor);

/** Adds knowledge about the static shape; a contradiction is a refusal of the graph that names both
 * shapes. */
SUMI_API void sumi_set_shape(sumi_tensor_t tensor, sumi_dims_t dims);

/** "Tensor("MatMul:0", shape=(10, 10), dtype=float32)", exactly as TensorFlow 1 prints it. */
SUMI_API void sumi_tensor_format(sumi_tensor_t tensor, sumi_buffer_t *buffer);

/** sumi_tensor_format and a newline to a stream. */
SUMI_API void sumi_tensor_print(FILE *file, sumi_tensor_t tensor);

/** The same tensor name:index for a "name:0" or "name" text; the null tensor when the graph has
 * none. */
SUMI_API sumi_tensor_t sumi_graph_tensor(const sumi_graph_t *graph, const char *name);

/* ---- Gradients given from outside ---- */

struct sumi_grad;
/** A gradient as an expression of ops: it reads the op and the gradients of its outputs from `grad`
 * (<sumi/op_def.h>) and sets those of its inputs. `context` is what was registered with it. */
typedef void (*sumi_gradient_fn_t)(struct sumi_grad *grad, void *context);

/** Registers a gradient under a name of its own; the name must be new in this graph. See
 * <sumi/op_def.h>. */
SUMI_API sumi_status_t sumi_register_gradient(sumi_graph_t *graph, const char *name,
                                              sumi_gradient_fn_t gradient, void *context);

/** Nodes of type `op_type` made until the matching end use the gradient registered as
 * `gradient_name`. */
SUMI_API void sumi_gradient_override_begin(sumi_graph_t *graph, const char *op_type,
                                           const char *gradient_name);
SUMI_API void sumi_gradient_override_end(sumi_graph_t *graph);

/* ---- Walking a graph ---- */

/** How many nodes the graph has. */
SUMI_API int sumi_graph_op_count(const sumi_graph_t *graph);
SUMI_API sumi_op_t *sumi_graph_op(const sumi_graph_t *graph,
                                  int index); /* in order of creation: inputs come first */
SUMI_API sumi_op_t *sumi_graph_find_op(const sumi_graph_t *graph,
                                       const char *name); /* NULL when there is none */

/** A node: its graph, place, name, type, device ("" for none), source line, inputs, the nodes it
 * runs after, and the number of its outputs. Texts live as long as the graph. */
SUMI_API sumi_graph_t *sumi_op_graph(const sumi_op_t *op);
SUMI_API int sumi_op_index(const sumi_op_t *op);        /* position in sumi_graph_op */
SUMI_API const char *sumi_op_name(const sumi_op_t *op); /* "layer1/MatMul" */
SUMI_API const char *sumi_op_type(const sumi_op_t *op); /* "MatMul" */
SUMI_API const char *sumi_op_device(const sumi_op_t *op);
SUMI_API sumi_site_t sumi_op_site(const sumi_op_t *op);
SUMI_API int sumi_op_input_count(const sumi_op_t *op);
SUMI_API sumi_tensor_t sumi_op_input(const sumi_op_t *op, int index);
SUMI_API int sumi_op_control_count(const sumi_op_t *op);
SUMI_API sumi_op_t *sumi_op_control(const sumi_op_t *op, int index);
SUMI_API int sumi_op_output_count(const sumi_op_t *op);

/* ---- Attributes ---- */

/** Which member of a sumi_attr_t counts. */
typedef enum sumi_attr_kind {
  SUMI_ATTR_NONE,
  SUMI_ATTR_BOOL,
  SUMI_ATTR_INT,
  SUMI_ATTR_FLOAT,
  SUMI_ATTR_STRING,
  SUMI_ATTR_TYPE,
  SUMI_ATTR_SHAPE, /* rank SUMI_UNKNOWN_RANK and sizes -1 are allowed */
  SUMI_ATTR_INTS,  /* up to SUMI_MAX_RANK integers, in `dims` */
  SUMI_ATTR_TYPES,
  SUMI_ATTR_ARRAY,   /* a constant's value */
  SUMI_ATTR_POINTER, /* something of the program's: not exported */
  SUMI_ATTR_STRINGS
} sumi_attr_kind_t;

typedef struct sumi_attr {
  sumi_attr_kind_t kind;
  union {
    bool boolean;
    int64_t integer;
    double real;
    const char *string;
    sumi_dtype_t type;
    sumi_dims_t dims; /* SHAPE, INTS */
    sumi_types_t types;
    sumi_array_t *array;
    void *pointer;
    sumi_texts_t texts;
  };
} sumi_attr_t;

/** The attributes of a node, in the order of its op type's schema; `name` (may be NULL) receives
 * the name. They live as long as the graph. */
SUMI_API int sumi_op_attr_count(const sumi_op_t *op);
SUMI_API const sumi_attr_t *sumi_op_attr_at(const sumi_op_t *op, int index, const char **name);

/** The attribute of that name, NULL when the op type has none. Type variables ("T") are attributes
 * too. */
SUMI_API const sumi_attr_t *sumi_op_attr(const sumi_op_t *op, const char *name);

SUMI_END_DECLS
#endif
