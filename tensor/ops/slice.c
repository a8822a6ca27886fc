/* A box out of a tensor. Source of names and semantics: TensorFlow core/ops/array_ops.cc. */
#include "kernels/copy.h"
#include "ops/known.h"

#include <sumi/ops.h>

/* Size of the slice along an axis, -1 when it does not follow. */
static sumi_status_t sliced_size(const sumi_infer_t *infer, int axis, int64_t whole, int64_t *out) {
  int64_t begin = 0, size = 0;
  const bool begins = sumi__tensor_known_element(infer, 1, axis, &begin);
  const bool sized = sumi__tensor_known_element(infer, 2, axis, &size);
  *out = SUMI_UNKNOWN_SIZE;
  if (begins && (begin < 0 || (whole >= 0 && begin > whole)))
    return sumi_refuse(infer, "begin of axis %d is %lld, expected a value in [0, %lld]", axis,
                       (long long)begin, (long long)whole);
  if (!sized) return SUMI_OK;
  if (size < -1)
    return sumi_refuse(infer, "size of axis %d is %lld, expected at least -1", axis,
                       (long long)size);
  if (size == -1) {
    if (begins && whole >= 0) *out = whole - begin;
    return SUMI_OK;
  }
  if (whole >= 0 && size > whole - (begins ? begin : 0))
    return sumi_refuse(infer, "axis %d of size %lld has no %lld elements from %lld on", axis,
                       (long long)whole, (long long)size, (long long)(begins ? begin : 0));
  *out = size;
  return SUMI_OK;
}

static sumi_status_t slice_shape(sumi_infer_t *infer) {
  int begin_length, size_length;
  SUMI_TRY(sumi__tensor_want_length(infer, 1, "begin", &begin_length));
  SUMI_TRY(sumi__tensor_want_length(infer, 2, "size", &size_length));
  sumi_dims_t in = infer->in[0];
  int rank = in.rank;
  if (rank == SUMI_UNKNOWN_RANK) rank = begin_length;
  if (rank == SUMI_UNKNOWN_RANK) rank = size_length;
  if (rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  if (in.rank == SUMI_UNKNOWN_RANK) in = sumi__tensor_dims_of_rank(rank);
  if ((begin_length != SUMI_UNKNOWN_RANK && begin_length != rank) ||
      (size_length != SUMI_UNKNOWN_RANK && size_length != rank))
    return sumi_refuse(infer, "begin and size must have an element for each axis of %s",
                       sumi_dims_text(in).text);
  infer->out[0] = sumi__tensor_dims_of_rank(rank);
  for (int axis = 0; axis < rank; ++axis)
    SUMI_TRY(sliced_size(infer, axis, in.size[axis], &infer->out[0].size[axis]));
  int64_t begin;
  if (rank == 1 && infer->out[0].size[0] >= 0 && sumi__tensor_known_element(infer, 1, 0, &begin) &&
      begin <= SUMI_MAX_RANK && infer->out[0].size[0] <= SUMI_MAX_RANK)
    sumi__tensor_know_part(infer, 0, 0, (int)begin, (int)infer->out[0].size[0]);
  return SUMI_OK;
}

static sumi_status_t slice_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *in = &kernel->in[0], *out = &kernel->out[0];
  sumi__tensor_box_t box = {.rank = in->rank};
  sumi__tensor_row_major(in->rank, in->dims, box.from_stride);
  sumi__tensor_row_major(out->rank, out->dims, box.to_stride);
  int64_t start = 0;
  for (int axis = 0; axis < in->rank; ++axis) {
    const int64_t begin = sumi__tensor_view_int(&kernel->in[1], axis);
    if (begin < 0 || begin > in->dims[axis] || out->dims[axis] > in->dims[axis] - begin)
      return sumi_kernel_fail(
          kernel, SUMI_INVALID_ARGUMENT, "axis %d of size %lld has no %lld elements from %lld on",
          axis, (long long)in->dims[axis], (long long)out->dims[axis], (long long)begin);
    start += begin * box.from_stride[axis];
    box.size[axis] = out->dims[axis];
  }
  const size_t bytes = sumi_dtype_size_bytes(in->dtype);
  if (sumi_array_view_count(out) > 0)
    sumi__tensor_copy_box(kernel, bytes, &box, sumi_kernel_out(kernel, 0),
                          (const char *)in->data + (size_t)start * bytes);
  return SUMI_OK;
}

/* dy with zeros around it. */
static void slice_grad(sumi_grad_t *grad) {
  const sumi_tensor_t begin = grad->x[1], end = sumi_add(begin, sumi_shape(grad->y[0]));
  grad->dx[0] = sumi_strided_slice_grad(sumi_shape(grad->x[0]), begin, end, sumi_ones_like(begin),
                                        grad->dy[0]);
}

SUMI_OP(Slice,
        "input: T, begin: shape, size: shape | Index: type = int32 -> output: T ; Index: int32",
        .doc = "The elements of `input` from `begin` on, `size` of them along each axis; a size of "
               "-1 is all that are left: sumi_slice(x, SUMI_SHAPE(0, 1), SUMI_SHAPE(2, -1)).",
        .unchanged = SUMI_UNCHANGED_COUNT, .shape = slice_shape, .kernel = slice_kernel,
        .grad = slice_grad,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(2, 3), SUMI_S(2), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(0, 1), SUMI_VALUES(-1, 2)},
                      .dtype = {0, SUMI_INT32, SUMI_INT32},
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(2, 3, 5, 6),
                      .from = "by hand"},
                     {.input_count = 3,
                      .in = {SUMI_S(2, 3), SUMI_S(2), SUMI_S(2)},
                      .at = {NULL, SUMI_VALUES(0, 2), SUMI_VALUES(1, 2)},
                      .dtype = {0, SUMI_INT32, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "axis 1 of size 3 has no 2 elements from 2 on"}));
