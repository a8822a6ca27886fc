/* Ops that look at shapes. Source of names and semantics: TensorFlow core/ops/array_ops.cc. */
#include "ops/known.h"

#include <sumi/ops.h>

/* ---- Shape, ShapeN: the sizes of a tensor as a vector ---- */

static sumi_status_t shape_shape(sumi_infer_t *infer) {
  for (int i = 0; i < infer->input_count; ++i) {
    const sumi_dims_t dims = infer->in[i];
    infer->out[i] = sumi__tensor_vector_dims(dims.rank == SUMI_UNKNOWN_RANK ? SUMI_UNKNOWN_SIZE
                                                                            : dims.rank);
    sumi__tensor_know_dims(infer, i, dims);
  }
  return SUMI_OK;
}

static sumi_status_t shape_kernel(const sumi_kernel_t *kernel) {
  for (int i = 0; i < kernel->input_count; ++i)
    for (int axis = 0; axis < kernel->in[i].rank; ++axis)
      sumi__tensor_put_int(&kernel->out[i], axis, kernel->in[i].dims[axis]);
  return SUMI_OK;
}

SUMI_OP(Shape, "input: T | out_type: type = int32 -> output: out_type ; out_type: int32 int64",
        .doc = "The sizes of `input` as a vector.", .shape = shape_shape, .kernel = shape_kernel,
        .no_grad = "integers",
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 1, 3)},
                      .out = SUMI_S(3),
                      .expect = SUMI_VALUES(2, 1, 3),
                      .from = "by hand"}));

SUMI_OP(ShapeN,
        "input: N * T | out_type: type = int32 -> output: N * out_type ; out_type: int32 int64",
        .doc = "The sizes of each of the inputs.", .shape = shape_shape, .kernel = shape_kernel,
        .no_grad = "integers",
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(4)},
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(2, 3),
                      .from = "by hand"}));

/* ---- Rank, Size: one number ---- */

static sumi_status_t rank_shape(sumi_infer_t *infer) {
  infer->out[0] = SUMI_SCALAR;
  if (infer->in[0].rank != SUMI_UNKNOWN_RANK) sumi__tensor_know_scalar(infer, 0, infer->in[0].rank);
  return SUMI_OK;
}

static sumi_status_t rank_kernel(const sumi_kernel_t *kernel) {
  sumi__tensor_put_int(&kernel->out[0], 0, kernel->in[0].rank);
  return SUMI_OK;
}

SUMI_OP(Rank, "input: T -> output: int32", .doc = "The number of axes of `input`.",
        .shape = rank_shape, .kernel = rank_kernel, .no_grad = "integers",
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 1, 3)},
                      .out = SUMI_S0,
                      .expect = SUMI_VALUES(3),
                      .from = "by hand"}));

static sumi_status_t size_shape(sumi_infer_t *infer) {
  infer->out[0] = SUMI_SCALAR;
  const int64_t count = sumi_dims_count(infer->in[0]);
  if (count >= 0) sumi__tensor_know_scalar(infer, 0, count);
  return SUMI_OK;
}

static sumi_status_t size_kernel(const sumi_kernel_t *kernel) {
  const int64_t count = sumi_array_view_count(&kernel->in[0]);
  if (kernel->out[0].dtype == SUMI_INT32 && count > INT32_MAX)
    return sumi_kernel_fail(kernel, SUMI_OUT_OF_RANGE, "%lld elements do not fit int32",
                            (long long)count);
  sumi__tensor_put_int(&kernel->out[0], 0, count);
  return SUMI_OK;
}

SUMI_OP(Size, "input: T | out_type: type = int32 -> output: out_type ; out_type: int32 int64",
        .doc = "The number of elements of `input`.", .shape = size_shape, .kernel = size_kernel,
        .no_grad = "integers",
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 1, 3)},
                      .out = SUMI_S0,
                      .expect = SUMI_VALUES(6),
                      .from = "by hand"}));

/* ---- BroadcastGradientArgs: which axes a broadcast gradient is summed over ----
 * TensorFlow's rule (core/util/bcast.h): nothing when the shapes are equal; otherwise the axes,
 * counted in the broadcast shape, where the operand's size is 1 or missing and the other's is not
 * 1, and those where both are 1. */

