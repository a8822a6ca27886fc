/* Optimizer updates: one pass over each variable. Names, inputs and formulas are those of
 * TensorFlow's core/ops/training_ops.cc and core/kernels/training_ops.cc. */
#include "ops/known.h"
#include "ops/state.h"

#include <sumi/op_def.h>

#include <math.h>

enum { MAX_SLOTS = 4, MAX_SCALARS = 6 };

/* One update: the variable and its slots, the gradient, and the hyperparameters in the order of the
 * op's inputs. */
typedef struct update {
  int64_t count;
  void *variable[MAX_SLOTS];
  const void *gradient;
  double scalar[MAX_SCALARS];
  bool flag; /* use_nesterov, update_slots */
} update_t;

/* Where an update op's inputs stand. */
typedef struct layout {
  int variables;    /* inputs [0, variables) are the variable and its slots */
  int gradient;     /* input index */
  const char *flag; /* name of a bool attribute, NULL for none */
  void (*task32)(void *, int64_t), (*task64)(void *, int64_t);
} layout_t;

static sumi_status_t update_shape(sumi_infer_t *infer, const layout_t *layout) {
  sumi_dims_t all = infer->in[0];
  for (int i = 1; i < infer->input_count; ++i) {
    const bool array = i < layout->variables || i == layout->gradient;
    const sumi_dims_t in = infer->in[i];
    if (!array && in.rank != 0 && in.rank != SUMI_UNKNOWN_RANK)
      return sumi_refuse(infer, "input %d must be a scalar, its shape is %s", i,
                         sumi_dims_text(in).text);
    if (array && !sumi_merge_dims(all, in, &all))
      return sumi_refuse(infer, "input %d has shape %s, the variable %s", i,
                         sumi_dims_text(in).text, sumi_dims_text(infer->in[0]).text);
  }
  infer->out[0] = all;
  return SUMI_OK;
}

static double scalar_of(const sumi_array_view_t *view) {
  return view->dtype == SUMI_FLOAT32 ? *(const float *)view->data : *(const double *)view->data;
}

static sumi_status_t update_kernel(const sumi_kernel_t *kernel, const layout_t *layout) {
  update_t update = {.gradient = kernel->in[layout->gradient].data,
                     .count = sumi_array_view_count(&kernel->in[layout->gradient]),
                     .flag = layout->flag && sumi_attr_bool(kernel->op, layout->flag)};
  for (int i = 0; i < layout->variables; ++i)
    SUMI_TRY(sumi__tensor_want_variable(kernel, i, &update.variable[i]));
  for (int i = layout->variables, at = 0; i < kernel->input_count; ++i)
    if (i != layout->gradient) update.scalar[at++] = scalar_of(&kernel->in[i]);
  sumi__tensor_update_parallel(kernel, update.count,
                               kernel->in[layout->gradient].dtype == SUMI_FLOAT32 ? layout->task32
                                                                                  : layout->task64,
                               &update);
  return SUMI_OK;
}

/* The shape function and the kernel of the op with that layout. */
#define UPDATE_FUNCTIONS(name)                                                                     \
  static sumi_status_t name##_shape(sumi_infer_t *infer) {                                         \
    return update_shape(infer, &name);                                                             \
  }                                                                                                \
  static sumi_status_t name##_kernel(const sumi_kernel_t *kernel) {                                \
    return update_kernel(kernel, &name);                                                           \
  }

/* The elements one task changes. */
#define RANGE(update, task)                                                                        \
  const int64_t begin = (task)*SUMI__UPDATE_TASK;                                                  \
  const int64_t end = (update)->count - begin < SUMI__UPDATE_TASK ? (update)->count                \
                                                                  : begin + SUMI__UPDATE_TASK

/* The loops read a gradient element before they change what it may share memory with (the gradient
 * of a loss may be the variable itself), so nothing is `restrict`: the compiler tests for overlap
 * once and still vectorises. */

/* ---- var -= alpha * delta ---- */

#define GRADIENT_DESCENT(name, type)                                                               \
  static void name(void *context, int64_t task) {                                                  \
    const update_t *update = context;                                                              \
    RANGE(update, task);                                                                           \
    type *var = update->variable[0];                                                               \
    const type *delta = update->gradient;                                                          \
    const type alpha = (type)update->scalar[0];                                                    \
    for (int64_t i = begin; i < end; ++i) var[i] -= alpha * delta[i];                              \
  }
