/* Matrix products. Source of names and semantics: TensorFlow core/ops/math_ops.cc,
 * python/ops/math_grad.py. */
#include "kernels/gemm.h"
#include "ops/known.h"

#include <sumi/ops.h>

/* ---- MatMul ---- */

static sumi_status_t matmul_shape(sumi_infer_t *infer) {
  SUMI_TRY(sumi__tensor_want_rank(infer, 0, "a", 2));
  SUMI_TRY(sumi__tensor_want_rank(infer, 1, "b", 2));
  const sumi_dims_t unknown = sumi__tensor_dims_of_rank(2);
  const sumi_dims_t a = infer->in[0].rank == 2 ? infer->in[0] : unknown;
  const sumi_dims_t b = infer->in[1].rank == 2 ? infer->in[1] : unknown;
  const int ta = sumi_attr_bool(infer->op, "transpose_a");
  const int tb = sumi_attr_bool(infer->op, "transpose_b");
  const int64_t inner_a = a.size[1 - ta], inner_b = b.size[tb];
  if (inner_a != inner_b && inner_a != SUMI_UNKNOWN_SIZE && inner_b != SUMI_UNKNOWN_SIZE)
    return sumi_refuse(infer, "inner sizes differ: a is %s%s, b is %s%s", sumi_dims_text(a).text,
                       ta ? " transposed" : "", sumi_dims_text(b).text, tb ? " transposed" : "");
  infer->out[0] = SUMI_DIMS(a.size[ta], b.size[1 - tb]);
  return SUMI_OK;
}

static sumi_status_t matmul_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *a = &kernel->in[0], *out = &kernel->out[0];
  const bool ta = sumi_attr_bool(kernel->op, "transpose_a");
  const sumi__tensor_gemm_t gemm = {.dtype = a->dtype,
                                    .transpose_a = ta,
                                    .transpose_b = sumi_attr_bool(kernel->op, "transpose_b"),
                                    .m = out->dims[0],
                                    .n = out->dims[1],
                                    .k = a->dims[ta ? 0 : 1],
                                    .a = a->data,
                                    .b = kernel->in[1].data,
                                    .c = sumi_kernel_out(kernel, 0)};
  return sumi__tensor_gemm(kernel, &gemm);
}

static void matmul_grad(sumi_grad_t *grad) {
  const bool ta = sumi_attr_bool(grad->op, "transpose_a");
  const bool tb = sumi_attr_bool(grad->op, "transpose_b");
  const sumi_tensor_t a = grad->x[0], b = grad->x[1], dy = grad->dy[0];
  grad->dx[0] = ta ? sumi_matmul(b, dy, .transpose_a = tb, .transpose_b = true)
                   : sumi_matmul(dy, b, .transpose_b = !tb);
  grad->dx[1] = tb ? sumi_matmul(dy, a, .transpose_a = true, .transpose_b = ta)
                   : sumi_matmul(a, dy, .transpose_a = !ta);
}

