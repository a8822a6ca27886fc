/* Repeating along axes. Source of names and semantics: TensorFlow core/ops/array_ops.cc. */
#include "graph/unbroadcast.h"
#include "kernels/copy.h"
#include "ops/known.h"

#include <sumi/ops.h>

/* ---- Tile ---- */

static sumi_status_t tile_shape(sumi_infer_t *infer) {
  sumi_dims_t times;
  SUMI_TRY(sumi__tensor_want_dims(infer, 1, "multiples", &times));
  sumi_dims_t in = infer->in[0];
  if (in.rank == SUMI_UNKNOWN_RANK && times.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  if (in.rank == SUMI_UNKNOWN_RANK) in = sumi__tensor_dims_of_rank(times.rank);
  if (times.rank == SUMI_UNKNOWN_RANK) times = sumi__tensor_dims_of_rank(in.rank);
  if (in.rank != times.rank)
    return sumi_refuse(infer, "multiples has %d elements, input has shape %s", times.rank,
                       sumi_dims_text(in).text);
  sumi_dims_t out = {.rank = in.rank};
  for (int axis = 0; axis < in.rank; ++axis)
    if (!sumi__tensor_mul_sizes(in.size[axis], times.size[axis], &out.size[axis]))
      return sumi_refuse(infer, "axis %d becomes too large", axis);
  infer->out[0] = out;
  return SUMI_OK;
}

/* Each axis becomes two: which repetition, and the input's own. */
static sumi_status_t tile_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *in = &kernel->in[0], *out = &kernel->out[0];
  int64_t in_stride[SUMI_MAX_RANK], out_stride[SUMI_MAX_RANK];
  sumi__tensor_row_major(in->rank, in->dims, in_stride);
  sumi__tensor_row_major(out->rank, out->dims, out_stride);
  sumi__tensor_box_t box = {.rank = 2 * in->rank};
  for (int axis = 0; axis < in->rank; ++axis) {
    if (in->dims[axis] == 0) return SUMI_OK;
    box.size[2 * axis] = out->dims[axis] / in->dims[axis];
    box.to_stride[2 * axis] = in->dims[axis] * out_stride[axis];
    box.from_stride[2 * axis] = 0;
    box.size[2 * axis + 1] = in->dims[axis];
    box.to_stride[2 * axis + 1] = out_stride[axis];
    box.from_stride[2 * axis + 1] = in_stride[axis];
  }
  sumi__tensor_copy_box(kernel, sumi_dtype_size_bytes(in->dtype), &box, sumi_kernel_out(kernel, 0),
                        in->data);
  return SUMI_OK;
}

/* dy as [before, times, rest], summed over `times`: undoes the repetition of one axis. */
static sumi_tensor_t sum_repetitions(sumi_tensor_t dy, sumi_tensor_t before, sumi_tensor_t times,
                                     sumi_tensor_t rest) {
  return sumi_reduce_sum(sumi_reshape(dy, SUMI_SHAPE(before, times, rest)), .axes = SUMI_AXES(1));
}

static bool is_known_one(sumi_tensor_t vector, int element) {
  const sumi_known_t *known = vector.op->outputs[vector.index].known;
  return known && element < known->count && known->has[element] && known->value[element] == 1;
}

/* The sum of the repetitions, axis by axis from the front: axes already done have the input's
 * sizes, those to come the output's. */
static sumi_tensor_t sum_tiles(sumi_tensor_t dy, sumi_tensor_t shape, sumi_tensor_t multiples,
                               int rank) {
  const sumi_tensor_t sizes = sumi_raw_unpack(shape, rank);
  const sumi_tensor_t times = sumi_raw_unpack(multiples, rank);
  const sumi_tensor_t whole = sumi_raw_unpack(sumi_shape(dy), rank);
  sumi_tensor_t rest[SUMI_MAX_RANK]; /* elements of dy past axis i */
  rest[rank - 1] = sumi_tensor_of_number(1);
  for (int axis = rank - 1; axis > 0; --axis)
    rest[axis - 1] = sumi_mul(sumi_output(whole, axis), rest[axis]);
  sumi_tensor_t before = sumi_tensor_of_number(1), dx = dy;
  for (int axis = 0; axis < rank; ++axis) {
    const sumi_tensor_t size = sumi_output(sizes, axis);
    if (!is_known_one(multiples, axis))
      dx = sum_repetitions(dx, before, sumi_output(times, axis), sumi_mul(size, rest[axis]));
    before = sumi_mul(size, before);
  }
  return dx;
}

/* Where the rank is not known: TensorFlow's form, dy as [times, size, times, size, …] summed over
 * every other axis. */
