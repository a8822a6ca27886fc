/* Normalization as expressions. Source of names and semantics: TensorFlow 1.15
 * python/ops/nn_impl.py. */
#include <sumi/op_def.h>
#include <sumi/ops.h>

static sumi_dims_t dims_attr(const sumi_build_t *build, const char *name) {
  return sumi_build_attr(build, name)->dims;
}

static double float_attr(const sumi_build_t *build, const char *name) {
  return sumi_build_attr(build, name)->real;
}

/* ---- moments ---- */

static sumi_tensor_t moments_expand(const sumi_build_t *build) {
  const sumi_dims_t axes = dims_attr(build, "axes");
  const sumi_tensor_t x = build->in[0];
  sumi_tensor_t mean = sumi_reduce_mean(x, .axes = axes, .keep_dims = true);
  sumi_tensor_t variance = sumi_reduce_mean(sumi_square(sumi_sub(x, mean)), .axes = axes,
                                            .keep_dims = true);
  if (!sumi_build_attr(build, "keep_dims")->boolean) {
    mean = sumi_squeeze(mean, .axes = axes);
    variance = sumi_squeeze(variance, .axes = axes);
  }
  return sumi_identity_n(SUMI_TENSORS(mean, variance));
}

SUMI_OP(moments,
        "x: T | axes: ints, keep_dims: bool = false -> mean: T, variance: T ; T: float32 float64",
        .doc = "The mean and, as sumi_output(m, 1), the variance over axes: m = sumi_moments(x, "
               "SUMI_AXES(0)). Second "
               "derivatives are right, which those of TensorFlow's are not.",
        .expand = moments_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 2)},
                      .at = {SUMI_VALUES(1, 2, 3, 6)},
                      .attrs = "axes = 0",
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(2, 4),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(2, 2)},
                      .attrs = "axes = 2",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "is 2, expected a value in [-2, 2)"}));

/* ---- batch_normalization ---- */

static sumi_tensor_t batch_normalization_expand(const sumi_build_t *build) {
  const sumi_tensor_t x = build->in[0], mean = build->in[1], variance = build->in[2];
  const sumi_tensor_t offset = build->in[3], scale = build->in[4];
  const sumi_tensor_t r = sumi_rsqrt(sumi_add(variance, float_attr(build, "variance_epsilon")));
  const sumi_tensor_t factor = sumi_mul(r, scale);
  return sumi_add(sumi_mul(x, factor), sumi_sub(offset, sumi_mul(mean, factor)));
}

SUMI_OP(batch_normalization,
        "x: T, mean: T, variance: T, offset: T, scale: T | variance_epsilon: float -> y: T ; T: "
        "float32 float64",
        .doc = "scale . (x - mean) / sqrt(variance + variance_epsilon) + offset, broadcast. Give 0 "
               "and 1 for no offset "
               "and no scale.",
        .expand = batch_normalization_expand,
        SUMI_SAMPLES({.input_count = 5,
                      .in = {SUMI_S(2, 2), SUMI_S(2), SUMI_S(2), SUMI_S(2), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2, 3, 6), SUMI_VALUES(2, 4), SUMI_VALUES(3, 0),
                             SUMI_VALUES(0, 1), SUMI_VALUES(2, 3)},
                      .attrs = "variance_epsilon = 1",
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(-1, -5, 1, 7),
                      .from = "by hand"},
                     {.input_count = 5,
                      .in = {SUMI_S(2, 2), SUMI_S(3), SUMI_S(3), SUMI_S0, SUMI_S0},
                      .attrs = "variance_epsilon = 1",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "shapes (2, 2) and (3,) do not broadcast"}));

/* ---- l2_normalize ---- */

static sumi_tensor_t l2_normalize_expand(const sumi_build_t *build) {
  const sumi_tensor_t x = build->in[0];
  const sumi_tensor_t square = sumi_reduce_sum(sumi_square(x), .axes = dims_attr(build, "axes"),
                                               .keep_dims = true);
  return sumi_mul(x, sumi_rsqrt(sumi_maximum(square, float_attr(build, "epsilon"))));
}

SUMI_OP(l2_normalize, "x: T | axes: ints, epsilon: float = 1e-12 -> y: T ; T: float32 float64",
        .doc = "x / sqrt(max(sum(x^2), epsilon)), the sum over axes.",
        .expand = l2_normalize_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 2)},
                      .at = {SUMI_VALUES(3, 4, 0, 0)},
                      .attrs = "axes = 1",
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(0.6, 0.8, 0, 0),
                      .from = "TensorFlow 2.21",
                      .no_gradient_check = true},
                     {.input_count = 1, .in = {SUMI_S(2, 3)}, .attrs = "axes = 1"},
                     {.input_count = 1,
                      .in = {SUMI_S(2, 3)},
                      .attrs = "axes = 2",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "is 2, expected a value in [-2, 2)"}));
