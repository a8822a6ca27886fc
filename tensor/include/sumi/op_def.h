/* How an op is made: one block with everything about it. Built-in ops and users' own are defined
 * alike.
 *
 *   SUMI_OP(MatMul,
 *           "a: T, b: T | transpose_a: bool = false, transpose_b: bool = false -> product: T ; "
 *           "T: float32 float64",
 *           .api = "matmul", .doc = "...", .shape = matmul_shape, .kernel = matmul_kernel,
 *           .grad = matmul_grad, SUMI_SAMPLES({...}, {...}));
 *
 * The schema is "inputs | attributes -> outputs ; constraints"; parts that are empty may be left
 * out.
 *
 * - Inputs and outputs are `name: type, ...`, where a type is
 *   - `T`: a type variable; all that share it have one dtype. It is an attribute.
 *   - `float32`, ...: a dtype.
 *   - `dtype`, for outputs: the value of an attribute of kind `type`.
 *   - `N * T`: N tensors of one dtype. N is an attribute.
 *   - `[Tin]`: any number of tensors of any dtypes. Tin is an attribute of kind `types`.
 *   - `shape`, for inputs: an int32 vector, in C a list of numbers and tensors (SUMI_SHAPE).
 *   - `ref` before a type: the tensor is a variable, which the op may change.
 * - Attributes are `name: kind [= default], ...`. Kinds are bool, int, float, string, strings,
 *   type, types, shape, ints, pointer, array and `{A, B}`, one of these words, of which the first
 *   is the default. Attributes without a default are positional arguments in C. The others are
 *   named, and zero means the default (SUMI_ZERO: zero); one that is true by default is called
 *   `no_name` and turns it off. Defaults: `1 2 2 1` for ints and shapes, `?` for an unknown shape,
 *   `[]` for a scalar's, nothing for one that is not given; texts may stand in quotes.
 * - Constraints are `T: float32 float64, ...`: the dtypes a variable may take. Numbers that stand
 *   for tensors have the first of them where nothing else decides.
 *
 * Names of ops, inputs, outputs and attributes are TensorFlow's: GraphDef export needs no second
 * table. The build scans lines that start with SUMI_OP( and writes the registry, <sumi/ops.h> with
 * a constructor for each op, and docs/ops.md. */
#ifndef SUMI_OP_DEF_H
#define SUMI_OP_DEF_H

#include <sumi/array_view.h>
#include <sumi/graph.h>
#include <sumi/random.h>

SUMI_BEGIN_DECLS

/* ---- Shape functions: static shapes from partly known shapes and values ---- */

/** What a shape function sees and fills. Shapes have rank SUMI_UNKNOWN_RANK or sizes of which -1 is
 * unknown. Outputs start as unknown rank. The same function runs while the graph is built (partly
 * known) and when a plan is made for actual shapes (known). */
typedef struct sumi_infer {
  const sumi_op_t *op; /* for attributes only: its outputs are what is being inferred */
  bool actual;         /* for a plan: the shapes are those of a run, not what all runs share */
  int input_count, output_count;
  const sumi_dims_t *in;             /* [input_count] */
  sumi_dims_t *out;                  /* [output_count], to fill */
  const struct sumi_known *known_in; /* [input_count]; see sumi_infer_known */
  struct sumi_known *known_out;      /* [output_count] */
  const sumi_array_view_t *value_in; /* [input_count] elements, where only a run can tell shapes;
                                        NULL before */
} sumi_infer_t;

/** Partly known elements of a small integer tensor (a shape, an axis): what lets static shapes pass
 * through shape, stack, mul and reduce_prod. */
typedef struct sumi_known {
  bool valid;                   /* false: nothing is known */
  bool scalar;                  /* rank 0 (one element) or rank 1 */
  int count;                    /* elements, at most SUMI_MAX_RANK */
  bool has[SUMI_MAX_RANK];      /* is the element known? */
  int64_t value[SUMI_MAX_RANK]; /* where has[i] */
} sumi_known_t;

