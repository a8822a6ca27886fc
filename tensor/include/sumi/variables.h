/* Variables, what they start from and what they cost, and the scopes that name and share them.
 *
 *   sumi_variable_scope_begin(g, "encoder");
 *   sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(3, 1));          encoder/w
 *   sumi_variable_scope_end(g);
 *   sumi_variable_scope_begin(g, "encoder", .reuse = SUMI_REUSE);
 *   sumi_tensor_t same = sumi_get_variable(g, "w", SUMI_DIMS(3, 1));       the same variable
 *   sumi_variable_scope_end(g);
 *
 * Names and sharing are TensorFlow 1's: variables are named by variable scopes alone, other nodes
 * by name scopes; a variable scope opens a name scope of the same name, made unique. Refusals are
 * the graph's; the results are then null. */
#ifndef SUMI_VARIABLES_H
#define SUMI_VARIABLES_H

#include <sumi/graph.h>

SUMI_BEGIN_DECLS

/* ---- Initializers: how a variable gets its first value ---- */

/** The distributions a variable's first value comes from. */
typedef enum sumi_initializer_kind {
  SUMI_INIT_DEFAULT,        /* the scope's; without one Glorot uniform, zeros for integers */
  SUMI_INIT_GLOROT_UNIFORM, /* ±sqrt(6 / (fan_in + fan_out)) */
  SUMI_INIT_GLOROT_NORMAL,  /* truncated, variance 2 / (fan_in + fan_out) */
  SUMI_INIT_HE_UNIFORM,     /* ±sqrt(6 / fan_in) */
  SUMI_INIT_HE_NORMAL,      /* truncated, variance 2 / fan_in */
  SUMI_INIT_CONSTANT,       /* a everywhere */
  SUMI_INIT_UNIFORM,        /* in [a, b) */
  SUMI_INIT_NORMAL,         /* mean a, standard deviation b */
  SUMI_INIT_TRUNCATED_NORMAL,
  SUMI_INIT_ARRAY /* a copy of `array` */
} sumi_initializer_kind_t;

typedef struct sumi_initializer {
  sumi_initializer_kind_t kind SUMI_UNSET;
  double a SUMI_UNSET, b SUMI_UNSET;
  sumi_array_t *array SUMI_UNSET;
  int64_t seed SUMI_UNSET; /* 0: from the graph's seed */
} sumi_initializer_t;

