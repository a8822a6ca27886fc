/* Reductions over listed axes. Raw ops take the axes as a tensor, as in TensorFlow;
 * reduce_composite.c has the pleasant ones.
 * Source of names and semantics: TensorFlow core/ops/math_ops.cc, python/ops/math_grad.py. */
#include "ops/reduce.h"
#include "graph/graph_internal.h"
#include "kernels/reduce.h"
#include "ops/known.h"

#include <sumi/ops.h>

/* ---- Shapes ---- */

sumi_status_t sumi__tensor_known_axes(const sumi_infer_t *infer, int rank, unsigned *axes,
                                      bool *known) {
  const sumi_dims_t dims = infer->in[1];
  const sumi_known_t *elements = sumi_infer_known(infer, 1);
  if (dims.rank > 1)
    return sumi_refuse(infer, "reduction_indices must be a scalar or a vector, its shape is %s",
                       sumi_dims_text(dims).text);
  *axes = 0;
  *known = elements && rank != SUMI_UNKNOWN_RANK;
  for (int i = 0; *known && i < elements->count; ++i) {
    int axis;
    if (!elements->has[i]) {
      *known = false;
      break;
    }
    SUMI_TRY(sumi__tensor_want_axis(infer, "reduction_indices", elements->value[i], rank, &axis));
    if (*axes >> axis & 1u) return sumi_refuse(infer, "reduction_indices has axis %d twice", axis);
    *axes |= 1u << axis;
  }
  return SUMI_OK;
}

static sumi_dims_t reduced_dims(sumi_dims_t dims, unsigned axes, bool keep_dims) {
  sumi_dims_t result = {.size = {1}};
  for (int axis = 0; axis < dims.rank; ++axis) {
    const bool reduced = (axes >> axis & 1u) != 0;
    if (!reduced || keep_dims) result.size[result.rank++] = reduced ? 1 : dims.size[axis];
  }
  return result;
}

sumi_status_t sumi__tensor_shape_reduced(sumi_infer_t *infer) {
  const sumi_dims_t in = infer->in[0], list = infer->in[1];
  const bool keep_dims = sumi_attr_bool(infer->op, "keep_dims");
  unsigned axes;
  bool known;
  SUMI_TRY(sumi__tensor_known_axes(infer, in.rank, &axes, &known));
  if (known)
    infer->out[0] = reduced_dims(in, axes, keep_dims);
  else if (in.rank != SUMI_UNKNOWN_RANK && keep_dims)
    infer->out[0] = sumi__tensor_dims_of_rank(in.rank);
  else if (in.rank != SUMI_UNKNOWN_RANK && sumi_dims_known(list) &&
           sumi_dims_count(list) <= in.rank)
    infer->out[0] = sumi__tensor_dims_of_rank(in.rank - (int)sumi_dims_count(list));
  return SUMI_OK;
}

/* Reductions of known elements of a vector: sizes that are multiplied, added or compared. */
static sumi_status_t shape_known(sumi_infer_t *infer, int64_t neutral,
                                 bool (*combine)(int64_t a, int64_t b, int64_t *result)) {
  SUMI_TRY(sumi__tensor_shape_reduced(infer));
  const sumi_known_t *x = sumi_infer_known(infer, 0);
  unsigned axes;
  bool known;
  SUMI_TRY(sumi__tensor_known_axes(infer, infer->in[0].rank, &axes, &known));
  if (!x || !known || infer->out[0].rank != 0) return SUMI_OK;
  int64_t total = neutral;
  for (int i = 0; i < x->count; ++i)
    if (!x->has[i] || !combine(total, x->value[i], &total)) return SUMI_OK;
  if (sumi_attr_type(infer->op, "T") == SUMI_INT32 && total != (int32_t)total) return SUMI_OK;
  sumi__tensor_know_scalar(infer, 0, total);
  return SUMI_OK;
}

static bool add(int64_t a, int64_t b, int64_t *result) {
  return !__builtin_add_overflow(a, b, result);
}