/** What is known of input `index`'s elements, NULL when nothing is. */
SUMI_API const sumi_known_t *sumi_infer_known(const sumi_infer_t *infer, int index);

/** Refuses the op; the text says what is wrong with which argument and shape. Returns
 * INVALID_ARGUMENT; the graph adds the op, its name and where its operands were made. */
SUMI_API sumi_status_t sumi_refuse(const sumi_infer_t *infer, const char *format, ...)
    SUMI_PRINTF(2, 3);

/** Both shapes' knowledge; false when they contradict. */
SUMI_API bool sumi_merge_dims(sumi_dims_t dims, sumi_dims_t other, sumi_dims_t *merged);

/** The shape that elements `known` spell (sizes -1 where unknown); rank unknown when known is NULL.
 */
SUMI_API sumi_dims_t sumi_dims_of_known(const sumi_known_t *known);

/* Shape functions that many ops share. */
SUMI_API sumi_status_t
sumi_shape_same_as_input(sumi_infer_t *infer); /* out[0] = in[0]; passes known elements on */
SUMI_API sumi_status_t
sumi_shape_broadcast(sumi_infer_t *infer); /* out[0] = broadcast of all inputs */
SUMI_API sumi_status_t sumi_shape_scalar(sumi_infer_t *infer);  /* every output is a scalar */
SUMI_API sumi_status_t sumi_shape_unknown(sumi_infer_t *infer); /* every output has unknown rank */
SUMI_API sumi_status_t sumi_shape_none(sumi_infer_t *infer);    /* ops without outputs */

/* ---- Attributes by name; the op type is known to have them ---- */

/** The value of the attribute `name` of a node, which has one of that kind. */
SUMI_API bool sumi_attr_bool(const sumi_op_t *op, const char *name);
SUMI_API int64_t sumi_attr_int(const sumi_op_t *op, const char *name);
SUMI_API double sumi_attr_float(const sumi_op_t *op, const char *name);
SUMI_API const char *sumi_attr_string(const sumi_op_t *op, const char *name);
SUMI_API sumi_dtype_t sumi_attr_type(const sumi_op_t *op, const char *name);
SUMI_API sumi_dims_t sumi_attr_dims(const sumi_op_t *op, const char *name); /* SHAPE and INTS */
SUMI_API sumi_texts_t sumi_attr_strings(const sumi_op_t *op, const char *name);
SUMI_API void *sumi_attr_pointer(const sumi_op_t *op, const char *name);
SUMI_API bool sumi_attr_is(const sumi_op_t *op, const char *name, const char *word); /* enums */

/* ---- Kernels ---- */

/** What a kernel sees. Arrays are dense row-major; inputs are read-only; outputs have the inferred
 * shapes and are uninitialised. A kernel allocates nothing that lasts: scratch comes from .scratch
 * below. */
typedef struct sumi_kernel {
  const sumi_op_t *op;
  int input_count, output_count;
  const sumi_array_view_t *in;  /* [input_count] */
  const sumi_array_view_t *out; /* [output_count]; write through sumi_kernel_out */
  void *scratch;                /* as many bytes as .scratch asked for, aligned to SUMI_ALIGNMENT */
  int threads;                  /* at most this many */
  sumi_array_t *
      *dynamic; /* [output_count], ops with SUMI_OP_DYNAMIC store new arrays here; else NULL */
  struct sumi_session *session; /* resources; see also sumi_kernel_random */
} sumi_kernel_t;

/** Where a kernel writes its output `index`. */
static inline void *sumi_kernel_out(const sumi_kernel_t *kernel, int index) {
#ifdef __cplusplus
  return const_cast<void *>(kernel->out[index].data);
#else
  return (void *)(uintptr_t)kernel->out[index].data;
#endif
}

