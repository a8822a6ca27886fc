/* Where values come from: constants, placeholders, filled tensors.
 * Source of names and semantics: TensorFlow core/ops/array_ops.cc. */
#include "kernels/copy.h"
#include "ops/known.h"

#include <sumi/constants.h>
#include <sumi/ops.h>

#include <string.h>

/* ---- Const: a value that is part of the graph ---- */

static sumi_status_t const_shape(sumi_infer_t *infer) {
  const sumi_array_t *value = sumi_op_attr(infer->op, "value")->array;
  if (!value) return sumi_refuse(infer, "the value is NULL");
  const sumi_dtype_t dtype = sumi_array_dtype(value), want = sumi_attr_type(infer->op, "dtype");
  if (dtype != want)
    return sumi_refuse(infer, "the value is %s, dtype is %s", sumi_dtype_name(dtype),
                       sumi_dtype_name(want));
  infer->out[0] = sumi_array_dims(value);
  const int rank = infer->out[0].rank;
  const int64_t count = sumi_array_count(value);
  if (rank > 1 || count > SUMI_MAX_RANK || (dtype != SUMI_INT32 && dtype != SUMI_INT64))
    return SUMI_OK;
  sumi_known_t *known = &infer->known_out[0];
  *known = (sumi_known_t){.valid = true, .scalar = rank == 0, .count = (int)count};
  const sumi_array_view_t view = sumi_array_view(value);
  for (int i = 0; i < known->count; ++i) {
    known->has[i] = true;
    known->value[i] = sumi__tensor_view_int(&view, i);
  }
  return SUMI_OK;
}

static sumi_status_t const_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_t *value = sumi_op_attr(kernel->op, "value")->array;
  const size_t size_bytes = sumi_array_size_bytes(value);
  if (size_bytes) memcpy(sumi_kernel_out(kernel, 0), sumi_array_data(value), size_bytes);
  return SUMI_OK;
}

SUMI_OP(Const, "| value: array, dtype: type -> output: dtype",
        .doc = "The array `value`. <sumi/constants.h> has pleasant ways to make one.",
        .source = SUMI_SOURCE_CONSTANT, .shape = const_shape, .kernel = const_kernel,
        .no_grad = "it has no inputs");

/* ---- Placeholder: a value that is fed ---- */

static sumi_status_t placeholder_shape(sumi_infer_t *infer) {
  infer->out[0] = sumi_attr_dims(infer->op, "shape");
  return SUMI_OK;
}

static sumi_status_t placeholder_kernel(const sumi_kernel_t *kernel) {
  return sumi_kernel_fail(
      kernel, SUMI_FAILED_PRECONDITION, "placeholder '%s' of dtype %s and shape %s must be fed",
      sumi_op_name(kernel->op), sumi_dtype_name(sumi_attr_type(kernel->op, "dtype")),
      sumi_dims_text(sumi_attr_dims(kernel->op, "shape")).text);
}

SUMI_OP(Placeholder, "| dtype: type, shape: shape = ? -> output: dtype",
        .doc = "A value that each run is fed. Sizes of -1 in `shape` may differ from run to run.",
        .source = SUMI_SOURCE_FEED, .shape = placeholder_shape, .kernel = placeholder_kernel,
        .no_grad = "it has no inputs");

/* ---- PlaceholderWithDefault: its input unless it is fed ---- */

static sumi_status_t default_shape(sumi_infer_t *infer) {
  const sumi_dims_t want = sumi_attr_dims(infer->op, "shape");
  sumi_dims_t merged;
  if (!sumi_merge_dims(want, infer->in[0], &merged))
    return sumi_refuse(infer, "input has shape %s, shape is %s", sumi_dims_text(infer->in[0]).text,
                       sumi_dims_text(want).text);
  infer->out[0] = infer->actual ? merged : want;
  return SUMI_OK;
}

SUMI_OP(PlaceholderWithDefault, "input: dtype | shape: shape -> output: dtype",
        .doc = "`input` when the run is not fed this tensor. `shape` is its static shape.",
        .shape = default_shape, .grad = sumi__tensor_grad_pass, .flags = SUMI_OP_ALIAS,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2)},
                      .attrs = "shape = -1",
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(1, 2),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .attrs = "shape = 3",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "input has shape (2,), shape is (3,)"}));

/* ---- Fill: one number everywhere ---- */

static sumi_status_t fill_shape(sumi_infer_t *infer) {
  SUMI_TRY(sumi__tensor_want_rank(infer, 1, "value", 0));
  SUMI_TRY(sumi__tensor_want_dims(infer, 0, "dims", &infer->out[0]));
  int64_t value;
  const sumi_dims_t dims = infer->out[0];
  if (dims.rank < 0 || dims.rank > 1 || !sumi__tensor_known_element(infer, 1, 0, &value))
    return SUMI_OK;
  const int64_t count = sumi_dims_count(dims);
  if (count < 0 || count > SUMI_MAX_RANK) return SUMI_OK;
  sumi_known_t *known = &infer->known_out[0];
  *known = (sumi_known_t){.valid = true, .scalar = dims.rank == 0, .count = (int)count};
  for (int i = 0; i < known->count; ++i) known->has[i] = true, known->value[i] = value;
  return SUMI_OK;
}

