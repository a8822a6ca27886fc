/* Reductions with axes as an option, and what is made of them. Without `.axes` all axes are
 * reduced.
 * Source: TensorFlow python/ops/math_ops.py. */
#include <sumi/constants.h>
#include <sumi/op_def.h>
#include <sumi/ops.h>

#include <math.h>

static sumi_dims_t axes_of(const sumi_build_t *b) {
  return sumi_build_attr(b, "axes")->dims;
}

static bool keeps_dims(const sumi_build_t *b) {
  return sumi_build_attr(b, "keep_dims")->boolean;
}

/* The axes as an int32 vector. */
static sumi_tensor_t axes_tensor(const sumi_build_t *b) {
  const int rank = sumi_tensor_dims(b->in[0]).rank;
  sumi_dims_t axes = axes_of(b);
  if (sumi_dims_given(axes)) return sumi_constant_dims(b->graph, axes);
  if (rank == SUMI_UNKNOWN_RANK) return sumi_range(0, sumi_rank(b->in[0]), 1);
  for (axes.rank = 0; axes.rank < rank; ++axes.rank) axes.size[axes.rank] = axes.rank;
  return sumi_constant_dims(b->graph, axes);
}

static sumi_tensor_t reduce_sum_expand(const sumi_build_t *b) {
  return sumi_sum(b->in[0], axes_tensor(b), .keep_dims = keeps_dims(b));
}

static sumi_tensor_t reduce_mean_expand(const sumi_build_t *b) {
  return sumi_mean(b->in[0], axes_tensor(b), .keep_dims = keeps_dims(b));
}

static sumi_tensor_t reduce_prod_expand(const sumi_build_t *b) {
  return sumi_prod(b->in[0], axes_tensor(b), .keep_dims = keeps_dims(b));
}

static sumi_tensor_t reduce_max_expand(const sumi_build_t *b) {
  return sumi_max(b->in[0], axes_tensor(b), .keep_dims = keeps_dims(b));
}

static sumi_tensor_t reduce_min_expand(const sumi_build_t *b) {
  return sumi_min(b->in[0], axes_tensor(b), .keep_dims = keeps_dims(b));
}

static sumi_tensor_t reduce_all_expand(const sumi_build_t *b) {
  return sumi_all(b->in[0], axes_tensor(b), .keep_dims = keeps_dims(b));
}

static sumi_tensor_t reduce_any_expand(const sumi_build_t *b) {
  return sumi_any(b->in[0], axes_tensor(b), .keep_dims = keeps_dims(b));
}

#define MATRIX(options, shape, result)                                                             \
  {                                                                                                \
    .input_count = 1, .in = {SUMI_S(2, 3)}, .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6)},                 \
    .attrs = options, .out = shape, .expect = SUMI_VALUES result, .from = "numpy"                  \
  }
#define RANDOM(options)                                                                            \
  { .input_count = 1, .in = {SUMI_S(2, 3, 2)}, .lo = 0.5, .hi = 2, .attrs = options }
#define REFUSED                                                                                    \
  {                                                                                                \
    .input_count = 1, .in = {SUMI_S(2, 3)}, .attrs = "axes = 2", .want = SUMI_INVALID_ARGUMENT,    \
    .message = "expected a value in [-2, 2)"                                                       \
  }
#define REFUSED_BOOL                                                                               \
  {                                                                                                \
    .input_count = 1, .in = {SUMI_S(2)}, .want = SUMI_INVALID_ARGUMENT,                            \
    .message = "where bool is needed"                                                              \
  }

SUMI_OP(reduce_sum,
        "input_tensor: T | axes: ints = , keep_dims: bool = false -> output: T ; "
        "T: float32 float64 int32 int64",
        .doc = "The sum of elements along the axes.", .expand = reduce_sum_expand,
        SUMI_SAMPLES(MATRIX("", SUMI_S0, (21)), MATRIX("axes = 0", SUMI_S(3), (5, 7, 9)),
                     MATRIX("axes = -1, keep_dims = true", SUMI_S(2, 1), (6, 15)),
                     MATRIX("axes = []", SUMI_S(2, 3), (1, 2, 3, 4, 5, 6)), RANDOM("axes = 0 2"),
                     REFUSED));