/** Fails the run: the message gets the node's name and source line in front. */
SUMI_API sumi_status_t sumi_kernel_fail(const sumi_kernel_t *kernel, sumi_status_t status,
                                        const char *format, ...) SUMI_PRINTF(3, 4);

/** What the session was given under that name (sumi_session_set_resource), NULL when nothing. */
SUMI_API void *sumi_kernel_resource(const sumi_kernel_t *kernel, const char *name);

/** `count` 128-bit blocks of the node's random stream, never given before in this session: key and
 * first counter for the generators of <sumi/random.h>. The stream follows from the graph's seed and
 * the op's (attributes seed, seed2). */
SUMI_API sumi_philox_t sumi_kernel_random(const sumi_kernel_t *kernel, int64_t count);

/** The storage of a variable: input `index` is the output of a VariableV2 node. NULL while it is
 * not initialised; sumi_kernel_assign gives it a (possibly first) value of that shape,
 * uninitialised, to be filled. */
SUMI_API void *sumi_kernel_variable(const sumi_kernel_t *kernel, int index);
SUMI_API sumi_status_t sumi_kernel_assign(const sumi_kernel_t *kernel, int index, sumi_dims_t dims,
                                          void **data);

/** Runs task(context, i) for i in [0, count) on up to kernel->threads threads. Which thread runs
 * which i is unspecified, so results must not depend on it. */
SUMI_API void sumi_kernel_parallel(const sumi_kernel_t *kernel, int64_t count,
                                   void (*task)(void *context, int64_t index), void *context);

/** A block of an elementwise op: out[i] = f(in[0][i], in[1][i], …) for i in [0, count), all dense.
 * The engine broadcasts, fuses and splits; a block function sees at most a few thousand elements.
 * `out` may be an input. */
typedef void (*sumi_block_fn_t)(const sumi_op_t *op, int64_t count, const void *const *in,
                                void *out);

/** Block functions by dtype of the first input (and, where both matter, of the output: Cast). End
 * with {0}. */
typedef struct sumi_map {
  sumi_dtype_t in;
  sumi_dtype_t out; /* 0: any */
  sumi_block_fn_t block;
} sumi_map_t;

/* ---- Gradients, as graph expressions ---- */

/** dx[i] is to be filled for inputs that have a gradient; the null tensor means none (zero).
 * Broadcasting is undone by the caller: give each dx[i] the broadcast shape. dy[i] is never null
 * when output i is differentiable and reached; a missing one arrives as zeros. */
typedef struct sumi_grad {
  sumi_op_t *op;
  int input_count, output_count;
  const sumi_tensor_t *x;  /* inputs */
  const sumi_tensor_t *y;  /* outputs */
  const sumi_tensor_t *dy; /* gradients of the outputs */
  sumi_tensor_t *dx;       /* gradients of the inputs, to fill */
} sumi_grad_t;

/* ---- Composite ops ---- */

/** What an expression op is built from. */
typedef struct sumi_build {
  sumi_graph_t *graph;
  int input_count;
  const sumi_tensor_t *in;
  const sumi_attr_t *attrs; /* in the schema's order */
  const struct sumi_op_def *def;
} sumi_build_t;

/** The attribute `name` of the composite op, given or by default. */
SUMI_API const sumi_attr_t *sumi_build_attr(const sumi_build_t *build, const char *name);

/** Refuses the composite op with the text, its line and its inputs; returns the null tensor. */
SUMI_API sumi_tensor_t sumi_build_refuse(const sumi_build_t *build, const char *format, ...)
    SUMI_PRINTF(2, 3);

/* ---- Samples: tests that stand beside the op ---- */

/** One case of the generic tests. Inputs are given by shape and either listed values or a range to
 * draw from; the expected values come from somewhere else than this code, and `from` says where. */
