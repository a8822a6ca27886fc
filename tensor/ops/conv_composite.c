/* Convolutions that are expressions of others. Source of names and semantics: TensorFlow 1.15
 * python/ops/nn_ops.py and nn_impl.py. */
#include <sumi/op_def.h>
#include <sumi/ops.h>

static sumi_dims_t dims_attr(const sumi_build_t *build, const char *name) {
  return sumi_build_attr(build, name)->dims;
}

static int64_t int_attr(const sumi_build_t *build, const char *name) {
  return sumi_build_attr(build, name)->integer;
}

static const char *padding_of(const sumi_build_t *build) {
  return sumi_build_attr(build, "padding")->string;
}

/* ---- separable_conv2d ---- */

static sumi_tensor_t separable_expand(const sumi_build_t *build) {
  const sumi_dims_t pointwise = sumi_tensor_dims(build->in[2]);
  if (pointwise.rank == 4 && ((pointwise.size[0] >= 0 && pointwise.size[0] != 1) ||
                              (pointwise.size[1] >= 0 && pointwise.size[1] != 1)))
    return sumi_build_refuse(build, "pointwise_filter has shape %s, (1, 1, in, out) is wanted",
                             sumi_dims_text(pointwise).text);
  const sumi_tensor_t channels = sumi_depthwise_conv2d(
      build->in[0], build->in[1], .strides = dims_attr(build, "strides"),
      .padding = padding_of(build), .dilations = dims_attr(build, "dilations"));
  return sumi_conv2d(channels, build->in[2], .padding = "VALID");
}

SUMI_OP(separable_conv2d,
        "input: T, depthwise_filter: T, pointwise_filter: T | strides: ints = 1 1 1 1, padding: "
        "{SAME, VALID}, dilations: ints = 1 1 1 1 -> output: T ; T: float32 float64",
        .doc = "A depthwise convolution with [rows, columns, in, multiplier], then one of single "
               "pixels with [1, 1, in * multiplier, out].",
        .expand = separable_expand,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(1, 2, 3, 2), SUMI_S(1, 2, 2, 2), SUMI_S(1, 1, 4, 2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
                             SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8),
                             SUMI_VALUES(1, 0, 2, -1, 0, 1, -1, 2)},
                      .attrs = "padding = VALID",
                      .out = SUMI_S(1, 2, 2, 2),
                      .expect = SUMI_VALUES(16, 94, 36, 146, 76, 250, 96, 302),
                      .from = "TensorFlow 2.21"},
                     {.input_count = 3,
                      .in = {SUMI_S(1, 2, 3, 2), SUMI_S(1, 2, 2, 2), SUMI_S(1, 1, 3, 2)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "filter has 3 input channels, images have 4"}));

/* ---- atrous_conv2d ---- */

static sumi_tensor_t atrous_expand(const sumi_build_t *build) {
  const int64_t rate = int_attr(build, "rate");
  return sumi_conv2d(build->in[0], build->in[1], .padding = padding_of(build),
                     .dilations = SUMI_AXES(1, rate, rate, 1));
}

SUMI_OP(atrous_conv2d,
        "value: T, filters: T | rate: int, padding: {SAME, VALID} -> output: T ; T: float32 "
        "float64",
        .doc = "Convolution whose filter looks at every rate-th row and column: conv2d with "
               "dilations.",
        .expand = atrous_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(1, 4, 4, 1), SUMI_S(2, 2, 1, 1)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16),
                             SUMI_VALUES(1, 2, 3, 4)},
                      .attrs = "rate = 2, padding = VALID",
                      .out = SUMI_S(1, 2, 2, 1),
                      .expect = SUMI_VALUES(78, 88, 118, 128),
                      .from = "TensorFlow 2.21"},
                     {.input_count = 2,
                      .in = {SUMI_S(1, 4, 4, 1), SUMI_S(2, 2, 1, 1)},
                      .attrs = "rate = 16777217",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "dilations is (1, 16777217, 16777217, 1)"}));

/* ---- conv1d ---- */

static sumi_tensor_t conv1d_expand(const sumi_build_t *build) {
  for (int i = 0; i < 2; ++i) {
    const sumi_dims_t dims = sumi_tensor_dims(build->in[i]);
    if (dims.rank != SUMI_UNKNOWN_RANK && dims.rank != 3)
      return sumi_build_refuse(build, "%s has shape %s, rank 3 is wanted", i ? "filters" : "value",
                               sumi_dims_text(dims).text);
  }
  const sumi_tensor_t y = sumi_conv2d(
      sumi_expand_dims(build->in[0], 1), sumi_expand_dims(build->in[1], 0),
      .strides = SUMI_AXES(1, 1, int_attr(build, "stride"), 1), .padding = padding_of(build),
      .dilations = SUMI_AXES(1, 1, int_attr(build, "dilations"), 1));
  return sumi_squeeze(y, .axes = SUMI_AXES(1));
}

SUMI_OP(conv1d,
        "value: T, filters: T | stride: int = 1, padding: {SAME, VALID}, dilations: int = 1 -> "
        "output: T ; T: float32 float64",
        .doc = "Convolution of sequences [n, width, in] with a filter [width, in, out].",
        .expand = conv1d_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(1, 6, 1), SUMI_S(3, 1, 1)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(1, 2, 3)},
                      .attrs = "stride = 2",
                      .out = SUMI_S(1, 3, 1),
                      .expect = SUMI_VALUES(14, 26, 17),
                      .from = "TensorFlow 2.21"},
                     {.input_count = 2,
                      .in = {SUMI_S(6, 1), SUMI_S(3, 1, 1)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "value has shape (6, 1), rank 3 is wanted"}));