GRADIENT_DESCENT(gradient_descent_32, float)
GRADIENT_DESCENT(gradient_descent_64, double)

static const layout_t gradient_descent = {
    .variables = 1, .gradient = 2, .task32 = gradient_descent_32, .task64 = gradient_descent_64};

UPDATE_FUNCTIONS(gradient_descent)

SUMI_OP(ApplyGradientDescent,
        "var: ref T, alpha: T, delta: T | use_locking: bool = false -> out: ref T ; "
        "T: float32 float64",
        .doc = "var -= alpha * delta.", .shape = gradient_descent_shape,
        .kernel = gradient_descent_kernel, .no_grad = "an effect", .flags = SUMI_OP_SIDE_EFFECT);

/* ---- Momentum ---- */

#define MOMENTUM(name, type)                                                                       \
  static void name(void *context, int64_t task) {                                                  \
    const update_t *update = context;                                                              \
    RANGE(update, task);                                                                           \
    type *var = update->variable[0], *accum = update->variable[1];                                 \
    const type *grad = update->gradient;                                                           \
    const type lr = (type)update->scalar[0], momentum = (type)update->scalar[1];                   \
    if (update->flag)                                                                              \
      for (int64_t i = begin; i < end; ++i) {                                                      \
        const type g = grad[i], a = accum[i] * momentum + g;                                       \
        accum[i] = a;                                                                              \
        var[i] -= g * lr + a * momentum * lr;                                                      \
      }                                                                                            \
    else                                                                                           \
      for (int64_t i = begin; i < end; ++i) {                                                      \
        const type a = accum[i] * momentum + grad[i];                                              \
        accum[i] = a;                                                                              \
        var[i] -= a * lr;                                                                          \
      }                                                                                            \
  }
MOMENTUM(momentum_32, float)
MOMENTUM(momentum_64, double)

static const layout_t momentum = {.variables = 2,
                                  .gradient = 3,
                                  .flag = "use_nesterov",
                                  .task32 = momentum_32,
                                  .task64 = momentum_64};

UPDATE_FUNCTIONS(momentum)

SUMI_OP(ApplyMomentum,
        "var: ref T, accum: ref T, lr: T, grad: T, momentum: T | use_locking: bool = false, "
        "use_nesterov: bool = false -> out: ref T ; T: float32 float64",
        .doc = "accum = accum * momentum + grad; var -= lr * accum, or with use_nesterov "
               "var -= lr * (grad + momentum * accum).",
        .shape = momentum_shape, .kernel = momentum_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);

/* ---- Adam ---- */

#define ADAM(name, type, square_root)                                                              \
  static void name(void *context, int64_t task) {                                                  \
    const update_t *update = context;                                                              \
    RANGE(update, task);                                                                           \
    type *var = update->variable[0], *m = update->variable[1], *v = update->variable[2];           \
    const type *grad = update->gradient;                                                           \
    const type beta1_power = (type)update->scalar[0], beta2_power = (type)update->scalar[1];       \
    const type beta1 = (type)update->scalar[3], beta2 = (type)update->scalar[4];                   \
    const type epsilon = (type)update->scalar[5];                                                  \
    const type alpha = (type)update->scalar[2] * square_root(1 - beta2_power) / (1 - beta1_power); \
    if (update->flag)                                                                              \
      for (int64_t i = begin; i < end; ++i) {                                                      \
        const type g = grad[i], first = m[i] + (g - m[i]) * (1 - beta1);                           \
        const type second = v[i] + (g * g - v[i]) * (1 - beta2);                                   \
        m[i] = first, v[i] = second;                                                               \
        var[i] -= (g * (1 - beta1) + beta1 * first) * alpha / (square_root(second) + epsilon);     \
      }                                                                                            \
    else                                                                                           \
      for (int64_t i = begin; i < end; ++i) {                                                      \
        const type g = grad[i], first = m[i] + (g - m[i]) * (1 - beta1);                           \
        const type second = v[i] + (g * g - v[i]) * (1 - beta2);                                   \
        m[i] = first, v[i] = second;                                                               \
        var[i] -= first * alpha / (square_root(second) + epsilon);                                 \
      }                                                                                            \
  }
