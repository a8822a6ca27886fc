/* Optimizers and schedules: what turns variables and a loss into a training program.
 *
 *   sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(3, 1));
 *   sumi_op_t *train = sumi_minimize(sumi_adam(.learning_rate = 0.1), loss);
 *   sumi_session_run(s, .targets = SUMI_OPS(sumi_global_variables_initializer(g)));
 *
 * Names, defaults and formulas are TensorFlow 1's. Refusals are the graph's; the results are then
 * null. */
#ifndef SUMI_TRAIN_H
#define SUMI_TRAIN_H

#include <sumi/variables.h>

SUMI_BEGIN_DECLS

/* ---- Optimizers ---- */

/* A gradient that is slices (<sumi/gradients.h>), as that of a table of embeddings, updates only
 * the rows it has, after rows that repeat were added up: gradient descent, momentum, Adagrad,
 * RMSProp, Adadelta and Ftrl, whose step costs the same however large the table is. Adam decays the
 * moments of all rows, as TensorFlow 1's does; the other optimizers make it dense, and weight decay
 * changes all rows. */

/** The rule that an optimizer updates by. */
typedef enum sumi_optimizer_kind {
  SUMI_OPTIMIZER_NONE, /* refused */
  SUMI_OPTIMIZER_GRADIENT_DESCENT,
  SUMI_OPTIMIZER_MOMENTUM,
  SUMI_OPTIMIZER_ADAM,
  SUMI_OPTIMIZER_ADAGRAD,
  SUMI_OPTIMIZER_RMS_PROP,
  SUMI_OPTIMIZER_CENTERED_RMS_PROP,
  SUMI_OPTIMIZER_ADADELTA,
  SUMI_OPTIMIZER_ADAMW,
  SUMI_OPTIMIZER_AMSGRAD,
  SUMI_OPTIMIZER_NADAM,
  SUMI_OPTIMIZER_FTRL,
  SUMI_OPTIMIZER_LAMB,
  SUMI_OPTIMIZER_LION,
  SUMI_OPTIMIZER_MUON
} sumi_optimizer_kind_t;

/** A value of the program's, made by the macros below; members that are zero have their defaults,
 * and SUMI_ZERO says zero. */
typedef struct sumi_optimizer {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  sumi_optimizer_kind_t kind SUMI_UNSET;
  double learning_rate SUMI_UNSET;
  sumi_tensor_t schedule SUMI_UNSET; /* a scalar tensor instead of learning_rate */
  double momentum SUMI_UNSET;        /* momentum, rms_prop; muon: 0.95 */
  bool use_nesterov SUMI_UNSET;      /* momentum, adam */
  /* adam and its kin: 0.9, 0.999, 1e-8; lion: 0.9, 0.99 */
  double beta1 SUMI_UNSET, beta2 SUMI_UNSET, epsilon SUMI_UNSET;
  double initial_accumulator_value SUMI_UNSET; /* adagrad, ftrl: 0.1 */
  double decay SUMI_UNSET;                     /* rms_prop: 0.9; its epsilon 1e-10 */
  double rho SUMI_UNSET;                       /* adadelta: 0.95; its epsilon 1e-8 */
  /* w -= learning_rate * weight_decay * w before the update of any optimizer; lamb has it in its
   * formula. adamw, muon: 0.004 */
  double weight_decay SUMI_UNSET;
  /* ftrl: penalties 0, power -0.5 */
  double l1_regularization_strength SUMI_UNSET, l2_regularization_strength SUMI_UNSET;
  double l2_shrinkage_regularization_strength SUMI_UNSET, learning_rate_power SUMI_UNSET;
  /* adam, adamw: rows that the slices of a gradient leave out stay as they are, their moments, too
   * (tf.contrib.opt.LazyAdamOptimizer), and a step costs what these rows cost */
  bool lazy SUMI_UNSET;
} sumi_optimizer_t;

/** w -= learning_rate * g. */
#define sumi_gradient_descent(...) SUMI__OPTIMIZER(GRADIENT_DESCENT, __VA_ARGS__)
/** m = momentum * m + g;  w -= learning_rate * m   (Sutskever et al. 2013; .use_nesterov as
 * TensorFlow). */
#define sumi_momentum(...) SUMI__OPTIMIZER(MOMENTUM, __VA_ARGS__)
/** Adam (Kingma and Ba 2015), with TensorFlow's epsilon-hat form; learning_rate 0.001 by default.
 */