typedef struct sumi_sample {
  int input_count;
  sumi_dims_t in[6];
  const double *at[6];    /* values of input i, row-major; NULL: drawn from [lo, hi] */
  double lo, hi;          /* default -1, 1 */
  sumi_dtype_t dtype[6];  /* default float32 */
  const char *attrs;      /* "transpose_a = true, name = …" in the schema's words */
  sumi_dims_t out;        /* expected shape, when expect is given */
  const double *expect;   /* expected values of output 0 */
  const char *from;       /* where they come from */
  double tolerance;       /* relative to max(1, |expected|); default 1e-6 */
  sumi_status_t want;     /* a refusal instead of a result */
  const char *message;    /* that must contain this */
  bool no_gradient_check; /* at this point (a kink) */
  unsigned held;          /* bit by bit: inputs that the gradient check does not vary … */
  int checked_outputs;    /* … and how many outputs, from the first on, it adds up; 0: all */
  bool symmetric;         /* input 0 is varied as symmetric matrices, in its last two axes */
} sumi_sample_t;

#define SUMI_VALUES(...) ((const double[]){__VA_ARGS__})
#define SUMI_S(...)                                                                                \
  {                                                                                                \
    sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), {                                          \
      __VA_ARGS__                                                                                  \
    }                                                                                              \
  } /* a shape */
#define SUMI_S0                                                                                    \
  {                                                                                                \
    0, {                                                                                           \
      1                                                                                            \
    }                                                                                              \
  } /* a scalar's */
#define SUMI_SAMPLES(...)                                                                          \
  .samples = (const sumi_sample_t[]){__VA_ARGS__},                                                 \
  .sample_count = sizeof((const sumi_sample_t[]){__VA_ARGS__}) / sizeof(sumi_sample_t)

/* ---- The definition ---- */

enum {
  SUMI_OP_STATEFUL =
      1, /* two nodes with equal inputs are not one; never folded (random, variables, host ops) */
  SUMI_OP_COMMUTATIVE = 2,
  SUMI_OP_SIDE_EFFECT = 4, /* runs for its effect (assign, summaries, print); implies STATEFUL */
  SUMI_OP_ALIAS =
      8, /* output 0 is input 0's bytes with another shape: no kernel runs (Reshape, Identity) */
  SUMI_OP_DYNAMIC =
      16, /* output shapes are known only after the kernel ran; it fills k->dynamic (host ops) */
  SUMI_OP_SHAPE_ONLY =
      32, /* the outputs follow from the inputs' shapes; no element is looked at (OnesLike) */
  SUMI_OP_CALLS = 64 /* the engine runs functions of the graph (While, If); built-in ops only */
};

/** Where an output's value comes from when no step makes it. */
typedef enum sumi_op_source {
  SUMI_SOURCE_STEP,
  SUMI_SOURCE_FEED,     /* it has to be fed */
  SUMI_SOURCE_CONSTANT, /* the attribute `value`, an array */
  SUMI_SOURCE_VARIABLE  /* the output is a variable of the session */
} sumi_op_source_t;

/** When the output has the elements of an input in the same order, so that nothing has to run. */
typedef enum sumi_op_unchanged {
  SUMI_UNCHANGED_NEVER,
  SUMI_UNCHANGED_COUNT, /* when there are as many as of input 0 */
  SUMI_UNCHANGED_DTYPE, /* when the dtype is that of input 0 */
  SUMI_UNCHANGED_ORDER, /* when input 1, a constant permutation, moves only axes of size 1 */
  SUMI_UNCHANGED_TIMES, /* when the other input is the constant 1 */
  SUMI_UNCHANGED_OVER,  /* when input 1 is the constant 1 */
  SUMI_UNCHANGED_ALWAYS /* it is input 0 under another name */
} sumi_op_unchanged_t;

