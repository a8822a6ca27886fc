/* Axes and elements in another order. Source of names and semantics: TensorFlow
 * core/ops/array_ops.cc. */
#include "kernels/copy.h"
#include "ops/known.h"

#include <sumi/constants.h>
#include <sumi/ops.h>

/* ---- Transpose ---- */

/* Marks `axis` as used by a permutation of that rank; false when it is out of range or used twice.
 */
static bool use_axis(bool *used, int64_t axis, int rank) {
  if (axis < 0 || axis >= rank || used[axis]) return false;
  return used[axis] = true;
}

static sumi_status_t transpose_shape(sumi_infer_t *infer) {
  int length;
  SUMI_TRY(sumi__tensor_want_length(infer, 1, "perm", &length));
  sumi_dims_t in = infer->in[0];
  if (in.rank == SUMI_UNKNOWN_RANK && length == SUMI_UNKNOWN_RANK) return SUMI_OK;
  if (in.rank == SUMI_UNKNOWN_RANK) in = sumi__tensor_dims_of_rank(length);
  if (length != SUMI_UNKNOWN_RANK && length != in.rank)
    return sumi_refuse(infer, "perm has %d elements, x has shape %s", length,
                       sumi_dims_text(in).text);
  sumi_dims_t out = sumi__tensor_dims_of_rank(in.rank);
  bool used[SUMI_MAX_RANK] = {false};
  for (int i = 0; i < in.rank; ++i) {
    int64_t axis;
    if (!sumi__tensor_known_element(infer, 1, i, &axis)) continue;
    if (!use_axis(used, axis, in.rank))
      return sumi_refuse(infer, "element %d of perm is %lld: not a permutation of %d axes", i,
                         (long long)axis, in.rank);
    out.size[i] = in.size[axis];
  }
  infer->out[0] = out;
  return SUMI_OK;
}

static sumi_status_t transpose_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *in = &kernel->in[0], *out = &kernel->out[0];
  int64_t in_stride[SUMI_MAX_RANK];
  bool used[SUMI_MAX_RANK] = {false};
  sumi__tensor_row_major(in->rank, in->dims, in_stride);
  sumi__tensor_box_t box = {.rank = out->rank};
  sumi__tensor_row_major(out->rank, out->dims, box.to_stride);
  for (int i = 0; i < out->rank; ++i) {
    const int64_t axis = sumi__tensor_view_int(&kernel->in[1], i);
    if (!use_axis(used, axis, in->rank))
      return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                              "element %d of perm is %lld: not a permutation of %d axes", i,
                              (long long)axis, in->rank);
    box.size[i] = in->dims[axis];
    box.from_stride[i] = in_stride[axis];
  }
  sumi__tensor_copy_box(kernel, sumi_dtype_size_bytes(in->dtype), &box, sumi_kernel_out(kernel, 0),
                        in->data);
  return SUMI_OK;
}

static void transpose_grad(sumi_grad_t *grad) {
  grad->dx[0] = sumi_raw_transpose(grad->dy[0], sumi_invert_permutation(grad->x[1]));
}

SUMI_OP(Transpose, "x: T, perm: Tperm -> y: T ; Tperm: int32 int64", .api = "raw_transpose",
        .doc = "`x` with its axes in another order: axis i of the result is axis perm[i] of x.",
        .unchanged = SUMI_UNCHANGED_ORDER, .shape = transpose_shape, .kernel = transpose_kernel,
        .grad = transpose_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(1, 0)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S(3, 2),
                      .expect = SUMI_VALUES(1, 4, 2, 5, 3, 6),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 1, 3), SUMI_S(3)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(2, 0, 1)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S(3, 2, 1),
                      .expect = SUMI_VALUES(1, 4, 2, 5, 3, 6),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(2)},
                      .at = {NULL, SUMI_VALUES(1, 1)},
                      .dtype = {0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "element 1 of perm is 1: not a permutation"}));

