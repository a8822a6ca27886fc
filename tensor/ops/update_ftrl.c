/* Follow the regularized leader, by coordinate (McMahan et al., "Ad click prediction: a view from
 * the trenches", KDD 2013): weights that the l1 penalty holds at 0 are exactly 0. */
#include "ops/update.h"

#include <math.h>

/* The variable that solves the regularized problem so far: `linear` is the sum of gradients less
 * what earlier values of the variable account for. A power of -1/2, the usual one, is a root. */
#define FTRL(name, type, square_root, power, absolute)                                             \
  static type name##_raised(type x, type exponent) {                                               \
    return exponent == (type)0.5 ? square_root(x) : power(x, exponent);                            \
  }                                                                                                \
  static void name##_elements(const sumi__tensor_pass_t *update, int64_t task, type shrinkage,     \
                              type lr_power) {                                                     \
    SUMI__UPDATE_RANGE(update, task);                                                              \
    type *var = update->variable[0], *accum = update->variable[1], *linear = update->variable[2];  \
    const type *grad = update->gradient;                                                           \
    const type lr = (type)update->scalar[0], l1 = (type)update->scalar[1];                         \
    const type l2 = (type)update->scalar[2];                                                       \
    for (int64_t i = begin; i < end; ++i) {                                                        \
      const type g = grad[i], a = accum[i] + g * g;                                                \
      const type root = name##_raised(a, -lr_power);                                               \
      const type sigma = (root - name##_raised(accum[i], -lr_power)) / lr;                         \
      const type sum = linear[i] + (g + 2 * shrinkage * var[i] - sigma * var[i]);                  \
      const type bound = sum > 0 ? l1 : -l1;                                                       \
      accum[i] = a, linear[i] = sum;                                                               \
      var[i] = absolute(sum) > l1 ? (bound - sum) / (root / lr + 2 * l2) : 0;                      \
    }                                                                                              \
  }                                                                                                \
  static void name(void *context, int64_t task) {                                                  \
    const sumi__tensor_pass_t *update = context;                                                   \
    name##_elements(update, task, 0, (type)update->scalar[3]);                                     \
  }                                                                                                \
  static void name##_v2(void *context, int64_t task) {                                             \
    const sumi__tensor_pass_t *update = context;                                                   \
    name##_elements(update, task, (type)update->scalar[3], (type)update->scalar[4]);               \
  }
FTRL(ftrl_32, float, sqrtf, powf, fabsf)
FTRL(ftrl_64, double, sqrt, pow, fabs)

static const sumi__tensor_layout_t ftrl = {
    .variables = 3, .gradient = 3, .task32 = ftrl_32, .task64 = ftrl_64};

SUMI__UPDATE_FUNCTIONS(ftrl)

SUMI_OP(ApplyFtrl,
        "var: ref T, accum: ref T, linear: ref T, grad: T, lr: T, l1: T, l2: T, lr_power: T | "
        "use_locking: bool = false -> out: ref T ; T: float32 float64",
        .doc = "accum_new = accum + grad^2; linear += grad - (accum_new^-lr_power - "
               "accum^-lr_power) / lr * var; var = (sign(linear) l1 - linear) / "
               "(accum_new^-lr_power / lr + 2 l2) if |linear| > l1, else 0; accum = accum_new.",
        .shape = ftrl_shape, .kernel = ftrl_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);

static const sumi__tensor_layout_t sparse_ftrl = {
    .variables = 3, .gradient = 3, .task32 = ftrl_32, .task64 = ftrl_64};

SUMI__SPARSE_UPDATE_FUNCTIONS(sparse_ftrl)

SUMI_OP(SparseApplyFtrl,
        "var: ref T, accum: ref T, linear: ref T, grad: T, indices: Tindices, lr: T, l1: T, l2: T, "
        "lr_power: T | use_locking: bool = false -> out: ref T ; "
        "T: float32 float64, Tindices: int32 int64",
        .doc = "ApplyFtrl of the rows that indices names, one after the other.",
        .shape = sparse_ftrl_shape, .kernel = sparse_ftrl_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);

static const sumi__tensor_layout_t ftrl_v2 = {
    .variables = 3, .gradient = 3, .task32 = ftrl_32_v2, .task64 = ftrl_64_v2};

SUMI__UPDATE_FUNCTIONS(ftrl_v2)

SUMI_OP(ApplyFtrlV2,
        "var: ref T, accum: ref T, linear: ref T, grad: T, lr: T, l1: T, l2: T, l2_shrinkage: T, "
        "lr_power: T | use_locking: bool = false -> out: ref T ; T: float32 float64",
        .doc = "ApplyFtrl, where linear receives 2 l2_shrinkage var, too: an l2 penalty of the "
               "loss that the accumulated squares do not see.",
        .shape = ftrl_v2_shape, .kernel = ftrl_v2_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);

static const sumi__tensor_layout_t sparse_ftrl_v2 = {
    .variables = 3, .gradient = 3, .task32 = ftrl_32_v2, .task64 = ftrl_64_v2};

SUMI__SPARSE_UPDATE_FUNCTIONS(sparse_ftrl_v2)

SUMI_OP(SparseApplyFtrlV2,
        "var: ref T, accum: ref T, linear: ref T, grad: T, indices: Tindices, lr: T, l1: T, l2: T, "
        "l2_shrinkage: T, lr_power: T | use_locking: bool = false -> out: ref T ; "
        "T: float32 float64, Tindices: int32 int64",
        .doc = "ApplyFtrlV2 of the rows that indices names, one after the other.",
        .shape = sparse_ftrl_v2_shape, .kernel = sparse_ftrl_v2_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);
