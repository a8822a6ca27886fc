/* Variables, initializers, optimizers and schedules: what a training program is made of.
 *
 *   sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(3, 1));
 *   sumi_op_t *train = sumi_minimize(sumi_adam(.learning_rate = 0.1), loss);
 *   sumi_session_run(s, .targets = SUMI_OPS(sumi_global_variables_initializer(g)));
 *
 * Names, defaults and formulas are TensorFlow 1's. Refusals are the graph's; the results are then
 * null. */
#ifndef SUMI_TRAIN_H
#define SUMI_TRAIN_H

#include <sumi/graph.h>

SUMI_BEGIN_DECLS

/* ---- Initializers: how a variable gets its first value ---- */

/** The distributions a variable's first value comes from. */
typedef enum sumi_initializer_kind {
  SUMI_INIT_GLOROT_UNIFORM, /* ±sqrt(6 / (fan_in + fan_out)), the default */
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

#define SUMI_INIT(kind_name, ...)                                                                  \
  SUMI_VALUE(sumi_initializer_t, .kind = SUMI_INIT_##kind_name, __VA_ARGS__)
#define SUMI_ZEROS_INITIALIZER SUMI_INIT(CONSTANT, .a = 0)
#define SUMI_ONES_INITIALIZER  SUMI_INIT(CONSTANT, .a = 1)

/* ---- Variables ---- */

typedef struct sumi_variable_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  sumi_initializer_t initializer SUMI_UNSET;
  sumi_dtype_t dtype SUMI_UNSET; /* default float32 */
  bool not_trainable SUMI_UNSET; /* leave it out of SUMI_TRAINABLE_VARIABLES */
  bool reuse SUMI_UNSET;         /* give the variable of that name when there is one */
} sumi_variable_options_t;

/** A variable named `name` below the current scope, as the tensor that reads it (name/read). A name
 * that is taken is a refusal unless .reuse; a reused variable must have this shape and dtype. */
#define sumi_get_variable(graph, name, ...) SUMI__GET_VARIABLE(graph, name, __VA_ARGS__, )
#define SUMI__GET_VARIABLE(graph, name, dims, ...)                                                 \
  sumi_get_variable_with(graph, SUMI_HERE, name, dims,                                             \
                         SUMI_OPTIONS(sumi_variable_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_get_variable_with(sumi_graph_t *graph, sumi_site_t site,
                                              const char *name, sumi_dims_t dims,
                                              const sumi_variable_options_t *options);

/** The node ("init") that gives every variable made so far its first value. */
SUMI_API sumi_op_t *sumi_global_variables_initializer(sumi_graph_t *graph);

/** The name a variable is known by ("layer/w"), of its read tensor or its VariableV2 output; "" for
 * other tensors. */
SUMI_API const char *sumi_variable_name(sumi_tensor_t variable);

/** The graph's step counter "global_step" (int64, starts at 0), made at the first call. */
SUMI_API sumi_tensor_t sumi_global_step(sumi_graph_t *graph);

/* ---- Optimizers ---- */

/** The rule that an optimizer updates by. */
typedef enum sumi_optimizer_kind {
  SUMI_OPTIMIZER_NONE, /* refused */
  SUMI_OPTIMIZER_GRADIENT_DESCENT,
  SUMI_OPTIMIZER_MOMENTUM,
  SUMI_OPTIMIZER_ADAM
} sumi_optimizer_kind_t;

/** A value of the program's, made by the macros below; members that are zero have their defaults,
 * and SUMI_ZERO says zero. */
typedef struct sumi_optimizer {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  sumi_optimizer_kind_t kind SUMI_UNSET;
  double learning_rate SUMI_UNSET;
  sumi_tensor_t schedule SUMI_UNSET; /* a scalar tensor instead of learning_rate */
  double momentum SUMI_UNSET;        /* momentum */
  bool use_nesterov SUMI_UNSET;      /* momentum, adam */
  double beta1 SUMI_UNSET, beta2 SUMI_UNSET, epsilon SUMI_UNSET; /* adam: 0.9, 0.999, 1e-8 */
} sumi_optimizer_t;

/** w -= learning_rate * g. */
#define sumi_gradient_descent(...) SUMI__OPTIMIZER(GRADIENT_DESCENT, __VA_ARGS__)
/** m = momentum * m + g;  w -= learning_rate * m   (Sutskever et al. 2013; .use_nesterov as
 * TensorFlow). */
#define sumi_momentum(...) SUMI__OPTIMIZER(MOMENTUM, __VA_ARGS__)
/** Adam (Kingma and Ba 2015), with TensorFlow's epsilon-hat form; learning_rate 0.001 by default.
 */
#define sumi_adam(...) SUMI__OPTIMIZER(ADAM, __VA_ARGS__)
#define SUMI__OPTIMIZER(kind_name, ...)                                                            \
  SUMI_VALUE(sumi_optimizer_t, .struct_size = sizeof(sumi_optimizer_t),                            \
             .kind = SUMI_OPTIMIZER_##kind_name, __VA_ARGS__)

typedef struct sumi_minimize_options {
  size_t struct_size SUMI_UNSET;        /* filled in by the macros; see <sumi/options.h> */
  sumi_tensors_t variables SUMI_UNSET;  /* default: SUMI_TRAINABLE_VARIABLES */
  sumi_tensor_t global_step SUMI_UNSET; /* a variable that each update increments */
  double clip_norm
      SUMI_UNSET; /* > 0: gradients are scaled so that their global norm is at most this */
  sumi_tensor_t *gradients
      SUMI_UNSET; /* receives the gradient of each variable (null: does not depend) */
  sumi_tensor_t *gradient_norm SUMI_UNSET; /* receives the global norm before clipping */
  const char *name SUMI_UNSET;             /* of the node, default the optimizer's: "Adam" */
} sumi_minimize_options_t;

/** The node that computes the gradients of `loss` and updates every variable it depends on; it also
 * runs the nodes of SUMI_UPDATE_OPS (moving averages of batch normalization). Each call gives the
 * optimizer variables of its own, named as TensorFlow names those of a new optimizer: w/Adam,
 * w/Adam_1; a second one's are w/Adam_2, w/Adam_3. */
#define sumi_minimize(optimizer, ...) SUMI__MINIMIZE(optimizer, __VA_ARGS__, )
#define SUMI__MINIMIZE(optimizer, loss, ...)                                                       \
  sumi_minimize_with(SUMI_ADDRESS(sumi_optimizer_t, optimizer), SUMI_HERE, loss,                   \
                     SUMI_OPTIONS(sumi_minimize_options_t, __VA_ARGS__))
SUMI_API sumi_op_t *sumi_minimize_with(const sumi_optimizer_t *optimizer, sumi_site_t site,
                                       sumi_tensor_t loss, const sumi_minimize_options_t *options);

/** The update alone: gradients[i] belongs to variables.list[i]; null gradients are left out. */
#define sumi_apply_gradients(optimizer, ...)                                                       \
  sumi_apply_gradients_at(SUMI_HERE, SUMI_ADDRESS(sumi_optimizer_t, optimizer), __VA_ARGS__)
SUMI_API sumi_op_t *sumi_apply_gradients_at(sumi_site_t site, const sumi_optimizer_t *optimizer,
                                            sumi_tensors_t gradients, sumi_tensors_t variables,
                                            sumi_tensor_t global_step, const char *name);

/** sqrt of the sum of squares of all elements of all tensors (null ones left out). */
#define sumi_global_norm(...) sumi_global_norm_at(SUMI_HERE, __VA_ARGS__)
SUMI_API sumi_tensor_t sumi_global_norm_at(sumi_site_t site, sumi_tensors_t tensors);

/* ---- Schedules: learning rates as expressions of the step ---- */

/** rate * decay_rate ^ (step / decay_steps), the exponent floored when `staircase`. */
SUMI_API sumi_tensor_t sumi_exponential_decay(double rate, sumi_tensor_t step, double decay_steps,
                                              double decay_rate, bool staircase);

/** values[i] while step <= boundaries[i], else values[count]; `values` has count + 1 entries. */
SUMI_API sumi_tensor_t sumi_piecewise_constant(sumi_tensor_t step, int count,
                                               const int64_t *boundaries, const double *values);

/** rate * ((1 - alpha) * (1 + cos(pi * min(step, steps) / steps)) / 2 + alpha). */
SUMI_API sumi_tensor_t sumi_cosine_decay(double rate, sumi_tensor_t step, double steps,
                                         double alpha);

SUMI_END_DECLS
#endif