static sumi_status_t fill_kernel(const sumi_kernel_t *kernel) {
  sumi__tensor_fill(sumi_dtype_size_bytes(kernel->out[0].dtype),
                    sumi_array_view_count(&kernel->out[0]), sumi_kernel_out(kernel, 0),
                    kernel->in[1].data);
  return SUMI_OK;
}

static void fill_grad(sumi_grad_t *grad) {
  grad->dx[1] = sumi_reduce_sum(grad->dy[0]);
}

SUMI_OP(Fill, "dims: shape, value: T | index_type: type = int32 -> output: T ; index_type: int32",
        .doc = "A tensor of shape `dims` with all elements equal to the scalar `value`.",
        .shape = fill_shape, .kernel = fill_kernel, .grad = fill_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2), SUMI_S0},
                      .at = {SUMI_VALUES(2, 3), SUMI_VALUES(7.5)},
                      .dtype = {SUMI_INT32},
                      .out = SUMI_S(2, 3),
                      .expect = SUMI_VALUES(7.5, 7.5, 7.5, 7.5, 7.5, 7.5),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(2), SUMI_S0},
                      .at = {SUMI_VALUES(2, -3), SUMI_VALUES(1)},
                      .dtype = {SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "element 1 of dims is -3"}));

/* ---- ZerosLike, OnesLike ---- */

static sumi_status_t fill_output(const sumi_kernel_t *kernel, double value) {
  const sumi_array_view_t *out = &kernel->out[0];
  int64_t element;
  sumi__tensor_store(out->dtype, value, &element);
  sumi__tensor_fill(sumi_dtype_size_bytes(out->dtype), sumi_array_view_count(out),
                    sumi_kernel_out(kernel, 0), &element);
  return SUMI_OK;
}

static sumi_status_t zeros_like_kernel(const sumi_kernel_t *kernel) {
  return fill_output(kernel, 0);
}

static sumi_status_t ones_like_kernel(const sumi_kernel_t *kernel) {
  return fill_output(kernel, 1);
}

static sumi_status_t like_shape(sumi_infer_t *infer) {
  infer->out[0] = infer->in[0];
  return SUMI_OK;
}

SUMI_OP(ZerosLike,
        "x: T -> y: T ; T: float32 float64 int32 int64 uint8 int8 int16 uint16 uint32 uint64 bool",
        .doc = "Zeros with the shape and dtype of `x`.", .shape = like_shape,
        .kernel = zeros_like_kernel, .no_grad = "it does not depend on the values of x",
        .flags = SUMI_OP_SHAPE_ONLY,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 2)},
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(0, 0, 0, 0),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .dtype = {SUMI_STRING},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "is not defined for string"}));

SUMI_OP(OnesLike,
        "x: T -> y: T ; T: float32 float64 int32 int64 uint8 int8 int16 uint16 uint32 uint64 bool",
        .doc = "Ones with the shape and dtype of `x`.", .shape = like_shape,
        .kernel = ones_like_kernel, .no_grad = "it does not depend on the values of x",
        .flags = SUMI_OP_SHAPE_ONLY,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(3)},
                      .out = SUMI_S(3),
                      .expect = SUMI_VALUES(1, 1, 1),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .dtype = {SUMI_STRING},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "is not defined for string"}));

/* ---- zeros, ones: the composites of TensorFlow's Python ---- */

static sumi_tensor_t fill_with(const sumi_build_t *build, double value) {
  return sumi_fill(build->graph, SUMI_LIST(1, build->in),
                   sumi_scalar(build->graph, sumi_build_attr(build, "dtype")->type, value));
}

static sumi_tensor_t zeros_expand(const sumi_build_t *build) {
  return fill_with(build, 0);
}

static sumi_tensor_t ones_expand(const sumi_build_t *build) {
  return fill_with(build, 1);
}

SUMI_OP(zeros, "shape: shape | dtype: type = float32 -> output: dtype",
        .doc = "Zeros of that shape: sumi_zeros(g, SUMI_SHAPE(2, n), .dtype = SUMI_INT32).",
        .expand = zeros_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 3)},
                      .dtype = {SUMI_INT32},
                      .out = SUMI_S(1, 3),
                      .expect = SUMI_VALUES(0, 0, 0),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(1, -1)},
                      .dtype = {SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "element 1 of dims is -1"}));

SUMI_OP(ones, "shape: shape | dtype: type = float32 -> output: dtype", .doc = "Ones of that shape.",
        .expand = ones_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 3)},
                      .dtype = {SUMI_INT32},
                      .out = SUMI_S(1, 3),
                      .expect = SUMI_VALUES(1, 1, 1),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(1, -1)},
                      .dtype = {SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "element 1 of dims is -1"}));