SUMI_OP(MatMul,
        "a: T, b: T | transpose_a: bool = false, transpose_b: bool = false -> product: T ; "
        "T: float32 float64 int32 int64",
        .api = "matmul", .doc = "The product of two matrices, either of which may be transposed.",
        .shape = matmul_shape, .kernel = matmul_kernel, .grad = matmul_grad,
        SUMI_SAMPLES(
            {.input_count = 2,
             .in = {SUMI_S(1, 2), SUMI_S(2, 2)},
             .at = {SUMI_VALUES(1, 2), SUMI_VALUES(3, 5, 5, 4)},
             .out = SUMI_S(1, 2),
             .expect = SUMI_VALUES(13, 13),
             .from = "by hand"},
            {.input_count = 2,
             .in = {SUMI_S(2, 1), SUMI_S(3, 2)},
             .at = {SUMI_VALUES(1, 2), SUMI_VALUES(3, 4, 5, 6, 7, 8)},
             .attrs = "transpose_a = true, transpose_b = true",
             .out = SUMI_S(1, 3),
             .expect = SUMI_VALUES(11, 17, 23),
             .from = "by hand"},
            {.input_count = 2, .in = {SUMI_S(7, 5), SUMI_S(5, 19)}},
            {.input_count = 2, .in = {SUMI_S(5, 7), SUMI_S(5, 6)}, .attrs = "transpose_a = true"},
            {.input_count = 2, .in = {SUMI_S(7, 5), SUMI_S(6, 5)}, .attrs = "transpose_b = true"},
            {.input_count = 2,
             .in = {SUMI_S(5, 7), SUMI_S(6, 5)},
             .attrs = "transpose_a = true, transpose_b = true"},
            {.input_count = 2,
             .in = {SUMI_S(2, 3), SUMI_S(2, 3)},
             .want = SUMI_INVALID_ARGUMENT,
             .message = "inner sizes differ: a is (2, 3), b is (2, 3)"},
            {.input_count = 2,
             .in = {SUMI_S(3), SUMI_S(3, 2)},
             .want = SUMI_INVALID_ARGUMENT,
             .message = "a must have rank 2, its shape is (3,)"}));

/* ---- BatchMatMulV2: matrices in the last two axes, the axes before broadcast ---- */

static sumi_dims_t batch_of(sumi_dims_t dims) {
  if (dims.rank != SUMI_UNKNOWN_RANK) dims.rank -= 2;
  return dims;
}

static sumi_status_t batch_matmul_shape(sumi_infer_t *infer) {
  const sumi_dims_t x = infer->in[0], y = infer->in[1];
  if (x.rank == SUMI_UNKNOWN_RANK || y.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  if (x.rank < 2 || y.rank < 2)
    return sumi_refuse(infer, "x is %s and y is %s; both need at least two axes",
                       sumi_dims_text(x).text, sumi_dims_text(y).text);
  const int tx = sumi_attr_bool(infer->op, "adj_x"), ty = sumi_attr_bool(infer->op, "adj_y");
  const int64_t inner_x = x.size[x.rank - 1 - tx], inner_y = y.size[y.rank - 2 + ty];
  sumi_dims_t out;
  if ((inner_x != inner_y && inner_x != SUMI_UNKNOWN_SIZE && inner_y != SUMI_UNKNOWN_SIZE) ||
      !sumi_dims_broadcast(batch_of(x), batch_of(y), &out))
    return sumi_refuse(infer, "x of shape %s%s does not multiply y of shape %s%s",
                       sumi_dims_text(x).text, tx ? " transposed" : "", sumi_dims_text(y).text,
                       ty ? " transposed" : "");
  out.size[out.rank++] = x.size[x.rank - 2 + tx];
  out.size[out.rank++] = y.size[y.rank - 1 - ty];
  infer->out[0] = out;
  return SUMI_OK;
}

/* How far the operands move for one step along each batch axis of the result; 0 where they are
 * repeated. */
typedef struct batch_strides {
  int rank;
  int64_t size[SUMI_MAX_RANK], x[SUMI_MAX_RANK], y[SUMI_MAX_RANK];
} batch_strides_t;

static void set_strides(const sumi_array_view_t *in, const sumi_array_view_t *out,
                        int64_t *stride) {
  int64_t step = in->dims[in->rank - 2] * in->dims[in->rank - 1];
  for (int axis = out->rank - 3; axis >= 0; --axis) {
    const int at = axis - (out->rank - in->rank);
    const int64_t size = at < 0 ? 1 : in->dims[at];
    stride[axis] = size == 1 ? 0 : step;
    step *= size;
  }
}

static void batch_offsets(const void *context, int64_t index, int64_t *x, int64_t *y) {
  const batch_strides_t *strides = context;
  *x = *y = 0;
  for (int axis = strides->rank - 1; axis >= 0; --axis) {
    const int64_t at = index % strides->size[axis];
    index /= strides->size[axis];
    *x += at * strides->x[axis];
    *y += at * strides->y[axis];
  }
}

static sumi_status_t batch_matmul_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *x = &kernel->in[0], *y = &kernel->in[1], *out = &kernel->out[0];
  const bool tx = sumi_attr_bool(kernel->op, "adj_x");
  const sumi__tensor_gemm_t gemm = {.dtype = x->dtype,
                                    .transpose_a = tx,
                                    .transpose_b = sumi_attr_bool(kernel->op, "adj_y"),
                                    .m = out->dims[out->rank - 2],
                                    .n = out->dims[out->rank - 1],
                                    .k = x->dims[x->rank - (tx ? 2 : 1)],
                                    .a = x->data,
                                    .b = y->data,
                                    .c = sumi_kernel_out(kernel, 0)};
  batch_strides_t strides = {.rank = out->rank - 2};
  for (int axis = 0; axis < strides.rank; ++axis) strides.size[axis] = out->dims[axis];
  set_strides(x, out, strides.x);
  set_strides(y, out, strides.y);
  return sumi__tensor_gemm_batch(kernel, &gemm, sumi__tensor_count_axes(out->dims, 0, strides.rank),
                                 batch_offsets, &strides);
}