ADAM(adam_32, float, sqrtf)
ADAM(adam_64, double, sqrt)

static const layout_t adam = {
    .variables = 3, .gradient = 9, .flag = "use_nesterov", .task32 = adam_32, .task64 = adam_64};

UPDATE_FUNCTIONS(adam)

SUMI_OP(ApplyAdam,
        "var: ref T, m: ref T, v: ref T, beta1_power: T, beta2_power: T, lr: T, "
        "beta1: T, beta2: T, "
        "epsilon: T, grad: T | use_locking: bool = false, use_nesterov: bool = false "
        "-> out: ref T ; T: float32 float64",
        .doc = "Adam: m += (grad - m) (1 - beta1); v += (grad^2 - v) (1 - beta2); "
               "var -= lr sqrt(1 - beta2_power) / (1 - beta1_power) * m / (sqrt(v) + epsilon).",
        .shape = adam_shape, .kernel = adam_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);

/* ---- Adagrad ---- */

#define ADAGRAD(name, type, square_root)                                                           \
  static void name(void *context, int64_t task) {                                                  \
    const update_t *update = context;                                                              \
    RANGE(update, task);                                                                           \
    type *var = update->variable[0], *accum = update->variable[1];                                 \
    const type *grad = update->gradient;                                                           \
    const type lr = (type)update->scalar[0];                                                       \
    for (int64_t i = begin; i < end; ++i) {                                                        \
      const type g = grad[i], a = update->flag ? accum[i] + g * g : accum[i];                      \
      accum[i] = a;                                                                                \
      var[i] -= g * lr / square_root(a);                                                           \
    }                                                                                              \
  }
ADAGRAD(adagrad_32, float, sqrtf)
ADAGRAD(adagrad_64, double, sqrt)

static const layout_t adagrad = {.variables = 2,
                                 .gradient = 3,
                                 .flag = "update_slots",
                                 .task32 = adagrad_32,
                                 .task64 = adagrad_64};

UPDATE_FUNCTIONS(adagrad)

SUMI_OP(ApplyAdagrad,
        "var: ref T, accum: ref T, lr: T, grad: T | use_locking: bool = false, "
        "update_slots: bool = true -> out: ref T ; T: float32 float64",
        .doc = "accum += grad^2; var -= lr * grad / sqrt(accum).", .shape = adagrad_shape,
        .kernel = adagrad_kernel, .no_grad = "an effect", .flags = SUMI_OP_SIDE_EFFECT);

/* ---- RMSProp ---- */

#define RMS_PROP(name, type, square_root)                                                          \
  static void name(void *context, int64_t task) {                                                  \
    const update_t *update = context;                                                              \
    RANGE(update, task);                                                                           \
    type *var = update->variable[0], *ms = update->variable[1], *mom = update->variable[2];        \
    const type *grad = update->gradient;                                                           \
    const type lr = (type)update->scalar[0], rho = (type)update->scalar[1];                        \
    const type momentum_ = (type)update->scalar[2], epsilon = (type)update->scalar[3];             \
    for (int64_t i = begin; i < end; ++i) {                                                        \
      const type g = grad[i], mean = ms[i] + (g * g - ms[i]) * (1 - rho);                          \
      const type step = mom[i] * momentum_ + g * lr / square_root(mean + epsilon);                 \
      ms[i] = mean, mom[i] = step;                                                                 \
      var[i] -= step;                                                                              \
    }                                                                                              \
  }
RMS_PROP(rms_prop_32, float, sqrtf)
RMS_PROP(rms_prop_64, double, sqrt)

static const layout_t rms_prop = {
    .variables = 3, .gradient = 7, .task32 = rms_prop_32, .task64 = rms_prop_64};

UPDATE_FUNCTIONS(rms_prop)

SUMI_OP(ApplyRMSProp,
        "var: ref T, ms: ref T, mom: ref T, lr: T, rho: T, momentum: T, epsilon: T, grad: T | "
        "use_locking: bool = false -> out: ref T ; T: float32 float64",
        .doc = "ms += (grad^2 - ms) (1 - rho); mom = momentum * mom + lr * grad / sqrt(ms + "
               "epsilon); var -= mom.",
        .shape = rms_prop_shape, .kernel = rms_prop_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);