#define SUMI_INIT(...) SUMI__INIT(__VA_ARGS__, )
#define SUMI__INIT(kind_name, ...)                                                                 \
  SUMI_VALUE(sumi_initializer_t, .kind = SUMI_INIT_##kind_name, __VA_ARGS__)
#define SUMI_ZEROS_INITIALIZER SUMI_INIT(CONSTANT, .a = 0)
#define SUMI_ONES_INITIALIZER  SUMI_INIT(CONSTANT, .a = 1)

/* ---- Regularizers: what a variable adds to the loss ---- */

#define SUMI_REGULARIZATION_LOSSES "regularization_losses"

/** A new variable's `loss(variable, scale)`, a scalar, joins SUMI_REGULARIZATION_LOSSES; the null
 * tensor does not. */
typedef struct sumi_regularizer {
  sumi_tensor_t (*loss)(sumi_tensor_t variable, double scale) SUMI_UNSET;
  double scale SUMI_UNSET;
} sumi_regularizer_t;

/** scale * sum |w|, and scale * sum w^2 / 2 (tf.contrib.layers.l1_regularizer, l2_regularizer). */
SUMI_API sumi_tensor_t sumi_l1_regularization(sumi_tensor_t variable, double scale);
SUMI_API sumi_tensor_t sumi_l2_regularization(sumi_tensor_t variable, double scale);
/** None, whatever the scope says. */
SUMI_API sumi_tensor_t sumi_no_regularization(sumi_tensor_t variable, double scale);

#define SUMI_L1_REGULARIZER(scale) SUMI_VALUE(sumi_regularizer_t, sumi_l1_regularization, scale)
#define SUMI_L2_REGULARIZER(scale) SUMI_VALUE(sumi_regularizer_t, sumi_l2_regularization, scale)
#define SUMI_NO_REGULARIZER        SUMI_VALUE(sumi_regularizer_t, sumi_no_regularization, 0)

/** The sum of SUMI_REGULARIZATION_LOSSES, 0 of none; losses of the first one's dtype. */
SUMI_API sumi_tensor_t sumi_regularization_loss(sumi_graph_t *graph);

/* ---- Variables ---- */

/** What becomes of a name that is taken, and of one that is not. */
typedef enum sumi_reuse {
  SUMI_REUSE_INHERITED, /* as the scope around says; outside of all: a taken name is refused */
  SUMI_REUSE,           /* share the variable of that name; refused when there is none */
  SUMI_AUTO_REUSE       /* share it when there is one, else make it */
} sumi_reuse_t;

typedef struct sumi_variable_options {
  size_t struct_size SUMI_UNSET;             /* filled in by the macros; see <sumi/options.h> */
  sumi_initializer_t initializer SUMI_UNSET; /* default the scope's */
  sumi_dtype_t dtype SUMI_UNSET;             /* default the scope's, else float32 */
  bool not_trainable SUMI_UNSET;             /* leave it out of SUMI_TRAINABLE_VARIABLES */
  sumi_reuse_t reuse SUMI_UNSET;             /* default the scope's */
  sumi_regularizer_t regularizer SUMI_UNSET; /* default the scope's */
  bool is_local SUMI_UNSET;                  /* SUMI_LOCAL_VARIABLES has it, and no other list */
} sumi_variable_options_t;

/** The variable `name` of the current variable scope (tf.get_variable), as the tensor that reads it
 * (name/read). A reused variable must have this shape and dtype. */
#define sumi_get_variable(graph, name, ...) SUMI__GET_VARIABLE(graph, name, __VA_ARGS__, )
#define SUMI__GET_VARIABLE(graph, name, dims, ...)                                                 \
  sumi_get_variable_with(graph, SUMI_HERE, name, dims,                                             \
                         SUMI_OPTIONS(sumi_variable_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_get_variable_with(sumi_graph_t *graph, sumi_site_t site,
                                              const char *name, sumi_dims_t dims,
                                              const sumi_variable_options_t *options);

typedef struct sumi_new_variable_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  const char *name SUMI_UNSET;   /* default "Variable"; made unique in the name scope */
  bool not_trainable SUMI_UNSET; /* leave it out of SUMI_TRAINABLE_VARIABLES */
  bool is_local SUMI_UNSET;      /* SUMI_LOCAL_VARIABLES has it, and no other list */
} sumi_new_variable_options_t;

/** A new variable that starts as `initial_value`, a tensor of fully known shape (tf.Variable). Name
 * scopes name it, and it is never shared. */
#define sumi_variable(...) SUMI__NEW_VARIABLE(__VA_ARGS__, )
#define SUMI__NEW_VARIABLE(initial_value, ...)                                                     \
  sumi_variable_with(initial_value, SUMI_HERE,                                                     \
                     SUMI_OPTIONS(sumi_new_variable_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_variable_with(sumi_tensor_t initial_value, sumi_site_t site,
                                          const sumi_new_variable_options_t *options);

/** The node ("init") that gives every variable made so far its first value, but for local ones. */
SUMI_API sumi_op_t *sumi_global_variables_initializer(sumi_graph_t *graph);

/** Variables of one run of the program, as those of metrics: not in checkpoints, not trained. */
#define SUMI_LOCAL_VARIABLES "local_variables"

/** The node ("init") that gives every local variable its first value: at the start of a program,
 * and where counting starts anew. */
SUMI_API sumi_op_t *sumi_local_variables_initializer(sumi_graph_t *graph);

/** The name a variable is known by ("layer/w"), of its read tensor or its VariableV2 output; "" for
 * other tensors. */
SUMI_API const char *sumi_variable_name(sumi_tensor_t variable);

#define SUMI_GLOBAL_STEP "global_step" /* the collection of the step counter */

/** The graph's step counter "global_step" (int64, starts at 0), made at the first call. */
SUMI_API sumi_tensor_t sumi_global_step(sumi_graph_t *graph);

/* ---- Variable scopes ---- */

/** A scope that was entered; the graph's, and as long as it. */
typedef struct sumi_variable_scope sumi_variable_scope_t;

typedef struct sumi_variable_scope_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  /* For a scope without a name: made unique among the scopes around ("dense", "dense_1", …). */
  const char *default_name SUMI_UNSET;
  sumi_reuse_t reuse SUMI_UNSET;             /* for scopes inside, too */
  sumi_initializer_t initializer SUMI_UNSET; /* of variables that name none */
  sumi_regularizer_t regularizer SUMI_UNSET; /* of variables that name none */
  sumi_dtype_t dtype SUMI_UNSET;             /* of variables that name none */
  bool no_name_scope SUMI_UNSET; /* nodes stay in the name scope around (auxiliary_name_scope) */
} sumi_variable_scope_options_t;

/** Enters the scope `name` of the current one (tf.variable_scope), with what the current one says
 * where no option says otherwise. NULL, and the graph refused, when it cannot be entered. */
#define sumi_variable_scope_begin(graph, ...) SUMI__VARIABLE_SCOPE_BEGIN(graph, __VA_ARGS__, )
#define SUMI__VARIABLE_SCOPE_BEGIN(graph, name, ...)                                               \
  sumi_variable_scope_begin_with(graph, SUMI_HERE, name,                                           \
                                 SUMI_OPTIONS(sumi_variable_scope_options_t, __VA_ARGS__))
SUMI_API const sumi_variable_scope_t *
sumi_variable_scope_begin_with(sumi_graph_t *graph, sumi_site_t site, const char *name,
                               const sumi_variable_scope_options_t *options);

/** Enters that very scope again, wherever it is called: variables have its names; other nodes get a
 * name scope of its last name inside the current name scope. */
#define sumi_variable_scope_reenter(...) SUMI__VARIABLE_SCOPE_REENTER(__VA_ARGS__, )
#define SUMI__VARIABLE_SCOPE_REENTER(scope, ...)                                                   \
  sumi_variable_scope_reenter_with(scope, SUMI_HERE,                                               \
                                   SUMI_OPTIONS(sumi_variable_scope_options_t, __VA_ARGS__))
SUMI_API const sumi_variable_scope_t *
sumi_variable_scope_reenter_with(const sumi_variable_scope_t *scope, sumi_site_t site,
                                 const sumi_variable_scope_options_t *options);

/** Leaves the scope that was entered last. */
SUMI_API void sumi_variable_scope_end(sumi_graph_t *graph);

/** The current scope (tf.get_variable_scope), outside of all the root; NULL for a graph that has
 * refused. */
SUMI_API const sumi_variable_scope_t *sumi_current_variable_scope(sumi_graph_t *graph);

/** From here to its end the current scope reuses (reuse_variables). */
SUMI_API void sumi_reuse_variables(sumi_graph_t *graph);

/** "a/b", "" for the root; and the prefix of the nodes made when it was first entered, "a/b_1/". */
SUMI_API const char *sumi_variable_scope_name(const sumi_variable_scope_t *scope);
SUMI_API const char *sumi_variable_scope_original_name_scope(const sumi_variable_scope_t *scope);

/* ---- Templates: expressions that share their variables each time they are built ---- */

typedef struct sumi_template sumi_template_t;

/** A template (tf.make_template), the graph's; NULL when it has refused. What is built between
 * begin and end makes the variables the first time and shares them afterwards:
 *
 *   static sumi_tensor_t encode(sumi_template_t *encoder, sumi_tensor_t x) {
 *     sumi_template_begin(encoder);
 *     sumi_tensor_t y = sumi_dense(x, 64);
 *     sumi_template_end(encoder);
 *     return y;
 *   }
 */
SUMI_API sumi_template_t *sumi_template_new(sumi_graph_t *graph, const char *name);
SUMI_API void sumi_template_begin(sumi_template_t *a_template);
SUMI_API void sumi_template_end(sumi_template_t *a_template);

SUMI_END_DECLS
#endif
