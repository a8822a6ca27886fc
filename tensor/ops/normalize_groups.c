/* Normalization of each example by itself, as expressions: layers (Ba et al. 2016), groups of
 * channels (Wu and He 2018) and single channels (Ulyanov et al. 2016). Statistics are those of
 * `moments`: the variance is divided by the count. */
#include <sumi/op_def.h>
#include <sumi/ops.h>

static double epsilon_of(const sumi_build_t *build) {
  return sumi_build_attr(build, "epsilon")->real;
}

/* (x - mean) / sqrt(variance + epsilon) */
static sumi_tensor_t standardized(sumi_tensor_t x, sumi_dims_t axes, double epsilon) {
  const sumi_tensor_t mean = sumi_moments(x, axes, .keep_dims = true);
  const sumi_tensor_t scale = sumi_rsqrt(sumi_add(sumi_output(mean, 1), epsilon));
  return sumi_mul(sumi_sub(x, mean), scale);
}

static sumi_tensor_t scaled(const sumi_build_t *build, sumi_tensor_t standard) {
  return sumi_add(sumi_mul(standard, build->in[1]), build->in[2]);
}

/* ---- layer_normalization ---- */

static sumi_tensor_t layer_expand(const sumi_build_t *build) {
  const sumi_dims_t axes = sumi_build_attr(build, "axes")->dims;
  return scaled(build, standardized(build->in[0], axes, epsilon_of(build)));
}

SUMI_OP(layer_normalization,
        "x: T, scale: T, offset: T | axes: ints = -1, epsilon: float = 1e-5 -> y: T ; T: float32 "
        "float64",
        .doc = "scale . (x - mean) / sqrt(variance + epsilon) + offset with mean and variance over "
               "axes, by default the last. Give 1 and 0 for no scale and no offset.",
        .expand = layer_expand,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(2, 2), SUMI_S(2), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 5, 2, 2), SUMI_VALUES(2, 3), SUMI_VALUES(0, 1)},
                      .attrs = "epsilon = 12",
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(-1, 2.5, 0, 1),
                      .from = "by hand"},
                     {.input_count = 3,
                      .in = {SUMI_S(2, 2), SUMI_S0, SUMI_S0},
                      .attrs = "axes = 2",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "is 2, expected a value in [-2, 2)"}));

/* ---- group_normalization ---- */

static sumi_tensor_t group_expand(const sumi_build_t *build) {
  const sumi_tensor_t x = build->in[0];
  const sumi_dims_t dims = sumi_tensor_dims(x);
  const int64_t groups = sumi_build_attr(build, "groups")->integer;
  const int64_t channels = dims.rank < 2 ? -1 : dims.size[dims.rank - 1];
  if (channels < 0)
    return sumi_build_refuse(build, "x has shape %s; rank 2 or more and the last size are wanted",
                             sumi_dims_text(dims).text);
  if (groups < 1 || channels % groups != 0)
    return sumi_build_refuse(build, "%lld channels are not divided by %lld groups",
                             (long long)channels, (long long)groups);
  const sumi_tensor_t images = dims.size[0] >= 0 ? sumi_tensor_of_number((double)dims.size[0])
                                                 : sumi_gather(sumi_shape(x), 0);
  int64_t pixels = 1; /* where one size is unknown, -1 */
  for (int i = 1; i + 1 < dims.rank; ++i)
    pixels = pixels < 0 || dims.size[i] < 0 ? -1 : pixels * dims.size[i];
  const sumi_tensor_t grouped = sumi_reshape(
      x, SUMI_SHAPE(images, (double)pixels, (double)groups, (double)(channels / groups)));
  const sumi_tensor_t standard = standardized(grouped, SUMI_AXES(1, 3), epsilon_of(build));
  return scaled(build, sumi_reshape(standard, SUMI_TENSORS(sumi_shape(x))));
}

SUMI_OP(group_normalization,
        "x: T, scale: T, offset: T | groups: int, epsilon: float = 1e-5 -> y: T ; T: float32 "
        "float64",
        .doc = "scale . (x - mean) / sqrt(variance + epsilon) + offset for x [n, ..., channels], "
               "with mean and variance of each example and each group of neighbouring channels.",
        .expand = group_expand,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(1, 2, 2), SUMI_S(2), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2, 3, 6), SUMI_VALUES(1, 2), SUMI_VALUES(0, 1)},
                      .attrs = "groups = 2, epsilon = 0.5625",
                      .out = SUMI_S(1, 2, 2),
                      .expect = SUMI_VALUES(-0.8, -0.87265836, 0.8, 2.87265836),
                      .from = "by hand: 1 / sqrt(1 + 9/16) and 2 / sqrt(4 + 9/16)"},
                     {.input_count = 3,
                      .in = {SUMI_S(2, 2, 6), SUMI_S(6), SUMI_S(6)},
                      .attrs = "groups = 3, epsilon = 0.1"},
                     {.input_count = 3,
                      .in = {SUMI_S(2, 2, 6), SUMI_S0, SUMI_S0},
                      .attrs = "groups = 4",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "6 channels are not divided by 4 groups"}));

/* ---- instance_normalization ---- */

static sumi_tensor_t instance_expand(const sumi_build_t *build) {
  const sumi_dims_t dims = sumi_tensor_dims(build->in[0]);
  if (dims.rank < 3)
    return sumi_build_refuse(build, "x has shape %s; n, one or more axes, channels are wanted",
                             sumi_dims_text(dims).text);
  sumi_dims_t axes = {.rank = dims.rank - 2};
  for (int i = 0; i < axes.rank; ++i) axes.size[i] = i + 1;
  return scaled(build, standardized(build->in[0], axes, epsilon_of(build)));
}

SUMI_OP(instance_normalization,
        "x: T, scale: T, offset: T | epsilon: float = 1e-5 -> y: T ; T: float32 float64",
        .doc = "scale . (x - mean) / sqrt(variance + epsilon) + offset for x [n, ..., channels], "
               "with mean and variance of each example and each channel.",
        .expand = instance_expand,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(1, 2, 2), SUMI_S(2), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2, 3, 6), SUMI_VALUES(1, 2), SUMI_VALUES(0, 1)},
                      .attrs = "epsilon = 0.5625",
                      .out = SUMI_S(1, 2, 2),
                      .expect = SUMI_VALUES(-0.8, -0.87265836, 0.8, 2.87265836),
                      .from = "by hand: 1 / sqrt(1 + 9/16) and 2 / sqrt(4 + 9/16)"},
                     {.input_count = 3,
                      .in = {SUMI_S(2, 2), SUMI_S0, SUMI_S0},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "x has shape (2, 2); n, one or more axes, channels"}));