static bool same_batches(sumi_dims_t x, sumi_dims_t y) {
  return sumi_dims_known(batch_of(x)) && sumi_dims_equal(batch_of(x), batch_of(y));
}

/* Sums dx over the batch axes along which x was repeated. */
static sumi_tensor_t undo_batch_broadcast(sumi_tensor_t dx, sumi_tensor_t x, sumi_tensor_t other) {
  const sumi_tensor_t shape = sumi_shape(x);
  const sumi_tensor_t mine = sumi_index(shape, ":-2"),
                      theirs = sumi_index(sumi_shape(other), ":-2");
  const sumi_tensor_t axes = sumi_broadcast_gradient_args(mine, theirs);
  return sumi_reshape(sumi_sum(dx, axes), SUMI_TENSORS(shape));
}

static void batch_matmul_grad(sumi_grad_t *grad) {
  const bool tx = sumi_attr_bool(grad->op, "adj_x"), ty = sumi_attr_bool(grad->op, "adj_y");
  const sumi_tensor_t x = grad->x[0], y = grad->x[1], dy = grad->dy[0];
  grad->dx[0] = tx ? sumi_batch_matmul(y, dy, .adj_x = ty, .adj_y = true)
                   : sumi_batch_matmul(dy, y, .adj_y = !ty);
  grad->dx[1] = ty ? sumi_batch_matmul(dy, x, .adj_x = true, .adj_y = tx)
                   : sumi_batch_matmul(x, dy, .adj_x = !tx);
  if (same_batches(sumi_tensor_dims(x), sumi_tensor_dims(y))) return;
  grad->dx[0] = undo_batch_broadcast(grad->dx[0], x, y);
  grad->dx[1] = undo_batch_broadcast(grad->dx[1], y, x);
}

SUMI_OP(BatchMatMulV2,
        "x: T, y: T | adj_x: bool = false, adj_y: bool = false -> output: T ; "
        "T: float32 float64 int32 int64",
        .api = "batch_matmul",
        .doc = "Products of the matrices in the last two axes; the axes before them broadcast.",
        .shape = batch_matmul_shape, .kernel = batch_matmul_kernel, .grad = batch_matmul_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 1, 2), SUMI_S(2, 2, 1)},
                      .at = {SUMI_VALUES(1, 2, 3, 4), SUMI_VALUES(5, 6, 7, 8)},
                      .out = SUMI_S(2, 1, 1),
                      .expect = SUMI_VALUES(17, 53),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(3, 1, 2, 2), SUMI_S(2, 2, 3)},
                      .attrs = "adj_x = true",
                      .lo = -2,
                      .hi = 2},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 2, 3), SUMI_S(2, 4, 3)},
                      .attrs = "adj_y = true",
                      .lo = -2,
                      .hi = 2},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 1, 2), SUMI_S(3, 2, 1)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "x of shape (2, 1, 2) does not multiply"}));