static bool multiply(int64_t a, int64_t b, int64_t *result) {
  return !__builtin_mul_overflow(a, b, result);
}

static bool larger(int64_t a, int64_t b, int64_t *result) {
  return *result = a > b ? a : b, true;
}

static bool smaller(int64_t a, int64_t b, int64_t *result) {
  return *result = a < b ? a : b, true;
}

static sumi_status_t sum_shape(sumi_infer_t *infer) {
  return shape_known(infer, 0, add);
}

static sumi_status_t prod_shape(sumi_infer_t *infer) {
  return shape_known(infer, 1, multiply);
}

static sumi_status_t max_shape(sumi_infer_t *infer) {
  return shape_known(infer, INT64_MIN, larger);
}

static sumi_status_t min_shape(sumi_infer_t *infer) {
  return shape_known(infer, INT64_MAX, smaller);
}

/* ---- Kernels ---- */

static sumi_dims_t dims_of_view(const sumi_array_view_t *view) {
  return sumi_dims_make(view->rank, view->dims);
}

static sumi_status_t axes_of_kernel(const sumi_kernel_t *kernel, unsigned *axes) {
  const int64_t count = sumi_dims_count(dims_of_view(&kernel->in[1]));
  *axes = 0;
  for (int64_t i = 0; i < count; ++i) {
    const int rank = kernel->in[0].rank;
    int64_t axis = sumi__tensor_view_int(&kernel->in[1], i);
    if (axis < -rank || axis >= rank)
      return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                              "reduction_indices is %lld, expected a value in [%d, %d)",
                              (long long)axis, -rank, rank);
    if (axis < 0) axis += rank;
    if (*axes >> axis & 1u)
      return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT, "reduction_indices has axis %d twice",
                              (int)axis);
    *axes |= 1u << axis;
  }
  return SUMI_OK;
}

/* Axes may not be known when a plan asks; the most any axes need is little. */
static size_t scratch_of(const sumi_kernel_t *kernel, const sumi__tensor_reducer_t *reducer) {
  const sumi_dims_t dims = dims_of_view(&kernel->in[0]);
  size_t most = 0;
  for (unsigned axes = 0; axes < 1u << dims.rank; ++axes) {
    const size_t bytes = sumi__tensor_reduce_scratch(reducer, dims, axes);
    if (bytes > most) most = bytes;
  }
  return most;
}

static sumi_status_t reduce(const sumi_kernel_t *kernel, const sumi__tensor_reducer_t *reducer) {
  unsigned axes;
  SUMI_TRY(axes_of_kernel(kernel, &axes));
  sumi__tensor_reduce(kernel, reducer, dims_of_view(&kernel->in[0]), axes, kernel->in[0].data,
                      kernel->scratch, sumi_kernel_out(kernel, 0));
  return SUMI_OK;
}

#define REDUCTION(name)                                                                            \
  static sumi_status_t name##_kernel(const sumi_kernel_t *kernel) {                                \
    return reduce(kernel, sumi__tensor_##name##_reducer(kernel->in[0].dtype));                     \
  }                                                                                                \
  static size_t name##_scratch(const sumi_kernel_t *kernel) {                                      \
    return scratch_of(kernel, sumi__tensor_##name##_reducer(kernel->in[0].dtype));                 \
  }

REDUCTION(sum)
REDUCTION(mean)
REDUCTION(prod)
REDUCTION(max)
REDUCTION(min)
REDUCTION(all)
REDUCTION(any)

/* ---- Gradients ---- */

/* The axes as a bit set when they are constant and the rank is known. */
static bool static_axes(const sumi_grad_t *d, unsigned *axes) {
  const sumi_known_t *known = d->x[1].op->outputs[d->x[1].index].known;
  const int rank = sumi_tensor_dims(d->x[0]).rank;
  if (!known || rank == SUMI_UNKNOWN_RANK) return false;
  *axes = 0;
  for (int i = 0; i < known->count; ++i) {
    if (!known->has[i]) return false;
    *axes |= 1u << (known->value[i] < 0 ? known->value[i] + rank : known->value[i]);
  }
  return true;
}

