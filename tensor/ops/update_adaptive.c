/* Updates with a step of its own for each element, by the squares of its gradients. */
#include "ops/update.h"

#include <math.h>

/* ---- Adagrad ---- */

#define ADAGRAD(name, type, square_root)                                                           \
  static void name(void *context, int64_t task) {                                                  \
    const sumi__tensor_pass_t *update = context;                                                   \
    SUMI__UPDATE_RANGE(update, task);                                                              \
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

static const sumi__tensor_layout_t adagrad = {.variables = 2,
                                              .gradient = 3,
                                              .flag = "update_slots",
                                              .task32 = adagrad_32,
                                              .task64 = adagrad_64};

SUMI__UPDATE_FUNCTIONS(adagrad)

SUMI_OP(ApplyAdagrad,
        "var: ref T, accum: ref T, lr: T, grad: T | use_locking: bool = false, "
        "update_slots: bool = true -> out: ref T ; T: float32 float64",
        .doc = "accum += grad^2; var -= lr * grad / sqrt(accum).", .shape = adagrad_shape,
        .kernel = adagrad_kernel, .no_grad = "an effect", .flags = SUMI_OP_SIDE_EFFECT);

static const sumi__tensor_layout_t sparse_adagrad = {.variables = 2,
                                                     .gradient = 3,
                                                     .flag = "update_slots",
                                                     .task32 = adagrad_32,
                                                     .task64 = adagrad_64};

SUMI__SPARSE_UPDATE_FUNCTIONS(sparse_adagrad)

SUMI_OP(SparseApplyAdagrad,
        "var: ref T, accum: ref T, lr: T, grad: T, indices: Tindices | use_locking: bool = false, "
        "update_slots: bool = true -> out: ref T ; "
        "T: float32 float64, Tindices: int32 int64",
        .doc = "ApplyAdagrad of the rows that indices names, one after the other.",
        .shape = sparse_adagrad_shape, .kernel = sparse_adagrad_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);

/* ---- RMSProp ---- */

#define RMS_PROP(name, type, square_root)                                                          \
  static void name(void *context, int64_t task) {                                                  \
    const sumi__tensor_pass_t *update = context;                                                   \
    SUMI__UPDATE_RANGE(update, task);                                                              \
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

static const sumi__tensor_layout_t rms_prop = {
    .variables = 3, .gradient = 7, .task32 = rms_prop_32, .task64 = rms_prop_64};

SUMI__UPDATE_FUNCTIONS(rms_prop)

SUMI_OP(ApplyRMSProp,
        "var: ref T, ms: ref T, mom: ref T, lr: T, rho: T, momentum: T, epsilon: T, grad: T | "
        "use_locking: bool = false -> out: ref T ; T: float32 float64",
        .doc = "ms += (grad^2 - ms) (1 - rho); mom = momentum * mom + lr * grad / sqrt(ms + "
               "epsilon); var -= mom.",
        .shape = rms_prop_shape, .kernel = rms_prop_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);

static const sumi__tensor_layout_t sparse_rms_prop = {
    .variables = 3, .gradient = 7, .task32 = rms_prop_32, .task64 = rms_prop_64};

SUMI__SPARSE_UPDATE_FUNCTIONS(sparse_rms_prop)

SUMI_OP(SparseApplyRMSProp,
        "var: ref T, ms: ref T, mom: ref T, lr: T, rho: T, momentum: T, epsilon: T, grad: T, "
        "indices: Tindices | use_locking: bool = false -> out: ref T ; "
        "T: float32 float64, Tindices: int32 int64",
        .doc = "ApplyRMSProp of the rows that indices names, one after the other.",
        .shape = sparse_rms_prop_shape, .kernel = sparse_rms_prop_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);

#define CENTERED_RMS_PROP(name, type, square_root)                                                 \
  static void name(void *context, int64_t task) {                                                  \
    const sumi__tensor_pass_t *update = context;                                                   \
    SUMI__UPDATE_RANGE(update, task);                                                              \
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

static const sumi__tensor_layout_t centered_rms_prop = {
    .variables = 4, .gradient = 8, .task32 = centered_rms_prop_32, .task64 = centered_rms_prop_64};

SUMI__UPDATE_FUNCTIONS(centered_rms_prop)

SUMI_OP(ApplyCenteredRMSProp,
        "var: ref T, mg: ref T, ms: ref T, mom: ref T, lr: T, rho: T, momentum: T, epsilon: T, "
        "grad: T | use_locking: bool = false -> out: ref T ; T: float32 float64",
        .doc = "mg += (grad - mg) (1 - rho); ms += (grad^2 - ms) (1 - rho); mom = momentum * mom + "
               "lr * grad / sqrt(ms - mg^2 + epsilon); var -= mom.",
        .shape = centered_rms_prop_shape, .kernel = centered_rms_prop_kernel,
        .no_grad = "an effect", .flags = SUMI_OP_SIDE_EFFECT);

static const sumi__tensor_layout_t sparse_centered_rms_prop = {
    .variables = 4, .gradient = 8, .task32 = centered_rms_prop_32, .task64 = centered_rms_prop_64};

SUMI__SPARSE_UPDATE_FUNCTIONS(sparse_centered_rms_prop)

SUMI_OP(SparseApplyCenteredRMSProp,
        "var: ref T, mg: ref T, ms: ref T, mom: ref T, lr: T, rho: T, momentum: T, epsilon: T, "
        "grad: T, indices: Tindices | use_locking: bool = false -> out: ref T ; "
        "T: float32 float64, Tindices: int32 int64",
        .doc = "ApplyCenteredRMSProp of the rows that indices names, one after the other.",
        .shape = sparse_centered_rms_prop_shape, .kernel = sparse_centered_rms_prop_kernel,
        .no_grad = "an effect", .flags = SUMI_OP_SIDE_EFFECT);

/* ---- Adadelta ---- */

#define ADADELTA(name, type, square_root)                                                          \
  static void name(void *context, int64_t task) {                                                  \
    const sumi__tensor_pass_t *update = context;                                                   \
    SUMI__UPDATE_RANGE(update, task);                                                              \
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

static const sumi__tensor_layout_t adadelta = {
    .variables = 3, .gradient = 6, .task32 = adadelta_32, .task64 = adadelta_64};

SUMI__UPDATE_FUNCTIONS(adadelta)

SUMI_OP(ApplyAdadelta,
        "var: ref T, accum: ref T, accum_update: ref T, lr: T, rho: T, epsilon: T, grad: T | "
        "use_locking: bool = false -> out: ref T ; T: float32 float64",
        .doc = "accum = rho * accum + (1 - rho) grad^2; step = sqrt(accum_update + epsilon) / "
               "sqrt(accum + epsilon) * grad; accum_update = rho * accum_update + (1 - rho) "
               "step^2; var -= lr * step.",
        .shape = adadelta_shape, .kernel = adadelta_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);

static const sumi__tensor_layout_t sparse_adadelta = {
    .variables = 3, .gradient = 6, .task32 = adadelta_32, .task64 = adadelta_64};

SUMI__SPARSE_UPDATE_FUNCTIONS(sparse_adadelta)

SUMI_OP(SparseApplyAdadelta,
        "var: ref T, accum: ref T, accum_update: ref T, lr: T, rho: T, epsilon: T, grad: T, "
        "indices: Tindices | use_locking: bool = false -> out: ref T ; "
        "T: float32 float64, Tindices: int32 int64",
        .doc = "ApplyAdadelta of the rows that indices names, one after the other.",
        .shape = sparse_adadelta_shape, .kernel = sparse_adadelta_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);