SUMI_OP(reduce_mean,
        "input_tensor: T | axes: ints = , keep_dims: bool = false -> output: T ; "
        "T: float32 float64 int32 int64",
        .doc = "The mean of elements along the axes.", .expand = reduce_mean_expand,
        SUMI_SAMPLES(MATRIX("", SUMI_S0, (3.5)), MATRIX("axes = 0", SUMI_S(3), (2.5, 3.5, 4.5)),
                     RANDOM("axes = 0 2"), REFUSED));

SUMI_OP(reduce_prod,
        "input_tensor: T | axes: ints = , keep_dims: bool = false -> output: T ; "
        "T: float32 float64 int32 int64",
        .doc = "The product of elements along the axes.", .expand = reduce_prod_expand,
        SUMI_SAMPLES(MATRIX("", SUMI_S0, (720)), MATRIX("axes = 0", SUMI_S(3), (4, 10, 18)),
                     RANDOM("axes = 0 2"), REFUSED));

SUMI_OP(reduce_max,
        "input_tensor: T | axes: ints = , keep_dims: bool = false -> output: T ; "
        "T: float32 float64 int32 int64",
        .doc = "The largest element along the axes.", .expand = reduce_max_expand,
        SUMI_SAMPLES(MATRIX("", SUMI_S0, (6)), MATRIX("axes = 1", SUMI_S(2), (3, 6)),
                     RANDOM("axes = 0 2"), REFUSED));

SUMI_OP(reduce_min,
        "input_tensor: T | axes: ints = , keep_dims: bool = false -> output: T ; "
        "T: float32 float64 int32 int64",
        .doc = "The smallest element along the axes.", .expand = reduce_min_expand,
        SUMI_SAMPLES(MATRIX("", SUMI_S0, (1)), MATRIX("axes = 1", SUMI_S(2), (1, 4)),
                     RANDOM("axes = 0 2"), REFUSED));

#define BOOLS(options, shape, result)                                                              \
  {                                                                                                \
    .input_count = 1, .in = {SUMI_S(3, 2)}, .at = {SUMI_VALUES(0, 0, 0, 1, 1, 1)},                 \
    .dtype = {SUMI_BOOL}, .attrs = options, .out = shape, .expect = SUMI_VALUES result,            \
    .from = "numpy"                                                                                \
  }

SUMI_OP(reduce_all, "input_tensor: bool | axes: ints = , keep_dims: bool = false -> output: bool",
        .doc = "Whether all elements along the axes are true.", .expand = reduce_all_expand,
        SUMI_SAMPLES(BOOLS("", SUMI_S0, (0)), BOOLS("axes = 1", SUMI_S(3), (0, 0, 1)),
                     REFUSED_BOOL));

SUMI_OP(reduce_any, "input_tensor: bool | axes: ints = , keep_dims: bool = false -> output: bool",
        .doc = "Whether any element along the axes is true.", .expand = reduce_any_expand,
        SUMI_SAMPLES(BOOLS("", SUMI_S0, (1)), BOOLS("axes = 1", SUMI_S(3), (0, 1, 1)),
                     REFUSED_BOOL));

/* ---- Made of reductions ---- */

/* Takes the reduced axes, of size 1, away again unless they are to stay. */
static sumi_tensor_t without_axes(const sumi_build_t *b, sumi_tensor_t kept) {
  const sumi_dims_t axes = axes_of(b);
  if (keeps_dims(b) || (sumi_dims_given(axes) && axes.rank == 0)) return kept;
  if (!sumi_dims_given(axes)) return sumi_reshape(kept, SUMI_LIST(0, NULL));
  return sumi_squeeze(kept, .axes = axes);
}

/* The largest element is taken out of the exponentials, so that none overflows; it is constant as
 * far as gradients are concerned, because the result does not depend on what is taken out. */