/* A tensor of the output's shape with the reduced axes back, of size 1. */
static sumi_tensor_t with_axes(const sumi_grad_t *d, sumi_tensor_t tensor) {
  unsigned axes;
  if (sumi_attr_bool(d->op, "keep_dims")) return tensor;
  if (!static_axes(d, &axes)) {
    /* Only the shape of this sum is used, so it is never computed. */
    const sumi_tensor_t kept = sumi_sum(d->x[0], d->x[1], .keep_dims = true);
    return sumi_reshape(tensor, SUMI_SHAPE(sumi_shape(kept)));
  }
  for (int axis = 0; axis < sumi_tensor_dims(d->x[0]).rank; ++axis)
    if (axes >> axis & 1u) tensor = sumi_expand_dims(tensor, axis);
  return tensor;
}

static sumi_tensor_t spread(const sumi_grad_t *d, sumi_tensor_t kept) {
  return sumi_broadcast_to(kept, SUMI_SHAPE(sumi_shape(d->x[0])));
}

static void sum_grad(sumi_grad_t *d) {
  d->dx[0] = spread(d, with_axes(d, d->dy[0]));
}

static void mean_grad(sumi_grad_t *d) {
  const sumi_dtype_t dtype = sumi_tensor_dtype(d->x[0]);
  const int64_t in = sumi_dims_count(sumi_tensor_dims(d->x[0]));
  const int64_t out = sumi_dims_count(sumi_tensor_dims(d->y[0]));
  sumi_tensor_t count;
  if (in > 0 && out > 0)
    count = sumi_tensor_of_number((double)(in / out));
  else
    count = sumi_div(sumi_cast(sumi_size(d->x[0]), dtype),
                     sumi_cast(sumi_maximum(sumi_size(d->y[0]), 1), dtype));
  d->dx[0] = spread(d, with_axes(d, sumi_div(d->dy[0], count)));
}

/* Where several elements are the largest they share the gradient. */
static void extreme_grad(sumi_grad_t *d) {
  const sumi_tensor_t chosen = sumi_cast(sumi_equal(with_axes(d, d->y[0]), d->x[0]),
                                         sumi_tensor_dtype(d->x[0]));
  const sumi_tensor_t many = sumi_sum(chosen, d->x[1], .keep_dims = true);
  d->dx[0] = sumi_mul(sumi_div(chosen, many), with_axes(d, d->dy[0]));
}

/* Of each element along the axis: the product of the others. */
static sumi_tensor_t product_of_others(sumi_tensor_t x, sumi_tensor_t axis) {
  return sumi_mul(sumi_cumprod(x, axis, .exclusive = true),
                  sumi_cumprod(x, axis, .exclusive = true, .reverse = true));
}

/* The others along one axis, times the others of the products along it along the next, and so on.
 */
static sumi_tensor_t slope_along(sumi_tensor_t x, unsigned axes) {
  const int rank = sumi_tensor_dims(x).rank;
  sumi_tensor_t slope = {0};
  for (int axis = 0; axis < rank; ++axis) {
    if (!(axes >> axis & 1u)) continue;
    const sumi_tensor_t number = sumi_tensor_of_number(axis);
    const sumi_tensor_t others = product_of_others(x, number);
    slope = slope.op ? sumi_mul(slope, others) : others;
    x = sumi_reduce_prod(x, .axes = SUMI_AXES(axis), .keep_dims = true);
  }
  return slope.op ? slope : sumi_ones_like(x);
}

/* Row i of the matrix is 1 where the column is places[i]: what permutations are turned round with.
 */
static sumi_tensor_t one_hot_places(sumi_tensor_t places, sumi_tensor_t columns) {
  return sumi_cast(sumi_equal(sumi_expand_dims(places, 1), sumi_expand_dims(columns, 0)),
                   SUMI_INT32);
}