typedef struct reduced_axes {
  int count[2], axis[2][SUMI_MAX_RANK];
} reduced_axes_t;

/* Sizes of a shape, aligned to the right in `rank` axes. */
static int64_t size_from_right(sumi_dims_t dims, int rank, int axis) {
  const int at = axis - (rank - dims.rank);
  return at < 0 ? 1 : dims.size[at];
}

/* False when the shapes do not broadcast. */
static bool axes_to_reduce(const sumi_dims_t *shape, reduced_axes_t *axes) {
  *axes = (reduced_axes_t){0};
  if (sumi_dims_equal(shape[0], shape[1])) return true;
  const int rank = shape[0].rank > shape[1].rank ? shape[0].rank : shape[1].rank;
  for (int axis = 0; axis < rank; ++axis) {
    const int64_t a = size_from_right(shape[0], rank, axis);
    const int64_t b = size_from_right(shape[1], rank, axis);
    if (a != b && a != 1 && b != 1) return false;
    if (a == 1) axes->axis[0][axes->count[0]++] = axis;
    if (b == 1) axes->axis[1][axes->count[1]++] = axis;
  }
  return true;
}

static sumi_status_t broadcast_gradient_args_shape(sumi_infer_t *infer) {
  sumi_dims_t shape[2];
  SUMI_TRY(sumi__tensor_want_dims(infer, 0, "s0", &shape[0]));
  SUMI_TRY(sumi__tensor_want_dims(infer, 1, "s1", &shape[1]));
  infer->out[0] = infer->out[1] = sumi__tensor_vector_dims(SUMI_UNKNOWN_SIZE);
  if (!sumi_dims_known(shape[0]) || !sumi_dims_known(shape[1])) return SUMI_OK;
  reduced_axes_t axes;
  if (!axes_to_reduce(shape, &axes))
    return sumi_refuse(infer, "shapes %s and %s do not broadcast", sumi_dims_text(shape[0]).text,
                       sumi_dims_text(shape[1]).text);
  for (int i = 0; i < 2; ++i) {
    sumi_dims_t list = sumi__tensor_dims_of_rank(axes.count[i]);
    for (int k = 0; k < list.rank; ++k) list.size[k] = axes.axis[i][k];
    infer->out[i] = sumi__tensor_vector_dims(list.rank);
    sumi__tensor_know_dims(infer, i, list);
  }
  return SUMI_OK;
}

static sumi_status_t broadcast_gradient_args_kernel(const sumi_kernel_t *kernel) {
  sumi_dims_t shape[2];
  for (int i = 0; i < 2; ++i) {
    shape[i] = sumi__tensor_dims_of_rank((int)kernel->in[i].dims[0]);
    for (int axis = 0; axis < shape[i].rank; ++axis)
      shape[i].size[axis] = sumi__tensor_view_int(&kernel->in[i], axis);
  }
  reduced_axes_t axes;
  if (!axes_to_reduce(shape, &axes))
    return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT, "shapes %s and %s do not broadcast",
                            sumi_dims_text(shape[0]).text, sumi_dims_text(shape[1]).text);
  for (int i = 0; i < 2; ++i)
    for (int k = 0; k < axes.count[i] && k < kernel->out[i].dims[0]; ++k)
      sumi__tensor_put_int(&kernel->out[i], k, axes.axis[i][k]);
  return SUMI_OK;
}

SUMI_OP(BroadcastGradientArgs, "s0: T, s1: T -> r0: T, r1: T ; T: int32 int64",
        .doc = "The axes over which the gradients of two operands of shapes s0 and s1 are summed "
               "to undo their broadcast.",
        .shape = broadcast_gradient_args_shape, .kernel = broadcast_gradient_args_kernel,
        .no_grad = "integers",
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(3), SUMI_S(2)},
                      .at = {SUMI_VALUES(4, 1, 3), SUMI_VALUES(5, 1)},
                      .dtype = {SUMI_INT32, SUMI_INT32},
                      .out = SUMI_S(1),
                      .expect = SUMI_VALUES(1),
                      .from = "by hand: s0 is repeated along axis 1"},
                     {.input_count = 2,
                      .in = {SUMI_S(1), SUMI_S(2)},
                      .at = {SUMI_VALUES(3), SUMI_VALUES(2, 2)},
                      .dtype = {SUMI_INT32, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "do not broadcast"}));