#define sumi_adam(...) SUMI__OPTIMIZER(ADAM, __VA_ARGS__)
/** Adagrad (Duchi et al. 2011): a = a + g^2;  w -= learning_rate * g / sqrt(a). */
#define sumi_adagrad(...) SUMI__OPTIMIZER(ADAGRAD, __VA_ARGS__)
/** RMSProp (Tieleman and Hinton 2012), also less the mean of the gradients (Graves 2013). */
#define sumi_rms_prop(...)          SUMI__OPTIMIZER(RMS_PROP, __VA_ARGS__)
#define sumi_centered_rms_prop(...) SUMI__OPTIMIZER(CENTERED_RMS_PROP, __VA_ARGS__)
/** Adadelta (Zeiler 2012); learning_rate 0.001 by default. */
#define sumi_adadelta(...) SUMI__OPTIMIZER(ADADELTA, __VA_ARGS__)
/** Adam with decoupled weight decay (Loshchilov and Hutter 2019), as Keras and PyTorch have it: the
 * decay is multiplied by the rate. */
#define sumi_adamw(...) SUMI__OPTIMIZER(ADAMW, __VA_ARGS__)
/** AMSGrad (Reddi et al. 2018): Adam, by the largest second moment so far. */
#define sumi_amsgrad(...) SUMI__OPTIMIZER(AMSGRAD, __VA_ARGS__)
/** Nadam (Dozat 2016), whose momentum grows as Keras' and PyTorch's does; tf.contrib's
 * NadamOptimizer is sumi_adam(.use_nesterov = true). */
#define sumi_nadam(...) SUMI__OPTIMIZER(NADAM, __VA_ARGS__)
/** Ftrl-proximal (McMahan et al. 2013): with an l1 penalty, weights that do not pay are exactly 0.
 */
#define sumi_ftrl(...) SUMI__OPTIMIZER(FTRL, __VA_ARGS__)
/** LAMB (You et al. 2020): Adam's step, scaled to the norm of each variable. */
#define sumi_lamb(...) SUMI__OPTIMIZER(LAMB, __VA_ARGS__)
/** Lion (Chen et al. 2023): the sign of a momentum; rates are a third to a tenth of Adam's. */
#define sumi_lion(...) SUMI__OPTIMIZER(LION, __VA_ARGS__)
/** Muon (Jordan et al. 2024): Nesterov's momentum, orthogonalized, for variables of rank 2; those
 * of any other rank are Adam's, with the same rate. Embeddings and the last layer had better be
 * left to sumi_adamw, by .variables. */