/* Axes that only a run tells are brought behind the others and made one. */
static sumi_tensor_t slope_of_any_axes(sumi_tensor_t x, sumi_tensor_t given) {
  const sumi_tensor_t rank = sumi_rank(x), shape = sumi_shape(x), axes = sumi_range(0, rank, 1);
  const sumi_tensor_t reduced = sumi_reshape(
      sumi_floor_mod(sumi_cast(given, SUMI_INT32), sumi_maximum(rank, 1)), SUMI_SHAPE(-1));
  const sumi_tensor_t is_reduced = sumi_reduce_sum(one_hot_places(axes, reduced),
                                                   .axes = SUMI_AXES(1));
  const sumi_tensor_t before = sumi_cumsum(is_reduced, 0, .exclusive = true);
  const sumi_tensor_t kept = sumi_sub(rank, sumi_reduce_sum(is_reduced));
  const sumi_tensor_t places = sumi_select(sumi_equal(is_reduced, 1), sumi_add(kept, before),
                                           sumi_sub(axes, before));
  const sumi_tensor_t order = sumi_reduce_sum(
      sumi_mul(sumi_expand_dims(axes, 1), one_hot_places(places, axes)), .axes = SUMI_AXES(0));
  const sumi_tensor_t turned = sumi_raw_transpose(x, order);
  const sumi_tensor_t count = sumi_reduce_prod(sumi_gather(shape, reduced));
  const sumi_tensor_t others = sumi_reduce_prod(
      sumi_slice(sumi_shape(turned), SUMI_SHAPE(0), SUMI_SHAPE(kept)));
  const sumi_tensor_t slope = product_of_others(sumi_reshape(turned, SUMI_SHAPE(others, count)),
                                                sumi_tensor_of_number(1));
  return sumi_raw_transpose(sumi_reshape(slope, SUMI_SHAPE(sumi_shape(turned))), places);
}

static void prod_grad(sumi_grad_t *d) {
  unsigned axes;
  const sumi_tensor_t slope = static_axes(d, &axes) ? slope_along(d->x[0], axes)
                                                    : slope_of_any_axes(d->x[0], d->x[1]);
  d->dx[0] = sumi_mul(with_axes(d, d->dy[0]), slope);
}

/* ---- Ops ---- */

/* The matrix 1 2 3 / 4 5 6 reduced along its columns' and rows' axes. */
#define MATRIX_CASE(axis, n, result)                                                               \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(2, 3), SUMI_S(1)},                                             \
    .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(axis)}, .dtype = {0, SUMI_INT32},            \
    .out = SUMI_S(n), .expect = SUMI_VALUES result, .from = "by hand"                              \
  }
#define RANDOM_CASE(axis, keep)                                                                    \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(2, 3, 2), SUMI_S(1)}, .at = {NULL, SUMI_VALUES(axis)},         \
    .dtype = {0, SUMI_INT32}, .lo = 0.5, .hi = 2, .attrs = "keep_dims = " keep                     \
  }
#define REFUSED_AXIS                                                                               \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(2, 3), SUMI_S(1)}, .at = {NULL, SUMI_VALUES(2)},               \
    .dtype = {0, SUMI_INT32}, .want = SUMI_INVALID_ARGUMENT,                                       \
    .message = "expected a value in [-2, 2)"                                                       \
  }
#define REFUSED_TWICE                                                                              \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(2, 3), SUMI_S(2)}, .at = {NULL, SUMI_VALUES(1, -1)},           \
    .dtype = {0, SUMI_INT32}, .want = SUMI_INVALID_ARGUMENT, .message = "axis 1 twice"             \
  }

