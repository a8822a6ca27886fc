/* Stacking and unstacking along a new axis. Source of names and semantics: TensorFlow
 * core/ops/array_ops.cc. */
#include "kernels/copy.h"
#include "ops/known.h"

#include <sumi/ops.h>

/* ---- Pack: n tensors of one shape become one with an axis of size n ---- */

/* The shape all inputs share, as far as it is known of any of them. */
static sumi_status_t merge_inputs(const sumi_infer_t *infer, sumi_dims_t *merged) {
  *merged = infer->in[0];
  for (int i = 1; i < infer->input_count; ++i) {
    const sumi_dims_t before = *merged;
    if (!sumi_merge_dims(before, infer->in[i], merged))
      return sumi_refuse(infer,
                         "all values must have one shape: value %d is %s, those before it %s", i,
                         sumi_dims_text(infer->in[i]).text, sumi_dims_text(before).text);
  }
  return SUMI_OK;
}

/* What is known of scalars, as a vector. */
static void know_packed(sumi_infer_t *infer) {
  if (infer->input_count > SUMI_MAX_RANK) return;
  sumi_known_t known = {.valid = true, .count = infer->input_count};
  for (int i = 0; i < infer->input_count; ++i)
    known.has[i] = sumi__tensor_known_element(infer, i, 0, &known.value[i]);
  infer->known_out[0] = known;
}

static sumi_status_t pack_shape(sumi_infer_t *infer) {
  if (infer->input_count == 0) return sumi_refuse(infer, "there is nothing to stack");
  sumi_dims_t one;
  SUMI_TRY(merge_inputs(infer, &one));
  if (one.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  if (one.rank == SUMI_MAX_RANK)
    return sumi_refuse(infer, "the values have %d axes, the most there may be", one.rank);
  int at;
  SUMI_TRY(
      sumi__tensor_want_axis(infer, "axis", sumi_attr_int(infer->op, "axis"), one.rank + 1, &at));
  sumi_dims_t out = {.rank = one.rank + 1};
  for (int axis = 0; axis < out.rank; ++axis)
    out.size[axis] = axis == at ? infer->input_count : one.size[axis - (axis > at)];
  infer->out[0] = out;
  if (one.rank == 0) know_packed(infer);
  return SUMI_OK;
}

/* The axis attribute, counted from the front, of a stacked tensor of that rank. */
static int stacked_axis(const sumi_kernel_t *kernel, int rank) {
  const int64_t axis = sumi_attr_int(kernel->op, "axis");
  return (int)(axis < 0 ? axis + rank : axis);
}

/* Rows of a value and how far apart they stand in the stacked tensor. */
static sumi__tensor_box_t stacked_rows(const sumi_array_view_t *stacked, int axis, int64_t *inner) {
  const int64_t outer = sumi__tensor_count_axes(stacked->dims, 0, axis);
  *inner = sumi__tensor_count_axes(stacked->dims, axis + 1, stacked->rank);
  const int64_t step = stacked->dims[axis] * *inner;
  return (sumi__tensor_box_t){
      .rank = 2, .size = {outer, *inner}, .to_stride = {step, 1}, .from_stride = {*inner, 1}};
}

static sumi_status_t pack_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *out = &kernel->out[0];
  const size_t bytes = sumi_dtype_size_bytes(out->dtype);
  int64_t inner;
  const sumi__tensor_box_t box = stacked_rows(out, stacked_axis(kernel, out->rank), &inner);
  char *to = sumi_kernel_out(kernel, 0);
  for (int i = 0; i < kernel->input_count; ++i)
    sumi__tensor_copy_box(kernel, bytes, &box, to + (size_t)(i * inner) * bytes,
                          kernel->in[i].data);
  return SUMI_OK;
}

static void pack_grad(sumi_grad_t *grad) {
  const sumi_tensor_t parts = sumi_raw_unpack(grad->dy[0], grad->input_count,
                                              .axis = sumi_attr_int(grad->op, "axis"));
  for (int i = 0; i < grad->input_count; ++i) grad->dx[i] = sumi_output(parts, i);
}

