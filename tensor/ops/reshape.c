/* The same elements under another shape. Source of names and semantics: TensorFlow
 * core/ops/array_ops.cc. */
#include "ops/known.h"

#include <sumi/ops.h>

/* ---- Reshape ---- */

/* Sizes multiplied as far as they are known, and which one is not. */
typedef struct product {
  int64_t known;
  int unknown_count, unknown_axis;
  bool overflow;
} product_t;

static product_t multiply(sumi_dims_t dims) {
  product_t product = {.known = 1};
  for (int axis = 0; axis < dims.rank; ++axis) {
    if (dims.size[axis] == SUMI_UNKNOWN_SIZE) {
      ++product.unknown_count;
      product.unknown_axis = axis;
    } else if (!sumi__tensor_mul_sizes(product.known, dims.size[axis], &product.known)) {
      product.overflow = true;
    }
  }
  return product;
}

/* The shape as asked for: sizes, -1 where it follows from the others or is not known yet. *wild is
 * the place of the -1 that was given as such, -1 without one. */
static sumi_status_t asked_dims(const sumi_infer_t *infer, sumi_dims_t *dims, int *wild) {
  int length;
  SUMI_TRY(sumi__tensor_want_length(infer, 1, "shape", &length));
  *wild = -1;
  *dims = length == SUMI_UNKNOWN_RANK ? SUMI_DIMS_UNKNOWN : sumi__tensor_dims_of_rank(length);
  for (int i = 0; i < length; ++i) {
    int64_t size;
    if (!sumi__tensor_known_element(infer, 1, i, &size)) continue;
    if (size < -1)
      return sumi_refuse(infer, "element %d of shape is %lld, expected at least -1", i,
                         (long long)size);
    if (size == -1 && *wild >= 0)
      return sumi_refuse(infer, "only one size may be -1, not both %d and %d", *wild, i);
    if (size == -1) *wild = i;
    dims->size[i] = size;
  }
  return SUMI_OK;
}

static sumi_status_t reshape_mismatch(const sumi_infer_t *infer, sumi_dims_t asked) {
  return sumi_refuse(infer, "a tensor of shape %s cannot be reshaped to %s",
                     sumi_dims_text(infer->in[0]).text, sumi_dims_text(asked).text);
}

static int64_t product_without_zeros(sumi_dims_t dims) {
  int64_t product = 1;
  for (int axis = 0; axis < dims.rank; ++axis)
    if (dims.size[axis] > 0) product *= dims.size[axis];
  return product;
}

/* TensorFlow's SetOutputShapeForReshape: as much as follows from the number of elements. */
static sumi_status_t reshape_shape(sumi_infer_t *infer) {
  sumi_dims_t asked;
  int wild;
  SUMI_TRY(asked_dims(infer, &asked, &wild));
  infer->out[0] = asked;
  const sumi_dims_t in = infer->in[0];
  if (asked.rank == SUMI_UNKNOWN_RANK || in.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  const product_t from = multiply(in), to = multiply(asked);
  if (from.overflow || to.overflow) return sumi_refuse(infer, "too many elements");
  if (to.unknown_count == 0 && from.unknown_count == 0 && to.known != from.known)
    return reshape_mismatch(infer, asked);
  if (to.unknown_count == 0 && from.unknown_count == 1 && from.known != 0 &&
      to.known % from.known != 0)
    return reshape_mismatch(infer, asked);
  if (to.unknown_count == 1 && from.unknown_count == 0) {
    if (to.known > 0) {
      if (from.known % to.known != 0) return reshape_mismatch(infer, asked);
      infer->out[0].size[to.unknown_axis] = from.known / to.known;
    } else if (wild >= 0 && from.known == 0) {
      infer->out[0].size[wild] = product_without_zeros(in) / product_without_zeros(asked);
    } else if (wild >= 0) {
      return sumi_refuse(infer, "the size for -1 in %s does not follow: another size is 0",
                         sumi_dims_text(asked).text);
    }
  }
  sumi__tensor_know_reshaped(infer);
  return SUMI_OK;
}

SUMI_OP(Reshape, "tensor: T, shape: shape | Tshape: type = int32 -> output: T ; Tshape: int32",
        .doc = "The elements of `tensor` in row-major order under another shape; one size may be "
               "-1 and follows from the others: sumi_reshape(x, SUMI_SHAPE(n, -1)).",
        .shape = reshape_shape, .grad = sumi__tensor_grad_reshape_back, .flags = SUMI_OP_ALIAS,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(3, -1)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S(3, 2),
                      .expect = SUMI_VALUES(1, 2, 3, 4, 5, 6),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(0, 6), SUMI_S(2)},
                      .at = {NULL, SUMI_VALUES(0, -1)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S(0, 6),
                      .expect = SUMI_VALUES(0),
                      .from = "TensorFlow 2.21"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(2)},
                      .at = {NULL, SUMI_VALUES(4, -1)},
                      .dtype = {0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "(2, 3) cannot be reshaped to (4, ?)"}));

/* ---- Squeeze: without axes of size 1 ---- */