#define sumi_muon(...) SUMI__OPTIMIZER(MUON, __VA_ARGS__)
#define SUMI__OPTIMIZER(kind_name, ...)                                                            \
  SUMI_VALUE(sumi_optimizer_t, .struct_size = sizeof(sumi_optimizer_t),                            \
             .kind = SUMI_OPTIMIZER_##kind_name, __VA_ARGS__)

typedef struct sumi_minimize_options {
  size_t struct_size SUMI_UNSET;        /* filled in by the macros; see <sumi/options.h> */
  sumi_tensors_t variables SUMI_UNSET;  /* default: SUMI_TRAINABLE_VARIABLES */
  sumi_tensor_t global_step SUMI_UNSET; /* a variable that each update increments */
  double clip_norm
      SUMI_UNSET; /* > 0: gradients are scaled so that their global norm is at most this; only one
                     of the three ways of clipping may be given */
  sumi_tensor_t *gradients
      SUMI_UNSET; /* receives the gradient of each variable (null: does not depend) */
  sumi_tensor_t *gradient_norm SUMI_UNSET; /* receives the global norm before clipping */
  const char *name SUMI_UNSET;             /* of the node, default the optimizer's: "Adam" */
  double clip_value SUMI_UNSET;     /* > 0: each element of a gradient is held within ± this */
  double clip_each_norm SUMI_UNSET; /* > 0: the norm of each gradient by itself is at most this */
  int accumulate SUMI_UNSET;        /* > 1: so many runs for one update, see below */
} sumi_minimize_options_t;

/** The node that computes the gradients of `loss` and updates every variable it depends on; it also
 * runs the nodes of SUMI_UPDATE_OPS (moving averages of batch normalization) but those made in a
 * branch or a loop, which it runs itself. Each call gives the optimizer variables of its own, named
 * as TensorFlow names those of a new optimizer: w/Adam, w/Adam_1; a second one's are w/Adam_2,
 * w/Adam_3.
 *
 * With .accumulate = n each run adds its gradients up, and every n-th updates by their mean, which
 * is what is clipped: the same as one run of the n batches joined, where these are equally large
 * and the loss is a mean. Global step and schedules count updates; .gradients and .gradient_norm
 * are those of each run, and SUMI_UPDATE_OPS run each time. The sums are variables
 * (w/accumulated_gradient, for slices also w/accumulated_rows, and accumulated_runs), which
 * checkpoints keep. The update stands in a branch that changes variables, so such a graph cannot be
 * exported (sumi_graph_export). */
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

/** sqrt of the sum of squares of all elements of all tensors (null ones left out); of slices
 * (<sumi/gradients.h>) those of their values count. */
#define sumi_global_norm(...) sumi_global_norm_at(SUMI_HERE, __VA_ARGS__)
SUMI_API sumi_tensor_t sumi_global_norm_at(sumi_site_t site, sumi_tensors_t tensors);

/** Fills clipped[i] with tensors.list[i] * clip_norm / max(norm, clip_norm) (null for null), and
 * gives the global norm; where that is infinite or NaN, all become NaN. `clipped` may be the list
 * itself. See also sumi_clip_by_norm and sumi_clip_by_value. */
#define sumi_clip_by_global_norm(...) sumi_clip_by_global_norm_at(SUMI_HERE, __VA_ARGS__)
SUMI_API sumi_tensor_t sumi_clip_by_global_norm_at(sumi_site_t site, sumi_tensors_t tensors,
                                                   double clip_norm, sumi_tensor_t *clipped);

/* ---- Schedules: learning rates as expressions of the step ---- */

/** rate * decay_rate ^ (step / decay_steps), the exponent floored when `staircase`. */
SUMI_API sumi_tensor_t sumi_exponential_decay(double rate, sumi_tensor_t step, double decay_steps,
                                              double decay_rate, bool staircase);

/** rate * exp(-decay_rate * step / decay_steps), the quotient floored when `staircase`. */
SUMI_API sumi_tensor_t sumi_natural_exp_decay(double rate, sumi_tensor_t step, double decay_steps,
                                              double decay_rate, bool staircase);

/** rate / (1 + decay_rate * step / decay_steps), the quotient floored when `staircase`. */
SUMI_API sumi_tensor_t sumi_inverse_time_decay(double rate, sumi_tensor_t step, double decay_steps,
                                               double decay_rate, bool staircase);

/** (rate - end_rate) * (1 - min(step, decay_steps) / decay_steps) ^ power + end_rate; `cycle`
 * stretches decay_steps to its next multiple behind the step instead. */
SUMI_API sumi_tensor_t sumi_polynomial_decay(double rate, sumi_tensor_t step, double decay_steps,
                                             double end_rate, double power, bool cycle);

/** values[i] while step <= boundaries[i], else values[count]; `values` has count + 1 entries. */
SUMI_API sumi_tensor_t sumi_piecewise_constant(sumi_tensor_t step, int count,
                                               const int64_t *boundaries, const double *values);

/** rate * ((1 - alpha) * (1 + cos(pi * min(step, steps) / steps)) / 2 + alpha). */
SUMI_API sumi_tensor_t sumi_cosine_decay(double rate, sumi_tensor_t step, double steps,
                                         double alpha);

/** Cosine decay that starts again (SGDR): each period is t_mul (at least 1) times as long as the
 * one before, and its highest rate m_mul times as high. */
SUMI_API sumi_tensor_t sumi_cosine_decay_restarts(double rate, sumi_tensor_t step,
                                                  double first_decay_steps, double t_mul,
                                                  double m_mul, double alpha);

/** With s = min(step, decay_steps) / decay_steps:
 * rate * ((alpha + 1 - s) * (1 + cos(2 pi num_periods s)) / 2 + beta). */
SUMI_API sumi_tensor_t sumi_linear_cosine_decay(double rate, sumi_tensor_t step, double decay_steps,
                                                double num_periods, double alpha, double beta);

/** rate * min(step / warm_up_steps, 1), in front of any schedule, a float32: `rate` is its tensor,
 * or a number (SUMI_T). */
SUMI_API sumi_tensor_t sumi_warm_up(sumi_tensor_t rate, sumi_tensor_t step, double warm_up_steps);

/** PyTorch's OneCycleLR: in the first pct_start (0.3) of total_steps from max_rate / div_factor
 * (25) up to max_rate, in the rest down to the first rate / final_div_factor (1e4), by half a
 * cosine each. */
SUMI_API sumi_tensor_t sumi_one_cycle(double max_rate, sumi_tensor_t step, double total_steps,
                                      double pct_start, double div_factor, double final_div_factor);

/** scale * model_dim^-0.5 * min(n^-0.5, n * warm_up_steps^-1.5), n = step + 1 (Vaswani et al.
 * 2017). */
SUMI_API sumi_tensor_t sumi_noam_decay(double scale, sumi_tensor_t step, double model_dim,
                                       double warm_up_steps);

SUMI_END_DECLS
#endif