static sumi_dims_t reversed_axes(int rank) {
  sumi_dims_t perm = sumi__tensor_dims_of_rank(rank);
  for (int i = 0; i < rank; ++i) perm.size[i] = rank - 1 - i;
  return perm;
}

static sumi_tensor_t transpose_expand(const sumi_build_t *build) {
  const sumi_tensor_t x = build->in[0];
  sumi_dims_t perm = sumi_build_attr(build, "perm")->dims;
  const int rank = sumi_tensor_dims(x).rank;
  if (perm.rank == 0 && rank == SUMI_UNKNOWN_RANK) {
    const sumi_tensor_t last = sumi_sub(sumi_rank(x), 1);
    return sumi_raw_transpose(x, sumi_sub(last, sumi_range(0, sumi_rank(x), 1)));
  }
  if (perm.rank == 0) perm = reversed_axes(rank);
  return sumi_raw_transpose(x, sumi_constant_dims(build->graph, perm, .name = "perm"));
}

SUMI_OP(transpose, "x: T | perm: ints = -> y: T",
        .doc = "`x` with its axes in the order `perm`, reversed by default: "
               "sumi_transpose(x, .perm = SUMI_AXES(0, 2, 1)).",
        .expand = transpose_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 3)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6)},
                      .out = SUMI_S(3, 2),
                      .expect = SUMI_VALUES(1, 4, 2, 5, 3, 6),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(2, 3)},
                      .attrs = "perm = 0",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "perm has 1 elements, x has shape (2, 3)"}));

/* ---- InvertPermutation: y[x[i]] = i ---- */

static sumi_status_t invert_permutation_shape(sumi_infer_t *infer) {
  SUMI_TRY(sumi__tensor_want_rank(infer, 0, "x", 1));
  infer->out[0] = infer->in[0].rank == 1 ? infer->in[0]
                                         : sumi__tensor_vector_dims(SUMI_UNKNOWN_SIZE);
  const sumi_known_t *known = sumi_infer_known(infer, 0);
  if (!known) return SUMI_OK;
  sumi_known_t inverse = {.valid = true, .count = known->count};
  bool used[SUMI_MAX_RANK] = {false};
  for (int i = 0; i < known->count; ++i) {
    if (!known->has[i]) continue;
    if (!use_axis(used, known->value[i], known->count))
      return sumi_refuse(infer, "element %d of x is %lld: not a permutation of %d numbers", i,
                         (long long)known->value[i], known->count);
    inverse.has[known->value[i]] = true;
    inverse.value[known->value[i]] = i;
  }
  infer->known_out[0] = inverse;
  return SUMI_OK;
}

static sumi_status_t invert_permutation_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *in = &kernel->in[0], *out = &kernel->out[0];
  const int64_t count = in->dims[0];
  for (int64_t i = 0; i < count; ++i) sumi__tensor_put_int(out, i, -1);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t at = sumi__tensor_view_int(in, i);
    if (at < 0 || at >= count || sumi__tensor_view_int(out, at) != -1)
      return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                              "element %lld of x is %lld: not a permutation of %lld numbers",
                              (long long)i, (long long)at, (long long)count);
    sumi__tensor_put_int(out, at, i);
  }
  return SUMI_OK;
}

SUMI_OP(InvertPermutation, "x: T -> y: T ; T: int32 int64",
        .doc = "The permutation that undoes `x`: y[x[i]] = i.", .shape = invert_permutation_shape,
        .kernel = invert_permutation_kernel, .no_grad = "integers",
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(5)},
                      .at = {SUMI_VALUES(3, 4, 0, 2, 1)},
                      .dtype = {SUMI_INT32},
                      .out = SUMI_S(5),
                      .expect = SUMI_VALUES(2, 4, 3, 0, 1),
                      .from = "TensorFlow's documentation of invert_permutation"},
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(0, 2)},
                      .dtype = {SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "element 1 of x is 2: not a permutation"}));

/* ---- ReverseV2 ---- */

