/* Lion (Chen et al., "Symbolic discovery of optimization algorithms", 2023): every element moves by
 * the rate, in the direction of a momentum that is ahead of the one it keeps. */
#include "ops/update.h"

#define LION(name, type)                                                                           \
  static void name(void *context, int64_t task) {                                                  \
    const sumi__tensor_pass_t *update = context;                                                   \
    SUMI__UPDATE_RANGE(update, task);                                                              \
    type *var = update->variable[0], *m = update->variable[1];                                     \
    const type *grad = update->gradient;                                                           \
    const type lr = (type)update->scalar[0], beta1 = (type)update->scalar[1];                      \
    const type beta2 = (type)update->scalar[2];                                                    \
    for (int64_t i = begin; i < end; ++i) {                                                        \
      const type g = grad[i], ahead = m[i] * beta1 + g * (1 - beta1);                              \
      m[i] = m[i] * beta2 + g * (1 - beta2);                                                       \
      var[i] -= ahead > 0 ? lr : ahead < 0 ? -lr : ahead;                                          \
    }                                                                                              \
  }
LION(lion_32, float)
LION(lion_64, double)

static const sumi__tensor_layout_t lion = {
    .variables = 2, .gradient = 5, .task32 = lion_32, .task64 = lion_64};

SUMI__UPDATE_FUNCTIONS(lion)

SUMI_OP(ApplyLion,
        "var: ref T, m: ref T, lr: T, beta1: T, beta2: T, grad: T | use_locking: bool = false "
        "-> out: ref T ; T: float32 float64",
        .doc = "var -= lr sign(beta1 m + (1 - beta1) grad); m = beta2 m + (1 - beta2) grad.",
        .shape = lion_shape, .kernel = lion_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);
