/* Adam (Kingma and Ba, ICLR 2015) and what came of it: AMSGrad (Reddi et al., ICLR 2018), which
 * never lets a step grow again, and Nadam (Dozat, ICLR workshop 2016), which looks ahead. */
#include "ops/update.h"

#include <math.h>

/* ---- Adam ---- */

#define ADAM(name, type, square_root)                                                              \
  static void name(void *context, int64_t task) {                                                  \
    const sumi__tensor_pass_t *update = context;                                                   \
    SUMI__UPDATE_RANGE(update, task);                                                              \
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

static const sumi__tensor_layout_t adam = {
    .variables = 3, .gradient = 9, .flag = "use_nesterov", .task32 = adam_32, .task64 = adam_64};

SUMI__UPDATE_FUNCTIONS(adam)

SUMI_OP(ApplyAdam,
        "var: ref T, m: ref T, v: ref T, beta1_power: T, beta2_power: T, lr: T, "
        "beta1: T, beta2: T, "
        "epsilon: T, grad: T | use_locking: bool = false, use_nesterov: bool = false "
        "-> out: ref T ; T: float32 float64",
        .doc = "Adam: m += (grad - m) (1 - beta1); v += (grad^2 - v) (1 - beta2); "
               "var -= lr sqrt(1 - beta2_power) / (1 - beta1_power) * m / (sqrt(v) + epsilon).",
        .shape = adam_shape, .kernel = adam_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);

/* ---- AMSGrad: Adam by the largest second moment so far ---- */

#define AMSGRAD(name, type, square_root)                                                           \
  static void name(void *context, int64_t task) {                                                  \
    const sumi__tensor_pass_t *update = context;                                                   \
    SUMI__UPDATE_RANGE(update, task);                                                              \
    type *var = update->variable[0], *m = update->variable[1];                                     \
    type *v = update->variable[2], *vhat = update->variable[3];                                    \
    const type *grad = update->gradient;                                                           \
    const type beta1_power = (type)update->scalar[0], beta2_power = (type)update->scalar[1];       \
    const type beta1 = (type)update->scalar[3], beta2 = (type)update->scalar[4];                   \
    const type epsilon = (type)update->scalar[5];                                                  \
    const type alpha = (type)update->scalar[2] * square_root(1 - beta2_power) / (1 - beta1_power); \
    for (int64_t i = begin; i < end; ++i) {                                                        \
      const type g = grad[i], first = m[i] + (g - m[i]) * (1 - beta1);                             \
      const type second = v[i] + (g * g - v[i]) * (1 - beta2);                                     \
      const type largest = second > vhat[i] ? second : vhat[i];                                    \
      m[i] = first, v[i] = second, vhat[i] = largest;                                              \
      var[i] -= first * alpha / (square_root(largest) + epsilon);                                  \
    }                                                                                              \
  }
AMSGRAD(amsgrad_32, float, sqrtf)
AMSGRAD(amsgrad_64, double, sqrt)

static const sumi__tensor_layout_t amsgrad = {
    .variables = 4, .gradient = 10, .task32 = amsgrad_32, .task64 = amsgrad_64};

SUMI__UPDATE_FUNCTIONS(amsgrad)

SUMI_OP(ApplyAdamWithAmsgrad,
        "var: ref T, m: ref T, v: ref T, vhat: ref T, beta1_power: T, beta2_power: T, lr: T, "
        "beta1: T, beta2: T, epsilon: T, grad: T | use_locking: bool = false "
        "-> out: ref T ; T: float32 float64",
        .doc = "Adam with vhat = max(vhat, v) in place of v under the root. TensorFlow has it for "
               "resource variables only.",
        .shape = amsgrad_shape, .kernel = amsgrad_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);

/* ---- Nadam: Adam with Nesterov's momentum, which is warmed up ---- */

#define NADAM(name, type, square_root)                                                             \
  static void name(void *context, int64_t task) {                                                  \
    const sumi__tensor_pass_t *update = context;                                                   \
    SUMI__UPDATE_RANGE(update, task);                                                              \
    type *var = update->variable[0], *m = update->variable[1], *v = update->variable[2];           \
    const type *grad = update->gradient;                                                           \
    const type mu = (type)update->scalar[0], next_mu = (type)update->scalar[1];                    \
    const type product = (type)update->scalar[2], beta2_power = (type)update->scalar[3];           \
    const type lr = (type)update->scalar[4], beta1 = (type)update->scalar[5];                      \
    const type beta2 = (type)update->scalar[6], epsilon = (type)update->scalar[7];                 \
    const type of_m = lr * next_mu / (1 - product * next_mu);                                      \
    const type of_g = lr * (1 - mu) / (1 - product), of_v = 1 / (1 - beta2_power);                 \
    for (int64_t i = begin; i < end; ++i) {                                                        \
      const type g = grad[i], first = m[i] + (g - m[i]) * (1 - beta1);                             \
      const type second = v[i] + (g * g - v[i]) * (1 - beta2);                                     \
      m[i] = first, v[i] = second;                                                                 \
      var[i] -= (of_m * first + of_g * g) / (square_root(second * of_v) + epsilon);                \
    }                                                                                              \
  }
NADAM(nadam_32, float, sqrtf)
NADAM(nadam_64, double, sqrt)

static const sumi__tensor_layout_t nadam = {
    .variables = 3, .gradient = 11, .task32 = nadam_32, .task64 = nadam_64};

SUMI__UPDATE_FUNCTIONS(nadam)

SUMI_OP(ApplyNadam,
        "var: ref T, m: ref T, v: ref T, mu: T, next_mu: T, mu_product: T, beta2_power: T, lr: T, "
        "beta1: T, beta2: T, epsilon: T, grad: T | use_locking: bool = false "
        "-> out: ref T ; T: float32 float64",
        .doc = "Nadam: m += (grad - m) (1 - beta1); v += (grad^2 - v) (1 - beta2); "
               "var -= lr (next_mu m / (1 - mu_product next_mu) + (1 - mu) grad / "
               "(1 - mu_product)) / (sqrt(v / (1 - beta2_power)) + epsilon), where mu_product is "
               "that of all mu up to this one.",
        .shape = nadam_shape, .kernel = nadam_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);