typedef struct sumi_op_def {
  const char *name; /* TensorFlow's */
  const char *schema;
  const char *api; /* C name after "sumi_", default the snake case of name */
  const char *doc; /* one sentence or more: formula, shapes, source */
  sumi_status_t (*shape)(sumi_infer_t *infer);
  sumi_status_t (*kernel)(const sumi_kernel_t *kernel);
  size_t (*scratch)(
      const sumi_kernel_t *kernel); /* bytes for these shapes; in/out carry shapes, data is NULL */
  const sumi_map_t *map;            /* elementwise ops have this instead of a kernel */
  bool (*refuses)(sumi_dtype_t dtype, int64_t count,
                  const void *const *in); /* of a block's inputs, the first of which has the dtype:
                                             an element has no result, and the run fails … */
  const char *refusal;                    /* … with this sentence */
  void (*grad)(sumi_grad_t *grad);
  const char *no_grad; /* why there is none: "integers", "a comparison is piecewise constant" */
  sumi_tensor_t (*expand)(const sumi_build_t *build); /* composite ops have this and nothing else */
  unsigned flags;
  sumi_op_source_t source;
  sumi_op_unchanged_t unchanged;
  /* How a reduction over the axes of input 1, or over all without one, can be the end of a fused
   * group; NULL: it cannot. Built-in ops only. */
  const struct sumi__tensor_reducer *(*reducer)(sumi_dtype_t dtype);
  const sumi_sample_t *samples;
  int sample_count;
} sumi_op_def_t;

#define SUMI_OP(Name, schema_text, ...)                                                            \
  const sumi_op_def_t sumi__tensor_op_##Name = {.name = #Name, .schema = schema_text, __VA_ARGS__}

/** Makes a user's op known to every graph built afterwards; `def` must stay valid. ALREADY_EXISTS
 * for a name that is taken, INVALID_ARGUMENT (with the offset) for a schema that does not parse.
 * Thread-safe. */
SUMI_API sumi_status_t sumi_register_op(const sumi_op_def_t *def);

/** The definition of that name, NULL when there is none. */
SUMI_API const sumi_op_def_t *sumi_find_op_def(const char *name);

/** All definitions in order of registration, built-in ones first: index from 0 until NULL. */
SUMI_API const sumi_op_def_t *sumi_op_def_at(int index);

/** An attribute by its name. */
typedef struct sumi_named_attr {
  const char *name SUMI_UNSET;
  sumi_attr_t value SUMI_UNSET;
} sumi_named_attr_t;

/** What a node is made of. */
typedef struct sumi_node_spec {
  sumi_site_t site SUMI_UNSET;
  sumi_graph_t *graph SUMI_UNSET;
  const char *type SUMI_UNSET; /* "MatMul" */
  const char *name SUMI_UNSET; /* NULL: the type */
  sumi_tensors_t inputs SUMI_UNSET;
  int attr_count SUMI_UNSET;
  const sumi_named_attr_t *attrs SUMI_UNSET;
} sumi_node_spec_t;

/** Builds a node of any op type: what the typed constructors call. Inputs are listed flat in the
 * schema's order (`N * T` and `[Tin]` inputs one after the other); attributes by name, missing ones
 * take their default. The graph may be NULL when an input is a tensor. Returns output 0 (for ops
 * without outputs: a tensor that only names the node), the null tensor after a refusal. */
SUMI_API sumi_tensor_t sumi_node(const sumi_node_spec_t *spec);

/** Refuses a graph on behalf of code that builds nodes, with the calling thread's last message and
 * the line `site`;
 *  a graph that has refused already keeps its first refusal. */
SUMI_API void sumi_graph_refuse(sumi_graph_t *graph, sumi_status_t status, sumi_site_t site);

/** The int32 vector that a `shape` argument stands for: one tensor of rank 1 (or unknown rank) is
 * taken as it is, a list of numbers becomes a constant, anything else is packed. What typed
 * constructors call for such arguments. */
SUMI_API sumi_tensor_t sumi_shape_tensor(sumi_graph_t *graph, sumi_site_t site,
                                         sumi_tensors_t elements);

SUMI_END_DECLS
#endif
