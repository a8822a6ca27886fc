/* A border around a tensor. Source of names and semantics: TensorFlow core/ops/array_ops.cc. */
#include "kernels/copy.h"
#include "ops/known.h"

#include <sumi/constants.h>
#include <sumi/ops.h>

#include <string.h>

/* paddings is a matrix [rank, 2], which known elements do not hold; it is looked at where a
 * constant or a run gives it. */
static sumi_status_t pad_shape(sumi_infer_t *infer) {
  SUMI_TRY(sumi__tensor_want_rank(infer, 1, "paddings", 2));
  sumi_dims_t out = infer->in[0];
  const sumi_dims_t borders = infer->in[1];
  const int64_t rows = borders.rank == 2 ? borders.size[0] : SUMI_UNKNOWN_SIZE;
  if (rows > SUMI_MAX_RANK || (rows >= 0 && out.rank >= 0 && rows != out.rank) ||
      (borders.rank == 2 && borders.size[1] != SUMI_UNKNOWN_SIZE && borders.size[1] != 2))
    return sumi_refuse(infer,
                       "paddings has shape %s, expected two columns and a row for each axis of %s",
                       sumi_dims_text(borders).text, sumi_dims_text(out).text);
  if (out.rank == SUMI_UNKNOWN_RANK && rows == SUMI_UNKNOWN_SIZE) return SUMI_OK;
  if (out.rank == SUMI_UNKNOWN_RANK) out = sumi__tensor_dims_of_rank((int)rows);
  sumi_array_view_t value;
  const bool known = sumi__tensor_input_value(infer, 1, &value);
  infer->out[0] = known ? out : sumi__tensor_dims_of_rank(out.rank);
  for (int i = 0; known && i < 2 * out.rank; ++i) {
    int64_t *size = &infer->out[0].size[i / 2];
    const int64_t border = sumi__tensor_view_int(&value, i);
    if (border < 0)
      return sumi_refuse(infer, "paddings of axis %d has %lld, expected at least 0", i / 2,
                         (long long)border);
    if (!sumi__tensor_add_sizes(*size, border, size))
      return sumi_refuse(infer, "axis %d becomes too large", i / 2);
  }
  return SUMI_OK;
}

static sumi_status_t pad_with(const sumi_kernel_t *kernel, const void *value) {
  const sumi_array_view_t *in = &kernel->in[0], *out = &kernel->out[0];
  const size_t bytes = sumi_dtype_size_bytes(in->dtype);
  sumi__tensor_box_t box = {.rank = in->rank};
  sumi__tensor_row_major(in->rank, in->dims, box.from_stride);
  sumi__tensor_row_major(out->rank, out->dims, box.to_stride);
  int64_t start = 0;
  for (int axis = 0; axis < in->rank; ++axis) {
    const int64_t before = sumi__tensor_view_int(&kernel->in[1], 2 * axis);
    const int64_t after = sumi__tensor_view_int(&kernel->in[1], 2 * axis + 1);
    if (before < 0 || after < 0 || out->dims[axis] != before + in->dims[axis] + after)
      return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                              "paddings of axis %d are %lld and %lld; they must not be negative",
                              axis, (long long)before, (long long)after);
    start += before * box.to_stride[axis];
    box.size[axis] = in->dims[axis];
  }
  char *to = sumi_kernel_out(kernel, 0);
  sumi__tensor_fill(bytes, sumi_array_view_count(out), to, value);
  if (sumi_array_view_count(in) > 0)
    sumi__tensor_copy_box(kernel, bytes, &box, to + start * (int64_t)bytes, in->data);
  return SUMI_OK;
}

static sumi_status_t pad_kernel(const sumi_kernel_t *kernel) {
  const int64_t zero = 0;
  return pad_with(kernel, &zero);
}

static sumi_status_t pad_v2_kernel(const sumi_kernel_t *kernel) {
  return pad_with(kernel, kernel->in[2].data);
}