static sumi_status_t reverse_shape(sumi_infer_t *infer) {
  infer->out[0] = infer->in[0];
  int length;
  SUMI_TRY(sumi__tensor_want_length(infer, 1, "axis", &length));
  const int rank = infer->in[0].rank;
  if (rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  bool used[SUMI_MAX_RANK] = {false};
  for (int i = 0; i < length; ++i) {
    int64_t value;
    int axis;
    if (!sumi__tensor_known_element(infer, 1, i, &value)) continue;
    SUMI_TRY(sumi__tensor_want_axis(infer, "axis", value, rank, &axis));
    if (!use_axis(used, axis, rank)) return sumi_refuse(infer, "axis %d is listed twice", axis);
  }
  const sumi_known_t *known = sumi_infer_known(infer, 0);
  if (!known || known->scalar || !used[0]) return SUMI_OK;
  sumi_known_t reversed = *known;
  for (int i = 0; i < known->count; ++i) {
    reversed.has[i] = known->has[known->count - 1 - i];
    reversed.value[i] = known->value[known->count - 1 - i];
  }
  infer->known_out[0] = reversed;
  return SUMI_OK;
}

static sumi_status_t reverse_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *in = &kernel->in[0], *axes = &kernel->in[1];
  sumi__tensor_box_t box = {.rank = in->rank};
  sumi__tensor_row_major(in->rank, in->dims, box.to_stride);
  sumi__tensor_row_major(in->rank, in->dims, box.from_stride);
  for (int axis = 0; axis < in->rank; ++axis) box.size[axis] = in->dims[axis];
  int64_t start = 0;
  for (int64_t i = 0; i < axes->dims[0]; ++i) {
    const int64_t value = sumi__tensor_view_int(axes, i),
                  axis = value < 0 ? value + in->rank : value;
    if (axis < 0 || axis >= in->rank || box.from_stride[axis] < 0)
      return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                              "axis %lld is out of range or listed twice, the rank is %d",
                              (long long)value, in->rank);
    start += (in->dims[axis] - 1) * box.from_stride[axis];
    box.from_stride[axis] = -box.from_stride[axis];
  }
  if (sumi_array_view_count(in) == 0) return SUMI_OK;
  const size_t bytes = sumi_dtype_size_bytes(in->dtype);
  sumi__tensor_copy_box(kernel, bytes, &box, sumi_kernel_out(kernel, 0),
                        (const char *)in->data + (size_t)start * bytes);
  return SUMI_OK;
}

static void reverse_grad(sumi_grad_t *grad) {
  grad->dx[0] = sumi_raw_reverse(grad->dy[0], grad->x[1]);
}

SUMI_OP(ReverseV2, "tensor: T, axis: Tidx -> output: T ; Tidx: int32 int64", .api = "raw_reverse",
        .doc = "`tensor` with the order of its elements turned around along the axes listed.",
        .shape = reverse_shape, .kernel = reverse_kernel, .grad = reverse_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(1)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(-1)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S(2, 3),
                      .expect = SUMI_VALUES(3, 2, 1, 6, 5, 4),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(2)},
                      .at = {NULL, SUMI_VALUES(1, -1)},
                      .dtype = {0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "axis 1 is listed twice"}));

static sumi_tensor_t reverse_expand(const sumi_build_t *build) {
  const sumi_dims_t axes = sumi_build_attr(build, "axes")->dims;
  return sumi_raw_reverse(build->in[0], sumi_constant_dims(build->graph, axes, .name = "axis"));
}

SUMI_OP(reverse, "tensor: T | axes: ints -> output: T",
        .doc = "`tensor` turned around along the axes: sumi_reverse(x, SUMI_AXES(-1)).",
        .expand = reverse_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(3)},
                      .at = {SUMI_VALUES(1, 2, 3)},
                      .attrs = "axes = 0",
                      .out = SUMI_S(3),
                      .expect = SUMI_VALUES(3, 2, 1),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(3)},
                      .attrs = "axes = 1",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "axis is 1, expected a value in [-1, 1)"}));
