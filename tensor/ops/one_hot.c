/* Numbers as unit vectors. Source of names and semantics: TensorFlow core/ops/array_ops.cc. */
#include "kernels/copy.h"
#include "ops/known.h"

#include <sumi/constants.h>
#include <sumi/ops.h>

#include <string.h>

/* ---- OneHot ---- */

static sumi_status_t one_hot_shape(sumi_infer_t *infer) {
  const sumi_dims_t indices = infer->in[0];
  SUMI_TRY(sumi__tensor_want_rank(infer, 1, "depth", 0));
  SUMI_TRY(sumi__tensor_want_rank(infer, 2, "on_value", 0));
  SUMI_TRY(sumi__tensor_want_rank(infer, 3, "off_value", 0));
  int64_t depth = SUMI_UNKNOWN_SIZE;
  if (sumi__tensor_known_element(infer, 1, 0, &depth) && depth < 0)
    return sumi_refuse(infer, "depth is %lld, expected at least 0", (long long)depth);
  if (indices.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  if (indices.rank == SUMI_MAX_RANK)
    return sumi_refuse(infer, "indices has %d axes, the most there may be", indices.rank);
  int at;
  SUMI_TRY(sumi__tensor_want_axis(infer, "axis", sumi_attr_int(infer->op, "axis"), indices.rank + 1,
                                  &at));
  sumi_dims_t out = {.rank = indices.rank + 1};
  for (int axis = 0; axis < out.rank; ++axis)
    out.size[axis] = axis == at ? depth : indices.size[axis - (axis > at)];
  infer->out[0] = out;
  return SUMI_OK;
}

static sumi_status_t one_hot_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *indices = &kernel->in[0], *out = &kernel->out[0];
  const size_t bytes = sumi_dtype_size_bytes(out->dtype);
  const int64_t given = sumi_attr_int(kernel->op, "axis");
  const int axis = (int)(given < 0 ? given + out->rank : given);
  const int64_t depth = out->dims[axis];
  const int64_t inner = sumi__tensor_count_axes(out->dims, axis + 1, out->rank);
  const int64_t count = sumi_array_view_count(indices);
  char *to = sumi_kernel_out(kernel, 0);
  sumi__tensor_fill(bytes, sumi_array_view_count(out), to, kernel->in[3].data);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t index = indices->dtype == SUMI_UINT8 ? ((const uint8_t *)indices->data)[i]
                                                       : sumi__tensor_view_int(indices, i);
    if (index < 0 || index >= depth) continue;
    const int64_t at = (i / inner * depth + index) * inner + i % inner;
    memcpy(to + (size_t)at * bytes, kernel->in[2].data, bytes);
  }
  return SUMI_OK;
}

SUMI_OP(OneHot,
        "indices: TI, depth: int32, on_value: T, off_value: T | axis: int = -1 "
        "-> output: T ; "
        "TI: int32 int64 uint8",
        .api = "raw_one_hot",
        .doc = "`on_value` where the position along the new axis is the index, `off_value` "
               "elsewhere; indices outside [0, depth) have no such place.",
        .shape = one_hot_shape, .kernel = one_hot_kernel,
        .no_grad = "indices are integers; the values have none in TensorFlow either",
        SUMI_SAMPLES({.input_count = 4,
                      .in = {SUMI_S(3), SUMI_S0, SUMI_S0, SUMI_S0},
                      .at = {SUMI_VALUES(2, -1, 0), SUMI_VALUES(3), SUMI_VALUES(5), SUMI_VALUES(1)},
                      .dtype = {SUMI_INT32, SUMI_INT32},
                      .out = SUMI_S(3, 3),
                      .expect = SUMI_VALUES(1, 1, 5, 1, 1, 1, 5, 1, 1),
                      .from = "by hand"},
                     {.input_count = 4,
                      .in = {SUMI_S(3), SUMI_S0, SUMI_S0, SUMI_S0},
                      .at = {NULL, SUMI_VALUES(-3), SUMI_VALUES(1), SUMI_VALUES(0)},
                      .dtype = {SUMI_INT32, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "depth is -3"}));

static sumi_tensor_t one_hot_expand(const sumi_build_t *build) {
  const sumi_dtype_t dtype = sumi_build_attr(build, "dtype")->type;
  const sumi_dims_t axes = sumi_build_attr(build, "axes")->dims;
  if (axes.rank > 1) return sumi_build_refuse(build, "axes lists %d axes, expected one", axes.rank);
  const sumi_tensor_t indices = build->in[0];
  int64_t axis = axes.rank == 1 ? axes.size[0] : -1;
  const int rank = sumi_tensor_dims(indices).rank;
  if (axis == 0 && rank == SUMI_UNKNOWN_RANK)
    return sumi_build_refuse(build, "axis 0 needs indices of known rank");
  if (axis == 0) axis = -(rank + 1); /* an attribute of 0 would be its default */
  return sumi_raw_one_hot(
      indices, sumi_tensor_of_number((double)sumi_build_attr(build, "depth")->integer),
      sumi_scalar(build->graph, dtype, sumi_build_attr(build, "on_value")->real,
                  .name = "on_value"),
      sumi_scalar(build->graph, dtype, sumi_build_attr(build, "off_value")->real,
                  .name = "off_value"),
      .axis = axis);
}

SUMI_OP(one_hot,
        "indices: TI | depth: int, on_value: float = 1, off_value: float = 0, axes: ints = , "
        "dtype: type = float32 -> output: dtype ; TI: int32 int64 uint8",
        .doc = "Unit vectors of length `depth` along a new last axis, or the one given: "
               "sumi_one_hot(labels, 10).",
        .expand = one_hot_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(2, 0)},
                      .dtype = {SUMI_INT32},
                      .attrs = "depth = 3",
                      .out = SUMI_S(2, 3),
                      .expect = SUMI_VALUES(0, 0, 1, 1, 0, 0),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(2, 0)},
                      .dtype = {SUMI_INT32},
                      .attrs = "depth = 3, axes = 2",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "axis is 2, expected a value in [-2, 2)"}));