SUMI_OP(Sum,
        "input: T, reduction_indices: Tidx | keep_dims: bool = false -> output: T ; "
        "T: float32 float64 int32 int64, Tidx: int32 int64",
        .doc = "The sum of elements along the axes `reduction_indices`, which stay with size 1 if "
               "keep_dims. Integers wrap around.",
        .unchanged = SUMI_UNCHANGED_COUNT, .reducer = sumi__tensor_sum_reducer, .shape = sum_shape,
        .kernel = sum_kernel, .scratch = sum_scratch, .grad = sum_grad,
        SUMI_SAMPLES(MATRIX_CASE(0, 3, (5, 7, 9)), MATRIX_CASE(-1, 2, (6, 15)),
                     RANDOM_CASE(1, "false"), RANDOM_CASE(0, "true"), REFUSED_AXIS, REFUSED_TWICE));

SUMI_OP(Mean,
        "input: T, reduction_indices: Tidx | keep_dims: bool = false -> output: T ; "
        "T: float32 float64 int32 int64, Tidx: int32 int64",
        .doc = "The mean of elements along the axes `reduction_indices`, which stay with size 1 if "
               "keep_dims. The mean of no elements is NaN; means of integers are cut off.",
        .unchanged = SUMI_UNCHANGED_COUNT, .reducer = sumi__tensor_mean_reducer,
        .shape = sumi__tensor_shape_reduced, .kernel = mean_kernel, .scratch = mean_scratch,
        .grad = mean_grad,
        SUMI_SAMPLES(MATRIX_CASE(0, 3, (2.5, 3.5, 4.5)), MATRIX_CASE(-1, 2, (2, 5)),
                     RANDOM_CASE(1, "false"), RANDOM_CASE(0, "true"), REFUSED_AXIS, REFUSED_TWICE));

SUMI_OP(Prod,
        "input: T, reduction_indices: Tidx | keep_dims: bool = false -> output: T ; "
        "T: float32 float64 int32 int64, Tidx: int32 int64",
        .doc = "The product of elements along the axes `reduction_indices`, which stay with size 1 "
               "if keep_dims. Integers wrap around.",
        .unchanged = SUMI_UNCHANGED_COUNT, .reducer = sumi__tensor_prod_reducer,
        .shape = prod_shape, .kernel = prod_kernel, .scratch = prod_scratch, .grad = prod_grad,
        SUMI_SAMPLES(MATRIX_CASE(0, 3, (4, 10, 18)), MATRIX_CASE(-1, 2, (6, 120)),
                     RANDOM_CASE(1, "false"), RANDOM_CASE(0, "true"),
                     {.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(2)},
                      .at = {SUMI_VALUES(0, 2, 0.5, 4, 3, 1.5), SUMI_VALUES(0, 1)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S0,
                      .expect = SUMI_VALUES(0),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(2)},
                      .at = {SUMI_VALUES(0, 2, 0.5, 4, 0, 1.5), SUMI_VALUES(1, 0)},
                      .dtype = {0, SUMI_INT32}},
                     REFUSED_AXIS, REFUSED_TWICE));

SUMI_OP(Max,
        "input: T, reduction_indices: Tidx | keep_dims: bool = false -> output: T ; "
        "T: float32 float64 int32 int64, Tidx: int32 int64",
        .doc =
            "The largest element along the axes `reduction_indices`, which stay with size 1 if "
            "keep_dims; NaN if any is. The largest of none is -infinity or the smallest integer.",
        .unchanged = SUMI_UNCHANGED_COUNT, .reducer = sumi__tensor_max_reducer, .shape = max_shape,
        .kernel = max_kernel, .scratch = max_scratch, .grad = extreme_grad,
        SUMI_SAMPLES(MATRIX_CASE(0, 3, (4, 5, 6)), MATRIX_CASE(-1, 2, (3, 6)),
                     RANDOM_CASE(1, "false"), RANDOM_CASE(0, "true"), REFUSED_AXIS, REFUSED_TWICE));