#define CENTERED_RMS_PROP(name, type, square_root)                                                 \
  static void name(void *context, int64_t task) {                                                  \
    const update_t *update = context;                                                              \
    RANGE(update, task);                                                                           \
    type *var = update->variable[0], *mg = update->variable[1];                                    \
    type *ms = update->variable[2], *mom = update->variable[3];                                    \
    const type *grad = update->gradient;                                                           \
    const type lr = (type)update->scalar[0], rho = (type)update->scalar[1];                        \
    const type momentum_ = (type)update->scalar[2], epsilon = (type)update->scalar[3];             \
    for (int64_t i = begin; i < end; ++i) {                                                        \
      const type g = grad[i], square = ms[i] + (g * g - ms[i]) * (1 - rho);                        \
      const type mean = mg[i] + (g - mg[i]) * (1 - rho);                                           \
      const type step = mom[i] * momentum_ + g * lr / square_root(square - mean * mean + epsilon); \
      mg[i] = mean, ms[i] = square, mom[i] = step;                                                 \
      var[i] -= step;                                                                              \
    }                                                                                              \
  }
CENTERED_RMS_PROP(centered_rms_prop_32, float, sqrtf)
CENTERED_RMS_PROP(centered_rms_prop_64, double, sqrt)

static const layout_t centered_rms_prop = {
    .variables = 4, .gradient = 8, .task32 = centered_rms_prop_32, .task64 = centered_rms_prop_64};

UPDATE_FUNCTIONS(centered_rms_prop)

SUMI_OP(ApplyCenteredRMSProp,
        "var: ref T, mg: ref T, ms: ref T, mom: ref T, lr: T, rho: T, momentum: T, epsilon: T, "
        "grad: T | use_locking: bool = false -> out: ref T ; T: float32 float64",
        .doc = "mg += (grad - mg) (1 - rho); ms += (grad^2 - ms) (1 - rho); mom = momentum * mom + "
               "lr * grad / sqrt(ms - mg^2 + epsilon); var -= mom.",
        .shape = centered_rms_prop_shape, .kernel = centered_rms_prop_kernel,
        .no_grad = "an effect", .flags = SUMI_OP_SIDE_EFFECT);

/* ---- Adadelta ---- */

#define ADADELTA(name, type, square_root)                                                          \
  static void name(void *context, int64_t task) {                                                  \
    const update_t *update = context;                                                              \
    RANGE(update, task);                                                                           \
    type *var = update->variable[0], *accum = update->variable[1], *last = update->variable[2];    \
    const type *grad = update->gradient;                                                           \
    const type lr = (type)update->scalar[0], rho = (type)update->scalar[1];                        \
    const type epsilon = (type)update->scalar[2];                                                  \
    for (int64_t i = begin; i < end; ++i) {                                                        \
      const type g = grad[i], a = accum[i] * rho + g * g * (1 - rho);                              \
      const type step = square_root(last[i] + epsilon) / square_root(a + epsilon) * g;             \
      accum[i] = a, last[i] = last[i] * rho + step * step * (1 - rho);                             \
      var[i] -= step * lr;                                                                         \
    }                                                                                              \
  }
ADADELTA(adadelta_32, float, sqrtf)
ADADELTA(adadelta_64, double, sqrt)

static const layout_t adadelta = {
    .variables = 3, .gradient = 6, .task32 = adadelta_32, .task64 = adadelta_64};

UPDATE_FUNCTIONS(adadelta)

SUMI_OP(ApplyAdadelta,
        "var: ref T, accum: ref T, accum_update: ref T, lr: T, rho: T, epsilon: T, grad: T | "
        "use_locking: bool = false -> out: ref T ; T: float32 float64",
        .doc = "accum = rho * accum + (1 - rho) grad^2; step = sqrt(accum_update + epsilon) / "
               "sqrt(accum + epsilon) * grad; accum_update = rho * accum_update + (1 - rho) "
               "step^2; var -= lr * step.",
        .shape = adadelta_shape, .kernel = adadelta_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);
