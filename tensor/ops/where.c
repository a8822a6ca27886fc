/* Shapes that depend on values. Source of names and semantics: TensorFlow core/ops/array_ops.cc. */
#include "ops/known.h"

#include <sumi/ops.h>

#include <string.h>

/* ---- Where: the coordinates of what is not zero ---- */

static sumi_status_t where_shape(sumi_infer_t *infer) {
  const int rank = infer->in[0].rank;
  infer->out[0] = sumi__tensor_dims_of_rank(2);
  if (rank != SUMI_UNKNOWN_RANK) infer->out[0].size[1] = rank;
  return SUMI_OK;
}

static bool is_nonzero(const sumi_array_view_t *view, int64_t index) {
  return view->dtype == SUMI_BOOL ? ((const bool *)view->data)[index]
                                  : sumi_array_view_double(view, index) != 0;
}

static void put_coordinates(const sumi_array_view_t *in, int64_t index, int64_t *to) {
  for (int axis = in->rank - 1; axis >= 0; --axis) {
    to[axis] = index % in->dims[axis];
    index /= in->dims[axis];
  }
}

static sumi_status_t where_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *in = &kernel->in[0];
  const int64_t count = sumi_array_view_count(in);
  int64_t found = 0;
  for (int64_t i = 0; i < count; ++i) found += is_nonzero(in, i);
  sumi_array_t *out = sumi_array_new_uninitialized(SUMI_INT64, SUMI_DIMS(found, in->rank));
  if (!out) return sumi_kernel_fail(kernel, SUMI_RESOURCE_EXHAUSTED, "%s", sumi_error_message());
  int64_t *to = sumi_array_data(out);
  for (int64_t i = 0; i < count; ++i) {
    if (!is_nonzero(in, i)) continue;
    put_coordinates(in, i, to);
    to += in->rank;
  }
  kernel->dynamic[0] = out;
  return SUMI_OK;
}

SUMI_OP(Where, "input: T -> index: int64 ; T: bool float32 float64 int32 int64 uint8 int8 int16",
        .doc = "The coordinates of the elements that are not zero, a row for each, in row-major "
               "order.",
        .shape = where_shape, .kernel = where_kernel, .no_grad = "integers",
        .flags = SUMI_OP_DYNAMIC,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 2)},
                      .at = {SUMI_VALUES(0, 1, 1, 0)},
                      .dtype = {SUMI_BOOL},
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(0, 1, 1, 0),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .dtype = {SUMI_UINT64},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "Where is not defined for uint64"}));

/* ---- boolean_mask: the slices where a mask is true ---- */

static sumi_tensor_t boolean_mask_expand(const sumi_build_t *build) {
  const sumi_tensor_t tensor = build->in[0], mask = build->in[1];
  const int rank = sumi_tensor_dims(mask).rank;
  if (rank < 1)
    return sumi_build_refuse(build, "mask has shape %s, expected a known rank of at least 1",
                             sumi_dims_text(sumi_tensor_dims(mask)).text);
  sumi_tensor_t rows = tensor;
  if (rank > 1) {
    const sumi_tensor_t shape = sumi_shape(tensor);
    const sumi_tensor_t rest = sumi_slice(shape, SUMI_SHAPE(rank), SUMI_SHAPE(-1));
    const sumi_tensor_t count = sumi_reshape(sumi_size(mask), SUMI_SHAPE(1));
    rows = sumi_reshape(tensor, SUMI_TENSORS(sumi_concat(SUMI_TENSORS(count, rest), 0)));
  }
  const sumi_tensor_t where = sumi_where(sumi_reshape(mask, SUMI_SHAPE(-1)));
  return sumi_gather(rows, sumi_squeeze(where, .axes = SUMI_AXES(1)));
}

SUMI_OP(boolean_mask, "tensor: T, mask: bool -> output: T",
        .doc = "The slices tensor[i, …] where mask[i, …] is true; the axes of mask, which come "
               "first, become one.",
        .expand = boolean_mask_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(3), SUMI_S(3)},
                      .at = {SUMI_VALUES(5, 6, 7), SUMI_VALUES(1, 0, 1)},
                      .dtype = {0, SUMI_BOOL},
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(5, 7),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(3), SUMI_S0},
                      .dtype = {0, SUMI_BOOL},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "mask has shape (), expected a known rank"}));