static sumi_status_t squeeze_shape(sumi_infer_t *infer) {
  const sumi_dims_t in = infer->in[0], axes = sumi_attr_dims(infer->op, "squeeze_dims");
  if (in.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  bool drop[SUMI_MAX_RANK] = {false};
  for (int i = 0; i < axes.rank; ++i) {
    int axis;
    SUMI_TRY(sumi__tensor_want_axis(infer, "squeeze_dims", axes.size[i], in.rank, &axis));
    if (in.size[axis] != 1 && in.size[axis] != SUMI_UNKNOWN_SIZE)
      return sumi_refuse(infer, "axis %d cannot be squeezed: its size is %lld, expected 1", axis,
                         (long long)in.size[axis]);
    drop[axis] = true;
  }
  sumi_dims_t out = {.rank = 0};
  for (int axis = 0; axis < in.rank; ++axis) {
    if (axes.rank == 0 && in.size[axis] == SUMI_UNKNOWN_SIZE) return SUMI_OK; /* rank unknown */
    if (axes.rank == 0 && in.size[axis] == 1) drop[axis] = true;
    if (!drop[axis]) out.size[out.rank++] = in.size[axis];
  }
  infer->out[0] = out;
  sumi__tensor_know_reshaped(infer);
  return SUMI_OK;
}

SUMI_OP(Squeeze, "input: T | squeeze_dims: ints = -> output: T", .api = "raw_squeeze",
        .doc = "`input` without the axes of size 1 that `squeeze_dims` lists; without all of them "
               "when the list is empty.",
        .shape = squeeze_shape, .grad = sumi__tensor_grad_reshape_back, .flags = SUMI_OP_ALIAS,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(1, 2, 1)},
                      .at = {SUMI_VALUES(5, 6)},
                      .attrs = "squeeze_dims = 2",
                      .out = SUMI_S(1, 2),
                      .expect = SUMI_VALUES(5, 6),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(1, 2, 1)},
                      .at = {SUMI_VALUES(5, 6)},
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(5, 6),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(1, 2)},
                      .attrs = "squeeze_dims = 1",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "axis 1 cannot be squeezed: its size is 2"}));

static sumi_tensor_t squeeze_expand(const sumi_build_t *build) {
  return sumi_raw_squeeze(build->in[0], .squeeze_dims = sumi_build_attr(build, "axes")->dims,
                          .name = "Squeeze");
}

SUMI_OP(squeeze, "input: T | axes: ints = -> output: T",
        .doc = "`input` without the listed axes, which must have size 1; without all axes of size "
               "1 when none is listed.",
        .expand = squeeze_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(1, 2, 1)},
                      .at = {SUMI_VALUES(5, 6)},
                      .attrs = "axes = 0",
                      .out = SUMI_S(2, 1),
                      .expect = SUMI_VALUES(5, 6),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(1, 2)},
                      .attrs = "axes = 1",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "axis 1 cannot be squeezed: its size is 2"}));

/* ---- ExpandDims: with a new axis of size 1 ---- */

static sumi_status_t expand_dims_shape(sumi_infer_t *infer) {
  const sumi_dims_t in = infer->in[0];
  if (in.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  if (in.rank == SUMI_MAX_RANK)
    return sumi_refuse(infer, "input has %d axes already, the most there may be", in.rank);
  int64_t dim;
  if (!sumi__tensor_known_element(infer, 1, 0, &dim)) {
    infer->out[0] = sumi__tensor_dims_of_rank(in.rank + 1);
    return SUMI_OK;
  }
  int at;
  SUMI_TRY(sumi__tensor_want_axis(infer, "dim", dim, in.rank + 1, &at));
  sumi_dims_t out = {.rank = in.rank + 1};
  for (int axis = 0; axis < out.rank; ++axis)
    out.size[axis] = axis == at ? 1 : in.size[axis - (axis > at)];
  infer->out[0] = out;
  sumi__tensor_know_reshaped(infer);
  return SUMI_OK;
}

SUMI_OP(ExpandDims, "input: T, dim: Tdim -> output: T ; Tdim: int32 int64",
        .doc = "`input` with an axis of size 1 put in at `dim`; -1 is after the last.",
        .shape = expand_dims_shape, .grad = sumi__tensor_grad_reshape_back, .flags = SUMI_OP_ALIAS,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2), SUMI_S0},
                      .at = {SUMI_VALUES(5, 6), SUMI_VALUES(-1)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S(2, 1),
                      .expect = SUMI_VALUES(5, 6),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(2), SUMI_S0},
                      .at = {NULL, SUMI_VALUES(2)},
                      .dtype = {0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "dim is 2, expected a value in [-2, 2)"}));

/* ---- Identity, StopGradient ---- */

SUMI_OP(Identity, "input: T -> output: T", .doc = "`input` itself, under another name.",
        .unchanged = SUMI_UNCHANGED_ALWAYS, .shape = sumi_shape_same_as_input,
        .grad = sumi__tensor_grad_pass, .flags = SUMI_OP_ALIAS,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(5, 6)},
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(5, 6),
                      .from = "by hand"}));

SUMI_OP(StopGradient, "input: T -> output: T", .doc = "`input`, taken as constant by gradients.",
        .shape = sumi_shape_same_as_input, .no_grad = "that is its purpose", .flags = SUMI_OP_ALIAS,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(5, 6)},
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(5, 6),
                      .from = "by hand"}));

/* ---- EnsureShape: a shape that is checked in every run ---- */

static sumi_status_t ensure_shape_shape(sumi_infer_t *infer) {
  const sumi_dims_t want = sumi_attr_dims(infer->op, "shape");
  if (!sumi_merge_dims(infer->in[0], want, &infer->out[0]))
    return sumi_refuse(infer, "input has shape %s, expected %s", sumi_dims_text(infer->in[0]).text,
                       sumi_dims_text(want).text);
  const sumi_known_t *known = sumi_infer_known(infer, 0);
  if (known) infer->known_out[0] = *known;
  return SUMI_OK;
}

SUMI_OP(EnsureShape, "input: T | shape: shape -> output: T",
        .doc = "`input`; a run in which it does not have the shape fails.",
        .shape = ensure_shape_shape, .grad = sumi__tensor_grad_pass, .flags = SUMI_OP_ALIAS,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(5, 6)},
                      .attrs = "shape = -1",
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(5, 6),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .attrs = "shape = 3",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "input has shape (2,), expected (3,)"}));
