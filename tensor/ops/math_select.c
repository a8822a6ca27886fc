/* Choosing between two tensors by a third.
 * Source: TensorFlow core/ops/math_ops.cc "SelectV2", python/ops/math_grad.py _SelectGradV2. */
#include "ops/elementwise.h"

#define SELECT(C, dtype, DTYPE, V, name)                                                           \
  static void select_##dtype(SUMI__BLOCK_PARAMETERS) {                                             \
    const bool *condition = in[0];                                                                 \
    const C *t = in[1], *e = in[2];                                                                \
    C *results = out;                                                                              \
    (void)op;                                                                                      \
    SUMI__SIMD for (int64_t i = 0; i < count; ++i) {                                               \
      const C yes = t[i], no = e[i];                                                               \
      results[i] = condition[i] ? yes : no;                                                        \
    }                                                                                              \
  }
#define SELECT_ENTRY(C, dtype, DTYPE, V, name) {SUMI_BOOL, SUMI_##DTYPE, select_##dtype},

SUMI__NUMBERS_BOOL(SELECT, )

static const sumi_map_t select_map[] = {SUMI__NUMBERS_BOOL(SELECT_ENTRY, ){0}};

static void select_grad(sumi_grad_t *d) {
  d->dx[1] = sumi_select(d->x[0], d->dy[0], 0);
  d->dx[2] = sumi_select(d->x[0], 0, d->dy[0]);
}

SUMI_OP(SelectV2,
        "condition: bool, t: T, e: T -> output: T ; "
        "T: float32 float64 int32 int64 uint8 int8 int16 bool",
        .api = "select", .doc = "t where condition is true, e elsewhere; all three broadcast.",
        .shape = sumi_shape_broadcast, .map = select_map, .grad = select_grad,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(3), SUMI_S(3), SUMI_S0},
                      .at = {SUMI_VALUES(1, 0, 1), SUMI_VALUES(1, 2, 3), SUMI_VALUES(-1)},
                      .dtype = {SUMI_BOOL},
                      .out = SUMI_S(3),
                      .expect = SUMI_VALUES(1, -1, 3),
                      .from = "numpy.where"},
                     {.input_count = 3,
                      .in = {SUMI_S(2, 1), SUMI_S(2, 3), SUMI_S(3)},
                      .at = {SUMI_VALUES(1, 0)},
                      .dtype = {SUMI_BOOL}},
                     {.input_count = 3,
                      .in = {SUMI_S(2), SUMI_S(3), SUMI_S(3)},
                      .dtype = {SUMI_BOOL},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "do not broadcast"}));
