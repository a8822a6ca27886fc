/* What the blocks of elementwise ops share: shapes that pass known integers on, and samples. */
#ifndef SUMI_OPS_ELEMENTWISE_H
#define SUMI_OPS_ELEMENTWISE_H

#include "kernels/map.h"

#include <sumi/ops.h>

#include <math.h>
#include <tgmath.h>

/* Shapes of binary ops on small integers (sizes, axes): broadcast, and the result's elements where
 * the operands' are known. `combine` returns false where there is no result. */
sumi_status_t sumi__tensor_shape_binary(sumi_infer_t *infer,
                                        bool (*combine)(int64_t a, int64_t b, int64_t *result));

sumi_status_t sumi__tensor_shape_add(sumi_infer_t *infer);
sumi_status_t sumi__tensor_shape_sub(sumi_infer_t *infer);
sumi_status_t sumi__tensor_shape_mul(sumi_infer_t *infer);
sumi_status_t sumi__tensor_shape_floor_div(sumi_infer_t *infer);
sumi_status_t sumi__tensor_shape_floor_mod(sumi_infer_t *infer);
sumi_status_t sumi__tensor_shape_maximum(sumi_infer_t *infer);
sumi_status_t sumi__tensor_shape_minimum(sumi_infer_t *infer);

/* out[0] = in[0], without known elements: what they were is not what they are. */
sumi_status_t sumi__tensor_shape_unary(sumi_infer_t *infer);

/* Samples of n listed values: SUMI__CASE1(3, (1, 2, 3), (1, 4, 9), .from = "by hand"). */
#define SUMI__CASE1(n, x, result, ...)                                                             \
  {                                                                                                \
    .input_count = 1, .in = {SUMI_S(n)}, .at = {SUMI_VALUES x}, .out = SUMI_S(n),                  \
    .expect = SUMI_VALUES result, __VA_ARGS__                                                      \
  }
#define SUMI__CASE2(n, x, y, result, ...)                                                          \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(n), SUMI_S(n)}, .at = {SUMI_VALUES x, SUMI_VALUES y},          \
    .out = SUMI_S(n), .expect = SUMI_VALUES result, __VA_ARGS__                                    \
  }

/* Random points in [low, high] for the gradient check. */
#define SUMI__RANDOM1(low, high)                                                                   \
  { .input_count = 1, .in = {SUMI_S(2, 3)}, .lo = low, .hi = high }
#define SUMI__RANDOM2(low, high)                                                                   \
  { .input_count = 2, .in = {SUMI_S(2, 3), SUMI_S(3)}, .lo = low, .hi = high }

/* Refusals: a dtype the op does not take; shapes that do not broadcast. */
#define SUMI__REFUSE_DTYPE1(given)                                                                 \
  {                                                                                                \
    .input_count = 1, .in = {SUMI_S(2)}, .dtype = {given}, .want = SUMI_INVALID_ARGUMENT,          \
    .message = "is not defined for"                                                                \
  }
#define SUMI__REFUSE_SHAPES2                                                                       \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(2), SUMI_S(3)}, .want = SUMI_INVALID_ARGUMENT,                 \
    .message = "shapes (2,) and (3,) do not broadcast"                                             \
  }

#endif