SUMI_OP(Pack, "values: N * T | axis: int = 0 -> output: T", .api = "stack",
        .doc = "The values along a new axis: sumi_stack(SUMI_TENSORS(a, b), .axis = 1).",
        .unchanged = SUMI_UNCHANGED_COUNT, .shape = pack_shape, .kernel = pack_kernel,
        .grad = pack_grad,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(2), SUMI_S(2), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2), SUMI_VALUES(3, 4), SUMI_VALUES(5, 6)},
                      .attrs = "axis = 1",
                      .out = SUMI_S(2, 3),
                      .expect = SUMI_VALUES(1, 3, 5, 2, 4, 6),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(2), SUMI_S(3)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "value 1 is (3,), those before it (2,)"},
                     {.input_count = 2,
                      .in = {SUMI_S(2), SUMI_S(2)},
                      .attrs = "axis = 2",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "axis is 2, expected a value in [-2, 2)"}));

/* ---- Unpack: the slices of a tensor along an axis, without it ---- */

static sumi_status_t unpack_shape(sumi_infer_t *infer) {
  const sumi_dims_t in = infer->in[0];
  if (in.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  int at;
  SUMI_TRY(sumi__tensor_want_axis(infer, "axis", sumi_attr_int(infer->op, "axis"), in.rank, &at));
  const int64_t num = sumi_attr_int(infer->op, "num");
  if (in.size[at] != SUMI_UNKNOWN_SIZE && in.size[at] != num)
    return sumi_refuse(infer, "axis %d has size %lld, num is %lld", at, (long long)in.size[at],
                       (long long)num);
  sumi_dims_t out = {.rank = in.rank - 1};
  for (int axis = 0; axis < out.rank; ++axis) out.size[axis] = in.size[axis + (axis >= at)];
  for (int i = 0; i < infer->output_count; ++i) {
    infer->out[i] = out;
    int64_t value;
    if (in.rank == 1 && sumi__tensor_known_element(infer, 0, i, &value))
      sumi__tensor_know_scalar(infer, i, value);
  }
  return SUMI_OK;
}

static sumi_status_t unpack_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *in = &kernel->in[0];
  const size_t bytes = sumi_dtype_size_bytes(in->dtype);
  int64_t inner;
  const sumi__tensor_box_t rows = stacked_rows(in, stacked_axis(kernel, in->rank), &inner);
  sumi__tensor_box_t box = rows;
  for (int axis = 0; axis < rows.rank; ++axis) {
    box.to_stride[axis] = rows.from_stride[axis];
    box.from_stride[axis] = rows.to_stride[axis];
  }
  const char *from = in->data;
  for (int i = 0; i < kernel->output_count; ++i)
    sumi__tensor_copy_box(kernel, bytes, &box, sumi_kernel_out(kernel, i),
                          from + (size_t)(i * inner) * bytes);
  return SUMI_OK;
}

static void unpack_grad(sumi_grad_t *grad) {
  grad->dx[0] = sumi_stack(SUMI_LIST(grad->output_count, grad->dy),
                           .axis = sumi_attr_int(grad->op, "axis"));
}

SUMI_OP(Unpack, "value: T | num: int, axis: int = 0 -> output: num * T", .api = "raw_unpack",
        .doc = "The `num` slices of `value` along `axis`, without that axis.",
        .shape = unpack_shape, .kernel = unpack_kernel, .grad = unpack_grad,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4)},
                      .attrs = "num = 2, axis = 1",
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(1, 3),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(2, 3)},
                      .attrs = "num = 2, axis = 1",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "axis 1 has size 3, num is 2"}));

static sumi_tensor_t unstack_expand(const sumi_build_t *build) {
  const sumi_dims_t dims = sumi_tensor_dims(build->in[0]);
  int64_t num = sumi_build_attr(build, "num")->integer;
  const int64_t axis = sumi_build_attr(build, "axis")->integer;
  const int64_t at = axis < 0 ? axis + dims.rank : axis;
  if (num == 0 && dims.rank != SUMI_UNKNOWN_RANK && at >= 0 && at < dims.rank) num = dims.size[at];
  if (num < 1)
    return sumi_build_refuse(
        build, "the size of axis %lld of shape %s does not say how many parts there are; give .num",
        (long long)axis, sumi_dims_text(dims).text);
  return sumi_raw_unpack(build->in[0], num, .axis = axis);
}

SUMI_OP(unstack, "value: T | num: int = 0, axis: int = 0 -> output: T",
        .doc = "The slices of `value` along `axis`, without that axis: part i is "
               "sumi_output(parts, i). How many follows from the static shape, or is given as "
               "`num`.",
        .expand = unstack_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4)},
                      .attrs = "axis = 1",
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(1, 3),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(2, 2)},
                      .attrs = "axis = 2",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "does not say how many parts"}));