static sumi_tensor_t sum_tiles_of_unknown_rank(sumi_tensor_t dy, sumi_tensor_t shape,
                                               sumi_tensor_t multiples) {
  const sumi_tensor_t pairs = sumi_stack(SUMI_TENSORS(multiples, shape), .axis = 1);
  const sumi_tensor_t split = sumi_reshape(pairs, SUMI_SHAPE(-1));
  const sumi_tensor_t axes = sumi_range(0, sumi_size(split), 2);
  return sumi__tensor_apply("Sum", SUMI_TENSORS(sumi_reshape(dy, SUMI_TENSORS(split)), axes));
}

static void tile_grad(sumi_grad_t *grad) {
  int rank = sumi_tensor_dims(grad->x[0]).rank;
  if (rank == SUMI_UNKNOWN_RANK) rank = sumi_tensor_dims(grad->y[0]).rank;
  const sumi_tensor_t shape = sumi_shape(grad->x[0]);
  sumi_tensor_t dx = grad->dy[0];
  if (rank > 0)
    dx = sum_tiles(dx, shape, grad->x[1], rank);
  else if (rank == SUMI_UNKNOWN_RANK)
    dx = sum_tiles_of_unknown_rank(dx, shape, grad->x[1]);
  grad->dx[0] = sumi_reshape(dx, SUMI_TENSORS(shape));
}

SUMI_OP(Tile,
        "input: T, multiples: shape | Tmultiples: type = int32 -> output: T ; Tmultiples: int32",
        .doc = "`input` repeated multiples[i] times along axis i: sumi_tile(x, SUMI_SHAPE(1, 2)).",
        .unchanged = SUMI_UNCHANGED_COUNT, .shape = tile_shape, .kernel = tile_kernel,
        .grad = tile_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 2), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4), SUMI_VALUES(2, 2)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S(4, 4),
                      .expect = SUMI_VALUES(1, 2, 1, 2, 3, 4, 3, 4, 1, 2, 1, 2, 3, 4, 3, 4),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 2), SUMI_S(1)},
                      .at = {NULL, SUMI_VALUES(2)},
                      .dtype = {0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "multiples has 1 elements, input has shape (2, 2)"}));

/* ---- BroadcastTo ---- */

static sumi_status_t broadcast_to_shape(sumi_infer_t *infer) {
  sumi_dims_t want, joined;
  SUMI_TRY(sumi__tensor_want_dims(infer, 1, "shape", &want));
  infer->out[0] = want;
  const sumi_dims_t in = infer->in[0];
  if (want.rank == SUMI_UNKNOWN_RANK || in.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  if (infer->actual && !sumi_dims_known(want)) return SUMI_OK; /* only its values can be right */
  if (in.rank > want.rank || !sumi_dims_broadcast(in, want, &joined) ||
      !sumi_merge_dims(joined, want, &infer->out[0]))
    return sumi_refuse(infer, "input of shape %s does not broadcast to %s", sumi_dims_text(in).text,
                       sumi_dims_text(want).text);
  return SUMI_OK;
}

static sumi_status_t broadcast_to_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *in = &kernel->in[0], *out = &kernel->out[0];
  sumi__tensor_box_t box = {.rank = out->rank};
  int64_t in_stride[SUMI_MAX_RANK];
  sumi__tensor_row_major(in->rank, in->dims, in_stride);
  sumi__tensor_row_major(out->rank, out->dims, box.to_stride);
  for (int axis = 0; axis < out->rank; ++axis) {
    const int at = axis - (out->rank - in->rank);
    box.size[axis] = out->dims[axis];
    box.from_stride[axis] = at < 0 || in->dims[at] == 1 ? 0 : in_stride[at];
  }
  sumi__tensor_copy_box(kernel, sumi_dtype_size_bytes(in->dtype), &box, sumi_kernel_out(kernel, 0),
                        in->data);
  return SUMI_OK;
}

static void broadcast_to_grad(sumi_grad_t *grad) {
  const sumi_tensor_t shape = sumi_shape(grad->x[0]);
  const sumi_tensor_t axes = sumi_broadcast_gradient_args(shape, sumi_shape(grad->dy[0]));
  grad->dx[0] = sumi_reshape(sumi__tensor_apply("Sum", SUMI_TENSORS(grad->dy[0], axes)),
                             SUMI_TENSORS(shape));
}

SUMI_OP(BroadcastTo, "input: T, shape: shape | Tidx: type = int32 -> output: T ; Tidx: int32",
        .doc = "`input` repeated to that shape by the rules of broadcasting.",
        .unchanged = SUMI_UNCHANGED_COUNT, .shape = broadcast_to_shape,
        .kernel = broadcast_to_kernel, .grad = broadcast_to_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 1), SUMI_S(3)},
                      .at = {SUMI_VALUES(1, 2), SUMI_VALUES(2, 2, 2)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S(2, 2, 2),
                      .expect = SUMI_VALUES(1, 1, 2, 2, 1, 1, 2, 2),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(2), SUMI_S(1)},
                      .at = {NULL, SUMI_VALUES(3)},
                      .dtype = {0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "input of shape (2,) does not broadcast to (3,)"}));