SUMI_OP(Min,
        "input: T, reduction_indices: Tidx | keep_dims: bool = false -> output: T ; "
        "T: float32 float64 int32 int64, Tidx: int32 int64",
        .doc = "The smallest element along the axes `reduction_indices`, which stay with size 1 if "
               "keep_dims; NaN if any is. The smallest of none is infinity or the largest integer.",
        .unchanged = SUMI_UNCHANGED_COUNT, .reducer = sumi__tensor_min_reducer, .shape = min_shape,
        .kernel = min_kernel, .scratch = min_scratch, .grad = extreme_grad,
        SUMI_SAMPLES(MATRIX_CASE(0, 3, (1, 2, 3)), MATRIX_CASE(-1, 2, (1, 4)),
                     RANDOM_CASE(1, "false"), RANDOM_CASE(0, "true"), REFUSED_AXIS, REFUSED_TWICE));

#define BOOL_CASE(result)                                                                          \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(3, 2), SUMI_S0},                                               \
    .at = {SUMI_VALUES(0, 0, 0, 1, 1, 1), SUMI_VALUES(1)}, .dtype = {SUMI_BOOL, SUMI_INT32},       \
    .out = SUMI_S(3), .expect = SUMI_VALUES result, .from = "by hand"                              \
  }
#define REFUSED_BOOL                                                                               \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(3), SUMI_S0}, .at = {NULL, SUMI_VALUES(0)},                    \
    .dtype = {SUMI_INT32, SUMI_INT32}, .want = SUMI_INVALID_ARGUMENT,                              \
    .message = "input is int32 where bool is needed"                                               \
  }

SUMI_OP(All,
        "input: bool, reduction_indices: Tidx | keep_dims: bool = false -> output: bool ; "
        "Tidx: int32 int64",
        .doc = "Whether all elements along the axes are true; true of none.",
        .unchanged = SUMI_UNCHANGED_COUNT, .shape = sumi__tensor_shape_reduced,
        .kernel = all_kernel, .scratch = all_scratch, .no_grad = "its result is bool",
        SUMI_SAMPLES(BOOL_CASE((0, 0, 1)), REFUSED_BOOL));

SUMI_OP(Any,
        "input: bool, reduction_indices: Tidx | keep_dims: bool = false -> output: bool ; "
        "Tidx: int32 int64",
        .doc = "Whether any element along the axes is true; false of none.",
        .unchanged = SUMI_UNCHANGED_COUNT, .shape = sumi__tensor_shape_reduced,
        .kernel = any_kernel, .scratch = any_scratch, .no_grad = "its result is bool",
        SUMI_SAMPLES(BOOL_CASE((0, 1, 1)), REFUSED_BOOL));

/* ---- L2Loss ---- */

static sumi_status_t l2_loss_kernel(const sumi_kernel_t *kernel) {
  sumi__tensor_reduce(kernel, sumi__tensor_half_squares_reducer(kernel->in[0].dtype),
                      dims_of_view(&kernel->in[0]), ~0u, kernel->in[0].data, kernel->scratch,
                      sumi_kernel_out(kernel, 0));
  return SUMI_OK;
}

static size_t l2_loss_scratch(const sumi_kernel_t *kernel) {
  return sumi__tensor_reduce_scratch(sumi__tensor_half_squares_reducer(kernel->in[0].dtype),
                                     dims_of_view(&kernel->in[0]), ~0u);
}

static void l2_loss_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_mul(d->x[0], d->dy[0]);
}

SUMI_OP(L2Loss, "t: T -> output: T ; T: float32 float64",
        .doc = "Half the sum of the squares of all elements.",
        .reducer = sumi__tensor_half_squares_reducer, .shape = sumi_shape_scalar,
        .kernel = l2_loss_kernel, .scratch = l2_loss_scratch, .grad = l2_loss_grad,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 2)},
                      .at = {SUMI_VALUES(1, -2, 3, 0)},
                      .out = SUMI_S0,
                      .expect = SUMI_VALUES(7),
                      .from = "by hand"},
                     {.input_count = 1, .in = {SUMI_S(2, 3)}},
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .dtype = {SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "is not defined for int32"}));