/* The part of dy inside the border. */
static void pad_grad(sumi_grad_t *grad) {
  const sumi_tensor_t before = sumi_reshape(
      sumi_slice(grad->x[1], SUMI_SHAPE(0, 0), SUMI_SHAPE(-1, 1)), SUMI_SHAPE(-1));
  grad->dx[0] = sumi_slice(grad->dy[0], SUMI_TENSORS(before), SUMI_TENSORS(sumi_shape(grad->x[0])));
  if (grad->input_count > 2)
    grad->dx[2] = sumi_sub(sumi_reduce_sum(grad->dy[0]), sumi_reduce_sum(grad->dx[0]));
}

SUMI_OP(Pad, "input: T, paddings: Tpaddings -> output: T ; Tpaddings: int32", .api = "raw_pad",
        .doc = "`input` with paddings[i, 0] zeros before and paddings[i, 1] after it along axis i.",
        .unchanged = SUMI_UNCHANGED_COUNT, .shape = pad_shape, .kernel = pad_kernel,
        .grad = pad_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(1, 2), SUMI_S(2, 2)},
                      .at = {SUMI_VALUES(5, 6), SUMI_VALUES(1, 0, 0, 2)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S(2, 4),
                      .expect = SUMI_VALUES(0, 0, 0, 0, 5, 6, 0, 0),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(1, 2), SUMI_S(1, 2)},
                      .at = {NULL, SUMI_VALUES(1, 0)},
                      .dtype = {0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "paddings has shape (1, 2)"}));

SUMI_OP(PadV2, "input: T, paddings: Tpaddings, constant_values: T -> output: T ; Tpaddings: int32",
        .api = "raw_pad_v2", .doc = "As Pad, with a scalar in place of zeros.", .shape = pad_shape,
        .kernel = pad_v2_kernel, .grad = pad_grad,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(2), SUMI_S(1, 2), SUMI_S0},
                      .at = {SUMI_VALUES(5, 6), SUMI_VALUES(1, 1), SUMI_VALUES(9)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S(4),
                      .expect = SUMI_VALUES(9, 5, 6, 9),
                      .from = "by hand"},
                     {.input_count = 3,
                      .in = {SUMI_S(2), SUMI_S(1, 2), SUMI_S0},
                      .at = {NULL, SUMI_VALUES(1, -1), NULL},
                      .dtype = {0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "paddings of axis 0"}));

static sumi_tensor_t pad_expand(const sumi_build_t *build) {
  const sumi_dims_t before = sumi_build_attr(build, "before")->dims;
  const sumi_dims_t after = sumi_build_attr(build, "after")->dims;
  const double value = sumi_build_attr(build, "constant_value")->real;
  if (before.rank != after.rank)
    return sumi_build_refuse(build, "before lists %d axes, after %d", before.rank, after.rank);
  int32_t rows[2 * SUMI_MAX_RANK];
  for (int axis = 0; axis < before.rank; ++axis) {
    if (before.size[axis] < 0 || before.size[axis] > INT32_MAX || after.size[axis] < 0 ||
        after.size[axis] > INT32_MAX)
      return sumi_build_refuse(build, "the border of axis %d is %lld and %lld, expected at least 0",
                               axis, (long long)before.size[axis], (long long)after.size[axis]);
    rows[2 * axis] = (int32_t)before.size[axis];
    rows[2 * axis + 1] = (int32_t)after.size[axis];
  }
  const sumi_tensor_t paddings = sumi_constant_i32(build->graph, SUMI_DIMS(before.rank, 2), rows,
                                                   .name = "paddings");
  if (value == 0) return sumi_raw_pad(build->in[0], paddings);
  return sumi_raw_pad_v2(build->in[0], paddings, sumi_tensor_of_number(value));
}

SUMI_OP(pad, "input: T | before: ints, after: ints, constant_value: float = 0 -> output: T",
        .doc = "`input` with a border: sumi_pad(x, SUMI_AXES(0, 1), SUMI_AXES(0, 1)) puts one "
               "column on each side.",
        .expand = pad_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(1, 2)},
                      .at = {SUMI_VALUES(5, 6)},
                      .attrs = "before = 1 0, after = 0 1",
                      .out = SUMI_S(2, 3),
                      .expect = SUMI_VALUES(0, 0, 0, 5, 6, 0),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(1, 2)},
                      .attrs = "before = 1 0, after = 0",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "before lists 2 axes, after 1"}));