static sumi_tensor_t logsumexp_expand(const sumi_build_t *b) {
  const sumi_tensor_t x = b->in[0], axes = axes_tensor(b);
  const sumi_tensor_t largest = sumi_max(x, axes, .keep_dims = true);
  const sumi_tensor_t finite = sumi_select(sumi_is_finite(largest), largest, 0);
  const sumi_tensor_t offset = sumi_stop_gradient(finite);
  const sumi_tensor_t sums = sumi_sum(sumi_exp(sumi_sub(x, offset)), axes, .keep_dims = true);
  return without_axes(b, sumi_add(sumi_log(sums), offset));
}

SUMI_OP(reduce_logsumexp,
        "input_tensor: T | axes: ints = , keep_dims: bool = false -> output: T ; "
        "T: float32 float64",
        .doc = "log(sum(exp(input_tensor))) along the axes, without overflow.",
        .expand = logsumexp_expand,
        SUMI_SAMPLES(MATRIX("axes = 1", SUMI_S(2), (3.4076059644443806, 6.407605964444381)),
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(1000, 1000)},
                      .out = SUMI_S0,
                      .expect = SUMI_VALUES(1000.6931471805599),
                      .from = "scipy.special.logsumexp"},
                     RANDOM("axes = 0 2"), REFUSED));

static sumi_tensor_t variance(const sumi_build_t *b) {
  const sumi_tensor_t x = b->in[0], axes = axes_tensor(b);
  const sumi_tensor_t mean = sumi_mean(x, axes, .keep_dims = true);
  return sumi_mean(sumi_squared_difference(x, mean), axes, .keep_dims = keeps_dims(b));
}

static sumi_tensor_t reduce_std_expand(const sumi_build_t *b) {
  return sumi_sqrt(variance(b));
}

SUMI_OP(reduce_variance,
        "input_tensor: T | axes: ints = , keep_dims: bool = false -> output: T ; "
        "T: float32 float64",
        .doc = "The mean of squared differences from the mean along the axes.", .expand = variance,
        SUMI_SAMPLES(MATRIX("axes = 0", SUMI_S(3), (2.25, 2.25, 2.25)), RANDOM("axes = 0 2"),
                     REFUSED));

SUMI_OP(reduce_std,
        "input_tensor: T | axes: ints = , keep_dims: bool = false -> output: T ; "
        "T: float32 float64",
        .doc = "The square root of reduce_variance.", .expand = reduce_std_expand,
        SUMI_SAMPLES(MATRIX("axes = 0", SUMI_S(3), (1.5, 1.5, 1.5)), RANDOM("axes = 0 2"),
                     REFUSED));

static sumi_tensor_t norm_expand(const sumi_build_t *b) {
  const double order = sumi_build_attr(b, "ord")->real;
  const sumi_tensor_t x = b->in[0], axes = axes_tensor(b);
  const bool keep_dims = keeps_dims(b);
  if (!(order > 0)) return sumi_build_refuse(b, "ord is %g, expected more than 0", order);
  if (order == 2) return sumi_sqrt(sumi_sum(sumi_square(x), axes, .keep_dims = keep_dims));
  if (order == 1) return sumi_sum(sumi_abs(x), axes, .keep_dims = keep_dims);
  if (isinf(order)) return sumi_max(sumi_abs(x), axes, .keep_dims = keep_dims);
  const sumi_tensor_t powers = sumi_pow(sumi_abs(x), order);
  return sumi_pow(sumi_sum(powers, axes, .keep_dims = keep_dims), 1 / order);
}

SUMI_OP(norm,
        "tensor: T | ord: float = 2, axes: ints = , keep_dims: bool = false -> output: T ; "
        "T: float32 float64",
        .doc =
            "The vector norm sum(|tensor|^ord)^(1/ord) along the axes; the largest magnitude for "
            "an infinite ord.",
        .expand = norm_expand,
        SUMI_SAMPLES(MATRIX("axes = 1", SUMI_S(2), (3.7416573867739413, 8.774964387392123)),
                     MATRIX("ord = 1", SUMI_S0, (21)), MATRIX("ord = inf", SUMI_S0, (6)),
                     RANDOM("axes = 0 2"), RANDOM("ord = 3, axes = 1"), REFUSED,
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .attrs = "ord = -1",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "ord is -1"}));
