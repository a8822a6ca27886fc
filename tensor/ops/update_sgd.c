/* Gradient descent, with and without momentum. */
#include "ops/update.h"

/* ---- var -= alpha * delta ---- */

#define GRADIENT_DESCENT(name, type)                                                               \
  static void name(void *context, int64_t task) {                                                  \
    const sumi__tensor_pass_t *update = context;                                                   \
    SUMI__UPDATE_RANGE(update, task);                                                              \
    type *var = update->variable[0];                                                               \
    const type *delta = update->gradient;                                                          \
    const type alpha = (type)update->scalar[0];                                                    \
    for (int64_t i = begin; i < end; ++i) var[i] -= alpha * delta[i];                              \
  }
GRADIENT_DESCENT(gradient_descent_32, float)
GRADIENT_DESCENT(gradient_descent_64, double)

static const sumi__tensor_layout_t gradient_descent = {
    .variables = 1, .gradient = 2, .task32 = gradient_descent_32, .task64 = gradient_descent_64};

SUMI__UPDATE_FUNCTIONS(gradient_descent)

SUMI_OP(ApplyGradientDescent,
        "var: ref T, alpha: T, delta: T | use_locking: bool = false -> out: ref T ; "
        "T: float32 float64",
        .doc = "var -= alpha * delta.", .shape = gradient_descent_shape,
        .kernel = gradient_descent_kernel, .no_grad = "an effect", .flags = SUMI_OP_SIDE_EFFECT);

/* ---- Momentum ---- */

#define MOMENTUM(name, type)                                                                       \
  static void name(void *context, int64_t task) {                                                  \
    const sumi__tensor_pass_t *update = context;                                                   \
    SUMI__UPDATE_RANGE(update, task);                                                              \
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

static const sumi__tensor_layout_t momentum = {.variables = 2,
                                               .gradient = 3,
                                               .flag = "use_nesterov",
                                               .task32 = momentum_32,
                                               .task64 = momentum_64};

SUMI__UPDATE_FUNCTIONS(momentum)

SUMI_OP(ApplyMomentum,
        "var: ref T, accum: ref T, lr: T, grad: T, momentum: T | use_locking: bool = false, "
        "use_nesterov: bool = false -> out: ref T ; T: float32 float64",
        .doc = "accum = accum * momentum + grad; var -= lr * accum, or with use_nesterov "
               "var -= lr * (grad + momentum * accum).",
        .shape = momentum_shape, .kernel = momentum_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);

static const sumi__tensor_layout_t sparse_momentum = {.variables = 2,
                                                      .gradient = 3,
                                                      .flag = "use_nesterov",
                                                      .task32 = momentum_32,
                                                      .task64 = momentum_64};

SUMI__SPARSE_UPDATE_FUNCTIONS(sparse_momentum)

SUMI_OP(SparseApplyMomentum,
        "var: ref T, accum: ref T, lr: T, grad: T, indices: Tindices, momentum: T | use_locking: "
        "bool = false, use_nesterov: bool = false -> out: ref T ; "
        "T: float32 float64, Tindices: int32 int64",
        .doc = "ApplyMomentum of the rows that indices names, one after the other.",
        .shape = sparse_momentum_shape, .kernel = sparse_momentum_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);