/* ---- tensordot: sums of products over the last axes of a and the first of b ---- */

/* Sizes before and from `axis` on, and how many elements those are. */
typedef struct halves {
  sumi_tensor_t front, back, front_count, back_count;
} halves_t;

static halves_t cut_shape(sumi_tensor_t x, sumi_tensor_t axis) {
  const sumi_tensor_t shape = sumi_shape(x);
  halves_t halves = {.front = sumi_slice(shape, SUMI_SHAPE(0), SUMI_SHAPE(axis)),
                     .back = sumi_slice(shape, SUMI_SHAPE(axis), SUMI_SHAPE(-1))};
  halves.front_count = sumi_reduce_prod(halves.front);
  halves.back_count = sumi_reduce_prod(halves.back);
  return halves;
}

static sumi_tensor_t tensordot_expand(const sumi_build_t *build) {
  const sumi_tensor_t a = build->in[0], b = build->in[1];
  const int ra = sumi_tensor_dims(a).rank, rb = sumi_tensor_dims(b).rank;
  const int64_t axes = sumi_build_attr(build, "axes")->integer;
  if (axes < 0 || (ra >= 0 && axes > ra) || (rb >= 0 && axes > rb))
    return sumi_build_refuse(build, "axes is %lld, the ranks of a and b are %d and %d",
                             (long long)axes, ra, rb);
  const halves_t left = cut_shape(a, sumi_sub(sumi_rank(a), (double)axes));
  const halves_t right = cut_shape(b, sumi_tensor_of_number((double)axes));
  const sumi_tensor_t product = sumi_matmul(
      sumi_reshape(a, SUMI_SHAPE(left.front_count, left.back_count)),
      sumi_reshape(b, SUMI_SHAPE(right.front_count, right.back_count)));
  const sumi_tensor_t shape = sumi_concat(SUMI_TENSORS(left.front, right.back), 0);
  return sumi_reshape(product, SUMI_TENSORS(shape));
}

SUMI_OP(
    tensordot, "a: T, b: T | axes: int = 1 -> output: T ; T: float32 float64 int32 int64",
    .doc = "Sums of products over the last `axes` axes of `a` and as many first axes of `b`: "
           "with 1, the product of [.., k] and [k, n] for any rank of a; with none (SUMI_ZERO_INT) "
           "the outer product.",
    .expand = tensordot_expand,
    SUMI_SAMPLES({.input_count = 2,
                  .in = {SUMI_S(1, 2, 2), SUMI_S(2, 1)},
                  .at = {SUMI_VALUES(1, 2, 3, 4), SUMI_VALUES(5, 6)},
                  .out = SUMI_S(1, 2, 1),
                  .expect = SUMI_VALUES(17, 39),
                  .from = "by hand"},
                 {.input_count = 2,
                  .in = {SUMI_S(2, 3, 2), SUMI_S(3, 2, 2)},
                  .attrs = "axes = 2",
                  .lo = -2,
                  .hi = 2},
                 {.input_count = 2,
                  .in = {SUMI_S(2), SUMI_S(1, 2)},
                  .at = {SUMI_VALUES(2, 3), SUMI_VALUES(5, 7)},
                  .attrs = "axes = 0",
                  .out = SUMI_S(2, 1, 2),
                  .expect = SUMI_VALUES(10, 14, 15, 21),
                  .from = "by hand"},
                 {.input_count = 2,
                  .in = {SUMI_S(2), SUMI_S(2)},
                  .attrs = "axes = 2",
                  .want = SUMI_INVALID_ARGUMENT,
                  .message = "axes is 2, the ranks of a and b are 1 and 1"}));
